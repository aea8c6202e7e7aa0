"""A telemetry log of a practice flight, both directions, as ground stations write them and pymavlink reads them.

Each message follows its time: microseconds since 1970 UTC, eight bytes, most significant first. The times are the
simulated ones. A message to several clients stands there once, whether or not anybody is connected.
"""

from datetime import datetime
from pathlib import Path

from planner.model.errors import QuaywatchError
from sitl.autopilot.messages import Message
from sitl.wire import Wire


class TelemetryLog:
    """Writes messages into a file; close it at the end.

    Raises:
        QuaywatchError: on making it: the file cannot be written. Later trouble is in `problem`.
    """

    def __init__(self, path: Path, *, system_id: int = 1) -> None:
        try:
            self._file = path.open("wb")
        except OSError as error:
            raise QuaywatchError(f"{path}: cannot write the log: {error.strerror or error}") from None
        self._wire = Wire(0, system_id)
        self.problem: str | None = None

    def sent(self, message: Message, at_utc: datetime) -> None:
        """A message of the vehicle."""
        self.heard(self._wire.write(message), at_utc)

    def heard(self, raw: bytes, at_utc: datetime) -> None:
        """A message of a client, as it came."""
        if self.problem is not None:
            return
        try:
            self._file.write(round(at_utc.timestamp() * 1e6).to_bytes(8, "big") + raw)
        except OSError as error:
            self.problem = f"the telemetry log stopped: {error.strerror or error}"

    def close(self) -> None:
        """Ends the file."""
        try:
            self._file.close()
        except OSError as error:
            self.problem = self.problem or f"the telemetry log stopped: {error.strerror or error}"
