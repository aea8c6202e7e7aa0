"""Every leg and every way home against the mission's own fence.

Outside every exclusion. Inclusions: ArduPilot wants every one of them kept (unless FENCE_OPTIONS says otherwise),
PX4 any one (Geofence::isInsidePolygonOrCircle).
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from planner.model.mission import FenceCircle, FencePolygon, Mission
from planner.model.profiles import DroneProfile
from planner.route.check_ground import Ground, Returns
from planner.route.check_values import Problem, error
from planner.zones.index import polygon_of

CIRCLE_SEGMENTS = 32
"""Corners of a quarter of a circle."""


def fence_problems(
    ground: Ground, returns: Sequence[Returns], mission: Mission, drone: DroneProfile
) -> Iterator[Problem]:
    """Legs, ways back and refuges that break the fence; one problem for each fence area and kind."""
    areas: list[FencePolygon | FenceCircle] = [*mission.fence_polygons, *mission.fence_circles]
    kept = [_shape(area, ground) for area in areas if area.inclusion]
    parts: list[tuple[str, BaseGeometry, bool]] = []
    if drone.autopilot == "px4" and len(kept) > 1:
        parts.append(("the fence", shapely.union_all(kept), True))
    for number, area in enumerate(areas, start=1):
        if not area.inclusion:
            parts.append((f"the excluded area {number} of the fence", _shape(area, ground), False))
        elif not (drone.autopilot == "px4" and len(kept) > 1):
            parts.append((f"the fence (area {number})", _shape(area, ground), True))
    for what, shape, inclusion in parts:
        shapely.prepare(shape)
        breaks = _breaks(shape, inclusion=inclusion)
        does = "leaves" if inclusion else "enters"
        yield from _of_legs(ground, breaks, does, what)
        for back in returns:
            yield from _of_returns(ground, back, breaks, does, what)
        yield from _of_rally(ground, breaks, what, inclusion=inclusion)


class _breaks:  # noqa: N801 -- used as a function
    """Whether shapes break one area of the fence."""

    def __init__(self, shape: BaseGeometry, *, inclusion: bool) -> None:
        self._shape = shape
        self._inclusion = inclusion

    def __call__(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
        """One answer for each shape."""
        if self._inclusion:
            return ~np.asarray(shapely.covers(self._shape, shapes), dtype=bool)
        return np.asarray(shapely.intersects(self._shape, shapes), dtype=bool)


def _of_legs(ground: Ground, breaks: _breaks, does: str, what: str) -> Iterator[Problem]:
    broken = np.flatnonzero(breaks(ground.lines))
    if not len(broken):
        return
    code = "outside-fence" if does == "leaves" else "fence-exclusion"
    first = int(broken[0])
    items = sorted({ground.path.legs[int(n)].item for n in broken})
    more = f", and so do {len(items) - 1} more items" if len(items) > 1 else ""
    text = f"The way to item {items[0]} {does} {what}{more}: the vehicle would break off the mission."
    yield error(code, text, items[0], ground.place(first, 0.5))


def _of_returns(ground: Ground, back: Returns, breaks: _breaks, does: str, what: str) -> Iterator[Problem]:
    broken = np.flatnonzero(breaks(back.triangles))
    straight = np.flatnonzero(~breaks(ground.lines[back.legs]))
    broken = np.intersect1d(broken, straight)  # a leg that breaks the fence itself is told as such
    if len(broken):
        leg = int(back.legs[broken[0]])
        item = ground.path.legs[leg].item
        text = f"A straight way {back.name} from near item {item} {does} {what}."
        yield error("return-outside-fence", text, item, ground.place(leg, 0.5))


def _of_rally(ground: Ground, breaks: _breaks, what: str, *, inclusion: bool) -> Iterator[Problem]:
    rally = ground.path.rally
    if not rally:
        return
    points = shapely.points(ground.frame.to_metres([spot.at for spot in rally]))
    for number in np.flatnonzero(breaks(np.asarray(points, dtype=object))).tolist():
        lies = "outside" if inclusion else "in"
        text = f"Rally point {number + 1} lies {lies} {what}: a vehicle that flies there breaks its fence."
        yield error("rally-outside-fence", text, None, rally[number].at)


def _shape(area: FencePolygon | FenceCircle, ground: Ground) -> BaseGeometry:
    if isinstance(area, FencePolygon):
        return polygon_of(area.places, (), ground.frame)
    east, north = ground.frame.to_metres([area.at])[0]
    # the polygon lies inside the circle to be kept, and around the one to be kept out of
    radius = area.radius_m if area.inclusion else area.radius_m / math.cos(math.pi / (4 * CIRCLE_SEGMENTS))
    return shapely.buffer(shapely.Point(east, north), radius, quad_segs=CIRCLE_SEGMENTS)
