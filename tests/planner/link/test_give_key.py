"""The vehicle's key is set over a wire only, is believed only when the vehicle signs with it, and is in no log."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.link import app
from planner.link.core import Core, Running
from planner.link.errors import NoVehicle
from planner.link.give_key import TIMES, SetupSigningJob, give_key, why_not_wired
from planner.link.keys import Signing, Times
from planner.link.messages import Heartbeat
from planner.link.services import SetupSigning
from planner.link.signing import SigningKey
from planner.link.state import VehicleState
from planner.link.station import Station
from planner.link.tlog import TlogWriter
from planner.link.verdict import Stored, Unknown
from planner.link.wire import Codec
from planner.model.errors import BadInput
from sitl.autopilot.situation import VehicleConfig
from sitl.server import SimulatedVehicle
from sitl.tlog import TelemetryLog
from tests.planner.link.copter import Copter
from tests.planner.link.test_station import TcpVehicle
from tests.planner.link.test_store import patrol
from tests.planner.link.vehicles import HERE

KEY, OTHER = SigningKey.of("harbour at dawn"), SigningKey.of("harbour at dusk")
NOW_US = 1_780_000_000_000_000


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[SimulatedVehicle, Path]]:
    """Its first port is a board's USB, the second a radio; with the vehicle's own telemetry log."""
    path = tmp_path / "vehicle.tlog"
    log = TelemetryLog(path)
    vehicle = SimulatedVehicle(VehicleConfig(), further_ports=(0,))
    vehicle.log_to(tlog=log)
    with vehicle:
        yield vehicle, path
    log.close()


def at(vehicle: SimulatedVehicle, port: int = 0) -> str:
    return f"tcp:127.0.0.1:{vehicle.ports[port]}"


def signing(tmp_path: Path, key: SigningKey = KEY) -> Signing:
    return Signing(key, Times(tmp_path / "times.json"))


@pytest.mark.parametrize(
    ("address", "wired"),
    [
        ("serial:/dev/ttyACM0:115200", True),
        ("serial:/dev/cu.usbmodem1101:115200", True),
        ("tcp:127.0.0.1:5760", True),
        ("udpin:localhost:14550", True),
        ("serial:/dev/ttyUSB0:57600", False),  # perhaps a radio
        ("serial:/dev/ttyS0:57600", False),
        ("COM5", False),
        ("tcp:192.168.4.1:5760", False),
        ("udpin:0.0.0.0:14550", False),
        ("udpout:10.0.0.2:14550", False),
        ("tcp:127.0.0.1.evil.example:5760", False),
    ],
)
def test_only_usb_and_this_computer_are_known_to_be_wires(address: str, *, wired: bool) -> None:
    why_not = why_not_wired(address)
    assert (why_not == "") is wired
    assert wired or "--wired" in why_not


def test_a_key_that_is_set_is_used_at_once_and_needed_from_then_on(
    served: tuple[SimulatedVehicle, Path], tmp_path: Path
) -> None:
    vehicle, _ = served
    said = give_key(at(vehicle), signing(tmp_path), old=None, timeout_s=10.0)
    assert "signs with the key" in said
    with Station.connect(at(vehicle, 1), signing=signing(tmp_path)) as ours:
        assert isinstance(ours.upload(patrol(3)), Stored)
        assert ours.hears_signed
    with Station.connect(at(vehicle, 1)) as stranger:  # on the radio: heard, but not heeded
        assert isinstance(stranger.upload(patrol(1), lambda p: stranger.cancel() if p.silent_s else None), Unknown)
    with pytest.raises(NoVehicle, match="not signed with this key"):
        Station.connect(at(vehicle), timeout_s=2.0, signing=signing(tmp_path, OTHER))


def test_a_key_can_be_changed_and_taken_away(served: tuple[SimulatedVehicle, Path], tmp_path: Path) -> None:
    vehicle, _ = served
    first, second = signing(tmp_path), signing(tmp_path, OTHER)
    give_key(at(vehicle, 1), first, old=None, timeout_s=10.0)
    give_key(at(vehicle, 1), second, old=first, timeout_s=10.0)
    assert "no longer signs" in give_key(at(vehicle, 1), None, old=second, timeout_s=10.0)
    with Station.connect(at(vehicle, 1)) as anybody:
        assert isinstance(anybody.upload(patrol(3)), Stored)
        assert not anybody.hears_signed


def test_neither_log_holds_the_key(served: tuple[SimulatedVehicle, Path], tmp_path: Path) -> None:
    vehicle, theirs = served
    with Station.connect(at(vehicle), tlog=tmp_path / "ours.tlog") as station:
        for _ in station.run(SetupSigningJob(KEY, time.time_ns() // 1000)):
            pass
        with Station.connect(at(vehicle, 1), tlog=tmp_path / "other.tlog", signing=signing(tmp_path)):
            pass
    vehicle.stop()
    assert vehicle._tlog is not None
    vehicle._tlog.close()
    for log in (tmp_path / "ours.tlog", tmp_path / "other.tlog", theirs):
        data = log.read_bytes()
        assert data
        assert KEY.secret not in data
        assert KEY.secret[4:28] not in data


def test_a_key_that_another_station_sends_by_is_not_logged(tmp_path: Path) -> None:
    log = TlogWriter(tmp_path / "f.tlog")
    core = Core(log)
    core.turn(Codec(HERE).encode(SetupSigning(1, 1, tuple(KEY.secret), 1)), 100.0, NOW_US)
    log.close()
    assert KEY.secret not in (tmp_path / "f.tlog").read_bytes()


def test_what_is_sent_is_the_key_and_the_time_several_times_and_its_text_does_not_show_it() -> None:
    core = Core()
    core.turn(Codec(HERE).encode(Heartbeat(2, 3, 0, 4, 4)), 100.0, NOW_US)
    running = Running(SetupSigningJob(KEY, NOW_US))
    core.start(running, 100.0)
    sent = []
    for step in range(40):
        for raw in core.turn(b"", 100.0 + step * 0.1, NOW_US):
            sent += [f.received.message for f in Codec().feed(raw) if f.received]
    keys = [one for one in sent if isinstance(one, SetupSigning)]
    assert len(keys) == TIMES
    assert keys[0] == SetupSigning(1, 1, tuple(KEY.secret), (NOW_US - 1_420_070_400_000_000) // 10)
    assert str(tuple(KEY.secret))[1:-1] not in repr(keys[0]) + repr(running.job)


@pytest.fixture
def deaf_to_keys() -> Iterator[TcpVehicle]:
    vehicle = TcpVehicle(Copter(boot_s=time.monotonic()))
    yield vehicle
    vehicle.close()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text("harbour at dawn")
    path.chmod(0o600)
    return path


def run(*arguments: str | Path) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert KEY.secret.hex() not in result.output
    return result.exit_code, json.loads(result.stdout)


def test_a_vehicle_that_takes_no_key_is_found_out(deaf_to_keys: TcpVehicle, key_file: Path) -> None:
    to = f"tcp:127.0.0.1:{deaf_to_keys.port}"
    code, told = run("signing", "set", "--key-file", key_file, "--to", to, "--wait-s", "1.5", "--json")
    assert (code, told["done"]) == (1, False)
    assert "not heard to sign with it" in str(told["reason"])


def test_an_armed_vehicle_is_sent_no_key(deaf_to_keys: TcpVehicle, key_file: Path) -> None:
    copter = deaf_to_keys.vehicle
    copter.armed, copter.started_s, copter.lands = True, time.monotonic(), False
    to = f"tcp:127.0.0.1:{deaf_to_keys.port}"
    code, told = run("signing", "set", "--key-file", key_file, "--to", to, "--json")
    assert code == 1
    assert "Nothing was sent: the vehicle is armed" in str(told["reason"])


def test_the_command_sets_and_takes_away_the_key(served: tuple[SimulatedVehicle, Path], key_file: Path) -> None:
    to = at(served[0])
    code, told = run("signing", "set", "--key-file", key_file, "--to", to, "--json")
    assert (code, told["signing"], told["done"]) == (0, "on", True)
    assert told["reason"] == "The vehicle signs with the key, and does what a command signed with it asks."
    code, told = run("signing", "off", "--sign-file", key_file, "--to", to, "--json")
    assert (code, told["signing"], told["done"]) == (0, "off", True)


def test_a_radio_is_refused_unless_the_user_says_that_it_is_a_wire(key_file: Path) -> None:
    with pytest.raises(BadInput, match="--wired"):
        run("signing", "set", "--key-file", key_file, "--to", "serial:/dev/ttyUSB0:57600", "--json")
    code, told = run("signing", "set", "--key-file", key_file, "--to", "serial:/dev/ttyUSB99", "--wired", "--json")
    assert code == 1
    assert "cannot be opened" in str(told["reason"])


def test_a_key_must_be_named_once(key_file: Path) -> None:
    for names in ([], ["harbour", "--key-file", str(key_file)]):
        with pytest.raises(BadInput, match="give either"):
            run("signing", "set", *names, "--to", "tcp:127.0.0.1:9", "--json")


def until(look: Callable[[], VehicleState | None], said: str) -> None:
    for _ in range(100):
        state = look()
        if state is not None and any(said in text.text for text in state.texts):
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"the vehicle never said {said!r}")


def test_an_armed_simulated_vehicle_takes_no_key_and_says_so(served: tuple[SimulatedVehicle, Path]) -> None:
    vehicle, _ = served
    with vehicle._lock:
        vehicle._autopilot.now.armed = True
    with Station.connect(at(vehicle)) as station:
        for _ in station.run(SetupSigningJob(KEY, NOW_US)):
            pass
        until(station.snapshot, "Won't setup signing when armed")
        state = station.snapshot()
        assert state is not None
        assert not station.hears_signed
