"""The KML inside a KMZ: one entry is read into memory, within limits; nothing is unpacked to disk."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from planner.formats.files import LARGEST_BYTES
from planner.model.errors import BadInput

MOST_ENTRIES = 10_000


def kml_in_kmz(source: Path) -> str:
    """The text of the main KML of a KMZ: doc.kml, else the first .kml in it (OGC 12-007r2).

    Raises:
        BadInput: no zip file, no KML in it, locked, damaged, or larger when unpacked than is read.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise BadInput(source, f"holds {len(entries):,} files; at most {MOST_ENTRIES:,} are looked through")
            return _text(archive, _main(entries, source), source)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BadInput(source, f"is a damaged or locked KMZ: {str(error)[:120]}") from None


def _main(entries: list[zipfile.ZipInfo], source: Path) -> zipfile.ZipInfo:
    found = [entry for entry in entries if entry.filename.lower().endswith(".kml") and not entry.is_dir()]
    if not found:
        raise BadInput(source, "is a zip file without a .kml in it")
    return min(found, key=lambda entry: PurePosixPath(entry.filename.lower()).name != "doc.kml")


def _text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: Path) -> str:
    too_large = BadInput(source, f"its KML has more than {LARGEST_BYTES // 2**20} MB when unpacked; it is not read")
    if entry.file_size > LARGEST_BYTES:
        raise too_large
    with archive.open(entry) as file:
        data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise too_large
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(source, f"its KML is not UTF-8 text (byte {error.start})") from None
