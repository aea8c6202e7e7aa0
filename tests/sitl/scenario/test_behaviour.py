"""What vessels of a scenario do: alongside without touching, dropped and fetched, in and out, and how it is told."""

import json
import math
from datetime import timedelta
from itertools import combinations, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import shapely
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from planner.geo.camera import Attitude
from planner.model.errors import BadInput
from sitl.camera.render import Scene
from sitl.scenario.read import FOLDER, library, read_scenario
from sitl.scenario.stage import harbour_of
from sitl.scenario.values import Scenario
from sitl.world.events import Event, EventKind
from sitl.world.harbour import Harbour
from sitl.world.motion import VesselState
from sitl.world.vessels import Vessel
from tests.sitl.camera.scenes import SMALL

RIB = {"id": "runner", "kind": "rib", "length_m": 8, "beam_m": 2.8, "at": [230, 155], "heading_deg": 270}
YACHT = {"id": "sloop", "kind": "sailing yacht", "length_m": 12, "beam_m": 3.7, "at": [-100, 120], "heading_deg": 40}


class Play:
    """A scenario with these vessels only, set up."""

    def __init__(self, folder: Path, *traffic: dict[str, Any]) -> None:
        whole = yaml.safe_load((FOLDER / "first-patrol.yaml").read_text(encoding="utf-8"))
        whole["start_utc"] = whole["start_utc"].isoformat()
        whole |= {"traffic": list(traffic), "weather": {"wind_m_s": 8, "wind_from_deg": 270}}
        path = folder / "mine.yaml"
        path.write_text(json.dumps(whole), encoding="utf-8")
        self.scenario = read_scenario(path)
        self.harbour = harbour_of(self.scenario)

    def state(self, name: str, s: float) -> VesselState:
        return self.harbour.vessel(name).state_at(self.scenario.start_utc + timedelta(seconds=s))

    def events(self, kind: EventKind) -> list[Any]:
        zero = self.scenario.start_utc.timestamp()
        found = [e for e in self.harbour.events if e.kind is kind and "rib-in-zone" not in e.who]
        return [(e.who, e.begin_s - zero, None if e.end_s is None else e.end_s - zero) for e in found]

    def gap_m(self, a: str, b: str, s: float) -> float:
        """Between two hulls."""
        first, second = (hull(self.harbour.vessel(n), self.state(n, s)) for n in (a, b))
        return float(first.distance(second))


def hull(vessel: Vessel, state: VesselState) -> shapely.Polygon:
    box = shapely.box(-vessel.beam_m / 2, -vessel.length_m / 2, vessel.beam_m / 2, vessel.length_m / 2)
    return affinity.translate(affinity.rotate(box, -state.heading_deg, origin=(0, 0)), state.east_m, state.north_m)


def refused(folder: Path, *traffic: dict[str, Any]) -> str:
    with pytest.raises(BadInput) as caught:
        Play(folder, *traffic)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_two_that_meet_lie_half_a_metre_apart_and_never_touch(tmp_path: Path) -> None:
    host = YACHT | {"behaviour": [{"do": "rendezvous", "with": "runner", "at": [-60, 110], "knots": 5},
                                  {"do": "transit", "to": [-200, 120], "knots": 6}]}  # fmt: skip
    guest = RIB | {"behaviour": [{"do": "rendezvous", "with": "sloop", "knots": 12, "at_s": 150, "for_s": 200},
                                 {"do": "speed-run", "to": [240, 158], "knots": 30}]}  # fmt: skip
    play = Play(tmp_path, host, guest)
    assert play.events(EventKind.RENDEZVOUS) == [(("runner", "sloop"), pytest.approx(150), pytest.approx(350))]
    gaps = {s: play.gap_m("runner", "sloop", s) for s in range(700)}
    assert min(gaps.values()) == pytest.approx(0.5, abs=0.02)
    assert all(gaps[s] == pytest.approx(0.5, abs=0.02) for s in range(151, 349))
    assert play.state("sloop", 345).speed_m_s == 0.0
    assert play.state("sloop", 450).speed_m_s > 2.0  # it goes on when the other is clear


@pytest.mark.parametrize("heading", [0, 75, 140, 200, 290])
def test_a_visit_to_one_that_drifts_stays_alongside_whatever_way_it_lies(tmp_path: Path, heading: float) -> None:
    host = YACHT | {"heading_deg": heading, "behaviour": [{"do": "drift", "for_s": 900}]}
    guest = RIB | {
        "behaviour": [{"do": "rendezvous", "with": "sloop", "for_s": 120}, {"do": "transit", "to": [-250, 60]}]
    }
    play = Play(tmp_path, host, guest)
    ((_, begin, end),) = play.events(EventKind.RENDEZVOUS)
    assert end is not None
    gaps = [play.gap_m("runner", "sloop", s) for s in range(900)]
    assert min(gaps) > 0.3
    assert max(gaps[round(begin) + 1 : round(end)]) < 0.7
    assert play.state("sloop", end).speed_m_s == pytest.approx(0.24, abs=0.03)


def test_a_vessel_of_the_harbour_can_be_met_too(tmp_path: Path) -> None:
    play = Play(tmp_path, RIB | {"behaviour": [{"do": "rendezvous", "with": "barge", "for_s": 60}]})
    ((who, begin, _),) = play.events(EventKind.RENDEZVOUS)
    assert who == ("runner", "barge")
    assert play.gap_m("runner", "barge", begin + 5) == pytest.approx(0.5, abs=0.05)


DROP = {"do": "drop", "object": "bale", "to": [-100, 60], "knots": 20, "for_s": 20}


def test_what_is_dropped_floats_down_wind_and_is_gone_once_it_is_picked_up(tmp_path: Path) -> None:
    dropper = RIB | {"behaviour": [DROP, {"do": "transit", "to": [230, 155], "knots": 25}]}
    fetcher = YACHT | {"behaviour": [{"do": "pick-up", "object": "bale", "knots": 5, "for_s": 30, "at_s": 400}]}
    play = Play(tmp_path, dropper, fetcher)
    ((_, dropped, _),) = play.events(EventKind.DROP)
    assert play.events(EventKind.PICK_UP) == [(("sloop", "bale"), pytest.approx(400), pytest.approx(430))]
    bale, start = play.harbour.vessel("bale"), play.scenario.start_utc
    there = [s for s in range(600) if bale.is_there(start + timedelta(seconds=s))]
    assert there[0] == pytest.approx(dropped + 10, abs=1)
    assert there[-1] == 429
    drifted = play.state("bale", 390).east_m - play.state("bale", 290).east_m
    assert drifted == pytest.approx(100 * 8 * 0.015, rel=0.01)
    assert all(play.gap_m("sloop", "bale", s) > 0.3 for s in there)
    assert all(play.gap_m("sloop", "bale", s) < 1.2 for s in range(401, 429))
    assert all(play.gap_m("runner", "bale", s) > 0.3 for s in there)


def test_a_package_is_in_the_pictures_while_it_floats(tmp_path: Path) -> None:
    fetcher = YACHT | {"behaviour": [{"do": "pick-up", "object": "bale", "knots": 5, "for_s": 30, "at_s": 400}]}
    play = Play(tmp_path, RIB | {"behaviour": [DROP, {"do": "transit", "to": [230, 155]}]}, fetcher)
    place = play.harbour.frame.to_place(*_at(play, "bale", 300))
    shown = {
        s: {v.vessel_id: v.kind for v in Scene(
            play.harbour, play.scenario.start_utc + timedelta(seconds=s), place, 40.0, Attitude(0.0, -90.0, 0.0), SMALL
        ).picture().truth}
        for s in (20, 300, 500)
    }  # fmt: skip
    assert shown[300]["bale"] == "package"
    assert "bale" not in shown[20]
    assert "bale" not in shown[500]


def test_who_is_worth_a_look_for_what_is_dropped(tmp_path: Path) -> None:
    play = Play(tmp_path, RIB | {"behaviour": [DROP]})
    assert play.scenario.why_suspicious("bale") == "Was put into the water by runner."


def test_going_into_restricted_water_is_told_from_edge_to_edge(tmp_path: Path) -> None:
    acts = [{"do": "enter", "zone": "Naval berth", "knots": 10, "for_s": 60}, {"do": "transit", "to": [100, 140]}]
    play = Play(tmp_path, RIB | {"behaviour": acts})
    ((who, begin, end),) = play.events(EventKind.ENTRY)
    assert end is not None
    ring = shapely.Polygon(play.harbour.frame.to_metres(play.harbour.zones[0].outline))
    inside = [s for s in range(400) if ring.contains(shapely.Point(*_at(play, "runner", s)))]
    assert (who, begin, end) == (("runner",), pytest.approx(inside[0], abs=1.1), pytest.approx(inside[-1], abs=1.1))
    assert end - begin > 60


def _at(play: Play, name: str, s: float) -> tuple[float, float]:
    state = play.state(name, s)
    return state.east_m, state.north_m


def test_a_speed_run_reaches_its_speed_and_is_told(tmp_path: Path) -> None:
    play = Play(tmp_path, RIB | {"behaviour": [{"do": "speed-run", "to": [-200, 155], "knots": 40, "from_s": 60}]})
    ((_, begin, end),) = play.events(EventKind.SPEED_RUN)
    assert begin == pytest.approx(60)
    assert end is not None
    assert max(play.state("runner", s / 4).speed_m_s for s in range(240, int(4 * end))) == pytest.approx(
        40 * 0.5144, 0.01
    )


def test_loitering_anchoring_and_lying_can_follow_each_other(tmp_path: Path) -> None:
    acts = [{"do": "loiter", "for_s": 200, "radius_m": 25, "knots": 4}, {"do": "moored", "for_s": 60},
            {"do": "anchored", "for_s": 300}, {"do": "drift"}]  # fmt: skip
    play = Play(tmp_path, RIB | {"at": [-100, 110], "behaviour": acts})
    away = [((x + 100) ** 2 + (y - 110) ** 2) ** 0.5 for x, y in (_at(play, "runner", s) for s in range(30, 150, 5))]
    assert all(22 < d < 28 for d in away)
    assert all(play.state("runner", s).speed_m_s == 0 for s in (205, 230, 255))
    anchored = [play.state("runner", s).heading_deg for s in range(400, 560, 20)]
    assert all(abs(h - 270) < 30 for h in anchored)
    assert play.state("runner", 900).speed_m_s == pytest.approx(0.24, abs=0.01)


def test_what_the_ais_hides_is_told_too(tmp_path: Path) -> None:
    lies = {"silent_s": [[10, 50]], "says_shifted_m": [100, 0], "shifted_s": [[60, 90]], "declared_length_m": 40}
    alias = {"from_s": 100, "mmsi": 200003002, "name": "B"}
    ais = {"mmsi": 200003001, "name": "A", "ship_type": 37, "aliases": [alias], **lies}
    play = Play(tmp_path, RIB | {"ais": ais})
    assert play.events(EventKind.AIS_GAP) == [(("runner",), 10, 50)]
    assert play.events(EventKind.FALSE_POSITION) == [(("runner",), 60, 90)]
    assert play.events(EventKind.FALSE_IDENTITY) == [(("runner",), 100, None)]
    assert play.events(EventKind.FALSE_LENGTH) == [(("runner",), 0, None)]


@pytest.mark.parametrize(
    ("acts", "said"),
    [
        ("rendezvous", "'behaviour': 'rendezvous' needs more than a word"),
        ([{"do": "swim"}], "'swim' is not one of transit, speed-run, lie"),
        ([{"do": "transit", "to": [0, 0], "knots": 60}], "'knots': a rib does 55 knots at most, got 60"),
        ([{"do": "transit", "to": [0, 130], "at_s": 5}], "'at_s': cannot be there at 5 s: it is free at 0 s and needs"),
        ([{"do": "drift"}, {"do": "transit", "to": [0, 0]}], "'drift' lasts to the end; give it 'for_s'"),
        ([{"do": "pick-up", "object": "bale"}], "traffic, runner: 'object': nobody drops 'bale'"),
        ([{"do": "rendezvous", "with": "runner"}], "'with': a vessel cannot meet itself"),
        ([{"do": "rendezvous", "with": "ghost"}], "'with': 'ghost' is no vessel of this scenario"),
        ([{"do": "rendezvous", "with": "patrol"}], "cannot lie alongside patrol, which is under way then"),
        ([{"do": "enter", "zone": "Moon"}], "'zone': 'Moon' is no zone here; there are: Naval berth"),
        ([{"do": "enter", "zone": "Naval berth", "to": [0, 0]}], "'to': [0.0, 0.0] does not lie in Naval berth"),
        ([DROP | {"size_m": [9, 1]}], "'size_m' must be [length, width] with 0.3 <= width <= length <= 4"),
        ([DROP, DROP | {}], "there is something with the id 'bale' already"),
        ([{"do": "transit", "to": [0, 0], "speed": 4}], "unknown field 'speed'"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_one_sentence(tmp_path: Path, acts: object, said: str) -> None:
    assert said in refused(tmp_path, RIB | {"behaviour": acts})


def test_two_that_wait_for_each_other_are_told_so(tmp_path: Path) -> None:
    def waits(one: dict[str, Any], other: str) -> dict[str, Any]:
        return one | {"behaviour": [{"do": "rendezvous", "with": other}]}

    assert "waits for another that never comes (runner and sloop are left)" in refused(
        tmp_path, waits(RIB, "sloop"), waits(YACHT, "runner")
    )


NAMES = ("runner", "sloop")
SPOT = st.tuples(st.integers(-250, 250), st.integers(-50, 150)).map(list)
SECONDS = st.integers(1, 400)
ACTS = st.one_of(
    st.fixed_dictionaries({"do": st.just("transit"), "to": SPOT}, optional={"wait_s": SECONDS, "from_s": SECONDS}),
    st.fixed_dictionaries({"do": st.just("speed-run"), "to": SPOT}, optional={"at_s": SECONDS}),
    st.fixed_dictionaries({"do": st.sampled_from(["lie", "anchored", "drift", "loiter"]), "for_s": SECONDS}),
    st.fixed_dictionaries({"do": st.just("rendezvous"), "with": st.sampled_from(NAMES)}, optional={"at": SPOT}),
    st.fixed_dictionaries({"do": st.just("drop"), "object": st.sampled_from("ab"), "to": SPOT}),
    st.fixed_dictionaries({"do": st.just("pick-up"), "object": st.sampled_from("ab")}, optional={"at_s": SECONDS}),
    st.fixed_dictionaries({"do": st.just("enter"), "zone": st.just("Naval berth"), "for_s": SECONDS}),
)


def played(folder: Path, *traffic: dict[str, Any]) -> Play | str:
    """The play, or why there is none."""
    try:
        return Play(folder, *traffic)
    except BadInput as refusal:
        return str(refusal)


@settings(max_examples=120, deadline=None)
@given(st.lists(ACTS, max_size=5), st.lists(ACTS, max_size=5))
def test_any_acts_are_refused_in_one_sentence_or_done_without_a_jump(first: list[Any], second: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        play = played(Path(folder), RIB | {"behaviour": first}, YACHT | {"behaviour": second})
    if isinstance(play, str):
        assert "\n" not in play
        return
    for name in NAMES:
        states = [play.state(name, 0.5 * n) for n in range(2400)]
        for a, b in pairwise(states):
            assert math.hypot(b.east_m - a.east_m, b.north_m - a.north_m) <= 0.5 * max(a.speed_m_s, b.speed_m_s) + 0.5
    for event in play.harbour.events:
        assert event.end_s is None or event.end_s >= event.begin_s


SCENARIOS = [s for s in library() if s.traffic]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.id)
def test_in_no_scenario_that_comes_along_do_the_vessels_that_act_touch_anything(scenario: Scenario) -> None:
    harbour, acting = harbour_of(scenario), {t.id for t in scenario.traffic}
    land = shapely.union_all([shapely.Polygon(q.outline) for q in harbour.quays])
    for s in range(0, int(scenario.time_limit_s), 2):
        there = harbour.states_at(scenario.start_utc + timedelta(seconds=s))
        hulls = {v.vessel_id: hull(v, state) for v, state in there}
        assert not [n for n in acting if hulls[n].intersects(land)], s
        mine = [(a, b) for a, b in combinations(hulls, 2) if {a, b} & acting]
        assert not [(a, b) for a, b in mine if hulls[a].intersects(hulls[b])], s


def kinds_of(scenario: Scenario, harbour: Harbour) -> set[EventKind]:
    asked: list[Event] = [e for e in harbour.events if any(scenario.why_suspicious(w) for w in e.who)]
    return {e.kind for e in asked}


def test_the_scenarios_that_come_along_have_a_rendezvous_a_drop_a_pick_up_an_entry_and_speed_runs() -> None:
    known = {s.id: kinds_of(s, harbour_of(s)) for s in SCENARIOS}
    assert {EventKind.RENDEZVOUS, EventKind.AIS_GAP, EventKind.FALSE_IDENTITY} <= known["night-rendezvous"]
    assert {EventKind.DROP, EventKind.PICK_UP, EventKind.SPEED_RUN} <= known["last-light"]
    assert {EventKind.DROP, EventKind.PICK_UP} <= known["watch-the-berths"]
    assert EventKind.ENTRY in known["inside-the-line"]
