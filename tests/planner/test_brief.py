import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.cli.brief import KINDS, MOST_LEGS, briefing
from planner.cli.plan import app
from planner.formats.missions import read_mission
from planner.formats.profiles import camera, drone
from planner.geo.glint import Wind
from planner.geo.points import LatLon
from planner.maps.brief import Brief, Verdict, brief_html
from planner.maps.brief_pdf import brief_pdf
from planner.maps.chart import Stroke, Words, chart_of, svg_of
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
    monkeypatch.setattr("planner.maps.brief_pdf._font_folders", list)
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
