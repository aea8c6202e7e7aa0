from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.errors import BadInput
from sitl.scenario.read import FOLDER, library, read_scenario, scenario
from sitl.scenario.stage import harbour_of, vehicle_of
from sitl.scenario.values import Role

FIRST = FOLDER / "first-patrol.yaml"


def written(folder: Path, **changes: object) -> Path:
    told = yaml.safe_load(FIRST.read_text(encoding="utf-8")) | changes
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump({k: v for k, v in told.items() if v is not None}), encoding="utf-8")
    return path


def test_at_least_twelve_scenarios_come_along_for_both_roles_in_levels_without_a_hole() -> None:
    known = library()
    assert len(known) >= 12
    for role in Role:
        levels = {s.level for s in known if s.role is role}
        assert levels == set(range(1, max(levels) + 1))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda p: p.stem)
def test_each_of_them_has_its_file_name_as_id_and_can_be_set_up(path: Path) -> None:
    read = read_scenario(path)
    assert read.id == path.stem
    harbour = harbour_of(read)
    assert vehicle_of(read, harbour).start_utc == read.start_utc
    again = harbour_of(read)
    assert (harbour.zones, harbour.area, harbour.look) == (again.zones, again.area, again.look)
    assert harbour.events == again.events
    later = read.start_utc + timedelta(seconds=300)
    assert [v.state_at(later) for v in harbour.vessels] == [v.state_at(later) for v in again.vessels]


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match="'nope' is not known; use one of first-patrol"):
        scenario("nope")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, "has format 2; this version reads format 1"),
        ({"title": None}, "'title' is missing"),
        ({"role": "captain"}, "'captain' is not one of pilot, analyst"),
        ({"rubric": {"coverage": 99}}, "points must sum to 100, they sum to 99"),
        ({"rubric": {"found": 100}}, "gives points for found, which a pilot is not scored by"),
        ({"colour": "red"}, "unknown field 'colour'"),
        ({"weather": {"wind_m_s": float("nan")}}, "'wind_m_s' must be a number from 0 to 25"),
        ({"faults": [{"fault": "gps-loss"}]}, "faults 1: 'after_takeoff_s' is missing"),
        ({"faults": [{"fault": "rats", "after_takeoff_s": 1}]}, "faults 1: there is no fault 'rats'"),
        ({"id": "../../etc"}, "'id' must be small letters"),
        ({"start_utc": "soon"}, "'start_utc' must be a time as"),
        ({"traffic": [{"id": "a", "kind": "submarine", "at": [0, 0]}]}, "traffic 1: 'kind': 'submarine' is not one of"),
    ],
)
def test_what_cannot_be_is_refused_with_file_place_and_field(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    path = written(tmp_path, **changes)
    with pytest.raises(BadInput) as refused:
        read_scenario(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_aliases_that_could_blow_up_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text("a: &a [1, 2]\nb: [*a, *a]\n")
    with pytest.raises(BadInput, match="uses YAML aliases"):
        read_scenario(path)


def test_a_vessel_that_does_not_exist_is_told_when_the_scenario_is_set_up(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="'ghost' is no vessel of Practice harbour"):
        harbour_of(read_scenario(written(tmp_path, leave_out=["ghost"])))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2000), st.binary(max_size=12))
def test_a_damaged_file_is_read_or_refused_in_one_sentence(at: int, what: bytes) -> None:
    import tempfile

    text = FIRST.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_bytes(text[: at % len(text)] + what + text[at % len(text) + len(what) :])
        said = ""
        try:
            read_scenario(path)
        except BadInput as refused:
            said = str(refused)
        assert "\n" not in said
