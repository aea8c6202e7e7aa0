from pathlib import Path

import pytest

from gui.plan.draft import Drawn
from gui.plan.values import Role
from planner.formats.missions import Imported
from planner.model.drift import Flow
from planner.model.mission import Command, FenceCircle, Mission, Rally, item
from planner.model.zone import ZoneRule
from tests.gui.planning import FRAME, NAVAL, SHORE, SQUARE, FakePlanning, presenter

INNER = FRAME.to_places([(-20, -20), (20, -20), (20, 20)])


def roles(page_rows: object) -> list[tuple[str, Role]]:
    return [(row.name, row.role) for row in page_rows]  # type: ignore[attr-defined]


def test_a_zone_drawn_for_the_plan_is_kept_out_of_and_checked_against() -> None:
    p, page, planning = presenter()
    p.add_drawn("polygon", SQUARE)
    p.draw_as(Role.NO_FLY)
    assert page.drawing == ["polygon"]
    p.add_drawn("polygon", INNER)
    assert roles(page.now().rows) == [("Area 1", Role.WATCH), ("No-fly zone 1", Role.NO_FLY)]
    assert [area.name for area in planning.made[-1].out_of] == ["No-fly zone 1"]
    assert [zone.rule for zone in planning.checked[-1].zones] == [ZoneRule.NO_FLY]


def test_a_thing_goes_through_all_roles_and_back_with_its_shape() -> None:
    p, page, _ = presenter()
    p.add_drawn("polygon", SQUARE)
    first = p.draft.areas[0].area
    for role in (Role.NO_FLY, Role.LIMIT, Role.KEEP_OUT, Role.WATCH):
        p.set_role("area-1", role)
        assert roles(page.now().rows) == [("Area 1", role)]
    assert p.draft.areas == (Drawn("area-1", first),)


def test_a_line_can_only_be_watched() -> None:
    p, page, _ = presenter()
    p.add_drawn("line", SHORE)
    p.set_role("area-1", Role.NO_FLY)
    assert roles(page.now().rows) == [("Line 1", Role.WATCH)]
    assert "only a closed shape" in page.said[-1]


def test_the_limits_and_the_rule_of_a_zone_can_be_set_and_taken_back() -> None:
    p, _, _ = presenter()
    p.draw_as(Role.LIMIT)
    p.add_drawn("polygon", INNER)
    p.set_zone_limits("area-1", lower_m=None, upper_m=45.0)
    p.set_zone_rule("area-1", ZoneRule.PRIVACY)
    zone = p.draft.zones[0].zone
    assert (zone.rule, zone.lower, zone.upper and zone.upper.metres) == (ZoneRule.PRIVACY, None, 45.0)
    p.undo()
    p.undo()
    assert p.draft.zones[0].zone.rule is ZoneRule.ALTITUDE_LIMIT


def test_zones_of_a_file_are_counted_and_taken_away_as_one() -> None:
    p, page, planning = presenter()
    p.add_drawn("polygon", SQUARE)
    p.import_zones(Path("zones.json"))
    assert page.said[-1] == "zones.json: 2 zones added (1 restricted-water, 1 no-fly)."
    assert [(row.name, row.text) for row in page.now().groups] == [("zones.json", "2 zones, 2 near the plan")]
    assert NAVAL in planning.checked[-1].zones
    p.remove_group("zones 0")
    assert page.now().groups == ()
    p.undo()
    assert len(page.now().groups) == 1


def test_land_from_a_file_is_kept_out_of() -> None:
    p, page, planning = presenter()
    p.add_drawn("polygon", SQUARE)
    p.import_land(Path("land.geojson"))
    assert roles(page.now().rows)[-1] == ("Basin", Role.KEEP_OUT)
    assert [area.name for area in planning.made[-1].keep_out] == ["Basin"]


def test_many_polygons_to_keep_out_of_are_one_line_and_go_as_one() -> None:
    p, page, _ = presenter()
    for _ in range(9):
        p.import_land(Path("land.geojson"))
    assert [(row.name, row.text) for row in page.now().groups] == [("Kept out of", "9 polygons")]
    p.remove_group("keep out")
    assert page.now().rows == ()


def test_zones_added_to_an_empty_plan_are_shown() -> None:
    p, page, _ = presenter()
    p.import_zones(Path("zones.json"))
    assert set(NAVAL.outline) <= set(page.places)


def test_dropped_zones_and_areas_are_told_apart() -> None:
    p, page, _ = presenter()
    p.open_dropped([Path("basin.kml"), Path("zones.json"), Path("README")])
    assert roles(page.now().rows) == [("Basin", Role.WATCH)]
    assert len(page.now().groups) == 1
    assert "README has no ending" in page.said[-1]


def test_moved_points_of_a_zone_change_it() -> None:
    p, _, _ = presenter()
    p.draw_as(Role.NO_FLY)
    p.add_drawn("polygon", INNER)
    moved = [FRAME.to_place(-30, -30), *INNER[1:]]
    p.change_area("area-1", [moved])
    assert p.draft.zones[0].zone.outline == tuple(moved)


def test_giving_up_a_zone_makes_the_next_shape_an_area_again() -> None:
    p, page, _ = presenter()
    p.draw_as(Role.NO_FLY)
    p.drawing_cancelled()
    p.add_drawn("polygon", SQUARE)
    assert roles(page.now().rows) == [("Area 1", Role.WATCH)]


def test_the_height_of_the_launch_place_can_be_set() -> None:
    p, _, _ = presenter()
    p.add_drawn("point", [SQUARE[0]])
    p.set_home_height_m(4.5)
    assert p.draft.home is not None
    assert p.draft.home.msl_m == 4.5


@pytest.mark.parametrize("key", ["foreign", "kept"])
def test_a_mission_made_elsewhere_is_flown_as_it_is_until_it_is_taken_away(key: str) -> None:
    flown = Mission(
        tuple(item(Command.NAV_WAYPOINT, at=at, height_m=30) for at in SQUARE), rally=(Rally(SQUARE[0], 30),)
    )
    planning = FakePlanning(files={Path("a.waypoints"): Imported(flown, notes=("a note",))})
    p, page, _ = presenter(planning)
    p.open(Path("a.waypoints"))
    assert [row.key for row in page.now().groups] == ["kept", "foreign"]
    assert planning.checked[-1].planned.mission == flown
    assert page.now().can_send
    p.remove_group(key)
    assert [row.key for row in page.now().groups] == [k for k in ("kept", "foreign") if k != key]


def test_zones_and_wind_of_the_day_are_kept_for_a_mission_made_elsewhere() -> None:
    flown = Mission(tuple(item(Command.NAV_WAYPOINT, at=at, height_m=30) for at in SQUARE))
    p, page, planning = presenter(FakePlanning(files={Path("a.waypoints"): Imported(flown)}))
    p.import_zones(Path("zones.json"))
    p.set_outlook("wind", Flow(5, 90))
    p.open(Path("a.waypoints"))
    assert planning.checked[-1].outlook.wind == Flow(5, 90)
    assert NAVAL in planning.checked[-1].zones
    assert not page.now().unsaved


def test_a_file_of_a_fence_alone_is_added_to_the_plan() -> None:
    fence = Mission((), fence_circles=(FenceCircle(SQUARE[0], 500.0),))
    p, page, planning = presenter(FakePlanning(files={Path("a.fence"): Imported(fence)}))
    p.add_drawn("polygon", SQUARE)
    p.open_dropped([Path("a.fence")])
    assert planning.checked[-1].planned.mission.fence_circles == fence.fence_circles
    assert len(page.now().rows) == 1


def test_an_area_drawn_over_a_foreign_mission_begins_a_plan_and_undo_brings_it_back() -> None:
    flown = Mission(tuple(item(Command.NAV_WAYPOINT, at=at, height_m=30) for at in SQUARE))
    p, page, _ = presenter(FakePlanning(files={Path("a.waypoints"): Imported(flown)}))
    p.open(Path("a.waypoints"))
    p.add_drawn("polygon", SQUARE)
    assert page.now().groups == ()
    p.undo()
    assert [row.key for row in page.now().groups] == ["foreign"]


def test_the_sample_brings_its_zones_as_zones_of_the_plan() -> None:
    p, page, planning = presenter()
    p.open_sample()
    assert [row.text for row in page.now().groups] == ["1 zone, 1 near the plan"]
    assert planning.checked[-1].zones == (NAVAL,)
