"""Zip files (KMZ) in and out: nothing is ever unpacked to disk, and nothing grows beyond what a plan can be."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from planner.formats.files import LARGEST_BYTES
from planner.model.errors import BadInput

MOST_MEMBERS = 2_000
GREATEST_RATIO = 200
"""Unpacked to packed bytes; plain XML packs at 10 to 60."""
_MARK = b"PK\x03\x04"
_WHEN = (1980, 1, 1, 0, 0, 0)


def is_zip(path: Path) -> bool:
    """Whether a file starts like a zip file; False where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4) == _MARK
    except OSError:
        return False


def members_of(path: Path, *, endings: tuple[str, ...]) -> dict[str, str]:
    """The texts of the members of a zip file whose names end in one of `endings`, by name.

    Raises:
        BadInput: no zip, damaged, encrypted, a name that leads out of the file, too many or too large members.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise BadInput(path, f"is larger than {LARGEST_BYTES // 2**20} MB; that is no plan")
        with zipfile.ZipFile(path) as packed:
            return _read(packed, path, endings)
    except zipfile.BadZipFile as error:
        raise BadInput(path, f"is a damaged zip file ({error})") from None
    except (zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BadInput(path, f"cannot be unpacked: {error}") from None
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror or error}") from None


def packed_bytes(members: Mapping[str, str]) -> bytes:
    """A zip file of texts by name; the same members give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members.items():
            entry = zipfile.ZipInfo(name, date_time=_WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, text.encode("utf-8"))
    return buffer.getvalue()


def _read(packed: zipfile.ZipFile, path: Path, endings: tuple[str, ...]) -> dict[str, str]:
    entries = packed.infolist()
    if len(entries) > MOST_MEMBERS:
        raise BadInput(path, f"holds {len(entries):,} files; at most {MOST_MEMBERS:,} are read")
    found: dict[str, str] = {}
    total = 0
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or (name.parts and ":" in name.parts[0]):
            raise BadInput(path, f"holds a file named {entry.filename[:60]!r}, which leads out of it; it is not read")
        if entry.is_dir() or not entry.filename.lower().endswith(endings):
            continue
        if entry.flag_bits & 1:
            raise BadInput(path, f"{entry.filename[:60]!r} in it is encrypted")
        total += entry.file_size
        if total > LARGEST_BYTES or entry.file_size > GREATEST_RATIO * max(entry.compress_size, 1024):
            raise BadInput(path, f"{entry.filename[:60]!r} in it unpacks to {entry.file_size / 1e6:,.0f} MB; not read")
        with packed.open(entry) as member:
            data = member.read(entry.file_size + 1)
        if len(data) > entry.file_size:
            raise BadInput(path, f"{entry.filename[:60]!r} in it is longer than it says; not read")
        try:
            found[entry.filename] = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadInput(path, f"{entry.filename[:60]!r} in it is not UTF-8 text") from None
    return found
