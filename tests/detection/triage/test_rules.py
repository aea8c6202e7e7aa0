from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.ais import AisTracks, match
from detection.locate.sightings import Ellipse, Fix, Sighting
from detection.track.contacts import Contact
from detection.triage.flags import Flag
from detection.triage.rules import RULES, flags_of
from detection.triage.scene import Scene
from detection.triage.thresholds import SOURCES, Thresholds
from detection.triage.zones import spread
from planner.geo.points import LocalFrame
from planner.model.errors import BadInput
from planner.model.zone import Zone, ZoneRule
from tests.detection.ais.test_match import track, tracks
from tests.detection.case.scripted import HOME, START

GROUND = LocalFrame(HOME)
Spot = tuple[float, float]


def sighting(
    name: str, spot: Spot, *, frame: int = 0, length_m: float = 10.0, width_m: float = 3.0, sigma_m: float = 3.0
) -> Sighting:
    east, north = spot
    half_l, half_w = length_m / 2, width_m / 2
    corners = [(east + x * half_w, north + y * half_l) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return Sighting(
        f"f{frame}-{name}",
        f"f{frame}",
        START + timedelta(seconds=frame),
        (east, north, east + 1, north + 1),
        0.9,
        0,
        Fix.POINT,
        GROUND.to_place(east, north),
        Ellipse(sigma_m, sigma_m, 0.0),
        0.0,
        (90.0, 110.0),
        (length_m * 0.9, length_m * 1.1),
        truncated=False,
        hull=tuple(GROUND.to_places(corners)),
    )


def vessel(name: str, seen: Sequence[Sighting], *, speed_m_s: float | None = 0.0) -> Contact:
    first, ids = seen[0], tuple(s.sighting_id for s in seen)
    times = (seen[0].at_utc, seen[-1].at_utc)
    sigma = None if speed_m_s is None else 0.1
    return Contact(
        name, ids, ids[0], *times, first.at_utc, first.at, first.ellipse, first.length_m, speed_m_s, sigma, 0.0
    )


def zone(rule: ZoneRule = ZoneRule.RESTRICTED_WATER) -> Zone:
    """A square of 100 m whose south-west corner is HOME."""
    return Zone("basin", rule, tuple(GROUND.to_places([(0, 0), (100, 0), (100, 100), (0, 100)])))


def one(spot: Spot, *, rule: ZoneRule = ZoneRule.RESTRICTED_WATER, sigma_m: float = 3.0) -> tuple[Flag, ...]:
    seen = [sighting("a", spot, sigma_m=sigma_m)]
    return flags_of(Scene([vessel("a", seen)], seen, [zone(rule)]))


# restricted-zone


def test_a_vessel_inside_is_flagged_with_metres_probability_and_frame() -> None:
    (flag,) = one((40, 50))
    assert flag.rule == "restricted-zone"
    assert flag.values["metres_inside"] == pytest.approx(40, abs=0.1)
    assert flag.values["probability_inside"] == 1.0
    assert flag.frame_ids == ("f0",)
    assert "40 m inside" in flag.reason


@pytest.mark.parametrize("spot", [(-40.0, 50.0), (150.0, 50.0), (-10.0, -10.0)])
def test_a_vessel_outside_is_not(spot: Spot) -> None:
    assert one(spot) == ()


def test_a_vessel_on_the_edge_is_half_inside() -> None:
    (flag,) = one((0.01, 50))
    assert flag.score == pytest.approx(0.5, abs=0.03)


def test_a_position_too_vague_for_the_zone_is_not_flagged() -> None:
    assert one((50, 50), sigma_m=200.0) == ()


@pytest.mark.parametrize("rule", [ZoneRule.NO_FLY, ZoneRule.ANCHORAGE])
def test_zones_of_another_rule_do_not_count(rule: ZoneRule) -> None:
    assert one((50, 50), rule=rule) == ()


def test_a_hole_in_a_zone_is_outside() -> None:
    hole = tuple(GROUND.to_places([(20, 20), (80, 20), (80, 80), (20, 80)]))
    seen = [sighting("a", (50, 50))]
    assert flags_of(Scene([vessel("a", seen)], seen, [replace(zone(), holes=(hole,))])) == ()


def test_a_vessel_that_passed_through_is_flagged_by_the_sighting_inside() -> None:
    seen = [sighting("a", (-50.0 + 40 * n, 50), frame=n) for n in range(3)]
    (flag,) = flags_of(Scene([vessel("a", seen, speed_m_s=40.0)], seen, [zone()]))
    assert flag.frame_ids[0] == "f2"


@given(st.floats(0.1, 50), st.floats(0.1, 50), st.floats(0, 360))
def test_the_spread_of_an_ellipse_has_its_covariance(major: float, minor: float, bearing: float) -> None:
    from detection.ais.match import covariance

    ellipse = Ellipse(major, minor, bearing)
    found, wanted = np.cov(spread(ellipse).T), covariance(ellipse)
    assert np.abs(found - wanted).max() <= 0.06 * (major**2 + minor**2) + 0.02


# no-ais


def dark(length_m: float | None, ais: AisTracks | None) -> tuple[Flag, ...]:
    seen = [sighting("a", (0, 0), length_m=length_m or 10.0)]
    contact = vessel("a", seen)
    if length_m is None:
        contact = replace(contact, length_m=None)
    ledger = None if ais is None else match([contact], ais)
    return flags_of(Scene([contact], seen, [], ais, ledger))


@pytest.mark.parametrize(
    ("length_m", "score", "said"),
    [
        (60.0, 0.8, "likely required to carry AIS"),
        (20.0, 0.5, "may be required"),
        (8.0, 0.2, "not required to carry AIS"),
        (None, 0.4, "unknown length"),
    ],
)
def test_a_dark_vessel_is_scored_by_whether_it_must_carry_ais(length_m: float | None, score: float, said: str) -> None:
    (flag,) = dark(length_m, tracks(track(7, east_m=900)))
    assert (flag.rule, flag.score) == ("no-ais", score)
    assert said in flag.reason
    assert flag.values["vessels_heard"] == 1


def test_silence_of_the_receiver_proves_nothing() -> None:
    assert dark(60.0, tracks(track(7, east_m=50_000))) == ()


def test_without_an_ais_log_nothing_is_said_about_ais() -> None:
    assert dark(60.0, None) == ()


def test_a_matched_vessel_is_not_dark() -> None:
    assert dark(20.0, tracks(track(7))) == ()


def test_an_ambiguous_vessel_is_not_dark() -> None:
    assert dark(20.0, tracks(track(7, east_m=-14), track(8, east_m=14))) == ()


# alongside


def pair(gap_m: float, *, frames: int = 3, speeds: tuple[float | None, float | None] = (0.0, 0.0)) -> tuple[Flag, ...]:
    a = [sighting("a", (0, 0), frame=n, length_m=40.0, width_m=8.0) for n in range(frames)]
    b = [sighting("b", (4 + gap_m + 1.5, 0), frame=n) for n in range(frames)]
    contacts = [vessel("a", a, speed_m_s=speeds[0]), vessel("b", b, speed_m_s=speeds[1])]
    return flags_of(Scene(contacts, [*a, *b]))


def test_two_hulls_close_together_are_flagged_once_on_the_smaller() -> None:
    (flag,) = pair(3.0)
    assert (flag.rule, flag.contact_id, flag.other_contact_ids) == ("alongside", "b", ("a",))
    assert flag.values["gap_m"] == pytest.approx(3.0, abs=0.1)
    assert flag.frame_ids == ("f0", "f1", "f2")
    assert flag.values["seconds_together"] == 2.0


def test_a_meeting_is_told_right_from_either_side() -> None:
    (flag,) = pair(3.0)
    assert "from the hull of contact a, about 40 m long, in 3 frames" in flag.seen_from("b").reason
    assert "from the hull of contact b" in flag.seen_from("a").reason
    assert flag.seen_from("a").reason.startswith("A vessel about 40 m long lay 3.0 m from")


def test_two_hulls_farther_than_two_widths_are_not() -> None:
    assert pair(25.0) == ()


def test_one_passing_the_other_at_speed_is_not_alongside() -> None:
    assert pair(3.0, speeds=(0.0, 8.0)) == ()


def test_unknown_speeds_do_not_hide_a_meeting() -> None:
    assert len(pair(3.0, speeds=(None, 0.0))) == 1


def test_close_in_one_frame_of_three_is_passing_by() -> None:
    a = [sighting("a", (0, 0), frame=n) for n in range(3)]
    b = [sighting("b", (5 + 40.0 * n, 0), frame=n) for n in range(3)]
    assert flags_of(Scene([vessel("a", a), vessel("b", b)], [*a, *b])) == ()


def test_one_vessel_detected_twice_is_not_two() -> None:
    seen = [replace(sighting(name, (x, 0)), box=(0, 0, 40, 40)) for name, x in (("a", 0.0), ("b", 2.0))]
    assert flags_of(Scene([vessel(s.sighting_id, [s]) for s in seen], seen)) == ()


def test_a_launch_within_the_box_of_a_ship_is_flagged_with_doubt() -> None:
    ship = replace(sighting("a", (0, 0), length_m=60, width_m=10), box=(0, 0, 100, 100))
    launch = replace(sighting("b", (8, 0)), box=(80, 40, 95, 50))
    (flag,) = flags_of(Scene([vessel("a", [ship]), vessel("b", [launch])], [ship, launch]))
    assert flag.score == 0.3
    assert "detected twice" in flag.reason


def test_sightings_cut_by_the_edge_do_not_make_a_meeting() -> None:
    seen = [replace(sighting(name, (x, 0)), truncated=True) for name, x in (("a", 0.0), ("b", 4.0))]
    contacts = [vessel(s.sighting_id, [s], speed_m_s=3.0) for s in seen]
    assert flags_of(Scene(contacts, seen)) == ()


def test_two_at_rest_that_no_frame_shows_together_are_flagged_with_doubt() -> None:
    seen = [sighting("a", (0, 0), frame=0), sighting("b", (6, 0), frame=3)]
    (flag,) = flags_of(Scene([vessel(s.sighting_id, [s]) for s in seen], seen))
    assert (flag.score, flag.values["frames_together"]) == (0.3, 0)
    assert "none of which shows both" in flag.reason


def test_a_row_of_boats_is_likely_a_berth_and_scored_low() -> None:
    seen = [sighting(f"b{n}", (n * 4.0, 0)) for n in range(6)]
    flags = flags_of(Scene([vessel(f"b{n}", [s]) for n, s in enumerate(seen)], seen))
    middle = [f for f in flags if f.contact_id in ("b2", "b3")]
    assert middle
    assert all(f.score == 0.2 and "berth" in f.reason for f in middle)


# all of them


def test_the_same_scene_gives_the_same_flags_with_the_same_ids() -> None:
    assert pair(3.0) == pair(3.0)
    assert one((40, 50))[0].flag_id == one((60, 50))[0].flag_id


def test_every_rule_is_listed_and_every_threshold_has_a_source() -> None:
    assert set(RULES) == {"restricted-zone", "no-ais", "alongside"}
    assert set(SOURCES) == set(Thresholds.__slots__)


@pytest.mark.parametrize(
    ("name", "value", "said"), [("nonsense", 1, "no threshold"), ("zone_probability", -1, "negative")]
)
def test_a_threshold_that_cannot_be_is_refused(name: str, value: float, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Thresholds().changed("port.json", {name: value})


def test_a_changed_threshold_changes_the_flags() -> None:
    seen = [sighting("a", (0.01, 50))]
    scene = Scene([vessel("a", seen)], seen, [zone()])
    assert flags_of(scene, Thresholds(zone_probability=0.9)) == ()
