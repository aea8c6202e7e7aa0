"""How good the link is: rate and loss of the last seconds, from sequence numbers."""

import pytest

from planner.link import messages as m
from planner.link.quality import Quality
from tests.planner.link.copter import Copter, Rig


def fed(sequences: list[int], *, every_s: float = 0.1) -> tuple[Quality, float]:
    quality, now_s = Quality(), 50.0
    for sequence in sequences:
        now_s += every_s
        quality = quality.on_frame(sequence % 256, now_s)
    return quality, now_s


def test_a_whole_stream_loses_nothing_also_where_the_number_wraps() -> None:
    quality, now_s = fed(list(range(200, 300)))
    assert (quality.lost, quality.loss_percent(now_s)) == (0, 0.0)
    assert quality.frames_s(now_s) == pytest.approx(10.0, rel=0.15)


def test_every_fifth_frame_lost_reads_as_twenty_percent() -> None:
    quality, now_s = fed([n for n in range(500) if n % 5])
    assert quality.loss_percent(now_s) == pytest.approx(20.0, abs=2.0)


def test_a_loss_of_long_ago_is_not_one_of_now() -> None:
    quality, now_s = fed([0, 50, *range(51, 200)])
    assert quality.lost == 49
    assert quality.loss_percent(now_s) == 0.0


def test_a_late_frame_is_not_two_hundred_lost_ones() -> None:
    quality, _ = fed([10, 11, 13, 12, 14])
    assert quality.lost <= 2


def test_in_silence_the_rate_is_nothing_and_the_loss_not_known() -> None:
    quality, now_s = fed([1, 2, 3])
    assert (quality.frames_s(now_s + 10), quality.loss_percent(now_s + 10)) == (0.0, None)


def test_telemetry_is_asked_for_anew_after_a_restart_of_the_vehicle() -> None:
    rig = Rig(Copter())
    rig.until(lambda: rig.core.state is not None and rig.core.state.boot_ms is not None)
    rig.until(lambda: rig.now_s > 115.0)
    before = len([1 for _, one in rig.sent if isinstance(one, m.CommandLong) and one.command == 511])
    rig.vehicle.boot_s, rig.vehicle.streams = rig.now_s, True  # restarted, with another station's streams
    rig.until(lambda: rig.now_s > 125.0)
    after = [one for _, one in rig.sent if isinstance(one, m.CommandLong) and one.command == 511][before:]
    assert {one.param1 for one in after} >= {33.0, 30.0, 1.0}


def test_a_restart_is_seen_although_the_vehicle_streams_nothing_by_itself() -> None:
    rig = Rig(Copter())
    rig.until(lambda: rig.core.state is not None and rig.core.state.boot_ms is not None)
    rig.until(lambda: rig.now_s > 115.0)
    asked = len(rig.sent)
    rig.vehicle.boot_s, rig.vehicle.streams = rig.now_s, False  # nothing but heartbeats from now on
    rig.until(lambda: rig.now_s > 130.0)
    again = [one for _, one in rig.sent[asked:] if isinstance(one, m.CommandLong) and one.command == 511]
    assert again


def test_a_vehicle_without_message_intervals_is_asked_in_the_old_way_once() -> None:
    rig = Rig(Copter(set_interval=False))
    rig.until(lambda: rig.now_s > 110.0)
    assert len([one for _, one in rig.sent if isinstance(one, m.RequestDataStream)]) == 1


def test_a_lost_answer_does_not_bring_the_old_way_but_another_try() -> None:
    lost: list[int] = []

    def lose(way: str, message: m.Message) -> bool:
        drop = way == "up" and isinstance(message, m.CommandLong) and message.command == 511 and len(lost) < 8
        if drop:
            lost.append(1)
        return drop

    rig = Rig(Copter(), lose=lose)
    rig.until(lambda: rig.core.state is not None and rig.core.state.height_m is not None, limit_s=60.0)
    assert not [one for _, one in rig.sent if isinstance(one, m.RequestDataStream)]
