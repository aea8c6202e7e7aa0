"""What the Fly page says of settings, battery, fence and traffic, and how a vessel is looked at."""

from dataclasses import replace

import pytest

from gui.fly.checks import checks_of
from gui.fly.presenter import FlyPresenter
from gui.fly.seam import Step
from planner.formats import profiles
from planner.geo.points import LatLon
from planner.link.errors import NotDone
from planner.link.settings import Setting
from planner.link.traffic import Traffic
from planner.model.drift import Flow
from planner.model.mission import Command, Home, Mission, item
from planner.model.outlook import Outlook
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.route.intercept import wind_to
from planner.route.way_home import way_home
from tests.gui.fly.test_presenter import HEALTHY, HERE, FakeDeck, FakePage, ready_to_start

QUAD = profiles.drone("practice-quad")
FAR = LatLon(HERE.lat_deg + 0.03, HERE.lon_deg)
OFF = Setting("FS_GCS_ENABLE", 0.0, "off", "The drone does nothing when it loses the link.")
SHIP = Traffic("ais:1", "NOORDZEE", True, FAR, 0.0, course_deg=90.0, speed_m_s=3.0, length_m=80.0)
MISSION = Mission(
    (
        item(Command.NAV_TAKEOFF, height_m=50),
        item(Command.NAV_WAYPOINT, at=HERE, height_m=50),
        item(Command.NAV_WAYPOINT, at=FAR, height_m=50),
    ),
    home=Home(HERE),
)


def flying(deck: FakeDeck, plan: Plan) -> tuple[FlyPresenter, FakePage]:
    presenter, page = ready_to_start(deck)
    presenter.set_plan("patrol", MISSION, plan)
    deck.now = replace(HEALTHY, armed=True, height_m=50.0, at=FAR, mission_item=3, custom_mode=3, mode="AUTO")
    presenter.step = Step.FLYING
    presenter.tick()
    return presenter, page


@pytest.fixture
def plan() -> Plan:
    area = Area("basin", AreaKind.POLYGON, (HERE, FAR, LatLon(HERE.lat_deg, HERE.lon_deg + 0.02)))
    wind = Outlook(wind=Flow(9.0, 180.0))
    return Plan("patrol", (area,), Pattern.AREA, QUAD, profiles.camera("practice-1080p"), 0.05, outlook=wind)


def test_settings_that_do_not_fit_wait_for_the_pilots_own_tick() -> None:
    deck = FakeDeck(held=(OFF,))
    presenter, page = ready_to_start(deck)
    row = next(c for c in page.said["checks"] if c.check_id.startswith("settings"))
    assert (row.ok, row.by_hand, row.detail) == (False, True, OFF.problem)
    presenter.tick_check("settings-accepted", ticked=True)
    assert next(c for c in page.said["checks"] if c.check_id.startswith("settings")).ok


def test_settings_are_read_anew_for_each_upload_and_a_tick_does_not_outlive_them() -> None:
    deck = FakeDeck(held=(OFF,))
    presenter, page = ready_to_start(deck)
    presenter.tick_check("settings-accepted", ticked=True)
    presenter.upload()
    assert not next(c for c in page.said["checks"] if c.check_id.startswith("settings")).ok


def test_before_the_settings_are_read_nothing_can_start() -> None:
    checks = checks_of(HEALTHY, MISSION, ticked=frozenset(), stored=True)
    assert [c.check_id for c in checks if c.check_id.startswith("settings") and c.ok] == []


def test_the_way_home_against_the_wind_needs_more_than_with_it() -> None:
    against = way_home(QUAD, FAR, 50.0, home=HERE, wind=wind_to(9.0, 180.0))
    still = way_home(QUAD, FAR, 50.0, home=HERE)
    assert against is not None
    assert still is not None
    assert against.percent > 1.2 * still.percent
    metres = 3339.0
    seconds = metres / QUAD.cruise_speed_m_s + 3.0 + 50.0 / QUAD.descent_m_s
    assert still.seconds == pytest.approx(seconds, rel=0.01)
    assert way_home(QUAD, FAR, 50.0, home=HERE, wind=(0.0, QUAD.max_speed_m_s + 1)) is None


def test_in_flight_the_strip_says_what_home_needs(plan: Plan) -> None:
    _, page = flying(FakeDeck(), plan)
    assert ", home " in page.said["instruments"].battery


def test_a_ship_is_looked_at_with_its_own_course_speed_and_length(plan: Plan) -> None:
    deck = FakeDeck()
    presenter, page = flying(deck, plan)
    presenter.look_at(HERE, SHIP)
    (asked,) = deck.looks
    assert (asked.vessel.at, asked.vessel.course_deg, asked.vessel.vessel_speed_m_s) == (FAR, 90.0, 3.0)
    assert (asked.vessel.length_m, asked.now.item, asked.drone) == (80.0, 3, QUAD)
    assert page.said["done"] == "The drone looks at the vessel."


def test_a_second_look_counts_in_the_mission_with_the_first_and_after_landing_the_plan_is_itself_again(
    plan: Plan,
) -> None:
    deck = FakeDeck()
    presenter, page = flying(deck, plan)
    presenter.look_at(HERE, SHIP)
    presenter.look_at(HERE, SHIP)
    assert [len(one.mission) for one in deck.looks] == [3, 6]
    presenter._landed(deck.fly(lambda _: None))
    assert page.said["plan"] == ("patrol", MISSION)


def test_a_drone_that_waits_aside_is_not_sent_round_a_vessel(plan: Plan) -> None:
    deck = FakeDeck()
    presenter, _ = flying(deck, plan)
    assert deck.now is not None
    deck.now = replace(deck.now, custom_mode=4, mode="GUIDED")
    assert presenter.why_not_look() == "The drone is not on its mission but in GUIDED."


def test_a_look_that_the_planner_refuses_says_why(plan: Plan) -> None:
    deck = FakeDeck()
    presenter, page = flying(deck, plan)
    deck.trouble = NotDone("The vessel is beyond the fence.")
    presenter.look_at(HERE)
    assert page.said["problem"] == "The vessel is beyond the fence."


def test_on_the_ground_nothing_is_looked_at() -> None:
    presenter, page = ready_to_start(FakeDeck())
    assert presenter.why_not_look() is not None
    presenter.look_at(HERE)
    assert "not known" in page.said["problem"]


def test_traffic_goes_to_the_map(plan: Plan) -> None:
    deck = FakeDeck()
    presenter, page = flying(deck, plan)
    assert deck.now is not None
    deck.now = replace(deck.now, traffic=(SHIP,))
    presenter.tick()
    assert page.said["traffic"] == (SHIP,)


def test_the_page_is_told_where_the_camera_looks_and_only_while_that_is_known(plan: Plan) -> None:
    deck = FakeDeck()
    presenter, page = flying(deck, plan)
    assert page.said["camera"] == (FAR, None)
    deck.now = replace(deck.now, looks_at=HERE, looks_at_s=deck.now.heard_s) if deck.now else None
    presenter.tick()
    assert page.said["camera"] == (FAR, HERE)
    deck.now = replace(deck.now, link_age_s=9.0) if deck.now else None
    presenter.tick()
    assert page.said["camera"] == (FAR, None)
