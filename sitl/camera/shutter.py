"""A camera shutter that renders the practice harbour in the background."""

import json
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

from planner.model.profiles import CameraProfile
from sitl.camera.lens import PRACTICE_LENS
from sitl.camera.render import Picture, render
from sitl.shots import Shot
from sitl.world.harbour import Harbour

JPEG_QUALITY = 90


class HarbourShutter:
    """Takes pictures of a harbour into `folder`, with the truth about each in `folder`/truth.

    Renders in `workers` processes of its own (0: in one thread of this process). A picture appears whole or not at all,
    after its truth. What goes wrong is kept as sentences in `failures`, never raised by `take`.
    """

    def __init__(
        self, harbour: Harbour, folder: Path, *, workers: int = 1, seed: int = 0, lens: CameraProfile = PRACTICE_LENS
    ) -> None:
        studio: _Studio = (harbour, folder, lens, seed)
        self._work: Callable[[Shot], Path] = _take_here if workers > 0 else partial(take_picture, *studio)
        self._pool = _pool(workers, studio)
        self._lock = threading.Lock()
        self._open = True
        self._pending = 0
        self._failures: list[str] = []
        self._pictures: list[Path] = []

    def take(self, shot: Shot) -> None:
        """Takes one picture; returns at once."""
        with self._lock:
            if not self._open:
                self._failures.append(f"picture {shot.index}: taken after the camera was closed")
                return
            self._pending += 1
        try:
            future = self._pool.submit(self._work, shot)
        except RuntimeError as error:
            self._done(shot, None, f"{error}")
            return
        future.add_done_callback(partial(self._collect, shot))

    @property
    def pending(self) -> int:
        """Pictures taken and not yet written."""
        with self._lock:
            return self._pending

    @property
    def failures(self) -> tuple[str, ...]:
        """What went wrong, a sentence for each picture that is missing."""
        with self._lock:
            return tuple(self._failures)

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The pictures written so far, in order of name."""
        with self._lock:
            return tuple(sorted(self._pictures))

    def close(self) -> None:
        """Waits until every picture is written; the camera takes no more."""
        with self._lock:
            self._open = False
        self._pool.shutdown(wait=True)

    def give_up(self) -> None:
        """Leaves out what is not being drawn yet; the camera takes no more."""
        with self._lock:
            self._open = False
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _collect(self, shot: Shot, future: "Future[Path]") -> None:
        if future.cancelled():
            self._done(shot, None, "given up")
            return
        error = future.exception()
        self._done(shot, None if error else future.result(), _sentence(error) if error else "")

    def _done(self, shot: Shot, path: Path | None, problem: str) -> None:
        with self._lock:
            self._pending -= 1
            if path is not None:
                self._pictures.append(path)
            else:
                self._failures.append(f"picture {shot.index}: not written: {problem}")


def picture_name(index: int, at_utc: datetime) -> str:
    """The file's name without its ending.

    >>> from datetime import UTC
    >>> picture_name(1, datetime(2026, 11, 23, 14, 5, 1, 250_000, UTC))
    'QW_0001_20261123T140501.250Z'
    """
    return f"QW_{index:04d}_{at_utc:%Y%m%dT%H%M%S}.{at_utc.microsecond // 1000:03d}Z"


def take_picture(harbour: Harbour, folder: Path, lens: CameraProfile, seed: int, shot: Shot) -> Path:
    """Renders one shot and writes its truth and its JPEG; gives the picture's path.

    Raises:
        OSError: the folder cannot be written.
    """
    import cv2

    from sitl.camera.metadata import with_metadata

    picture = render(harbour, shot.at_utc, shot, lens, seed=seed)
    coded, jpeg = cv2.imencode(".jpg", picture.image_bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not coded:
        raise OSError("the picture could not be coded as JPEG")
    stem = picture_name(shot.index, shot.at_utc)
    truth = json.dumps(truth_json(picture, shot, lens, stem), indent=1)
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    write_whole(folder / "truth" / f"{stem}.json", truth.encode())
    path = folder / f"{stem}.jpg"
    write_whole(path, with_metadata(jpeg.tobytes(), shot, lens))
    return path


def truth_json(picture: Picture, shot: Shot, lens: CameraProfile, stem: str) -> dict[str, object]:
    """The truth file of a picture."""
    return {
        "image": f"{stem}.jpg",
        "width_px": lens.width_px,
        "height_px": lens.height_px,
        "focal_px": lens.focal_px,
        "at_utc": shot.at_utc.isoformat(),
        "camera": {
            "lat_deg": shot.at.lat_deg,
            "lon_deg": shot.at.lon_deg,
            "height_m": shot.height_m,
            "height_above_home_m": shot.height_above_home_m,
            **asdict(shot.camera),
        },
        "vessels": [t.as_json() for t in picture.truth],
    }


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that nobody ever sees a part of it; a failed attempt leaves nothing behind.

    Raises:
        OSError: it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _sentence(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__


_Studio = tuple[Harbour, Path, CameraProfile, int]
_HERE: list[_Studio] = []
"""What a worker process renders: sent once, so that it builds the vessels once."""


def _take_here(shot: Shot) -> Path:
    return take_picture(*_HERE[0], shot)


def _pool(workers: int, studio: _Studio) -> Executor:
    if workers <= 0:
        return ThreadPoolExecutor(1, thread_name_prefix="shutter")
    from multiprocessing import get_context

    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_settle, initargs=(studio,))


def _settle(studio: _Studio) -> None:
    """A worker draws with one thread, leaves Ctrl-C to its parent, and ends when its parent does."""
    import multiprocessing
    import os

    import cv2

    _HERE[:] = [studio]
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True, name="follow the parent").start()
