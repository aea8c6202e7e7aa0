"""The legs of a flight in local metres, as columns, and the ways home from every point of them."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from planner.geo.points import Floats, LatLon, LocalFrame, centroid
from planner.model.zone import Datum
from planner.route.check_legs import FlownPath, Kind, Spot

NEAREST_M = 10.0
"""A vehicle may take another refuge for the nearest where two are this much alike."""
BLOCK = 64
"""So many ways home are looked at together before each is."""


@dataclass(frozen=True, eq=False)
class Ground:
    """A flown path in metres of `frame`: one row for each leg, heights at both its ends.

    `msl_m` and `agl_m` are for the lowest surface there may be. Where the ground is not known and may rise as high as
    the launch place, `most_msl_m` and `least_agl_m` are for that.
    """

    path: FlownPath
    frame: LocalFrame
    starts: Floats
    ends: Floats
    msl_m: Floats
    agl_m: Floats
    most_msl_m: Floats
    least_agl_m: Floats

    @cached_property
    def heights(self) -> "Heights":
        """The lowest and highest of each leg."""
        return Heights(
            self.msl_m.min(axis=1), self.most_msl_m.max(axis=1), self.least_agl_m.min(axis=1), self.agl_m.max(axis=1)
        )

    @property
    def lengths_m(self) -> Floats:
        """Horizontal length of each leg."""
        return np.asarray(np.hypot(*(self.ends - self.starts).T), dtype=float)

    @cached_property
    def lines(self) -> npt.NDArray[np.object_]:
        """The legs as lines; a climb or descent is a point."""
        lines = np.asarray(shapely.linestrings(np.stack([self.starts, self.ends], axis=1)), dtype=object)
        still = np.all(self.starts == self.ends, axis=1)
        if still.any():
            lines[still] = shapely.points(self.starts[still])
        return lines

    def place(self, leg: int, share: float) -> LatLon:
        """The place at a share of a leg."""
        east, north = self.starts[leg] + share * (self.ends[leg] - self.starts[leg])
        return self.frame.to_place(float(east), float(north))


@dataclass(frozen=True, eq=False)
class Heights:
    """Lowest and highest heights, a row for each leg of the flight, above the sea and above the surface."""

    low_msl_m: Floats
    high_msl_m: Floats
    low_agl_m: Floats
    high_agl_m: Floats

    def low(self, datum: Datum) -> Floats:
        """The lowest in a datum."""
        return self.low_agl_m if datum is Datum.GROUND else self.low_msl_m

    def high(self, datum: Datum) -> Floats:
        """The highest in a datum."""
        return self.high_agl_m if datum is Datum.GROUND else self.high_msl_m

    def at_least(self, msl_m: float, *, surface_msl_m: float, ground_msl_m: float) -> "Heights":
        """The heights where a vehicle first climbs to one above the sea."""
        return Heights(
            np.maximum(self.low_msl_m, msl_m),
            np.maximum(self.high_msl_m, msl_m),
            np.maximum(self.low_agl_m, msl_m - ground_msl_m),
            np.maximum(self.high_agl_m, msl_m - surface_msl_m),
        )


@dataclass(frozen=True, eq=False)
class Returns:
    """The straight ways from every point of some legs to a refuge: a triangle each.

    The vehicle climbs where it is to the height of return, flies level, and comes down at the refuge.
    """

    name: str
    refuge: Floats
    legs: npt.NDArray[np.intp]
    triangles: npt.NDArray[np.object_]
    hulls: npt.NDArray[np.object_]
    """The hull of each BLOCK of triangles."""
    levels: Heights
    """Of the level way back."""
    climbs: Heights
    """Of the climb before it."""

    def first_met(self, shape: shapely.Geometry, wanted: npt.NDArray[np.bool_]) -> int | None:
        """The first leg, of those `wanted` (by leg number), from which a level way back meets a prepared shape."""
        for block in np.flatnonzero(shapely.intersects(shape, self.hulls)).tolist():
            rows = np.arange(block * BLOCK, min((block + 1) * BLOCK, len(self.legs)))
            rows = rows[wanted[self.legs[rows]]]
            met = rows[shapely.intersects(shape, self.triangles[rows])]
            if len(met):
                return int(self.legs[met[0]])
        return None


def laid_out(path: FlownPath) -> Ground:
    """The path in metres about its middle."""
    spots = [path.home, *(spot for leg in path.legs for spot in (leg.start, leg.end))]
    frame = LocalFrame(_middle([spot.at for spot in spots]))
    lat = np.array([spot.at.lat_deg for spot in spots[1:]])
    lon = np.array([spot.at.lon_deg for spot in spots[1:]])
    rows = frame.degrees_to_metres(lat, lon) if len(lat) else np.empty((0, 2))
    starts, ends = rows[0::2], rows[1::2]
    msl = np.array([[leg.start.msl_m, leg.end.msl_m] for leg in path.legs]).reshape(-1, 2)
    held = np.array([[leg.start.over_terrain, leg.end.over_terrain] for leg in path.legs], dtype=bool).reshape(-1, 2)
    spread = path.ground_msl_m - path.surface_msl_m
    agl = msl - path.surface_msl_m
    return Ground(
        path, frame, starts, ends, msl, agl, np.where(held, msl + spread, msl), np.where(held, agl, agl - spread)
    )


def ways_home(ground: Ground) -> list[Returns]:
    """Straight back from every point of every leg.

    To the nearest of home and the rally points, as ArduPilot and PX4 return, and to the fence's return point.
    """
    path = ground.path
    spots = [path.home, *path.rally]
    refuges = ground.frame.to_metres([spot.at for spot in spots])
    legs = np.array([n for n, leg in enumerate(path.legs) if leg.kind in {Kind.WAY, Kind.HOME}], dtype=np.intp)
    if not len(legs):
        return []
    starts, ends = ground.starts[legs], ground.ends[legs]
    made = []
    for number, (spot, refuge) in enumerate(zip(spots, refuges, strict=True)):
        first, last = _where_nearest(starts, ends, refuge, np.delete(refuges, number, 0))
        chosen = np.flatnonzero(last >= first)
        if len(chosen):
            name = "home" if number == 0 else f"to rally point {number}"
            made.append(_returns(ground, name, spot, refuge, legs[chosen], (first[chosen], last[chosen])))
    if path.breach_return is not None:
        point = ground.frame.to_metres([path.breach_return.at])[0]
        whole = np.zeros(len(legs)), np.ones(len(legs))
        made.append(_returns(ground, "to the return point of the fence", path.breach_return, point, legs, whole))
    return made


def _where_nearest(starts: Floats, ends: Floats, refuge: Floats, others: Floats) -> tuple[Floats, Floats]:
    """From which to which share of each leg a refuge is the nearest one, with NEAREST_M to spare; from > to: nowhere.

    To be nearer to it than to another point is a half-plane, so that one stretch of each leg is left.
    """
    first, last = np.zeros(len(starts)), np.ones(len(starts))
    along = ends - starts
    for other in others:
        to_other = other - refuge
        apart = float(np.linalg.norm(to_other))
        if apart < 1e-6:
            continue
        beyond = ((starts - (refuge + other) / 2) @ to_other) / apart - NEAREST_M
        rises = (along @ to_other) / apart
        with np.errstate(divide="ignore", invalid="ignore"):
            cut = -beyond / rises
        last = np.where(rises > 0, np.minimum(last, cut), last)
        first = np.where(rises < 0, np.maximum(first, cut), first)
        last = np.where((rises == 0) & (beyond > 0), -1.0, last)
    return first, last


def _returns(
    ground: Ground, name: str, spot: Spot, refuge: Floats, legs: npt.NDArray[np.intp], shares: tuple[Floats, Floats]
) -> Returns:
    along = ground.ends[legs] - ground.starts[legs]
    starts, ends = (ground.starts[legs] + share[:, None] * along for share in shares)
    corners = np.stack([starts, ends, np.broadcast_to(refuge, starts.shape)], axis=1)
    # the hull of three points is right also where they lie on a line
    triangles = shapely.convex_hull(shapely.multipoints(corners))
    hulls = [
        shapely.convex_hull(shapely.MultiPoint(corners[i : i + BLOCK].reshape(-1, 2)))
        for i in range(0, len(corners), BLOCK)
    ]
    least = max(ground.path.return_msl_m, spot.msl_m)
    flown = ground.heights
    levels = flown.at_least(least, surface_msl_m=ground.path.surface_msl_m, ground_msl_m=ground.path.ground_msl_m)
    return Returns(
        name,
        refuge,
        legs,
        np.asarray(triangles, dtype=object),
        np.array(hulls, dtype=object),
        levels,
        replace(levels, low_msl_m=flown.low_msl_m, low_agl_m=flown.low_agl_m),
    )


def _middle(places: list[LatLon]) -> LatLon:
    """The middle of a flight; for one across the world just its first place."""
    lats = [place.lat_deg for place in places]
    return centroid(places) if max(lats) - min(lats) < 5 else places[0]
