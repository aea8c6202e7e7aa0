"""A video of a flight over a harbour: H.264 with DJI subtitles or KLV, and the truth of every frame as COCO."""

import json
import math
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from planner.geo.camera import Attitude
from planner.model.errors import QuaywatchError
from planner.model.profiles import CameraProfile
from sitl.camera.coco import coco_of
from sitl.camera.encode import MP4, TRANSPORT_STREAM, Coded, Coding, Muxer, encode_part, parts
from sitl.camera.klv import klv_packet
from sitl.camera.lens import PRACTICE_LENS
from sitl.camera.render import render
from sitl.camera.shutter import truth_json, write_whole
from sitl.camera.subtitles import subtitle
from sitl.shots import Shot
from sitl.world.harbour import Harbour

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


class Metadata(StrEnum):
    """How a video says where its frames were taken from."""

    SRT = "srt"
    """DJI's subtitles, in a file beside it."""
    KLV = "klv"
    """MISB ST 0601 in a data stream of the video's MPEG transport stream."""


@dataclass(frozen=True, slots=True)
class Film:
    """A video to be made: where the camera really is for each frame, and what the drone tells of it.

    `told` is empty where the drone knows exactly.
    """

    harbour: Harbour
    shots: Sequence[Shot]
    frames_per_s: int
    told: Sequence[Shot] = ()
    metadata: Metadata = Metadata.SRT
    seed: int = 0
    lens: CameraProfile = PRACTICE_LENS

    def coding(self, out: Path) -> Coding:
        """The container goes by the file's ending: .ts is a transport stream."""
        container = TRANSPORT_STREAM if out.suffix.lower() == ".ts" else MP4
        return Coding(self.lens.width_px, self.lens.height_px, self.frames_per_s, container)


def beside(film: Film, out: Path) -> dict[str, Path]:
    """The files that a film consists of, by what they hold."""
    found = {"video": out, "coco": out.with_suffix(".coco.json")}
    return found | {"subtitles": out.with_suffix(".srt")} if film.metadata is Metadata.SRT else found


def write_film(film: Film, out: Path, *, workers: int = 1) -> Generator[int, None, None]:
    """Writes `out` (MP4 or a transport stream .ts), its truth as .coco.json, and .srt if it is to have it.

    Gives the frames done as it goes on. All appear whole or not at all.

    Raises:
        QuaywatchError: they cannot be written, or the encoder fails.
    """
    part = out.with_name(f".{out.name}.part")
    truths: list[dict[str, object]] = []
    told = film.told or film.shots
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with closing(_made(film, told, part, film.coding(out), workers)) as making:
            for truth in making:
                truths.append(truth)
                yield len(truths)
        if film.metadata is Metadata.SRT:
            text = "".join(subtitle(shot, film.frames_per_s, n) for n, shot in enumerate(told, start=1))
            write_whole(out.with_suffix(".srt"), text.encode())
        document = coco_of(truths, f"{film.harbour.name}, {out.name}")
        write_whole(out.with_suffix(".coco.json"), json.dumps(document).encode())
        part.replace(out)
    except OSError as error:
        raise QuaywatchError(f"{out}: cannot write the video: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


def _made(
    film: Film, told: Sequence[Shot], path: Path, coding: Coding, workers: int
) -> Generator[dict[str, object], None, None]:
    has_data = film.metadata is Metadata.KLV
    sensor = "IR" if film.harbour.look.thermal else "EO"
    with Muxer(path, coding, with_data=has_data) as muxer, closing(_parts(film, coding, workers)) as made:
        for numbers, (coded, truths) in zip(parts(len(film.shots)), made, strict=True):
            muxer.video(coded)
            for number in numbers if has_data else ():
                muxer.data(klv_packet(told[number], film.lens, sensor=sensor), number)
            yield from truths


_Part = tuple[list[Coded], list[dict[str, object]]]


def _parts(film: Film, coding: Coding, workers: int) -> Generator[_Part, None, None]:
    numbers = list(parts(len(film.shots)))
    if workers <= 1:
        yield from (_part(film, coding, some) for some in numbers)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_settle, initargs=(film,)) as pool:
        waiting: deque[Future[_Part]] = deque()
        try:
            for some in numbers:
                waiting.append(pool.submit(_part_here, coding, some))
                if len(waiting) > 2 * workers:  # what is done waits for its turn: not too much of it
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


_HERE: list[Film] = []
"""What a worker process films: sent once, so that it builds the vessels once."""


def _settle(film: Film) -> None:
    import cv2

    _HERE[:] = [film]
    cv2.setNumThreads(1)


def _part_here(coding: Coding, numbers: range) -> _Part:
    return _part(_HERE[0], coding, numbers)


def _part(film: Film, coding: Coding, numbers: range) -> _Part:
    truths: list[dict[str, object]] = []

    def images() -> Iterator[npt.NDArray[np.uint8]]:
        for number in numbers:
            shot = film.shots[number]
            picture = render(film.harbour, shot.at_utc, shot, film.lens, seed=film.seed)
            truths.append(truth_json(picture, shot, film.lens, f"frame-{number + 1:06d}"))
            yield picture.image_bgr

    return encode_part(images(), numbers.start, coding), truths
