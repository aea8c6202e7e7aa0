import json

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QMenu
from typer.testing import CliRunner

from gui.main_window import MainWindow
from gui.plan.measure import add_copies
from gui.plan.page import PlanPage
from planner.cli.plan import app
from planner.geo.measure import measured
from planner.geo.points import LatLon
from tests.gui.hands import click, key, painted, pixel, surface, type_in, wait_for
from tests.gui.planning import FRAME

CORNERS = [FRAME.to_place(-100, -100), FRAME.to_place(100, -100), FRAME.to_place(100, 100)]


def drawn(window: MainWindow, key_: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    view = window.map
    view.fit(FRAME.to_place(-300, -300), FRAME.to_place(300, 300))
    painted(view)
    key(surface(view), key_, modifier)
    painted(view)
    for place in CORNERS:
        click(view, pixel(view, place))
    key(surface(view), Qt.Key.Key_Return)


def test_a_distance_is_measured_by_hand_and_escape_takes_it_away(window: MainWindow, plan_page: PlanPage) -> None:
    drawn(window, Qt.Key.Key_M, Qt.KeyboardModifier.NoModifier)
    wait_for(lambda: len(plan_page.measure.said) == 2)
    assert plan_page.measure.said[0].startswith("090° true")
    assert plan_page.measure.said[1].startswith("000° true")
    assert plan_page.presenter.draft.areas == ()
    key(surface(window.map), Qt.Key.Key_Escape)
    wait_for(lambda: window.map.layer("plan/measured") is None)


def test_a_surface_is_measured_and_the_next_drawing_is_an_area_again(window: MainWindow, plan_page: PlanPage) -> None:
    drawn(window, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    wait_for(lambda: len(plan_page.measure.said) == 1)
    assert "ha, " in plan_page.measure.said[0]
    type_in(surface(window.map), "P")
    for place in CORNERS:
        click(window.map, pixel(window.map, place))
    key(surface(window.map), Qt.Key.Key_Return)
    wait_for(lambda: len(plan_page.presenter.draft.areas) == 1)


def test_a_position_is_copied_as_it_is_spelled_on_charts(window: MainWindow) -> None:
    menu = QMenu()
    add_copies(menu, LatLon(51.95, 4.05))
    (copies,) = menu.actions()
    inner = copies.menu()
    assert inner is not None
    inner.actions()[1].trigger()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == "51°57.000'N 004°03.000'E"


def test_surface_and_length_are_those_of_the_ellipsoid() -> None:
    found = measured([FRAME.to_place(x, y) for x, y in ((0, 0), (1000, 0), (1000, 1000), (0, 1000))])
    assert found.area_m2 == pytest.approx(1_000_000, rel=1e-5)
    assert found.length_m == pytest.approx(3000, abs=0.1)
    assert found.around_m == pytest.approx(4000, abs=0.1)


def test_the_command_measures_the_same_and_refuses_a_single_place() -> None:
    done = CliRunner().invoke(app, ["measure", "52, 4", "53, 4", "--json"])
    assert json.loads(done.stdout)["length_nm"] == pytest.approx(60.07, abs=0.02)
    assert CliRunner().invoke(app, ["measure", "52, 4"]).exit_code != 0
