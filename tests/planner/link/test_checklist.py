"""Lines of the mission protocol that no other file holds the link to, each with what would show that it was broken."""

from collections.abc import Iterator

import pytest

from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link.download import Download
from planner.link.flying import missing_for_arming
from planner.link.items import WireItem, fence_to_wire, mission_to_wire, rally_to_wire
from planner.link.messages import Message, Received
from planner.link.stack import Stack
from planner.link.state import Text, VehicleState, observe
from planner.link.station import Station
from planner.link.upload import Upload
from planner.link.verdict import NotStored
from planner.model.mission import Command, FenceCircle, FencePolygon, Frame, Home, Mission, MissionItem, Rally, item
from sitl.autopilot.situation import VehicleConfig
from sitl.server import SimulatedVehicle
from tests.planner.link.channel import Channel
from tests.planner.link.test_store import patrol, store
from tests.planner.link.vehicles import HERE, ArduPilotLike, Px4Like, to_item

CORNERS = (LatLon(51.9, 4.0), LatLon(52.0, 4.0), LatLon(52.0, 4.1))
STACKS = [ArduPilotLike, Px4Like]


@pytest.mark.parametrize("kind", STACKS)
def test_a_download_asks_one_by_one_and_says_once_that_it_has_all(kind: type[ArduPilotLike]) -> None:
    vehicle = kind()
    Channel(vehicle).run(store(patrol(8), vehicle))
    channel = Channel(vehicle, delay_s=0.05)
    channel.run(Download(HERE))
    order = [one.seq for one in channel.sent if isinstance(one, m.MissionRequestInt)]
    assert order == sorted(set(order))
    answered = [one.seq for one in channel.heard if isinstance(one, m.MissionItemInt)]
    assert answered == order
    assert [one.type for one in channel.sent if isinstance(one, m.MissionAck)] == [0]
    assert isinstance(channel.sent[-1], m.MissionAck)


@pytest.mark.parametrize("kind", STACKS)
def test_no_item_ever_says_that_it_is_the_current_one(kind: type[ArduPilotLike]) -> None:
    vehicle = kind()
    channel = Channel(vehicle)
    channel.run(store(patrol(5), vehicle))
    sent = [one for one in channel.sent if isinstance(one, m.MissionItemInt)]
    assert len(sent) >= 7
    assert {one.current for one in sent} == {0}  # ArduPilot takes 2 for a guided target and 3 for a change of height


@pytest.mark.parametrize(
    ("frame", "sent"),
    [(0, 0), (3, 3), (10, 10), (5, 0), (6, 3), (11, 10)],
)
@pytest.mark.parametrize("stack", [Stack.ARDUPILOT, Stack.PX4])
def test_only_the_frames_0_3_and_10_are_sent(frame: int, sent: int, stack: Stack) -> None:
    params = (0.0, None, None, None, 51.95, 4.05, 30.0)
    mission = Mission((MissionItem(Command.NAV_WAYPOINT, Frame(frame), params),), home=Home(LatLon(51.95, 4.05)))
    assert mission_to_wire(mission, stack)[-1].frame == sent


def test_a_command_without_a_place_goes_in_the_mission_frame() -> None:
    mission = Mission((item(Command.DO_CHANGE_SPEED, p1=1.0, p2=8.0),), home=Home(LatLon(51.95, 4.05)))
    assert mission_to_wire(mission, Stack.PX4)[-1].frame == 2


def test_every_vertex_of_a_fence_carries_the_count_and_follows_the_one_before() -> None:
    mission = Mission(
        patrol(1).items,
        fence_polygons=(FencePolygon(CORNERS), FencePolygon((*CORNERS, LatLon(51.9, 4.1)), inclusion=False)),
        fence_circles=(FenceCircle(CORNERS[0], 120.5),),
        rally=(Rally(CORNERS[0], 25.0), Rally(CORNERS[1], 30.0)),
    )
    fence, rally = fence_to_wire(mission), rally_to_wire(mission)
    assert [(one.command, one.params[0]) for one in fence] == [(5001, 3.0)] * 3 + [(5002, 4.0)] * 4 + [(5003, 120.5)]
    assert [(one.seq, one.command) for one in rally] == [(0, 5100), (1, 5100)]
    assert {one.frame for one in (*fence, *rally)} <= {0, 3}  # ArduPilot refuses frame 2 for both


@pytest.mark.parametrize(("total", "shown"), [(7, 7), (65535, None), (0, None)])
def test_a_total_of_65535_is_no_mission(total: int, shown: int | None) -> None:
    state = VehicleState(HERE, Stack.PX4, 2, armed=False, mode="HOLD", custom_mode=0, system_status=3, heard_s=0.0)
    after = observe(state, Received(HERE, m.MissionCurrent(0, total, 3)), 1.0)
    assert (after.mission_total, after.mission_state) == (shown, 3)


@pytest.mark.parametrize(
    "text", ["PreArm: Compass", "Arm: Throttle", "Preflight Fail: Compass", "Arming denied: check"]
)
def test_both_stacks_texts_on_arming_are_in_the_list(text: str) -> None:
    state = VehicleState(
        HERE, Stack.PX4, 2, armed=False, mode="HOLD", custom_mode=0, system_status=3, heard_s=0.0,
        at=CORNERS[0], prearm_ok=False, texts=(Text(10.0, 2, text), Text(11.0, 6, "Ready")),
    )  # fmt: skip
    assert missing_for_arming(state, 20.0) == (text,)


def test_what_is_progress_sets_the_patience_anew() -> None:
    upload, now_s = Upload(patrol_items(30), HERE).begin(0.0)[0], 0.0
    for seq in range(30):  # each item needs nine seconds and several repeats: far more than ten seconds in all
        for _ in range(12):
            now_s += 0.75
            upload, _ = upload.on_tick(now_s)
        assert upload.end is None, f"given up at item {seq}"
        upload, _ = upload.on_received(Received(HERE, m.MissionRequest(255, 190, seq, 0)), now_s)
    for _ in range(40):
        now_s += 0.75
        upload, _ = upload.on_tick(now_s)
    assert upload.end is not None


def patrol_items(count: int) -> tuple[WireItem, ...]:
    return mission_to_wire(patrol(count - 2), Stack.PX4)


def test_the_first_repeat_comes_after_a_quarter_of_a_second_and_not_before() -> None:
    upload, _ = Upload(patrol_items(5), HERE).begin(0.0)
    upload, out = upload.on_received(Received(HERE, m.MissionRequest(255, 190, 0, 0)), 0.2)
    (first,) = out
    assert isinstance(first, m.MissionItemInt)
    waited_s = upload.deadline_s - 0.2
    assert waited_s <= 0.5
    assert upload.on_tick(0.2 + waited_s - 0.01)[1] == ()
    again = upload.on_tick(0.2 + waited_s)[1]
    assert [to_item(one) for one in again if isinstance(one, m.MissionItemInt)] == [to_item(first)]


@pytest.fixture
def px4() -> Iterator[str]:
    with SimulatedVehicle(VehicleConfig(autopilot="px4", home=LatLon(51.95, 4.05)), speedup=10.0) as vehicle:
        yield f"tcp:127.0.0.1:{vehicle.port}"


def test_a_px4_fence_that_does_not_contain_home_is_refused_with_its_reason_and_not_sent_again(px4: str) -> None:
    far = Mission(patrol(2).items, fence_polygons=(FencePolygon((*CORNERS[:2], LatLon(51.92, 4.02))),))
    counts: list[Message] = []
    with Station.connect(px4) as station:
        send = station._core._send

        def counting(message: Message, mavlink: int) -> None:
            if isinstance(message, m.MissionCount) and message.mission_type == 1:
                counts.append(message)
            send(message, mavlink)

        station._core._send = counting  # type: ignore[method-assign]  # to see what is sent
        verdict = station.upload(far)
    assert isinstance(verdict, NotStored)
    assert "doesn't contain Home position" in verdict.reason
    assert len(counts) == 1
