"""Every code of the check: one case in which it is told, one close by in which it is not."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import planner.route
from planner.model.mission import Command, FenceCircle, FencePolygon, Frame, Home, Mission, Rally, item
from planner.model.zone import Datum, Window, ZoneRule
from planner.route.check_codes import DANGER
from planner.route.check_values import Conditions, Rules, Severity, Verdict, Wind
from tests.planner.checking import PX4, QUAD, RETURN, at, changed, codes, mission, take_off, verdict, waypoint, zone

Made = Callable[[], Verdict]
NOON, MIDNIGHT = datetime(2026, 6, 21, 12, tzinfo=UTC), datetime(2026, 12, 21, 0, tzinfo=UTC)
WEAK = replace(QUAD, battery_wh=8.0)
DO_JUMP, SPEED = Command.DO_JUMP, Command.DO_CHANGE_SPEED


def wind(speed: float, gust: float | None = None, from_deg: float = 0.0) -> Conditions:
    return Conditions(wind=Wind(speed, from_deg, gust))


def ruled(**fields: object) -> Rules:
    return replace(Rules(), **fields)  # type: ignore[arg-type]  # any field of the rules


def square(half: float) -> FencePolygon:
    return FencePolygon(tuple(at(e, n) for e, n in ((-half, -half), (half, -half), (half, half), (-half, half))))


LONG = mission(waypoint(0, 101_000))
CASES: list[tuple[str, Made, Made]] = [
    ("empty", lambda: verdict(Mission(())), verdict),
    (
        "too-many-items",
        lambda: verdict(mission(*[waypoint(0, 100 + n) for n in range(649)])),
        lambda: verdict(mission(*[waypoint(0, 100 + n) for n in range(648)])),
    ),
    (
        "under-water",
        lambda: verdict(mission(waypoint(0, 90, -5))),
        lambda: verdict(mission(waypoint(0, 90, 5))),
    ),
    ("takeoff-missing", lambda: verdict(Mission((waypoint(0, 99), RETURN), Home(at(0, 0)))), verdict),
    (
        "frames-mixed",
        lambda: verdict(mission(waypoint(0, 90, frame=Frame.GLOBAL))),
        lambda: verdict(mission(waypoint(0, 90, frame=Frame.GLOBAL_RELATIVE_ALT_INT))),
    ),
    (
        "terrain-needed",
        lambda: verdict(mission(waypoint(0, 90, frame=Frame.GLOBAL_TERRAIN_ALT))),
        verdict,
    ),
    (
        "not-finite",
        lambda: verdict(replace(mission(), rally=(Rally(at(0, 0), float("nan")),))),
        lambda: verdict(replace(mission(), rally=(Rally(at(0, 0), 30.0),))),
    ),
    (
        "command-unknown",
        lambda: verdict(mission(item(2003), waypoint(0, 90))),
        lambda: verdict(mission(item(2003), waypoint(0, 90)), by=PX4),
    ),
    ("frame-unknown", lambda: verdict(changed(mission(), 2, frame=1)), verdict),
    (
        "place-zero",
        lambda: verdict(changed(mission(), 2, params=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 50.0))),
        lambda: verdict(changed(mission(), 1, params=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 50.0))),
    ),
    (
        "parameter-missing",
        lambda: verdict(changed(mission(), 2, params=(0.0, 0.0, 0.0, 0.0, 52.001, 4.0, None))),
        lambda: verdict(changed(mission(), 2, params=(0.0, 0.0, 0.0, None, 52.001, 4.0, 50.0))),
    ),
    (
        "jump-nowhere",
        lambda: verdict(mission(waypoint(0, 90), item(DO_JUMP, p1=9.0, p2=1.0))),
        lambda: verdict(mission(waypoint(0, 90), item(DO_JUMP, p1=2.0, p2=1.0))),
    ),
    (
        "jump-endless",
        lambda: verdict(mission(waypoint(0, 90), item(DO_JUMP, p1=2.0, p2=-1.0))),
        lambda: verdict(mission(waypoint(0, 90), item(DO_JUMP, p1=2.0, p2=3.0))),
    ),
    (
        "speed-too-high",
        lambda: verdict(mission(item(SPEED, p1=1.0, p2=16.0), waypoint(0, 90))),
        lambda: verdict(mission(item(SPEED, p1=1.0, p2=15.0), waypoint(0, 90))),
    ),
    (
        "home-missing",
        lambda: verdict(replace(mission(), home=None)),
        lambda: verdict(replace(mission(), home=None), conditions=Conditions(home=at(0, 0))),
    ),
    (
        "surface-assumed",
        lambda: verdict(mission(home_msl_m=480.0)),
        lambda: verdict(mission(home_msl_m=480.0), conditions=Conditions(surface_msl_m=470.0)),
    ),
    ("home-moved", lambda: verdict(mission(item(179, at=at(9, 9)), waypoint(0, 90))), verdict),
    ("not-judged", lambda: verdict(mission(item(92, p1=1.0), waypoint(0, 90))), verdict),
    (
        "hover-endless",
        lambda: verdict(mission(ends=(item(17, at=at(0, 50), height_m=50.0),))),
        lambda: verdict(mission(item(19, at=at(0, 50), height_m=50.0, p1=20.0))),
    ),
    (
        "no-landing",
        lambda: verdict(mission(ends=())),
        lambda: verdict(mission(ends=(item(Command.NAV_LAND, at=at(0, 20)),))),
    ),
    ("leg-too-long", lambda: verdict(LONG), lambda: verdict(mission(waypoint(0, 99_000)))),
    (
        "too-high",
        lambda: verdict(mission(waypoint(0, 90, 121)), rules=ruled(max_height_m=120.0)),
        lambda: verdict(mission(waypoint(0, 90, 120)), rules=ruled(max_height_m=120.0)),
    ),
    (
        "return-too-high",
        lambda: verdict(
            mission(ends=(item(Command.NAV_LAND, at=at(0, 9)),)),
            conditions=Conditions(return_height_m=130.0),
            rules=ruled(max_height_m=120.0),
        ),
        lambda: verdict(conditions=Conditions(return_height_m=100.0), rules=ruled(max_height_m=120.0)),
    ),
    ("too-low", lambda: verdict(mission(waypoint(0, 90, 1.0))), lambda: verdict(mission(waypoint(0, 90, 3.0)))),
    (
        "too-fast",
        lambda: verdict(mission(item(SPEED, p1=1.0, p2=6.0), waypoint(0, 9)), rules=ruled(max_speed_m_s=5.0)),
        lambda: verdict(mission(item(SPEED, p1=1.0, p2=4.0), waypoint(0, 9)), rules=ruled(max_speed_m_s=5.0)),
    ),
    ("beyond-range", lambda: verdict(rules=ruled(range_m=420.0)), lambda: verdict(rules=ruled(range_m=430.0))),
    (
        "beyond-sight",
        lambda: verdict(rules=ruled(sight_m=420.0)),
        lambda: verdict(rules=ruled(sight_m=420.0), conditions=Conditions(pilot=at(150, 150))),
    ),
    (
        "beyond-radio",
        lambda: verdict(conditions=Conditions(radio_range_m=425.0)),
        lambda: verdict(conditions=Conditions(radio_range_m=428.0)),
    ),
    (
        "radio-horizon",
        lambda: verdict(mission(waypoint(0, 36_000))),
        lambda: verdict(mission(waypoint(0, 34_000))),
    ),
    (
        "night",
        lambda: verdict(conditions=Conditions(start_utc=MIDNIGHT), rules=ruled(night=Severity.WARNING)),
        lambda: verdict(conditions=Conditions(start_utc=NOON), rules=ruled(night=Severity.WARNING)),
    ),
    ("wind-too-strong", lambda: verdict(conditions=wind(12.5)), lambda: verdict(conditions=wind(11.0, gust=12.0))),
    ("gusts-likely", lambda: verdict(conditions=wind(9.0)), lambda: verdict(conditions=wind(9.0, gust=10.0))),
    ("wind-impossible", lambda: verdict(conditions=wind(15.5)), lambda: verdict(conditions=wind(14.0))),
    (
        "return-impossible",
        lambda: verdict(mission(waypoint(0, -300)), conditions=wind(15.5)),
        lambda: verdict(mission(waypoint(0, -300)), conditions=wind(14.0)),
    ),
    ("energy-short", lambda: verdict(by=WEAK), verdict),
    ("no-return", lambda: verdict(by=WEAK), verdict),
    (
        "zone-no-fly",
        lambda: verdict(None, zone(ZoneRule.NO_FLY, -50, 100, 50, 200)),
        lambda: verdict(None, zone(ZoneRule.NO_FLY, -50, 100, 50, 200, lower_m=51.0)),
    ),
    (
        "zone-near",
        lambda: verdict(None, zone(ZoneRule.NO_FLY, -100, 100, -20, 200)),
        lambda: verdict(None, zone(ZoneRule.NO_FLY, -100, 100, -31, 200)),
    ),
    (
        "zone-authorisation",
        lambda: verdict(None, zone(ZoneRule.AUTHORISATION, -50, 100, 50, 200)),
        lambda: verdict(
            None, zone(ZoneRule.AUTHORISATION, -50, 100, 50, 200), conditions=Conditions(authorised=frozenset({"Z"}))
        ),
    ),
    (
        "zone-conditional",
        lambda: verdict(None, zone(ZoneRule.CONDITIONAL, -50, 100, 50, 200)),
        lambda: verdict(None, zone(ZoneRule.CONDITIONAL, -50, 100, 50, 200, upper_m=40.0)),
    ),
    (
        "zone-ceiling",
        lambda: verdict(None, zone(ZoneRule.ALTITUDE_LIMIT, -50, 100, 50, 200, upper_m=49.0)),
        lambda: verdict(None, zone(ZoneRule.ALTITUDE_LIMIT, -50, 100, 50, 200, upper_m=50.0)),
    ),
    (
        "obstacle",
        lambda: verdict(None, zone(ZoneRule.OBSTACLE, -5, 100, 5, 110, upper_m=31.0, datum=Datum.SEA)),
        lambda: verdict(None, zone(ZoneRule.OBSTACLE, -5, 100, 5, 110, upper_m=29.0, datum=Datum.SEA)),
    ),
    (
        "obstacle-height-unknown",
        lambda: verdict(None, zone(ZoneRule.OBSTACLE, -5, 100, 5, 110, lower_m=20.0, datum=Datum.SEA)),
        lambda: verdict(None, zone(ZoneRule.OBSTACLE, -5, 100, 5, 110, lower_m=40.0, datum=Datum.SEA)),
    ),
    (
        "people-near",
        lambda: verdict(None, zone(ZoneRule.PEOPLE, -100, 100, -49, 110)),
        lambda: verdict(None, zone(ZoneRule.PEOPLE, -100, 100, -51, 110)),
    ),
    (
        "restricted-water",
        lambda: verdict(None, zone(ZoneRule.RESTRICTED_WATER, -50, 100, 50, 200)),
        lambda: verdict(None, zone(ZoneRule.ANCHORAGE, -50, 100, 50, 200)),
    ),
    (
        "privacy",
        lambda: verdict(None, zone(ZoneRule.PRIVACY, -50, 100, 50, 200)),
        lambda: verdict(None, zone(ZoneRule.PRIVACY, -50, 100, -1, 200)),
    ),
    (
        "fairway-low",
        lambda: verdict(None, zone(ZoneRule.FAIRWAY, -50, 100, 50, 200)),
        lambda: verdict(None, zone(ZoneRule.FAIRWAY, -50, 100, 50, 200), rules=ruled(fairway_mast_m=20.0)),
    ),
    (
        "over-land",
        lambda: verdict(None, zone(ZoneRule.LAND, -50, 160, 50, 200), conditions=Conditions(land_allowed=False)),
        lambda: verdict(None, zone(ZoneRule.LAND, -50, -50, 50, 100), conditions=Conditions(land_allowed=False)),
    ),
    (
        "return-no-fly",
        lambda: verdict(None, zone(ZoneRule.NO_FLY, 100, 100, 150, 150)),
        lambda: verdict(None, zone(ZoneRule.NO_FLY, 310, 310, 400, 400)),
    ),
    (
        "return-authorisation",
        lambda: verdict(None, zone(ZoneRule.AUTHORISATION, 100, 100, 150, 150)),
        lambda: verdict(None, zone(ZoneRule.AUTHORISATION, 100, 100, 150, 150, upper_m=49.0)),
    ),
    (
        "return-obstacle",
        lambda: verdict(None, zone(ZoneRule.OBSTACLE, 100, 100, 110, 110, upper_m=60.0)),
        lambda: verdict(
            None,
            zone(ZoneRule.OBSTACLE, 100, 100, 110, 110, upper_m=60.0),
            conditions=Conditions(return_height_m=81.0),
        ),
    ),
    (
        "return-ceiling",
        lambda: verdict(None, zone(ZoneRule.ALTITUDE_LIMIT, 100, 100, 150, 150, upper_m=49.0)),
        lambda: verdict(None, zone(ZoneRule.ALTITUDE_LIMIT, 100, 100, 150, 150, upper_m=50.0)),
    ),
    (
        "return-over-land",
        lambda: verdict(None, zone(ZoneRule.LAND, 180, 180, 220, 220), conditions=Conditions(land_allowed=False)),
        lambda: verdict(None, zone(ZoneRule.LAND, 180, 180, 220, 220)),
    ),
    (
        "return-people",
        lambda: verdict(None, zone(ZoneRule.PEOPLE, 120, 120, 130, 130)),
        lambda: verdict(None, zone(ZoneRule.PEOPLE, 340, 340, 350, 350)),
    ),
    (
        "return-conditional",
        lambda: verdict(None, zone(ZoneRule.CONDITIONAL, 100, 100, 150, 150)),
        lambda: verdict(None, zone(ZoneRule.CONDITIONAL, 100, 100, 150, 150, lower_m=51.0)),
    ),
    (
        "return-height-unknown",
        lambda: verdict(None, zone(ZoneRule.OBSTACLE, 100, 100, 110, 110, lower_m=20.0, datum=Datum.SEA)),
        lambda: verdict(None, zone(ZoneRule.OBSTACLE, 330, 330, 340, 340, lower_m=20.0, datum=Datum.SEA)),
    ),
    (
        "rally-outside-fence",
        lambda: verdict(replace(mission(), rally=(Rally(at(0, 400), 30.0),), fence_polygons=(square(350),))),
        lambda: verdict(replace(mission(), rally=(Rally(at(0, 340), 30.0),), fence_polygons=(square(350),))),
    ),
    (
        "fence-too-large",
        lambda: verdict(replace(mission(), fence_circles=(FenceCircle(at(0, 150), 400.0),) * 70)),
        lambda: verdict(replace(mission(), fence_circles=(FenceCircle(at(0, 150), 400.0),) * 69)),
    ),
    (
        "too-many-rally",
        lambda: verdict(replace(mission(), rally=(Rally(at(0, 0), 30.0),) * 47)),
        lambda: verdict(replace(mission(), rally=(Rally(at(0, 0), 30.0),) * 46)),
    ),
    (
        "speed-zero",
        lambda: verdict(mission(item(SPEED, p1=1.0, p2=0.0), waypoint(0, 90))),
        lambda: verdict(mission(item(SPEED, p1=1.0, p2=-1.0), waypoint(0, 90))),
    ),
    (
        "never-flown",
        lambda: verdict(mission(ends=(RETURN, waypoint(0, 90)))),
        lambda: verdict(mission(ends=(item(Command.NAV_LAND, at=at(0, 20)), take_off(), RETURN))),
    ),
    (
        "outside-fence",
        lambda: verdict(replace(mission(), fence_polygons=(square(299),))),
        lambda: verdict(replace(mission(), fence_polygons=(square(301),))),
    ),
    (
        "fence-exclusion",
        lambda: verdict(replace(mission(), fence_circles=(FenceCircle(at(0, 150), 20.0, inclusion=False),))),
        lambda: verdict(replace(mission(), fence_circles=(FenceCircle(at(0, 500), 20.0, inclusion=False),))),
    ),
    (
        "return-outside-fence",
        lambda: verdict(replace(mission(), fence_circles=(FenceCircle(at(120, 120), 20.0, inclusion=False),))),
        lambda: verdict(replace(mission(), fence_circles=(FenceCircle(at(320, 320), 20.0, inclusion=False),))),
    ),
]


@pytest.mark.parametrize(("code", "fires"), [case[:2] for case in CASES], ids=[case[0] for case in CASES])
def test_the_problem_is_told(code: str, fires: Made) -> None:
    assert code in codes(fires())


@pytest.mark.parametrize(("code", "quiet"), [(c, q) for c, _, q in CASES], ids=[case[0] for case in CASES])
def test_the_problem_is_not_told_where_there_is_none(code: str, quiet: Made) -> None:
    assert code not in codes(quiet())


def test_nothing_is_wrong_with_a_good_mission() -> None:
    judged = verdict(conditions=Conditions(wind=Wind(5, 270, 7)), rules=ruled(max_height_m=120.0, sight_m=500.0))
    assert judged.problems == ()
    assert judged.flyable


def test_every_code_in_the_source_has_its_two_cases() -> None:
    files = [path for path in Path(planner.route.__path__[0]).glob("check*.py") if path.stem != "check_codes"]
    said = {code for file in files for code in re.findall(r'"([a-z]+(?:-[a-z]+)*)"', file.read_text())}
    assert set(DANGER) <= said, "no code is listed that nothing tells"
    assert set(DANGER) == {code for code, _, _ in CASES}


@pytest.mark.parametrize("code", DANGER)
def test_every_code_is_in_the_guide(code: str) -> None:
    guide = (Path(planner.route.__path__[0]).parents[1] / "docs" / "pilot.md").read_text()
    assert f"`{code}`" in guide


def test_a_return_from_a_climbing_leg_is_judged_from_its_lowest_point() -> None:
    low = zone(ZoneRule.NO_FLY, 20, 100, 60, 140, upper_m=60.0)
    climbing = mission(waypoint(0, 150, 30), waypoint(300, 150, 110), waypoint(300, 0, 110))
    assert "return-no-fly" in codes(verdict(climbing, low))


def test_a_zone_with_times_counts_only_while_it_applies() -> None:
    event = replace(
        zone(ZoneRule.NO_FLY, -50, 100, 50, 200),
        windows=(Window(datetime(2026, 6, 21, 14, tzinfo=UTC), datetime(2026, 6, 21, 16, tzinfo=UTC)),),
    )
    assert "zone-no-fly" not in codes(verdict(None, event, conditions=Conditions(start_utc=NOON)))
    assert "zone-no-fly" in codes(verdict(None, event, conditions=Conditions(start_utc=NOON.replace(hour=15))))
    assert "zone-no-fly" in codes(verdict(None, event)), "without a time every window counts as open"


def test_heights_keep_their_frames() -> None:
    ceiling = zone(ZoneRule.ALTITUDE_LIMIT, -50, 100, 50, 200, upper_m=60.0, datum=Datum.SEA)
    assert "zone-ceiling" in codes(verdict(mission(home_msl_m=20.0), ceiling)), "50 m above a home 20 m up is 70 m AMSL"
    amsl = mission(waypoint(0, 300, 55, Frame.GLOBAL), home_msl_m=5.0)
    assert "zone-ceiling" not in codes(verdict(amsl, ceiling))
    assert verdict(amsl).figures["highest_m"] == 55.0, "the sea lies at 0"


def test_a_leg_that_climbs_through_a_zones_height_is_judged_where_it_is_inside() -> None:
    low = zone(ZoneRule.NO_FLY, -50, 200, 50, 300, upper_m=60.0)
    climbing = mission(waypoint(0, 10, 50), waypoint(0, 310, 110), waypoint(0, 20, 110))
    assert "zone-no-fly" not in codes(verdict(climbing, low)), "88 m high where the zone begins"
    sinking = mission(waypoint(0, 10, 110), waypoint(0, 310, 50), waypoint(0, 20, 110))
    assert "zone-no-fly" in codes(verdict(sinking, low))


def test_a_problem_names_item_place_and_figures() -> None:
    (problem,) = (
        p for p in verdict(None, zone(ZoneRule.NO_FLY, -50, 100, 50, 200)).problems if p.code == "zone-no-fly"
    )
    assert problem.item == 2
    assert problem.where is not None
    assert problem.where.lat_deg == pytest.approx(at(0, 100).lat_deg, abs=1e-6)
    assert "100 m of it at 50 m above the surface" in problem.message


def test_the_way_from_the_launch_place_is_judged_too() -> None:
    judged = verdict(mission(waypoint(0, 300)), zone(ZoneRule.NO_FLY, -20, -20, 20, 20, upper_m=30.0))
    assert next(p.message for p in judged.problems if p.code == "zone-no-fly").startswith("The climb of item 1")


def test_the_way_to_a_rally_point_is_judged() -> None:
    flown = replace(mission(), rally=(Rally(at(600, 300), 40.0),))
    judged = verdict(flown, zone(ZoneRule.NO_FLY, 400, 250, 450, 350))
    assert any("to rally point 1" in p.message for p in judged.problems if p.code == "return-no-fly")


def test_jumps_are_flown_as_often_as_they_say() -> None:
    once = verdict(mission(waypoint(0, 90), waypoint(0, 190)))
    thrice = verdict(mission(waypoint(0, 90), waypoint(0, 190), item(DO_JUMP, p1=2.0, p2=2.0)))
    assert thrice.figures["flight_m"] == pytest.approx(float(once.figures["flight_m"] or 0) + 400, abs=1)


def test_errors_come_first_and_the_json_has_the_agreed_keys() -> None:
    judged = verdict(mission(waypoint(0, 90, 130), ends=()), rules=ruled(max_height_m=120.0))
    row = judged.as_dict()
    assert set(row) == {"flyable", "problems", "figures"}
    assert row["flyable"] is False
    assert [p.severity for p in judged.problems] == sorted(p.severity for p in judged.problems)
    assert set(judged.problems[0].as_dict()) == {"code", "severity", "message", "item", "where"}


def test_a_dive_needs_no_take_off_and_is_held_against_its_fence() -> None:
    dive = Mission((waypoint(0, 90, -5), waypoint(0, 190, -8), item(Command.NAV_LAND, at=at(0, 0))), Home(at(0, 0)))
    assert codes(verdict(dive, zone(ZoneRule.NO_FLY, -50, 100, 50, 200))) == {"under-water"}
    assert "outside-fence" in codes(verdict(replace(dive, fence_polygons=(square(100),))))


def test_a_take_off_is_needed_before_all_else_that_flies() -> None:
    early = Mission((item(SPEED, p1=1.0, p2=5.0), take_off(), waypoint(0, 90), RETURN), Home(at(0, 0)))
    assert "takeoff-missing" not in codes(verdict(early))
