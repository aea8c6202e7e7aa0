import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detection.track.contacts import Contact
from gui.demo.run import flown_over
from gui.demo.score import TrueVessel, compare
from planner.geo.points import LatLon, LocalFrame
from sitl.world.harbour import practice_harbour

FRAME = LocalFrame(LatLon(54.1, 7.0))
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def vessel(name: str, east: float, *, length: float = 10.0, counts: bool = True) -> TrueVessel:
    place = FRAME.to_place(east, 0)
    return TrueVessel(name, "tug", length, lambda _: place, counts)


def contact(name: str, east: float | None) -> Contact:
    place = None if east is None else FRAME.to_place(east, 0)
    return Contact(name, (), "", NOON, NOON, NOON, place, None, None)


def test_contacts_near_vessels_are_found_with_their_error() -> None:
    result = compare([vessel("a", 0), vessel("b", 100)], [contact("x", 3), contact("y", 99)])
    assert (result.vessels, result.found, len(result.missed), result.false_contact_ids) == (2, 2, 0, ())
    assert result.median_error_m == pytest.approx(2, abs=1e-3)


def test_a_second_contact_on_one_vessel_is_false() -> None:
    result = compare([vessel("a", 0)], [contact("x", 1), contact("y", 5)])
    assert (result.found, result.false_contact_ids) == (1, ("y",))


def test_a_contact_far_from_every_vessel_is_false_and_the_vessel_is_missed() -> None:
    result = compare([vessel("a", 0)], [contact("x", 40)])
    assert (result.found, [v.vessel_id for v in result.missed], result.false_contact_ids) == (0, ["a"], ("x",))


def test_a_long_ship_may_be_found_anywhere_along_its_hull() -> None:
    assert compare([vessel("a", 0, length=90)], [contact("x", 40)]).found == 1


def test_a_small_boat_is_neither_counted_nor_a_false_alarm() -> None:
    result = compare([vessel("kayak", 0, length=4)], [contact("x", 1)])
    assert (result.vessels, result.found, result.false_contact_ids) == (0, 0, ())
    assert result.median_error_m is None


def test_a_contact_without_a_position_is_false() -> None:
    assert compare([], [contact("x", None)]).false_contact_ids == ("x",)


def test_vessels_side_by_side_need_two_contacts() -> None:
    result = compare([vessel("a", 0), vessel("b", 6)], [contact("x", 2)])
    assert (result.found, len(result.missed)) == (1, 1)


def test_a_vessel_that_was_hardly_shown_may_be_found_or_not() -> None:
    seen = [vessel("a", 0, counts=False)]
    assert (compare(seen, []).vessels, compare(seen, []).missed) == (0, ())
    found = compare(seen, [contact("x", 1)])
    assert (found.vessels, found.found, found.false_contact_ids) == (0, 0, ())


def test_half_of_a_vessel_counts_a_quarter_may_be_found_and_less_is_nothing(tmp_path: Path) -> None:
    for number, shown in enumerate(({"tug": 0.1, "barge": 0.6}, {"tug": 0.3, "barge": 0.2, "rib": 0.2})):
        vessels = [{"vessel_id": name, "visible": share} for name, share in shown.items()]
        (tmp_path / f"{number}.json").write_text(json.dumps({"vessels": vessels}))
    over = flown_over(practice_harbour(0), tmp_path)
    assert {v.vessel_id: v.counts for v in over} == {"tug": False, "barge": True}
