"""Ports from GeoJSON (RFC 7946): each feature says with `kind` what it is. See docs/scenario-format.md."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.zone import Zone, ZoneRule
from sitl.world.layout import REACH_M, Layout, Mark, frame_box, polygons, quays_of, ring_of
from sitl.world.quays import GREEN, MATERIALS, RED, YELLOW, Quay
from sitl.world.solids import Rgb

LARGEST_BYTES = 32 << 20
LINE_M = 6.0
"""Half the width of a quay that is drawn as a line."""
SOLID: dict[str, tuple[float, str]] = {
    "quay": (3.0, "concrete"), "jetty": (2.2, "concrete"), "pontoon": (0.6, "wood"), "mole": (3.5, "rubble"),
    "land": (2.5, "grass"),
}  # fmt: skip
"""What vessels cannot go over: height of its top above the water and its surface, unless the feature says otherwise."""
KINDS = (*SOLID, "basin", "anchorage", "zone", "area", "buoy", "launch")
COLOURS: dict[str, Rgb] = {"red": RED, "green": GREEN, "yellow": YELLOW}
_RULES = {"shore": "quay", "land": "land", "anchorage": "anchorage"}
"""The kind of a feature that has only the `rule` of a zone file."""


@dataclass(frozen=True, slots=True)
class _Feature:
    """A feature of the file: what it is called in messages, its kind, properties, and shape in degrees."""

    item: str
    kind: str
    properties: Mapping[str, Any]
    shape: BaseGeometry

    @property
    def name(self) -> str:
        """Its name, or that of its kind."""
        return str(self.properties.get("name") or self.kind.capitalize())

    def refused(self, path: Path, problem: str) -> BadInput:
        """What is wrong with it, in a sentence."""
        return BadInput(path, f"{self.item}: {problem}")

    def number(self, path: Path, name: str, usual: float) -> float:
        """A property in metres."""
        value = self.properties.get(name, usual)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0.1 <= value <= 100:
            raise self.refused(path, f"'{name}' must be a number from 0.1 to 100, got {value!r}")
        return float(value)

    def word(self, path: Path, name: str, usual: str, known: Sequence[str]) -> str:
        """A property that is one of some words."""
        value = self.properties.get(name, usual)
        if value not in known:
            raise self.refused(path, f"'{name}' must be one of {', '.join(known)}, got {value!r}")
        return str(value)


@dataclass
class Collected:
    """The parts of a port as they are found, in metres."""

    quays: list[Quay] = field(default_factory=list)
    berths: list[Quay] = field(default_factory=list)
    basins: list[BaseGeometry] = field(default_factory=list)
    anchorages: list[shapely.Polygon] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    area: tuple[tuple[float, float], ...] = ()
    launch: tuple[tuple[float, float], float] | None = None

    def add_solid(self, kind: str, name: str, shape: BaseGeometry, height_m: float, material: str) -> None:
        """Adds a quay, mole or land; what is not land already can be moored at."""
        taken = shapely.union_all([shapely.Polygon(q.outline) for q in self.quays]) if self.quays else shapely.Polygon()
        made = quays_of(name, shape.difference(taken), height_m, material)
        self.quays += made
        if kind not in {"land", "mole"}:
            self.berths += made

    def layout(self, name: str, origin: LatLon, source: str) -> Layout:
        """The port of all that was added.

        Raises:
            BadInput: nothing to stand on, or no water.
        """
        land = shapely.union_all([shapely.Polygon(q.outline) for q in self.quays]) if self.quays else shapely.Polygon()
        open_ = shapely.union_all(self.basins).intersection(frame_box()) if self.basins else frame_box()
        water = open_.difference(land)
        if water.area < 1000:
            raise BadInput(source, "has no water within 1500 m of its middle: vessels would have no place")
        at, height_m = self.launch or _stand(self.quays, source)
        return Layout(name, origin, tuple(self.quays), water, at, height_m, tuple(self.berths or self.quays),
                      tuple(self.anchorages), tuple(self.marks), tuple(self.zones), self.area)  # fmt: skip


def geojson_layout(path: Path, middle: LatLon | None = None) -> Layout:
    """The port in a GeoJSON file, built about `middle` (without it: about the middle of all that is in the file).

    Raises:
        BadInput: not readable, no GeoJSON, a feature that cannot be used; names it.
    """
    document = _parsed(path)
    features = [_feature(path, n, raw) for n, raw in enumerate(document["features"], start=1)]
    if not features:
        raise BadInput(path, "has no features; a port needs at least a quay or land")
    origin = middle or _middle(path, features)
    frame, found = LocalFrame(origin), Collected()
    # quays before land, so that land which reaches under a quay gives way to it
    for feature in sorted(features, key=lambda f: f.kind == "land"):
        _add(path, feature, frame, found)
    name = document.get("name")
    return found.layout(name if isinstance(name, str) and name.strip() else path.stem, origin, str(path))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise BadInput(path, f"has {path.stat().st_size / 1e6:.0f} MB; a port has at most 32 MB")
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BadInput(path, "does not exist") from None
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise BadInput(path, "is not GeoJSON: it is no JSON text in UTF-8") from None
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise BadInput(path, "is not a GeoJSON FeatureCollection")
    if not isinstance(document.get("features"), list):
        raise BadInput(path, "'features' must be a list")
    return document


def _feature(path: Path, number: int, raw: object) -> _Feature:
    item = f"feature {number}"
    if not isinstance(raw, dict) or not isinstance(raw.get("geometry"), dict):
        raise BadInput(path, f"{item}: must be a Feature with a geometry")
    told = raw.get("properties")
    properties: dict[str, Any] = told if isinstance(told, dict) else {}
    name = properties.get("name")
    if isinstance(name, str) and name:
        item = f"{item} ({name})"
    kind = properties.get("kind") or _RULES.get(str(properties.get("rule")), "zone" if "rule" in properties else None)
    if kind not in KINDS:
        raise BadInput(path, f"{item}: 'kind' must be one of {', '.join(KINDS)}, got {kind!r}")
    try:
        shape = shapely.from_geojson(json.dumps(raw["geometry"]))
        shape = shape if shape.is_valid else shapely.make_valid(shape)
        west, south, east, north = shape.bounds
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        raise BadInput(path, f"{item}: its geometry is no GeoJSON geometry") from None
    if shape.is_empty or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadInput(path, f"{item}: its geometry is empty or not in degrees of longitude and latitude")
    return _Feature(item, kind, properties, shape)


def _middle(path: Path, features: list[_Feature]) -> LatLon:
    bounds = shapely.total_bounds([f.shape for f in features])
    west, south, east, north = (float(v) for v in bounds)
    middle = LatLon((south + north) / 2, (west + east) / 2)
    wide_m = (east - west) * 111_320.0 * math.cos(math.radians(middle.lat_deg))
    high_m = (north - south) * 111_320.0
    if max(wide_m, high_m) > 2 * REACH_M:
        raise BadInput(
            path,
            f"spans {max(wide_m, high_m) / 1000:.1f} km; a port is built within 1.5 km of its middle: "
            f"name the middle as {path.name}@LAT,LON",
        )
    return middle


def in_metres(shape: BaseGeometry, frame: LocalFrame) -> BaseGeometry:
    """A shape in degrees as east and north metres, cut to the square that a port is built in."""
    moved = shapely.transform(
        shapely.force_2d(shape), lambda at: frame.degrees_to_metres(at[:, 1].copy(), at[:, 0].copy())
    )
    return shapely.make_valid(moved).intersection(frame_box())


def _add(path: Path, feature: _Feature, frame: LocalFrame, found: Collected) -> None:
    shape = in_metres(feature.shape, frame)
    if shape.is_empty:
        return
    if feature.kind in SOLID:
        height_m = feature.number(path, "height_m", SOLID[feature.kind][0])
        material = feature.word(path, "material", SOLID[feature.kind][1], MATERIALS)
        solid = (
            shape
            if polygons(shape)
            else shape.buffer(feature.number(path, "width_m", 2 * LINE_M) / 2, cap_style="flat")
        )
        found.add_solid(feature.kind, feature.name, solid, height_m, material)
    elif feature.kind == "buoy":
        found.marks.append(Mark(*_at(shape), COLOURS[feature.word(path, "colour", "yellow", tuple(COLOURS))]))
    elif feature.kind == "launch":
        found.launch = (_at(shape), feature.number(path, "height_m", 3.0))
    else:
        _add_area(path, feature, shape, frame, found)


def _add_area(path: Path, feature: _Feature, shape: BaseGeometry, frame: LocalFrame, found: Collected) -> None:
    areas = polygons(shape)
    if not areas:
        raise feature.refused(path, f"a {feature.kind} must be a polygon")
    if feature.kind == "basin":
        found.basins.append(shape)
    elif feature.kind == "area":
        found.area = ring_of(areas[0])
    elif feature.kind == "anchorage":
        found.anchorages += areas
        found.zones += [_zone(feature.name, ZoneRule.ANCHORAGE, p, frame) for p in areas]
    else:
        rule = feature.word(path, "rule", ZoneRule.RESTRICTED_WATER.value, tuple(ZoneRule))
        found.zones += [_zone(feature.name, ZoneRule(rule), p, frame) for p in areas]


def _at(shape: BaseGeometry) -> tuple[float, float]:
    point = shape.representative_point()
    return float(point.x), float(point.y)


def _zone(name: str, rule: ZoneRule, shape: shapely.Polygon, frame: LocalFrame) -> Zone:
    return Zone(name, rule, tuple(frame.to_places(ring_of(shape))))


def _stand(quays: list[Quay], source: str) -> tuple[tuple[float, float], float]:
    """Where the drone takes off: on the quay or land nearest to the middle that has room."""
    firm = [q for q in quays if q.height_m >= 1.0 and shapely.Polygon(q.outline).buffer(-4.0).area > 1.0]
    if not firm:
        raise BadInput(source, "has no quay or land to take off from; add one, or a point with kind launch")
    middle = shapely.Point(0, 0)
    best = min(firm, key=lambda q: shapely.distance(middle, shapely.Polygon(q.outline).buffer(-4.0)))
    room = shapely.Polygon(best.outline).buffer(-4.0)
    near = nearest_points(room, middle)[0]
    return (float(near.x), float(near.y)), best.height_m
