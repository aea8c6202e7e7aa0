import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sitl.camera.coco import coco_of, write_coco
from sitl.camera.film import Film, FilmPlan, Metadata, film_shots, write_film
from sitl.camera.klv import klv_packet
from sitl.camera.lens import PRACTICE_LENS
from sitl.camera.render import render
from sitl.camera.subtitles import subtitle
from sitl.cli.sim import app
from sitl.world.harbour import practice_harbour

NOW = datetime(2026, 6, 23, 11, 0, tzinfo=UTC)
LENS = replace(PRACTICE_LENS, width_px=480, height_px=270, sensor_height_mm=3.6)
PLAN = FilmPlan(NOW, 1.0, frames_per_s=5, down_deg=45.0)
LONG = replace(PLAN, duration_s=5.2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("film") / "port.mp4"
    assert list(write_film(film(PLAN), out)) == [1, 2, 3, 4, 5]
    return out


def film(plan: FilmPlan, **changes: object) -> Film:
    harbour = practice_harbour(0)
    return replace(Film(harbour, film_shots(harbour, plan), plan.frames_per_s, lens=LENS), **changes)  # type: ignore[arg-type]


def test_the_video_is_h264_with_the_frames_that_the_camera_saw(made: Path) -> None:
    import av

    harbour = practice_harbour(0)
    shots = film_shots(harbour, PLAN)
    with av.open(str(made)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.average_rate == 5
        frames = [f.to_ndarray(format="bgr24") for f in container.decode(stream)]
    assert len(frames) == 5
    for frame, shot in zip(frames, shots, strict=True):
        seen = render(harbour, shot.at_utc, shot, LENS).image_bgr
        assert np.abs(frame.astype(int) - seen).mean() < 6


def test_subtitles_tell_each_frames_place_height_and_gimbal(made: Path) -> None:
    entries = made.with_suffix(".srt").read_text().strip().split("\n\n")
    shots = film_shots(practice_harbour(0), PLAN)
    assert len(entries) == 5
    assert entries[1].startswith("2\n00:00:00,200 --> 00:00:00,400\n")
    for entry, shot in zip(entries, shots, strict=True):
        told = {k: float(v) for k, v in re.findall(r"(latitude|longitude|rel_alt|abs_alt|gb_pitch): (-?[\d.]+)", entry)}
        assert told["latitude"] == pytest.approx(shot.at.lat_deg, abs=1e-6)
        assert told["longitude"] == pytest.approx(shot.at.lon_deg, abs=1e-6)
        assert (told["rel_alt"], told["abs_alt"], told["gb_pitch"]) == (67.0, 70.0, -45.0)


def test_the_truth_of_every_frame_is_coco_that_its_own_library_reads(made: Path) -> None:
    from pycocotools.coco import COCO

    read = COCO(str(made.with_suffix(".coco.json")))
    harbour = practice_harbour(0)
    for number, shot in enumerate(film_shots(harbour, PLAN), start=1):
        boxes = {a["vessel_id"]: a["bbox"] for a in read.loadAnns(read.getAnnIds(imgIds=[number]))}
        truth = {t.vessel_id: t.box for t in render(harbour, shot.at_utc, shot, LENS).truth}
        assert boxes == {k: [b[0], b[1], b[2] - b[0], b[3] - b[1]] for k, b in truth.items()}
    tracks = {(a["vessel_id"], a["track_id"]) for a in read.anns.values()}
    assert len({name for name, _ in tracks}) == len({track for _, track in tracks}) == len(tracks)


@pytest.fixture(scope="module")
def streamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two parts and a bit, by two processes, with KLV."""
    out = tmp_path_factory.mktemp("klv") / "port.ts"
    assert list(write_film(film(LONG, metadata=Metadata.KLV), out, workers=2))[-1] == 26
    return out


def test_a_transport_stream_has_a_klv_packet_at_the_time_of_each_frame(streamed: Path) -> None:
    import av

    with av.open(str(streamed)) as container:
        assert [s.type for s in container.streams] == ["video", "data"]
        packets = [
            (p.stream.type, float(p.pts * p.time_base), bytes(p))
            for p in container.demux()
            if p.size and p.pts is not None
        ]
    times = {kind: sorted(at for which, at, _ in packets if which == kind) for kind in ("video", "data")}
    assert times["video"] == pytest.approx(times["data"])
    told = [content for which, _, content in packets if which == "data"]
    assert told == [klv_packet(shot, LENS) for shot in film(LONG).shots]


def test_a_tool_that_is_not_ours_knows_the_stream_as_klv(streamed: Path) -> None:
    head = streamed.read_bytes()[: 188 * 20]
    assert b"KLVA" in head


def test_parts_made_by_several_processes_join_into_one_video(streamed: Path, tmp_path: Path) -> None:
    import av

    alone = tmp_path / "alone.ts"
    list(write_film(film(LONG, metadata=Metadata.KLV), alone))
    assert alone.read_bytes() == streamed.read_bytes()
    with av.open(str(streamed)) as container:
        frames = [f.to_ndarray(format="bgr24") for f in container.decode(video=0)]
    assert len(frames) == 26
    shots = film(LONG).shots
    for number in (0, 11, 12, 24, 25):
        seen = render(practice_harbour(0), shots[number].at_utc, shots[number], LENS).image_bgr
        assert np.abs(frames[number].astype(int) - seen).mean() < 6


def test_nothing_is_left_half_written(made: Path) -> None:
    assert sorted(p.name for p in made.parent.iterdir()) == ["port.coco.json", "port.mp4", "port.srt"]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_video_that_is_given_up_leaves_nothing_behind(workers: int, tmp_path: Path) -> None:
    making = write_film(film(LONG), tmp_path / "x.mp4", workers=workers)
    assert next(making) == 1
    making.close()
    assert list(tmp_path.iterdir()) == []


def test_frames_are_one_step_of_the_drone_apart_and_look_along_the_way() -> None:
    harbour = practice_harbour(0)
    shots = film_shots(harbour, FilmPlan(NOW, 4.0, frames_per_s=10, speed_m_s=8.0))
    places = harbour.frame.to_metres([s.at for s in shots])
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    assert np.median(steps) == pytest.approx(0.8, abs=0.01)
    assert steps.max() <= 0.81


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["x.avi"], "must end in .mp4 or .ts"),
        (["x.avi", "--metadata", "srt"], "must end in .mp4 or .ts"),
        (["x.mp4", "--metadata", "klv"], "name it FILE.ts"),
        (["x.mp4", "--from-s", "3"], "goes only with --flight"),
        (["x.mp4", "--flight", "nowhere"], "there is no such file or folder"),
        (["x.mp4", "--flight", ".", "--height", "80"], "--height: goes without --flight"),
        (["x.mp4", "--fps", "0"], "frames_per_s must lie in 1..60"),
        (["x.mp4", "--thermal", "blue"], "--thermal: must be one of white-hot"),
        (["x.mp4", "--harbour", "atlantis"], "'atlantis' is not known"),
    ],
)
def test_what_cannot_be_filmed_is_told_in_one_sentence(options: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["film", *options])
    assert said in str(result.exception)


def test_coco_of_pictures_gathers_their_truth_files(tmp_path: Path) -> None:
    vessel = {"vessel_id": "a", "kind": "rib", "box": [1.0, 2.0, 5.0, 4.0], "visible": 1.0, "mmsi": None,
              "at": {"lat_deg": 54.0, "lon_deg": 7.0}}  # fmt: skip
    truth = {
        "image": "p.jpg",
        "width_px": 10,
        "height_px": 10,
        "focal_px": 9.0,
        "at_utc": "t",
        "camera": {},
        "vessels": [vessel],
    }
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "p.json").write_text(json.dumps(truth))
    assert write_coco(tmp_path / "truth", tmp_path / "coco.json", "x") == 1
    read = json.loads((tmp_path / "coco.json").read_text())
    assert read == json.loads(json.dumps(coco_of([truth], "x")))
    assert (read["annotations"][0]["bbox"], read["annotations"][0]["area"]) == ([1.0, 2.0, 4.0, 2.0], 8.0)


def test_a_subtitles_yaw_lies_between_minus_and_plus_180() -> None:
    shot = film_shots(practice_harbour(0), PLAN)[0]
    turned = replace(shot, camera=replace(shot.camera, yaw_deg=270.0))
    assert "gb_yaw: -90.0" in subtitle(turned, 10)
