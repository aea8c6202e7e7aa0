from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from gui.plan import values
from gui.plan.presenter import PlanPresenter
from gui.plan.values import Verdict
from gui.units import length_text
from gui.work import AtOnce
from planner.model.plan import Pattern
from planner.route.check_values import error, warning
from tests.gui.planning import FRAME, SHORE, SQUARE, FakePage, FakePlanning, presenter

T = TypeVar("T")


def test_a_drawn_area_is_planned_at_once() -> None:
    p, page, _ = presenter()
    p.add_drawn("polygon", SQUARE)
    assert page.now().verdict is Verdict.FLY
    assert page.now().figures["Flight time"] == "1 min 01 s"
    assert [row.name for row in page.now().rows] == ["Area 1"]
    assert page.now().rows[0].size == "4.0 ha"


def test_the_first_shape_chooses_its_pattern_and_later_ones_do_not() -> None:
    p, page, _ = presenter()
    p.add_drawn("line", SHORE)
    assert page.now().draft.pattern is Pattern.CORRIDOR
    p.add_drawn("polygon", SQUARE)
    assert page.now().draft.pattern is Pattern.CORRIDOR


def test_a_line_in_the_area_pattern_is_a_problem_in_a_sentence() -> None:
    p, page, _ = presenter()
    p.add_drawn("line", SHORE)
    p.set_pattern(Pattern.AREA)
    assert page.now().verdict is Verdict.DO_NOT_FLY
    assert "Line 1 is a line" in page.now().problems[0]


def test_every_setting_replans() -> None:
    p, _, planning = presenter()
    p.add_drawn("polygon", SQUARE)
    p.set_height_m(100)
    p.set_plan("side_overlap", 0.5)
    p.set_plan("front_overlap", 0.6)
    p.set_plan("speed_m_s", 8.0)
    p.set_plan("angle_deg", 45.0)
    p.set_plan("passes", 2)
    p.set_plan("stand_off_m", 20.0)
    p.set_camera("other")
    p.set_home(SQUARE[0])
    last = planning.made[-1]
    assert last.height_m == pytest.approx(100, abs=0.1)
    assert (last.side_overlap, last.front_overlap, last.speed_m_s, last.angle_deg) == (0.5, 0.6, 8, 45)
    assert (last.passes, last.stand_off_m, last.camera.name) == (2, 20, "other")
    assert last.home is not None
    assert len(planning.made) == 10


def test_a_slower_drone_drops_a_speed_that_it_cannot_fly() -> None:
    p, page, _ = presenter()
    p.set_plan("speed_m_s", 12.0)
    p.set_drone("slow")
    assert page.now().draft.speed_m_s is None


def test_a_flight_beyond_the_battery_may_not_be_sent_and_says_why() -> None:
    p, page, _ = presenter()
    p.add_drawn("polygon", SQUARE)
    p.set_drone("tiny")
    assert page.now().verdict is Verdict.DO_NOT_FLY
    assert "needs 30 Wh" in page.now().problems[0]
    p.send()
    assert page.sent == []


def test_what_the_check_finds_forbids_the_flight_and_warnings_are_notes() -> None:
    found = (
        error("zone-no-fly", "The way to item 3 enters a no-fly zone.", 3),
        warning("gusts-likely", "Gusts are to be expected (give the gusts with --gust)."),
    )
    p, page, _ = presenter(FakePlanning(problems=found))
    p.add_drawn("polygon", SQUARE)
    assert page.now().verdict is Verdict.DO_NOT_FLY
    assert page.now().problems == ("The way to item 3 enters a no-fly zone.",)
    assert any(note.startswith("Gusts are to be expected") for note in page.now().notes)
    p.send()
    assert page.sent == []


def test_what_the_planner_refuses_is_shown_without_the_commands_options() -> None:
    p, page, _ = presenter(FakePlanning(refusal="draw it larger (use --gsd-m)"))
    p.add_drawn("polygon", SQUARE)
    assert page.now().problems == ("New plan: draw it larger.",)
    assert not page.now().can_save


class Later(AtOnce):
    """Work that waits to be told to begin."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    @override
    def latest(
        self, key: str, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None], *,
        after_ms: int = 0,
    ) -> None:  # fmt: skip
        self.waiting.append(lambda: self.run(work, done, failed))

    def go_on(self) -> None:
        waiting, self.waiting = self.waiting, []
        for job in waiting:
            job()


def test_an_area_taken_away_while_it_is_planned_leaves_nothing_behind() -> None:
    work, page, planning = Later(), FakePage(), FakePlanning()
    p = PlanPresenter(page, planning, work)
    p.add_drawn("polygon", SQUARE)
    assert page.now().verdict is Verdict.PLANNING
    p.delete_area()
    work.go_on()
    assert planning.made == []
    assert page.now().verdict is Verdict.EMPTY


def test_the_old_line_is_faded_until_the_new_one_is_there_and_what_is_outdated_is_not_made() -> None:
    work, page, planning = Later(), FakePage(), FakePlanning()
    p = PlanPresenter(page, planning, work)
    p.add_drawn("polygon", SQUARE)
    work.go_on()
    old = page.now().planned
    p.set_height_m(90)
    p.set_height_m(100)
    shown = page.now()
    assert (shown.planned, shown.fresh, shown.can_save) == (old, False, False)
    made = len(planning.made)
    work.go_on()
    assert len(planning.made) == made + 1
    assert page.now().fresh


def test_undo_and_redo_go_through_areas_and_settings() -> None:
    p, page, _ = presenter()
    p.add_drawn("polygon", SQUARE)
    p.delete_area()
    assert page.now().rows == ()
    p.undo()
    assert len(page.now().rows) == 1
    p.undo()
    assert not page.now().can_undo
    p.redo()
    assert len(page.now().rows) == 1


def test_a_slider_drawn_along_is_one_step_back() -> None:
    p, page, _ = presenter()
    for height in (50, 60, 70):
        p.set_height_m(height)
    before = page.now().draft.gsd_m
    p.undo()
    assert page.now().draft.gsd_m == 0.05 != before
    assert not page.now().can_undo


def test_a_dragged_point_changes_the_area_and_a_bad_shape_does_not() -> None:
    p, page, _ = presenter()
    p.add_drawn("polygon", SQUARE)
    moved = [FRAME.to_place(-200, -200), *SQUARE[1:]]
    p.change_area("area-1", [moved])
    assert page.now().draft.areas[0].area.outline == tuple(moved)
    p.change_area("area-1", [SQUARE[:2]])
    assert page.now().draft.areas[0].area.outline == tuple(moved)
    assert "needs 3 different places" in page.said[-1]


def test_saving_asks_once_and_then_writes_to_the_same_file() -> None:
    p, page, planning = presenter()
    p.add_drawn("polygon", SQUARE)
    assert page.now().unsaved
    page.save_to = Path("a")
    p.save()
    assert not page.now().unsaved
    assert p.path == Path("a.plan")
    page.save_to = None
    p.set_height_m(90)
    assert page.now().unsaved
    p.save()
    written = planning.files[Path("a.plan")].plan
    assert written is not None
    assert written.height_m == pytest.approx(90, abs=0.1)


def test_undo_back_to_what_was_saved_is_not_unsaved() -> None:
    p, page, _ = presenter()
    page.save_to = Path("a.plan")
    p.add_drawn("polygon", SQUARE)
    p.save()
    p.set_plan("speed_m_s", 3.0)
    p.undo()
    assert not page.now().unsaved


def test_sending_saves_first_and_hands_over_the_file() -> None:
    p, page, planning = presenter()
    page.save_to = Path("a.plan")
    p.add_drawn("polygon", SQUARE)
    p.send()
    assert page.sent == [(Path("a.plan"), "New plan")]
    assert Path("a.plan") in planning.files


def test_a_saved_plan_opens_as_it_was() -> None:
    p, page, planning = presenter()
    page.save_to = Path("a.plan")
    p.add_drawn("polygon", SQUARE)
    p.set_plan("passes", 3)
    p.save()
    other, other_page, _ = presenter(planning)
    other.open(Path("a.plan"))
    assert other.draft.plan() == p.draft.plan()
    assert not other_page.now().unsaved
    assert len(other_page.places) == 4


def test_new_can_be_undone() -> None:
    p, page, _ = presenter()
    p.add_drawn("polygon", SQUARE)
    p.new()
    assert page.now().rows == ()
    p.undo()
    assert len(page.now().rows) == 1


def test_dropped_files_are_told_apart_and_refused_in_a_sentence() -> None:
    p, page, _ = presenter()
    p.open_dropped([Path("basin.kml"), Path("photo.jpg"), Path("broken.geojson")])
    assert [row.name for row in page.now().rows] == ["Basin"]
    assert page.now().draft.name == "basin"
    assert any("photo.jpg: is neither" in said for said in page.said)
    assert any("broken.geojson: is not valid JSON." in said for said in page.said)


def test_the_sample_port_has_a_launch_place_and_is_shown_whole() -> None:
    p, page, _ = presenter()
    p.open_sample()
    assert page.now().draft.home is not None
    assert page.now().verdict is Verdict.FLY
    assert len(page.places) == 5


def test_without_a_launch_place_the_page_says_what_is_taken() -> None:
    p, page, _ = presenter()
    p.add_drawn("polygon", SQUARE)
    assert "No launch place is set" in page.now().notes[0]
    p.add_drawn("point", [SQUARE[0]])
    assert page.now().notes == ()


def test_too_few_points_are_said_and_nothing_is_added() -> None:
    p, page, _ = presenter()
    p.add_drawn("polygon", SQUARE[:2])
    assert "needs 3" in page.said[-1]
    assert not p.draft.areas


@given(st.floats(0, 1e7))
def test_lengths_and_times_always_carry_a_unit(value: float) -> None:
    assert length_text(value).split()[-1] in {"m", "km"}
    assert values.time_text(value).split()[-1] in {"s", "min"}


def test_pictures_are_spread_along_the_legs_with_the_camera_on() -> None:
    p, page, _ = presenter()
    p.add_drawn("polygon", SQUARE)
    assert len(page.now().captures) == 6
