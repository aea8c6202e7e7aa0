"""Several vehicles on the Fly page: one shown, each for itself, and none that is not shown is forgotten."""

from dataclasses import replace

from gui.fly.fleet import Fleet
from gui.fly.seam import Landed, Order, Step
from gui.work import AtOnce
from planner.geo.points import LatLon
from planner.link.messages import Address
from planner.link.verdict import Figures, NotStored
from tests.gui.fly.test_presenter import HEALTHY, HERE, MISSION, FakeDeck, FakePage

SECOND = replace(HEALTHY, address=Address(2, 1), at=LatLon(54.2, 7.1), mode="AUTO")


def made(*others: FakeDeck) -> tuple[Fleet, FakePage, FakeDeck]:
    page, deck = FakePage(), FakeDeck(heard_as_well=list(others))
    fleet = Fleet(page, deck, AtOnce())
    fleet.connect("udpin:127.0.0.1:14550")
    fleet.tick()
    return fleet, page, deck


def test_a_vehicle_that_is_heard_on_an_open_link_is_listed_and_not_shown() -> None:
    fleet, page, _ = made(FakeDeck(now=SECOND))
    rows, shown = page.said["vehicles"]
    assert [row.name for row in rows] == [
        "Vehicle 1, ArduPilot copter, udpin:127.0.0.1:14550",
        "Vehicle 2, ArduPilot copter, udpin:127.0.0.1:14550",
    ]
    assert shown == 0
    assert "Vehicle 2" in page.said["done"]
    assert page.said["drone"][0] == HERE
    assert [seat.presenter.step for seat in fleet.seats] == [Step.READY, Step.READY]


def test_what_is_sent_and_ordered_goes_to_the_vehicle_that_is_shown() -> None:
    second = FakeDeck(now=replace(SECOND, armed=True))
    fleet, page, first = made(second)
    fleet.choose(1)
    fleet.tick()
    assert page.said["drone"][0] == SECOND.at
    fleet.order(Order.RETURN)
    assert (first.orders, second.orders) == ([], [Order.RETURN])
    fleet.current.presenter.set_plan("north", MISSION)
    fleet.upload()
    assert [seat.presenter.step for seat in fleet.seats] == [Step.READY, Step.STORED]


def test_clearing_and_putting_back_is_for_the_vehicle_that_is_shown() -> None:
    second = FakeDeck(now=SECOND)
    fleet, page, first = made(second)
    fleet.choose(1)
    fleet.clear()
    assert (first.before, second.before) == (None, "21 items")
    assert page.said["step"][1].restore == "21 items"
    fleet.choose(0)
    assert page.said["step"][1].restore == ""
    fleet.restore()
    assert [one.before for one in (first, second)] == [None, "21 items"]
    fleet.choose(1)
    fleet.restore()
    assert [one.before for one in (first, second)] == [None, None]
    assert page.said["verdict"][0] == "restored"


def test_each_vehicle_keeps_its_own_plan_and_verdict() -> None:
    refusing = FakeDeck(now=SECOND, verdict=NotStored("Item 2 was refused.", Figures(2, 0, 0.1, 0)))
    fleet, page, _ = made(refusing)
    fleet.current.presenter.set_plan("south", MISSION)
    fleet.upload()
    fleet.choose(1)
    assert page.said["plan"] == ("", None)
    fleet.current.presenter.set_plan("north", MISSION)
    fleet.upload()
    assert page.said["verdict"] == ("not_stored", "Item 2 was refused.")
    fleet.choose(0)
    assert page.said["plan"] == ("south", MISSION)
    assert page.said["verdict"][0] == "stored"


def test_alarms_and_problems_of_a_vehicle_that_is_not_shown_name_it() -> None:
    second = FakeDeck(now=replace(SECOND, link_age_s=9.0))
    fleet, page, _ = made(second)
    fleet.tick()
    (alarm,) = page.said["alarms"]
    assert alarm.startswith("Vehicle 2: Nothing heard from the drone for 9 s")
    fleet.seats[1].presenter.page.show_problem("It did not turn back.")
    assert page.said["problem"] == "Vehicle 2: It did not turn back."
    fleet.choose(1)
    fleet.tick()
    assert page.said["alarms"][0].startswith("Nothing heard")


def test_a_vehicle_that_is_lost_changes_nothing_for_the_one_that_is_shown() -> None:
    second = FakeDeck(now=SECOND)
    fleet, page, _ = made(second)
    fleet.tick()
    before = dict(page.said)
    second.now = replace(SECOND, link_age_s=50.0, mode="RTL", armed=False, at=LatLon(0.0, 0.0))
    fleet.tick()
    changed = {name for name, value in page.said.items() if before.get(name) != value}
    assert changed == {"alarms", "vehicles"}


def test_a_further_link_is_opened_beside_the_first() -> None:
    fleet, page, first = made()
    fleet.another()
    assert page.said["vehicles"][1] == 1
    assert page.said["step"][0] is Step.CONNECT
    assert page.said["drone"][0] is None, "the other vehicle's place is still shown"
    fleet.connect("tcp:127.0.0.1:5770")
    assert [seat.deck.address for seat in fleet.seats] == ["udpin:127.0.0.1:14550", "tcp:127.0.0.1:5770"]
    assert not first.closed
    fleet.another()
    fleet.connect("tcp:127.0.0.1:5770")
    assert "open already" in page.said["problem"]


def test_disconnecting_closes_the_link_with_its_vehicles_and_no_other() -> None:
    second = FakeDeck(now=SECOND)
    fleet, page, first = made(second)
    fleet.another()
    fleet.connect("tcp:127.0.0.1:5770")
    fleet.choose(0)
    fleet.disconnect()
    assert (first.closed, second.closed) == (True, True)
    assert [seat.deck.address for seat in fleet.seats] == ["tcp:127.0.0.1:5770"]
    assert page.said["step"][0] is Step.READY
    fleet.disconnect()
    assert [seat.presenter.step for seat in fleet.seats] == [Step.CONNECT]


def test_a_link_on_which_another_vehicle_flies_is_not_closed() -> None:
    second = FakeDeck(now=replace(SECOND, armed=True))
    fleet, page, first = made(second)
    fleet.seats[1].presenter.step = Step.FLYING
    fleet.disconnect()
    assert "Vehicle 2 on this link is busy" in page.said["problem"]
    assert not first.closed
    assert fleet.busy


def test_an_exam_has_its_own_place_and_takes_only_that_away() -> None:
    fleet, _, first = made()
    fleet.connect_practice("tcp:127.0.0.1:5790")
    assert len(fleet.seats) == 2
    fleet.practice_over()
    assert [seat.deck.address for seat in fleet.seats] == ["udpin:127.0.0.1:14550"]
    assert not first.closed


def test_over_a_high_latency_link_nothing_can_be_sent_and_the_list_says_why() -> None:
    fleet, page, deck = made()
    deck.now = replace(HEALTHY, high_latency=True, report_gaps_s=(10.0,), link_age_s=7.0)
    fleet.current.presenter.set_plan("south", MISSION)
    fleet.tick()
    assert "high-latency" in page.said["step"][1].why_not_upload
    (link,) = [check for check in page.said["checks"] if check.check_id == "link"]
    assert (link.ok, "each 10 s" in link.detail) == (False, True)
    assert page.said["instruments"].link == "7 s, slow link"
    assert page.said["alarms"] == ()


def test_the_end_of_an_exam_leaves_a_vehicle_alone_that_took_its_place() -> None:
    deck = FakeDeck()
    fleet = Fleet(FakePage(), deck, AtOnce())
    fleet.connect_practice("tcp:127.0.0.1:5790")
    fleet.disconnect()
    fleet.connect("tcp:127.0.0.1:5760")
    fleet.practice_over()
    assert [seat.deck.address for seat in fleet.seats] == ["tcp:127.0.0.1:5760"]
    assert fleet.current.presenter.step is Step.READY


def test_a_landing_of_before_is_not_told_again_while_the_vehicle_flies() -> None:
    fleet, page, _ = made(FakeDeck(now=SECOND))
    fleet.current.show_landed(Landed("Landed and disarmed.", 3, None, None))
    fleet.current.presenter.step = Step.FLYING
    page.said.pop("landed")
    fleet.choose(1)
    fleet.choose(0)
    assert "landed" not in page.said
    fleet.current.presenter.step = Step.LANDED
    fleet.choose(1)
    fleet.choose(0)
    assert page.said["landed"].captures == 3


def test_a_vehicle_that_flies_keeps_its_link_and_the_others_on_it() -> None:
    fleet, page, first = made(FakeDeck(now=SECOND))
    fleet.current.presenter.step = Step.FLYING
    fleet.disconnect()
    assert "Vehicle 1 on this link is busy" in page.said["problem"]
    assert len(fleet.seats) == 2
    assert not first.closed


def test_two_vehicles_of_one_id_are_alarming_and_nothing_can_be_sent() -> None:
    fleet, page, deck = made()
    deck.now = replace(HEALTHY, is_two=True)
    fleet.current.presenter.set_plan("south", MISSION)
    fleet.tick()
    assert page.said["alarms"][0].startswith("Two vehicles answer to system id 1")
    assert "Two vehicles" in page.said["step"][1].why_not_upload
    assert [check.ok for check in page.said["checks"] if check.check_id == "link"] == [False]
