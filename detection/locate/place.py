"""Detections placed on the sea, each with an error ellipse, a range interval and a length.

See docs/georeferencing.md for the conventions and for what is and is not corrected.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from detection.footage.frames import Frame
from detection.locate.ellipse import ellipse_of
from detection.locate.sightings import Ellipse, Fix, Sighting
from detection.locate.waterline import Waterline, waterlines
from detection.vision.boxes import Boxes
from planner.geo.camera import REFRACTION_RADIUS_M, Intrinsics, rays, sea_points
from planner.geo.points import Floats, LatLon, LocalFrame
from planner.model.pose import Pose

MIN_POINT_DEPRESSION_DEG = 3.0
"""Below this a range is an interval, never a point."""
MAX_POINT_ERROR = 0.30
"""Error along the view, as a share of the slant range, above which a range is an interval."""
EDGE_PX = 2.0
"""A box nearer to the image's edge than this may be cut off by it."""
SLIMMEST = 0.15
"""Beam over length of the slimmest hull that is considered when a length is read from an upright box."""
TALL_SHIP_HORIZON_M = 21_100.0
"""How far behind the horizon a ship 30 m high still shows: sqrt(2 R h) with refraction."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What is uncertain beside the pose, one sigma each: the edges of a box in pixels and as a share of its size
    (wake, blur, the detector's habits), and the focal length as a share of itself.
    """  # noqa: D205

    edge_px: float = 1.5
    box_share: float = 0.04
    focal_share: float = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A frame whose pose and lens are known."""

    camera: Intrinsics
    pose: Pose
    budget: Budget

    @property
    def dip_rad(self) -> float:
        """How far the horizon lies below the level, seen through standard refraction."""
        return math.acos(REFRACTION_RADIUS_M / (REFRACTION_RADIUS_M + self.pose.height_m))

    @property
    def horizon_m(self) -> float:
        """Distance along the sea to the horizon."""
        return REFRACTION_RADIUS_M * self.dip_rad

    def sea(self, pixels: Floats) -> Floats:
        """East and north from the point below the camera, shape (N, 2); NaN above the horizon."""
        return sea_points(rays(self.camera, self.pose.attitude, pixels), self.pose.height_m)


def locate(frame: Frame, boxes: Boxes, budget: Budget | None = None) -> tuple[Sighting, ...]:
    """A sighting for each box, in the boxes' order; none where the frame's pose or lens is not known.

    `sighting_id` is the frame's id and the box's index, so equal boxes give equal ids.
    """
    if frame.pose is None or frame.intrinsics is None or len(boxes) == 0 or frame.pose.height_m <= 0:
        return ()
    view = _View(frame.intrinsics, frame.pose, budget or Budget())
    xyxy = boxes.xyxy.astype(float)
    line = waterlines(view.camera, view.pose.attitude, xyxy)
    placed = _place(view, line, xyxy)
    ground = LocalFrame(view.pose.at)
    return tuple(_sighting(frame, boxes, view, placed, ground, i) for i in range(len(boxes)))


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """Columns over boxes; places in metres east and north of the point below the camera."""

    spot: Floats
    depression_rad: Floats
    bearing_rad: Floats
    covariance: Floats
    along_m: Floats
    near_m: Floats
    far_m: Floats
    hull: Floats
    length_m: Floats


def _place(view: _View, line: Waterline, xyxy: Floats) -> _Placed:
    through = rays(view.camera, view.pose.attitude, line.middle)
    spot = sea_points(through, view.pose.height_m)
    bearing = np.arctan2(through[:, 0], through[:, 1])
    covariance = _covariance(view, line, through)
    ahead = np.column_stack([np.sin(bearing), np.cos(bearing)])
    along = np.sqrt(np.einsum("ni,nij,nj->n", ahead, covariance, ahead))
    depression = np.arcsin(np.clip(-through[:, 2], -1.0, 1.0))
    near, far = _range_interval(view, line, spot, depression, along)
    return _Placed(
        spot, depression, bearing, covariance, along, near, far, _hull(view, line, xyxy), _lengths(view, line, xyxy)
    )


def _covariance(view: _View, line: Waterline, through: Floats) -> Floats:
    """Covariance of each place, shape (N, 2, 2): first order, each error's effect found by numeric differences."""
    sigma = view.pose.sigma
    yaw = math.radians(view.pose.attitude.yaw_deg)
    forward, right = np.array([math.sin(yaw), math.cos(yaw), 0.0]), np.array([math.cos(yaw), -math.sin(yaw), 0.0])
    height = view.pose.height_m
    n = len(through)
    total = np.tile(np.eye(2) * sigma.position_m**2, (n, 1, 1))

    def turned(axis: Floats, angle: float) -> Floats:
        return sea_points(through + angle * np.cross(axis, through), height)

    def shifted(direction: Floats, pixels: Floats) -> Floats:
        return view.sea(line.middle + direction * pixels[:, None])

    across = np.column_stack([-line.down[:, 1], line.down[:, 0]])
    size_px = 2 * np.abs(line.half)
    edge = view.budget.edge_px / math.sqrt(2)  # the middle of two edges, each with its own error
    down_px = np.hypot(np.hypot(edge, line.spread_px), view.budget.box_share * np.abs(line.down * size_px).sum(axis=1))
    across_px = np.hypot(edge, view.budget.box_share * np.abs(across * size_px).sum(axis=1))

    def zoomed(share: float) -> Floats:
        camera = replace(view.camera, focal_px=view.camera.focal_px * (1 + share))
        return sea_points(rays(camera, view.pose.attitude, line.middle), height)

    step = 0.1
    rise = step * sigma.height_m
    effects = [(sea_points(through, height + rise), sea_points(through, max(height - rise, 0.1)))]
    for axis, degrees in ((right, sigma.pitch_deg), (forward, sigma.roll_deg), (np.array([0.0, 0, 1]), sigma.yaw_deg)):
        angle = math.radians(degrees) * step
        effects.append((turned(axis, angle), turned(axis, -angle)))
    effects += [(shifted(line.down, step * down_px), shifted(line.down, -step * down_px))]
    effects += [(shifted(across, step * across_px), shifted(across, -step * across_px))]
    effects += [(zoomed(step * view.budget.focal_share), zoomed(-step * view.budget.focal_share))]
    here = sea_points(through, height)
    for up, down in effects:
        column = _slope(up, here, down) / step
        total += column[:, :, None] * column[:, None, :]
    return np.asarray(np.where(np.isfinite(total), total, np.nan), dtype=float)


def _slope(up: Floats, here: Floats, down: Floats) -> Floats:
    """Half the difference of two places, or the difference to the middle where one of them is above the horizon."""
    return np.asarray(
        np.where(
            np.isfinite(up) & np.isfinite(down), (up - down) / 2, np.where(np.isfinite(up), up - here, here - down)
        ),
        dtype=float,
    )


def _range_interval(
    view: _View, line: Waterline, spot: Floats, depression: Floats, along: Floats
) -> tuple[Floats, Floats]:
    """Nearest and farthest range at one sigma, not linearised: near the horizon the far side is much longer."""
    reach = np.linalg.norm(spot, axis=1)
    sigma = view.pose.sigma
    pixel = np.hypot(line.spread_px, view.budget.edge_px) / view.camera.focal_px
    angle = np.hypot(math.radians(sigma.pitch_deg), pixel)
    scale = sigma.height_m / view.pose.height_m
    at_near, at_far = _reach(view, depression + angle), _reach(view, depression - angle)
    other = np.hypot(reach * scale, sigma.position_m)
    steep = reach - along
    near = np.where(np.isfinite(reach), np.maximum(reach - np.hypot(reach - at_near, other), 0.0), at_near)
    far = np.where(np.isfinite(reach), reach + np.hypot(at_far - reach, other), np.inf)
    shallow = np.degrees(depression) < 10.0
    near = np.where(shallow | ~np.isfinite(reach), near, np.maximum(steep, 0.0))
    far = np.where(shallow | ~np.isfinite(reach), far, reach + along)
    return near, np.minimum(far, view.horizon_m + TALL_SHIP_HORIZON_M)


def _reach(view: _View, depression: Floats) -> Floats:
    """Range along the sea at a depression in radians; the horizon's where that looks above it."""
    level = np.column_stack([np.zeros_like(depression), np.cos(depression), -np.sin(depression)])
    reach = np.linalg.norm(sea_points(level, view.pose.height_m), axis=1)
    return np.asarray(np.where(np.isfinite(reach), reach, view.horizon_m), dtype=float)


def _hull(view: _View, line: Waterline, xyxy: Floats) -> Floats:
    """Corners (N, 4, 2) on the sea of the part of each box that lies on the water, clockwise from the top left."""
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=float)
    corners = line.middle[:, None, :] + signs[None] * line.half[:, None, :]
    corners = np.clip(corners, xyxy[:, None, :2], xyxy[:, None, 2:])
    return view.sea(corners.reshape(-1, 2)).reshape(-1, 4, 2)


def _lengths(view: _View, line: Waterline, xyxy: Floats) -> Floats:
    """(shortest, longest) length in metres, shape (N, 2), of a hull at any heading that fills the box.

    A hull with length L and beam B under any heading fills a box W x D with L^2 + B^2 = W^2 + D^2 (an ellipse; a
    rectangle fills more). So L lies between the longer side (heading along it) and the diagonal less the slimmest
    beam. W and D are metres on the sea, so foreshortening is divided out; how much of the box's depth is waterline
    and how much is superstructure is not known (see waterline.py), and widens the interval.
    """
    full = (xyxy[:, 2:] - xyxy[:, :2]) / 2
    shortest, longest = np.zeros(len(full)), np.zeros(len(full))
    for share, is_longest in ((line.depth_low, False), (line.depth_high, True)):
        half = full * (1 - np.abs(line.down) * (1 - share)[:, None])
        # the part of the box on the water ends at the box's lower side
        middle = line.middle + line.down * (np.abs(line.down) * (line.half - half)).sum(axis=1)[:, None]
        sides = [
            view.sea(middle + half * sign) - view.sea(middle - half * sign)
            for sign in (np.array([1, 0]), np.array([0, 1]))
        ]
        width, depth = (np.linalg.norm(side, axis=1) for side in sides)
        if is_longest:
            longest = np.hypot(width, depth) / math.sqrt(1 + SLIMMEST**2)
        else:
            shortest = np.maximum(width, depth)
    return np.column_stack([shortest, np.maximum(shortest, longest)])


def _sighting(frame: Frame, boxes: Boxes, view: _View, placed: _Placed, ground: LocalFrame, i: int) -> Sighting:
    fix = _fix(view, placed, i)
    left, top, right, bottom = (float(v) for v in boxes.xyxy[i])
    at: LatLon | None = None
    ellipse: Ellipse | None = None
    hull: tuple[LatLon, ...] = ()
    length: tuple[float, float] | None = None
    if fix is not Fix.BEARING:
        at = ground.to_place(*placed.spot[i])
        ellipse = _capped(ellipse_of(placed.covariance[i]), view.horizon_m)
        hull = _places(ground, placed.hull[i])
        length = _length(placed, fix, i)
    return Sighting(
        sighting_id=f"{frame.frame_id}-{i:03d}",
        frame_id=frame.frame_id,
        at_utc=frame.at_utc,
        box=(left, top, right, bottom),
        score=float(boxes.score[i]),
        label=int(boxes.label[i]),
        fix=fix,
        at=at,
        ellipse=ellipse,
        bearing_deg=math.degrees(float(placed.bearing_rad[i])) % 360.0,
        range_m=(float(placed.near_m[i]), float(placed.far_m[i])),
        length_m=length,
        truncated=_touches_edge((left, top, right, bottom), frame),
        hull=hull,
    )


def _fix(view: _View, placed: _Placed, i: int) -> Fix:
    if not np.isfinite(placed.spot[i]).all() or not np.isfinite(placed.covariance[i]).all():
        return Fix.BEARING
    slant = math.hypot(float(np.linalg.norm(placed.spot[i])), view.pose.height_m)
    shallow = math.degrees(float(placed.depression_rad[i])) < MIN_POINT_DEPRESSION_DEG
    if shallow or float(placed.along_m[i]) > MAX_POINT_ERROR * slant:
        return Fix.WEDGE
    return Fix.POINT


def _length(placed: _Placed, fix: Fix, i: int) -> tuple[float, float] | None:
    shortest, longest = (float(v) for v in placed.length_m[i])
    if not math.isfinite(shortest) or not math.isfinite(longest):
        return None
    if fix is Fix.WEDGE:  # a length is an angle times a range
        reach = float(np.linalg.norm(placed.spot[i]))
        shortest, longest = shortest * float(placed.near_m[i]) / reach, longest * float(placed.far_m[i]) / reach
    return shortest, longest


def _capped(ellipse: Ellipse, most_m: float) -> Ellipse:
    return replace(ellipse, major_m=min(ellipse.major_m, most_m), minor_m=min(ellipse.minor_m, most_m))


def _places(ground: LocalFrame, corners: Floats) -> tuple[LatLon, ...]:
    return tuple(ground.to_places(corners)) if np.isfinite(corners).all() else ()


def _touches_edge(box: tuple[float, float, float, float], frame: Frame) -> bool:
    left, top, right, bottom = box
    return left <= EDGE_PX or top <= EDGE_PX or right >= frame.width_px - EDGE_PX or bottom >= frame.height_px - EDGE_PX
