from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from gui.fly.presenter import FlyPresenter
from gui.fly.seam import Cleared, Landed, Looked, Looking, Order, Progress, Step
from gui.work import AtOnce
from planner.geo.points import LatLon
from planner.link.errors import LinkError
from planner.link.messages import Address
from planner.link.pictures import Reports
from planner.link.settings import Setting
from planner.link.stack import Stack
from planner.link.state import Text, VehicleState
from planner.link.verdict import Figures, NotStored, Stored, Unknown, Verdict
from planner.model.mission import Command, Home, Mission, item

HERE = LatLon(54.1, 7.0)
MISSION = Mission((item(Command.NAV_TAKEOFF, height_m=50), item(Command.NAV_WAYPOINT, at=HERE, height_m=50)))
HEALTHY = VehicleState(
    Address(1, 1),
    Stack.ARDUPILOT,
    2,
    armed=False,
    mode="GUIDED",
    custom_mode=4,
    system_status=3,
    heard_s=0,
    link_age_s=0.2,
    at=HERE,
    height_m=0.0,
    battery_percent=95.0,
    gps_fix=3,
    satellites=12,
    ekf_ok=True,
    prearm_ok=True,
    home=Home(HERE),
)
FIGURES = Figures(2, 2, 0.1, 0)
STORED = Stored("2 of 2 items equal", FIGURES)
CLEARED = Cleared("cleared", "Read back: the vehicle holds no mission any more.")


@dataclass
class FakeDeck:
    verdict: Verdict = STORED
    now: VehicleState | None = None
    trouble: Exception | None = None
    orders: list[Order] = field(default_factory=list)
    flown: int = 0
    closed: bool = False
    cancelled: int = 0
    held: tuple[Setting, ...] = (Setting("FS_GCS_ENABLE", 1.0, "return"),)
    looks: list[Looking] = field(default_factory=list)
    is_practice: bool = False
    address: str = ""
    heard_as_well: "list[FakeDeck]" = field(default_factory=list)

    def blank(self) -> "FakeDeck":
        return FakeDeck()

    def newcomers(self) -> "list[FakeDeck]":
        found, self.heard_as_well = self.heard_as_well, []
        for one in found:
            one.address = self.address
        return found

    before: str | None = None
    restored: Verdict = STORED
    cleared: Cleared = CLEARED

    def restore(self, progress: Callable[[Progress], None]) -> Verdict:
        if self.trouble:
            raise self.trouble
        self.before = None if isinstance(self.restored, Stored) else self.before
        return self.restored

    def clear(self) -> Cleared:
        self.before = "21 items"
        return self.cleared

    def connect(self, address: str) -> None:
        if self.trouble:
            raise self.trouble
        self.now, self.address = self.now or HEALTHY, address

    def practise(self, mission: Mission | None) -> str:
        self.connect("practice")
        return "tcp:127.0.0.1:5760"

    def state(self) -> VehicleState | None:
        return self.now

    def upload(self, mission: Mission, progress: Callable[[Progress], None]) -> Verdict:
        progress(Progress(2, 2, "Reading back"))
        return self.verdict

    def cancel_upload(self) -> None:
        self.cancelled += 1

    def fly(self, say: Callable[[str], None]) -> Landed:
        if self.trouble:
            raise self.trouble
        self.flown += 1
        say("Armed.")
        return Landed("Landed and disarmed.", 17, Path("f.tlog"), Path("footage"))

    def order(self, order: Order) -> None:
        self.orders.append(order)

    def settings(self, mission: Mission) -> tuple[Setting, ...]:
        return self.held

    def look(self, looking: Looking) -> Looked:
        if self.trouble:
            raise self.trouble
        self.looks.append(looking)
        return Looked("The drone looks at the vessel.", replace(looking.mission, items=looking.mission.items * 2))

    def close(self) -> None:
        self.closed, self.now, self.address = True, None, ""


@dataclass
class FakePage:
    said: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("show_"):
            raise AttributeError(name)
        return lambda *args: self.said.__setitem__(name.removeprefix("show_"), args[0] if len(args) == 1 else args)


def made(deck: FakeDeck) -> tuple[FlyPresenter, FakePage]:
    page = FakePage()
    return FlyPresenter(page, deck, AtOnce()), page


def stored(deck: FakeDeck) -> tuple[FlyPresenter, FakePage]:
    presenter, page = made(deck)
    presenter.set_plan("harbour", MISSION)
    presenter.practise()
    presenter.upload()
    return presenter, page


def ready_to_start(deck: FakeDeck) -> tuple[FlyPresenter, FakePage]:
    presenter, page = stored(deck)
    presenter.tick_check("airspace", ticked=True)
    presenter.tick_check("airframe", ticked=True)
    return presenter, page


def test_an_address_that_nobody_answers_leaves_the_pilot_where_he_was_with_the_reason() -> None:
    presenter, page = made(FakeDeck(trouble=LinkError("nobody answers at tcp:127.0.0.1:5760")))
    presenter.connect("tcp:127.0.0.1:5760")
    assert (presenter.step, page.said["problem"]) == (Step.CONNECT, "nobody answers at tcp:127.0.0.1:5760")


def test_an_empty_address_is_explained() -> None:
    presenter, page = made(FakeDeck())
    presenter.connect("  ")
    assert "Enter an address" in page.said["problem"]


def test_nothing_can_be_sent_without_a_plan() -> None:
    presenter, page = made(FakeDeck())
    presenter.practise()
    assert page.said["step"][1].why_not_upload == "Open a plan first, or make one on the Plan page."


def test_a_stored_mission_still_waits_for_the_ticks_of_a_person() -> None:
    presenter, page = stored(FakeDeck())
    assert page.said["verdict"] == ("stored", "2 of 2 items equal")
    assert page.said["step"][1].why_not_start is not None
    presenter.start()
    assert presenter.step is Step.STORED


@pytest.mark.parametrize("verdict", [NotStored("refused", FIGURES), Unknown("silence", FIGURES)])
def test_without_the_verdict_stored_nothing_starts(verdict: Verdict) -> None:
    deck = FakeDeck(verdict=verdict)
    presenter, page = ready_to_start(deck)
    presenter.start()
    assert (presenter.step, deck.flown) == (Step.READY, 0)
    assert "Send the mission first" in page.said["step"][1].why_not_start


def test_a_full_list_lets_it_fly_and_ends_landed() -> None:
    deck = FakeDeck()
    presenter, page = ready_to_start(deck)
    presenter.start()
    assert (presenter.step, deck.flown) == (Step.LANDED, 1)
    assert page.said["landed"].captures == 17


def test_after_landing_the_ticks_are_taken_away() -> None:
    presenter, page = ready_to_start(FakeDeck())
    presenter.start()
    assert not any(check.ok for check in page.said["checks"] if check.by_hand)


def test_another_plan_must_be_sent_again() -> None:
    presenter, _ = stored(FakeDeck())
    presenter.set_plan("other", MISSION)
    assert presenter.step is Step.READY


def test_a_new_plan_during_a_flight_is_refused() -> None:
    presenter, page = stored(FakeDeck())
    presenter.step = Step.FLYING
    presenter.set_plan("other", MISSION)
    assert "under way" in page.said["problem"]
    assert presenter.step is Step.FLYING


def test_orders_go_only_to_a_flying_drone() -> None:
    deck = FakeDeck()
    presenter, page = stored(deck)
    presenter.order(Order.RETURN)
    assert deck.orders == []
    deck.now = replace(HEALTHY, armed=True)
    presenter.order(Order.RETURN)
    assert (deck.orders, page.said["done"]) == ([Order.RETURN], "The drone returns.")


def test_a_flight_that_fails_in_the_air_keeps_the_orders_at_hand_until_disarm() -> None:
    deck = FakeDeck()
    presenter, page = ready_to_start(deck)
    deck.now, deck.trouble = replace(HEALTHY, armed=True), LinkError("the link broke")
    presenter.start()
    assert (presenter.step, page.said["problem"]) == (Step.FLYING, "the link broke")
    assert page.said["step"][1].why_not_order is None
    deck.now = HEALTHY
    presenter.tick()
    assert presenter.step is Step.READY


def test_a_flight_that_fails_on_the_ground_can_be_started_again() -> None:
    deck = FakeDeck()
    presenter, _ = ready_to_start(deck)
    deck.trouble = LinkError("Arm: Compass not calibrated")
    presenter.start()
    assert presenter.step is Step.STORED


def test_the_flown_way_grows_while_armed() -> None:
    deck = FakeDeck()
    presenter, page = stored(deck)
    for lat in (54.1, 54.1001, 54.1001, 54.1002):
        deck.now = replace(HEALTHY, armed=True, at=LatLon(lat, 7.0))
        presenter.tick()
    assert len(page.said["drone"][2]) == 3


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"link_age_s": 5.0}, "Nothing heard from the drone for 5 s"),
        ({"battery_percent": 20.0}, "Return now"),
        ({"gps_fix": 1}, "lost its position"),
        ({"log_problem": "no space left"}, "flight log is not being written"),
    ],
)
def test_an_alarm_says_what_it_means(change: dict[str, Any], says: str) -> None:
    deck = FakeDeck()
    presenter, page = stored(deck)
    presenter.step = Step.FLYING
    deck.now = replace(HEALTHY, armed=True, **change)
    presenter.tick()
    assert says in page.said["alarms"][0]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"link_age_s": 5.0}, "link"),
        ({"gps_fix": 2}, "position"),
        ({"ekf_ok": False}, "position"),
        ({"battery_percent": 12.0}, "battery"),
        ({"prearm_ok": False, "texts": (Text(0, 2, "PreArm: Compass"),)}, "arming"),
        ({"prearm_ok": None, "texts": (Text(0, 2, "Preflight Fail: Compass"),)}, "arming"),
        ({"at": LatLon(10, 10)}, "distance"),
    ],
)
def test_each_line_of_the_list_can_stop_a_flight(change: dict[str, Any], line: str) -> None:
    deck = FakeDeck()
    presenter, page = ready_to_start(deck)
    deck.now = replace(HEALTHY, **change)
    presenter.refresh()
    assert [check.check_id for check in page.said["checks"] if not check.ok] == [line]
    presenter.start()
    assert deck.flown == 0


def test_the_instruments_speak_in_units() -> None:
    presenter, page = stored(FakeDeck())
    presenter.tick()
    shown = page.said["instruments"]
    assert (shown.battery, shown.distance, shown.height) == ("95 %", "0 m", "0 m")


def test_pictures_that_were_not_reported_are_counted_beside_the_others() -> None:
    deck = FakeDeck()
    presenter, page = stored(deck)
    deck.now = replace(HEALTHY, pictures=Reports(1, 9, (4, 5)))
    presenter.tick()
    assert page.said["instruments"].pictures == "0, 2 missing"


def test_disconnecting_in_flight_is_refused() -> None:
    deck = FakeDeck()
    presenter, page = stored(deck)
    presenter.step = Step.FLYING
    presenter.disconnect()
    assert not deck.closed
    assert "let it land" in page.said["problem"]


def test_something_unforeseen_is_said_as_such() -> None:
    presenter, page = made(FakeDeck(trouble=RuntimeError("boom")))
    presenter.connect("tcp:127.0.0.1:1")
    assert "should not: boom" in page.said["problem"]


def test_only_a_running_upload_can_be_stopped() -> None:
    deck = FakeDeck()
    presenter, _ = stored(deck)
    presenter.cancel_upload()
    assert deck.cancelled == 0
    presenter.step = Step.UPLOADING
    presenter.cancel_upload()
    assert deck.cancelled == 1
