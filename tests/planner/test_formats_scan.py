"""Structure scans of QGroundControl become the flight items that it uploads for them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from planner.formats.fields import Fields
from planner.formats.missions import read_mission, write_mission
from planner.formats.qgc_scan import scan_items
from planner.geo.points import LatLon, LocalFrame, destination
from planner.model.errors import BadInput
from planner.model.mission import Frame

SQUARE = [[52.0, 4.0], [52.0009, 4.0], [52.0009, 4.00146], [52.0, 4.00146]]
"""About 100 m each way, clockwise from the south-west."""
SOURCE = Path("scan.plan")


def scan(**changes: object) -> dict[str, object]:
    camera = {"DistanceToSurface": 20, "AdjustedFootprintFrontal": 10, "AdjustedFootprintSide": 8, "version": 2}
    return {
        "type": "ComplexItem",
        "complexItemType": "StructureScan",
        "version": 3,
        "CameraCalc": camera,
        "EntranceAltitude": 70,
        "ScanBottomAlt": 5,
        "StructureHeight": 45,
        "Layers": 4,
        "GimbalPitch": -10,
        "StartFromTop": True,
        "polygon": SQUARE,
    } | changes


def plan_file(tmp_path: Path, *items: dict[str, object]) -> Path:
    mission = {"version": 2, "plannedHomePosition": [52.0, 4.0, 3.0], "items": list(items)}
    path = tmp_path / "scan.plan"
    path.write_text(json.dumps({"fileType": "Plan", "version": 1, "mission": mission}))
    return path


def test_a_scan_has_the_items_in_the_order_of_qgroundcontrol(tmp_path: Path) -> None:
    read = read_mission(plan_file(tmp_path, scan(Layers=1)))
    assert [item.command for item in read.mission] == [16, 196, 16, 206, 16, 16, 16, 16, 206, 197, 16]
    items = list(read.mission)
    assert items[0] == items[10]
    assert items[0].height_m == 70
    assert [items[n].params for n in (1, 3)] == [(0, 0, 0, 0, -10, 0, 90), (8, 0, 1, 0, 0, 0, 0)]
    assert [items[n].params for n in (8, 9)] == [(0,) * 7] * 2
    assert len({items[n].at for n in (0, 2, 7)}) == 1
    assert {item.frame for item in read.mission} == {Frame.GLOBAL_RELATIVE_ALT, Frame.MISSION}
    assert "made into 11 flight items" in read.notes[0]


@pytest.mark.parametrize(("from_top", "heights"), [(True, [40, 30, 20, 10]), (False, [10, 20, 30, 40])])
def test_layers_lie_half_a_picture_inside_and_a_picture_apart(
    from_top: bool, heights: list[float], tmp_path: Path
) -> None:
    mission = read_mission(plan_file(tmp_path, scan(StartFromTop=from_top))).mission
    flown = [item.height_m for item in mission if item.command == 16][1:-1]
    assert flown == [height for height in heights for _ in range(5)]


@given(
    st.integers(3, 12),
    st.floats(30, 90),
    st.floats(3, 30),
    st.booleans(),
    st.sampled_from([(52.0, 4.0), (-33.0, 179.9999), (0.0, 0.0), (70.0, -150.0)]),
)
def test_every_edge_of_a_lap_lies_its_distance_outside(
    count: int, radius_m: float, distance_m: float, backwards: bool, at: tuple[float, float]
) -> None:
    around = [
        destination(LatLon(*at), towards_deg=360 * n / count + 7 * (n % 2), range_m=radius_m) for n in range(count)
    ]
    corners = [[p.lat_deg, p.lon_deg] for p in (around[::-1] if backwards else around)]
    camera = {"DistanceToSurface": distance_m, "AdjustedFootprintFrontal": 10, "AdjustedFootprintSide": 8}
    items, notes = scan_items(Fields(scan(polygon=corners, CameraCalc=camera), SOURCE, "item 1"), most=65_535)
    frame = LocalFrame(LatLon(*at))
    lap = Polygon(frame.to_metres([i.at for i in items if i.at is not None][1 : 1 + count]))
    structure = Polygon(frame.to_metres(around))
    assert lap.contains(structure)
    assert lap.exterior.distance(structure) == pytest.approx(distance_m, rel=0.011)
    assert not lap.exterior.is_ccw
    assert any("turned clockwise" in note for note in notes) is backwards


def test_a_notch_too_narrow_for_the_lap_is_refused(tmp_path: Path) -> None:
    notched = [*SQUARE[:2], [52.0009, 4.0006], [52.0003, 4.0007], [52.0009, 4.0008], *SQUARE[2:]]
    with pytest.raises(BadInput, match="item 1: a lap 20 m outside of its 'polygon' touches the structure or itself"):
        read_mission(plan_file(tmp_path, scan(polygon=notched)))


def test_corners_on_a_straight_side_stay_at_the_distance(tmp_path: Path) -> None:
    straight = [SQUARE[0], [52.00045, 4.0], *SQUARE[1:]]
    mission = read_mission(plan_file(tmp_path, scan(polygon=straight, Layers=1))).mission
    frame = LocalFrame(LatLon(52.0, 4.0))
    place = [item.at for item in mission if item.at is not None][2]
    assert Point(frame.to_metres([place])[0]).distance(Polygon(frame.to_metres([LatLon(*p) for p in SQUARE]))) == (
        pytest.approx(20, abs=0.1)
    )


@pytest.mark.parametrize(
    "key", ["version", "CameraCalc", "EntranceAltitude", "StructureHeight", "Layers", "GimbalPitch", "polygon"]
)
def test_a_scan_without_a_field_is_refused_by_its_name(key: str, tmp_path: Path) -> None:
    row = scan()
    del row[key]
    with pytest.raises(BadInput, match=f"item 1: '{key}' is missing"):
        read_mission(plan_file(tmp_path, row))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"version": 2}, "StructureScan of version 2 is not known"),
        ({"Layers": 0}, "'Layers' is 0"),
        ({"Layers": 1e9}, "'Layers' is 1000000000"),
        ({"Layers": 1.5}, "a whole number is needed"),
        ({"polygon": SQUARE[:2]}, "3 or more"),
        ({"polygon": [*SQUARE, SQUARE[1]]}, "4 different corners of 5"),
        ({"polygon": [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]}, "crosses itself"),
        ({"polygon": [[200, 4], *SQUARE]}, "corner 1: latitude"),
        ({"CameraCalc": {"DistanceToSurface": 0}}, "'DistanceToSurface' is 0; it must be above 0"),
    ],
)
def test_an_impossible_scan_is_refused_with_the_reason(changes: dict[str, object], says: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=says):
        read_mission(plan_file(tmp_path, scan(**changes)))


def test_a_scan_with_more_items_than_a_vehicle_takes_is_refused(tmp_path: Path) -> None:
    ring = [destination(LatLon(52.0, 4.0), towards_deg=float(deg), range_m=900.0) for deg in range(360)]
    with pytest.raises(BadInput, match="its 1000 layers of 360 corners make 363,004 items; a vehicle takes 65,535"):
        read_mission(plan_file(tmp_path, scan(Layers=1000, polygon=[[p.lat_deg, p.lon_deg] for p in ring])))


def test_a_scan_below_the_launch_place_is_told(tmp_path: Path) -> None:
    read = read_mission(plan_file(tmp_path, scan(Layers=6)))
    assert any("lowest layer lies 10 m below the launch place" in note for note in read.notes)


def test_an_expanded_scan_is_written_and_read_back_the_same(tmp_path: Path) -> None:
    mission = read_mission(plan_file(tmp_path, scan())).mission
    write_mission(mission, tmp_path / "again.plan")
    assert read_mission(tmp_path / "again.plan").mission.items == mission.items
