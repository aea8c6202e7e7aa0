import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.zone import ZoneRule
from sitl.scenario.read import FOLDER, read_scenario, text_of
from sitl.scenario.stage import harbour_of, vehicle_of
from sitl.world.choice import harbour_named
from sitl.world.harbour import Harbour, practice_harbour
from sitl.world.motion import Anchored
from sitl.world.vessels import Vessel
from tests.shared import DATA, needs_shared

CELL = DATA / "charts/US4MD81M/US4MD81M.000"
NOW = datetime(2026, 6, 23, 11, 0, tzinfo=UTC)
CORNER = LatLon(43.0, 5.0)
"""South-west of the port that the tests draw."""


def ring(*corners: tuple[float, float]) -> list[list[float]]:
    places = LocalFrame(CORNER).to_places([*corners, corners[0]])
    return [[p.lon_deg, p.lat_deg] for p in places]


def feature(kind: str | None, *corners: tuple[float, float], **told: object) -> dict[str, Any]:
    geometry: dict[str, Any] = {"type": "Polygon", "coordinates": [ring(*corners)]}
    if len(corners) == 1:
        geometry = {"type": "Point", "coordinates": ring(*corners)[0]}
    elif len(corners) == 2:
        geometry = {"type": "LineString", "coordinates": ring(*corners)[:2]}
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **told}}


def rect(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def drawn() -> list[dict[str, Any]]:
    return [
        feature("quay", *rect(0, 0, 700, 50), name="South quay", height_m=2.6),
        feature("land", *rect(0, -60, 700, 20), name="Town"),
        feature("jetty", (300, 50), (300, 160), name="Ferry jetty", width_m=10),
        feature("basin", *rect(0, 50, 700, 600), name="Basin"),
        feature("anchorage", *rect(60, 350, 330, 580), name="Road"),
        feature("zone", *rect(520, 380, 640, 520), name="Naval water", rule="restricted-water"),
        feature("buoy", (400, 300), colour="green"),
        feature("launch", (40, 25), height_m=2.6),
    ]


def saved(folder: Path, features: list[dict[str, Any]]) -> Path:
    path = folder / "port.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "name": "Test port", "features": features}))
    return path


def hull(vessel: Vessel, at_utc: datetime) -> shapely.Polygon:
    state = vessel.state_at(at_utc)
    a = math.radians(state.heading_deg)
    forward, right = np.array([math.sin(a), math.cos(a)]), np.array([math.cos(a), -math.sin(a)])
    water = vessel.body.waterline
    return shapely.Polygon(water[:, :1] * forward + water[:, 1:] * right + [state.east_m, state.north_m])


def assert_nobody_touches_anything(harbour: Harbour, minutes: range) -> None:
    land = shapely.union_all([shapely.Polygon(q.outline) for q in harbour.quays])
    shapely.prepare(land)
    for minute in minutes:
        hulls = [hull(v, NOW + timedelta(minutes=minute)) for v in harbour.vessels]
        assert not [v.vessel_id for v, h in zip(harbour.vessels, hulls, strict=True) if land.intersects(h)]
        tree = shapely.STRtree(hulls)
        pairs = tree.query(hulls, predicate="intersects")
        assert (pairs[0] == pairs[1]).all()


@pytest.mark.parametrize("seed", [1, 7])
def test_in_a_port_made_by_code_vessels_are_moored_anchored_and_under_way_and_never_touch(seed: int) -> None:
    harbour = harbour_named(f"synthetic:{seed}", 3)
    roles = [v.vessel_id.rsplit("-", 1)[0] for v in harbour.vessels]
    assert roles.count("moored") >= 6
    assert roles.count("anchored") >= 2
    assert roles.count("under-way") >= 3
    assert_nobody_touches_anything(harbour, range(0, 90, 9))


def test_a_port_made_by_code_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    one, same, other = (harbour_named(name, 2) for name in ("synthetic:4", "synthetic:4", "synthetic:5"))
    assert (one.quays, one.zones, one.area) == (same.quays, same.zones, same.area)
    assert [(v.kind, v.state_at(NOW)) for v in one.vessels] == [(v.kind, v.state_at(NOW)) for v in same.vessels]
    assert one.quays != other.quays
    assert {v.kind for v in one.vessels} != {v.kind for v in harbour_named("synthetic:4", 9).vessels}


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 999_999_999))
def test_every_seed_makes_a_port_with_a_launch_on_a_quay_and_nobody_in_the_restricted_water(seed: int) -> None:
    harbour = harbour_named(f"synthetic:{seed}")
    at = shapely.Point(harbour.frame.to_metres([harbour.launch])[0])
    under = [q for q in harbour.quays if shapely.Polygon(q.outline).contains(at)]
    assert [q.height_m for q in under] == [harbour.takeoff_height_m]
    zone = next(z for z in harbour.zones if z.rule is ZoneRule.RESTRICTED_WATER)
    closed = shapely.Polygon(harbour.frame.to_metres(zone.outline))
    assert not [v.vessel_id for v in harbour.vessels if hull(v, NOW).intersects(closed)]


def test_an_anchored_vessel_keeps_its_distance_from_the_anchor_and_heads_for_it() -> None:
    motion = Anchored(10.0, 20.0, 40.0, 270.0)
    for second in range(0, 900, 30):
        state = motion.state_at(second)
        east, north = 10.0 - state.east_m, 20.0 - state.north_m
        assert math.hypot(east, north) == pytest.approx(40.0)
        assert math.degrees(math.atan2(east, north)) % 360 == pytest.approx(state.heading_deg)
        later = motion.state_at(second + 0.01)
        moved = math.hypot(later.east_m - state.east_m, later.north_m - state.north_m) / 0.01
        assert moved == pytest.approx(state.speed_m_s, abs=1e-3)


def test_a_port_from_geojson_has_what_was_drawn(tmp_path: Path) -> None:
    harbour = harbour_named(str(saved(tmp_path, drawn())), 1)
    assert harbour.name == "Test port"
    assert {q.name for q in harbour.quays} == {"South quay", "Town", "Ferry jetty"}
    assert {(z.name, z.rule) for z in harbour.zones} == {
        ("Road", ZoneRule.ANCHORAGE),
        ("Naval water", ZoneRule.RESTRICTED_WATER),
    }
    assert harbour.takeoff_height_m == 2.6
    away = (
        harbour.frame.to_metres([harbour.launch])[0]
        - harbour.frame.to_metres(LocalFrame(CORNER).to_places([(40, 25)]))[0]
    )
    assert np.hypot(*away) < 1.0
    assert any(v.vessel_id.startswith("moored") for v in harbour.vessels)
    assert any(v.vessel_id.startswith("anchored") for v in harbour.vessels)
    assert_nobody_touches_anything(harbour, range(0, 40, 5))


def test_land_with_a_lake_is_cut_so_that_the_lake_stays_water(tmp_path: Path) -> None:
    land = feature("land", *rect(0, 0, 600, 400))
    land["geometry"]["coordinates"].append(ring(*rect(200, 100, 400, 300)))
    harbour = harbour_named(str(saved(tmp_path, [land])), 0)
    solid = shapely.union_all([shapely.Polygon(q.outline) for q in harbour.quays])
    assert solid.area == pytest.approx(600 * 400 - 200 * 200, rel=0.01)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "castle"}, "feature 1 (South quay): 'kind' must be one of quay, jetty"),
        ({"height_m": "high"}, "feature 1 (South quay): 'height_m' must be a number"),
        ({"material": "cheese"}, "feature 1 (South quay): 'material' must be one of concrete"),
    ],
)
def test_a_feature_that_cannot_be_used_is_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    features = drawn()
    features[0]["properties"] |= change
    path = saved(tmp_path, features)
    with pytest.raises(BadInput) as refused:
        harbour_named(str(path))
    assert str(path) in str(refused.value)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "is not a GeoJSON FeatureCollection"),
        ("{", "is not GeoJSON"),
        ('{"type": "FeatureCollection", "features": []}', "has no features"),
        ('{"type": "FeatureCollection", "features": [3]}', "feature 1: must be a Feature with a geometry"),
    ],
)
def test_a_file_that_is_no_port_is_refused_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.geojson"
    path.write_text(text)
    with pytest.raises(BadInput, match=said):
        harbour_named(str(path))


def test_a_file_too_wide_for_one_port_asks_for_its_middle_and_takes_it(tmp_path: Path) -> None:
    path = saved(tmp_path, [*drawn(), feature("buoy", (9000, 0))])
    with pytest.raises(BadInput, match=r"spans .* km; .* name the middle as port.geojson@LAT,LON"):
        harbour_named(str(path))
    assert harbour_named(f"{path}@43.002,5.004").vessels


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 4000), st.binary(max_size=8))
def test_a_damaged_port_is_read_or_refused_in_one_sentence(at: int, what: bytes) -> None:
    import tempfile

    whole = json.dumps({"type": "FeatureCollection", "features": drawn()}).encode()
    said = ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.geojson"
        path.write_bytes(whole[: at % len(whole)] + what + whole[at % len(whole) + len(what) :])
        try:
            harbour_named(str(path))
        except BadInput as refused:
            said = str(refused)
    assert "\n" not in said


@needs_shared
def test_a_port_from_a_real_chart_has_quays_land_buoys_and_vessels_on_its_water_only() -> None:
    harbour = harbour_named(f"{CELL}@38.97,-76.48", 0)
    assert {q.material for q in harbour.quays} >= {"concrete", "grass"}
    assert sum(f.kind in {"buoy", "beacon"} for f in harbour.fixtures) >= 3
    assert len([v for v in harbour.vessels if v.vessel_id.startswith("moored")]) >= 5
    assert_nobody_touches_anything(harbour, range(0, 60, 10))


@needs_shared
def test_a_chart_without_a_place_asks_for_one() -> None:
    with pytest.raises(BadInput, match=r"is a chart: name the middle of the port as US4MD81M.000@LAT,LON"):
        harbour_named(str(CELL))


def test_an_unknown_harbour_is_told_with_what_there_is() -> None:
    with pytest.raises(BadInput, match="'atlantis' is not known; use practice, synthetic:SEED"):
        harbour_named("atlantis")


def test_a_scenario_may_name_a_port_by_a_path_beside_its_file(tmp_path: Path) -> None:
    saved(tmp_path, drawn())
    path = tmp_path / "mine.yaml"
    text = (FOLDER / "first-patrol.yaml").read_text(encoding="utf-8")
    told = [line for line in text.splitlines() if not line.startswith(("harbour:", "leave_out:", "  look_for:"))]
    path.write_text("\n".join(["harbour: port.geojson", *told]), encoding="utf-8")
    scenario = replace(read_scenario(path), leave_out=(), suspicious={})
    scenario = replace(scenario, task=replace(scenario.task, look_for=()))
    harbour = harbour_of(scenario)
    assert harbour.name == "Test port"
    assert vehicle_of(scenario, harbour).home == harbour.launch
    assert str(tmp_path / "port.geojson") in text_of(str(path))


def test_the_practice_harbour_is_what_it_was() -> None:
    assert [v.vessel_id for v in harbour_named("practice", 5).vessels] == [
        v.vessel_id for v in practice_harbour(5).vessels
    ]
