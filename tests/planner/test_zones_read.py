"""Readers of zones: the shared files counted by hand, small files of our own, and hostile ones."""

import json
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.formats.rules import read_rules
from planner.geo.points import LatLon, LocalFrame, distance_m
from planner.model.errors import BadInput
from planner.model.mission import Command, Home, Mission, item
from planner.model.zone import Datum, HeightLimit, Window, Zone, ZoneRule
from planner.route.check import check
from planner.zones.read import read_zone_file, read_zones
from planner.zones.shapes import CIRCLE_CORNERS
from tests.planner.checking import QUAD, RETURN
from tests.shared import DATA, needs_shared

RING = [[4.0, 52.0], [4.1, 52.0], [4.1, 52.1], [4.0, 52.1], [4.0, 52.0]]
KML = "<kml><Document>{}</Document></kml>"
MARK = (
    "<Placemark><name>{name}</name>{extra}<Polygon>{mode}<outerBoundaryIs><LinearRing><coordinates>4,52,{top} "
    "4.1,52,{top} 4.1,52.1,{top} 4,52,{top}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
)


def written(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def ed269(**fields: object) -> dict[str, object]:
    volume = {
        "uomDimensions": "M",
        "lowerLimit": 0,
        "lowerVerticalReference": "AGL",
        "upperLimit": 120,
        "upperVerticalReference": "AGL",
        "horizontalProjection": {"type": "Polygon", "coordinates": [RING]},
    }
    zone = {"identifier": "X1", "name": "X", "restriction": "PROHIBITED", "geometry": [volume], **fields}
    return {"title": "t", "features": [zone]}


def ed318(geometry: dict[str, object], **fields: object) -> dict[str, object]:
    properties = {
        "identifier": "X1",
        "country": "NLD",
        "name": "X",
        "type": "PROHIBITED",
        "variant": "COMMON",
        **fields,
    }
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": properties, "geometry": geometry}],
    }


@needs_shared
def test_the_swiss_zones() -> None:
    zones = read_zones(DATA / "zones" / "ed269-ch.json")
    assert [z.identifier for z in zones] == ["CH-GT9990", "CH-AGL-NOCAP", "CH-ZH-120", "CH-MV-2VOL", "CH-MV-2VOL"]
    assert {z.rule for z in zones} == {ZoneRule.AUTHORISATION}
    assert zones[0].upper is None, "99,999 means no limit"
    assert zones[2].upper == HeightLimit(120.0, Datum.GROUND)
    assert zones[3].upper == HeightLimit(1500.0, Datum.SEA)
    assert all(len(z.outline) == 4 for z in zones)


@needs_shared
def test_the_finnish_zones_begin_with_a_byte_order_mark() -> None:
    airport, park = read_zones(DATA / "zones" / "ed269-fi.json")
    assert (airport.name, airport.upper) == ("Helsinki-Vantaa lentoasema", HeightLimit(50.0, Datum.GROUND))
    assert (park.rule, park.lower, park.upper) == (ZoneRule.INFORMATION, None, None)


@needs_shared
def test_the_irish_zones_have_feet_holes_and_times() -> None:
    red, event, green, free = read_zones(DATA / "zones" / "ed318-ie.json")
    assert (red.rule, len(red.holes)) == (ZoneRule.AUTHORISATION, 1)
    assert red.upper is not None
    assert red.upper.metres == pytest.approx(762.0)
    assert event.rule is ZoneRule.NO_FLY
    assert len(event.windows) == 2
    assert event.applies(datetime(2026, 8, 29, 12, tzinfo=UTC), datetime(2026, 8, 29, 13, tzinfo=UTC))
    assert not event.applies(datetime(2026, 8, 10, 12, tzinfo=UTC), datetime(2026, 8, 10, 13, tzinfo=UTC))
    assert green.rule is ZoneRule.ALTITUDE_LIMIT
    assert green.upper is not None
    assert green.upper.metres == pytest.approx(121.92)
    assert (free.rule, free.upper) == (ZoneRule.INFORMATION, None)


@pytest.fixture(scope="module")
def chart() -> tuple[Zone, ...]:
    return read_zones(DATA / "charts" / "US4MD81M" / "US4MD81M.000")


@needs_shared
def test_a_flight_low_over_a_charted_bridge_is_told(chart: tuple[Zone, ...]) -> None:
    """Over the first bridge with a charted clearance, 5.4 m: too low at 20 m, its top unknown at 60 m."""
    bridge = next(z for z in chart if z.identifier.startswith("BRIDGE") and z.lower is not None)
    place = bridge.outline[0]
    for height, code in ((20.0, "obstacle"), (60.0, "obstacle-height-unknown")):
        over = item(Command.NAV_WAYPOINT, at=place, height_m=height)
        items = (item(Command.NAV_TAKEOFF, at=place, height_m=height), over, RETURN)
        judged = check(Mission(items, home=Home(place)), QUAD, chart)
        assert any(p.code == code and p.message.count(bridge.name) for p in judged.problems)


@needs_shared
def test_a_plain_patrol_off_a_charted_port_may_be_flown(chart: tuple[Zone, ...]) -> None:
    """Off Annapolis at 60 m: no error, and warnings that fit on a hand."""
    frame = LocalFrame(LatLon(38.9786, -76.48))
    corners = ((0, -300), (600, -500), (1200, -700), (1600, -300), (1000, 100), (300, -100))
    flown = [item(Command.NAV_WAYPOINT, at=frame.to_place(*corner), height_m=60.0) for corner in corners]
    start = item(Command.NAV_TAKEOFF, at=frame.origin, height_m=60.0)
    judged = check(Mission((start, *flown, RETURN), Home(frame.origin, 2.0)), QUAD, chart, rules=read_rules())
    assert judged.flyable
    assert len(judged.problems) <= 5


@needs_shared
def test_the_chart_with_its_updates(chart: tuple[Zone, ...]) -> None:
    zones = chart
    counts = Counter(zone.identifier.split("-")[0] for zone in zones)
    waters = {"FAIRWY": 20, "RESARE": 12, "SLCONS": 666, "LNDARE": 183}
    solid = {"BRIDGE": 51, "CBLOHD": 27, "LNDMRK": 59, "OFSPLF": 73, "SILTNK": 22, "BUISGL": 7, "PYLONS": 2}
    assert counts == waters | solid
    assert sum(z.upper is not None for z in zones) == 2, "two landmarks with a charted height"
    cleared = [z for z in zones if z.identifier.startswith("BRIDGE") and z.lower is not None]
    assert len(cleared) == 11, "8 with VERCLR, 3 with VERCCL"
    assert cleared[0].lower == HeightLimit(5.4, Datum.SEA)
    assert all(z.rule is ZoneRule.OBSTACLE and z.upper is None for z in cleared)
    assert any("entry restricted" in z.message for z in zones if z.rule is ZoneRule.RESTRICTED_WATER)


@needs_shared
def test_a_kml_of_qgroundcontrol_is_a_no_fly_zone() -> None:
    (zone,) = read_zones(DATA / "plans" / "qgroundcontrol" / "PolygonGood.kml")
    assert (zone.rule, len(zone.outline)) == (ZoneRule.NO_FLY, 4)


def test_a_circle_of_ed269_is_wholly_inside_its_polygon(tmp_path: Path) -> None:
    volume = {
        "uomDimensions": "FT",
        "upperLimit": 400,
        "horizontalProjection": {"type": "Circle", "center": [4.0, 52.0], "radius": 3280.8399},
    }
    (zone,) = read_zones(written(tmp_path, "z.json", ed269(geometry=[volume])))
    away = [distance_m(LatLon(52.0, 4.0), place) for place in zone.outline]
    assert len(zone.outline) == CIRCLE_CORNERS
    assert 1000.0 <= min(away) <= max(away) <= 1001.1
    assert zone.upper is not None
    assert zone.upper.metres == pytest.approx(121.92)


def test_a_circle_of_ed318(tmp_path: Path) -> None:
    geometry: dict[str, object] = {
        "type": "GeometryCollection",
        "geometries": [
            {"type": "Point", "coordinates": [4.0, 52.0], "extent": {"subType": "Circle", "radius": 500.0}},
            {"type": "Polygon", "coordinates": [RING], "layer": {"upper": 90, "upperReference": "WGS84", "uom": "m"}},
        ],
    }
    circle, polygon = read_zones(written(tmp_path, "z.json", ed318(geometry)))
    assert distance_m(LatLon(52.0, 4.0), circle.outline[0]) == pytest.approx(500.5, abs=0.1)
    assert polygon.upper is None, "a limit above the ellipsoid is left open"


def test_a_schedule_of_weekdays(tmp_path: Path) -> None:
    times = [
        {
            "permanent": "NO",
            "startDateTime": "2026-01-01T00:00:00Z",
            "endDateTime": "2026-12-31T23:59:00Z",
            "schedule": [{"day": ["MON", "FRI"], "startTime": "08:00:00Z", "endTime": "16:00:00Z"}],
        }
    ]
    (zone,) = read_zones(written(tmp_path, "z.json", ed269(applicability=times)))

    def applies(day: int, hour: int, month: int = 8) -> bool:
        return zone.applies(
            datetime(2026, month, day, hour, tzinfo=UTC), datetime(2026, month, day, hour, 30, tzinfo=UTC)
        )

    assert applies(3, 9), "a Monday"
    assert not applies(3, 7)
    assert not applies(4, 9), "a Tuesday"
    assert applies(7, 15), "a Friday"


def test_a_schedule_by_sunset_counts_the_whole_day(tmp_path: Path) -> None:
    times = [{"permanent": "NO", "schedule": [{"day": ["ANY"], "startEvent": "SS", "endEvent": "SR"}]}]
    (zone,) = read_zones(written(tmp_path, "z.json", ed269(applicability=times)))
    assert zone.applies(datetime(2026, 8, 3, 12, tzinfo=UTC), datetime(2026, 8, 3, 13, tzinfo=UTC))


def test_a_window_past_midnight_is_open_after_midnight() -> None:
    night = Window(days=frozenset({1}), since=datetime(2026, 1, 1, 22).time(), until=datetime(2026, 1, 1, 4).time())  # noqa: DTZ001 -- times of day
    tuesday = datetime(2026, 8, 4, 2, tzinfo=UTC)
    assert night.overlaps(tuesday, tuesday)
    assert not night.overlaps(tuesday.replace(hour=5), tuesday.replace(hour=6))


def test_a_schedule_by_sunset_runs_into_the_next_day(tmp_path: Path) -> None:
    times = [{"permanent": "NO", "schedule": [{"day": ["MON"], "startEvent": "SS", "endEvent": "SR"}]}]
    (zone,) = read_zones(written(tmp_path, "z.json", ed269(applicability=times)))
    tuesday = datetime(2026, 8, 4, 2, tzinfo=UTC)
    assert zone.applies(tuesday, tuesday)
    assert not zone.applies(tuesday.replace(day=5, hour=12), tuesday.replace(day=5, hour=13))


def test_a_schedule_in_local_time_counts_the_neighbouring_days_too(tmp_path: Path) -> None:
    """00:30+02:00 on a Monday is 22:30 UTC on the Sunday."""
    schedule = [{"day": ["MON"], "startTime": "00:30:00+02:00", "endTime": "03:00:00+02:00"}]
    (zone,) = read_zones(written(tmp_path, "z.json", ed269(applicability=[{"schedule": schedule}])))
    sunday = datetime(2026, 8, 2, 22, 45, tzinfo=UTC)
    assert zone.applies(sunday, sunday)


def test_a_schedule_may_end_at_24_00(tmp_path: Path) -> None:
    schedule = [{"day": ["ANY"], "startTime": "20:00:00Z", "endTime": "24:00:00Z"}]
    (zone,) = read_zones(written(tmp_path, "z.json", ed269(applicability={"schedule": schedule})))
    evening = datetime(2026, 8, 2, 23, 30, tzinfo=UTC)
    assert zone.applies(evening, evening)
    assert not zone.applies(evening.replace(hour=19), evening.replace(hour=19))


def test_flight_levels_are_taken_as_low_as_the_weather_may_bring_them(tmp_path: Path) -> None:
    square = {"type": "Polygon", "coordinates": [RING]}
    volume = {"uomDimensions": "FL", "lowerLimit": 55, "upperLimit": 95, "horizontalProjection": square}
    (zone,) = read_zones(written(tmp_path, "z.json", ed269(geometry=[volume])))
    assert zone.upper is None
    assert zone.lower is not None
    assert zone.lower.datum is Datum.SEA
    assert 600 < zone.lower.metres < 55 * 30.48 - 550


def test_a_mast_and_a_power_line_may_be_given_as_a_point_and_a_line(tmp_path: Path) -> None:
    rows = [
        {"type": "Point", "coordinates": [4.0, 52.0]},
        {"type": "LineString", "coordinates": [[4.0, 52.0], [4.0, 52.01]]},
        {"type": "MultiPoint", "coordinates": [[4.0, 52.0], [4.1, 52.0]]},
    ]
    features = [
        {"type": "Feature", "properties": {"rule": "obstacle", "upper_m": 45, "radius_m": 10}, "geometry": row}
        for row in rows
    ]
    zones = read_zones(written(tmp_path, "z.geojson", {"type": "FeatureCollection", "features": features}))
    assert len(zones) == 4
    assert max(distance_m(LatLon(52.0, 4.0), place) for place in zones[0].outline) == pytest.approx(10.0, abs=0.1)
    along = [distance_m(LatLon(52.005, 4.0), place) for place in zones[1].outline]
    assert max(along) == pytest.approx(556 + 10, abs=2)


def test_zones_of_geojson_and_kml_may_say_when_they_apply(tmp_path: Path) -> None:
    times = {"start_utc": "2026-08-05T10:00Z", "end_utc": "2026-08-05T18:00Z", "days": "WED", "since_utc": "12:00"}
    feature = {"type": "Feature", "properties": times, "geometry": {"type": "Polygon", "coordinates": [RING]}}
    (drawn,) = read_zones(written(tmp_path, "z.geojson", feature))
    span = "<TimeSpan><begin>2026-08-05T12:00:00Z</begin><end>2026-08-05T18:00:00Z</end></TimeSpan>"
    (placed,) = read_zones(written(tmp_path, "z.kml", KML.format(MARK.format(name="a", extra=span, mode="", top=0))))
    for zone in (drawn, placed):
        for hour, applies in ((11, False), (13, True), (19, False)):
            moment = datetime(2026, 8, 5, hour, tzinfo=UTC)
            assert zone.applies(moment, moment) is applies


def test_labels_of_a_kml_are_passed_over_with_a_note_and_masts_are_not(tmp_path: Path) -> None:
    label = "<Placemark><name>Quay</name><Point><coordinates>4,52</coordinates></Point></Placemark>"
    mast = label.replace("<Point>", '<ExtendedData><Data name="radius_m"><value>9</value></Data></ExtendedData><Point>')
    polygon = MARK.format(name="a", extra="", mode="", top=0)
    read = read_zone_file(written(tmp_path, "z.kml", KML.format(polygon + label + mast)))
    assert [zone.name for zone in read.zones] == ["a", "Quay"]
    assert len(read.notes) == 1
    assert "'Quay'" in read.notes[0]


@pytest.mark.parametrize(
    ("restriction", "rule"),
    [
        ("USPACE", "authorisation"),
        ("REQ_AUTHORISATION", "authorisation"),
        ("CONDITIONAL", "conditional"),
        ("NO_RESTRICTION", "information"),
    ],
)
def test_restrictions_keep_their_meaning(tmp_path: Path, restriction: str, rule: str) -> None:
    (zone,) = read_zones(written(tmp_path, "z.json", ed269(restriction=restriction)))
    assert zone.rule == rule


def test_geojson_without_a_rule_is_no_fly_and_keeps_heights(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"name": "N", "lower_m": 10, "upper_m": 90, "upper_datum": "AMSL"},
        "geometry": {"type": "Polygon", "coordinates": [RING]},
    }
    (zone,) = read_zones(written(tmp_path, "z.geojson", feature))
    assert zone == Zone(
        "N", ZoneRule.NO_FLY, zone.outline, (), HeightLimit(10.0, Datum.GROUND), HeightLimit(90.0, Datum.SEA)
    )


def test_kml_says_rule_and_heights_in_its_extended_data(tmp_path: Path) -> None:
    data = (
        '<ExtendedData><Data name="rule"><value>altitude-limit</value></Data>'
        '<SchemaData><SimpleData name="upper_m">60</SimpleData></SchemaData></ExtendedData>'
    )
    text = KML.format(MARK.format(name="a", extra=data, mode="", top=0))
    (zone,) = read_zones(written(tmp_path, "z.kml", text))
    assert (zone.rule, zone.upper) == (ZoneRule.ALTITUDE_LIMIT, HeightLimit(60.0, Datum.GROUND))


def test_an_extruded_polygon_of_a_kml_reaches_up_to_its_corners(tmp_path: Path) -> None:
    mode = "<extrude>1</extrude><altitudeMode>absolute</altitudeMode>"
    (zone,) = read_zones(written(tmp_path, "z.kml", KML.format(MARK.format(name="a", extra="", mode=mode, top=75))))
    assert zone.upper == HeightLimit(75.0, Datum.SEA)


def test_a_kmz_is_read_without_unpacking_it(tmp_path: Path) -> None:
    path = tmp_path / "z.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.kml", KML.format(MARK.format(name="other", extra="", mode="", top=0)))
        archive.writestr("doc.kml", KML.format(MARK.format(name="main", extra="", mode="", top=0)))
    (zone,) = read_zones(path)
    assert zone.name == "main"
    assert [p.name for p in tmp_path.rglob("*")] == ["z.kmz"]


def test_tens_of_thousands_of_vertices_in_a_kml(tmp_path: Path) -> None:
    corners = " ".join(f"{4 + n / 1e6:.6f},{52 + (n % 2) / 1e5:.6f}" for n in range(50_000))
    ring = f"<LinearRing><coordinates>{corners}</coordinates></LinearRing>"
    mark = f"<Placemark><Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon></Placemark>"
    (zone,) = read_zones(written(tmp_path, "z.kml", KML.format(mark)))
    assert len(zone.outline) == 50_000


BOMB = '<!DOCTYPE k [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><kml><name>&b;</name></kml>'
HOSTILE = {
    "nothing": "",
    "binary": "\x00\x01",
    "prose": "no zones here",
    "entities": BOMB,
    "cut off": '{"features": [{"geometry": [',
    "a plan": '{"fileType": "Plan", "version": 1}',
    "nan": '{"type":"Polygon","coordinates":[[[NaN,1],[2,2],[3,3]]]}',
    "a number": "[1]",
    "deep": "[" * 100_000,
    "no polygon": KML.format("<Placemark><Point><coordinates>4,52</coordinates></Point></Placemark>"),
    "far east": json.dumps({"type": "Polygon", "coordinates": [[[400, 52], [4, 52], [4, 53]]]}),
    "unknown restriction": json.dumps(ed269(restriction="MAYBE")),
    "unknown unit": json.dumps(ed269(geometry=[{"uomDimensions": "NM", "horizontalProjection": {}}])),
    "no ring": json.dumps(ed269(geometry=[{"horizontalProjection": {"type": "Polygon", "coordinates": []}}])),
    "no volume": json.dumps(ed269(geometry=[])),
    "no geometry": json.dumps(ed318({})).replace('"geometry": {}', '"geometry": null'),
    "nothing collected": json.dumps(ed318({"type": "GeometryCollection", "geometries": []})),
    "no part": json.dumps(ed318({"type": "MultiPolygon", "coordinates": []})),
    "ends before it starts": json.dumps(
        ed269(applicability=[{"startDateTime": "2026-08-05T12:00Z", "endDateTime": "2026-08-04T12:00Z"}])
    ),
    "upside down": json.dumps(
        {
            "type": "Feature",
            "properties": {"lower_m": 120, "upper_m": 0},
            "geometry": {"type": "Polygon", "coordinates": [RING]},
        }
    ),
    "a point without a radius": json.dumps({"type": "Point", "coordinates": [4, 52]}),
    "a radius of text": json.dumps(
        {
            "type": "Feature",
            "properties": {"radius_m": "wide"},
            "geometry": {"type": "Point", "coordinates": [4, 52]},
        }
    ),
    "a day that is none": json.dumps(
        {"type": "Feature", "properties": {"days": "someday"}, "geometry": {"type": "Polygon", "coordinates": [RING]}}
    ),
    "negative circle": json.dumps(
        ed269(geometry=[{"horizontalProjection": {"type": "Circle", "center": [4, 52], "radius": -5}}])
    ),
    "text for a limit": json.dumps(ed269(geometry=[{"lowerLimit": "low", "horizontalProjection": {}}])),
    "a bad time": json.dumps(ed269(applicability=[{"permanent": "NO", "startDateTime": "soon"}])),
    "infinite height": json.dumps({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [RING]}}).replace(
        '"geometry"', '"properties": {"upper_m": 1e999}, "geometry"'
    ),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_holds_no_zones_is_refused_in_one_sentence(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, "z.json", content)
    with pytest.raises(BadInput) as caught:
        read_zones(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "z.kmz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", b" " * (65 * 1024 * 1024))
    with pytest.raises(BadInput, match="64 MB when unpacked"):
        read_zones(path)


def test_a_zip_without_kml_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "z.kmz"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(BadInput, match="without a"):
        read_zones(empty)
    broken = tmp_path / "b.kmz"
    broken.write_bytes(empty.read_bytes()[:40])
    with pytest.raises(BadInput, match="damaged"):
        read_zones(broken)


def test_a_chart_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.000"
    path.write_bytes(b"018663LE1 0900073   6604000000" + bytes(200))
    with pytest.raises(BadInput, match="S-57"):
        read_zones(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        read_zones(tmp_path / "none.json")
    with pytest.raises(BadInput, match="folder"):
        read_zones(tmp_path)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "features", "geometry", "coordinates", "restriction"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_gives_zones_or_one_sentence(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = written(tmp_path_factory.getbasetemp(), "any.json", json.dumps(value))
    try:
        assert read_zones(path)
    except BadInput:
        return
