"""Files of zones, damaged at random: each gives zones or is refused in one sentence."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.errors import BadInput
from planner.model.mission import Mission, item
from planner.model.zone import Zone
from planner.route.check import check
from planner.zones.read import read_zones
from tests.planner.checking import QUAD, RETURN
from tests.shared import DATA, needs_shared


def zones_or_sentence(path: Path) -> tuple[Zone, ...]:
    """The zones of a file; none where it is refused, in one sentence of a length that can be read."""
    try:
        zones = read_zones(path)
    except BadInput as error:
        refused = str(error)
    else:
        assert zones
        return zones
    assert "\n" not in refused
    assert len(refused) < 900
    return ()


def _steps(value: object, here: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The way to every value inside a JSON document."""
    rows: list[tuple[object, object]] = []
    if isinstance(value, dict):
        rows = list(value.items())
    elif isinstance(value, list):
        rows = list(enumerate(value))
    return [here, *(step for key, inner in rows for step in _steps(inner, (*here, key)))]


ODD: list[object] = [
    None,
    True,
    -1,
    1e308,
    math.nan,
    math.inf,
    10**400,
    "",
    "x" * 999,
    "24:00",
    [],
    {},
    [[]],
    {"a": 1},
    [4, 52],
    91,
]


@needs_shared
@pytest.mark.parametrize("name", ["ed269-ch.json", "ed269-fi.json", "ed318-ie.json"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_wrong_type_at_any_field_gives_zones_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    document = json.loads((DATA / "zones" / name).read_text(encoding="utf-8-sig"))
    *way, last = data.draw(st.sampled_from(_steps(document)[1:]))
    inner = document
    for key in way:
        inner = inner[key]
    inner[last] = data.draw(st.sampled_from(ODD))
    path = tmp_path_factory.getbasetemp() / "odd.json"
    path.write_text(json.dumps(document))
    zones = zones_or_sentence(path)
    assert check(Mission((item(22, height_m=9.0), RETURN)), QUAD, zones).figures["zones"] == len(zones)


WHOLE_KML = (
    "<kml><Document><Placemark><name>a</name><TimeSpan><begin>2026-01-01</begin></TimeSpan><ExtendedData>"
    '<Data name="rule"><value>obstacle</value></Data><Data name="radius_m"><value>5</value></Data></ExtendedData>'
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>4,52,9 4.1,52,9 4.1,52.1,9 4,52,9</coordinates></LinearRing>"
    "</outerBoundaryIs></Polygon><LineString><coordinates>4,52 4,52.1</coordinates></LineString></Placemark>"
    "</Document></kml>"
)


@settings(max_examples=200, deadline=None)
@given(cut=st.integers(0, len(WHOLE_KML)), length=st.integers(0, 30), put=st.binary(max_size=12))
def test_a_damaged_kml_gives_zones_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, cut: int, length: int, put: bytes
) -> None:
    whole = WHOLE_KML.encode()
    path = tmp_path_factory.getbasetemp() / "damaged.kml"
    path.write_bytes(whole[:cut] + put + whole[cut + length :])
    zones_or_sentence(path)


@needs_shared
@settings(max_examples=15, deadline=None)
@given(at=st.integers(0, 400_000), put=st.binary(min_size=1, max_size=40))
def test_a_damaged_chart_gives_zones_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, at: int, put: bytes
) -> None:
    whole = (DATA / "charts" / "US4MD81M" / "US4MD81M.000").read_bytes()
    path = tmp_path_factory.getbasetemp() / "DAMAGED.000"
    path.write_bytes(whole[:at] + put + whole[at + len(put) :])
    zones_or_sentence(path)
