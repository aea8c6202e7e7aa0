"""The side panel under hands: fields, roles, problems that show where, and its width."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PyQt6.QtCore import QDateTime, Qt, QTimeZone
from PyQt6.QtWidgets import QApplication, QCheckBox, QComboBox, QToolButton, QWidget

from gui import fields
from gui.main_window import MainWindow
from gui.plan import settings
from gui.plan.form import (
    ChoiceField,
    Field,
    FlagField,
    FlowField,
    Form,
    MomentField,
    NumberField,
    PlaceField,
    TextField,
)
from gui.plan.page import PlanPage
from gui.plan.settings import Kind
from gui.plan.split_dialog import SplitDialog
from gui.plan.values import Role, Verdict
from planner.model.patterns import Pattern
from planner.model.plan import Area, AreaKind
from tests.gui.hands import click, key, painted, pixel, press, surface, type_in, wait_for
from tests.gui.planning import FRAME, SQUARE, Chooser

PANEL_PX = 340
MOMENT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def page(window: MainWindow, plan_page: PlanPage, tmp_path: Path) -> PlanPage:
    plan_page.files = Chooser(tmp_path / "patrol.plan")
    window.map.fit(FRAME.to_place(-300, -300), FRAME.to_place(300, 300))
    painted(window.map)
    return plan_page


def ready(page: PlanPage) -> None:
    wait_for(lambda: page.panel.verdict.word.text() in (Verdict.FLY, Verdict.DO_NOT_FLY))
    painted(page.shell.map)


def draw(page: PlanPage, tool: str, corners: list[tuple[float, float]]) -> None:
    view, before = page.shell.map, len(rows(page))
    type_in(surface(view), tool)
    for place in FRAME.to_places(corners):
        click(view, pixel(view, place))
    key(surface(view), Qt.Key.Key_Return)
    wait_for(lambda: len(rows(page)) > before)
    painted(page.shell.map)


def rows(page: PlanPage) -> list[Role]:
    return [] if page._shown is None else [row.role for row in page._shown.rows]


def fill_in(field: Field, kind: Kind) -> None:
    """What a hand does to a field so that its value changes."""
    match field:
        case NumberField(widget=box):
            box.setFocus()
            key(box, Qt.Key.Key_Up)
        case FlagField(widget=box):
            box.setFocus()
            key(box, Qt.Key.Key_Space)
        case ChoiceField(widget=box):
            box.setCurrentIndex(box.count() - 1)
            box.activated.emit(box.count() - 1)
        case FlowField(speed=box):
            box.setFocus()
            key(box, Qt.Key.Key_Up)
        case MomentField(edit=edit):
            edit.setDateTime(QDateTime.fromSecsSinceEpoch(int(MOMENT.timestamp()), QTimeZone.utc()))
        case TextField(widget=box):
            box.setFocus()
            type_in(box, "Some one: VHF 9")
            key(box, Qt.Key.Key_Return)
        case _:
            raise AssertionError(kind)


@pytest.mark.parametrize("pattern", Pattern)
def test_every_field_of_a_pattern_can_be_set_in_the_panel(page: PlanPage, pattern: Pattern) -> None:
    p = page.presenter
    p.set_pattern(pattern)
    own, common = page.panel.pattern.form(pattern)
    for form, known in ((own, settings.for_pattern(pattern)), (common, settings.for_plan(pattern))):
        for one in known:
            if one.kind in (Kind.PLACE, Kind.WATCHES):
                continue
            before = p.draft
            fill_in(form.fields[one.name], one.kind)
            assert p.draft != before, f"{pattern}: {one.name}"
            holder = p.draft if form is common else p.draft.parameters
            assert getattr(holder, one.name) != getattr(before if form is common else before.parameters, one.name, None)


def test_every_condition_can_be_set_in_the_panel(page: PlanPage) -> None:
    p, conditions = page.presenter, page.panel.conditions
    press(conditions.unfold)
    wait_for(lambda: "operation" in conditions.more.fields and bool(page._shown and page._shown.operations))
    for form in (conditions.day, conditions.more):
        for one in settings.for_day():
            if one.name in form.fields and one.kind is not Kind.PLACE:
                before = p.draft.outlook
                fill_in(form.fields[one.name], one.kind)
                assert getattr(p.draft.outlook, one.name) != getattr(before, one.name), one.name


def test_the_vessel_is_set_by_a_click_on_the_map_and_taken_away_by_its_cross(page: PlanPage) -> None:
    press(page.panel.pattern.cards[Pattern.ORBIT])
    place = page.panel.pattern.form(Pattern.ORBIT)[0].fields["at"]
    assert isinstance(place, PlaceField)
    page.panel.above.ensureWidgetVisible(place.button)
    press(place.button)
    view = page.shell.map
    painted(view)
    click(view, pixel(view, FRAME.to_place(60, 40)))
    ready(page)
    assert place.button.text().startswith("54.100")
    marks = view.layer("plan/marks")
    assert marks is not None
    assert [m["properties"]["look"] for m in marks["features"]] == ["vessel"]
    press(place.clear)
    wait_for(lambda: page.panel.verdict.word.text() == Verdict.EMPTY)


def test_a_no_fly_zone_drawn_by_key_is_hatched_and_may_become_an_area(page: PlanPage) -> None:
    draw(page, "P", [(-100, -100), (100, -100), (100, 100), (-100, 100)])
    draw(page, "N", [(-30, -30), (30, -30), (30, 30)])
    layer = page.shell.map.layer("plan/areas")
    assert layer is not None
    assert [f["properties"]["look"] for f in layer["features"]] == ["area", "no-fly"]
    role = page.panel.findChild(QComboBox, "role")
    assert role is not None
    role.setFocus()
    key(role, Qt.Key.Key_Home)
    role.activated.emit(0)
    assert rows(page) == [Role.WATCH, Role.WATCH]


def test_a_zone_begun_while_an_area_is_drawn_is_a_zone(page: PlanPage) -> None:
    view = page.shell.map
    type_in(surface(view), "P")
    click(view, pixel(view, SQUARE[0]))
    draw(page, "N", [(-30, -30), (30, -30), (30, 30)])
    assert rows(page) == [Role.NO_FLY]


def test_a_drawing_given_up_by_esc_is_forgotten(page: PlanPage) -> None:
    view = page.shell.map
    type_in(surface(view), "N")
    painted(view)
    key(surface(view), Qt.Key.Key_Escape)
    painted(view)
    draw(page, "P", [(-30, -30), (30, -30), (30, 30)])
    assert rows(page) == [Role.WATCH]


def test_a_click_on_a_problem_shows_where_it_lies(page: PlanPage) -> None:
    draw(page, "P", [(-100, -100), (100, -100), (100, 100), (-100, 100)])
    page.presenter.draw_as(Role.NO_FLY)
    page.presenter.add_drawn("polygon", FRAME.to_places([(-130, -130), (-70, -130), (-70, -70), (-130, -70)]))
    page.presenter.set_home(SQUARE[0])
    wait_for(lambda: page.panel.verdict.word.text() == Verdict.DO_NOT_FLY)
    card = next(card for card in page.panel.verdict.findings.cards if card.found.where is not None)
    press(card)
    marks = page.shell.map.layer("plan/marks")
    assert marks is not None
    assert "pointed" in [m["properties"]["id"] for m in marks["features"]]


def test_the_panel_keeps_its_width_with_every_pattern(page: PlanPage, window: MainWindow) -> None:
    window.resize(1280, 800)
    page.presenter.open_sample()
    wait_for(lambda: bool(page.presenter.draft.areas))
    page.panel.conditions.more.show()
    for pattern in Pattern:
        page.presenter.set_pattern(pattern)
        QApplication.processEvents()
        inside = page.panel.above.widget()
        assert inside is not None
        bar = page.panel.above.verticalScrollBar()
        assert bar is not None
        assert _least(inside) <= PANEL_PX - bar.sizeHint().width(), pattern
        assert _least(page.panel) <= PANEL_PX, pattern
        assert page.panel.above.height() >= 280


def _least(widget: QWidget) -> int:
    layout = widget.layout()
    return 0 if layout is None else layout.minimumSize().width()


def test_a_long_list_of_areas_shows_its_beginning_and_what_is_selected(page: PlanPage) -> None:
    area = Area("Basin", AreaKind.POLYGON, tuple(SQUARE))
    page.presenter._add_areas(Path("many.kml"), (area,) * 40)
    page.presenter.select("area-40")
    QApplication.processEvents()
    cards = page.panel.areas.findChildren(QToolButton)
    shown = [c.objectName() for c in cards if c.isVisible() and c.objectName().startswith("area-")]
    assert shown == [f"area-{number}" for number in (*range(1, 31), 40)]


def test_the_plan_is_named_in_the_panel(page: PlanPage, window: MainWindow) -> None:
    name = page.panel.areas.name
    name.setFocus()
    name.selectAll()
    type_in(name, "Mole")
    key(name, Qt.Key.Key_Return)
    assert page.presenter.draft.name == "Mole"
    assert window.windowTitle().startswith("Plan 'Mole'")


def test_split_asks_and_writes_into_the_folder(page: PlanPage, tmp_path: Path) -> None:
    draw(page, "P", [(-100, -100), (100, -100), (100, 100), (-100, 100)])
    ready(page)
    press(page.buttons["split"])
    dialog = page.dialog
    assert isinstance(dialog, SplitDialog)
    fields.set_value(dialog.drones, 2)
    press(dialog.go)
    wait_for(lambda: bool(list(tmp_path.glob("new-plan-drone*.plan"))) or bool(list(tmp_path.glob("*drone1*.plan"))))


def test_a_flag_a_choice_and_a_number_show_what_they_are_given(page: PlanPage) -> None:
    form = Form(settings.for_pattern(Pattern.CORRIDOR), lambda _n, _v: None, lambda _n: None)
    box = form.widget("side")
    assert isinstance(box, QComboBox)
    assert [box.itemText(i) for i in range(box.count())] == ["As signed", "Left", "Right", "Both"]
    flag = Form(settings.for_pattern(Pattern.AREA), lambda _n, _v: None, lambda _n: None).widget("tighten")
    assert isinstance(flag, QCheckBox)


def test_the_page_is_imported_without_what_is_slow() -> None:
    slow = "{'torch', 'ultralytics', 'openvino', 'cv2', 'scipy', 'typer', 'folium', 'pyogrio'}"
    code = f"import sys, gui.app, gui.plan.page; print(sorted({slow} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
