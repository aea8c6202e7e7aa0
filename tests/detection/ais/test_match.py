from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from detection.ais import AisStatic, AisTrack, AisTracks, Outcome, match
from detection.footage.frames import Frame
from detection.locate.sightings import Ellipse
from detection.track.contacts import Contact
from planner.geo.points import LocalFrame, distance_m
from planner.model.pose import Pose
from tests.detection.case.scripted import CAMERA, HOME, START

GROUND = LocalFrame(HOME)


def track(
    mmsi: int,
    *,
    east_m: float = 0.0,
    north_m: float = 0.0,
    speed_kn: float = 0.0,
    heading_deg: float = 0.0,
    abcd: tuple[float, float, float, float] = (10, 10, 3, 3),
    every_s: float = 10.0,
) -> AisTrack:
    """Reports every `every_s` from five before START to five after; at START it is at (east_m, north_m)."""
    seconds = np.arange(-5, 6) * every_s
    angle = np.radians(heading_deg)
    along = seconds * speed_kn * 1852 / 3600
    places = GROUND.to_places(np.column_stack([east_m + along * np.sin(angle), north_m + along * np.cos(angle)]))
    n = len(seconds)
    return AisTrack(
        AisStatic(mmsi, f"V{mmsi}", "", 70, *abcd),
        np.asarray(START.timestamp() + seconds, dtype=np.float64),
        np.array([p.lat_deg for p in places]),
        np.array([p.lon_deg for p in places]),
        np.full(n, speed_kn),
        np.full(n, heading_deg),
        np.full(n, heading_deg),
    )


def tracks(*all_of_them: AisTrack) -> AisTracks:
    return AisTracks("made", {t.mmsi: t for t in all_of_them})


def contact(name: str, east_m: float, north_m: float, *, length_m: float = 20.0, sigma_m: float = 5.0) -> Contact:
    at = GROUND.to_place(east_m, north_m)
    ellipse, span = Ellipse(sigma_m, sigma_m, 0.0), (length_m * 0.8, length_m * 1.2)
    return Contact(name, (f"{name}-s",), f"{name}-s", START, START, START, at, ellipse, span)


def outcome(found: object, name: str) -> Outcome:
    return found.of(name).outcome  # type: ignore[attr-defined,no-any-return]


# where a vessel was at a moment


def test_a_vessel_is_interpolated_between_reports_never_taken_from_the_last() -> None:
    moving = track(1, speed_kn=20, heading_deg=90, every_s=30)
    position = moving.at(START + timedelta(seconds=15))
    assert position is not None
    assert position.source == "interpolated"
    assert distance_m(position.at, GROUND.to_place(20 * 1852 / 3600 * 15, 0)) < 0.5


def test_between_reports_it_is_less_sure_than_at_one() -> None:
    moving = track(1, speed_kn=20, every_s=60)
    at_report, between = moving.at(START), moving.at(START + timedelta(seconds=30))
    assert at_report is not None
    assert between is not None
    assert at_report.sigma_m == 10.0
    assert between.sigma_m > 25.0


@pytest.mark.parametrize("after_s", [60, 300, 590])
def test_after_the_last_report_it_is_dead_reckoned_with_growing_doubt(after_s: float) -> None:
    moving = track(1, speed_kn=10, heading_deg=90)
    position = moving.at(START + timedelta(seconds=50 + after_s))
    assert position is not None
    assert position.source == "dead reckoned"
    assert distance_m(position.at, GROUND.to_place(10 * 1852 / 3600 * (50 + after_s), 0)) < 1.0
    assert position.sigma_m > after_s


def test_ten_minutes_from_any_report_nothing_is_claimed() -> None:
    assert track(1).at(START + timedelta(seconds=50 + 601)) is None
    assert track(1).at(START - timedelta(seconds=50 + 601)) is None


def test_a_vessel_is_interpolated_across_longitude_180() -> None:
    times = np.array([START.timestamp(), START.timestamp() + 10.0])
    nan = np.full(2, np.nan)
    crossing = AisTrack(
        AisStatic(1),
        times,
        np.zeros(2),
        np.array([179.999, -179.999]),
        nan,
        nan,
        nan,
    )
    position = crossing.at(START + timedelta(seconds=5))
    assert position is not None
    assert abs(abs(position.at.lon_deg) - 180) < 1e-6


# association


def test_a_contact_on_a_vessel_is_that_vessel() -> None:
    found = match([contact("a", 5, 5)], tracks(track(7)))
    assert outcome(found, "a") is Outcome.MATCHED
    assert found.associations[0].mmsi == 7


def test_a_contact_far_from_any_vessel_is_dark() -> None:
    assert outcome(match([contact("a", 300, 0)], tracks(track(7))), "a") is Outcome.DARK


def test_a_large_ship_is_matched_by_its_hull_not_its_antenna() -> None:
    # 300 m long, antenna 30 m from the stern, heading north: the bow lies 270 m ahead of the antenna
    ship = track(7, abcd=(270, 30, 20, 20))
    found = match([contact("bow", 0, 250, length_m=300)], tracks(ship))
    assert outcome(found, "bow") is Outcome.MATCHED
    assert found.associations[0].gap_m == 0
    assert outcome(match([contact("astern", 0, -120, length_m=300)], tracks(ship)), "astern") is Outcome.DARK


def test_the_antenna_may_be_off_the_middle_line() -> None:
    ship = track(7, abcd=(50, 50, 35, 5), heading_deg=90)  # 35 m of hull to port, which is north
    assert outcome(match([contact("a", 0, 30, sigma_m=1)], tracks(ship)), "a") is Outcome.MATCHED
    assert outcome(match([contact("a", 0, -45, sigma_m=1)], tracks(ship)), "a") is Outcome.DARK


def test_all_are_assigned_at_once_not_each_to_its_nearest() -> None:
    # both contacts are nearest to vessel 1, yet only one assignment serves both
    found = match([contact("a", 0, 12), contact("b", 0, -25)], tracks(track(1), track(2, north_m=45)))
    assert {(a.contact_id, a.mmsi) for a in found.associations} == {("a", 2), ("b", 1)}


def test_between_two_vessels_it_is_ambiguous() -> None:
    pair = tracks(track(1, east_m=-14), track(2, east_m=14))
    found = match([contact("a", 0.5, 0, sigma_m=8)], pair)
    assert outcome(found, "a") is Outcome.AMBIGUOUS
    assert found.associations[0].rival_mmsi == 1
    assert found.associations[0].rival_ratio is not None


def test_two_contacts_on_one_vessel_are_not_called_dark() -> None:
    found = match([contact("a", 1, 0), contact("b", -1, 0)], tracks(track(1)))
    assert outcome(found, "a") is outcome(found, "b") is Outcome.AMBIGUOUS


def test_a_length_that_fits_decides_between_two_vessels() -> None:
    small, large = track(1, east_m=-6, abcd=(5, 5, 1, 1)), track(2, east_m=6, abcd=(50, 50, 8, 8))
    found = match([contact("a", -2, 0, length_m=100)], tracks(small, large))
    assert found.associations[0].mmsi == 2


def test_a_contact_without_a_place_is_not_compared() -> None:
    from dataclasses import replace

    nowhere = replace(contact("a", 0, 0), at=None)
    assert outcome(match([nowhere], tracks(track(7))), "a") is Outcome.UNPLACED


def frame_above(height_m: float = 100.0) -> Frame:
    from planner.geo.camera import Attitude

    pose = Pose(HOME, height_m, Attitude(0, -90), "simulator")
    return Frame("f1", Path("f1.jpg"), "0" * 64, 320, 240, START, pose, CAMERA)


def test_a_vessel_reported_in_view_where_nothing_is_seen_is_told() -> None:
    (lost,) = match([], tracks(track(7)), [frame_above()]).unseen
    assert (lost.mmsi, lost.frame_ids) == (7, ("f1",))


@pytest.mark.parametrize("east_m", [45.0, 200.0])
def test_a_vessel_at_the_edge_or_outside_of_the_view_is_not(east_m: float) -> None:
    assert match([], tracks(track(7, east_m=east_m)), [frame_above()]).unseen == ()


def test_a_vessel_that_may_be_a_contact_is_not_called_unseen() -> None:
    assert match([contact("a", 5, 5)], tracks(track(7)), [frame_above()]).unseen == ()


def test_no_two_contacts_get_the_same_vessel() -> None:
    contacts = [contact(f"c{n}", n * 7.0, 0) for n in range(6)]
    found = match(contacts, tracks(*(track(n + 1, east_m=n * 9.0) for n in range(6))))
    given = [a.mmsi for a in found.associations if a.outcome is Outcome.MATCHED]
    assert len(given) == len(set(given))
