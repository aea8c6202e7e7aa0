from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from detection.ais import AisTrack, Ledger, Outcome, match
from detection.ais.identity import united
from detection.locate.sightings import Fix, Sighting
from detection.track.contacts import Contact
from planner.geo.points import distance_m
from tests.detection.ais.test_match import GROUND, contact, track, tracks
from tests.detection.case.scripted import START

KNOT = 1852 / 3600
RUNNER = track(1, speed_kn=10, heading_deg=90, every_s=20)


def seen(name: str, second: float, east_m: float, north_m: float = 0.0, **changes: object) -> Contact:
    moment = START + timedelta(seconds=second)
    found = replace(contact(name, east_m, north_m), at_utc=moment, first_seen_utc=moment, last_seen_utc=moment)
    return replace(found, **changes)  # type: ignore[arg-type]  # fields by name


def sighting(of: Contact, frame: str) -> Sighting:
    box = (0.0, 0.0, 9.0, 9.0)
    name = of.sighting_ids[0]
    return Sighting(
        name, frame, of.at_utc, box, 0.9, 0, Fix.POINT, of.at, of.ellipse, 0.0, (1.0, 2.0), of.length_m, truncated=False
    )


def put_together(*contacts: Contact, of: AisTrack = RUNNER) -> tuple[tuple[Contact, ...], Ledger]:
    sightings = [sighting(c, f"f-{c.at_utc}") for c in contacts]
    ledger = match(contacts, tracks(of), (), sightings)
    found, told = united(contacts, sightings, tracks(of), ledger)
    assert told is not None
    return found, told


def test_a_vessel_matched_at_two_times_is_one_contact_with_the_earliest_id() -> None:
    found, ledger = put_together(seen("late", 60, 60 * 10 * KNOT + 3), seen("early", -40, -40 * 10 * KNOT, 2))
    (one,) = found
    assert (one.contact_id, one.mmsi, one.sighting_ids) == ("early", 1, ("early-s", "late-s"))
    assert (one.first_seen_utc, one.last_seen_utc) == (START - timedelta(seconds=40), START + timedelta(seconds=60))
    assert [a.contact_id for a in ledger.associations] == ["early"]
    assert ledger.associations[0].outcome is Outcome.MATCHED
    assert any("AIS identity" in note for note in one.notes)


def test_two_that_one_picture_shows_are_never_one_vessel() -> None:
    found, _ = put_together(seen("a", 0, 0), seen("b", 0, 12))
    assert len(found) == 2
    assert sum(c.mmsi == 1 for c in found) <= 1


@pytest.mark.parametrize(
    "other",
    [
        seen("b", 60, 60 * 10 * KNOT, length_m=(60.0, 70.0)),
        seen("b", 60, 60 * 10 * KNOT, 28.0),
        seen("b", 60, 60 * 10 * KNOT, speed_m_s=0.0, speed_sigma_m_s=0.1),
    ],
    ids=["length", "beside it", "at rest"],
)
def test_what_does_not_lie_and_move_as_it_reported_is_not_merged(other: Contact) -> None:
    found, _ = put_together(seen("a", -40, -40 * 10 * KNOT), other)
    assert len(found) == 2
    assert [c.mmsi for c in found] == [1, None]


def test_a_second_contact_beside_a_moored_vessel_is_another_vessel() -> None:
    found, _ = put_together(seen("a", 0, 0), seen("b", 60, 14), of=track(1))
    assert [c.mmsi for c in found].count(1) <= 1
    assert len(found) == 2


def test_without_ais_contacts_are_only_put_together_by_reach() -> None:
    pair = (seen("a", 0, 0), seen("b", 60, 14))
    assert united(pair, (), None, None) == (pair, None)


def test_between_two_reports_a_turning_vessel_is_followed_on_its_curve() -> None:
    steady = track(1, speed_kn=10, every_s=30)
    # a quarter circle from north to east of 154 m in 30 s: radius 98 m
    at = GROUND.to_places([[0.0, 0.0], [98.2, 98.2]])
    turning = replace(
        steady,
        time_utc_s=steady.time_utc_s[:2],
        lat_deg=steady.lat_deg[:2] * 0 + [p.lat_deg for p in at],
        lon_deg=steady.lon_deg[:2] * 0 + [p.lon_deg for p in at],
        speed_kn=steady.speed_kn[:2],
        course_deg=steady.course_deg[:2] + np.array([0.0, 90.0]),
        heading_deg=steady.heading_deg[:2],
    )
    middle = turning.at(START + timedelta(seconds=-135))
    assert middle is not None
    true = GROUND.to_place(98.2 * (1 - 0.7071), 98.2 * 0.7071)
    assert distance_m(middle.at, true) < 2
    assert middle.sigma_m > 10


def test_reports_whose_courses_do_not_fit_the_way_made_are_joined_by_a_straight_line() -> None:
    astray = replace(track(1, speed_kn=10, every_s=30), course_deg=track(1).course_deg + 180)
    at = astray.at(START + timedelta(seconds=15))
    assert at is not None
    assert distance_m(at.at, GROUND.to_place(0, 15 * 10 * KNOT)) < 0.5


def test_a_part_of_a_ship_inside_its_declared_hull_belongs_to_the_ship() -> None:
    bow = seen("bow", 20, 20 * 10 * KNOT + 7, length_m=(8.0, 10.0), speed_m_s=None)
    found, _ = put_together(seen("a", -40, -40 * 10 * KNOT), bow)
    (ship,) = found
    assert ship.sighting_ids == ("a-s", "bow-s")
    assert any("A part of it" in note for note in ship.notes)


def test_a_boat_beside_the_declared_hull_stays_a_contact_of_its_own() -> None:
    launch = seen("launch", 20, 20 * 10 * KNOT + 7, 14.0, length_m=(6.0, 8.0), speed_m_s=None)
    found, _ = put_together(seen("a", -40, -40 * 10 * KNOT), launch)
    assert len(found) == 2


def test_two_ends_of_a_long_ship_that_no_picture_shows_whole_are_that_ship() -> None:
    ship = track(7, abcd=(45, 45, 7, 7), heading_deg=90)
    ends = [seen("bow", 0, 25.0, length_m=(25.0, 35.0)), seen("stern", 8, -25.0, length_m=(25.0, 35.0))]
    found, ledger = put_together(*ends, of=ship)
    (whole,) = found
    assert (whole.mmsi, len(whole.sighting_ids)) == (7, 2)
    assert ledger.associations[0].outcome is Outcome.MATCHED


def test_a_boat_alongside_a_long_ship_is_not_a_piece_of_it() -> None:
    ship = track(7, abcd=(45, 45, 7, 7), heading_deg=90)
    found, _ = put_together(
        seen("bow", 0, 25.0, length_m=(25.0, 35.0)),
        seen("stern", 8, -25.0, length_m=(25.0, 35.0)),
        seen("launch", 16, 10.0, 9.0, length_m=(6.0, 8.0)),
        of=ship,
    )
    assert "launch-s" not in next(c for c in found if c.mmsi == 7).sighting_ids
