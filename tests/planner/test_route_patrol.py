import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon
from typer.testing import CliRunner

from planner.formats.missions import read_plan
from planner.formats.watches import read_watches
from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.mission import Command, Home
from planner.model.patterns import PatrolParameters, WatchPlace
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.make import make_mission
from planner.route.patrol import Ground, Patrol, Visit, Watch, draw_patrol, draw_patrols, fixed_patrol, naive
from planner.route.patrol_score import (
    all_gaps,
    entropy_bits,
    foretold,
    gaps_of,
    observer_loss,
    returns_of,
    score,
    timed_chances,
    unseen_chance,
)
from planner.route.patrol_tune import score_of, tuned
from quaywatch import app

FRAME = LocalFrame(LatLon(51.95, 4.05))
DRONE = DroneProfile("test", 10.0, 15.0, 3.0, 2.0, 150.0, 300.0, 300.0, 12.0)
CAMERA = CameraProfile("test", 6.4, 3.6, 4.57, 1600, 900, 0.5)
SQUARE = [
    Watch(f"w{i}", (p,), v) for i, (p, v) in enumerate([((0, 0), 1), ((600, 0), 3), ((600, 600), 1), ((0, 600), 2)])
]


def visits(*rows: tuple[int, float, float]) -> Patrol:
    return tuple(Visit(watch, comes, goes, ((0.0, 0.0),)) for watch, comes, goes in rows)


def ground(watches: list[Watch] | None = None) -> Ground:
    return Ground(watches or SQUARE, base=(300.0, -100.0), speed_m_s=10.0, stay_s=5.0)


def test_gaps_reach_from_the_start_to_the_end_of_the_patrol() -> None:
    assert gaps_of(visits((0, 10, 12), (1, 20, 20), (0, 50, 55)), 0, 100.0) == [(0, 10), (12, 50), (55, 100)]
    assert gaps_of((), 0, 100.0) == [(0, 100)]


def test_the_gaps_of_all_watches_are_those_of_each() -> None:
    patrol = visits((0, 10, 12), (1, 20, 20), (0, 50, 55))
    assert all_gaps(patrol, 3, 100.0) == [gaps_of(patrol, watch, 100.0) for watch in range(3)]


def test_the_observer_goes_by_the_last_two_visits_then_by_the_last_then_by_the_commonest() -> None:
    # seen: 0 1 2 0 1 2; then 0 1 is known to lead to 2, 1 alone to 2, and 5 was never followed by anything: commonest 0
    seen = visits(*((watch, 10.0 * i, 10.0 * i) for i, watch in enumerate([0, 1, 2, 0, 1, 2, 0])))
    now = visits(*((watch, 10.0 * i, 10.0 * i) for i, watch in enumerate([0, 1, 2, 5, 0])))
    # 0 (commonest), 1 after 0, 2 after 0 1, then 0 is named and 5 comes, then the commonest 0
    assert foretold([seen, now], 1) == pytest.approx(4 / 5)


def test_chance_of_a_stay_unseen_by_hand() -> None:
    # begun in 0..80, stays of 20: unseen if begun in 0..10 (gap to 30) or 50..80 (gap 50 to 100)
    assert unseen_chance([(0, 30), (50, 100)], 100.0, 20.0) == pytest.approx((10 + 30) / 80)
    assert unseen_chance([(0, 15), (15, 30)], 100.0, 20.0) == 0


def test_a_visitor_who_waits_for_the_drone_to_go_by_hand() -> None:
    # after goes: next visits 30 s and 50 s later; a stay of 40 that begins at once goes unseen in one case of two
    gaps = [[gaps_of(visits((0, 0, 0), (0, 30, 30), (0, 80, 80)), 0, 100.0)]]
    assert timed_chances(gaps, 100.0, 40.0)[0] == 0.5
    assert timed_chances([[gaps_of((), 0, 100.0)]], 100.0, 40.0)[0] == 1.0


def test_entropy_of_return_times_by_hand() -> None:
    assert entropy_bits([10, 10, 10], 10) == 0
    assert entropy_bits([10, 20, 30, 40], 10) == 2
    assert entropy_bits([], 10) == 0
    assert returns_of([visits((0, 5, 6), (1, 8, 8), (0, 25, 26), (0, 65, 66))], 0) == [20, 40]


def test_a_repeated_patrol_is_foretold_and_costs_its_whole_value() -> None:
    patrol = visits(*((i % 3, 10.0 * i, 10.0 * i) for i in range(12)))
    found = score([patrol] * 7, np.array([1.0, 4.0, 2.0]), duration_s=120.0, stay_s=20.0, step_s=10.0)
    assert foretold([patrol] * 7, 5) == 1.0
    assert found.return_entropy == 0
    assert found.unseen_timed == 1.0
    assert found.loss == 1.0
    assert found.gaps_s == (30.0, 30.0, 30.0)


def test_an_observer_takes_the_minute_that_was_free_before() -> None:
    early, late = visits((0, 10, 40)), visits((0, 60, 90))
    gaps = [[gaps_of(patrol, 0, 100.0)] for patrol in (early, early, late)]
    assert observer_loss(gaps, np.array([5.0]), 100.0, 50.0, 1) == pytest.approx((5.0 + 0.0) / 2)


def test_scores_need_more_patrols_than_the_observer_saw() -> None:
    with pytest.raises(ValueError, match="6 at least"):
        score([visits((0, 1, 2))] * 5, np.array([1.0]), duration_s=10.0, stay_s=5.0, step_s=1.0)


@settings(deadline=None, max_examples=40)
@given(
    places=st.lists(st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)), min_size=1, max_size=9, unique=True),
    values=st.lists(st.floats(0.1, 50), min_size=9, max_size=9),
    minutes=st.floats(3, 40),
    seed=st.integers(0, 2**31),
)
def test_any_patrol_is_on_time_repeats_by_its_seed_and_never_visits_twice_in_a_row(
    places: list[tuple[float, float]], values: list[float], minutes: float, seed: int
) -> None:
    here = ground([Watch(f"w{i}", (p,), v) for i, (p, v) in enumerate(zip(places, values, strict=False))])
    strategy = replace(naive(here), way_power=2.0, due_s=here.lap_s)
    patrol = draw_patrol(here, strategy, duration_s=minutes * 60, seed=seed)
    assert patrol == draw_patrol(here, strategy, duration_s=minutes * 60, seed=seed)
    at, now, last = (300.0, -100.0), 0.0, -1
    for visit in patrol:
        assert visit.comes_s == pytest.approx(now + math.dist(at, visit.points[0]) / 10.0)
        assert visit.goes_s >= visit.comes_s + 5.0 - 1e-6
        assert visit.watch != last or len(places) == 1
        at, now, last = visit.points[-1], visit.goes_s, visit.watch
    assert now + math.dist(at, (300.0, -100.0)) / 10.0 <= minutes * 60 + 1e-6


def test_a_line_is_flown_along_from_either_end() -> None:
    quay = Watch("quay", ((0.0, 0.0), (300.0, 0.0), (300.0, 200.0)))
    here = ground([quay, *SQUARE[2:]])
    ways = {
        v.points for p in draw_patrols(here, naive(here), duration_s=1800, seed=1, count=20) for v in p if v.watch == 0
    }
    assert ways == {quay.points, quay.points[::-1]}


def test_the_fixed_tour_of_a_square_goes_round_it() -> None:
    here = ground()
    assert here.lap_s == pytest.approx(4 * 60 + 4 * 5)
    patrol = fixed_patrol(here, duration_s=900.0)
    assert len({v.watch for v in patrol[:4]}) == 4
    assert [v.watch for v in patrol[:4]] == [v.watch for v in patrol[4:8]]


def test_the_naive_patrol_visits_all_watches_alike_and_a_tuned_one_the_valuable_more() -> None:
    here = ground()
    strategy = tuned(here, duration_s=1200.0, stay_s=150.0)
    counts = [np.bincount([v.watch for p in drawn for v in p], minlength=4) for drawn in (
        draw_patrols(here, naive(here), duration_s=1200.0, seed=5, count=150),
        draw_patrols(here, strategy, duration_s=1200.0, seed=5, count=150),
    )]  # fmt: skip
    assert counts[0].max() < 1.25 * counts[0].min()
    assert counts[1][1] > 1.3 * counts[1][2]


def test_a_tuned_patrol_loses_less_than_a_fixed_tour_and_a_naive_one() -> None:
    here = ground()
    strategy = tuned(here, duration_s=1200.0, stay_s=150.0)
    ours = score_of(
        here, draw_patrols(here, strategy, duration_s=1200.0, seed=9, count=150), duration_s=1200.0, stay_s=150.0
    )
    blind = score_of(
        here, draw_patrols(here, naive(here), duration_s=1200.0, seed=9, count=150), duration_s=1200.0, stay_s=150.0
    )
    fixed = score_of(here, (fixed_patrol(here, duration_s=1200.0),) * 8, duration_s=1200.0, stay_s=150.0)
    assert ours.loss < min(blind.loss, fixed.loss)
    assert ours.unseen < blind.unseen
    assert ours.foretold < fixed.foretold
    assert ours.return_entropy > fixed.return_entropy


def patrol_plan(
    *, hover_s: float = 0.0, patrol_min: float | None = None, seed: int = 0, keep_out: tuple[Area, ...] = ()
) -> Plan:
    watches = tuple(WatchPlace(w.name, tuple(FRAME.to_places(w.points)), w.value) for w in SQUARE)
    given_ = PatrolParameters(watches, patrol_min, None, hover_s)
    area = Area("patrol", AreaKind.POLYGON, given_.outline())
    home = Home(FRAME.to_place(300.0, -100.0))
    return Plan(
        "patrol", (area,), Pattern.PATROL, DRONE, CAMERA, 0.05, home=home, seed=seed, keep_out=keep_out,
        parameters=given_,
    )  # fmt: skip


def test_the_seed_chooses_the_patrol_and_nothing_else() -> None:
    first, again, other = (make_mission(patrol_plan(seed=seed, patrol_min=12.0)) for seed in (4, 4, 5))
    assert first.mission == again.mission
    assert first.details == again.details
    assert first.mission != other.mission
    assert first.details["scores"] == other.details["scores"]


def test_a_patrol_reports_its_scores_beside_simpler_ones_and_fits_the_battery() -> None:
    planned = make_mission(patrol_plan())
    details = planned.details
    assert {"scores", "naive_random", "fixed_tour", "watches", "visit_s", "seed"} <= details.keys()
    assert planned.figures.energy_wh <= 150.0 * 0.75
    assert planned.figures.energy_wh > 150.0 * 0.75 * 0.8
    rows = details["watches"]
    assert isinstance(rows, list)
    assert [row["value"] for row in rows] == [1, 3, 1, 2]
    assert planned.figures.covered > 0.9


def test_hovering_is_an_item_at_each_point_and_counts_in_time() -> None:
    planned = make_mission(patrol_plan(hover_s=20.0, patrol_min=15.0))
    waits = [i for i in planned.mission if i.command == Command.NAV_LOITER_TIME]
    assert len(waits) == planned.details["visits"]
    assert {i.params[0] for i in waits} == {20.0}
    assert planned.figures.duration_s < 15 * 60 + 60


def test_ways_lead_round_what_is_to_be_kept_out_of() -> None:
    ring = tuple(FRAME.to_places([(200, 200), (400, 200), (400, 400), (200, 400)]))
    zone = Area("tanks", AreaKind.POLYGON, ring)
    planned = make_mission(patrol_plan(keep_out=(zone,), seed=2, patrol_min=12.0))
    barred = Polygon(FRAME.to_metres(ring))
    for leg in planned.legs:
        assert not LineString(FRAME.to_metres([leg.start, leg.end])).intersects(barred)


def test_a_watch_in_a_zone_and_a_patrol_too_short_are_refused() -> None:
    ring = tuple(FRAME.to_places([(-50, -50), (50, -50), (50, 50), (-50, 50)]))
    with pytest.raises(BadInput, match="'w0' lies in what is to be kept out of"):
        make_mission(patrol_plan(keep_out=(Area("zone", AreaKind.POLYGON, ring),)))
    with pytest.raises(BadInput, match="too short to reach"):
        make_mission(patrol_plan(patrol_min=0.2))


WATCHES = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"name": "quay", "value": 5},
         "geometry": {"type": "LineString", "coordinates": [[4.04, 51.955], [4.047, 51.957]]}},
        {"type": "Feature", "properties": {"name": "lock", "value": 2},
         "geometry": {"type": "Point", "coordinates": [4.06, 51.953]}},
        {"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": [4.05, 51.95]}},
    ],
}  # fmt: skip


def test_the_command_makes_a_patrol_and_the_plan_file_keeps_what_is_watched(tmp_path: Path) -> None:
    source, out = tmp_path / "watch.geojson", tmp_path / "p.plan"
    source.write_text(json.dumps(WATCHES))
    args = ["plan", "new", str(source), "-o", str(out), "--pattern", "patrol", "--home", "51.951,4.047", "--seed", "7"]
    done = CliRunner().invoke(app, [*args, "--regularity", "0.5", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["seed"] == 7
    assert told["scores"]["loss"] <= 1
    plan = read_plan(out)
    assert plan.parameters == PatrolParameters(watches=read_watches(source), regularity=0.5)
    assert make_mission(plan).details["watches"] == told["watches"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"value": -1}, "'quay': its value must lie in"),
        ({"value": "high"}, "'value' is"),
        ({"value": True}, "'value' is"),
    ],
)
def test_a_value_that_is_none_is_refused_by_name(tmp_path: Path, change: dict[str, object], why: str) -> None:
    document = json.loads(json.dumps(WATCHES))
    document["features"][0]["properties"].update(change)
    source = tmp_path / "watch.geojson"
    source.write_text(json.dumps(document))
    with pytest.raises(BadInput, match=why):
        read_watches(source)


@pytest.mark.parametrize("text", ['{"type": "FeatureCollection", "features": []}', '{"type": "Topology"}', "[]", "{"])
def test_a_file_without_watches_is_refused(tmp_path: Path, text: str) -> None:
    source = tmp_path / "watch.geojson"
    source.write_text(text)
    with pytest.raises(BadInput):
        read_watches(source)


def generated(seed: int) -> list[Watch]:
    """Watches of one of four kinds of map: anywhere, along a line, in two rings, and all of one value."""
    chance = np.random.default_rng(seed)
    count = int(chance.integers(6, 13))
    worth = [float(v) for v in chance.choice([1, 1, 2, 3, 5], count)]
    match seed % 4:
        case 0:
            places = chance.random((count, 2)) * 2500
        case 1:
            along = np.sort(chance.random(count)) * 5000
            places = np.column_stack([along, 600 * np.sin(along / 1200)])
        case 2:
            turned = chance.random(count) * 2 * math.pi
            places = np.column_stack([300 * np.cos(turned) + 900 * (np.arange(count) % 2), 250 * np.sin(turned)])
        case _:
            places, worth = chance.random((count, 2)) * 2000, [1.0] * count
    return [Watch(f"w{i}", ((float(x), float(y)),), v) for i, ((x, y), v) in enumerate(zip(places, worth, strict=True))]


NOISE = 0.04
"""Loss is a mean over some hundred patrols: about two of its standard errors."""


@pytest.mark.parametrize("seed", range(12))
def test_on_generated_maps_a_tuned_patrol_beats_the_naive_one_and_the_fixed_tour_in_what_each_can_be_beaten(
    seed: int,
) -> None:
    here = Ground(generated(seed), base=(0.0, -200.0), speed_m_s=10.0, stay_s=5.0)
    duration, stay = 4 * here.lap_s, (0.4, 0.8)[seed // 4 % 2] * here.lap_s
    strategy = tuned(here, duration_s=duration, stay_s=stay)
    drawn = {
        "ours": draw_patrols(here, strategy, duration_s=duration, seed=77, count=240),
        "naive": draw_patrols(here, naive(here), duration_s=duration, seed=77, count=240),
        "fixed": (fixed_patrol(here, duration_s=duration),) * 8,
    }
    found = {by: score_of(here, patrols, duration_s=duration, stay_s=stay) for by, patrols in drawn.items()}
    ours, blind, fixed = found["ours"], found["naive"], found["fixed"]
    assert ours.loss <= blind.loss + NOISE
    assert ours.unseen <= blind.unseen + 0.01
    assert ours.gap_by_value_s <= 1.02 * blind.gap_by_value_s
    assert ours.loss < fixed.loss + NOISE
    assert ours.foretold < fixed.foretold
    assert ours.return_entropy > fixed.return_entropy
    assert all(longest >= mean - 1e-6 for longest, mean in zip(ours.longest_gaps_s, ours.gaps_s, strict=True))
