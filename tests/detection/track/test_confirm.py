from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from detection.footage.frames import Frame
from detection.locate.sightings import Ellipse, Fix, Sighting
from detection.track.confirm import confirmed
from detection.track.contacts import Contact
from planner.geo.camera import Attitude, Intrinsics
from planner.geo.points import LatLon, LocalFrame
from planner.model.pose import Pose
from planner.model.zone import Zone, ZoneRule

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
GROUND = LocalFrame(LatLon(54.1, 7.0))
LENS = Intrinsics.centred(width_px=1920, height_px=1080, focal_px=1371.0)
ELLIPSE = Ellipse(2.0, 2.0, 0.0)


def frame(number: int, east_m: float = 0.0) -> Frame:
    pose = Pose(GROUND.to_place(east_m, 0), 80.0, Attitude(0, -90), "xmp")
    at = NOON + timedelta(seconds=3 * number)
    return Frame(f"f{number}", Path(f"f{number}.jpg"), "", 1920, 1080, at, pose, LENS)


def seen(number: int, score: float) -> Sighting:
    place = GROUND.to_place(5, 5)
    fixed = (Fix.POINT, place, ELLIPSE, 0.0, (80.0, 81.0), (7.0, 9.0))
    return Sighting(f"s{number}", f"f{number}", NOON, (0, 0, 9, 9), score, 0, *fixed, truncated=False)


def contact(*sightings: Sighting, length: tuple[float, float] = (7.0, 9.0), mmsi: int | None = None) -> Contact:
    ids = tuple(s.sighting_id for s in sightings)
    last = NOON + timedelta(seconds=3 * len(ids))
    return Contact("c", ids, ids[0], NOON, last, NOON, GROUND.to_place(5, 5), ELLIPSE, length, mmsi=mmsi)


def verdict(sightings: list[Sighting], frames: list[Frame], **options: object) -> Contact:
    made = contact(*sightings, **options)  # type: ignore[arg-type]  # the keywords of contact
    return confirmed([made], sightings, frames)[0]


def test_a_vessel_found_in_every_picture_of_its_place_is_one() -> None:
    assert verdict([seen(0, 0.6), seen(1, 0.6)], [frame(0), frame(1)]).confirmed


def test_what_one_picture_shows_and_three_do_not_is_perhaps_none() -> None:
    found = verdict([seen(0, 0.8)], [frame(n) for n in range(4)])
    assert not found.confirmed
    assert "not in 3 pictures" in found.notes[0]


def test_pictures_of_another_place_say_nothing() -> None:
    assert verdict([seen(0, 0.8)], [frame(0), frame(1, 500), frame(2, 500), frame(3, 500)]).confirmed


def test_a_weak_single_look_is_perhaps_no_vessel() -> None:
    assert not verdict([seen(0, 0.46)], [frame(0)]).confirmed


def test_what_is_shorter_than_a_kayak_is_no_vessel() -> None:
    found = verdict([seen(0, 0.9), seen(1, 0.9)], [frame(0), frame(1)], length=(1.0, 1.8))
    assert not found.confirmed
    assert "too short" in found.notes[0]


def test_an_ais_identity_needs_no_confirmation() -> None:
    assert verdict([seen(0, 0.46)], [frame(n) for n in range(5)], mmsi=244200000).confirmed


@pytest.mark.parametrize(("half_m", "is_vessel"), [(40.0, False), (8.0, True)])
def test_what_lies_well_inland_is_no_vessel_and_what_lies_at_the_edge_may_be(half_m: float, is_vessel: bool) -> None:
    corners = GROUND.to_places([(-half_m, -half_m), (half_m, -half_m), (half_m, half_m), (-half_m, half_m)])
    quay = Zone("South quay", ZoneRule.SHORE, tuple(corners))
    sightings = [seen(0, 0.9), seen(1, 0.9)]
    (found,) = confirmed([contact(*sightings)], sightings, [frame(0), frame(1)], [quay])
    assert found.confirmed is is_vessel


def test_without_poses_the_pictures_count_only_for_it() -> None:
    bare = Frame("f1", Path("f1.jpg"), "", 1920, 1080, NOON, None, None)
    assert verdict([seen(0, 0.9)], [frame(0), bare, bare, bare]).confirmed
