from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from detection.locate.sightings import Ellipse, Fix, Sighting
from detection.track.contacts import Contact
from detection.track.join import join
from planner.geo.points import distance_m
from tests.detection.track.scenes import HERE, START, Survey, Vessel, count, seen

QUIET = Survey(missed=0.0, false_per_frame=0.0)


def sighting(
    number: int,
    *,
    east_m: float = 0.0,
    north_m: float = 0.0,
    second: float | None = None,
    frame: str | None = None,
    score: float = 0.8,
    sigma_m: float = 2.0,
    **changes: object,
) -> Sighting:
    base = Sighting(
        sighting_id=f"s{number:03d}",
        frame_id=frame or f"f{number:03d}",
        at_utc=START + timedelta(seconds=float(number) if second is None else second),
        box=(100.0 * number, 100.0, 100.0 * number + 60, 160.0),
        score=score,
        label=0,
        fix=Fix.POINT,
        at=HERE.to_place(east_m, north_m),
        ellipse=Ellipse(sigma_m, sigma_m, 0.0),
        bearing_deg=0.0,
        range_m=(10.0, 20.0),
        length_m=(9.0, 12.0),
        truncated=False,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # whatever fields a test changes


def fleet(seed: int, size: int = 15, moving: int = 5) -> list[Vessel]:
    draw = np.random.default_rng(seed + 100)
    vessels: list[Vessel] = []
    while len(vessels) < size:
        east, north = draw.uniform(-20, 320), draw.uniform(20, 340)
        if all(np.hypot(v.east_m - east, v.north_m - north) > 25 for v in vessels):
            length = draw.uniform(6, 25)
            speed = draw.uniform(1, 10) if len(vessels) < moving else 0.0
            vessels.append(Vessel(east, north, draw.uniform(0, 360), length, 0.3 * length, speed))
    return vessels


@pytest.mark.parametrize("pitch_deg", [-90.0, -60.0])
def test_a_survey_counts_its_vessels(pitch_deg: float, record_property: Callable[[str, object], None]) -> None:
    counts = []
    for seed in range(3):
        vessels = fleet(seed)
        sightings, shown = seen(Survey(pitch_deg=pitch_deg), vessels, seed)
        counts.append(count(join(sightings), vessels, shown))
        record_property(f"fleet {seed}", counts[-1].line())
    true = sum(c.true for c in counts)
    assert true > 30
    assert sum(c.found for c in counts) >= 0.95 * true
    assert sum(c.merged for c in counts) <= 1
    assert sum(c.split for c in counts) <= 0.07 * true
    assert sum(c.false for c in counts) <= 2
    assert np.median(np.concatenate([c.errors_m for c in counts])) < 2.5


def test_every_sighting_belongs_to_exactly_one_contact() -> None:
    sightings, _ = seen(Survey(), fleet(1), 1)
    ids = [i for c in join(sightings) for i in c.sighting_ids]
    assert sorted(ids) == sorted(s.sighting_id for s in sightings)


def test_the_order_of_the_sightings_does_not_matter() -> None:
    sightings, _ = seen(Survey(lines=3), fleet(2), 2)
    draw = np.random.default_rng(0)
    mixed = [sightings[i] for i in draw.permutation(len(sightings))]
    assert join(mixed) == join(sightings)


def test_two_vessels_moored_side_by_side_stay_two() -> None:
    pair = [Vessel(60, 150, 10, 14, 4), Vessel(66, 149, 10, 14, 4)]
    sightings, _ = seen(QUIET, pair)
    contacts = join(sightings)
    assert len(contacts) == 2
    errors = sorted(
        min(float(np.linalg.norm(HERE.to_metres([c.at])[0] - v.at(0))) for c in contacts if c.at) for v in pair
    )
    assert errors[1] < 3.0


def test_a_boat_alongside_a_ship_stays_apart_though_its_box_lies_within() -> None:
    ship = sighting(0, frame="f", box=(0, 0, 500, 500), length_m=(80.0, 90.0))
    boat = sighting(1, frame="f", box=(200, 200, 260, 240), east_m=8.0, second=0.0)
    assert len(join([ship, boat])) == 2


def test_two_boxes_of_one_vessel_in_one_frame_are_one_contact() -> None:
    (contact,) = join([sighting(0, frame="f"), sighting(1, frame="f", box=(2, 102, 62, 161), second=0.0, score=0.5)])
    assert contact.sighting_ids == ("s000", "s001")
    assert contact.best_sighting_id == "s000"


@pytest.mark.parametrize("speed_m_s", [3.0, 6.0, 10.0])
def test_a_moving_vessel_met_again_on_the_next_line_is_one_contact_with_its_speed(speed_m_s: float) -> None:
    wide = replace(QUIET, lines=2, length_m=240, spacing_m=60)
    runner = Vessel(30, 15, 0.0, 10, 3, speed_m_s)
    sightings, _ = seen(wide, [runner, Vessel(0, 200, 0, 15, 5), Vessel(60, 100, 90, 15, 5)], seed=3)
    contacts = [c for c in join(sightings) if c.speed_m_s is not None and c.speed_m_s > 1.0]
    (contact,) = contacts
    assert contact.speed_sigma_m_s is not None
    assert contact.speed_m_s == pytest.approx(speed_m_s, abs=max(3 * contact.speed_sigma_m_s, 0.5))
    assert contact.course_deg is not None
    assert abs((contact.course_deg + 180) % 360 - 180) < 10


def test_a_vessel_seen_half_a_minute_later_where_it_went_is_the_same() -> None:
    first = [sighting(i, north_m=8.0 * i, second=float(i)) for i in range(5)]
    later = [sighting(10 + i, north_m=8.0 * (40 + i), second=40.0 + i) for i in range(3)]
    (contact,) = join([*first, *later])
    assert contact.speed_m_s == pytest.approx(8.0, abs=0.2)


def test_a_vessel_far_off_half_a_minute_later_is_another() -> None:
    first = [sighting(i, second=float(i)) for i in range(5)]
    later = [sighting(10 + i, north_m=300.0, second=40.0 + i) for i in range(3)]
    assert len(join([*first, *later])) == 2


def test_a_much_longer_vessel_at_the_same_place_later_is_another() -> None:
    first = [sighting(i, second=float(i), sigma_m=10.0) for i in range(3)]
    later = [sighting(10 + i, east_m=24.0, second=90.0 + i, sigma_m=10.0, length_m=(60.0, 70.0)) for i in range(3)]
    assert len(join([*first, *later])) == 2


def test_a_moored_vessel_gets_no_course_and_a_tighter_ellipse_than_one_sighting() -> None:
    draw = np.random.default_rng(4)
    many = [sighting(i, east_m=draw.normal(0, 2), north_m=draw.normal(0, 2), second=i * 2.0) for i in range(12)]
    (contact,) = join(many)
    assert contact.course_deg is None
    assert contact.ellipse is not None
    assert contact.ellipse.major_m < 1.7
    assert contact.at is not None
    assert distance_m(contact.at, HERE.origin) < 2.0


def test_a_single_outlier_does_not_drag_the_place_along() -> None:
    good = [sighting(i, second=i * 2.0) for i in range(8)]
    (contact, *_) = join([*good, sighting(9, east_m=6.5, second=18.0)])
    assert contact.at is not None
    assert distance_m(contact.at, HERE.origin) < 1.0


def test_a_long_ship_that_no_picture_shows_whole_is_one_contact_of_its_length() -> None:
    ship = Vessel(90, 180, 5.0, 190, 28, top_m=12.0)
    sightings, _ = seen(replace(QUIET, focal_px=1800.0), [ship])
    assert all(s.truncated for s in sightings)
    contacts = join(sightings)
    assert len(contacts) == 1
    assert contacts[0].length_m is not None
    assert 150 < contacts[0].length_m[1] < 260
    assert contacts[0].at is not None
    assert np.linalg.norm(HERE.to_metres([contacts[0].at])[0] - ship.at(0)) < 30
    assert any("cut off" in n for n in contacts[0].notes)


def test_a_vessel_cut_by_the_edge_joins_itself_and_spoils_neither_place_nor_length() -> None:
    boat = Vessel(38, 150, 90.0, 24, 6)
    sightings, _ = seen(QUIET, [boat])
    assert any(s.truncated for s in sightings)
    (contact,) = join(sightings)
    assert contact.length_m is not None
    assert contact.length_m[0] - 2 < 24 < contact.length_m[1] + 2
    assert contact.at is not None
    assert np.linalg.norm(HERE.to_metres([contact.at])[0] - boat.at(0)) < 2.5


def test_one_weak_sighting_is_kept_and_scored_low() -> None:
    strong = [sighting(i, second=float(i)) for i in range(4)]
    contacts = join([*strong, sighting(8, east_m=200.0, score=0.3)])
    assert [round(c.score, 2) for c in contacts] == [0.96, 0.21]
    assert contacts[1].notes == ("Seen in one picture only.",)


def test_persons_become_contacts_of_their_own() -> None:
    contacts = join([sighting(0), sighting(1, label=1, second=0.0, frame="f000"), sighting(2)])
    assert sorted((c.label, len(c.sighting_ids)) for c in contacts) == [(0, 2), (1, 1)]


def test_without_times_vessels_at_rest_are_still_joined() -> None:
    still = Vessel(60, 150, 30, 12, 4)
    sightings, _ = seen(replace(QUIET, timed=False), [still])
    (contact,) = join(sightings)
    assert contact.at_utc is None
    assert contact.speed_m_s is None
    assert any("no times" in n for n in contact.notes)


def test_a_vessel_above_the_horizon_is_a_contact_without_a_place() -> None:
    bearing = {"fix": Fix.BEARING, "at": None, "ellipse": None, "length_m": None}
    far = [sighting(i, second=float(i), **{**bearing, "bearing_deg": 100.0 + i}) for i in range(3)]  # type: ignore[arg-type]  # fields by name
    contacts = join(far)
    assert [c.at for c in contacts] == [None]
    assert len(contacts[0].sighting_ids) == 3


def test_ids_come_from_the_first_sighting_and_stay_when_more_are_added() -> None:
    few = [sighting(i, second=float(i)) for i in range(3)]
    more = [*few, sighting(3, second=3.0), sighting(7, east_m=300.0)]
    assert [c.contact_id for c in join(few)] == ["c-s000"]
    assert [c.contact_id for c in join(more)] == ["c-s000", "c-s007"]


def test_nothing_gives_nothing() -> None:
    assert join([]) == ()


def test_a_crowded_flight_is_joined_in_seconds() -> None:
    draw = np.random.default_rng(5)
    spots = draw.uniform(0, 3000, (150, 2))
    many = [
        sighting(
            200 * f + i,
            east_m=float(spots[i, 0] + draw.normal(0, 2)),
            north_m=float(spots[i, 1] + draw.normal(0, 2)),
            second=2.0 * f,
            frame=f"f{f:03d}",
        )
        for f in range(8)
        for i in range(150)
    ]
    contacts: tuple[Contact, ...] = join(many)
    assert 145 <= len(contacts) <= 155
