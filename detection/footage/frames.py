"""One image with a time and, if known, a pose."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from planner.geo.camera import Intrinsics
from planner.model.pose import Pose


@dataclass(frozen=True, slots=True)
class Frame:
    """One image as it came in. `frame_id` is stable: the first 16 hex digits of the file's SHA-256.

    `pose` and `intrinsics` are None where nothing says them; `notes` then says in sentences what was missing.
    """

    frame_id: str
    path: Path
    sha256: str
    width_px: int
    height_px: int
    at_utc: datetime | None
    pose: Pose | None
    intrinsics: Intrinsics | None
    camera: str = ""
    notes: tuple[str, ...] = ()
