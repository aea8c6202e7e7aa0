"""Where the camera looks, on the Fly page's map; and what the list says of a mission without a take-off."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from PyQt6.QtCore import QSettings
from PyQt6.QtWebEngineCore import QWebEngineProfile

from gui.fly.checks import checks_of
from gui.fly.page import FlyPage
from gui.main_window import MainWindow
from gui.map.scheme import Guard
from planner.geo.points import LatLon
from planner.link.stack import Stack
from planner.model.mission import Command, Home, Mission, item
from tests.gui.fly.test_presenter import HEALTHY, HERE, FakeDeck

if TYPE_CHECKING:
    from gui.map.looks import JSON

THERE = LatLon(HERE.lat_deg + 0.001, HERE.lon_deg)
BARE = Mission((item(Command.NAV_WAYPOINT, at=HERE, height_m=50),), home=Home(HERE))
WHOLE = Mission((item(Command.NAV_TAKEOFF, height_m=50), *BARE.items), home=Home(HERE))


def test_a_ring_and_a_line_to_it_are_drawn_while_the_point_is_known(
    guarded: tuple[QWebEngineProfile, Guard], settings: QSettings
) -> None:
    def fly(shell: Any) -> FlyPage:
        return FlyPage(shell, FakeDeck())

    window = MainWindow(guarded[0], [fly], settings)
    page = cast("FlyPage", window.page("fly"))

    def drawn() -> list[str]:
        layer: JSON | None = window.map.layer("fly/camera")
        return [] if layer is None else [one["geometry"]["type"] for one in layer["features"]]

    page.show_camera(HERE, THERE)
    assert drawn() == ["LineString", "Point"]
    page.show_camera(None, THERE)
    assert drawn() == ["Point"]
    page.show_camera(HERE, None)
    assert drawn() == []
    window.close()


def detail(mission: Mission, stack: Stack) -> str:
    state = replace(HEALTHY, stack=stack)
    return next(c for c in checks_of(state, mission, ticked=frozenset(), stored=False) if c.check_id == "stored").detail


def test_the_list_says_before_sending_that_an_ardupilot_lacks_its_take_off() -> None:
    assert "The take-off is missing: the first item that flies is item 1" in detail(BARE, Stack.ARDUPILOT)
    assert detail(BARE, Stack.PX4) == ""
    assert detail(WHOLE, Stack.ARDUPILOT) == ""
