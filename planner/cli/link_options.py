"""Options and the connection that all commands of `quaywatch link` share."""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.link_keys import signing
from planner.model.errors import BadInput

if TYPE_CHECKING:
    from planner.geo.points import LatLon
    from planner.link.station import Station
    from planner.link.terrain import IsSea

HOME = "tcp:127.0.0.1:5760"

To = Annotated[
    str, typer.Option("--to", help="The vehicle: tcp:HOST:PORT, udpin:HOST:PORT, mcast:, serial:DEVICE:BAUD.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Wait = Annotated[float, typer.Option("--wait-s", help="How long to wait for a vehicle's heartbeat, in seconds.")]
Plan = Annotated[Path, typer.Argument(help="A plan or waypoint file.")]
Sign = Annotated[str | None, typer.Option("--sign", help="Sign with the key of this name ('link key set NAME').")]
SignFile = Annotated[
    Path | None, typer.Option("--sign-file", help="Sign with the key in a file that only you can read.")
]
Which = Annotated[
    int | None,
    typer.Option("--vehicle", min=1, max=255, help="System id of the vehicle meant, where a link has several."),
]


class Version(StrEnum):
    """Which MAVLink is spoken."""

    AUTO = "auto"
    ONE = "1"
    TWO = "2"

    @property
    def number(self) -> int | None:
        """The version; None for the newest that the vehicle speaks."""
        return None if self is Version.AUTO else int(self.value)


Mavlink = Annotated[
    Version, typer.Option("--mavlink", help="Version to speak; auto: 1 to a vehicle that sends nothing newer.")
]


Operator = Annotated[
    str | None, typer.Option("--operator", metavar="LAT,LON", help="Where you stand, for remote identification.")
]
Sea = Annotated[
    Path | None, typer.Option("--sea", help="Polygons of nothing but sea: there the vehicle is told 0 m of ground.")
]


@dataclass(frozen=True, slots=True)
class Link:
    """Where the vehicle is and how to speak with it: the options of a command, as one value."""

    to: To = HOME
    vehicle: Which = None
    wait_s: Wait = 20.0
    sign: Sign = None
    sign_file: SignFile = None
    mavlink: Mavlink = Version.AUTO
    operator: Operator = None
    sea: Sea = None

    def __post_init__(self) -> None:
        if self.operator is not None:
            place_of(self.operator, "--operator")


def linked(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of a Link in the place of its parameter `link`."""
    own = inspect.signature(command)
    kept = [one for one in own.parameters.values() if one.annotation is not Link]
    options = [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=one.type)
        for one in fields(Link)
    ]
    names = [one.name for one in options]

    @functools.wraps(command)
    def with_options(**values: Any) -> None:  # noqa: ANN401 - typer has checked them
        command(link=Link(**{name: values.pop(name) for name in names}), **values)

    keywords = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in kept]
    parameters = [*keywords, *options]
    with_options.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]  # typer reads it
    with_options.__annotations__ = {one.name: one.annotation for one in parameters}
    return with_options


@contextmanager
def connected(link: Link, *, tlog: Path | None = None) -> "Iterator[Station]":
    """A station that has heard the vehicle meant, until the block ends.

    Raises:
        SeveralVehicles: more than one is heard and none was chosen.
        BadInput: an option cannot be understood, or two do not go together.
    """
    from planner.link.errors import SeveralVehicles
    from planner.link.memory import Memory
    from planner.link.station import HEARD_S, Station, heard

    key = signing(link.sign, link.sign_file)
    if key is not None and link.mavlink is Version.ONE:
        raise BadInput("--mavlink 1", "cannot be signed; leave out --sign, or speak MAVLink 2")
    operator = None if link.operator is None else place_of(link.operator, "--operator")
    is_sea = None if link.sea is None else sea_in(link.sea)
    with Station.connect(
        link.to,
        tlog=tlog,
        timeout_s=link.wait_s,
        signing=key,
        vehicle=link.vehicle,
        mavlink=link.mavlink.number,
        memory=Memory(),
        operator=operator,
    ) as station:
        if link.vehicle is None:
            found = station.listen_for_others(HEARD_S)
            if len(found) > 1:
                raise SeveralVehicles(link.to, heard(found), found[0].system)
        if is_sea is not None:
            station.answer_terrain(is_sea)
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
