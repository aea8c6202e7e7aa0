import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from shapely.geometry import LineString, Polygon

from planner.formats.missions import read_plan, write_plan
from planner.geo.glint import Wind as SeaWind
from planner.geo.points import LatLon, LocalFrame
from planner.model.drift import Flow
from planner.model.errors import BadInput
from planner.model.mission import Home
from planner.model.outlook import Outlook
from planner.model.patterns import AngleBy, AreaParameters
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import LegKind, PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.check import check
from planner.route.check_values import Wind, conditions_of
from planner.route.favour import PLAIN, in_wind
from planner.route.light import light_of
from planner.route.make import make_mission
from planner.route.timeline import timeline

FRAME = LocalFrame(LatLon(51.95, 4.05))
DRONE = DroneProfile("test", 10.0, 15.0, 3.0, 2.0, 900.0, 250.0, 300.0, 18.0)
CAMERA = CameraProfile("test", 6.4, 3.6, 4.57, 1600, 900, 0.5)
Corners = list[tuple[float, float]]
RECTANGLE: Corners = [(0, 0), (1500, 0), (1500, 900), (0, 900)]
COAST: Corners = [(0, 0), (3000, 200), (3000, 520), (2200, 380), (1500, 700), (900, 350), (0, 420)]
NOON = datetime(2026, 6, 21, 11, 45, tzinfo=UTC)
MORNING = datetime(2026, 6, 21, 8, 30, tzinfo=UTC)


def plan_of(corners: Corners, by: AngleBy, outlook: Outlook, *, tighten: bool = False) -> Plan:
    given = AreaParameters(tighten=tighten, angle_by=by)
    area = Area("test", AreaKind.POLYGON, tuple(FRAME.to_places(corners)))
    home = Home(FRAME.to_place(-50.0, -50.0))
    return Plan(
        "test", (area,), Pattern.AREA, DRONE, CAMERA, 0.05, home=home, swath_m=80.0, parameters=given, outlook=outlook
    )


def checked_wh(planned: PlannedMission, outlook: Outlook) -> float:
    """The energy by the check, which knows nothing of how the lines were chosen."""
    found = check(planned.mission, DRONE, (), conditions_of(outlook)).figures["energy_wh"]
    assert isinstance(found, float)
    return found


def in_glint(planned: PlannedMission, at: datetime) -> tuple[float, float]:
    """Metres of photographed legs with a tenth of the picture in glint, and the mean share, as `light_of` reckons."""
    line = timeline(planned.mission, DRONE)
    light = light_of(line, CAMERA, line.legs[0].start, take_off_utc=at, wind=SeaWind(6.0, 200.0))
    legs = sum(leg.length_m for leg, lit in zip(line.photographed, light.legs, strict=True) if lit.in_glint > 0.1)
    return legs, light.in_glint


@pytest.mark.parametrize("corners", [RECTANGLE, COAST], ids=["rectangle", "coast"])
def test_in_a_strong_wind_lines_that_suit_it_need_less_energy_by_the_check(corners: Corners) -> None:
    outlook = Outlook(wind=Flow(13.0, 80.0))
    suited, shortest = (make_mission(plan_of(corners, by, outlook)) for by in (AngleBy.WIND, AngleBy.LENGTH))
    assert checked_wh(suited, outlook) < 0.9 * checked_wh(shortest, outlook)
    assert suited.figures.covered >= 0.999
    assert suited.figures.outside_m == 0
    assert any("less than the" in note and "13 m/s" in note for note in suited.notes)


def test_the_energy_told_is_that_of_the_check_but_for_the_ways_to_and_from_home() -> None:
    outlook = Outlook(wind=Flow(11.0, 30.0))
    suited = make_mission(plan_of(RECTANGLE, AngleBy.WIND, outlook))
    told = suited.details["pattern_wh"]
    assert isinstance(told, float)
    assert told == pytest.approx(checked_wh(suited, outlook), rel=0.12)


def test_in_a_light_wind_the_shortest_way_is_kept_and_the_note_says_so() -> None:
    outlook = Outlook(wind=Flow(1.0, 80.0))
    suited, shortest = (make_mission(plan_of(RECTANGLE, by, outlook)) for by in (AngleBy.WIND, AngleBy.LENGTH))
    assert suited.mission == shortest.mission
    assert any("no other angle needs less energy" in note for note in suited.notes)


def test_where_the_wind_is_stronger_than_the_drone_the_note_says_that_no_angle_helps() -> None:
    blow = Outlook(wind=Flow(14.8, 90.0))
    suited = make_mission(plan_of(RECTANGLE, AngleBy.WIND, blow))
    assert any(
        problem.code == "wind-impossible" for problem in check(suited.mission, DRONE, (), conditions_of(blow)).problems
    )
    assert suited.details["pattern_wh"] is None
    assert any("whichever way they run" in note for note in suited.notes)


@pytest.mark.parametrize("corners", [RECTANGLE, COAST], ids=["rectangle", "coast"])
@pytest.mark.parametrize("take_off", [NOON, MORNING], ids=["noon", "morning"])
def test_lines_that_suit_the_sun_see_no_more_glint_than_the_shortest(corners: Corners, take_off: datetime) -> None:
    outlook = Outlook(wind=Flow(6.0, 200.0), start_utc=take_off)
    suited, shortest = (make_mission(plan_of(corners, by, outlook)) for by in (AngleBy.GLINT, AngleBy.LENGTH))
    assert in_glint(suited, take_off)[1] <= in_glint(shortest, take_off)[1] + 0.002
    assert suited.figures.covered >= 0.999


def test_at_noon_lines_along_the_sun_keep_its_glint_out_of_most_pictures() -> None:
    outlook = Outlook(wind=Flow(6.0, 200.0), start_utc=NOON)
    suited, shortest = (make_mission(plan_of(RECTANGLE, by, outlook)) for by in (AngleBy.GLINT, AngleBy.LENGTH))
    assert in_glint(suited, NOON)[1] < 0.65 * in_glint(shortest, NOON)[1]
    told, of_shortest = suited.details["glint_share"], suited.details["glint_share_shortest"]
    assert isinstance(told, float)
    assert isinstance(of_shortest, float)
    assert told < of_shortest
    assert any("for the sun" in note for note in suited.notes)


def test_in_the_forenoon_fewer_legs_see_glint_than_on_the_shortest_way() -> None:
    forenoon = datetime(2026, 6, 21, 9, 30, tzinfo=UTC)
    outlook = Outlook(wind=Flow(6.0, 200.0), start_utc=forenoon)
    suited, shortest = (make_mission(plan_of(RECTANGLE, by, outlook)) for by in (AngleBy.GLINT, AngleBy.LENGTH))
    assert in_glint(suited, forenoon)[0] < 0.3 * in_glint(shortest, forenoon)[0]


def test_by_night_there_is_no_glint_and_the_shortest_way_is_kept() -> None:
    outlook = Outlook(start_utc=datetime(2026, 6, 21, 23, 30, tzinfo=UTC))
    suited, shortest = (make_mission(plan_of(RECTANGLE, by, outlook)) for by in (AngleBy.GLINT, AngleBy.LENGTH))
    assert suited.mission == shortest.mission


def test_a_way_that_suits_the_wind_can_be_tightened_and_still_needs_less() -> None:
    outlook = Outlook(wind=Flow(13.0, 80.0))
    tight = make_mission(plan_of(RECTANGLE, AngleBy.WIND, outlook, tighten=True))
    assert checked_wh(tight, outlook) <= checked_wh(make_mission(plan_of(RECTANGLE, AngleBy.WIND, outlook)), outlook)
    legs = [leg for leg in tight.legs if leg.kind is not LegKind.TRANSIT]
    way = LineString(FRAME.to_metres([legs[0].start, *(leg.end for leg in legs)]))
    assert way.difference(Polygon(RECTANGLE).buffer(1e-3)).length == 0
    assert tight.figures.covered >= 0.999


@pytest.mark.parametrize(
    ("by", "change", "says"),
    [
        (AngleBy.WIND, {}, "no wind is given"),
        (AngleBy.GLINT, {}, "no take-off time"),
        (AngleBy.WIND, {"angle_deg": 30.0, "outlook": Outlook(wind=Flow(8.0, 80.0))}, "leave one of them out"),
    ],
)
def test_what_the_angle_is_to_suit_must_be_known(by: AngleBy, change: dict[str, object], says: str) -> None:
    plan = replace(plan_of(RECTANGLE, by, Outlook()), **change)  # type: ignore[arg-type]  # a table of fields
    with pytest.raises(BadInput, match=says):
        make_mission(plan)


def test_across_a_wind_as_fast_as_the_drone_every_angle_costs_dearly() -> None:
    favour = in_wind(DRONE, Wind(16.0, 0.0), 10.0)
    assert favour.least > 10
    assert in_wind(DRONE, Wind(0.0, 0.0), 10.0).least == pytest.approx(1.0)


def test_a_metre_counts_by_its_course_and_the_same_there_and_back() -> None:
    favour = in_wind(DRONE, Wind(12.0, 90.0), 10.0)
    east, north = np.array([[100.0, 0.0]]), np.array([[0.0, 100.0]])
    assert favour.metres(east)[0] > favour.metres(north)[0] > 100
    assert favour.metres(-east)[0] == favour.metres(east)[0]
    assert PLAIN.metres(east)[0] == 100
    assert favour.factor(math.pi / 2) == pytest.approx(favour.metres(north)[0] / 100)


def test_a_plan_file_keeps_what_its_angle_suits(tmp_path: object) -> None:
    path = f"{tmp_path}/p.plan"
    plan = plan_of(RECTANGLE, AngleBy.WIND, Outlook(wind=Flow(9.0, 80.0)))
    write_plan(make_mission(plan), plan, path)
    again = read_plan(path)
    assert again.parameters == plan.parameters
    assert make_mission(again) == make_mission(plan)
