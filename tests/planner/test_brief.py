import json
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from typer.testing import CliRunner, Result

from planner.cli.briefing import KINDS, MOST_LEGS, briefing
from planner.cli.plan import app
from planner.formats.missions import read_mission
from planner.formats.profiles import camera, drone
from planner.geo.glint import Wind
from planner.geo.points import LatLon
from planner.maps.brief import PRINTED_LEGS, Brief, Verdict, brief_html
from planner.maps.brief_pdf import LACKING, brief_pdf
from planner.maps.chart import Stroke, Words, chart_of, svg_of
from planner.maps.fonts import fonts_for
from planner.maps.layers import Layer, Line, Marker, PolygonLayer, Shape
from planner.model.errors import BadInput
from planner.model.plan import Pattern
from planner.model.zone import Zone, ZoneRule

AT = datetime(2026, 6, 21, 9, tzinfo=UTC)
RING = [[4.0, 51.95], [4.006, 51.95], [4.006, 51.954], [4.0, 51.954], [4.0, 51.95]]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "area.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [RING]}))
    path = folder / "harbour.plan"
    run("new", folder / "area.geojson", "-o", path, "--home", "51.951,4.003,2.5", "--name", "Hafen <Süd> & Ω")
    return path


def made(plan: Path, **wanted: object) -> Brief:
    there = {"take_off_utc": AT, "wind": Wind(6, 270), **wanted}
    return briefing(read_mission(plan), drone("practice-quad"), camera("practice-1080p"), **there)  # type: ignore[arg-type]  # given by name


def pages_of(data: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", data))


def test_the_page_says_what_a_pilot_needs_and_reaches_for_nothing(plan: Path) -> None:
    page = brief_html(made(plan, contacts=(("Harbour master", "+31 10 1"),)))
    for word in ("Flight", "Energy", "Checks", "Zones touched", "Light", "Legs", "Contacts", "Before the flight"):
        assert f">{word}</h2>" in page
    assert "Hafen &lt;Süd&gt; &amp; Ω" in page
    assert "+31 10 1" in page
    assert "sun glint" in page
    assert "<script" not in page
    assert re.findall(r"https?://(?!www\.w3\.org)", page) == []


def test_the_pdf_has_one_or_two_pages_and_is_drawn_as_vectors(plan: Path) -> None:
    data = brief_pdf(made(plan))
    assert data.startswith(b"%PDF-")
    assert 1 <= pages_of(data) <= 2
    assert b"/Subtype /Image" not in data


def test_a_briefing_of_a_mission_with_very_many_legs_stays_on_two_pages(tmp_path: Path) -> None:
    far = [[4.0, 51.95], [4.005, 51.95], [4.005, 51.98], [4.0, 51.98], [4.0, 51.95]]
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [far]}))
    run("new", tmp_path / "a.geojson", "-o", tmp_path / "p.plan", "--angle-deg", "90")
    brief = made(tmp_path / "p.plan", contacts=(("Harbour master", "VHF 14"),))
    assert len(brief.legs) == MOST_LEGS
    assert "more legs follow" in brief.legs_note
    assert pages_of(brief_pdf(brief)) <= 2


def test_the_screen_shows_all_legs_and_the_printer_as_many_as_leave_two_sheets(plan: Path) -> None:
    few = brief_html(made(plan))
    row = made(plan).legs[0]
    many = brief_html(replace(made(plan), legs=(row,) * MOST_LEGS))
    assert "class=more" not in few
    assert "stand on the screen only" not in few
    assert many.count("<tr class=more>") == MOST_LEGS - PRINTED_LEGS
    assert "Legs 33 to 40 stand on the screen only." in many
    assert ".legs .more{display:none}" in many


def test_the_verdict_is_that_of_the_checks_and_energy_counts_the_wind(plan: Path) -> None:
    calm, storm = made(plan, wind=Wind(0, 0)), made(plan, wind=Wind(25, 270))
    assert storm.verdict is Verdict.NO
    assert any(finding.severe for finding in storm.findings)
    assert calm.verdict is not Verdict.NO
    assert dict(calm.energy)["Needed"] != dict(made(plan, wind=Wind(8, 0)).energy)["Needed"]
    assert "still air" in dict(made(plan, wind=None).energy)["Wind"]


def test_zones_on_the_way_and_near_it_are_named_with_their_distance(plan: Path) -> None:
    across = tuple(LatLon(lat, lon) for lat, lon in [(51.951, 4.001), (51.951, 4.002), (51.952, 4.002)])
    beside = tuple(LatLon(p.lat_deg + 0.006, p.lon_deg) for p in across)
    far = tuple(LatLon(p.lat_deg + 0.5, p.lon_deg) for p in across)
    zones = [Zone(name, ZoneRule.NO_FLY, ring) for name, ring in (("lock", across), ("dock", beside), ("city", far))]
    said = " / ".join(made(plan, zones=zones).zones)
    assert "lock (no-fly): on the way" in said
    assert re.search(r"dock \(no-fly\): \d+ m off", said)
    assert "city" not in said
    assert "Not checked" in made(plan).zones[0]


def test_both_kinds_are_written_by_the_command(plan: Path, tmp_path: Path) -> None:
    for ending in ("pdf", "html"):
        out = tmp_path / f"b.{ending}"
        result = run("brief", plan, "-o", out, "--at", "2026-06-21T09:00Z", "--wind", "6@270", "--json")
        assert result.exit_code == 0
        assert json.loads(result.stdout)["bytes"] == out.stat().st_size
        assert isinstance(run("brief", plan, "-o", out).exception, BadInput)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-o", "b.doc"], "must end in"),
        (["-o", "b.pdf", "--contact", "nobody"], "NAME: how to reach"),
        (["-o", "b.pdf", "--operation", "moon"], "moon"),
    ],
)
def test_wrong_use_is_one_sentence(
    plan: Path, tmp_path: Path, words: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = run("brief", plan, *words).exception
    assert isinstance(error, BadInput)
    assert says in str(error)
    assert not (tmp_path / "b.pdf").exists()


def test_without_a_font_for_other_scripts_the_pdf_is_still_written(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.maps.brief_pdf.dejavu_folders", list)
    assert pages_of(brief_pdf(replace(made(plan), title="Γ Port\n" + "long " * 80))) <= 2


def test_the_chart_keeps_proportions_with_north_up() -> None:
    corner, north, east = LatLon(52, 4), LatLon(52.009, 4), LatLon(52, 4.0146)  # about 1 km each
    chart = chart_of([Line((north, corner, east))], width_mm=100, height_mm=60)
    line = next(piece for piece in chart.pieces if isinstance(piece, Stroke))
    (nx, ny), (cx, cy), (ex, ey) = line.points
    assert nx == pytest.approx(cx, abs=0.1)
    assert ey == pytest.approx(cy, abs=0.1)
    assert ny < cy
    assert ex > cx
    assert (cy - ny) == pytest.approx(ex - cx, rel=0.02)
    assert all(0 <= x <= 100 and 0 <= y <= 60 for x, y in line.points)
    assert any(isinstance(piece, Words) and piece.text in {"500 m", "200 m"} for piece in chart.pieces)


def test_the_svg_shows_words_as_they_are_and_every_shape() -> None:
    at = LatLon(52, 4)
    layers: list[Layer] = [
        PolygonLayer((at, LatLon(52.01, 4), LatLon(52, 4.01)), dashed=True),
        *(Marker(at, shape, label="<b>") for shape in Shape),
    ]
    text = svg_of(chart_of(layers, width_mm=80, height_mm=80))
    assert "&lt;b&gt;" in text
    assert text.count("<polygon") == 4
    assert text.count("<circle") == 2


def test_what_is_drawn_keeps_clear_of_the_scale_bar() -> None:
    corners = [LatLon(51.95, 4.0), LatLon(51.951, 4.0), LatLon(51.951, 4.0012)]
    chart = chart_of([Line(tuple(corners), "#0b7285")], width_mm=116, height_mm=100)
    way, bar = (piece for piece in chart.pieces if isinstance(piece, Stroke))
    assert max(y for _, y in way.points) < min(y for _, y in bar.points) - 3


def test_every_pattern_has_a_name_that_a_pilot_knows() -> None:
    assert set(KINDS) == set(Pattern)


def test_a_dive_shows_its_depth_and_no_glint(tmp_path: Path) -> None:
    path = tmp_path / "hull.plan"
    vessel = ("--at", "51.956,4.05", "--length-m", "60", "--beam-m", "10", "--draught-m", "4", "--heading-deg", "45")
    run("new", "--pattern", "hull", *vessel, "--stand-off-m", "3", "--gsd-m", "0.002", "-o", path)
    brief = made(path)
    assert brief.light == ("Under water: not judged.",)
    assert any(name == "Depth" and value.startswith("down to") for name, value in brief.facts)
    assert not any(row.height.startswith("-0 ") for row in brief.legs)


def many_zones(name: str, count: int) -> list[Zone]:
    ring = [(51.951, 4.001), (51.951, 4.002), (51.9515, 4.002), (51.9515, 4.001)]
    return [
        Zone(
            f"{name} {n}",
            ZoneRule.NO_FLY if n % 2 else ZoneRule.RESTRICTED_WATER,
            tuple(LatLon(lat + 0.0004 * (n // 8), lon + 0.0003 * (n % 8)) for lat, lon in ring),
        )
        for n in range(count)
    ]


def words_of(brief: Brief) -> set[str]:
    return {piece.text for piece in brief.chart.pieces if isinstance(piece, Words)}


@pytest.mark.parametrize(
    "name",
    [
        "dock",
        "Restricted water of the harbour authority of the whole river " * 3,
        "\u0645\u064a\u0646\u0627\u0621 \u6e2f",
    ],
)
def test_forty_zones_with_any_names_stay_on_two_pages_and_are_told_alike(plan: Path, name: str) -> None:
    brief = made(plan, zones=many_zones(name, 40), contacts=tuple((f"Contact {n}", "VHF 12") for n in range(9)))
    assert pages_of(brief_pdf(brief)) <= 2
    assert len(brief.findings) <= 10
    assert brief.findings[-1].text.startswith("More: ")
    assert len(brief.zones) == 8
    assert re.search(r"^and 3\d more within 500 m, \d+ of them on the way$", brief.zones[-1])
    assert {f"Z{n}" for n in range(1, 8)} & words_of(brief)
    assert all(len(line) < 100 for line in brief.zones)


def test_all_problems_of_a_kind_are_counted_in_the_sentence_that_draws_them_together(plan: Path) -> None:
    from planner.cli.brief_rows import finding_rows
    from planner.route.check_values import Problem, Severity

    alike = [Problem("zone", Severity.WARNING, f"w{n}", n) for n in range(1, 9)]
    rows = finding_rows([*alike, Problem("energy", Severity.ERROR, "e")], {})
    assert [(row.severe, row.text) for row in rows] == [
        (True, "e"),
        *((False, f"w{n}") for n in (1, 2, 3)),
        (False, "More: 5 of zone (items 4, 5, 6, 7, 8). See 'quaywatch plan check'."),
    ]


def test_the_watched_places_of_a_patrol_are_named_on_its_map(tmp_path: Path) -> None:
    places = {"North mole": [4.0, 51.956], "Oil jetty": [4.006, 51.958], "\u0645\u0631\u0641\u0623": [4.010, 51.955]}
    rows = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": at}}
        for name, at in places.items()
    ]
    (tmp_path / "w.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    run("new", tmp_path / "w.geojson", "-o", tmp_path / "w.plan", "--pattern", "patrol", "--home", "51.951,4.003,2")
    assert set(places) <= words_of(made(tmp_path / "w.plan"))


VESSEL = {"contact": "c1", "at": [51.9525, 4.0041], "at_utc": "2026-06-20T08:12:00+00:00", "mmsi": None, "name": None}
CASE = {
    "case": "harbour",
    "contacts": [
        VESSEL | {"flags": [{"rule": "dark", "reason": "No AIS report within 300 m."}], "verdict": None},
        VESSEL | {"at": None, "at_utc": None, "mmsi": 244123456, "flags": [], "verdict": "suspicious"},
        VESSEL | {"name": "ZARYA", "flags": [], "verdict": "cleared"},
    ],
}


def test_vessels_of_a_case_stand_in_the_briefing_and_on_its_map_unless_cleared(plan: Path, tmp_path: Path) -> None:
    from planner.formats.contacts import read_vessels

    (tmp_path / "case.json").write_text(json.dumps(CASE))
    brief = made(plan, vessels=read_vessels(tmp_path / "case.json"))
    assert brief.vessels == (
        "V1  c1, 51.95250, 4.00410, seen 20 Jun 08:12 UTC: No AIS report within 300 m.",
        "V2  MMSI 244123456, place unknown",
    )
    assert "V1" in words_of(brief)
    assert "Vessels to look at</h2>" in brief_html(brief)
    assert "Vessels to look at" not in brief_html(made(plan))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "the top level is a list"),
        ("{}", "holds no 'contacts'; give what 'quaywatch case list CASE --json' printed"),
        (json.dumps({"contacts": [VESSEL]}), "contact 1: 'flags' is missing"),
        (json.dumps({"contacts": [VESSEL | {"flags": [], "at": [99, 4]}]}), "contact 1: 'at': latitude"),
        (json.dumps({"contacts": [VESSEL | {"flags": [], "at_utc": "today"}]}), "contact 1: 'at_utc' is 'today'"),
        (json.dumps({"contacts": [{"flags": []}]}), "contact 1: 'contact' is missing"),
    ],
)
def test_a_file_that_lists_no_vessels_is_refused(text: str, says: str, plan: Path, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(text)
    error = run("brief", plan, "-o", tmp_path / "b.pdf", "--vessels", tmp_path / "case.json").exception
    assert isinstance(error, BadInput)
    assert says in str(error)


def text_of(data: bytes, path: Path) -> str:
    """The text of a PDF as a viewer finds it."""
    viewer = pytest.importorskip("PyQt6.QtPdf", reason="a viewer reads the PDF")
    path.write_bytes(data)
    document = viewer.QPdfDocument(None)
    document.load(str(path))
    return " ".join(document.getAllText(page).text() for page in range(document.pageCount()))


def font_with(letters: str, path: Path) -> None:
    """A font in which those letters are black squares."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((900, 0), (900, 800), (100, 800)):
        pen.lineTo(corner)
    pen.closePath()
    names = {ord(letter): f"u{ord(letter):04X}" for letter in letters}
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys([".notdef", *names.values()], pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost()
    builder.save(path)


@pytest.mark.usefixtures("qapp")
def test_letters_that_a_font_of_this_computer_has_are_borrowed_from_it(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    font_with("\u96c6\u88c5\u7bb1", tmp_path / "NotoSansCJK-Regular.ttf")
    (tmp_path / "damaged.ttf").write_bytes(b"no font")
    monkeypatch.setattr("planner.maps.brief_pdf.fonts_for", lambda letters: fonts_for(letters, [tmp_path]))
    whole = text_of(brief_pdf(replace(made(plan), title="\u96c6\u88c5\u7bb1 Basin")), tmp_path / "a.pdf")
    assert "\u96c6\u88c5\u7bb1 Basin" in whole
    assert LACKING not in whole
    partly = text_of(brief_pdf(replace(made(plan), title="\u96c6\u6e2f Basin")), tmp_path / "b.pdf")
    assert "\u96c6? Basin" in partly
    assert LACKING in partly


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    "name", ["\u041f\u043e\u0440\u0442", "\u039b\u03b9\u03bc\u03ac\u03bd\u03b9", "H\u1ea3i Ph\u00f2ng"]
)
def test_cyrillic_greek_and_vietnamese_names_stand_as_they_are(name: str, plan: Path, tmp_path: Path) -> None:
    found = text_of(brief_pdf(replace(made(plan), title=name)), tmp_path / "a.pdf")
    assert name in unicodedata.normalize("NFC", found)
    assert LACKING not in found


@pytest.mark.usefixtures("qapp")
def test_letters_that_the_pdf_cannot_show_are_told_at_its_foot(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.maps.brief_pdf.fonts_for", lambda letters: fonts_for(letters, [tmp_path]))
    western = text_of(brief_pdf(replace(made(plan), title="Hafen")), tmp_path / "a.pdf")
    chinese = text_of(brief_pdf(replace(made(plan), title="\u96c6\u88c5\u7bb1 Basin")), tmp_path / "b.pdf")
    assert "Hafen" in western
    assert LACKING not in western
    assert "??? Basin" in chinese
    assert LACKING in chinese


@pytest.mark.usefixtures("qapp")
def test_arabic_letters_are_joined_and_run_from_right_to_left(plan: Path, tmp_path: Path) -> None:
    name = "\u0645\u064a\u0646\u0627\u0621"
    found = text_of(brief_pdf(replace(made(plan), title=name)), tmp_path / "a.pdf")
    shaped = unicodedata.normalize("NFKC", found)
    assert name in shaped
    assert LACKING not in found


def test_a_dive_is_briefed_as_one(tmp_path: Path) -> None:
    path = tmp_path / "hull.plan"
    hull = ("--at", "51.960,4.060", "--heading-deg", "40", "--length-m", "30", "--home", "51.9602,4.0595")
    run("new", "--pattern", "hull", *hull, "-o", path)
    brief = briefing(read_mission(path), drone("bluerov2"), camera("practice-1080p"), take_off_utc=AT, wind=None)
    told = dict(brief.facts) | dict(brief.energy)
    assert not {"Take-off", "Landing", "Wind", "Drone's limit", "Pictures"} & set(told)
    assert told["Depth"].startswith("down to")
    assert any("Tether" in line for _, lines in brief.checklist for line in lines)
    assert run("check", path, "--json").exit_code == 0
    assert "wind" not in json.loads(run("check", path, "--json").stdout)["figures"]["unchecked"]


def test_vessels_with_long_reasons_stay_on_two_pages(plan: Path) -> None:
    from planner.formats.contacts import Vessel

    at = LatLon(51.952, 4.003)
    vessels = [
        Vessel(f"c-3c4ef4c07e1fc77e-{n:03d}", at, AT, "A vessel sent no AIS position that fits. " * 9)
        for n in range(14)
    ]
    brief = made(plan, vessels=vessels, zones=many_zones("dock of the harbour authority", 40))
    assert len(brief.vessels) == 7
    assert brief.vessels[-1] == "and 8 more in the case"
    assert all(len(line) < 260 for line in brief.vessels)
    assert pages_of(brief_pdf(brief)) <= 2


def test_a_vessel_far_away_does_not_shrink_the_map(plan: Path) -> None:
    from planner.formats.contacts import Vessel

    def ways(brief: Brief) -> list[Stroke]:
        return [piece for piece in brief.chart.pieces if isinstance(piece, Stroke)]

    assert ways(made(plan, vessels=[Vessel("far", LatLon(54.1, 7.0))])) == ways(made(plan))
