"""Which zones a leg meets: polygons cut to the surroundings of the flight, laid out in metres, split small, in a tree.

Publishers' edges are straight between degrees; long ones are cut up before they are laid out. All zones of a country
can be given: what lies further from the flight than `REACH_M` beyond the wanted margin is left out.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from planner.geo.points import Floats, LatLon, LocalFrame
from planner.model.zone import Ring, Zone
from planner.zones.shapes import DENSE_DEG

REACH_M = 3_000.0
PIECE_VERTICES = 128
_METRES_PER_DEG = 111_000.0
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Hit:
    """A leg meets a zone: within it from share `first` to share `last` of the leg, or `distance_m` beside it."""

    leg: int
    zone: int
    first: float
    last: float
    distance_m: float


class ZoneIndex:
    """Zones near some places, in metres of `frame`."""

    def __init__(self, zones: Sequence[Zone], frame: LocalFrame, places: Sequence[LatLon]) -> None:
        self.zones = tuple(zones)
        self.frame = frame
        pieces: list[BaseGeometry] = []
        owner: list[int] = []
        bounds = _bounds(places, frame.origin.lon_deg)
        shapes: list[BaseGeometry | None] = []
        for number, zone in enumerate(self.zones):
            shape = _laid_out(zone, frame, bounds)
            shapes.append(shape)
            for piece in _pieces(shape):
                pieces.append(piece)
                owner.append(number)
        self.shapes = tuple(shapes)
        """Each zone in metres; None for one that is too far away to matter."""
        self._pieces = np.array(pieces, dtype=object)
        self._owner = np.array(owner, dtype=np.intp)
        self._tree = shapely.STRtree(pieces)

    def __len__(self) -> int:
        return len(self._pieces)

    def met_by_legs(self, starts: Floats, ends: Floats, *, margin_m: float = 0.0) -> list[Hit]:
        """Every pair of a leg (rows east, north in metres) and a zone it enters, or passes within `margin_m` of."""
        if not len(self) or not len(starts):
            return []
        lines = _lines(starts, ends)
        legs, pieces = self._candidates(lines, margin_m)
        if not len(legs):
            return []
        met, held = lines[legs], self._pieces[pieces]
        distances = shapely.distance(met, held) if margin_m else np.zeros(len(legs))
        inside = shapely.intersection(met, held)
        first, last = _shares(inside, starts[legs], ends[legs])
        return _merged(legs, self._owner[pieces], first, last, distances)

    def zones_at(self, east_m: float, north_m: float) -> list[int]:
        """The zones that hold a point."""
        point = shapely.Point(east_m, north_m)
        pieces = self._tree.query(point, predicate="intersects").tolist() if len(self) else []
        return sorted({int(self._owner[piece]) for piece in pieces})

    def _candidates(self, shapes: npt.NDArray[np.object_], margin_m: float) -> tuple[Ints, Ints]:
        if margin_m > 0:
            found = self._tree.query(shapes, predicate="dwithin", distance=margin_m)
        else:
            found = self._tree.query(shapes, predicate="intersects")
        return found[0], found[1]


def polygon_of(outline: Ring, holes: Sequence[Ring], frame: LocalFrame) -> BaseGeometry:
    """A polygon in metres of `frame`, made valid; long edges are kept straight between degrees."""
    degrees = _degrees(outline, holes, frame.origin.lon_deg)
    return _projected(shapely.segmentize(degrees, DENSE_DEG), frame)


def _lines(starts: Floats, ends: Floats) -> npt.NDArray[np.object_]:
    """Lines; a leg without length, a climb, is a point."""
    lines = np.asarray(shapely.linestrings(np.stack([starts, ends], axis=1)), dtype=object)
    still = np.all(starts == ends, axis=1)
    if still.any():
        lines[still] = shapely.points(starts[still])
    return lines


def _shares(inside: npt.NDArray[np.object_], starts: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """From which to which share of each leg its part `inside` goes; NaN where that is empty."""
    along = ends - starts
    squared = np.maximum((along * along).sum(axis=1), 1e-12)
    coordinates, owner = shapely.get_coordinates(inside, return_index=True)
    share = ((coordinates - starts[owner]) * along[owner]).sum(axis=1) / squared[owner]
    first, last = np.full(len(inside), np.inf), np.full(len(inside), -np.inf)
    np.minimum.at(first, owner, share)
    np.maximum.at(last, owner, share)
    empty = ~np.isfinite(first)
    first[empty] = last[empty] = np.nan
    return np.clip(first, 0.0, 1.0), np.clip(last, 0.0, 1.0)


def _merged(legs: Ints, zones: Ints, first: Floats, last: Floats, distances: Floats) -> list[Hit]:
    """One hit for each leg and zone out of those of the zone's pieces."""
    found: dict[tuple[int, int], Hit] = {}
    rows = zip(legs.tolist(), zones.tolist(), first.tolist(), last.tolist(), distances.tolist(), strict=True)
    for leg, zone, begins, ends, distance in rows:
        old = found.get((leg, zone))
        if old is None:
            found[leg, zone] = Hit(leg, zone, begins, ends, distance)
        else:
            found[leg, zone] = Hit(
                leg,
                zone,
                float(np.fmin(old.first, begins)),
                float(np.fmax(old.last, ends)),
                min(old.distance_m, distance),
            )
    return sorted(found.values(), key=lambda hit: (hit.leg, hit.zone))


def _bounds(places: Sequence[LatLon], lon0: float) -> tuple[float, float, float, float]:
    """West, south, east, north around the places with the reach, longitudes about `lon0`."""
    lats = np.array([p.lat_deg for p in places] or [0.0])
    lons = np.array([_near(p.lon_deg, lon0) for p in places] or [lon0])
    up = REACH_M / _METRES_PER_DEG
    widest = max(abs(float(lats.min())), abs(float(lats.max()))) + up
    across = up / max(np.cos(np.radians(min(widest, 89.9))), 1e-3)
    return (
        float(lons.min() - across),
        float(lats.min() - up),
        float(lons.max() + across),
        float(lats.max() + up),
    )


def _near(lon_deg: float, lon0: float) -> float:
    return lon0 + (lon_deg - lon0 + 180.0) % 360.0 - 180.0


def _degrees(outline: Ring, holes: Sequence[Ring], lon0: float) -> BaseGeometry:
    """The polygon in degrees; each ring runs on across longitude 180 and lies about `lon0`."""
    rings = []
    for ring in (outline, *holes):
        lons = _running(np.array([p.lon_deg for p in ring]))
        lats = np.array([p.lat_deg for p in ring])
        middle = (lons.min() + lons.max()) / 2
        rings.append(np.column_stack([lons - middle + _near(float(middle), lon0), lats]))
    polygon = shapely.Polygon(rings[0], rings[1:])
    return polygon if polygon.is_valid else shapely.make_valid(polygon)


def _running(lons: Floats) -> Floats:
    """Longitudes that run on across 180; a ring that itself reaches from -180 to 180 spans the world and stays."""
    if lons.min() == -180 and lons.max() == 180:
        return lons
    return np.asarray(np.unwrap(lons, period=360.0), dtype=float)


def _laid_out(zone: Zone, frame: LocalFrame, bounds: tuple[float, float, float, float]) -> BaseGeometry | None:
    lats = [p.lat_deg for p in zone.outline]
    if max(lats) < bounds[1] or min(lats) > bounds[3]:
        return None
    degrees = _degrees(zone.outline, zone.holes, frame.origin.lon_deg)
    west, south, east, north = degrees.bounds
    if east < bounds[0] or west > bounds[2] or north < bounds[1] or south > bounds[3]:
        return None
    if west < bounds[0] or east > bounds[2] or south < bounds[1] or north > bounds[3]:
        degrees = shapely.intersection(degrees, shapely.box(*bounds))
    if degrees.is_empty:
        return None
    shape = _projected(shapely.segmentize(degrees, DENSE_DEG), frame)
    shapely.prepare(shape)
    return shape


def _projected(degrees: BaseGeometry, frame: LocalFrame) -> BaseGeometry:
    local: BaseGeometry = shapely.transform(degrees, lambda xy: frame.degrees_to_metres(xy[:, 1], xy[:, 0]))
    return local if local.is_valid else shapely.make_valid(local)


def _pieces(shape: BaseGeometry | None) -> list[BaseGeometry]:
    """The polygons of a shape, halved until each has few corners: the tree then leads to little work."""
    done: list[BaseGeometry] = []
    todo = [] if shape is None else [part for part in shapely.get_parts(shape) if part.area > 0]
    while todo:
        part = todo.pop()
        if shapely.get_num_coordinates(part) <= PIECE_VERTICES:
            shapely.prepare(part)
            done.append(part)
            continue
        for half in _halves(part):
            todo.extend(piece for piece in _polygons(half) if piece.area > 0)
    return done


def _halves(part: BaseGeometry) -> list[BaseGeometry]:
    west, south, east, north = part.bounds
    if east - west >= north - south:
        cuts = (west, (west + east) / 2, east)
        boxes = [shapely.box(a, south, b, north) for a, b in itertools.pairwise(cuts)]
    else:
        cuts = (south, (south + north) / 2, north)
        boxes = [shapely.box(west, a, east, b) for a, b in itertools.pairwise(cuts)]
    return [_cut(part, box) for box in boxes]


def _cut(part: BaseGeometry, box: BaseGeometry) -> BaseGeometry:
    quick: BaseGeometry = shapely.clip_by_rect(part, *box.bounds)
    return quick if quick.is_valid else shapely.intersection(part, box)


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    return [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon"]
