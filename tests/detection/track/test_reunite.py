from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from detection.locate.sightings import Ellipse, Fix, Sighting
from detection.track.join import join
from detection.track.looks import HUES, SIZE
from detection.track.reunite import reunited
from tests.detection.track.scenes import HERE, START


def colours(main: int) -> tuple[float, ...]:
    shares = np.full(SIZE, 0.02)
    shares[main] = 1.0
    shares[HUES + 2] = 0.5
    return tuple(float(v) for v in shares / shares.sum())


RED, BLUE = colours(0), colours(7)


def run(
    name: str,
    second: float,
    east_m: float,
    north_m: float,
    course_deg: float,
    speed_m_s: float = 5.0,
    looks: tuple[float, ...] | None = RED,
    length_m: tuple[float, float] = (11.0, 13.0),
) -> list[Sighting]:
    """Four looks at a vessel, two seconds apart."""
    turn, left = np.radians(course_deg), 100.0 * (ord(name) - ord("a"))
    found = []
    for k in range(4):
        way = speed_m_s * 2.0 * k
        found.append(
            Sighting(
                sighting_id=f"{name}{k}",
                frame_id=f"f{second + 2 * k:05.0f}",
                at_utc=START + timedelta(seconds=second + 2 * k),
                box=(left, 100, left + 60, 140),
                score=0.8,
                label=0,
                fix=Fix.POINT,
                at=HERE.to_place(east_m + way * np.sin(turn), north_m + way * np.cos(turn)),
                ellipse=Ellipse(1.0, 1.0, 0.0),
                bearing_deg=0.0,
                range_m=(10.0, 20.0),
                length_m=length_m,
                truncated=False,
                looks=looks,
            )
        )
    return found


EAST = run("a", 0, 0, 0, 90)


def test_a_vessel_that_turned_unseen_and_looks_the_same_is_one_contact() -> None:
    (contact,) = join([*EAST, *run("b", 60, 90, 120, 180)])
    assert contact.contact_id == "c-a0"
    assert len(contact.sighting_ids) == 8
    assert any("after a turn" in note for note in contact.notes)
    assert contact.speed_m_s == pytest.approx(5, abs=0.5)


def test_without_colours_it_stays_apart_and_the_notes_say_so() -> None:
    one, other = join([replace(s, looks=None) for s in [*EAST, *run("b", 60, 90, 120, 180)]])
    assert one.notes == (f"May be the same vessel as {other.contact_id}.",)
    assert other.notes == (f"May be the same vessel as {one.contact_id}.",)


@pytest.mark.parametrize(
    "later",
    [
        run("b", 60, 90, 120, 180, looks=BLUE),
        run("b", 60, 90, 120, 180, length_m=(24.0, 28.0)),
        run("b", 60, 90, 120, 180, speed_m_s=11.0),
        run("b", 60, 700, 120, 180),
        run("b", 60, 90, 120, 180, speed_m_s=0.0),
        run("b", 400, 90, 120, 180),
        run("b", 8, 30, 25, 270, length_m=(60.0, 62.0)),
    ],
    ids=["colours", "length", "speed", "too far", "at rest", "too late", "no room to turn"],
)
def test_another_vessel_stays_another(later: list[Sighting]) -> None:
    assert len(join([*EAST, *later])) == 2


def test_of_two_that_fit_alike_none_is_taken() -> None:
    contacts = join([*EAST, *run("b", 60, 90, 120, 180), *run("c", 60, -60, 140, 0)])
    assert len(contacts) == 3
    assert contacts[0].notes == ("May be the same vessel as c-b0.", "May be the same vessel as c-c0.")


def test_two_that_one_picture_shows_are_never_joined() -> None:
    both = [*EAST, *run("b", 6, 60, 30, 180)]
    assert {s.frame_id for s in both[:4]} & {s.frame_id for s in both[4:]}
    assert len(join(both)) == 2


def test_what_is_known_otherwise_may_forbid_it() -> None:
    sightings = [*EAST, *run("b", 60, 90, 120, 180)]
    parts = join(sightings, reunite=False)
    assert len(parts) == 2
    assert len(reunited(parts, sightings)) == 1
    assert reunited(parts, sightings, apart=lambda *_: True) == parts


def test_a_chain_of_turns_is_one_contact_whatever_the_order() -> None:
    chain = [*EAST, *run("b", 60, 90, 120, 180), *run("c", 120, -20, 60, 270)]
    (contact,) = join(chain)
    assert join(chain[::-1]) == (contact,)


def test_persons_are_left_alone() -> None:
    people = [replace(s, label=1) for s in [*EAST, *run("b", 60, 90, 120, 180)]]
    assert len(join(people)) == 2
