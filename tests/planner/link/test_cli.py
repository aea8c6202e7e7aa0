"""`quaywatch link`: one JSON object on stdout, sentences on stderr, exit codes that scripts can trust."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.link import app
from planner.cli.plan import app as plan_app
from planner.formats.missions import read_mission, write_mission
from planner.link.compare import compare
from planner.link.errors import BadAddress, LinkError
from planner.link.events import Armed
from planner.link.items import mission_to_wire
from planner.link.record import read_flight
from planner.link.stack import Stack
from planner.link.station import Station
from tests.planner.link.copter import Copter
from tests.planner.link.test_station import TcpVehicle
from tests.planner.link.test_store import patrol


@pytest.fixture(autouse=True)
def stray_interrupts_do_no_harm() -> Iterator[None]:
    """A Ctrl-C that comes after the command has ended must not end the tests."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def vehicle() -> Iterator[TcpVehicle]:
    served = TcpVehicle(Copter(boot_s=time.monotonic(), flight_s=2.5, shots=0))
    yield served
    served.close()


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "p.plan"
    write_mission(patrol(5), path)
    return path


def run(*arguments: str | Path) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout)


def test_upload_and_download_give_the_same_mission(vehicle: TcpVehicle, plan: Path, tmp_path: Path) -> None:
    to = f"tcp:127.0.0.1:{vehicle.port}"
    code, told = run("upload", plan, "--to", to, "--json")
    assert code == 0
    assert set(told) == {"verdict", "items", "seconds", "read_back", "reason", "resends"}
    assert (told["verdict"], told["items"], told["read_back"]) == ("stored", 7, 7)
    code, _ = run("download", "-o", tmp_path / "back.plan", "--to", to, "--json")
    assert code == 0
    sent, back = read_mission(plan).mission, read_mission(tmp_path / "back.plan").mission
    for one, other in zip(sent, back, strict=True):
        assert one.params[4:] == pytest.approx(other.params[4:], abs=1e-7)


def test_an_upload_that_is_refused_is_exit_code_one(vehicle: TcpVehicle, plan: Path) -> None:
    vehicle.vehicle.refuse = {3: 3}
    code, told = run("upload", plan, "--to", f"tcp:127.0.0.1:{vehicle.port}", "--json")
    assert (code, told["verdict"]) == (1, "not_stored")
    assert "item 3" in str(told["reason"])


def test_ctrl_c_during_an_upload_says_what_it_leaves_behind(vehicle: TcpVehicle, tmp_path: Path) -> None:
    write_mission(patrol(600), tmp_path / "long.plan")

    def interrupt_half_way() -> None:
        while vehicle.vehicle.expected < 50:
            threading.Event().wait(0.005)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt_half_way, daemon=True).start()
    code, told = run("upload", tmp_path / "long.plan", "--to", f"tcp:127.0.0.1:{vehicle.port}", "--json")
    assert (code, told["verdict"]) == (1, "unknown")
    assert "mixture" in str(told["reason"])


def test_nobody_there_is_not_stored_and_says_why(plan: Path) -> None:
    code, told = run("upload", plan, "--to", "tcp:127.0.0.1:9", "--json")
    assert (code, told["verdict"]) == (1, "not_stored")
    assert "cannot be opened" in str(told["reason"])


def test_a_bad_address_is_wrong_use(plan: Path) -> None:
    with pytest.raises(BadAddress, match="write for example"):
        run("upload", plan, "--to", "nowhere", "--json")


def test_fly_stores_flies_and_logs(vehicle: TcpVehicle, plan: Path, tmp_path: Path) -> None:
    log = tmp_path / "f.tlog"
    code, told = run("fly", plan, "--to", f"tcp:127.0.0.1:{vehicle.port}", "--tlog", log, "--json")
    assert code == 0, told
    assert (told["verdict"], told["outcome"], told["tlog"]) == ("stored", "flown", str(log))
    assert read_flight(log).track.height_m.max() == 30.0


def test_ctrl_c_in_flight_makes_the_vehicle_return(vehicle: TcpVehicle, plan: Path, tmp_path: Path) -> None:
    vehicle.vehicle.flight_s = 4.0

    def interrupt_when_flying() -> None:
        while vehicle.vehicle.mode != 3:
            threading.Event().wait(0.05)
        threading.Event().wait(1.0)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt_when_flying, daemon=True).start()
    to = f"tcp:127.0.0.1:{vehicle.port}"
    code, told = run("fly", plan, "--to", to, "--tlog", tmp_path / "f.tlog", "--json")
    assert (176, 1.0) in vehicle.vehicle.commands
    assert vehicle.vehicle.mode == 6
    assert (code, told["outcome"], told["as_planned"]) == (0, "flown", False)
    assert "RTL" in str(told["reason"])


@pytest.mark.parametrize(("deaf", "said"), [(False, "returns by itself"), (True, "not confirmed")])
def test_a_second_ctrl_c_leaves_the_vehicle_and_says_what_it_does(
    vehicle: TcpVehicle, plan: Path, tmp_path: Path, said: str, *, deaf: bool
) -> None:
    vehicle.vehicle.flight_s = 30.0

    def interrupt_twice() -> None:
        while vehicle.vehicle.mode != 3:
            threading.Event().wait(0.05)
        threading.Event().wait(0.5)
        vehicle.vehicle.deaf = deaf
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait(0.5)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt_twice, daemon=True).start()
    to = f"tcp:127.0.0.1:{vehicle.port}"
    code, told = run("fly", plan, "--to", to, "--tlog", tmp_path / "f.tlog", "--json")
    assert (code, told["verdict"], told["outcome"]) == (130, "stored", "lost")
    assert said in str(told["reason"])


def test_a_link_that_breaks_in_flight_does_not_say_that_it_was_not_flown(
    vehicle: TcpVehicle, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> Iterator[Armed]:
        yield Armed()
        raise LinkError("the link stopped by an error of its own: cable")

    monkeypatch.setattr("planner.link.station.Station.fly", breaks)
    to = f"tcp:127.0.0.1:{vehicle.port}"
    code, told = run("fly", plan, "--to", to, "--tlog", tmp_path / "f.tlog", "--json")
    assert (code, told["outcome"]) == (1, "lost")
    assert "not known" in str(told["reason"])


def test_ctrl_c_while_connecting_still_prints_the_object(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.link.station.Station.connect", interrupted)
    code, told = run("fly", plan, "--json")
    assert (code, told["outcome"]) == (130, "not_flown")
    assert "before anything was sent" in str(told["reason"])
    assert run("upload", plan, "--json")[0] == 130


def test_watch_prints_one_object_a_second(vehicle: TcpVehicle) -> None:
    result = CliRunner().invoke(app, ["watch", "--to", f"tcp:127.0.0.1:{vehicle.port}", "--seconds", "0.5"])
    assert json.loads(result.stdout.splitlines()[0])["stack"] == "ardupilot"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.plan"
    write_mission(patrol(6, shift=0.01), path)
    return path


def test_a_failed_upload_keeps_what_the_vehicle_held_in_a_file(
    vehicle: TcpVehicle, plan: Path, other: Path, tmp_path: Path
) -> None:
    to = f"tcp:127.0.0.1:{vehicle.port}"
    assert run("upload", other, "--to", to, "--json")[0] == 0
    vehicle.vehicle.refuse = {3: 10}
    result = CliRunner().invoke(app, ["upload", str(plan), "--to", to, "--json"])
    assert result.exit_code == 1
    assert "mixture" in json.loads(result.stdout)["reason"]
    (kept,) = tmp_path.glob("p-before-*.plan")
    assert str(kept) in result.stderr
    was, again = (mission_to_wire(read_mission(path).mission, Stack.ARDUPILOT) for path in (other, kept))
    assert not compare(was, again, Stack.ARDUPILOT)


def test_with_restore_a_failed_upload_puts_back_what_the_vehicle_held(
    vehicle: TcpVehicle, plan: Path, other: Path, tmp_path: Path
) -> None:
    to = f"tcp:127.0.0.1:{vehicle.port}"
    run("upload", other, "--to", to, "--json")
    before = list(vehicle.vehicle.stored[0])
    vehicle.vehicle.refuse_once = {3: 10}
    code, told = run("upload", plan, "--to", to, "--restore", "--json")
    assert (code, told["verdict"]) == (1, "not_stored")
    restored = told["restored"]
    assert isinstance(restored, dict)
    assert restored["verdict"] == "stored"
    assert vehicle.vehicle.stored[0][1:] == before[1:]
    assert not list(tmp_path.glob("p-before-*"))


def test_a_vehicle_that_held_nothing_leaves_no_file_behind(vehicle: TcpVehicle, plan: Path, tmp_path: Path) -> None:
    vehicle.vehicle.refuse = {3: 10}
    assert run("upload", plan, "--to", f"tcp:127.0.0.1:{vehicle.port}", "--json")[0] == 1
    assert not list(tmp_path.glob("p-before-*"))


def test_watch_and_start_tell_that_the_mission_is_no_longer_the_one_that_was_stored(
    vehicle: TcpVehicle, plan: Path, other: Path
) -> None:
    to = f"tcp:127.0.0.1:{vehicle.port}"
    assert run("upload", plan, "--to", to, "--json")[0] == 0
    with Station.connect(to) as another:  # another ground station, which knows nothing of ours
        another.upload(read_mission(other).mission)
    told = CliRunner().invoke(app, ["watch", "--to", to, "--seconds", "1.5"])
    assert json.loads(told.stdout.splitlines()[-1])["as_stored"] is False
    assert "! Vehicle 1: The vehicle now holds 8 items instead of 7" in told.stderr
    for order in (["start"], ["resume"], ["skip", "3"]):
        code, answer = run("do", *order, "--to", to, "--json")
        assert (code, answer["done"]) == (1, False)
        assert "instead of 7" in str(answer["reason"])
    assert 176 not in {number for number, _ in vehicle.vehicle.commands}
    run("do", "resume", "--anyway", "--to", to, "--json")
    assert 176 in {number for number, _ in vehicle.vehicle.commands}
    assert run("upload", plan, "--to", to, "--json")[0] == 0
    told = CliRunner().invoke(app, ["watch", "--to", to, "--seconds", "1.5"])
    assert json.loads(told.stdout.splitlines()[-1])["mission_changed"] is None


def test_an_upload_that_was_refused_before_it_was_sent_keeps_no_file(
    vehicle: TcpVehicle, plan: Path, other: Path, tmp_path: Path
) -> None:
    to = f"tcp:127.0.0.1:{vehicle.port}"
    run("upload", other, "--to", to, "--json")
    vehicle.vehicle.capabilities = 0
    code, told = run("upload", plan, "--to", to, "--json")
    assert code == 1
    assert "Nothing was sent" in str(told["reason"])
    assert not list(tmp_path.glob("p-before-*"))


def test_a_plan_with_more_rally_points_than_boards_store_says_so_before_it_is_sent(
    vehicle: TcpVehicle, tmp_path: Path
) -> None:
    area = tmp_path / "area.geojson"
    ring = [[4.04, 51.94], [4.05, 51.94], [4.05, 51.945], [4.04, 51.945], [4.04, 51.94]]
    area.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    made = CliRunner().invoke(plan_app, ["new", str(area), "-o", str(tmp_path / "p.plan")])
    assert made.exit_code == 0, made.output
    document = json.loads((tmp_path / "p.plan").read_text())
    document["rallyPoints"]["points"] = [[51.94, 4.04 + n * 1e-4, 30.0] for n in range(60)]
    (tmp_path / "p.plan").write_text(json.dumps(document))
    told = CliRunner().invoke(
        app, ["upload", str(tmp_path / "p.plan"), "--to", "tcp:127.0.0.1:9", "--wait-s", "0.2", "--json"]
    )
    assert "note: 60 rally points are more than ArduPilot stores on most boards" in told.stderr
    assert json.loads(told.stdout)["verdict"] == "not_stored"
