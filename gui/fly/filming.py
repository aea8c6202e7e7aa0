"""The video of a practice flight, made after the landing while the window goes on; without Qt."""

import os
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Protocol, TypeAlias

from gui.work import Work
from planner.model.errors import QuaywatchError

Making: TypeAlias = Generator[tuple[int, int], None, None]
"""Frames done and frames in all, as they are done; closed before its end it leaves nothing behind."""


class VideoView(Protocol):
    """What the page can show of it."""

    def show_filming(self, done: int, total: int) -> None:
        """How far it is; (0, 0) when none is being made."""
        ...

    def show_done(self, text: str) -> None:
        """What just happened, in one sentence."""
        ...

    def show_problem(self, text: str) -> None:
        """What went wrong and what to do."""
        ...


def make_film(flight: Path, out: Path) -> Making:
    """Films the last flight in a practice flight's folder; a .ts gets KLV, other videos DJI's subtitles.

    Raises:
        QuaywatchError: there is no flight, or the video cannot be written.
    """
    from sitl.camera.film import Metadata, write_film
    from sitl.cli.scenery import film_of_flight

    metadata = Metadata.KLV if out.suffix.lower() == ".ts" else Metadata.SRT
    film = film_of_flight(flight, metadata=metadata)
    total = len(film.shots)
    workers = max(1, (os.cpu_count() or 2) - 1)  # the window needs one too
    for done in write_film(film, out, workers=workers):
        yield done, total


class Filming:
    """Makes one video at a time."""

    def __init__(self, work: Work, view: VideoView, make: Callable[[Path, Path], Making] = make_film) -> None:
        self._work = work
        self._view = view
        self._make = make
        self._stopping = threading.Event()
        self._out: Path | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a video is being made."""
        return self._out is not None

    def begin(self, flight: Path, out: Path) -> None:
        """Makes the video of a flight; a name without an ending becomes an MP4."""
        if self.is_busy:
            self._view.show_problem("A video is being made already: wait for it, or stop it first.")
            return
        out = out if out.suffix.lower() in {".mp4", ".ts"} else out.with_name(out.name + ".mp4")
        self._stopping.clear()
        self._out = out
        self._view.show_filming(0, 1)
        self._work.run(lambda: self._film(flight, out), self._done, self._failed)

    def stop(self) -> None:
        """Gives up; nothing is left of it."""
        self._stopping.set()

    def _film(self, flight: Path, out: Path) -> int | None:
        """The number of frames; None if it was given up."""
        making = self._make(flight, out)
        frames = 0
        for done, total in making:
            if self._stopping.is_set():
                making.close()
                return None
            frames = done
            self._work.post(lambda done=done, total=total: self._show(done, total))  # type: ignore[misc]  # bound now
        return frames

    def _show(self, done: int, total: int) -> None:
        if self.is_busy:
            self._view.show_filming(done, total)

    def _done(self, frames: int | None) -> None:
        out, self._out = self._out, None
        self._view.show_filming(0, 0)
        if frames is None:
            self._view.show_done("The video was given up; nothing of it is kept.")
        else:
            self._view.show_done(f"{out}: {frames} frames, with what the drone told, and the truth beside it.")

    def _failed(self, error: Exception) -> None:
        self._out = None
        self._view.show_filming(0, 0)
        told = str(error) if isinstance(error, QuaywatchError) else f"The video could not be made: {error}"
        self._view.show_problem(told)
