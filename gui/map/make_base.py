"""Makes web/land.json, the coast of the base map, from Natural Earth's 1:10m land.

Natural Earth is in the public domain (naturalearthdata.com). The input is `land-10m.json` of the npm package
world-atlas 2.0.2 (TopoJSON): `npm pack world-atlas@2.0.2`, then `python -m gui.map.make_base land-10m.json`.
Only whoever renews the file runs this; the program reads the result.

The result is one object: `unit_deg` (one step of the whole numbers below), `cell_deg`, and `cells`, a list of
[west, south, rings]: land cut into squares so that the page draws only what is in view. A ring is a flat list of
steps: longitude and latitude of the first corner from the cell's corner, then the difference of each next one.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path

from shapely import Polygon, STRtree, box, clip_by_rect, make_valid
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

CELL_DEG = 5
UNIT_DEG = 0.001
SIMPLER_THAN_DEG = 0.003
PAD_DEG = 0.01
"""How far the land of a cell reaches over its edges, so that no seam shows."""


def main(source: Path, target: Path) -> None:
    """Read TopoJSON from `source` and write the cells to `target`."""
    topology = json.loads(source.read_text())
    pieces = []
    for rings in _land(topology):
        shape = make_valid(Polygon(_unrolled(rings[0]), [_unrolled(ring) for ring in rings[1:]]))
        parts = [part for part in _polygons(shape.simplify(SIMPLER_THAN_DEG)) if part.area > 1e-5]
        pieces += [translate(part, turn) for part in parts for turn in (-360, 0, 360)]
    tree = STRtree(pieces)
    cells = []
    for west in range(-180, 180, CELL_DEG):
        for south in range(-90, 90, CELL_DEG):
            around = (west - PAD_DEG, south - PAD_DEG, west + CELL_DEG + PAD_DEG, south + CELL_DEG + PAD_DEG)
            near = tree.query(box(*around))
            cut = [clip_by_rect(pieces[i], *around) for i in near]
            flat = [ring for piece in cut for ring in _rings(piece, west, south)]
            if flat:
                cells.append([west, south, flat])
    document = {"source": "Natural Earth 1:10m land, public domain", "unit_deg": UNIT_DEG}
    document |= {"cell_deg": CELL_DEG, "pad_deg": PAD_DEG, "cells": cells}
    target.write_text(json.dumps(document, separators=(",", ":")))


def _land(topology: dict) -> list[list[list[tuple[float, float]]]]:  # type: ignore[type-arg]  # parsed JSON
    """The polygons of the topology, each a list of rings of (longitude, latitude)."""
    (scale_x, scale_y), (shift_x, shift_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[list[tuple[float, float]]] = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale_x + shift_x, y * scale_y + shift_y))
        arcs.append(points)
    return [
        [[p for i in ring for p in (arcs[i] if i >= 0 else arcs[~i][::-1])] for ring in polygon]
        for geometry in topology["objects"]["land"]["geometries"]
        for polygon in geometry["arcs"]
    ]


def _unrolled(ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The ring with longitudes that run on over 180 instead of jumping; one about a pole is closed through it."""
    run = [ring[0]]
    for lon, lat in ring[1:]:
        turns = round((run[-1][0] - lon) / 360)
        run.append((lon + 360 * turns, lat))
    if abs(run[-1][0] - run[0][0]) > 180:
        pole = -90.0 if run[0][1] < 0 else 90.0
        run += [(run[-1][0], pole), (run[0][0], pole)]
    return run


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of a geometry, however deep they lie in collections."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    return [part for inner in getattr(shape, "geoms", ()) for part in _polygons(inner)]


def _rings(shape: BaseGeometry, west: float, south: float) -> list[list[int]]:
    rings = []
    for part in _polygons(shape):
        for ring in (part.exterior, *part.interiors):
            steps = [(round((x - west) / UNIT_DEG), round((y - south) / UNIT_DEG)) for x, y in ring.coords[:-1]]
            flat = list(steps[0])
            for before, after in pairwise(steps):
                flat += [after[0] - before[0], after[1] - before[1]]
            rings.append(flat)
    return rings


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent / "web" / "land.json")
