"""What can be drawn on a saved map. Texts are shown as they are: none of them is ever read as HTML."""

import re
from dataclasses import dataclass
from enum import StrEnum

from planner.geo.points import LatLon

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


class Colour(StrEnum):
    """The project's colours by meaning; any "#rrggbb" will do beside them."""

    ACCENT = "#3fb6c6"
    """Planned, own drone."""
    FLOWN = "#ffffff"
    SUSPICIOUS = "#e5484d"
    UNSURE = "#f2a53a"
    CLEARED = "#8fa1b3"
    AIS = "#46a758"
    RESTRICTED = "#d6409f"
    NO_FLY = "#e5484d"
    QUIET = "#8fa1b3"
    TRUTH = "#7cc4ff"


class Shape(StrEnum):
    """Shapes of markers; each meaning has one, so that colour is never the only sign."""

    DIAMOND = "diamond"
    TRIANGLE = "triangle"
    CIRCLE = "circle"
    ARROW = "arrow"
    SQUARE = "square"
    DOT = "dot"
    """Small; thousands of them are fine."""


def _must_be_colour(colour: str) -> None:
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"a colour is #rgb, #rrggbb or #rrggbbaa, got {colour[:40]!r}")


@dataclass(frozen=True, slots=True)
class Line:
    """A line through at least two places; `group` is its switch in the map's legend."""

    places: tuple[LatLon, ...]
    name: str = ""
    group: str = "Lines"
    colour: str = Colour.ACCENT
    tooltip: str = ""
    dashed: bool = False
    width_px: float = 2.5

    def __post_init__(self) -> None:
        _must_be_colour(self.colour)
        if len(self.places) < 2:
            raise ValueError(f"a line needs at least 2 places, got {len(self.places)}")


@dataclass(frozen=True, slots=True)
class PolygonLayer:
    """A polygon with holes; rings are open or closed."""

    outline: tuple[LatLon, ...]
    holes: tuple[tuple[LatLon, ...], ...] = ()
    name: str = ""
    group: str = "Areas"
    colour: str = Colour.ACCENT
    tooltip: str = ""
    dashed: bool = False
    fill_opacity: float = 0.12

    def __post_init__(self) -> None:
        _must_be_colour(self.colour)
        if len(self.outline) < 3:
            raise ValueError(f"a polygon needs at least 3 places, got {len(self.outline)}")


@dataclass(frozen=True, slots=True)
class Marker:
    """A place with a shape. `label` stands beside it; `popup` opens on a click, line breaks are kept.

    `bearing_deg` turns arrows, true north clockwise. `hollow` draws the outline alone.
    """

    at: LatLon
    shape: Shape = Shape.CIRCLE
    name: str = ""
    group: str = "Places"
    colour: str = Colour.ACCENT
    tooltip: str = ""
    popup: str = ""
    label: str = ""
    bearing_deg: float = 0.0
    hollow: bool = False

    def __post_init__(self) -> None:
        _must_be_colour(self.colour)


@dataclass(frozen=True, slots=True)
class EllipseMark:
    """An ellipse of uncertainty: half axes in metres, the greater one at `bearing_deg` from true north clockwise."""

    at: LatLon
    major_m: float
    minor_m: float
    bearing_deg: float
    name: str = ""
    group: str = "Uncertainty"
    colour: str = Colour.SUSPICIOUS
    tooltip: str = ""

    def __post_init__(self) -> None:
        _must_be_colour(self.colour)
        if not (0 < self.minor_m < 1e6 and 0 < self.major_m < 1e6):
            raise ValueError(f"an ellipse needs positive half axes, got {self.major_m} m and {self.minor_m} m")


Layer = Line | PolygonLayer | Marker | EllipseMark
