import math
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from planner.model.errors import BadInput
from sitl.scenario.read import FOLDER, read_scenario
from sitl.scenario.stage import harbour_of
from sitl.world.harbour import Harbour

BOAT = {"id": "it", "kind": "rib", "length_m": 8, "beam_m": 2.8, "at": [200, 130]}


def with_boat(folder: Path, **told: object) -> Path:
    whole = yaml.safe_load((FOLDER / "first-patrol.yaml").read_text(encoding="utf-8"))
    whole |= {"traffic": [BOAT | told], "weather": {"wind_m_s": 10, "wind_from_deg": 270}}
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(whole), encoding="utf-8")
    return path


def places(path: Path, seconds: range) -> tuple[Harbour, list[tuple[float, float]]]:
    scenario = read_scenario(path)
    harbour = harbour_of(scenario)
    states = [harbour.vessel("it").state_at(scenario.start_utc + timedelta(seconds=s)) for s in seconds]
    return harbour, [(s.east_m - 200, s.north_m - 130) for s in states]


def test_a_drifting_boat_goes_down_wind_at_three_per_cent_of_it(tmp_path: Path) -> None:
    _, found = places(with_boat(tmp_path, does="drift"), range(0, 301, 100))
    assert found == [pytest.approx((0.3 * s, 0.0), abs=1e-4) for s in (0, 100, 200, 300)]


def test_an_anchored_boat_lies_down_wind_of_its_anchor(tmp_path: Path) -> None:
    _, found = places(with_boat(tmp_path, does="anchored"), range(0, 600, 20))
    assert all(math.hypot(*p) == pytest.approx(19.0) and p[0] > 15 for p in found)
    assert max(p[1] for p in found) > 5 > -5 > min(p[1] for p in found)


def test_a_loitering_boat_stays_near_its_place_and_keeps_moving(tmp_path: Path) -> None:
    _, found = places(with_boat(tmp_path, does="loiter"), range(0, 200, 5))
    assert all(25 < math.hypot(*p) < 31 for p in found)
    assert all(math.dist(a, b) > 5 for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"does": "fly"}, "'fly' is not one of transit, speed-run, lie"),
        ({"does": "drift", "way": [{"to": [0, 0], "knots": 5}]}, "has both 'does' and 'way'"),
        ({"lights": "dim"}, "'lights' must be"),
    ],
)
def test_what_a_boat_cannot_do_is_told(tmp_path: Path, told: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_scenario(with_boat(tmp_path, **told))
    assert said in str(refused.value)


def test_lights_can_be_off(tmp_path: Path) -> None:
    harbour, _ = places(with_boat(tmp_path, lights="off"), range(1))
    assert not harbour.vessel("it").lit
