"""QGroundControl's structure scans: flown round an upright structure, layer by layer, facing it.

Unlike surveys they are stored without flight items, so these are made here as QGroundControl makes them on upload
(StructureScanComplexItem, version 3): an entrance waypoint, the camera turned to the structure, per layer a closed lap
with pictures by distance, the camera released, and the entrance again. Heights are above the launch place.
"""

from collections.abc import Iterator

import numpy as np
from shapely.geometry import LinearRing, Polygon

from planner.formats.fields import Fields, as_place
from planner.geo.points import Floats, LatLon, LocalFrame
from planner.model.mission import Command, Frame, MissionItem, Params

VERSION = 3
MOST_CORNERS = 1000
MOST_LAYERS = 1000
FACE_SIDEWAYS_DEG = 90.0
"""QGroundControl's yaw beside the direction of flight: to the right, where the structure lies on a clockwise lap."""
NEAREST_SHARE = 0.99
"""Share of the wanted distance below which the lap is too near (the rest is rounding)."""


def scan_items(given: Fields, *, most: int) -> tuple[list[MissionItem], list[str]]:
    """The flight items of a StructureScan and what to know about them; `most` items at most.

    Raises:
        BadInput: another version, a field that is missing or impossible, or a lap that would touch the structure.
    """
    version = given.whole("version")
    if version != VERSION:
        raise given.refuse(f"StructureScan of version {version} is not known; version {VERSION} is read")
    camera = given.fields("CameraCalc")
    distance_m = _positive(camera, "DistanceToSurface")
    layer_m = _positive(camera, "AdjustedFootprintFrontal")
    trigger_m = _positive(camera, "AdjustedFootprintSide")
    layers = given.whole("Layers")
    if not 1 <= layers <= MOST_LAYERS:
        raise given.refuse(f"'Layers' is {layers}; 1 to {MOST_LAYERS:,} are flown")
    corners, notes = _clockwise(given)
    lap = _lap(given, corners, distance_m)
    count = layers * (len(lap) + 3) + 4
    if count > most:
        raise given.refuse(f"its {layers} layers of {len(lap)} corners make {count:,} items; a vehicle takes {most:,}")
    downwards = given.flag("StartFromTop", default=False)
    start_m = given.number("StructureHeight" if downwards else "ScanBottomAlt")
    step_m = -layer_m if downwards else layer_m
    heights_m = [start_m + step_m * (layer + 0.5) for layer in range(layers)]
    if min(heights_m) < 0:
        notes.append(f"{given.where}: its lowest layer lies {-min(heights_m):g} m below the launch place")
    entrance_m = given.number("EntranceAltitude")
    items = [
        _waypoint(lap[0], entrance_m),
        _command(Command.DO_SET_ROI_WPNEXT_OFFSET, 0, 0, 0, 0, given.number("GimbalPitch"), 0, FACE_SIDEWAYS_DEG),
        *(item for height_m in heights_m for item in _layer(lap, height_m, trigger_m)),
        _command(Command.DO_SET_ROI_NONE),
        _waypoint(lap[0], entrance_m),
    ]
    return items, notes


def _positive(given: Fields, key: str) -> float:
    value = given.number(key)
    if value <= 0:
        raise given.refuse(f"'{key}' is {value:g}; it must be above 0")
    return value


def _clockwise(given: Fields) -> tuple[list[LatLon], list[str]]:
    """The structure's corners, clockwise seen from above, so that a lap round them keeps the structure to the right."""
    rows = given.rows("polygon", most=MOST_CORNERS)
    corners = [as_place(row, given.source, f"{given.where}: corner {n}") for n, row in enumerate(rows, start=1)]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners = corners[:-1]
    if len(set(corners)) < len(corners) or len(corners) < 3:
        raise given.refuse(f"'polygon' has {len(set(corners))} different corners of {len(corners)}; 3 or more, all")
    outline = Polygon(LocalFrame(corners[0]).to_metres(corners))
    if not outline.is_valid or outline.area <= 0:
        raise given.refuse("'polygon' crosses itself or has no area")
    if not outline.exterior.is_ccw:
        return corners, []
    return corners[::-1], [f"{given.where}: its outline was turned clockwise, so that the lap runs outside of it"]


def _lap(given: Fields, corners: list[LatLon], distance_m: float) -> list[LatLon]:
    """The corners moved outwards by moving every edge: where neighbouring edges then meet."""
    frame = LocalFrame(corners[0])
    at = frame.to_metres(corners)
    lap = np.array([_moved(at[n - 1], at[n], at[(n + 1) % len(at)], distance_m) for n in range(len(at))])
    ring = LinearRing(lap) if np.isfinite(lap).all() else None
    if ring is None or not ring.is_valid or ring.distance(Polygon(at)) < NEAREST_SHARE * distance_m:
        raise given.refuse(
            f"a lap {distance_m:g} m outside of its 'polygon' touches the structure or itself; "
            "draw the outline simpler in QGroundControl"
        )
    return list(frame.to_places(lap))


def _moved(before: Floats, here: Floats, after: Floats, distance_m: float) -> Floats:
    """A corner of a clockwise outline, moved so that both of its edges lie `distance_m` further out (to the left)."""
    into, out = here - before, after - here
    left_in = np.array([-into[1], into[0]]) / np.hypot(*into)
    left_out = np.array([-out[1], out[0]]) / np.hypot(*out)
    share = 1.0 + float(left_in @ left_out)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(here + distance_m * (left_in + left_out) / np.float64(share))


def _layer(lap: list[LatLon], height_m: float, trigger_m: float) -> Iterator[MissionItem]:
    yield _waypoint(lap[0], height_m)
    yield _command(Command.DO_SET_CAM_TRIGG_DIST, trigger_m, 0, 1)
    for place in (*lap[1:], lap[0]):
        yield _waypoint(place, height_m)
    yield _command(Command.DO_SET_CAM_TRIGG_DIST)


def _waypoint(at: LatLon, height_m: float) -> MissionItem:
    params: Params = (0.0, 0.0, 0.0, None, at.lat_deg, at.lon_deg, height_m)
    return MissionItem(Command.NAV_WAYPOINT, Frame.GLOBAL_RELATIVE_ALT, params)


def _command(command: Command, *values: float) -> MissionItem:
    padded = (*map(float, values), *(0.0,) * (7 - len(values)))
    params: Params = (padded[0], padded[1], padded[2], padded[3], padded[4], padded[5], padded[6])
    return MissionItem(command, Frame.MISSION, params)
