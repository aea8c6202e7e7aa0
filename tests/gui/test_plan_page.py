from datetime import UTC, datetime
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt

from gui.main_window import MainWindow
from gui.pages import SentPlan
from gui.plan.page import PlanPage
from gui.plan.values import Verdict
from planner.formats.missions import read_mission, read_plan
from planner.geo.points import LatLon
from planner.model.plan import Pattern
from tests.gui.hands import click, drag, key, painted, pixel, press, surface, type_in, wait_for
from tests.gui.planning import FRAME, SHORE, SQUARE, Chooser

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(window: MainWindow, plan_page: PlanPage, tmp_path: Path) -> PlanPage:
    plan_page.files = Chooser(tmp_path / "patrol.plan")
    window.map.fit(FRAME.to_place(-300, -300), FRAME.to_place(300, 300))
    painted(window.map)
    return plan_page


def ready(page: PlanPage) -> None:
    wait_for(lambda: page.panel.verdict.word.text() in (Verdict.FLY, Verdict.DO_NOT_FLY))
    painted(page.shell.map)


def draw(page: PlanPage, places: list[LatLon], tool: str = "P") -> None:
    view = page.shell.map
    type_in(surface(view), tool)
    for place in places:
        click(view, pixel(view, place))
    key(surface(view), Qt.Key.Key_Return)
    ready(page)


def test_a_polygon_drawn_by_hand_becomes_a_mission_with_figures(page: PlanPage) -> None:
    draw(page, SQUARE)
    figures = page.panel.verdict.figures
    assert page.panel.verdict.word.text() == "Fly"
    assert page.panel.verdict.more.text().startswith("69 m high")
    assert figures.text("Flight time") != "\u2013"
    way = page.shell.map.layer("plan/way")
    assert way is not None
    assert len(way["features"]) == 3


def test_dragging_a_corner_replans_and_ctrl_z_puts_it_back(page: PlanPage) -> None:
    draw(page, SQUARE)
    before = page.panel.verdict.figures.text("Way")
    view = page.shell.map
    drag(view, pixel(view, SQUARE[2]), pixel(view, FRAME.to_place(220, 220)))
    wait_for(lambda: page.panel.verdict.figures.text("Way") != before)
    key(surface(view), Qt.Key.Key_Z, CTRL)
    wait_for(lambda: page.panel.verdict.figures.text("Way") == before)
    key(surface(view), Qt.Key.Key_Z, CTRL | SHIFT)
    wait_for(lambda: page.panel.verdict.figures.text("Way") != before)


def test_ctrl_s_writes_a_plan_that_reads_back_the_same(page: PlanPage, window: MainWindow, tmp_path: Path) -> None:
    draw(page, SQUARE)
    assert window.windowTitle().startswith("Plan 'New plan' *")
    key(surface(window.map), Qt.Key.Key_S, CTRL)
    wait_for(lambda: not page.unsaved())
    written = tmp_path / "patrol.plan"
    assert read_plan(written) == page.presenter.draft.plan()
    assert len(read_mission(written).mission) > 4
    assert "*" not in window.windowTitle()


def test_choosing_a_pattern_card_replans(page: PlanPage) -> None:
    draw(page, SQUARE)
    before = page.panel.verdict.figures.text("Way")
    press(page.panel.pattern.cards[Pattern.CORRIDOR])
    wait_for(lambda: page.panel.verdict.figures.text("Way") != before)
    assert page.presenter.draft.pattern is Pattern.CORRIDOR


def test_a_line_drawn_by_hand_is_flown_as_a_corridor(page: PlanPage) -> None:
    draw(page, SHORE, "L")
    assert page.presenter.draft.pattern is Pattern.CORRIDOR
    assert page.panel.verdict.word.text() == "Fly"


def test_the_slider_sets_height_and_scale_together(page: PlanPage) -> None:
    page.panel.camera.slider.setFocus()
    key(page.panel.camera.slider, Qt.Key.Key_Home)
    assert page.panel.camera.height_box.value() == 10.0
    assert page.panel.camera.gsd.value() == pytest.approx(0.7)
    assert "px long" in page.panel.camera.scale.text()


def test_an_empty_page_says_what_to_do_and_the_sample_button_does_it(page: PlanPage) -> None:
    assert page.panel.areas.empty.isVisible()
    assert not page.buttons["send"].isEnabled()
    press(page.buttons["sample"])
    ready(page)
    assert not page.panel.areas.empty.isVisible()
    assert page.buttons["send"].isEnabled()


def test_send_saves_and_tells_the_window_which_mission(page: PlanPage, window: MainWindow) -> None:
    sent: list[SentPlan] = []
    window.intents.send_to_drone.connect(sent.append)
    draw(page, SQUARE)
    press(page.buttons["send"])
    wait_for(lambda: bool(sent))
    assert sent[0].path.is_file()
    assert sent[0].mission == read_mission(sent[0].path).mission


def test_a_file_of_areas_is_added_and_a_broken_one_is_refused_in_words(
    page: PlanPage, window: MainWindow, tmp_path: Path
) -> None:
    ring = [[p.lon_deg, p.lat_deg] for p in [*SQUARE, SQUARE[0]]]
    good, bad = tmp_path / "basin.geojson", tmp_path / "bad.geojson"
    good.write_text(f'{{"type": "Polygon", "coordinates": [{ring}]}}')
    bad.write_text("{")
    window.map.files_dropped.emit([good, bad])
    ready(page)
    wait_for(lambda: any("not valid JSON" in text for text in window.messages()))
    assert len(page.presenter.draft.areas) == 1


def test_delete_takes_the_selected_area_away(page: PlanPage) -> None:
    draw(page, SQUARE)
    view = page.shell.map
    assert page.presenter.selected == "area-1"
    key(surface(view), Qt.Key.Key_Delete)
    wait_for(lambda: not page.presenter.draft.areas)


def test_a_leg_in_glint_shows_itself_on_the_map_when_it_is_clicked(page: PlanPage) -> None:
    draw(page, SQUARE)
    page.presenter.set_outlook("start_utc", datetime(2026, 6, 21, 11, 30, tzinfo=UTC))  # the sun stands high
    conditions = page.panel.conditions
    wait_for(lambda: bool(conditions.glint.cards))
    assert "sunset" in conditions.light.text()
    press(conditions.glint.cards[0])
    marks = page.shell.map.layer("plan/marks")
    assert marks is not None
    item = conditions.glint.cards[0].found.item
    assert [mark["properties"]["label"] for mark in marks["features"]] == [f"item {item}"]
