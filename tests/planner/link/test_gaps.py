"""Reports of pictures that are lost on the way are asked for again; what stays missing is said."""

from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link.events import Flown
from planner.link.gaps import GapsJob, completed
from planner.link.messages import Address, Message
from planner.link.pictures import LONGEST_GAP, Reports, in_words, runs
from planner.link.record import read_flight
from planner.link.station import Station
from planner.link.tlog import TlogWriter
from planner.link.verdict import Stored
from planner.model.mission import Command, Home, Mission, item
from sitl.autopilot.situation import VehicleConfig
from sitl.faults import Fault, FaultKind
from sitl.server import SimulatedVehicle
from tests.planner.link.copter import Copter, Rig
from tests.planner.link.vehicles import ACK_TO, HERE

CAMERA = Address(1, 1)
UTC_US = 1_795_418_600_000_000


def shot(index: int, *, taken: bool = True) -> m.CameraImageCaptured:
    place = (519500000 + index, 40500000, 35_000, 30_000)
    return m.CameraImageCaptured(UTC_US + index * 10**6, *place, (1.0, 0.0, 0.0, 0.0), index, int(taken))


@dataclass
class Photographer(Copter):
    """A PX4 in the air that takes a picture each second, and sends the reports of old ones again when asked."""

    autopilot: int = 12
    shots: int = 0
    most: int = 12
    taken: int = 0
    began_s: float | None = None
    answer: int = 0
    ranges: bool = True
    deaf_camera: bool = False
    asked: list[tuple[float, float]] = field(default_factory=list)

    @override
    def hear(self, message: Message, now_s: float) -> tuple[Message, ...]:
        if not isinstance(message, m.CommandLong) or (message.command, message.param1) != (512, 263.0):
            return super().hear(message, now_s)
        self.asked.append((message.param2, message.param3))
        if self.deaf_camera:
            return ()
        if self.answer:
            return (m.CommandAck(512, self.answer, *ACK_TO),)
        first, last = int(message.param2), int(message.param3)
        last = self.taken if last == -1 else max(first, last if self.ranges else first)
        again = tuple(shot(index) for index in range(max(1, first), last + 1) if index <= self.taken)
        return (m.CommandAck(512, 0 if again else 2, *ACK_TO), *again)

    @override
    def telemetry(self, now_s: float) -> tuple[Message, ...]:
        self.began_s = self.began_s or now_s
        due = min(self.most, int(now_s - self.began_s))
        new = tuple(shot(index) for index in range(self.taken + 1, due + 1))
        self.taken = due
        return (*super().telemetry(now_s), *new)


@dataclass
class Losing:
    """Loses the first report of some pictures, and all of others."""

    once: set[int] = field(default_factory=set)
    always: set[int] = field(default_factory=set)

    def __call__(self, _way: str, message: Message) -> bool:
        if not isinstance(message, m.CameraImageCaptured):
            return False
        lost = message.image_index in self.once | self.always
        self.once.discard(message.image_index)
        return lost


def flying(vehicle: Photographer, lose: Losing, log: TlogWriter | None = None) -> Rig:
    rig = Rig(vehicle, lose=lose, log=log)
    vehicle.armed, vehicle.started_s, vehicle.lands = True, rig.now_s, False
    return rig


def told(rig: Rig) -> list[int]:
    assert rig.core.state is not None
    return sorted(one.index for one in rig.core.state.captures)


def test_lost_reports_are_asked_for_in_runs_and_come_in_the_end() -> None:
    rig = flying(Photographer(), Losing(once={3, 4, 5, 9}))
    rig.until(lambda: told(rig) == list(range(1, 13)) if rig.core.state else False, limit_s=40.0)
    assert isinstance(rig.vehicle, Photographer)
    assert (3.0, 5.0) in rig.vehicle.asked
    assert (9.0, 0.0) in rig.vehicle.asked
    assert len(rig.vehicle.asked) <= 4


def test_a_camera_that_sends_only_the_first_of_a_range_is_asked_on() -> None:
    rig = flying(Photographer(ranges=False), Losing(once={3, 4, 5}))
    rig.until(lambda: told(rig) == list(range(1, 13)) if rig.core.state else False, limit_s=40.0)


@pytest.mark.parametrize("result", [4, 3])
def test_a_vehicle_that_cannot_do_it_is_asked_once(result: int) -> None:
    rig = flying(Photographer(answer=result), Losing(once={3, 6, 9}))
    for _ in range(600):
        rig.step()
    assert isinstance(rig.vehicle, Photographer)
    assert len(rig.vehicle.asked) == 1


def test_a_picture_that_never_comes_is_given_up_and_stays_missing() -> None:
    rig = flying(Photographer(), Losing(once={7}, always={3}))
    rig.until(lambda: rig.core.state is not None and len(told(rig)) == 11, limit_s=40.0)
    for _ in range(600):
        rig.step()
    assert rig.core.state is not None
    assert rig.core.state.pictures.missing == (3,)
    assert isinstance(rig.vehicle, Photographer)
    assert rig.vehicle.asked.count((3.0, 0.0)) == 3


def test_while_an_answer_is_waited_for_the_link_is_not_kept_busy() -> None:
    rig, jobs = flying(Photographer(deaf_camera=True), Losing(once={3})), []
    waits: list[float] = []
    for _ in range(300):
        rig.step()
        jobs = [one for one in rig.core.running if isinstance(one.job, GapsJob)]
        waits += [one.job.deadline_s - rig.now_s for one in jobs]
    assert jobs
    assert min(waits) > -0.06  # one step of this rig


def test_after_the_landing_the_last_pictures_are_asked_for_too() -> None:
    rig = flying(Photographer(most=12), Losing(once={11, 12}))
    rig.until(lambda: rig.core.state is not None and isinstance(rig.vehicle, Photographer) and rig.vehicle.taken == 12)
    rig.vehicle.armed = False
    rig.run(GapsJob(at_the_end=True))
    assert told(rig) == list(range(1, 13))
    assert isinstance(rig.vehicle, Photographer)
    assert (11.0, -1.0) in rig.vehicle.asked


def test_a_last_picture_that_was_promised_and_lost_again_is_asked_for_again() -> None:
    rig = flying(Photographer(most=12), Losing(once={12}))
    rig.until(lambda: rig.core.state is not None and isinstance(rig.vehicle, Photographer) and rig.vehicle.taken == 12)
    assert isinstance(rig.lose, Losing)
    rig.lose.once = {12}
    rig.vehicle.armed = False
    rig.run(GapsJob(at_the_end=True))
    assert told(rig) == list(range(1, 13))


def test_the_first_pictures_of_a_flight_are_asked_for_too_where_the_camera_tells_how_many_it_had() -> None:
    rig = flying(Photographer(), Losing(once={1, 2}))
    rig.until(lambda: rig.core.state is not None and isinstance(rig.vehicle, Photographer) and rig.vehicle.taken == 12)
    assert told(rig)[0] == 3
    craft = rig.core.crafts[HERE.system]
    craft.state = replace(craft.state, pictures_before=0)
    rig.vehicle.armed = False
    rig.run(GapsJob(at_the_end=True))
    assert told(rig) == list(range(1, 13))


def test_a_vehicle_without_such_reports_is_asked_nothing_and_costs_no_time() -> None:
    rig = Rig(Copter())
    rig.until(lambda: rig.core.state is not None and rig.core.state.at is not None)
    before_s = rig.now_s
    rig.run(GapsJob(at_the_end=True))
    assert rig.now_s - before_s < 0.2
    assert not any(isinstance(one, m.CommandLong) and one.param1 == 263 for _, one in rig.sent)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=80))
def test_what_is_missing_is_what_was_not_told_between_the_first_and_the_last(order: list[int]) -> None:
    reports = Reports()
    for index in order:
        reports = reports.told(index, 0, CAMERA)
    assert reports.last == max(order)
    assert set(reports.missing) == set(range(order[0], max(order) + 1)) - set(order)


def test_a_camera_that_counts_anew_is_not_missing_everything_before() -> None:
    reports = Reports().told(40, 1000, CAMERA).told(1, 2000, CAMERA).told(3, 3000, CAMERA)
    assert (reports.last, reports.missing) == (3, (2,))
    far = Reports().told(1, 1000, CAMERA).told(2 + LONGEST_GAP + 1, 2000, CAMERA)
    assert far.missing == ()


def test_a_picture_that_failed_is_not_missing() -> None:
    rig = Rig(Copter(autopilot=12))
    rig.until(lambda: rig.core.state is not None)
    for one in (shot(1), shot(2, taken=False), shot(3)):
        rig.to_us += rig.theirs.encode(one)
        rig.step()
    assert rig.core.state is not None
    assert (told(rig), rig.core.state.pictures.missing) == ([1, 3], ())


@given(st.sets(st.integers(0, 50)))
def test_runs_hold_each_number_once(numbers: set[int]) -> None:
    found = runs(sorted(numbers))
    assert [n for first, last in found for n in range(first, last + 1)] == sorted(numbers)
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(found))


def test_the_missing_ones_are_named() -> None:
    assert in_words(()) == ""
    assert in_words((7,)) == "Not reported: picture 7."
    assert in_words((3, 4, 5, 9)) == "Not reported: pictures 3 to 5, 9."
    assert in_words(tuple(range(0, 60, 2))).endswith(" and 20 more gaps.")


def test_the_end_of_a_flight_tells_what_came_late_and_what_never_came() -> None:
    rig = flying(Photographer(), Losing())
    rig.until(lambda: rig.core.state is not None)
    start = rig.core.state
    assert start is not None
    start = replace(start, pictures=Reports(0, 2, (1,)))
    landed = replace(start, pictures=Reports(0, 9, (1, 4, 6)))
    rig.until(lambda: len(told(rig)) == 1)
    assert rig.core.state is not None
    now = replace(rig.core.state, pictures=Reports(0, 9, (1, 6)))
    done = completed(Flown("Landed.", 9.0, 5, as_planned=True), start, landed, now)
    assert done.reason == "Landed. Reported late: 1 picture. Not reported: picture 6."
    assert (done.captures, done.missing) == (6, (6,))


def test_the_record_of_a_flight_names_the_pictures_that_were_never_reported(tmp_path: Path) -> None:
    log = TlogWriter(tmp_path / "f.tlog")
    rig = flying(Photographer(), Losing(once={9}, always={3, 4}), log)
    rig.until(lambda: rig.core.state is not None and len(told(rig)) == 10, limit_s=60.0)
    log.close()
    flight = read_flight(tmp_path / "f.tlog")
    assert "Not reported: pictures 3 to 4." in flight.notes
    assert [one.index for one in flight.captures] == [1, 2, *range(5, 13)]


PLACE = LatLon(51.95, 4.05)
HOP = Mission(
    (
        item(Command.NAV_TAKEOFF, at=PLACE, height_m=30.0),
        item(Command.DO_SET_CAM_TRIGG_DIST, p1=10.0, p3=1.0),
        item(Command.NAV_WAYPOINT, at=LatLon(51.9527, 4.05), height_m=30.0),
        item(Command.DO_SET_CAM_TRIGG_DIST),
        item(Command.NAV_RETURN_TO_LAUNCH),
    ),
    home=Home(PLACE, 5.0),
)


def test_a_flight_of_a_simulated_px4_over_a_lossy_link_tells_every_picture_or_names_it() -> None:
    config = VehicleConfig(autopilot="px4", home=PLACE, armable_s=2.0)
    with SimulatedVehicle(config, speedup=25.0) as vehicle, Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        assert isinstance(station.upload(HOP), Stored)
        vehicle.begin_fault(Fault(FaultKind.LINK_DROP, 0.2))
        outcome = [event for event in station.fly() if isinstance(event, Flown)][-1]
        taken = vehicle.truth().pictures
    assert taken > 10
    assert outcome.captures + len(outcome.missing) == taken
    assert len(outcome.missing) <= 1
