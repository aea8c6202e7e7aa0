"""A detection placed on the sea."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from planner.geo.points import LatLon


class Fix(StrEnum):
    """How well the range to a sighting is known (see docs/georeferencing.md)."""

    POINT = "point"
    """Position with an error ellipse."""
    WEDGE = "wedge"
    """Bearing and an interval of range: depression under 3 degrees, or an error along the view over 30 % of range."""
    BEARING = "bearing"
    """Bearing only: above the horizon."""


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Error ellipse, one standard deviation: half axes in metres, true bearing of the major one in degrees."""

    major_m: float
    minor_m: float
    bearing_deg: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """One detection on the sea. `box` is (left, top, right, bottom) in pixels of the frame.

    `at` is the middle of the waterline, None for BEARING. `range_m` is (nearest, farthest) at one standard
    deviation, from the point below the camera. `length_m` is (shortest, longest) over the headings that the box allows.
    `truncated`: the box touches the edge of the image, so position and length are of the visible part only.
    """

    sighting_id: str
    frame_id: str
    at_utc: datetime | None
    box: tuple[float, float, float, float]
    score: float
    label: int
    fix: Fix
    at: LatLon | None
    ellipse: Ellipse | None
    bearing_deg: float
    range_m: tuple[float, float]
    length_m: tuple[float, float] | None
    truncated: bool
    hull: tuple[LatLon, ...] = ()
    """The box's corners on the sea: what the vessel at most covers."""
    looks: tuple[float, ...] | None = None
    """Its colours as detection.track.looks tells them; None where nobody looked, or it is too small to tell."""
