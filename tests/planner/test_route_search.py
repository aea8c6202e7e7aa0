import itertools
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon
from typer.testing import CliRunner

from planner.cli.plan import app
from planner.formats.missions import read_plan, write_plan
from planner.geo.points import LatLon, LocalFrame, bearing_deg, distance_m
from planner.model.drift import Adrift, Flow, drifted
from planner.model.errors import BadInput
from planner.model.patterns import SearchParameters
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import LegKind, PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.make import make_mission
from planner.route.search import expanding_square, sector, tracks
from planner.route.shapes import length_m

DRONE = DroneProfile("test", 10.0, 15.0, 3.0, 2.0, 100.0, 300.0, 300.0, 12.0)
CAMERA = CameraProfile("test", 6.4, 3.6, 4.57, 1600, 900, 0.5)
DATUM = LatLon(51.95, 4.05)
FRAME = LocalFrame(DATUM)


def search(pattern: Pattern, given: SearchParameters, **more: object) -> Plan:
    area = Area("search", AreaKind.POLYGON, given.outline())
    plan = Plan("test", (area,), pattern, DRONE, CAMERA, gsd_m=0.05, parameters=given)
    return replace(plan, **more)  # type: ignore[arg-type]  # a table of fields


def flown(planned: PlannedMission) -> LineString:
    legs = [leg for leg in planned.legs if leg.kind is not LegKind.TRANSIT]
    return LineString(FRAME.to_metres([legs[0].start, *(leg.end for leg in legs)]))


def test_the_legs_of_an_expanding_square_grow_by_the_spacing_every_second_time_and_turn_right() -> None:
    points = expanding_square(100, 250, 0)
    lengths = [round(math.dist(a, b)) for a, b in itertools.pairwise(points)]
    assert lengths == [100, 100, 200, 200, 300, 300, 400, 400, 400]
    assert points[1] == pytest.approx((0, 100))
    assert points[2] == pytest.approx((100, 100))
    assert points[3] == pytest.approx((100, -100))


@given(spacing=st.floats(20, 300), reach=st.floats(20, 2000))
def test_an_expanding_square_reaches_as_far_as_asked_and_leaves_no_gap(spacing: float, reach: float) -> None:
    seen = LineString(expanding_square(spacing, reach, 30)).buffer(
        spacing / 2 * 1.001, cap_style="square", join_style="mitre"
    )
    corners = [
        (reach * 2**0.5 * math.sin(math.radians(75 + 90 * i)), reach * 2**0.5 * math.cos(math.radians(75 + 90 * i)))
        for i in range(4)
    ]
    assert Polygon(corners).difference(seen).area < 1e-6 * reach * reach


def test_a_sector_search_is_nine_radii_long_and_passes_the_datum_three_times() -> None:
    points = sector(1000, 0)
    assert length_m(points) == pytest.approx(9000)
    assert points[-1] == pytest.approx((0, 0), abs=1e-6)
    bearings = [math.degrees(math.atan2(x, y)) % 360 for x, y in points[1:-1]]
    assert bearings == pytest.approx([0, 60, 240, 300, 120, 180], abs=1e-6)
    assert [math.hypot(*p) for p in points[1:-1]] == pytest.approx([1000] * 6)


def test_parallel_tracks_begin_half_a_spacing_inside_and_run_along_the_longer_side() -> None:
    points = tracks(Polygon([(0, 0), (1000, 0), (1000, 400), (0, 400)]), 100, 90)
    assert sorted({round(y) for _, y in points}) == [50, 150, 250, 350]
    assert {round(x) for x, _ in points} == {50, 950}


@pytest.mark.parametrize(("pattern", "longer"), [(Pattern.PARALLEL, True), (Pattern.CREEPING, False)])
def test_parallel_runs_along_the_longer_side_and_creeping_along_the_shorter(pattern: Pattern, longer: bool) -> None:
    outline = tuple(FRAME.to_places([(0, 0), (1000, 0), (1000, 400), (0, 400)]))
    plan = search(pattern, SearchParameters(datum=DATUM, spacing_m=100))
    planned = make_mission(replace(plan, areas=(Area("box", AreaKind.POLYGON, outline),)))
    first = next(leg for leg in planned.legs if leg.kind is LegKind.LINE)
    assert (abs(math.sin(math.radians(bearing_deg(first.start, first.end)))) > 0.99) is longer


def test_the_current_alone_carries_the_datum_where_it_sets() -> None:
    found = drifted(
        DATUM, adrift=Adrift.NOTHING, wind=Flow(8, 270), current=Flow(1, 90), elapsed_s=3600, position_error_m=0
    )
    assert found.drift_m == pytest.approx(3600, abs=0.1)
    assert found.drift_deg == pytest.approx(90, abs=0.1)
    assert found.error_m == pytest.approx(0.3 * 3600, abs=1)


def test_leeway_runs_downwind_and_diverges_to_both_sides() -> None:
    # a person: 0.96 % of 10 m/s downwind and 0.54 % across, for an hour: 345.6 m and 194.4 m to either side
    found = drifted(
        DATUM, adrift=Adrift.PERSON, wind=Flow(10, 270), current=Flow(), elapsed_s=3600, position_error_m=100
    )
    assert found.drift_m == pytest.approx(345.6, abs=0.5)
    assert found.drift_deg == pytest.approx(90, abs=0.1)
    east, north = FRAME.to_metres([found.left])[0]
    assert (east, north) == pytest.approx((345.6, 194.4), abs=0.5)
    error = math.hypot(100, 5, 0.3 * math.hypot(345.6, 194.4))
    assert found.error_m == pytest.approx(error, abs=0.5)
    assert found.radius_m == pytest.approx(194.4 + 1.1 * error, abs=1)


def test_without_wind_and_current_the_datum_stays_where_it_was() -> None:
    found = drifted(DATUM, adrift=Adrift.KAYAK, wind=Flow(), current=Flow(), elapsed_s=3600, position_error_m=50)
    assert found.at == found.left == found.right == DATUM
    assert found.radius_m == pytest.approx(1.1 * math.hypot(50, 5))
    ship = drifted(
        DATUM, adrift=Adrift.KAYAK, wind=Flow(), current=Flow(), elapsed_s=0, position_error_m=50, craft_error_m=185
    )
    assert ship.error_m == pytest.approx(math.hypot(50, 185))


def test_a_search_says_its_coverage_and_what_it_will_find() -> None:
    given_ = SearchParameters(datum=DATUM, sweep_width_m=90, spacing_m=100, radius_m=300)
    details = make_mission(search(Pattern.EXPANDING_SQUARE, given_)).details
    assert details["coverage_factor"] == 0.9
    assert details["pod"] == pytest.approx(1 - math.exp(-0.9), abs=0.03)
    assert float(str(details["poc"])) > 0.99, "300 m are three times the probable error"
    assert details["pos"] == pytest.approx(float(str(details["pod"])) * float(str(details["poc"])), abs=1e-3)
    assert details["datum"] == [51.95, 4.05]


def test_the_first_leg_of_an_expanding_square_runs_into_the_wind() -> None:
    given_ = SearchParameters(datum=DATUM, wind=Flow(8, 270), radius_m=300)
    planned = make_mission(search(Pattern.EXPANDING_SQUARE, given_))
    first = next(leg for leg in planned.legs if leg.kind is LegKind.LINE)
    assert distance_m(first.start, DATUM) < 0.1
    assert bearing_deg(first.start, first.end) == pytest.approx(270, abs=0.1)


@pytest.mark.parametrize(("current", "towards"), [(Flow(1, 60), 60), (Flow(0.5, 300), 300), (Flow(), 0)])
def test_the_first_leg_of_a_sector_search_runs_down_the_drift(current: Flow, towards: float) -> None:
    given_ = SearchParameters(
        datum=DATUM, wind=Flow(8, 270), current=current, adrift=Adrift.NOTHING, elapsed_min=20.0, radius_m=300
    )
    planned = make_mission(search(Pattern.SECTOR, given_))
    lines = [leg for leg in planned.legs if leg.kind is LegKind.LINE]
    off = (bearing_deg(lines[0].start, lines[0].end) - towards + 180) % 360 - 180
    assert off == pytest.approx(0, abs=0.1)


def test_a_search_notes_its_coverage_and_chance_of_detection() -> None:
    given_ = SearchParameters(datum=DATUM, sweep_width_m=100, spacing_m=100, radius_m=300)
    notes = " ".join(make_mission(search(Pattern.EXPANDING_SQUARE, given_)).notes)
    assert "coverage factor 1.00" in notes
    assert "under normal conditions" in notes
    assert "found at all with" in notes


def test_tracks_over_an_area_without_a_datum_say_nothing_of_whether_it_is_there() -> None:
    outline = tuple(FRAME.to_places([(0, 0), (2000, 0), (2000, 2000), (0, 2000)]))
    given_ = SearchParameters(sweep_width_m=100, spacing_m=100)
    plan = Plan("t", (Area("b", AreaKind.POLYGON, outline),), Pattern.PARALLEL, DRONE, CAMERA, 0.05, parameters=given_)
    found = make_mission(plan).details
    assert "poc" not in found
    assert found["pod"] == pytest.approx(1 - math.exp(-1), abs=0.02)
    assert found["pos"] == found["pod"]


@pytest.mark.parametrize("pattern", ["sector", "orbit", "expanding-square"])
def test_the_wind_of_the_planning_is_the_checks_and_the_briefings(pattern: str, tmp_path: Path) -> None:
    path, page = tmp_path / "s.plan", tmp_path / "s.html"
    where = "--datum 51.951,4.05" if pattern != "orbit" else "--at 51.954,4.05"
    home = "--home 51.95,4.05"
    made = f"new -o {path} --pattern {pattern} {where} --wind 8@270 --current 0.5@90 --elapsed-min 5 {home}"
    assert CliRunner().invoke(app, made.split()).exit_code == 0
    plan = read_plan(path)
    assert plan.outlook.wind == Flow(8, 270)
    assert plan.outlook.current == Flow(0.5, 90)
    checked = json.loads(CliRunner().invoke(app, ["check", str(path), "--json"]).stdout)
    assert checked["figures"]["wind_m_s"] == 8
    assert CliRunner().invoke(app, ["brief", str(path), "-o", str(page)]).exit_code == 0
    told = page.read_text()
    assert "8 m/s from 270" in told
    assert ("Found if there" in told) == (pattern != "orbit")


def test_tracks_lead_round_a_zone_to_keep_out_of() -> None:
    zone = Polygon([(-120, 40), (40, 40), (40, 160), (-120, 160)])
    kept = Area("zone", AreaKind.POLYGON, tuple(FRAME.to_places(list(zone.exterior.coords)[:-1])))
    given_ = SearchParameters(datum=DATUM, spacing_m=80, radius_m=300)
    planned = make_mission(search(Pattern.EXPANDING_SQUARE, given_, keep_out=(kept,)))
    assert flown(planned).distance(zone) > 1
    assert any("round" in note for note in planned.notes)


def test_a_search_with_nothing_left_is_refused() -> None:
    zone = Area("zone", AreaKind.POLYGON, tuple(FRAME.to_places([(-900, -900), (900, -900), (900, 900), (-900, 900)])))
    with pytest.raises(BadInput, match="kept out of"):
        make_mission(search(Pattern.SECTOR, SearchParameters(datum=DATUM, radius_m=300), keep_out=(zone,)))


def test_a_search_keeps_its_parameters_in_the_plan_file(tmp_path: Path) -> None:
    given_ = SearchParameters(datum=DATUM, wind=Flow(8, 270), adrift=Adrift.RAFT, elapsed_min=30.0)
    plan = search(Pattern.SECTOR, given_)
    write_plan(make_mission(plan), plan, tmp_path / "s.plan")
    assert read_plan(tmp_path / "s.plan") == plan
    assert "pod" in json.loads((tmp_path / "s.plan").read_text())["quaywatch"]["figures"]


@pytest.mark.parametrize("pattern", ["expanding-square", "sector", "parallel", "creeping"])
def test_a_datum_is_all_that_the_command_needs(pattern: str, tmp_path: Path) -> None:
    words = f"new -o {tmp_path / 's.plan'} --pattern {pattern} --datum 51.95,4.05 --wind 8@270 --current 1@90"
    result = CliRunner().invoke(app, [*words.split(), "--elapsed-min", "30", "--spacing-m", "150", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["datum"][1] > 4.07
    assert 0 < found["pod"] < 1


@pytest.mark.parametrize("words", ["--wind 8", "--wind x@y", "--wind 800@0", "--datum 51", "--elapsed-min -1"])
def test_wrong_search_options_are_refused_in_one_sentence(words: str, tmp_path: Path) -> None:
    asked = f"new -o {tmp_path / 's.plan'} --pattern sector --datum 51.95,4.05 {words}"
    assert isinstance(CliRunner().invoke(app, asked.split()).exception, BadInput)
