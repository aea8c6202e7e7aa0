"""How an area is flown, and what each pattern needs to know beside the plan's common fields.

A pattern with fields of its own has one frozen class here, named in PARAMETERS. Its fields are numbers, whole numbers,
flags, texts, StrEnums, LatLon, datetimes, tuples of these, other such classes, or one of these or None: then the plan
file keeps them without more code (planner/formats/parameters.py). Every field has a default, so that files written
before a field came in still open.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override

from planner.geo.points import LatLon, destination
from planner.model.drift import CALM, CRAFT_ERROR_M, Adrift, Datum, Flow, drifted


class Pattern(StrEnum):
    """How an area is flown."""

    AREA = "area"
    CORRIDOR = "corridor"
    PERIMETER = "perimeter"
    PATROL = "patrol"
    EXPANDING_SQUARE = "expanding-square"
    SECTOR = "sector"
    PARALLEL = "parallel"
    CREEPING = "creeping"
    ORBIT = "orbit"
    HULL = "hull"


@dataclass(frozen=True, slots=True)
class Parameters:
    """What one pattern needs beside the common fields of a Plan; the subclasses are the patterns'."""

    def outline(self) -> tuple[LatLon, ...]:
        """About where it is flown, for a plan made without an area; empty where an area is needed."""
        return ()


class AngleBy(StrEnum):
    """By what the angle of an area's lines is chosen, where the plan sets none."""

    LENGTH = "length"
    """The shortest way with the fewest turns."""
    WIND = "wind"
    """Least energy in the wind that is expected."""
    GLINT = "glint"
    """Least sun glint in the pictures at the take-off that is expected."""


@dataclass(frozen=True, slots=True)
class AreaParameters(Parameters):
    """Lines over an area; `tighten`: take seconds to look for a shorter way with fewer turns, where they are few.

    `angle_by` says what the angle is to suit; the wind and the take-off are those of the plan's outlook.
    """

    tighten: bool = False
    angle_by: AngleBy = AngleBy.LENGTH


@dataclass(frozen=True, slots=True)
class PerimeterParameters(Parameters):
    """Round a port or an anchorage, looking inward; the stand-off is the Plan's, outside positive, inside negative.

    `laps` times round. The camera looks across the way to the side on which the outline lies, `camera_pitch_deg` from
    the horizon (negative: down); None: at the outline as seen from the flying height.
    """

    laps: int = 1
    camera_pitch_deg: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.laps <= 50:
            raise ValueError(f"laps must lie in 1..50, got {self.laps}")
        if self.camera_pitch_deg is not None and not -90 <= self.camera_pitch_deg <= 0:
            raise ValueError(f"camera pitch must lie in [-90, 0] degrees, got {self.camera_pitch_deg}")


@dataclass(frozen=True, slots=True)
class WatchPlace:
    """What a patrol looks at: one place, or a line of places that is flown along. `value` is the cost of a miss."""

    name: str = ""
    places: tuple[LatLon, ...] = ()
    value: float = 1.0

    def __post_init__(self) -> None:
        if not self.places:
            raise ValueError(f"watch {self.name!r} has no place")
        if not 0 < self.value <= 1e6:
            raise ValueError(f"watch {self.name!r}: its value must lie in (0, 1000000], got {self.value}")


@dataclass(frozen=True, slots=True)
class PatrolParameters(Parameters):
    """A randomised patrol of watched places; without `watches` the lines and outlines of the plan's areas are watched.

    `patrol_min` minutes in the air, None: what the battery gives. `visit_min` is the stay of a visitor against whom
    the patrol is made, None: 0.6 of the shortest tour. `hover_s` seconds at each watched point. `regularity` 0: what
    such a visitor gains least from; up to 1: the shortest gaps with which he gains no more than from a naive patrol.
    """

    watches: tuple[WatchPlace, ...] = ()
    patrol_min: float | None = None
    visit_min: float | None = None
    hover_s: float = 0.0
    regularity: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("patrol", self.patrol_min), ("visit", self.visit_min)):
            if value is not None and not 0.1 <= value <= 1440:
                raise ValueError(f"{name} must last 0.1..1440 minutes, got {value}")
        if not 0 <= self.hover_s <= 3600:
            raise ValueError(f"hover must lie in 0..3600 s, got {self.hover_s}")
        if not 0 <= self.regularity <= 1:
            raise ValueError(f"regularity must lie in 0..1, got {self.regularity}")

    @override
    def outline(self) -> tuple[LatLon, ...]:
        """A box about the watched places."""
        return _box(tuple(place for watch in self.watches for place in watch.places))


@dataclass(frozen=True, slots=True)
class OrbitParameters(Parameters):
    """A look all round a vessel at the Plan's stand-off from its hull (0: as the camera's height and gsd ask).

    `at` is where the vessel was seen `elapsed_min` minutes before take-off, on `course_deg` (true, also of its bow) at
    `vessel_speed_m_s`. `turns` times round; `range_m` is how far from the launch place the drone may fly.
    """

    at: LatLon | None = None
    course_deg: float = 0.0
    vessel_speed_m_s: float = 0.0
    length_m: float = 20.0
    turns: int = 1
    wind: Flow = CALM
    elapsed_min: float = 0.0
    range_m: float | None = None

    def __post_init__(self) -> None:
        _must_lie("course", self.course_deg, -360, 360, "degrees")
        _must_lie("the vessel's speed", self.vessel_speed_m_s, 0, 50, "m/s")
        _must_lie("the vessel's length", self.length_m, 0.5, 500, "m")
        _must_lie("turns", self.turns, 1, 20, "")
        _must_lie("elapsed", self.elapsed_min, 0, 1440, "minutes")
        if self.range_m is not None:
            _must_lie("range", self.range_m, 10, 200_000, "m")

    @override
    def outline(self) -> tuple[LatLon, ...]:
        """A box about the vessel."""
        return () if self.at is None else _box((self.at,))


class HullLanes(StrEnum):
    """Which way the lanes on a hull's sides run."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class HullSides(StrEnum):
    """Which parts of a hull are scanned (a side that lies at a quay cannot be)."""

    ALL = "all"
    PORT = "port"
    STARBOARD = "starboard"


@dataclass(frozen=True, slots=True)
class HullParameters(Parameters):
    """An underwater scan of a moored hull about `at` (amidships), bow towards `heading_deg` (true).

    The stand-off from the hull, the swath and the side overlap are the Plan's. `water_m` is the depth of the water
    there, None: not known.
    """

    at: LatLon | None = None
    heading_deg: float = 0.0
    length_m: float = 20.0
    beam_m: float = 5.0
    draught_m: float = 2.0
    lanes: HullLanes = HullLanes.HORIZONTAL
    sides: HullSides = HullSides.ALL
    water_m: float | None = None

    def __post_init__(self) -> None:
        if self.water_m is not None:
            _must_lie("the depth of the water", self.water_m, 0.5, 11_000, "m")
        _must_lie("heading", self.heading_deg, -360, 360, "degrees")
        _must_lie("the hull's length", self.length_m, 2, 500, "m")
        _must_lie("the hull's beam", self.beam_m, 0.5, 100, "m")
        _must_lie("the hull's draught", self.draught_m, 0.3, 50, "m")

    @override
    def outline(self) -> tuple[LatLon, ...]:
        """The hull as seen from above: a box of its length and beam, turned with it."""
        if self.at is None:
            return ()
        reach = (self.length_m**2 + self.beam_m**2) ** 0.5 / 2
        off = math.degrees(math.atan2(self.beam_m, self.length_m))
        turns = (off, 180 - off, 180 + off, 360 - off)
        return tuple(destination(self.at, towards_deg=self.heading_deg + turn, range_m=reach) for turn in turns)


def _must_lie(what: str, value: float, least: float, most: float, unit: str) -> None:
    if not least <= value <= most:
        raise ValueError(f"{what} must lie in {least:g}..{most:g} {unit}".rstrip() + f", got {value}")


def _box(places: tuple[LatLon, ...], margin_deg: float = 0.0005) -> tuple[LatLon, ...]:
    """Four corners about some places, about 50 m away; across longitude 180 it is cut off there."""
    if not places:
        return ()
    south, north = min(p.lat_deg for p in places) - margin_deg, max(p.lat_deg for p in places) + margin_deg
    west, east = min(p.lon_deg for p in places) - margin_deg, max(p.lon_deg for p in places) + margin_deg
    south, north, west, east = max(south, -90.0), min(north, 90.0), max(west, -180.0), min(east, 180.0)
    return (LatLon(south, west), LatLon(south, east), LatLon(north, east), LatLon(north, west))


class Side(StrEnum):
    """On which side of a line, as drawn, its passes lie."""

    AS_SIGNED = "as-signed"
    """Right for a positive stand-off, left for a negative one."""
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    """Out on the right, back on the left."""


@dataclass(frozen=True, slots=True)
class CorridorParameters(Parameters):
    """Along a line. Of an outline that is flown along (a polygon), right is outside."""

    side: Side = Side.AS_SIGNED


@dataclass(frozen=True, slots=True)
class SearchParameters(Parameters):
    """A search after the IAMSAR Manual, volume II, for something adrift.

    `datum` is the last known position (None: the middle of the area), `elapsed_min` minutes ago; wind and current
    (wind from, current to) have moved it since. `sweep_width_m` None: the width of a picture; `spacing_m` between
    tracks, None: the sweep width. Probable errors: `position_error_m` of the last known position, `craft_error_m` of
    the drone's own. `radius_m` is how far from the datum is searched, None: as far as the errors reach.
    """

    datum: LatLon | None = None
    sweep_width_m: float | None = None
    spacing_m: float | None = None
    wind: Flow = CALM
    current: Flow = CALM
    elapsed_min: float = 0.0
    adrift: Adrift = Adrift.PERSON
    position_error_m: float = 100.0
    radius_m: float | None = None
    craft_error_m: float = CRAFT_ERROR_M

    def __post_init__(self) -> None:
        for name, value in (("sweep width", self.sweep_width_m), ("track spacing", self.spacing_m)):
            if value is not None and not 1 <= value <= 20_000:
                raise ValueError(f"{name} must lie in 1..20000 m, got {value}")
        if not 0 <= self.elapsed_min <= 7 * 24 * 60:
            raise ValueError(f"the time elapsed must lie in 0..10080 minutes (a week), got {self.elapsed_min}")
        if not 0 <= self.position_error_m <= 100_000:
            raise ValueError(f"the position's error must lie in 0..100000 m, got {self.position_error_m}")
        if not 0 <= self.craft_error_m <= 10_000:
            raise ValueError(f"the drone's own error must lie in 0..10000 m, got {self.craft_error_m}")
        if self.radius_m is not None and not 1 <= self.radius_m <= 100_000:
            raise ValueError(f"the radius to search must lie in 1..100000 m, got {self.radius_m}")

    def drift_from(self, start: LatLon) -> Datum:
        """The datum now of what was last known at `start`."""
        return drifted(
            start,
            adrift=self.adrift,
            wind=self.wind,
            current=self.current,
            elapsed_s=self.elapsed_min * 60,
            position_error_m=self.position_error_m,
            craft_error_m=self.craft_error_m,
        )

    @override
    def outline(self) -> tuple[LatLon, ...]:
        """A square about the datum."""
        if self.datum is None:
            return ()
        found = self.drift_from(self.datum)
        reach = (self.radius_m or max(found.radius_m, 10.0)) * 2**0.5
        return tuple(destination(found.at, towards_deg=45.0 + 90.0 * i, range_m=reach) for i in range(4))


PARAMETERS: dict[Pattern, type[Parameters]] = {
    Pattern.PATROL: PatrolParameters,
    Pattern.ORBIT: OrbitParameters,
    Pattern.HULL: HullParameters,
    Pattern.AREA: AreaParameters,
    Pattern.CORRIDOR: CorridorParameters,
    Pattern.PERIMETER: PerimeterParameters,
    Pattern.EXPANDING_SQUARE: SearchParameters,
    Pattern.SECTOR: SearchParameters,
    Pattern.PARALLEL: SearchParameters,
    Pattern.CREEPING: SearchParameters,
}
"""The class of each pattern's parameters; patterns that are not here have none."""


def checked(pattern: Pattern, parameters: Parameters | None) -> None:
    """Whether `parameters` belong to `pattern`.

    Raises:
        ValueError: they are another pattern's.
    """
    if parameters is None:
        return
    wanted = PARAMETERS.get(pattern)
    if wanted is None or not isinstance(parameters, wanted):
        needed = "takes no parameters" if wanted is None else f"takes {wanted.__name__}"
        raise ValueError(f"pattern {pattern} {needed}, got {type(parameters).__name__}")
