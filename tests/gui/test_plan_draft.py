from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given

from gui.plan import settings
from gui.plan.draft import Draft, Ids, draft_of
from gui.plan.planning import QuaywatchPlanning
from gui.plan.presenter import PlanPresenter
from gui.work import AtOnce
from planner.formats.missions import read_mission, read_plan, write_mission, write_plan
from planner.model.drift import Flow
from planner.model.mission import FenceCircle, FencePolygon, Home, Rally
from planner.model.outlook import Outlook
from planner.model.patterns import (
    PARAMETERS,
    CorridorParameters,
    HullParameters,
    OrbitParameters,
    Parameters,
    PatrolParameters,
    Pattern,
    PerimeterParameters,
    SearchParameters,
    Side,
    WatchPlace,
)
from planner.model.plan import Area, AreaKind, Plan, ZoneSet
from planner.model.zone import Zone, ZoneRule
from planner.route.make import make_mission
from tests.gui.planning import FRAME, SHORE, SQUARE, FakePage
from tests.planner.any_plan import CAMERA, DRONE, plans

HOME = Home(FRAME.to_place(-120, -120), 2.0)
SUB = replace(DRONE, vehicle="sub", autopilot="ardupilot")
AREA = Area("basin", AreaKind.POLYGON, tuple(SQUARE))
LINE = Area("mole", AreaKind.LINE, tuple(SHORE))
FAR = tuple(FRAME.to_places([(900, 900), (950, 900), (950, 950)]))
AT = FRAME.to_place(150, 60)
EACH: list[tuple[Pattern, tuple[Area, ...], Parameters | None]] = [
    (Pattern.AREA, (AREA,), None),
    (Pattern.CORRIDOR, (LINE,), CorridorParameters(Side.BOTH)),
    (Pattern.PERIMETER, (AREA,), PerimeterParameters(2, -30.0)),
    (Pattern.PATROL, (AREA,), PatrolParameters((WatchPlace("w", (SQUARE[0],), 3.0),), patrol_min=6.0, hover_s=5.0)),
    (Pattern.ORBIT, (), OrbitParameters(AT, 40.0, 1.0, 25.0, wind=Flow(3, 200))),
    (Pattern.HULL, (), HullParameters(AT, 30.0, 40.0, 9.0, 4.0, water_m=40.0)),
    *((p, (), SearchParameters(datum=AT, elapsed_min=20.0, current=Flow(0.5, 90))) for p in settings.SEARCHES),
]


@given(plans())
def test_the_draft_of_any_plan_gives_that_plan_again(plan: Plan) -> None:
    assert draft_of(plan, Ids()).plan() == plan


@pytest.mark.parametrize(("pattern", "areas", "parameters"), EACH)
def test_a_plan_of_every_pattern_opened_and_saved_in_the_window_loses_nothing(
    tmp_path: Path, pattern: Pattern, areas: tuple[Area, ...], parameters: Parameters | None
) -> None:
    drawn = areas or (Area(pattern.value, AreaKind.POLYGON, (parameters or PARAMETERS[pattern]()).outline()),)
    drone = SUB if pattern is Pattern.HULL else DRONE
    plan = Plan(
        "all", drawn, pattern, drone, CAMERA, 0.05, HOME, 0.2, 0.6, 8.0, None, 25.0, 2, 7, 30.0,
        keep_out=(Area("mud", AreaKind.POLYGON, FAR),), parameters=parameters,
        zones=(Zone("closed", ZoneRule.NO_FLY, FAR),),
        zone_sets=(ZoneSet("chart", (Zone("naval", ZoneRule.RESTRICTED_WATER, FAR, message="ask"),)),),
        outlook=Outlook(wind=Flow(4, 200), gust_m_s=7.0, authorised=("naval",), contacts=("Port: VHF 12",)),
    )  # fmt: skip
    fenced = replace(
        make_mission(plan).mission,
        fence_polygons=(FencePolygon(FAR, inclusion=False),),
        fence_circles=(FenceCircle(AT, 900.0),),
        rally=(Rally(SQUARE[1], 30.0),),
    )
    before, after = tmp_path / "before.plan", tmp_path / "after.plan"
    write_plan(replace(make_mission(plan), mission=fenced), plan, before)
    page = FakePage(save_to=after)
    p = PlanPresenter(page, QuaywatchPlanning(), AtOnce())
    p.open(before)
    assert not page.now().unsaved
    p.save_as()
    assert read_plan(after) == plan
    assert read_mission(after).mission == read_mission(before).mission


def test_a_mission_made_elsewhere_is_shown_checked_and_saved_as_it_is(tmp_path: Path) -> None:
    plan = Plan("m", (AREA,), Pattern.AREA, DRONE, CAMERA, 0.05, HOME)
    mission = replace(make_mission(plan).mission, fence_circles=(FenceCircle(AT, 900.0),))
    file, copy = tmp_path / "other.waypoints", tmp_path / "copy.plan"
    write_mission(mission, file)
    file.write_text(file.read_text() + "\n")  # as no program of ours would write it
    page = FakePage(save_to=copy)
    p = PlanPresenter(page, QuaywatchPlanning(), AtOnce())
    p.open(file)
    shown = page.now()
    assert shown.groups[0].text == f"{len(mission)} items, as in the file"
    assert shown.figures["Items"] == str(len(mission))
    assert "Area seen" not in shown.figures
    before = file.read_bytes()
    p.send()
    assert page.sent.pop() == (file, "other")
    assert file.read_bytes() == before
    p.save_as()
    assert read_mission(copy).mission.items == read_mission(file).mission.items
    p.send()
    assert page.sent == [(copy, "other")]


def test_a_track_without_heights_is_flown_at_the_height_of_the_page_and_a_note_says_so(tmp_path: Path) -> None:
    points = "".join(f'<rtept lat="{at.lat_deg}" lon="{at.lon_deg}"/>' for at in SQUARE)
    file = tmp_path / "track.gpx"
    file.write_text(f'<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><rte>{points}</rte></gpx>')
    page = FakePage()
    p = PlanPresenter(page, QuaywatchPlanning(), AtOnce())
    p.set_height_m(80)
    p.open(file)
    assert page.now().figures["Height"] == "80 m high"
    assert any("All fly at 80" in note for note in page.now().notes)


def test_a_file_whose_mission_is_not_what_its_plan_gives_is_said_to_be(tmp_path: Path) -> None:
    plan = Plan("m", (AREA,), Pattern.AREA, DRONE, CAMERA, 0.05, HOME)
    made, file = make_mission(plan), tmp_path / "cut.plan"
    write_plan(replace(made, mission=replace(made.mission, items=made.mission.items[:-2])), plan, file)
    page = FakePage()
    PlanPresenter(page, QuaywatchPlanning(), AtOnce()).open(file)
    assert any("differs from what its plan gives" in said for said in page.said)


def test_every_field_of_every_pattern_has_a_setting_with_words_of_its_own() -> None:
    for pattern in Pattern:
        known = {one.name: one for one in settings.for_pattern(pattern)}
        assert set(known) == {field.name for field in fields(PARAMETERS[pattern])}
        assert set(known) <= set(settings.WORDS)
    assert {one.name for one in settings.for_day()} == {field.name for field in fields(Outlook)}
    own = {field.name for field in fields(Draft)}
    assert all(set(names) <= own for names in settings.PLAN_FIELDS.values())


def test_a_field_that_the_table_does_not_know_is_shown_with_its_unit() -> None:
    words = settings._plain_words("mast_height_m")
    assert (words.word, words.unit) == ("Mast height", " m")
