from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWebEngineCore import QWebEngineProfile

from gui.main_window import MainWindow
from gui.map import features
from gui.map.looks import LayerStyle, Look
from gui.map.scheme import WEB, Guard
from gui.map.view import MapView
from planner.geo.points import LatLon, LocalFrame, distance_m
from tests.gui.hands import click, drag, key, painted, pixel, right_click, surface, wait_for

CENTRE = LatLon(54.1, 7.0)
FRAME = LocalFrame(CENTRE)
SQUARE = FRAME.to_places([(-100, -100), (100, -100), (100, 100), (-100, 100)])


@pytest.fixture
def view(window: MainWindow) -> MapView:
    window.map.fit(FRAME.to_place(-300, -300), FRAME.to_place(300, 300))
    painted(window.map)
    return window.map


def test_the_map_asks_nothing_of_the_network(view: MapView, guarded: tuple[QWebEngineProfile, Guard]) -> None:
    guard = guarded[1]
    answers: list[object] = []
    page = view.page()
    assert page is not None
    page.runJavaScript("fetch('https://example.com/x').then(() => 0, () => 0); 1", answers.append)
    wait_for(lambda: bool(answers))
    painted(view)
    assert all(url.startswith(("quaywatch:", "data:", "blob:")) for url in guard.served)
    assert all(url == "https://example.com/x" for url in guard.refused)


def test_no_address_of_another_computer_is_loaded_by_the_pages_own_files() -> None:
    ours = [p for p in WEB.glob("*.*") if p.suffix in {".html", ".css", ".js"}]
    assert ours
    assert not [p.name for p in ours if "http:" in p.read_text() or "https:" in p.read_text()]


def test_vendored_libraries_come_with_their_licences() -> None:
    assert "Agafonkin" in (WEB / "leaflet" / "LICENSE").read_text()
    assert "MIT" in (WEB / "geoman" / "LICENSE").read_text()


def test_a_polygon_is_drawn_by_clicks_and_closed_on_its_first_point(view: MapView) -> None:
    drawn: list[tuple[str, list[LatLon]]] = []
    view.drawn.connect(lambda kind, places: drawn.append((kind, places)))
    view.draw("polygon")
    corners = [pixel(view, p) for p in SQUARE]
    for corner in [*corners, corners[0]]:
        click(view, corner)
    wait_for(lambda: bool(drawn))
    kind, places = drawn[0]
    assert kind == "polygon"
    assert len(places) == 4
    assert max(distance_m(a, b) for a, b in zip(places, SQUARE, strict=True)) < 3


def test_a_line_ends_with_enter(view: MapView) -> None:
    drawn: list[list[LatLon]] = []
    view.drawn.connect(lambda _kind, places: drawn.append(places))
    view.draw("line")
    for place in SQUARE[:3]:
        click(view, pixel(view, place))
    key(surface(view), Qt.Key.Key_Return)
    wait_for(lambda: bool(drawn))
    assert len(drawn[0]) == 3


def test_escape_gives_a_drawing_up(view: MapView) -> None:
    given_up: list[str] = []
    view.drawing_cancelled.connect(given_up.append)
    view.draw("polygon")
    click(view, QPoint(300, 300))
    key(surface(view), Qt.Key.Key_Escape)
    wait_for(lambda: given_up == ["polygon"])


def test_a_corner_is_dragged_and_the_new_shape_is_told(view: MapView) -> None:
    edited: list[tuple[str, str, dict[str, object]]] = []
    view.edited.connect(lambda *what: edited.append(what))
    _show_square(view)
    view.edit("test/areas", "a")
    painted(view)
    goal = FRAME.to_place(180, 160)
    drag(view, pixel(view, SQUARE[2]), pixel(view, goal))
    wait_for(lambda: bool(edited))
    layer, feature, geometry = edited[-1]
    rings = features.places_of(geometry)
    assert (layer, feature, len(rings[0])) == ("test/areas", "a", 4)
    assert min(distance_m(goal, place) for place in rings[0]) < 5


def test_delete_removes_the_corner_that_was_touched(view: MapView) -> None:
    edited: list[dict[str, object]] = []
    view.edited.connect(lambda _layer, _id, geometry: edited.append(geometry))
    _show_square(view)
    view.edit("test/areas", "a")
    painted(view)
    click(view, pixel(view, SQUARE[1]))
    key(surface(view), Qt.Key.Key_Delete)
    wait_for(lambda: bool(edited))
    assert len(features.places_of(edited[-1])[0]) == 3


def test_a_click_names_the_feature_and_a_right_click_the_place(view: MapView) -> None:
    clicked: list[str] = []
    asked: list[LatLon] = []
    view.clicked.connect(lambda _layer, feature, _at: clicked.append(feature))
    view.right_clicked.connect(lambda _layer, _feature, at: asked.append(at))
    _show_square(view)
    click(view, pixel(view, FRAME.to_place(40, -40)))
    right_click(view, pixel(view, FRAME.to_place(-200, 0)))
    wait_for(lambda: bool(clicked and asked))
    assert clicked == ["a"]
    assert distance_m(asked[0], FRAME.to_place(-200, 0)) < 3


def test_what_is_told_before_the_page_is_ready_is_shown_once_it_is(
    guarded: tuple[QWebEngineProfile, Guard], qapp: object
) -> None:
    early = MapView(guarded[0])
    early.resize(400, 300)
    early.look_at(CENTRE, 15)
    early.show()
    wait_for(lambda: early.is_ready)
    assert distance_m(FRAME.to_place(0, 0), CENTRE) < 0.1
    middle = pixel(early, CENTRE)
    assert abs(middle.x() - 200) <= 1
    assert abs(middle.y() - 150) <= 1
    early.deleteLater()


def test_every_look_is_drawn_without_an_error(view: MapView) -> None:
    places = FRAME.to_places([(20 * i - 250, 0) for i in range(len(Look))])
    points = [features.point(p, look, look, heading_deg=30.0, label=look) for p, look in zip(places, Look, strict=True)]
    lines = [features.line([p, CENTRE], f"{look}-line", look) for p, look in zip(places, Look, strict=True)]
    shapes = [features.polygon([p, CENTRE, SQUARE[0]], f"{look}-s", look) for p, look in zip(places, Look, strict=True)]
    oval = features.ellipse(CENTRE, "oval", semi_major_m=50, semi_minor_m=20, bearing_deg=45)
    view.set_layer("test/all", features.collection([*points, *lines, *shapes, oval]), LayerStyle(names=True))
    painted(view)
    assert view.errors == []


def test_a_point_that_moves_loses_what_it_no_longer_is(view: MapView) -> None:
    for look, faded in ((Look.CAPTURE, True), (Look.CAPTURE, False), (Look.DARK, False), (Look.VESSEL, False)):
        view.set_layer("test/p", features.collection([features.point(CENTRE, "p", look, faded=faded)]))
    page = view.page()
    assert page is not None
    found: list[str] = []
    page.runJavaScript("(o => o.faded + ' ' + o.dashArray)(Layers.get('test/p', 'p').layer.options)", found.append)
    wait_for(lambda: bool(found))
    assert found == ["false null"]


def test_files_that_are_not_the_maps_are_not_served() -> None:
    from gui.map.scheme import _read

    assert _read("../view.py") is None
    assert _read("/etc/passwd") is None
    assert _read("index.html") is not None


def test_the_coast_is_small_enough_to_ship() -> None:
    assert (WEB / "land.json").stat().st_size < 2_000_000
    assert Path(WEB / "README.md").is_file()


def _show_square(view: MapView) -> None:
    square = features.polygon(SQUARE, "a", Look.AREA, name="Square")
    view.set_layer("test/areas", features.collection([square]), LayerStyle(editable=True))
    painted(view)
