import json

import pytest
from typer.testing import CliRunner

from planner.cli.plan import app
from planner.formats.ports import find_place, find_places, ports
from planner.geo.points import LatLon, distance_m
from planner.model.errors import BadInput

ROTTERDAM = LatLon(51.92, 4.5)


@pytest.mark.parametrize("asked", ["Rotterdam", "rotter nether", "NLRTM", "nl rtm", " ROTTERDAM "])
def test_a_port_is_found_by_name_and_by_code(asked: str) -> None:
    assert distance_m(find_place(asked).at, ROTTERDAM) < 10_000


@pytest.mark.parametrize(
    ("asked", "name"), [("malmo", "Malmö"), ("Göteborg", "Göteborg"), ("port-au prince", "Port au Prince")]
)
def test_accents_and_marks_do_not_matter(asked: str, name: str) -> None:
    names = [place.name for place in find_places(asked)]
    assert any(_plain(n) == _plain(name) for n in names), names


def test_a_name_that_begins_so_comes_before_one_that_holds_it() -> None:
    names = [place.name for place in find_places("bal")]
    assert names[0].startswith("Bal")


def test_coordinates_are_one_place_with_their_usual_spelling() -> None:
    (found,) = find_places("51.95, 4.05")
    assert (found.name, found.detail) == ("51\u00b057.000'N 004\u00b003.000'E", "position")


def test_what_is_unknown_is_said() -> None:
    assert find_places("qqqq") == ()
    with pytest.raises(BadInput, match="no port of that name"):
        find_place("qqqq")
    with pytest.raises(BadInput, match="latitude must lie"):
        find_place("91, 4")


def test_every_port_can_be_found_by_its_first_code() -> None:
    lost = [port for port in ports() if find_places(port.codes[0], most=30)[:1] == ()]
    assert lost == []
    assert len(ports()) > 1600


def test_the_command_prints_one_object_and_says_no_by_its_code() -> None:
    done = CliRunner().invoke(app, ["places", "Piraeus", "--json"])
    assert done.exit_code == 0
    (first, *_) = json.loads(done.stdout)["places"]
    assert first["name"] == "Piraeus"
    assert first["mgrs"].startswith("34S GH")
    none = CliRunner().invoke(app, ["places", "qqqq", "--json"])
    assert (none.exit_code, json.loads(none.stdout)["places"]) == (1, [])


def _plain(text: str) -> str:
    return text.translate(str.maketrans("öÖ", "oO")).replace("-", " ").lower()
