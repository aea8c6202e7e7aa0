"""KLV packets against the examples of MISB ST 0601 itself, a real stream, and a decoder written from its formulas."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.geo.camera import Attitude, camera_to_world
from planner.geo.points import LatLon, distance_m
from sitl.camera.klv import KEY, SPANS, checksum, klv_packet, relative_angles
from sitl.camera.lens import PRACTICE_LENS
from tests.shared import DATA, needs_shared
from tests.sitl.camera.klv import decoded, items_of
from tests.sitl.camera.scenes import shot

# the example values that the standard gives with its items: tag, number, bytes
EXAMPLES = [
    (5, 159.974365, "71c2"), (6, -0.431531724, "fd3d"), (7, 3.40586566, "08b8"), (13, 60.1768229669783, "5595b66d"),
    (14, 128.426759042045, "5b5360c4"), (15, 14190.7195, "c221"), (16, 144.571298, "cd9c"), (17, 152.643626, "d917"),
    (18, 160.719211474396, "724a0a20"), (19, -168.792324833941, "87f84b86"), (20, 176.865437690572, "7dc55ece"),
    (21, 68590.9832987868, "03830926"), (22, 722.819867, "1281"), (23, -10.5423886331461, "f101a229"),
    (24, 29.157890122923, "14bc082b"), (25, 3216.03723, "34f3"), (56, 140.0, "8c"),
    (90, -0.43152510208614414, "ff62e2f2"),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "number", "content"), EXAMPLES)
def test_numbers_are_packed_as_in_the_standards_own_examples(tag: int, number: float, content: str) -> None:
    assert SPANS[tag].packed(number).hex() == content


@needs_shared
def test_the_checksum_is_that_of_a_real_packet() -> None:
    for packet in real_packets()[:5]:
        assert checksum(packet[:-2]) == int.from_bytes(packet[-2:], "big")


@needs_shared
def test_our_items_have_the_lengths_of_a_real_streams() -> None:
    real = items_of(real_packets()[0])
    ours = items_of(klv_packet(shot(), PRACTICE_LENS))
    lengths = {tag: len(content) for tag, content in real.items() if tag in SPANS or tag in {1, 2, 65}}
    assert {tag: len(content) for tag, content in ours.items() if tag in lengths} == {
        tag: size for tag, size in lengths.items() if tag in ours
    }
    assert ours.keys() - real.keys() == set()


def test_a_packet_begins_with_key_and_time_and_ends_with_a_right_checksum() -> None:
    packet = klv_packet(shot(), PRACTICE_LENS)
    items = items_of(packet)
    assert packet[:16] == KEY
    order = list(items)
    assert (order[0], order[-1]) == (2, 1)
    assert order[1:-1] == sorted(order[1:-1])
    assert datetime.fromtimestamp(int.from_bytes(items[2], "big") / 1e6, UTC) == shot().at_utc


def test_a_packet_tells_place_view_and_what_is_looked_at() -> None:
    taken = replace(shot(), camera=Attitude(120.0, -40.0), vehicle=Attitude(110.0, -3.0, 2.0))
    told = decoded(klv_packet(taken, PRACTICE_LENS))
    assert told["sensor"] == pytest.approx((taken.at.lat_deg, taken.at.lon_deg), abs=1e-6)
    assert told["altitude"] == pytest.approx(taken.height_m, abs=0.2)
    assert told["fov"] == pytest.approx((70.0, 43.0), abs=0.1)
    assert told["slant"] == pytest.approx(68.6 / math.sin(math.radians(40.0)), rel=1e-3)
    ground = LatLon(*told["centre"])
    assert distance_m(taken.at, ground) == pytest.approx(68.6 / math.tan(math.radians(40.0)), rel=1e-3)
    assert told["texts"] == {10: "Quaywatch practice drone", 11: "EO", 12: "Geodetic WGS84"}


@given(
    vehicle=st.tuples(st.floats(0, 359.9), st.floats(-30, 30), st.floats(-60, 60)),
    camera=st.tuples(st.floats(0, 359.9), st.floats(-89.9, 20).map(lambda pitch: round(pitch, 3)), st.floats(-10, 10)),
)
def test_the_angles_of_a_packet_turn_a_camera_to_where_it_really_looks(
    vehicle: tuple[float, float, float], camera: tuple[float, float, float]
) -> None:
    taken = replace(shot(), camera=Attitude(*camera), vehicle=Attitude(*vehicle))
    axes = decoded(klv_packet(taken, PRACTICE_LENS))["axes"]
    right, down, forward = camera_to_world(taken.camera).T
    assert np.allclose(axes, [forward, right, down], atol=2e-3)


@pytest.mark.parametrize("yaw_deg", [0.0, 77.0, 271.0])
def test_straight_down_the_top_of_the_picture_gives_the_azimuth(yaw_deg: float) -> None:
    azimuth, elevation, roll = relative_angles(Attitude(30.0, 0.0), Attitude(yaw_deg, -90.0))
    assert (azimuth - (yaw_deg - 30.0) + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-6)
    assert (elevation, roll) == pytest.approx((-90.0, 0.0))


def test_a_camera_above_the_horizon_tells_that_it_sees_no_ground() -> None:
    items = items_of(klv_packet(replace(shot(), camera=Attitude(0.0, 30.0)), PRACTICE_LENS))
    assert items[23] == items[24] == bytes.fromhex("80000000")
    assert not {21, 22, 25} & items.keys()


@given(st.sampled_from(sorted(SPANS)), st.floats(0, 1))
def test_every_number_comes_back_to_within_its_step(tag: int, part: float) -> None:
    span = SPANS[tag]
    value = span.low + part * (span.high - span.low)
    whole = int.from_bytes(span.packed(value), "big", signed=span.signed)
    steps = 256**span.size - 1
    read = whole * span.high / (steps // 2) if span.signed else span.low + whole * (span.high - span.low) / steps
    assert read == pytest.approx(value, abs=0.51 * (span.high - span.low) / (steps - 1))


def real_packets() -> list[bytes]:
    import av

    with av.open(str(DATA / "klv" / "h264_klv.ts")) as container:
        return [bytes(p) for p in container.demux() if p.stream.type == "data" and p.size]


@needs_shared
def test_the_decoder_of_these_tests_reads_the_real_stream() -> None:
    told = decoded(real_packets()[0])
    assert told["sensor"] == pytest.approx((60.176822967, 128.426759042), abs=1e-8)
    assert told["slant"] == pytest.approx(68590.98, abs=0.01)
