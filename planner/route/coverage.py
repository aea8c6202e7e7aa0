"""What pictures have shown of an area, cell by cell: the chance of having seen a vessel, visits, the longest gap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from planner.geo.camera import Attitude, footprint, pixels_of
from planner.geo.points import Floats, LatLon, LocalFrame, centroid
from planner.model.errors import BadInput
from planner.model.plan import Area, AreaKind
from planner.model.profiles import CameraProfile
from planner.route.sight import Task, chance_seen
from planner.route.timeline import Shots

MOST_CELLS = 250_000
VISIT_GAP_S = 60.0
"""Pictures of a cell that are closer in time belong to one visit."""
FARTHEST_M = 5_000.0
"""Farther than this from the camera nothing is counted as seen."""
_ALONG_LINE_M = 100.0
Patch = tuple[tuple[LatLon, ...], tuple[tuple[LatLon, ...], ...]]
"""A polygon of joined cells: outline and holes."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells about a place: `inside` (rows north, columns east) are those that count."""

    frame: LocalFrame
    west_m: float
    south_m: float
    cell_m: float
    inside: npt.NDArray[np.bool_]

    def centres_m(self) -> Floats:
        """East and north of every cell's centre, shape (rows, columns, 2)."""
        rows, columns = self.inside.shape
        east = self.west_m + (np.arange(columns) + 0.5) * self.cell_m
        north = self.south_m + (np.arange(rows) + 0.5) * self.cell_m
        return np.stack(np.meshgrid(east, north), axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Arrays over a grid's cells. `seen` is the chance of having done the task on a vessel there, in [0, 1].

    Pictures of one visit count once, with the best of them; visits are taken as independent. `worst_gap_s` is the
    longest time between two visits; NaN where there were fewer than two.
    """

    grid: Grid
    seen: Floats
    visits: npt.NDArray[np.int64]
    worst_gap_s: Floats

    @property
    def figures(self) -> dict[str, float | int | None]:
        """What matters in numbers, for JSON; shares are of the cells that count."""
        inside = self.grid.inside
        seen, visits = self.seen[inside], self.visits[inside]
        gaps = self.worst_gap_s[inside]
        known = gaps[~np.isnan(gaps)]
        return {
            "cells": int(inside.sum()),
            "cell_m": self.grid.cell_m,
            "area_m2": round(float(inside.sum()) * self.grid.cell_m**2, 1),
            "mean_chance": round(float(seen.mean()), 4),
            "share_above_half": round(float((seen >= 0.5).mean()), 4),
            "share_above_nine_tenths": round(float((seen >= 0.9).mean()), 4),
            "share_never_in_view": round(float((visits == 0).mean()), 4),
            "visits_mean": round(float(visits.mean()), 3),
            "visits_most": int(visits.max()),
            "worst_gap_s": round(float(known.max()), 1) if len(known) else None,
        }


def grid_of(areas: Sequence[Area], shots: Shots, camera: CameraProfile, *, cell_m: float | None = None) -> Grid:
    """Cells over the areas (lines: 100 m to each side); without areas, over all that the pictures show.

    Raises:
        BadInput: neither areas nor pictures, or too many cells.
    """
    if not areas and not len(shots):
        raise BadInput("plan coverage", "there is no area and no picture to draw a map of")
    corners = [place for area in areas for place in area.outline] or _places(shots)
    frame = LocalFrame(centroid(corners))
    goal = shapely.union_all([_shape(area, frame) for area in areas] or _footprints(shots, camera, frame))
    if goal.is_empty:
        raise BadInput("plan coverage", "no picture shows any water; does the camera look down?")
    west, south, east, north = goal.bounds
    size = cell_m or float(np.clip(round(max(east - west, north - south) / 150), 2, 500))
    columns, rows = int((east - west) / size) + 1, int((north - south) / size) + 1
    if columns * rows > MOST_CELLS:
        raise BadInput("plan coverage", f"{columns * rows:,} cells of {size:g} m are too many; use a greater --cell-m")
    points = Grid(frame, west, south, size, np.zeros((rows, columns), dtype=bool)).centres_m()
    inside = shapely.contains_xy(goal, points[..., 0], points[..., 1])
    if not inside.any():
        raise BadInput("plan coverage", f"the area is smaller than a cell of {size:g} m; use a smaller --cell-m")
    return Grid(frame, west, south, size, np.asarray(inside, dtype=bool))


def coverage(grid: Grid, shots: Shots, camera: CameraProfile, *, length_m: float, task: Task = Task.DETECT) -> Coverage:
    """What `shots`, in time order, have shown of the grid's cells, for a vessel of `length_m`."""
    shape = grid.inside.shape
    missed, best = np.ones(shape), np.zeros(shape)
    last, gap = np.full(shape, -np.inf), np.full(shape, np.nan)
    visits = np.zeros(shape, dtype=np.int64)
    at = grid.frame.degrees_to_metres(shots.lat_deg, shots.lon_deg) if len(shots) else np.zeros((0, 2))
    centres = grid.centres_m()
    for i in range(len(shots)):
        view = _seen_by(grid, centres, shots, i, at[i], camera, length_m, task)
        if view is None:
            continue
        rows, columns, chance = view
        now = shots.time_s[i]
        since = now - last[rows, columns]
        fresh = since > VISIT_GAP_S
        r, c = rows[fresh], columns[fresh]
        missed[r, c] *= 1 - best[r, c]
        best[r, c] = 0.0
        visits[r, c] += 1
        again = fresh & np.isfinite(since)
        r, c = rows[again], columns[again]
        gap[r, c] = np.fmax(gap[r, c], since[again])
        best[rows, columns] = np.maximum(best[rows, columns], chance)
        last[rows, columns] = now
    return Coverage(grid, 1 - missed * (1 - best), visits, gap)


def classes(grid: Grid, values: Floats, edges: Sequence[float]) -> list[list[Patch]]:
    """Cells joined to polygons by a value of theirs, one list of (outline, holes) per class; for drawing.

    Class k holds values in [edges[k], edges[k + 1]); the last one is closed above. Cells without a value (NaN) are in
    no class.
    """
    found = []
    for k in range(len(edges) - 1):
        top = values < edges[k + 1] if k < len(edges) - 2 else values <= edges[k + 1]
        mask = grid.inside & (values >= edges[k]) & top
        rows, columns = np.nonzero(mask)
        west, south = grid.west_m + columns * grid.cell_m, grid.south_m + rows * grid.cell_m
        cells = shapely.box(west, south, west + grid.cell_m, south + grid.cell_m)
        joined = shapely.union_all(cells) if len(rows) else Polygon()
        parts = [part for part in shapely.get_parts(joined) if isinstance(part, Polygon) and not part.is_empty]
        found.append([_patch(part, grid) for part in parts])
    return found


def _patch(part: Polygon, grid: Grid) -> Patch:
    return _ring(part.exterior, grid), tuple(_ring(hole, grid) for hole in part.interiors)


def _ring(ring: LineString, grid: Grid) -> tuple[LatLon, ...]:
    return tuple(grid.frame.to_places(shapely.get_coordinates(shapely.simplify(ring, 0.01))[:-1]))


def _seen_by(
    grid: Grid,
    centres: Floats,
    shots: Shots,
    i: int,
    at: Floats,
    camera: CameraProfile,
    length_m: float,
    task: Task,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Floats] | None:
    """Rows, columns and chances of the cells in picture `i`; None where it shows none."""
    height = float(shots.height_m[i])
    if height <= 0.5:
        return None
    attitude = Attitude(float(shots.yaw_deg[i]), float(shots.pitch_deg[i]), float(shots.roll_deg[i]))
    corners = footprint(camera.intrinsics, attitude, height)
    reach = np.where(np.isnan(corners), FARTHEST_M, np.abs(corners)).max()
    reach = min(float(reach) * 1.01 + grid.cell_m, FARTHEST_M)
    if not np.isnan(corners).any():
        low, high = corners.min(axis=0), corners.max(axis=0)
    else:
        low, high = np.array([-reach, -reach]), np.array([reach, reach])
    first = np.floor((at + low - [grid.west_m, grid.south_m]) / grid.cell_m).astype(int) - 1
    last = np.ceil((at + high - [grid.west_m, grid.south_m]) / grid.cell_m).astype(int) + 1
    rows, columns = grid.inside.shape
    c0, c1 = max(first[0], 0), min(last[0], columns)
    r0, r1 = max(first[1], 0), min(last[1], rows)
    if c0 >= c1 or r0 >= r1:
        return None
    offsets = centres[r0:r1, c0:c1].reshape(-1, 2) - at
    pixels = pixels_of(camera.intrinsics, attitude, np.column_stack([offsets, np.full(len(offsets), -height)]))
    with np.errstate(invalid="ignore"):
        shown = ((pixels >= 0) & (pixels <= [camera.width_px, camera.height_px])).all(axis=1)
    shown &= grid.inside[r0:r1, c0:c1].ravel() & (np.hypot(*offsets.T) <= FARTHEST_M)
    index = np.flatnonzero(shown)
    flat = np.hypot(*offsets[index].T)
    chance = chance_seen(
        camera,
        task,
        length_m=length_m,
        slant_m=np.hypot(flat, height),
        depression_rad=np.arctan2(height, flat),
    )
    row, column = np.unravel_index(index, (r1 - r0, c1 - c0))
    return row + r0, column + c0, chance


def _shape(area: Area, frame: LocalFrame) -> BaseGeometry:
    points = frame.to_metres(area.outline)
    if area.kind is AreaKind.LINE:
        return LineString(points).buffer(_ALONG_LINE_M)
    return shapely.make_valid(Polygon(points, [frame.to_metres(hole) for hole in area.holes]))


def _places(shots: Shots) -> list[LatLon]:
    step = max(1, len(shots) // 500)
    return [LatLon(float(a), float(b)) for a, b in zip(shots.lat_deg[::step], shots.lon_deg[::step], strict=True)]


def _footprints(shots: Shots, camera: CameraProfile, frame: LocalFrame) -> list[Polygon]:
    at = frame.degrees_to_metres(shots.lat_deg, shots.lon_deg)
    found = []
    for i in range(len(shots)):
        if shots.height_m[i] <= 0.5:
            continue
        attitude = Attitude(float(shots.yaw_deg[i]), float(shots.pitch_deg[i]), float(shots.roll_deg[i]))
        corners = footprint(camera.intrinsics, attitude, float(shots.height_m[i]))
        if not np.isnan(corners).any() and np.abs(corners).max() <= FARTHEST_M:
            found.append(Polygon(at[i] + corners))
    return found
