import json
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.formats.areas import read_areas
from planner.formats.missions import read_mission
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.plan import AreaKind
from tests.shared import DATA, needs_shared

RING = [[4.0, 51.0], [4.1, 51.0], [4.1, 51.1], [4.0, 51.0]]
KML = '<?xml version="1.0"?>{dtd}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
PLACEMARK = "<Placemark><name>Quay</name>{shape}</Placemark>"


def polygon_kml(coordinates: str) -> str:
    ring = f"<LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"
    shape = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
    return KML.format(dtd="", body=PLACEMARK.format(shape=shape))


def test_features_collections_and_bare_geometries_are_read(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"name": "Quay"},
        "geometry": {"type": "Polygon", "coordinates": [RING]},
    }
    line = {"type": "LineString", "coordinates": RING[:3]}
    document = {"type": "FeatureCollection", "features": [feature, {"type": "Feature", "geometry": line}]}
    (tmp_path / "a.geojson").write_text(json.dumps(document))
    quay, shore = read_areas(tmp_path / "a.geojson")
    assert (quay.name, quay.kind, len(quay.outline)) == ("Quay", AreaKind.POLYGON, 3)
    assert (shore.name, shore.kind, len(shore.outline)) == ("area 2", AreaKind.LINE, 3)


def test_several_polygons_and_holes_are_kept(tmp_path: Path) -> None:
    hole = [[4.02, 51.01], [4.08, 51.01], [4.08, 51.05], [4.02, 51.01]]
    shape = {"type": "MultiPolygon", "coordinates": [[RING, hole], [RING]]}
    (tmp_path / "a.json").write_text(json.dumps(shape))
    first, second = read_areas(tmp_path / "a.json")
    assert len(first.holes) == 1
    assert second.holes == ()


@needs_shared
def test_a_polygon_of_google_earth_is_read() -> None:
    (area,) = read_areas(DATA / "plans/qgroundcontrol/PolygonGood.kml")
    assert area.name == "Untitled Polygon"
    assert len(area.outline) == 4
    assert area.outline[0] == LatLon(47.65965281788451, -122.1059149362712)


@needs_shared
@pytest.mark.parametrize("read", [read_areas, read_mission])
@pytest.mark.parametrize("name", ["PolygonBadCoordinatesNode.kml", "PolygonBadXml.kml"])
def test_broken_kml_of_others_is_refused(name: str, read: Callable[[Path], object]) -> None:
    with pytest.raises(BadInput, match="line 1 begins with 'Incorrectly formed XML test file'"):
        read(DATA / "plans/qgroundcontrol" / name)


@pytest.mark.parametrize("read", [read_areas, read_mission])
def test_the_line_of_a_fault_in_kml_is_named(read: Callable[[Path], object], tmp_path: Path) -> None:
    (tmp_path / "a.kml").write_text("<kml>\n<Document>\n<name>Basin</nam>\n</Document></kml>")
    with pytest.raises(BadInput, match=r"a.kml: is not well-formed XML: mismatched tag: line 3, column 13"):
        read(tmp_path / "a.kml")


def test_kml_lines_and_polygons_in_folders_are_read(tmp_path: Path) -> None:
    line = PLACEMARK.format(shape="<LineString><coordinates>4,51,0 4.1,51,0</coordinates></LineString>")
    (tmp_path / "a.kml").write_text(KML.format(dtd="", body=f"<Folder>{line}</Folder>"))
    (area,) = read_areas(tmp_path / "a.kml")
    assert area.kind is AreaKind.LINE


BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (KML.format(dtd=BOMB, body="&y;"), "entities"),
        (KML.format(dtd=OUTSIDE, body="&x;"), "entities"),
        (KML.format(dtd="", body=""), "no Polygon and no LineString"),
        (polygon_kml("4,51 4.1,51 x,51.1"), "position 3"),
        (polygon_kml("4,51 4.1,51 4.1"), "not longitude,latitude"),
        (polygon_kml("4,51 4.1,51 4.1,95"), "latitude"),
        (polygon_kml("4,51 4.1,51 nan,51"), "longitude"),
        (polygon_kml("4,51 4.1,51"), "needs 3"),
        (KML.format(dtd="", body=PLACEMARK.format(shape="<Polygon><outerBoundaryIs/></Polygon>")), "no LinearRing"),
        ("<html></html>", "no KML"),
        ('{"type": "Topology"}', "'type' is 'Topology'"),
        ('{"type": "FeatureCollection", "features": []}', "no polygon and no line"),
        ('{"type": "FeatureCollection", "features": 7}', "not a list"),
        ('{"type": "Feature", "geometry": {"type": "Point", "coordinates": [4, 51]}}', "no polygon and no line"),
        ('{"type": "Polygon", "coordinates": [[[4, 51], [4.1, 51]]]}', "fewer than three"),
        ('{"type": "Polygon", "coordinates": [[[4, 951], [4.1, 51], [4.1, 52]]]}', "latitude"),
        ('{"type": "Polygon", "coordinates": 7}', "rings"),
        ('{"type": "LineString", "coordinates": [[4], [5]]}', "not \\[longitude"),
        ('{"fileType": "Plan"}', "a mission"),
        ("QGC WPL 110", "not well-formed XML"),
        ('{"type":"Feature","geometry":' * 400 + "null" + "}" * 400, "nested too deep"),
    ],
)
def test_what_is_no_area_is_refused_with_the_reason(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a.kml").write_text(text)
    with pytest.raises(BadInput, match=says):
        read_areas(tmp_path / "a.kml")
