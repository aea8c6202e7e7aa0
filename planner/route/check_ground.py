"""The legs of a flight in local metres, as columns, and the ways home from every point of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from planner.geo.points import Floats, LatLon, LocalFrame, centroid
from planner.route.check_path import FlownPath, Kind

BLOCK = 64
"""So many ways home are looked at together before each is."""


@dataclass(frozen=True, eq=False)
class Ground:
    """A flown path in metres of `frame`: one row for each leg, heights at both its ends."""

    path: FlownPath
    frame: LocalFrame
    starts: Floats
    ends: Floats
    msl_m: Floats
    agl_m: Floats
    return_msl_m: Floats
    """Lowest and highest way home from each leg, above mean sea level."""

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
class Returns:
    """The straight ways from every point of some legs to a refuge: a triangle each."""

    name: str
    legs: npt.NDArray[np.intp]
    triangles: npt.NDArray[np.object_]
    hulls: npt.NDArray[np.object_]
    """The hull of each BLOCK of triangles."""

    def first_met(self, shape: shapely.Geometry, wanted: npt.NDArray[np.bool_]) -> int | None:
        """The first leg, of those `wanted` (by leg number), from which a way home meets a prepared shape."""
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
    level = np.maximum(np.sort(msl, axis=1), path.return_msl_m)
    return Ground(path, frame, starts, ends, msl, msl - path.surface_msl_m, level)


def ways_home(ground: Ground) -> list[Returns]:
    """Straight home from every point of every leg, and to each rally point from where it is the nearest refuge."""
    path = ground.path
    refuges = ground.frame.to_metres([path.home.at, *(rally.at for rally in path.rally)])
    legs = np.array([n for n, leg in enumerate(path.legs) if leg.kind in {Kind.WAY, Kind.HOME}], dtype=np.intp)
    if not len(legs):
        return []
    starts, ends = ground.starts[legs], ground.ends[legs]
    nearest = np.stack([_nearest(points, refuges) for points in (starts, (starts + ends) / 2, ends)])
    made = []
    for number, refuge in enumerate(refuges):
        chosen = np.ones(len(legs), dtype=bool) if number == 0 else (nearest == number).any(axis=0)
        if chosen.any():
            name = "home" if number == 0 else f"to rally point {number}"
            made.append(_returns(name, legs[chosen], starts[chosen], ends[chosen], refuge))
    return made


def _nearest(points: Floats, refuges: Floats) -> npt.NDArray[np.intp]:
    distances = np.linalg.norm(points[:, None, :] - refuges[None, :, :], axis=2)
    return np.asarray(distances.argmin(axis=1), dtype=np.intp)


def _returns(name: str, legs: npt.NDArray[np.intp], starts: Floats, ends: Floats, refuge: Floats) -> Returns:
    corners = np.stack([starts, ends, np.broadcast_to(refuge, starts.shape)], axis=1)
    # the hull of three points is right also where they lie on a line
    triangles = shapely.convex_hull(shapely.multipoints(corners))
    hulls = [
        shapely.convex_hull(shapely.MultiPoint(corners[i : i + BLOCK].reshape(-1, 2)))
        for i in range(0, len(corners), BLOCK)
    ]
    return Returns(name, legs, np.asarray(triangles, dtype=object), np.array(hulls, dtype=object))


def _middle(places: list[LatLon]) -> LatLon:
    """The middle of a flight; for one across the world just its first place."""
    lats = [place.lat_deg for place in places]
    return centroid(places) if max(lats) - min(lats) < 5 else places[0]
