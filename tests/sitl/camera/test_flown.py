"""A film of a flown flight: true where the truth is, noisy where the drone told, at the flight's own times."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from planner.geo.camera import Attitude
from planner.geo.points import LatLon, distance_m
from planner.model.errors import BadInput, QuaywatchError
from sitl.autopilot.core import Autopilot
from sitl.camera.film import Film, Metadata, write_film
from sitl.camera.flown import Cut, between, flown_frames
from sitl.camera.lens import PRACTICE_LENS
from sitl.cli.scenery import harbour_flown_over
from sitl.cli.sim import app
from sitl.flight_record import NAME, FlightRecord, FlownFlight, Moment, Scenery, find_record, read_record
from sitl.scenario.read import scenario, text_of
from sitl.scenario.stage import harbour_of
from sitl.shots import Shot
from sitl.world.harbour import practice_harbour
from tests.sitl.camera.klv import decoded
from tests.sitl.camera.scenes import shot
from tests.sitl.vehicle.script import Station, config, item

LENS = replace(PRACTICE_LENS, width_px=320, height_px=180)
STEP_S = 0.1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A flight over the practice harbour with poor GPS, the gimbal told to look 50 degrees down."""
    folder = tmp_path_factory.mktemp("flight")
    harbour = practice_harbour(3)
    at = harbour.launch
    station = Station(Autopilot(config(home=at, home_msl_m=harbour.takeoff_height_m, gps_noise_m=4.0))).ready()
    record = FlightRecord(folder / "harbour" / NAME, Scenery(seed=3, weather="cloud=0.5"))

    def fly(seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            station.wait(STEP_S)
            record.on_state(station.autopilot.truth(), station.autopilot.told())

    fly(2)
    takeoff, away = item(22, z=30.0), item(16, lat=at.lat_deg + 0.001, lon=at.lon_deg + 0.001, z=30.0)
    home = item(16, frame=0, lat=at.lat_deg, lon=at.lon_deg, z=harbour.takeoff_height_m)
    assert station.upload(home, takeoff, away) == 0
    assert station.command(176, 1, 4) == station.command(400, 1) == station.command(300) == 0
    assert station.command(205, -50.0) == 0
    fly(30)
    record.close()
    return folder


@pytest.fixture(scope="module")
def flight(folder: Path) -> FlownFlight:
    return read_record(find_record(folder))


def test_a_record_has_ten_states_a_second_while_the_motors_run(flight: FlownFlight) -> None:
    times = [m.true.at_utc for m in flight.moments]
    steps = {round((b - a).total_seconds(), 3) for a, b in pairwise(times)}
    assert steps == {STEP_S}
    assert 29 < (times[-1] - times[0]).total_seconds() <= 30
    assert flight.scenery == Scenery(seed=3, weather="cloud=0.5")


def test_what_the_drone_told_is_off_by_its_noise_and_the_truth_is_not(flight: FlownFlight) -> None:
    off = [distance_m(m.true.at, m.told.at) for m in flight.moments]
    assert 1.0 < np.mean(off) < 12.0
    first = flight.moments[0]
    assert distance_m(first.true.at, practice_harbour(3).launch) < 0.01


def test_frames_are_at_the_flights_times_and_on_its_way(flight: FlownFlight) -> None:
    true, told = flown_frames(flight, 4, Cut(from_s=5.0, seconds=3.0))
    assert len(true) == len(told) == 12
    up = next(m.true.at_utc for m in flight.moments if m.true.height_above_home_m >= 2.0)
    assert true[0].at_utc == up + timedelta(seconds=5)
    assert [b.at_utc - a.at_utc for a, b in pairwise(true)] == [timedelta(seconds=0.25)] * 11
    states = {m.true.at_utc: m for m in flight.moments}
    for frame, reported in zip(true, told, strict=True):
        if (moment := states.get(frame.at_utc)) is not None:
            assert distance_m(frame.at, moment.true.at) < 1e-4
            assert distance_m(reported.at, moment.told.at) < 1e-4


def test_the_camera_looks_where_the_gimbal_was_told_to(flight: FlownFlight) -> None:
    true, _ = flown_frames(flight, 2, Cut())
    assert true[-1].camera.pitch_deg == pytest.approx(-50.0, abs=0.5)


def test_a_film_holds_what_was_true_and_its_metadata_what_was_told(flight: FlownFlight, tmp_path: Path) -> None:
    import av

    true, told = flown_frames(flight, 2, Cut(from_s=12.0, seconds=4.0))
    harbour = harbour_flown_over(flight)
    film = Film(harbour, true, 2, told=told, metadata=Metadata.KLV, lens=LENS)
    assert list(write_film(film, tmp_path / "a.ts"))[-1] == 8
    with av.open(str(tmp_path / "a.ts")) as container:
        packets = [bytes(p) for p in container.demux() if p.stream.type == "data" and p.size]
    coco = json.loads((tmp_path / "a.coco.json").read_text())
    for image, packet, real, reported in zip(coco["images"], packets, true, told, strict=True):
        assert datetime.fromisoformat(image["date_captured"]) == real.at_utc
        assert distance_m(LatLon(image["camera"]["lat_deg"], image["camera"]["lon_deg"]), real.at) < 1e-3
        assert distance_m(LatLon(*decoded(packet)["sensor"]), reported.at) < 0.02
        assert distance_m(real.at, reported.at) > 0.2
    assert coco["annotations"]
    for box in coco["annotations"]:
        at_utc = true[box["image_id"] - 1].at_utc
        there = harbour.place_of(harbour.vessel(box["vessel_id"]), at_utc)
        assert distance_m(LatLon(box["lat_deg"], box["lon_deg"]), there) < 1e-6


def test_the_flights_weather_is_the_films_unless_another_is_asked_for(flight: FlownFlight) -> None:
    assert harbour_flown_over(flight).look.air
    clear = replace(flight, scenery=replace(flight.scenery, weather=None))
    assert not harbour_flown_over(clear).look.air


def test_an_exams_flight_is_filmed_over_its_scenarios_harbour(flight: FlownFlight, tmp_path: Path) -> None:
    chosen = scenario("first-patrol")
    (tmp_path / "scenario.yaml").write_text(text_of("first-patrol"))
    flown = replace(flight, scenery=Scenery(scenario="scenario.yaml", seed=chosen.seed), path=tmp_path / NAME)
    expected = harbour_of(chosen)
    found = harbour_flown_over(flown)
    assert found.look == expected.look
    assert [v.vessel_id for v in found.vessels] == [v.vessel_id for v in expected.vessels]
    (tmp_path / "scenario.yaml").unlink()
    with pytest.raises(BadInput, match=r"whose scenario\.yaml is no longer beside it"):
        harbour_flown_over(flown)


def test_a_flight_is_filmed_by_command_with_what_the_drone_told(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "flown.mp4"
    options = ["--flight", str(folder), "--from-s", "14", "--seconds", "0.5", "--fps", "4", "--jobs", "1", "--json"]
    result = CliRunner().invoke(app, ["film", str(out), *options])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert (said["frames"], said["subtitles"]) == (2, str(out.with_suffix(".srt")))
    _, told = flown_frames(read_record(find_record(folder)), 4, Cut(14.0, 0.5))
    latitudes = [float(v) for v in re.findall(r"latitude: ([\d.]+)", out.with_suffix(".srt").read_text())]
    assert latitudes == pytest.approx([s.at.lat_deg for s in told], abs=1e-6)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "is empty"),
        (["hello"], "is no record of a practice flight"),
        (['{"format": 2}'], "has format 2; this version reads 1"),
        (['{"format": 1, "seed": "x"}'], "line 1: seed is 'x'"),
        (['{"format": 1}'], "the motors never ran"),
        (['{"format": 1}', "{}", '{"at_utc": "x"}'], "line 2 is no state of a flight: it has no 'at_utc'"),
    ],
)
def test_what_is_no_record_is_refused_in_one_sentence(lines: list[str], said: str, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text("\n".join(lines))
    with pytest.raises(BadInput, match=re.escape(said)):
        read_record(path)


def test_a_last_line_cut_off_by_a_crash_is_left_out(folder: Path, tmp_path: Path) -> None:
    whole = (folder / "harbour" / NAME).read_text()
    (tmp_path / NAME).write_text(whole[:-40])
    assert len(read_record(tmp_path / NAME).moments) == len(read_record(folder / "harbour" / NAME).moments) - 1


def test_a_folder_without_a_flight_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"holds no flight\.jsonl"):
        find_record(tmp_path)


def test_a_flights_log_stands_for_the_folder_that_it_lies_in(folder: Path, tmp_path: Path) -> None:
    (folder / "flight.tlog").write_bytes(b"")
    assert find_record(folder / "flight.tlog") == folder / "harbour" / NAME
    alone = tmp_path / "real.tlog"
    alone.write_bytes(b"")
    with pytest.raises(BadInput, match="tells not where the drone really was"):
        find_record(alone)


def test_a_full_disk_is_one_sentence_at_the_start_and_later_ends_the_record_alone(tmp_path: Path) -> None:
    with pytest.raises(QuaywatchError, match="the flight's record stopped: No space left on device"):
        FlightRecord(Path("/dev/full"), Scenery())
    record = FlightRecord(tmp_path / NAME, Scenery())
    record.close()
    autopilot = Autopilot(config())
    record.on_state(replace(autopilot.truth(), armed=True), autopilot.told())
    assert record.problem is not None
    assert record.problem.startswith("the flight's record stopped")


def test_nothing_after_the_end_can_be_filmed(flight: FlownFlight) -> None:
    with pytest.raises(BadInput, match="is over after"):
        flown_frames(flight, 10, Cut(from_s=500.0))


def test_of_several_flights_the_last_is_filmed_or_the_one_asked_for(flight: FlownFlight) -> None:
    later = timedelta(minutes=5)

    def moved(shot: Shot) -> Shot:
        return replace(shot, at_utc=shot.at_utc + later)

    second = tuple(Moment(moved(m.true), moved(m.told)) for m in flight.moments)
    both = replace(flight, moments=(*flight.moments, *second))
    firsts = [flown_frames(both, 2, Cut(number=n))[0][0].at_utc for n in (1, 2, None)]
    assert firsts == [firsts[0], firsts[0] + later, firsts[0] + later]
    with pytest.raises(BadInput, match="holds 2 flights; there is no flight 3"):
        flown_frames(both, 2, Cut(number=3))


def test_headings_are_carried_on_over_north() -> None:
    first = replace(shot(), camera=Attitude(350.0, -40.0))
    second = replace(first, at_utc=first.at_utc + timedelta(seconds=1), camera=Attitude(20.0, -60.0))
    half = between(first, second, 0.5)
    assert (half.camera.yaw_deg, half.camera.pitch_deg) == pytest.approx((5.0, -50.0))
