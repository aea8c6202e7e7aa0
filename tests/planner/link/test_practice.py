"""Orders, settings and what is shown, against the practice drone over TCP: an autopilot that shares no code with us."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.link import app
from planner.formats.missions import write_mission
from planner.geo.points import LatLon, distance_m
from planner.link import orders
from planner.link.events import Armed, FlightEvent, Flown
from planner.link.flying import FlyOptions
from planner.link.jobs import pause_job, resume_job, return_job
from planner.link.messages import US, Address
from planner.link.preflight import enable_fence, parameters, set_parameter
from planner.link.progress import frames_in, progress_in
from planner.link.record import read_flight
from planner.link.state import VehicleState
from planner.link.station import Station
from planner.link.verdict import Stored
from planner.model.mission import Command, FencePolygon, Home, Mission, item
from sitl.autopilot.situation import VehicleConfig
from sitl.server import SimulatedVehicle

HERE = LatLon(51.95, 4.05)
HERE_ADDRESS = Address(1, 1)
NORTH = LatLon(51.9536, 4.05)
FENCE = FencePolygon(
    (LatLon(51.94, 4.03), LatLon(51.97, 4.03), LatLon(51.97, 4.07), LatLon(51.94, 4.07)), inclusion=True
)


def out_and_back(metres_high: float = 40.0) -> Mission:
    return Mission(
        (
            item(Command.NAV_TAKEOFF, at=HERE, height_m=metres_high),
            item(Command.NAV_WAYPOINT, at=NORTH, height_m=metres_high),
            item(Command.NAV_WAYPOINT, at=HERE, height_m=metres_high),
            item(Command.NAV_RETURN_TO_LAUNCH),
        ),
        home=Home(HERE, 5.0),
        fence_polygons=(FENCE,),
    )


@pytest.fixture
def drone() -> Iterator[SimulatedVehicle]:
    with SimulatedVehicle(VehicleConfig(home=HERE, armable_s=3.0), speedup=15) as running:
        yield running


def run(drone: SimulatedVehicle, *arguments: str | Path) -> tuple[int, dict[str, object]]:
    words = [*(str(one) for one in arguments), "--to", f"tcp:127.0.0.1:{drone.port}", "--json"]
    result = CliRunner().invoke(app, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout)


def until(station: Station, true: Callable[[VehicleState], bool], limit_s: float = 20.0) -> VehicleState:
    end_s = time.monotonic() + limit_s
    while time.monotonic() < end_s:
        state = station.snapshot()
        if state is not None and true(state):
            return state
        time.sleep(0.02)
    raise AssertionError(f"did not come true: {station.snapshot()}")


def test_a_flight_is_paused_sent_elsewhere_resumed_and_called_home(drone: SimulatedVehicle) -> None:
    with Station.connect(f"tcp:127.0.0.1:{drone.port}") as station:
        assert isinstance(station.upload(out_and_back()), Stored)
        events: list[FlightEvent | object] = []
        flight = station.fly(options=FlyOptions(ready_s=60))
        for event in flight:
            events.append(event)
            if isinstance(event, Armed):
                break

        def follow() -> None:
            events.extend(flight)

        thread = threading.Thread(target=follow)
        thread.start()
        until(station, lambda s: s.is_flying and (s.height_m or 0) > 38)
        station.order("Pause", pause_job)
        until(station, lambda s: s.mission_state == 4 or s.mode == "BRAKE")
        aside = LatLon(51.951, 4.052)
        station.order("Go to", lambda s: orders.go_to(s, aside, 50.0))
        there = until(station, lambda s: s.at is not None and distance_m(s.at, aside) < 5)
        assert there.mode == "GUIDED"
        station.order("Speed", lambda s: orders.change_speed(s, 8.0))
        station.order("Photo", orders.photo)
        until(station, lambda s: len(s.captures) == 1)
        station.order("Gimbal", lambda s: orders.gimbal(s, -60.0))
        station.order("Skip", lambda s: orders.skip(s, 3))
        station.order("Resume", resume_job)
        until(station, lambda s: s.mode == "AUTO" and s.mission_item == 3)
        station.order("Return", return_job)
        thread.join(60)
        assert isinstance(events[-1], Flown)
        assert not events[-1].as_planned


def test_the_fence_is_switched_on_alone_and_only_where_there_is_one(drone: SimulatedVehicle) -> None:
    code, told = run(drone, "do", "fence")
    assert (code, told["done"]) == (1, False)
    assert "holds no fence" in str(told["reason"])
    with Station.connect(f"tcp:127.0.0.1:{drone.port}") as station:
        until(station, lambda s: s.system_status != 1)
        station.upload(out_and_back())
        assert "FENCE_TYPE was 7" in enable_fence(station)
        assert parameters(station, ("FENCE_TYPE", "FENCE_ENABLE")).values == {"FENCE_TYPE": 4.0, "FENCE_ENABLE": 1.0}
        set_parameter(station, "FS_GCS_ENABLE", 1)
        assert parameters(station, ("FS_GCS_ENABLE",)).values == {"FS_GCS_ENABLE": 1.0}


def test_settings_that_do_not_fit_a_plan_are_told_and_are_exit_code_one(
    drone: SimulatedVehicle, tmp_path: Path
) -> None:
    far = Mission(
        (*out_and_back().items[:1], item(Command.NAV_WAYPOINT, at=LatLon(51.97, 4.05), height_m=40.0)),
        home=Home(HERE, 5.0),
    )
    write_mission(far, tmp_path / "far.plan")
    code, told = run(drone, "params", "--plan", tmp_path / "far.plan", "--obstacle-m", "60")
    rows = {row["name"]: row for row in told["params"]}  # type: ignore[attr-defined]
    assert (code, told["fits"]) == (1, False)
    assert "does nothing when it loses the link" in rows["FS_GCS_ENABLE"]["problem"]
    assert "battery is low" in rows["BATT_FS_LOW_ACT"]["problem"]
    assert "15 m" in rows["RTL_ALT"]["problem"]


def test_named_parameters_are_read_and_one_that_is_not_there_is_exit_code_one(drone: SimulatedVehicle) -> None:
    code, told = run(drone, "params", "fence_type", "RTL_ALT")
    assert (code, [row["value"] for row in told["params"]]) == (0, [7.0, 1500.0])  # type: ignore[attr-defined]
    code, told = run(drone, "params", "NO_SUCH")
    assert code == 1


def test_px4_settings_are_read_as_numbers_not_as_bits() -> None:
    with SimulatedVehicle(VehicleConfig(home=HERE, autopilot="px4"), speedup=15) as px4:
        code, told = run(px4, "params", "COM_DL_LOSS_T", "NAV_DLL_ACT", "RTL_RETURN_ALT")
        assert code == 0
        values = {row["name"]: row["value"] for row in told["params"]}  # type: ignore[attr-defined]
        assert 1 <= values["COM_DL_LOSS_T"] <= 300
        assert values["NAV_DLL_ACT"] in {0, 1, 2, 3, 5, 6}


def test_an_order_that_cannot_be_given_on_the_ground_says_why(drone: SimulatedVehicle) -> None:
    code, told = run(drone, "do", "goto", "51.951,4.05")
    assert (code, told["done"]) == (1, False)
    assert "not in the air" in str(told["reason"])
    result = CliRunner().invoke(app, ["do", "goto", "nowhere"])
    assert result.exception is not None


def test_a_flight_that_was_broken_off_is_resumed_at_the_point_where_it_was_left(
    drone: SimulatedVehicle, tmp_path: Path
) -> None:
    plan, log = tmp_path / "p.plan", tmp_path / "first.tlog"
    write_mission(out_and_back(), plan)
    with Station.connect(f"tcp:127.0.0.1:{drone.port}", tlog=log) as station:
        thread = threading.Thread(target=lambda: list(station.fly(out_and_back(), FlyOptions(ready_s=60))))
        thread.start()
        left = until(station, lambda s: s.mission_item == 3 and s.at is not None and s.at.lat_deg < 51.9525)
        assert left.at is not None
        station.order("Return", return_job)
        thread.join(60)
    with log.open("ab") as file:
        file.write(b"\0\6\x0c torn")  # as a crash leaves it
    code, told = run(drone, "resume", plan, "--flight", log, "--tlog", tmp_path / "rest.tlog")
    assert (code, told["outcome"], told["as_planned"], told["reached_item"]) == (0, "flown", True, 2)
    went_on = LatLon(float(str(told["lat_deg"])), float(str(told["lon_deg"])))
    assert distance_m(went_on, left.at) < 15  # the drone flew on while the order was on its way
    assert 0.2 < float(str(told["leg_flown"])) < 0.6
    rest = progress_in(tmp_path / "rest.tlog")
    assert rest.reached[-1] >= 3


def test_a_patrol_looks_at_a_vessel_and_is_flown_to_its_end(drone: SimulatedVehicle, tmp_path: Path) -> None:
    plan = tmp_path / "p.plan"
    write_mission(out_and_back(), plan)
    vessel = LatLon(51.9522, 4.0535)
    with Station.connect(f"tcp:127.0.0.1:{drone.port}", tlog=tmp_path / "f.tlog") as station:
        outcome: list[object] = []
        flight = station.fly(out_and_back(), FlyOptions(ready_s=60))
        thread = threading.Thread(target=lambda: outcome.extend(flight))
        thread.start()
        until(station, lambda s: s.mission_item == 2 and s.at is not None and s.at.lat_deg > 51.9505)
        code, told = run(drone, "look", plan, "--at", f"{vessel.lat_deg},{vessel.lon_deg}", "--length-m", "12")
        assert (code, told["done"]) == (0, True), told
        near = until(station, lambda s: s.at is not None and distance_m(s.at, vessel) < 120)
        assert near.mode == "AUTO"
        until(station, lambda s: not s.armed, 60)
        thread.join(30)
    assert isinstance(outcome[-1], Flown)
    flown = read_flight(tmp_path / "f.tlog").track
    assert max(flown.lat_deg) == pytest.approx(NORTH.lat_deg, abs=2e-4)  # the patrol's far end was reached after all


def test_a_look_beyond_the_fence_is_refused_and_the_patrol_goes_on(drone: SimulatedVehicle, tmp_path: Path) -> None:
    plan = tmp_path / "p.plan"
    write_mission(out_and_back(), plan)
    with Station.connect(f"tcp:127.0.0.1:{drone.port}") as station:
        thread = threading.Thread(target=lambda: list(station.fly(out_and_back(), FlyOptions(ready_s=60))))
        thread.start()
        until(station, lambda s: s.mission_item == 2 and s.is_flying)
        code, told = run(drone, "look", plan, "--at", "51.9522,4.0750")
        assert (code, told["done"]) == (1, False)
        assert "fence" in str(told["reason"])
        state = station.snapshot()
        assert state is not None
        assert state.mode == "AUTO"
        station.order("Return", return_job)
        thread.join(60)


def test_a_log_keeps_all_that_was_heard_when_the_program_is_killed(drone: SimulatedVehicle, tmp_path: Path) -> None:
    log = tmp_path / "killed.tlog"
    code = (
        "import sys, time; from pathlib import Path; from planner.link.station import Station\n"
        f"s = Station.connect('tcp:127.0.0.1:{drone.port}', tlog=Path(sys.argv[1]))\n"
        "while (s.snapshot().height_m is None) or s.snapshot().heard_frames < 60: time.sleep(0.01)\n"
        "print(s.snapshot().heard_frames, flush=True); time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(log)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    heard = int(child.stdout.readline())
    child.kill()
    assert child.wait(10) == -signal.SIGKILL
    child.stdout.close()
    ours, theirs = 0, 0
    for frame in frames_in(log.read_bytes()):
        ours, theirs = ours + (frame.source == US), theirs + (frame.source == HERE_ADDRESS)
    assert theirs >= heard
    assert ours >= 5
    assert len(read_flight(log).track) > 0


def test_a_look_with_a_plan_that_the_drone_does_not_fly_is_refused(drone: SimulatedVehicle, tmp_path: Path) -> None:
    plan = tmp_path / "other.plan"
    mission = out_and_back()
    write_mission(Mission((*mission.items[:2], *mission.items[1:]), home=mission.home), plan)
    with Station.connect(f"tcp:127.0.0.1:{drone.port}") as station:
        thread = threading.Thread(target=lambda: list(station.fly(mission, FlyOptions(ready_s=60))))
        thread.start()
        until(station, lambda s: s.mission_item == 2 and s.is_flying and s.mission_total is not None)
        code, told = run(drone, "look", plan, "--at", "51.9522,4.0535")
        assert code == 1
        assert "mission of 4 items and the plan has 5" in str(told["reason"])
        station.order("Return", return_job)
        thread.join(60)
