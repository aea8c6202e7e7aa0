"""Options and the connection that all commands of `quaywatch link` share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.model.errors import BadInput

if TYPE_CHECKING:
    from planner.geo.points import LatLon
    from planner.link.keys import Signing
    from planner.link.station import Station
    from planner.link.terrain import IsSea

To = Annotated[str, typer.Option("--to", help="The vehicle: tcp:HOST:PORT, udpin:HOST:PORT, serial:DEVICE:BAUD.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Wait = Annotated[float, typer.Option("--wait-s", help="How long to wait for a vehicle's heartbeat, in seconds.")]
Plan = Annotated[Path, typer.Argument(help="A plan or waypoint file.")]
Sign = Annotated[str | None, typer.Option("--sign", help="Sign with the key of this name ('link key set NAME').")]
SignFile = Annotated[
    Path | None, typer.Option("--sign-file", help="Sign with the key in a file that only you can read.")
]
HOME = "tcp:127.0.0.1:5760"


Operator = Annotated[
    str | None, typer.Option("--operator", metavar="LAT,LON", help="Where you stand, for remote identification.")
]
Sea = Annotated[
    Path | None, typer.Option("--sea", help="Polygons of nothing but sea: there the vehicle is told 0 m of ground.")
]


@contextmanager
def connected(
    to: str,
    wait_s: float,
    *,
    tlog: Path | None = None,
    signing: "Signing | None" = None,
    operator: "LatLon | None" = None,
) -> "Iterator[Station]":
    """A station that has heard a vehicle, until the block ends."""
    from planner.link.memory import Memory
    from planner.link.station import Station

    with Station.connect(
        to, tlog=tlog, timeout_s=wait_s, signing=signing, memory=Memory(), operator=operator
    ) as station:
        yield station


def place_of(text: str, name: str = "LAT,LON") -> "LatLon":
    """The place that an argument or option names.

    Raises:
        BadInput: it is none.
    """
    from planner.geo.points import LatLon

    try:
        lat, lon = (float(part) for part in text.split(","))
        return LatLon(lat, lon)
    except ValueError as error:
        raise BadInput(name, f"{text!r} is no place in degrees such as 51.95,4.05 ({error})") from None


def sea_in(path: Path) -> "IsSea":
    """Whether there is nothing but sea between two corners, by the polygons of a file.

    Raises:
        BadInput: it cannot be read, or holds no polygon.
    """
    import shapely

    from planner.formats.areas import read_areas
    from planner.model.plan import AreaKind

    def ring(places: "tuple[LatLon, ...]") -> list[tuple[float, float]]:
        return [(at.lon_deg, at.lat_deg) for at in places]

    shapes = [
        shapely.Polygon(ring(area.outline), [ring(hole) for hole in area.holes])
        for area in read_areas(path)
        if area.kind is AreaKind.POLYGON
    ]
    if not shapes:
        raise BadInput(path, "holds no polygon; draw round what is nothing but sea")
    sea = shapely.union_all([shapely.make_valid(shape) for shape in shapes])

    def is_sea(south_west: "LatLon", north_east: "LatLon") -> bool:
        square = shapely.box(south_west.lon_deg, south_west.lat_deg, north_east.lon_deg, north_east.lat_deg)
        return bool(sea.covers(square))

    return is_sea
