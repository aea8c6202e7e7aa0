"""A video of a flight over a harbour: H.264 in MP4, DJI subtitles beside it, and the truth of every frame as COCO."""

import json
import math
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from planner.geo.camera import Attitude
from planner.model.errors import QuaywatchError
from planner.model.profiles import CameraProfile
from sitl.camera.coco import coco_of
from sitl.camera.lens import PRACTICE_LENS
from sitl.camera.render import render
from sitl.camera.shutter import truth_json, write_whole
from sitl.shots import Shot
from sitl.world.harbour import Harbour

Frame = tuple[npt.NDArray[np.uint8], dict[str, object]]
INSET_M = 10.0


@dataclass(frozen=True, slots=True)
class FilmPlan:
    """How a video is flown: frames, height above the water, speed, camera angle below the horizon.

    Raises:
        ValueError: a figure outside its range.
    """

    start_utc: datetime
    duration_s: float
    frames_per_s: int = 10
    height_m: float = 70.0
    speed_m_s: float = 8.0
    down_deg: float = 90.0

    def __post_init__(self) -> None:
        for name, low, high in (("duration_s", 0.1, 3600), ("frames_per_s", 1, 60), ("height_m", 5, 500),
                                ("speed_m_s", 0.1, 40), ("down_deg", 5, 90)):  # fmt: skip
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must lie in {low:g}..{high:g}, got {getattr(self, name):g}")


def film_shots(harbour: Harbour, plan: FilmPlan) -> list[Shot]:
    """The frames' poses: around the harbour's area, a little inside its outline, the camera ahead."""
    area = shapely.Polygon(harbour.frame.to_metres(harbour.area.outline))
    inner = area.buffer(-INSET_M)
    parts = [p for p in shapely.get_parts(inner) if p.area > 0] or [area]
    way = max(parts, key=lambda p: p.area).exterior
    shots = []
    for index in range(1, round(plan.duration_s * plan.frames_per_s) + 1):
        after_s = (index - 1) / plan.frames_per_s
        along = after_s * plan.speed_m_s
        here, ahead = (way.interpolate(a % way.length) for a in (along, along + 5.0))
        yaw = math.degrees(math.atan2(ahead.x - here.x, ahead.y - here.y)) % 360.0
        shots.append(Shot(
            index=index, at_utc=plan.start_utc + timedelta(seconds=after_s), at=harbour.frame.to_place(here.x, here.y),
            height_m=plan.height_m, height_above_home_m=plan.height_m - harbour.takeoff_height_m,
            camera=Attitude(yaw, -plan.down_deg, 0.0), vehicle=Attitude(yaw, 0.0, 0.0), speed_m_s=plan.speed_m_s,
        ))  # fmt: skip
    return shots


def write_film(
    harbour: Harbour,
    shots: Sequence[Shot],
    out: Path,
    *,
    frames_per_s: int,
    workers: int = 1,
    seed: int = 0,
    lens: CameraProfile = PRACTICE_LENS,
) -> Generator[int, None, None]:
    """Writes `out` (MP4), `out` with the ending .srt, and with .coco.json; gives the frames done as it goes on.

    All three appear whole or not at all.

    Raises:
        QuaywatchError: they cannot be written, or the encoder fails.
    """
    part = out.with_name(f".{out.name}.part")
    truths: list[dict[str, object]] = []
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        for count, truth in enumerate(_encoded(harbour, shots, part, frames_per_s, workers, seed, lens), start=1):
            truths.append(truth)
            yield count
        text = "".join(subtitle(shot, frames_per_s) for shot in shots)
        write_whole(out.with_suffix(".srt"), text.encode())
        write_whole(out.with_suffix(".coco.json"), json.dumps(coco_of(truths, f"{harbour.name}, {out.name}")).encode())
        part.replace(out)
    except OSError as error:
        raise QuaywatchError(f"{out}: cannot write the video: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


def _encoded(
    harbour: Harbour, shots: Sequence[Shot], part: Path, frames_per_s: int, workers: int, seed: int, lens: CameraProfile
) -> Iterator[dict[str, object]]:
    import av

    with av.open(str(part), "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264", rate=frames_per_s)
        stream.width, stream.height, stream.pix_fmt = lens.width_px, lens.height_px, "yuv420p"
        stream.options = {"crf": "20", "preset": "veryfast"}
        for image, truth in _rendered(harbour, shots, workers, seed, lens):
            for packet in stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")):
                container.mux(packet)
            yield truth
        for packet in stream.encode():
            container.mux(packet)


def _rendered(harbour: Harbour, shots: Sequence[Shot], workers: int, seed: int, lens: CameraProfile) -> Iterator[Frame]:
    one = partial(_frame, harbour, seed, lens)
    if workers <= 1:
        yield from map(one, shots)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_settle) as pool:
        for first in range(0, len(shots), 8 * workers):  # in batches: frames wait for the encoder, not in memory
            yield from pool.map(one, shots[first : first + 8 * workers])


def _settle() -> None:
    import cv2

    cv2.setNumThreads(1)


def _frame(harbour: Harbour, seed: int, lens: CameraProfile, shot: Shot) -> Frame:
    picture = render(harbour, shot.at_utc, shot, lens, seed=seed)
    return picture.image_bgr, truth_json(picture, shot, lens, f"frame-{shot.index:06d}")


def subtitle(shot: Shot, frames_per_s: int) -> str:
    """One entry of a DJI subtitle file, in the manner of a Mini 4 Pro; the altitude is above the water."""
    begin, end = (round(1000 * (shot.index - 1 + n) / frames_per_s) for n in (0, 1))
    when = f"{shot.at_utc:%Y-%m-%d %H:%M:%S}.{shot.at_utc.microsecond // 1000:03d}"
    yaw = (shot.camera.yaw_deg + 180.0) % 360.0 - 180.0
    return (
        f"{shot.index}\n{_clock(begin)} --> {_clock(end)}\n"
        f'<font size="28">FrameCnt: {shot.index}, DiffTime: {end - begin}ms\n{when}\n'
        f"[latitude: {shot.at.lat_deg:.6f}] [longitude: {shot.at.lon_deg:.6f}] "
        f"[rel_alt: {shot.height_above_home_m:.3f} abs_alt: {shot.height_m:.3f}] "
        f"[gb_yaw: {yaw:.1f} gb_pitch: {shot.camera.pitch_deg:.1f} gb_roll: {shot.camera.roll_deg:.1f}]</font>\n\n"
    )


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d},{rest:03d}"
