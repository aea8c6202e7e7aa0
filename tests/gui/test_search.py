from PyQt6.QtCore import Qt

from gui.main_window import MainWindow
from planner.geo.points import LatLon, distance_m
from tests.gui.hands import key, painted, type_in, wait_for

CTRL = Qt.KeyboardModifier.ControlModifier


def test_typing_a_port_lists_it_and_enter_goes_there(window: MainWindow) -> None:
    key(window, Qt.Key.Key_F, CTRL)
    field = window.search
    type_in(field, "rotter")
    assert field.places()[0].name == "Rotterdam"
    assert field.list.isVisible()
    key(field, Qt.Key.Key_Return)
    wait_for(lambda: distance_m(window.map.centre, LatLon(51.92, 4.5)) < 100)
    assert not field.list.isVisible()
    found = window.map.layer("base/found")
    assert found is not None
    assert found["features"][0]["properties"]["label"] == "Rotterdam"


def test_the_arrows_choose_another_of_the_list(window: MainWindow) -> None:
    field = window.search
    field.setFocus()
    type_in(field, "rotterdam")
    assert len(field.places()) > 1
    second = field.places()[1]
    key(field.list, Qt.Key.Key_Down)
    key(field.list, Qt.Key.Key_Down)
    key(field.list, Qt.Key.Key_Return)
    wait_for(lambda: distance_m(window.map.centre, second.at) < 100)


def test_mgrs_goes_to_its_square_and_escape_takes_the_mark_away(window: MainWindow) -> None:
    field = window.search
    field.setFocus()
    type_in(field, "31UET7216255997")
    key(field, Qt.Key.Key_Return)
    wait_for(lambda: distance_m(window.map.centre, LatLon(51.95, 4.05)) < 20)
    painted(window.map)
    window.map.escape_pressed.emit()
    assert window.map.layer("base/found") is None


def test_what_is_no_place_is_said_above_the_map(window: MainWindow) -> None:
    field = window.search
    field.setFocus()
    type_in(field, "91, 4")
    key(field, Qt.Key.Key_Return)
    assert "latitude must lie" in window.messages()[0]
