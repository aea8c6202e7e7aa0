"""Zones and conditions that a plan carries: kept in its file, and minded by pattern, check and briefing."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from typer.testing import CliRunner

import quaywatch
from planner.formats.missions import write_plan
from planner.formats.plan_data import plan_from, plan_json
from planner.model.drift import Flow
from planner.model.mission import Home
from planner.model.outlook import Outlook
from planner.model.plan import Area, AreaKind, Pattern, Plan, ZoneSet
from planner.model.zone import Datum, HeightLimit, Zone, ZoneRule
from planner.route.make import make_mission
from tests.planner.any_plan import CAMERA, DRONE, FRAME, plans

SQUARE = tuple(FRAME.to_places([(-200, -200), (200, -200), (200, 200), (-200, 200)]))
INNER = tuple(FRAME.to_places([(-40, -40), (40, -40), (40, 40), (-40, 40)]))
BOW_TIE = tuple(FRAME.to_places([(-40, -40), (40, 40), (40, -40), (-40, 40)]))
BASE = Plan("harbour", (Area("all", AreaKind.POLYGON, SQUARE),), Pattern.AREA, DRONE, CAMERA, 0.05, Home(SQUARE[0]))
CLOSED = Zone("closed", ZoneRule.NO_FLY, INNER)


@given(plans())
def test_a_plan_file_gives_back_every_setting_of_every_pattern(plan: Plan) -> None:
    assert plan_from(json.loads(json.dumps(plan_json(plan))), Path("a.plan")) == plan


@pytest.mark.parametrize("plan", [replace(BASE, zones=(CLOSED,)), replace(BASE, zone_sets=(ZoneSet("f", (CLOSED,)),))])
def test_a_no_fly_zone_is_cut_out_of_the_area(plan: Plan) -> None:
    cut, whole = make_mission(plan).figures, make_mission(BASE).figures
    assert whole.area_m2 - cut.area_m2 == pytest.approx(6400, rel=0.01)
    assert cut.outside_m == 0


def test_zones_that_begin_above_the_flight_and_zones_far_away_are_not_cut_out() -> None:
    high = replace(CLOSED, lower=HeightLimit(300, Datum.GROUND))
    far = replace(CLOSED, outline=tuple(FRAME.to_places([(9e4, 0), (9.1e4, 0), (9.1e4, 1000)])))
    assert replace(BASE, zones=(high, far)).out_of == ()


def test_a_height_limit_below_the_flight_is_kept_out_of() -> None:
    low = Zone("low", ZoneRule.ALTITUDE_LIMIT, INNER, upper=HeightLimit(30, Datum.GROUND))
    assert [area.name for area in replace(BASE, zones=(low,)).out_of] == ["low"]
    assert replace(BASE, zones=(replace(low, upper=HeightLimit(120, Datum.GROUND)),)).out_of == ()


def test_a_published_zone_whose_outline_crosses_itself_is_still_kept_out_of() -> None:
    cut = make_mission(replace(BASE, zones=(replace(CLOSED, outline=BOW_TIE),)))
    assert cut.figures.area_m2 == pytest.approx(160_000 - 3200, rel=0.01)


def test_the_check_takes_zones_and_wind_from_the_plan_unless_told_otherwise(tmp_path: Path) -> None:
    # a zone over the launch place, and gusts that the drone does not bear
    corner = Zone("corner", ZoneRule.NO_FLY, tuple(FRAME.to_places([(-210, -210), (-150, -210), (-150, -150)])))
    outlook = Outlook(wind=Flow(8, 270), gust_m_s=14, start_utc=datetime(2026, 6, 1, 12, tzinfo=UTC))
    plan = replace(BASE, zones=(corner,), outlook=outlook)
    file = tmp_path / "a.plan"
    write_plan(make_mission(BASE), plan, file)
    done = CliRunner().invoke(quaywatch.app, ["plan", "check", str(file), "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert {"zone-no-fly"} <= {p["code"] for p in told["problems"]}
    assert (told["figures"]["wind_m_s"], told["figures"]["gust_m_s"]) == (8, 14)
    assert told["figures"]["start_utc"] == "2026-06-01T12:00:00+00:00"
    calm = CliRunner().invoke(quaywatch.app, ["plan", "check", str(file), "--json", "--wind", "1@90"])
    assert json.loads(calm.stdout)["figures"]["wind_m_s"] == 1


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"gust_m_s": 5.0}, "need the wind"),
        ({"wind": Flow(8, 0), "gust_m_s": 5.0}, "between the mean wind"),
        ({"start_utc": datetime(2026, 6, 1)}, "time zone"),  # noqa: DTZ001 - that is the fault
        ({"radio_range_m": -1e9}, "radio range"),
    ],
)
def test_an_outlook_that_cannot_be_is_refused(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Outlook(**wrong)  # type: ignore[arg-type]
