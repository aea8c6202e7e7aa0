"""UAS geographical zones after EUROCAE ED-269 (2020), as the authorities of Europe publish them.

Each volume of a zone becomes a Zone of its own. Limits of 99,999 mean "none".
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from planner.formats.fields import Fields, as_number
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.zone import Ring, Zone, polygons_of
from planner.zones.published import limits, metres_per, rule_of, text_of, windows_of
from planner.zones.shapes import circle

MOST_ZONES = 100_000


def is_ed269(document: object) -> bool:
    """Whether this looks like ED-269: features whose geometry is a list of volumes."""
    if not isinstance(document, Mapping):
        return False
    if "UASZoneList" in document:
        return True
    rows = document.get("features")
    return isinstance(rows, list) and any(isinstance(r, Mapping) and isinstance(r.get("geometry"), list) for r in rows)


def zones_from_ed269(document: object, source: Path) -> tuple[Zone, ...]:
    """The zones of a parsed ED-269 file.

    Raises:
        BadInput: a zone that is not as the standard says; names it.
    """
    top = Fields(document, source, "the top level")
    rows = top.rows("UASZoneList" if "UASZoneList" in top else "features", most=MOST_ZONES)
    zones = [zone for number, row in enumerate(rows, start=1) for zone in _zones(row, number, source)]
    if not zones:
        raise BadInput(source, "holds no zone")
    return tuple(zones)


def _zones(row: object, number: int, source: Path) -> Iterator[Zone]:
    given = Fields(row, source, f"zone {number}")
    identifier = given.text("identifier", "")
    name = given.text("name", "") if given.raw("name") is not None else ""
    name = (name or identifier or f"zone {number}")[:200]
    what = f"zone {identifier or name!r}"
    conditions = given.raw("restrictionConditions")
    if isinstance(conditions, list):
        conditions = "; ".join(map(str, conditions))
    rule = rule_of(given.raw("restriction"), text_of(conditions), source, what)
    windows = windows_of(given.raw("applicability"), source, what)
    message = ". ".join(filter(None, (text_of(given.raw("message")), text_of(conditions))))
    volumes = given.rows("geometry", most=1000)
    if not volumes:
        raise BadInput(source, f"{what} has no volume in its geometry; correct the file, or take the zone out of it")
    for count, volume in enumerate(volumes, start=1):
        held = Fields(volume, source, f"{what}, volume {count}")
        unit = metres_per(held.raw("uomDimensions"), source, held.where)
        lower, upper = limits(held, ("uomDimensions", "Limit", "VerticalReference"))
        for outline, *holes in _rings(held.fields("horizontalProjection"), unit):
            yield Zone(name, rule, outline, tuple(holes), lower, upper, windows, identifier, message)


def _rings(given: Fields, unit_m: float) -> list[list[Ring]]:
    if given.text("type").lower() != "circle":
        return polygons_of(
            {"type": given.raw("type"), "coordinates": given.raw("coordinates")}, str(given.source), given.where
        )
    centre = given.rows("center", most=3)
    if len(centre) < 2:
        raise given.refuse("'center' is not [longitude, latitude]")
    lon, lat = (as_number(value, given.source, f"{given.where}: 'center'") for value in centre[:2])
    try:
        return [[circle(LatLon(lat, lon), given.number("radius") * unit_m)]]
    except ValueError as error:
        raise given.refuse(str(error)) from None
