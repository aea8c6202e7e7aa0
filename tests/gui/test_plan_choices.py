from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.plan.presenter import PlanPresenter
from gui.plan.values import Verdict
from planner.model.drift import Flow
from planner.model.outlook import Outlook
from planner.model.patterns import HullParameters, OrbitParameters, PatrolParameters, Pattern, SearchParameters
from planner.model.rules import Severity
from planner.route.check_values import Problem
from tests.gui.planning import SHORE, SQUARE, FakePlanning, presenter


def test_going_back_to_a_pattern_finds_its_own_parameters_again() -> None:
    p, _, _ = presenter()
    p.set_pattern(Pattern.HULL)
    p.set_parameter("beam_m", 9.0)
    p.set_pattern(Pattern.ORBIT)
    p.set_pattern(Pattern.HULL)
    assert p.draft.parameters == HullParameters(beam_m=9.0)


def test_the_four_searches_share_what_was_set() -> None:
    p, _, _ = presenter()
    p.set_pattern(Pattern.SECTOR)
    p.set_parameter("elapsed_min", 40.0)
    p.set_pattern(Pattern.CREEPING)
    assert isinstance(p.draft.parameters, SearchParameters)
    assert p.draft.parameters.elapsed_min == 40.0


def test_a_vessel_is_set_by_a_click_on_the_map_and_then_planned_without_an_area() -> None:
    p, page, planning = presenter()
    p.set_pattern(Pattern.ORBIT)
    assert page.now().verdict is Verdict.EMPTY
    p.pick_parameter("at")
    assert page.drawing == ["point"]
    p.add_drawn("point", [SQUARE[2]])
    assert page.now().verdict is Verdict.FLY
    assert planning.made[-1].parameters == OrbitParameters(at=SQUARE[2])
    assert p.draft.home is None


def test_a_place_that_is_not_picked_does_not_take_the_launch_place() -> None:
    p, _, _ = presenter()
    p.set_pattern(Pattern.ORBIT)
    p.pick_parameter("at")
    p.draw_home()
    p.add_drawn("point", [SQUARE[1]])
    assert p.draft.home is not None
    assert p.draft.parameters == OrbitParameters()


def test_a_parameter_that_its_class_refuses_is_said_and_not_taken() -> None:
    p, page, _ = presenter()
    p.set_pattern(Pattern.HULL)
    p.set_parameter("draught_m", 60.0)
    assert "draught must lie in 0.3..50 m" in page.said[-1]
    assert p.draft.parameters is None


def test_watched_places_are_clicked_named_valued_and_taken_away() -> None:
    p, _, _ = presenter()
    p.set_pattern(Pattern.PATROL)
    for at in SQUARE[:2]:
        p.add_watch()
        p.add_drawn("point", [at])
    p.change_watch(1, name="Steps", value=4.0)
    p.remove_watch(0)
    given = p.draft.parameters
    assert isinstance(given, PatrolParameters)
    assert [(w.name, w.places, w.value) for w in given.watches] == [("Steps", (SQUARE[1],), 4.0)]
    p.import_watches(Path("w.geojson"))
    assert isinstance(p.draft.parameters, PatrolParameters)
    assert len(p.draft.parameters.watches) == 3


@pytest.mark.parametrize("pattern", [Pattern.AREA, Pattern.PERIMETER, Pattern.PARALLEL, Pattern.CREEPING])
def test_a_pattern_that_needs_a_closed_shape_says_so_of_a_line(pattern: Pattern) -> None:
    p, page, planning = presenter()
    p.add_drawn("line", SHORE)
    made = len(planning.made)
    p.set_pattern(pattern)
    assert page.now().problems[0].startswith("Line 1 is a line")
    assert len(planning.made) == made


def test_another_seed_is_another_patrol_and_can_be_undone() -> None:
    p, _, _ = presenter()
    p.set_pattern(Pattern.PATROL)
    p.add_drawn("polygon", SQUARE)
    p.another_seed()
    assert p.draft.seed != 0
    p.undo()
    assert p.draft.seed == 0


def test_wind_and_time_reach_the_check() -> None:
    p, _, planning = presenter()
    p.add_drawn("polygon", SQUARE)
    start = datetime(2026, 6, 1, 12, tzinfo=UTC)
    p.set_outlook("wind", Flow(8, 270))
    p.set_outlook("gust_m_s", 12.0)
    p.set_outlook("start_utc", start)
    assert planning.checked[-1].outlook == Outlook(wind=Flow(8, 270), gust_m_s=12.0, start_utc=start)


def test_a_search_goes_with_the_wind_of_the_conditions_until_it_has_its_own() -> None:
    p, _, _ = presenter()
    p.set_outlook("wind", Flow(5, 200))
    p.set_pattern(Pattern.SECTOR)
    p.set_outlook("wind", Flow(6, 210))
    assert isinstance(p.draft.parameters, SearchParameters)
    assert p.draft.parameters.wind == Flow(6, 210)
    p.set_parameter("wind", Flow(9, 180))
    p.set_outlook("wind", Flow(7, 210))
    assert isinstance(p.draft.parameters, SearchParameters)
    assert p.draft.parameters.wind == Flow(9, 180)


def test_gusts_without_a_wind_are_refused_and_go_with_a_wind_that_outgrows_them() -> None:
    p, page, _ = presenter()
    p.set_outlook("gust_m_s", 12.0)
    assert "need the wind" in page.said[-1]
    p.set_outlook("wind", Flow(8, 270))
    p.set_outlook("gust_m_s", 12.0)
    p.set_outlook("wind", Flow(14, 270))
    assert p.draft.outlook == Outlook(wind=Flow(14, 270))


def test_the_height_of_a_task_is_taken_up_to_what_is_legal() -> None:
    p, page, _ = presenter()
    p.set_task(length_m=9.0)
    assert page.now().task == "up to 90 m"
    p.use_task_height()
    assert p.draft.camera.height_for_gsd_m(p.draft.gsd_m) == pytest.approx(90, abs=0.1)
    p.set_task(task="identify", length_m=50.0, chance=0.5)
    assert page.now().task == "up to 500 m (120 m is legal)"
    p.use_task_height()
    assert p.draft.camera.height_for_gsd_m(p.draft.gsd_m) == pytest.approx(120, abs=0.1)
    assert page.now().scale.startswith("A 50 m boat")


def test_profiles_of_ones_own_come_from_files() -> None:
    p, _, _ = presenter()
    p.read_drone(Path("d.json"))
    p.read_camera(Path("c.json"))
    assert (p.draft.drone.name, p.draft.camera.name) == ("my own", "my own")
    p.set_drone("slow")
    p.set_drone("my own")
    assert p.draft.drone.name == "my own"


def test_findings_keep_the_checks_order_and_a_click_shows_where() -> None:
    found = (
        Problem("zone-no-fly", Severity.ERROR, "Enters a zone", 1),
        Problem("too-high", Severity.ERROR, "Too high", None, SQUARE[3]),
        Problem("night", Severity.WARNING, "Night"),
    )
    p, page, _ = presenter(FakePlanning(problems=found, figures={"energy_wh": 30.0, "home_needs_wh": 8.0}))
    p.add_drawn("polygon", SQUARE)
    shown = page.now()
    assert shown.problems == ("Enters a zone.", "Too high.")
    assert [f.where for f in shown.findings if f.is_problem] == [SQUARE[1], SQUARE[3]]
    assert shown.energy is not None
    assert shown.energy.text.endswith("home needs 8 Wh")
    p.point_at(shown.findings[1])
    assert page.places == [SQUARE[3]]
    assert page.now().pointed is shown.findings[1]


def test_what_was_not_checked_is_told() -> None:
    p, page, _ = presenter(FakePlanning(figures={"unchecked": "radio range"}))
    p.add_drawn("polygon", SQUARE)
    assert "Not checked: radio range." in page.now().notes


INTENTS = st.sampled_from(
    [
        lambda p: p.add_drawn("polygon", SQUARE),
        lambda p: p.set_pattern(Pattern.PATROL),
        lambda p: p.set_pattern(Pattern.SECTOR),
        lambda p: p.set_parameter("wind", Flow(3, 10)) if p.draft.pattern is Pattern.SECTOR else None,
        lambda p: p.set_outlook("land_allowed", not p.draft.outlook.land_allowed),
        lambda p: p.import_zones(Path("zones.json")),
        lambda p: p.import_land(Path("land.kml")),
        lambda p: p.remove_group("zones 0") if p.draft.zone_sets else None,
        lambda p: p.delete_area(),
        lambda p: p.another_seed(),
        lambda p: p.read_drone(Path("d.json")),
        lambda p: p.add_drawn("point", [SQUARE[1]]),
    ]
)


@settings(deadline=None)
@given(st.lists(INTENTS, max_size=12))
def test_undo_takes_back_everything_and_redo_does_it_again(intents: list[object]) -> None:
    p, _, _ = presenter()
    before = p.draft
    for intent in intents:
        intent(p)  # type: ignore[operator]
    after = p.draft
    _all(p, undo=True)
    assert p.draft == before
    _all(p, undo=False)
    assert p.draft == after


def _all(p: PlanPresenter, *, undo: bool) -> None:
    for _ in range(40):
        if undo:
            p.undo()
        else:
            p.redo()


def test_a_hull_takes_a_vehicle_that_dives_and_all_else_one_that_flies() -> None:
    p, _, _ = presenter()
    flier = p.draft.drone
    p.set_pattern(Pattern.HULL)
    assert p.draft.drone.name == "sub"
    p.set_pattern(Pattern.AREA)
    assert p.draft.drone.name == flier.name


def test_after_a_look_at_the_hull_pattern_the_drone_is_the_one_that_was_chosen() -> None:
    p, _, _ = presenter()
    p.set_drone("tiny")
    p.set_pattern(Pattern.HULL)
    p.set_pattern(Pattern.AREA)
    assert p.draft.drone.name == "tiny"
