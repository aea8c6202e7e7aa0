"""The flight log as it happens: MAVLink's tlog, an 8-byte big-endian time (microseconds since 1970 UTC) and the frame.

Readable by pymavlink, MAVProxy, QGroundControl and Mission Planner. Written through at once, so that a crash loses
nothing. A disk that is full ends the log, not the flight; `problem` then says so.
"""

from pathlib import Path
from typing import BinaryIO

from planner.model.errors import BadInput

_STAMP = 8
_MAVLINK_2 = 0xFD


class TlogWriter:
    """Appends frames of both directions to a file.

    Raises:
        BadInput: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        self.frames = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO | None = path.open("wb", buffering=0)
        except OSError as error:
            raise BadInput(path, f"the flight log cannot be written ({error.strerror or error})") from error

    def write(self, frame: bytes, utc_us: int) -> None:
        """Appends one frame; after a failure nothing more is written."""
        if self._file is None:
            return
        record = utc_us.to_bytes(8, "big") + frame
        try:
            written = self._file.write(record)
            if written != len(record):
                raise OSError(28, "No space left on device")  # noqa: TRY301 - a short write is the same failure
        except OSError as error:
            self.problem = (
                f"The flight log {self.path} stopped after {self.frames} messages ({error.strerror or error}). "
                "The flight goes on without a log."
            )
            self.close()
            return
        self.frames += 1

    def close(self) -> None:
        """Ends the log."""
        if self._file is not None:
            self._file.close()
            self._file = None


def excerpt(log: Path, out: Path, *, without: frozenset[int]) -> None:
    """Writes the log anew without what the systems in `without` said.

    Raises:
        OSError: a file cannot be read or written.
    """
    data = log.read_bytes()
    kept = bytearray()
    at = 0
    while at + _STAMP + 6 <= len(data):
        start = at + _STAMP
        second = data[start] == _MAVLINK_2
        length = data[start + 1] + (12 + (13 if data[start + 2] & 1 else 0) if second else 8)
        if data[start + (5 if second else 3)] not in without:
            kept += data[at : start + length]
        at = start + length
    out.write_bytes(kept)
