import json
import re

import pytest

from planner.formats.profiles import camera, drone
from planner.geo.points import LatLon
from planner.maps.layers import Colour, EllipseMark, Layer, Line, Marker, PolygonLayer, Shape
from planner.maps.missions import mission_map
from planner.maps.offline import map_fragment, offline_map
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.route.make import make_mission

A, B, C = LatLon(51.95, 4.0), LatLon(51.96, 4.0), LatLon(51.96, 4.02)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>`${1}`{{ 7*7 }}{% raw %}\u2028&amp;"
LAYERS: list[Layer] = [
    Line((A, B), "way", "Way"),
    PolygonLayer((A, B, C), name="zone", group="Zones", colour=Colour.RESTRICTED),
    Marker(C, Shape.DIAMOND, "contact", "Contacts", Colour.SUSPICIOUS, popup="why\nmore", label="C-1"),
    EllipseMark(C, 100.0, 30.0, 45.0),
]
REMOTE = re.compile(r"(?:https?|wss?|ftp):/|[\"'(=]//[a-z]", re.IGNORECASE)


def data_of(page: str) -> dict[str, list[dict[str, object]]]:
    found = re.search(r"quaywatchMap\(map_quaywatch, (.*)\);\n", page)
    assert found is not None
    read: dict[str, list[dict[str, object]]] = json.loads(found[1])
    return read


def test_a_map_holds_no_remote_address_and_forbids_them() -> None:
    page = offline_map(LAYERS, title="Harbour")
    assert not REMOTE.search(page)
    assert "default-src 'none'" in page
    assert not re.search(r"<(?:link|img|iframe)\b|<script[^>]*src", page)
    assert "L.map(" in page


def test_the_same_layers_give_the_same_page() -> None:
    assert offline_map(LAYERS, title="Harbour") == offline_map(LAYERS, title="Harbour")


def test_hostile_texts_stay_texts() -> None:
    layer = Marker(A, Shape.CIRCLE, HOSTILE, HOSTILE, popup=HOSTILE, label=HOSTILE, tooltip=HOSTILE)
    page = offline_map([layer], title=HOSTILE)
    assert "<script>alert" not in page
    assert "<img" not in page
    spec = data_of(page)["layers"][0]
    assert [spec[key] for key in ("name", "group", "popup", "label", "tooltip")] == [HOSTILE] * 5


def test_a_fragment_is_one_sandboxed_frame_without_markup_of_its_own_inside_the_attribute() -> None:
    fragment = map_fragment(LAYERS, title=HOSTILE)
    assert re.fullmatch(r'<iframe [^<>]*srcdoc="[^"<>]*"[^<>]*></iframe>', fragment)
    assert 'sandbox="allow-scripts"' in fragment


def test_an_ellipse_has_its_axes() -> None:
    rings = data_of(offline_map([EllipseMark(A, 1000.0, 10.0, 90.0)]))["layers"][0]["rings"]
    assert isinstance(rings, list)
    lats, lons = zip(*rings[0], strict=True)
    assert (max(lats) - min(lats)) * 111_000 == pytest.approx(20, rel=0.05)
    assert (max(lons) - min(lons)) * 111_000 * 0.616 == pytest.approx(2000, rel=0.02)


def test_shapes_across_longitude_180_stay_in_one_piece() -> None:
    line = Line((LatLon(-16.5, 179.9), LatLon(-16.5, -179.9)))
    places = data_of(offline_map([line]))["layers"][0]["places"]
    assert places == [[-16.5, 179.9], [-16.5, 180.1]]


@pytest.mark.parametrize("colour", ["red", "#12345", "#fff;}", "url(x)", ""])
def test_a_colour_that_is_none_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="colour"):
        Marker(A, colour=colour)


def test_a_map_without_layers_opens_too() -> None:
    assert data_of(offline_map([]))["layers"] == []


def test_a_mission_shows_its_area_its_lines_and_its_launch_place() -> None:
    area = Area("Quay <7>", AreaKind.POLYGON, (A, B, C))
    plan = Plan("p", (area,), Pattern.AREA, drone("practice-quad"), camera("practice-1080p"), gsd_m=0.1)
    page = mission_map(make_mission(plan).mission, plan)
    groups = {spec["group"] for spec in data_of(page)["layers"]}
    assert groups == {"Area to watch", "Photographed", "Way", "Waypoints", "Launch"}
    assert not REMOTE.search(page)
