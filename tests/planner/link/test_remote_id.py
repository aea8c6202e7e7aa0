"""Remote identification: what keeps a vehicle from being armed is told; the operator's place goes out each second."""

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from typer.testing import CliRunner
from typing_extensions import override

from gui.fly.checks import checks_of
from planner.cli.link import app
from planner.geo.points import LatLon
from planner.link.events import Flown, NotFlown, NotReady
from planner.link.flying import Fly, FlyOptions
from planner.link.messages import Address, HomePosition, Message, Received
from planner.link.services import OpenDroneIdArmStatus, OpenDroneIdSystem, OpenDroneIdSystemUpdate
from planner.link.state import observe
from planner.model.errors import BadInput
from tests.gui.fly.test_presenter import HEALTHY
from tests.planner.link.copter import Copter, Rig

TRANSMITTER = Address(1, 236)
OPERATOR = LatLon(51.9555, 4.0470)


@dataclass
class Identified(Copter):
    """With a transmitter that is content from a time on; `silent_id`: it has none."""

    content_s: float = 0.0
    silent_id: bool = False

    @override
    def telemetry(self, now_s: float) -> tuple[Message, ...]:
        told = super().telemetry(now_s)
        home = HomePosition(519500000, 40500000, 5000)
        if self.silent_id:
            return (*told, home)
        bad = now_s - self.boot_s < self.content_s
        return (*told, home, OpenDroneIdArmStatus(int(bad), "missing operator location" if bad else ""))


def places(rig: Rig) -> list[tuple[float, OpenDroneIdSystem | OpenDroneIdSystemUpdate]]:
    return [(at, one) for at, one in rig.sent if isinstance(one, OpenDroneIdSystem | OpenDroneIdSystemUpdate)]


def after(rig: Rig, seconds: float = 20.0) -> Rig:
    end_s = rig.now_s + seconds
    rig.until(lambda: rig.now_s > end_s)
    return rig


def test_the_operators_place_goes_out_at_least_once_a_second_and_whole_every_few() -> None:
    rig = Rig(Identified())
    rig.core.operator = OPERATOR
    sent = places(after(rig))
    assert len(sent) > 15
    assert max(later[0] - earlier[0] for earlier, later in pairwise(sent)) <= 1.0
    whole = [one for _, one in sent if isinstance(one, OpenDroneIdSystem)]
    assert len(sent) / 5 < len(whole) < len(sent)
    assert {(one.operator_latitude, one.operator_longitude) for _, one in sent} == {(519555000, 40470000)}
    assert {one.operator_location_type for one in whole} == {2}


def test_without_a_place_of_the_operator_it_is_that_of_the_take_off_and_is_said_to_be() -> None:
    sent = places(after(Rig(Identified())))
    assert {(one.operator_latitude, one.operator_longitude) for _, one in sent} == {(519500000, 40500000)}
    assert {one.operator_location_type for _, one in sent if isinstance(one, OpenDroneIdSystem)} == {0}


def test_the_time_is_counted_from_2019() -> None:
    rig = after(Rig(Identified()), 3.0)
    (at_s, first), *_ = places(rig)
    assert first.timestamp == 0  # this rig's clock stands in 1970
    assert at_s < 110
    later = Rig(Identified(), now_s=1_795_000_000.0)
    later.vehicle.boot_s = later.now_s
    (at_s, first), *_ = places(after(later, 3.0))
    assert first.timestamp == pytest.approx(at_s - 1_546_300_800, abs=1.5)


def test_a_vehicle_without_remote_identification_is_told_nothing() -> None:
    rig = Rig(Identified(silent_id=True))
    rig.core.operator = OPERATOR
    assert places(after(rig)) == []


def test_a_transmitter_that_is_not_content_is_waited_for_and_its_reason_told() -> None:
    rig = Rig(Identified(content_s=30.0))
    events = rig.run(Fly())
    assert isinstance(events[-1], Flown)
    reasons = [reason for event in events if isinstance(event, NotReady) for reason in event.reasons]
    assert "remote identification: missing operator location" in reasons
    assert rig.now_s - rig.vehicle.boot_s > 30.0


def test_a_transmitter_that_never_is_keeps_it_on_the_ground() -> None:
    outcome = Rig(Identified(content_s=1e9)).run(Fly(FlyOptions(ready_s=20.0)))[-1]
    assert isinstance(outcome, NotFlown)
    assert "missing operator location" in outcome.reason


def test_a_reason_that_is_not_given_is_said_to_be_missing() -> None:
    state = observe(HEALTHY, Received(TRANSMITTER, OpenDroneIdArmStatus(1, "")), 1.0)
    assert state.remote_id == "not ready, without saying why"
    assert observe(state, Received(TRANSMITTER, OpenDroneIdArmStatus(0, "")), 2.0).remote_id == ""


def test_the_fly_page_names_it_in_the_list() -> None:
    state = replace(HEALTHY, remote_id="missing operator location")
    (line,) = [check for check in checks_of(state, None, ticked=frozenset(), stored=True) if check.check_id == "arming"]
    assert (line.ok, line.detail) == (False, "Remote identification: missing operator location")


def test_an_operators_place_that_is_none_is_wrong_use() -> None:
    result = CliRunner().invoke(app, ["fly", "none.plan", "--operator", "here"])
    assert isinstance(result.exception, BadInput)
    assert "--operator" in str(result.exception)
