"""Zones from a file: which format it is, is told from its contents, not from its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.formats.files import LARGEST_BYTES, parse_json, read_text
from planner.model.errors import BadInput
from planner.model.zone import Zone, ZoneRule, zones_from_geojson
from planner.zones.archive import kml_in_kmz
from planner.zones.ed269 import is_ed269, zones_from_ed269
from planner.zones.ed318 import is_ed318, zones_from_ed318
from planner.zones.kml import zones_from_kml

MOST_VERTICES = 2_000_000
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class ZoneFile:
    """The zones of a file, and notes (sentences) on what of it was not taken."""

    zones: tuple[Zone, ...]
    notes: tuple[str, ...] = ()


def read_zones(path: str | Path) -> tuple[Zone, ...]:
    """The zones in a file; see `read_zone_file`."""
    return read_zone_file(path).zones


def read_zone_file(path: str | Path) -> ZoneFile:
    """The zones in a file: ED-269 or ED-318 (JSON), GeoJSON, KML, KMZ or S-57 (.000, with the updates beside it).

    A polygon of a GeoJSON or KML file that states no rule is taken as no-fly: the reader cannot know better.

    Raises:
        BadInput: another kind of file, no zone in it, or a bad one; names the feature.
    """
    source = Path(path)
    head = _head(source)
    if head.startswith(_ZIP):
        found = ZoneFile(*zones_from_kml(kml_in_kmz(source), source))
    elif _is_s57(head):
        from planner.zones.s57 import zones_from_s57

        found = ZoneFile(zones_from_s57(source))
    else:
        found = _from_text(read_text(source), source)
    vertices = sum(len(zone.outline) + sum(map(len, zone.holes)) for zone in found.zones)
    if vertices > MOST_VERTICES:
        raise BadInput(source, f"has {vertices:,} corners; at most {MOST_VERTICES:,} are read")
    for zone in found.zones:
        _must_have_height(zone, source)
    return found


def _must_have_height(zone: Zone, source: Path) -> None:
    """A zone that ends below where it begins would never be met."""
    lower, upper = zone.lower, zone.upper
    if lower is not None and upper is not None and lower.datum is upper.datum and lower.metres > upper.metres:
        raise BadInput(source, f"zone {zone.name!r} begins at {lower}, above its end at {upper}; correct its heights")


def _from_text(text: str, source: Path) -> ZoneFile:
    start = text.lstrip()[:1]
    if start == "<":
        return ZoneFile(*zones_from_kml(text, source))
    if start not in {"{", "["}:
        raise BadInput(source, "holds no zones: ED-269, ED-318, GeoJSON, KML, KMZ and S-57 (.000) are read")
    document = parse_json(text, source)
    if is_ed318(document):
        return ZoneFile(zones_from_ed318(document, source))
    if is_ed269(document):
        return ZoneFile(zones_from_ed269(document, source))
    if isinstance(document, Mapping) and document.get("fileType") == "Plan":
        raise BadInput(source, "is a mission (QGroundControl plan), not a file of zones")
    return ZoneFile(zones_from_geojson(document, str(source), default=ZoneRule.NO_FLY))


def _head(source: Path) -> bytes:
    try:
        if source.is_dir():
            raise BadInput(source, "is a folder; name a file")
        if source.stat().st_size > LARGEST_BYTES:
            raise BadInput(source, f"is longer than {LARGEST_BYTES // 2**20} MB; zones of that size are not read")
        with source.open("rb") as file:
            return file.read(32)
    except FileNotFoundError:
        raise BadInput(source, "does not exist") from None
    except (OSError, ValueError) as error:
        raise BadInput(source, f"cannot be read: {error}") from None


def is_chart(path: str | Path) -> bool:
    """Whether a file is a chart cell (S-57).

    Raises:
        BadInput: there is no such file, or it cannot be read.
    """
    return _is_s57(_head(Path(path)))


def _is_s57(head: bytes) -> bool:
    """Whether this is the leader of an ISO 8211 file: five digits of length, then level 3 and 'L' (S-57 part 3)."""
    return len(head) >= 24 and head[:5].isdigit() and head[5:7] == b"3L"
