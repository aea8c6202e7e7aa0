"""Stills as they come off a drone: found, hashed, and read with their time, pose and lens.

Nothing in a file is believed without a look: sizes are bounded before anything is decoded, metadata is parsed by
readers that know no entities, and a file that cannot be used becomes an `Unreadable`, never an end of the run.
"""

import hashlib
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image

from detection.footage.clock import StillTime, TimeOffset, best_time_offset, still_time
from detection.footage.dialects import read_pose
from detection.footage.exif import DAMAGED, ExifFacts, read_exif
from detection.footage.frames import Frame
from detection.footage.lenses import Picture, find_intrinsics
from detection.footage.poses import StillOptions, pose_of_still
from detection.footage.xmp import Xmp, find_packet, read_xmp
from planner.model.errors import BadInput
from planner.model.flight import Flight

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff"})
FORMATS = ("JPEG", "PNG", "TIFF")
"""By Pillow's names; its JPEG reader also opens MPO, which many drones write."""
MOST_BYTES = 1_000_000_000
MOST_PIXELS = 170_000_000
"""Larger pictures are refused unopened; the largest drone cameras have 100 megapixels."""
EDITORS = ("photo viewer", "photoshop", "lightroom", "gimp", "picasa", "paint", "photos", "irfanview", "acdsee")
"""Programs that turn and crop, as they write themselves into EXIF's Software."""
MAX_SENSIBLE_OFFSET_S = 120.0
"""A clock that told its zone is not corrected by more than this without being asked."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that looked like a still and could not be used; `reason` is one sentence."""

    path: Path
    reason: str


def find_stills(folder: Path) -> list[Path]:
    """The stills in a folder and its subfolders, in order of their paths; a file stands for itself.

    Hidden files and folders, folders named `truth` and links to folders are passed over.

    Raises:
        BadInput: there is no such file or folder.
    """
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise BadInput(folder, "there is no such file or folder")
    found: list[Path] = []
    for here, folders, files in os.walk(folder, onerror=lambda _: None, followlinks=False):
        folders[:] = [f for f in folders if not f.startswith(".") and f.lower() != "truth"]
        found += [
            Path(here, name)
            for name in files
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES and _is_file(Path(here, name))
        ]
    return sorted(found)


def _is_file(path: Path) -> bool:
    """Whether it is a plain file, or a link to one; pipes and dead or circular links are not."""
    try:
        return path.is_file()
    except OSError:
        return False


def read_stills(
    paths: Iterable[Path], *, flight: Flight | None = None, options: StillOptions | None = None
) -> Iterator[Frame | Unreadable]:
    """Each still as a Frame, or as Unreadable, in the order given.

    Where a flight has triggers and the options name no clock offset, the camera's clock is first matched to them.
    """
    known = options or StillOptions()
    many = list(paths)
    if flight is not None and len(flight.captures) >= 3 and known.time_offset_s is None:
        known = _with_offset(many, flight, known)
    for path in many:
        try:
            yield read_still(path, flight=flight, options=known)
        except BadInput as error:
            yield Unreadable(path, error.problem)


def read_still(path: Path, *, flight: Flight | None = None, options: StillOptions | None = None) -> Frame:
    """One still with all that it and the flight's log say about it; what is missing is None, with a note.

    Raises:
        BadInput: not a picture, or one too large to be opened.
    """
    known = options or StillOptions()
    data = _bytes(path)
    raw = _read(path, data)
    sha256 = hashlib.sha256(data).hexdigest()
    time = _corrected(still_time(raw.exif, raw.xmp, path.name, known.camera_zone_h), known)
    told = read_pose(raw.xmp, known.pitch_zero)
    pose, pose_notes = pose_of_still(told, raw.exif, time.at_utc, flight, known)
    picture = Picture(raw.width_px, raw.height_px, raw.exif, raw.xmp, told.lens)
    intrinsics, lens_notes = find_intrinsics(picture, known.hfov_deg)
    return Frame(
        frame_id=sha256[:16],
        path=path,
        sha256=sha256,
        width_px=raw.width_px,
        height_px=raw.height_px,
        at_utc=time.at_utc,
        pose=pose,
        intrinsics=intrinsics,
        camera=" ".join(part for part in (raw.exif.make, raw.exif.model) if part),
        notes=_once(
            (
                *raw.notes,
                *_edited(raw.exif, known),
                *raw.exif.notes,
                *raw.xmp.notes,
                *time.notes,
                *pose_notes,
                *lens_notes,
            )
        ),
    )


@dataclass(frozen=True, slots=True)
class _Raw:
    width_px: int
    height_px: int
    exif: ExifFacts
    xmp: Xmp
    notes: tuple[str, ...]


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise BadInput(path, "is not a file")
        size = path.stat().st_size
        if size == 0:
            raise BadInput(path, "is empty")
        if size > MOST_BYTES:
            raise BadInput(path, f"is larger than {MOST_BYTES // 10**6} MB, which no still is")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(path, f"cannot be read ({error.strerror or error})") from None


def _read(path: Path, data: bytes) -> _Raw:
    """Size and metadata; no pixel is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damaged metadata and of sizes that are checked here
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise BadInput(
                        path, f"claims {width} x {height} pixels, more than the {MOST_PIXELS // 10**6} million read"
                    )
                exif = _exif(image)
                packet = image.info.get("xmp")
    except Image.DecompressionBombError:
        raise BadInput(path, f"claims more than the {MOST_PIXELS // 10**6} million pixels that are read") from None
    except DAMAGED:
        raise BadInput(path, "is not a picture that can be read (JPEG, PNG or TIFF)") from None
    xmp = read_xmp(packet if isinstance(packet, bytes) else find_packet(data[:2_000_000]))
    return _Raw(width, height, exif, xmp, _cut_short(data))


def _exif(image: Image.Image) -> ExifFacts:
    try:
        return read_exif(image.getexif())
    except DAMAGED:
        return ExifFacts(notes=("The EXIF is damaged and was left out.",))


def _cut_short(data: bytes) -> tuple[str, ...]:
    if data.startswith(b"\xff\xd8") and b"\xff\xd9" not in data[-1_000_000:]:
        return ("The file ends before the picture does: its lower part is missing.",)
    return ()


def _edited(exif: ExifFacts, options: StillOptions) -> tuple[str, ...]:
    """A viewer that turns a picture leaves the gimbal's angles as they were."""
    if options.turned_deg or not any(name in exif.software.lower() for name in EDITORS):
        return ()
    note = (
        f"The picture was saved by {exif.software} after it was taken. If that turned it, its angles are not of these "
        "pixels; say by how much it was turned (quaywatch triage --turned-deg)."
    )
    return (note,)


def _corrected(time: StillTime, options: StillOptions) -> StillTime:
    """The time by the flight log's clock; a wall clock without zone becomes UTC only through a given offset."""
    offset = options.time_offset_s
    if offset is None:
        return time
    if time.at_utc is not None:
        return replace(time, at_utc=time.at_utc + timedelta(seconds=offset))
    if time.local is not None:
        note = f"The time is the camera's clock without zone, moved by {offset:+.1f} s to the flight log's."
        return StillTime(time.local.replace(tzinfo=UTC) + timedelta(seconds=offset), notes=(note,))
    return time


def _with_offset(paths: list[Path], flight: Flight, options: StillOptions) -> StillOptions:
    """The options with the offset that puts the pictures on the log's triggers, if one clearly does."""
    times = [t for t in (_glance(path, options) for path in paths) if t is not None]
    zoned = [t.at_utc for t in times if t.at_utc is not None]
    local = [t.local.replace(tzinfo=UTC) for t in times if t.at_utc is None and t.local is not None]
    found: TimeOffset | None = None
    if len(zoned) >= len(local):
        found = best_time_offset(zoned, flight.captures, max_offset_s=MAX_SENSIBLE_OFFSET_S)
    else:
        found = best_time_offset(local, flight.captures)
    if found is None or found.ambiguous:
        return options
    return replace(options, time_offset_s=found.offset_s)


def _glance(path: Path, options: StillOptions) -> StillTime | None:
    try:
        raw = _read(path, _bytes(path))
    except BadInput:
        return None
    return still_time(raw.exif, raw.xmp, path.name, options.camera_zone_h)


def _once(notes: tuple[str, ...]) -> tuple[str, ...]:
    clean = (re.sub(r"\s+", " ", note) for note in notes)
    return tuple(dict.fromkeys(clean))


def span_of(frames: Iterable[Frame]) -> tuple[datetime, datetime] | None:
    """First and last time of some frames; None where none of them has a time."""
    times = [f.at_utc for f in frames if f.at_utc is not None]
    return (min(times), max(times)) if times else None
