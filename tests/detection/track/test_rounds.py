"""Vessels on closed rounds, met again from line to line: how many contacts, and whose."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from detection.track.join import join
from tests.detection.track.rounds import Flown, count, fly

SEEDS = range(200, 206)


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> list[Flown]:
    folder: Path = tmp_path_factory.mktemp("rounds")
    return [fly(seed, folder) for seed in SEEDS]


def test_every_vessel_is_found_and_hardly_any_mixed(
    flights: list[Flown], record_property: Callable[[str, object], None]
) -> None:
    parts = [count(f, join(f.sightings, reunite=False)) for f in flights]
    reach = [count(f, f.contacts(with_ais=False)[0]) for f in flights]
    ais = [count(f, f.contacts(with_ais=True)[0]) for f in flights]
    for name, counts in (("parts", parts), ("reach", reach), ("ais", ais)):
        record_property(name, [(c.seen, c.found, c.second, c.mixed) for c in counts])
    seen = sum(c.seen for c in ais)
    assert sum(c.found for c in ais) >= seen - 1
    assert sum(c.mixed for c in ais) <= 2
    assert sum(c.second for c in ais) < sum(c.second for c in reach) < sum(c.second for c in parts)
    assert sum(c.second for c in ais) <= 0.45 * seen
    assert np.median(np.concatenate([c.errors_m for c in ais])) < 1.5


def test_no_contact_has_two_identities_and_no_identity_two_contacts(flights: list[Flown]) -> None:
    for flown in flights:
        contacts, ledger = flown.contacts(with_ais=True)
        named = [c.mmsi for c in contacts if c.mmsi is not None]
        assert len(named) == len(set(named))
        assert ledger is not None
        assert {a.contact_id for a in ledger.associations} == {c.contact_id for c in contacts}
        matched = {a.contact_id: a.mmsi for a in ledger.associations if a.outcome == "matched"}
        assert matched == {c.contact_id: c.mmsi for c in contacts if c.mmsi is not None}


def test_every_sighting_stays_in_exactly_one_contact(flights: list[Flown]) -> None:
    for flown in flights[:2]:
        contacts, _ = flown.contacts(with_ais=True)
        assert sorted(i for c in contacts for i in c.sighting_ids) == sorted(s.sighting_id for s in flown.sightings)


def test_the_order_of_the_sightings_does_not_matter(flights: list[Flown]) -> None:
    assert join(flights[0].sightings[::-1]) == join(flights[0].sightings)
