"""What needs the pilot, with its code and its values; and that `link watch` prints it for all vehicles of all links."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner
from typing_extensions import override

from planner.cli.link import app
from planner.formats.missions import write_mission
from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link.alarms import Severity, alarms_of
from planner.link.errors import SeveralVehicles
from planner.link.held import Held
from planner.link.messages import Address, Message
from planner.link.settings import Setting
from planner.link.stack import Stack
from planner.link.state import VehicleState
from tests.planner.link.copter import Copter
from tests.planner.link.test_several import TcpFlock
from tests.planner.link.test_station import TcpVehicle
from tests.planner.link.test_store import patrol

FLYING = VehicleState(
    Address(1, 1), Stack.ARDUPILOT, 2, armed=True, mode="AUTO", custom_mode=3, system_status=4, heard_s=0,
    link_age_s=0.2, at=LatLon(54.1, 7.0), height_m=40.0, battery_percent=80.0, gps_fix=3, fence_ok=True,
)  # fmt: skip


def codes(state: VehicleState, **values: float) -> list[str]:
    return [one.code for one in alarms_of(state, in_flight=True, **values)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("stored_s", "expected"), [(12.0, ["mission_changed"]), (0.0, [])])
def test_a_mission_stored_on_this_connection_and_changed_since_is_an_alarm(
    stored_s: float, expected: list[str]
) -> None:
    state = replace(FLYING, held=Held(7, since_s=stored_s), mission_changed="The vehicle now holds 8 items.")
    assert codes(state) == expected
    assert all("Watch it" in one.message for one in alarms_of(state, in_flight=True))


def test_a_flight_without_trouble_has_no_alarm() -> None:
    assert codes(FLYING) == []


@pytest.mark.parametrize(
    ("percent", "home", "code", "says"),
    [
        (60.0, 22.0, None, ""),
        (45.0, 22.0, "battery_return", "the reserve. Return now"),
        (21.0, 22.0, "battery_too_low", "Land where it is safe"),
        (24.0, None, "battery_return", "Return now"),
        (26.0, None, None, ""),
        (24.0, -10.0, "battery_return", "Return now"),
    ],
)
def test_the_battery_alarm_counts_the_way_home(percent: float, home: float | None, code: str | None, says: str) -> None:
    state = replace(FLYING, battery_percent=percent)
    found = alarms_of(state, in_flight=True, home_percent=home, reserve_percent=25.0)
    assert [one.code for one in found] == ([] if code is None else [code])
    assert all(says in one.message for one in found)
    assert alarms_of(state, in_flight=False, home_percent=home) == ()


def test_each_reason_has_its_code_and_its_values() -> None:
    assert codes(replace(FLYING, link_age_s=4.0, gps_fix=1, fence_ok=False, log_problem="disk full")) == [
        "link_lost",
        "position_lost",
        "outside_fence",
        "log_stopped",
    ]
    (lost,) = alarms_of(replace(FLYING, link_age_s=4.0), in_flight=False)
    assert (lost.severity, dict(lost.values)) == (Severity.CRITICAL, {"silent_s": 4.0})
    assert alarms_of(None, in_flight=True) == ()


def test_settings_that_do_not_fit_are_reasons_too() -> None:
    settings = (Setting("FS_GCS_ENABLE", 0.0, "off", "It flies on."), Setting("RTL_ALT", 1500.0, "15 m"))
    (found,) = alarms_of(FLYING, in_flight=True, settings=settings)
    assert (found.code, found.message, dict(found.values)) == ("setting", "It flies on.", {"setting": "FS_GCS_ENABLE"})


class Told(Copter):
    """A copter that tells its FS_GCS_ENABLE, which is off, and is low on battery in flight."""

    @override
    def hear(self, message: Message, now_s: float) -> tuple[Message, ...]:
        if isinstance(message, m.ParamRequestRead):
            return (m.ParamValue(message.param_id, 0.0 if message.param_id == "FS_GCS_ENABLE" else 1.0, 2),)
        return super().hear(message, now_s)

    @override
    def telemetry(self, now_s: float) -> tuple[Message, ...]:
        told = super().telemetry(now_s)
        return tuple(replace(one, battery_remaining=20) if isinstance(one, m.SysStatus) else one for one in told)


@pytest.fixture
def pair() -> Iterator[TcpFlock]:
    served = TcpFlock({4: Told(boot_s=time.monotonic(), armed=True, mode=3, started_s=time.monotonic()), 9: Copter()})
    yield served
    served.close()


@pytest.fixture
def third() -> Iterator[TcpVehicle]:
    served = TcpVehicle(Copter(boot_s=time.monotonic()))
    yield served
    served.close()


def lines(*arguments: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(app, ["watch", *arguments])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_watch_prints_every_vehicle_of_every_link_with_its_alarms(
    pair: TcpFlock, third: TcpVehicle, tmp_path: Path
) -> None:
    write_mission(patrol(90), tmp_path / "far.plan")
    links = [f"tcp:127.0.0.1:{one.port}" for one in (pair, third)]
    told = lines("--to", links[0], "--to", links[1], "--plan", str(tmp_path / "far.plan"), "--seconds", "4")
    assert {(one["link"], one["vehicle"]) for one in told} == {(links[0], 4), (links[0], 9), (links[1], 1)}
    last = {one["vehicle"]: one["alarms"] for one in told}
    assert isinstance(last[4], list)
    assert "battery_return" in [one["code"] for one in last[4]]
    assert last[4][0]["battery_percent"] == 20
    assert "FS_GCS_ENABLE" in [one.get("setting") for one in last[4]]
    assert last[1] == []


def test_watch_of_one_vehicle_prints_no_other(pair: TcpFlock) -> None:
    told = lines("--to", f"tcp:127.0.0.1:{pair.port}", "--vehicle", "9", "--seconds", "1.5")
    assert {one["vehicle"] for one in told} == {9}


def test_a_link_that_is_not_there_does_not_keep_the_others_from_being_watched(third: TcpVehicle) -> None:
    result = CliRunner().invoke(
        app,
        ["watch", "--to", "tcp:127.0.0.1:9", "--to", f"tcp:127.0.0.1:{third.port}", "--wait-s", "1", "--seconds", "2"],
    )
    assert json.loads(result.stdout.splitlines()[0])["vehicle"] == 1
    assert "tcp:127.0.0.1:9: cannot be opened" in result.stderr


@pytest.mark.parametrize("command", ["upload", "fly", "do return", "download", "params", "look"])
def test_with_several_vehicles_and_none_chosen_nothing_is_sent(pair: TcpFlock, command: str, tmp_path: Path) -> None:
    plan = tmp_path / "p.plan"
    write_mission(patrol(3), plan)
    extra: dict[str, list[str]] = {
        "upload": [str(plan)],
        "fly": [str(plan), "--tlog", str(tmp_path / "f.tlog")],
        "look": [str(plan), "--at", "51.95,4.05"],
        "download": ["-o", str(tmp_path / "o.plan")],
    }
    arguments = [*command.split(), *extra.get(command, []), "--to", f"tcp:127.0.0.1:{pair.port}"]
    result = CliRunner().invoke(app, arguments)
    error = result.exception
    assert isinstance(error, SeveralVehicles)
    assert error.exit_code == 2
    assert "4 (ArduPilot copter), 9 (ArduPilot copter)" in str(error)
    assert "--vehicle 4" in str(error)
    assert all(not one.stored[0] for one in pair.copters.values())
    assert {number for number, _ in pair.copters[9].commands} <= {511, 512}


def test_the_vehicle_chosen_gets_the_order_and_no_other(pair: TcpFlock) -> None:
    to = f"tcp:127.0.0.1:{pair.port}"
    result = CliRunner().invoke(app, ["do", "return", "--to", to, "--vehicle", "9", "--json"])
    assert json.loads(result.stdout)["done"] is True
    assert [pair.copters[system].mode for system in (4, 9)] == [3, 6]
