from sitl.autopilot.core import Autopilot
from sitl.autopilot.messages import Message
from tests.sitl.vehicle.script import HOME_ITEM, RTL, TAKEOFF, Station, config, item, last, north

ACCEPTED, ERROR, UNSUPPORTED, NO_SPACE, INVALID_SEQUENCE, DENIED, CANCELLED = 0, 1, 3, 4, 13, 14, 15


def ready() -> Station:
    return Station().ready()


def ack(answers: list[Message]) -> int | None:
    found = last(answers, "MISSION_ACK")
    return None if found is None else found.whole("type")


def test_an_upload_while_booting_is_refused_for_space_and_accepted_a_moment_later() -> None:
    station = Station()
    station.wait(1.0)
    assert ack(station.send("MISSION_COUNT", count=2, mission_type=0)) == NO_SPACE
    station.wait(2.0)
    assert station.upload(HOME_ITEM, TAKEOFF) == ACCEPTED


def test_items_are_asked_for_with_the_old_request_only() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF, RTL)
    assert [m.whole("seq") for m in station.all("MISSION_REQUEST")] == [0, 1, 2]
    assert not station.all("MISSION_REQUEST_INT")


def test_answers_go_to_whoever_asked() -> None:
    station = Station(system=77, component=25).ready()
    request = last(station.send("MISSION_COUNT", count=2, mission_type=0), "MISSION_REQUEST")
    assert request is not None
    assert (request.whole("target_system"), request.whole("target_component")) == (77, 25)


def test_a_mission_of_650_items_fits_and_651_do_not() -> None:
    station = ready()
    assert station.upload(HOME_ITEM, *[north(1.0)] * 649) == ACCEPTED
    assert ack(station.send("MISSION_COUNT", count=651, mission_type=0)) == NO_SPACE
    assert "Only 650 items are supported" in station.texts()


def test_a_wrong_sequence_number_leaves_the_transfer_open() -> None:
    station = ready()
    station.send("MISSION_COUNT", count=2, mission_type=0)
    assert ack(station.send("MISSION_ITEM_INT", seq=1, mission_type=0, **TAKEOFF)) == INVALID_SEQUENCE
    station.send("MISSION_ITEM_INT", seq=0, mission_type=0, **HOME_ITEM)
    assert ack(station.send("MISSION_ITEM_INT", seq=1, mission_type=0, **TAKEOFF)) == ACCEPTED


def test_a_request_is_repeated_each_second_and_given_up_after_eight() -> None:
    station = ready()
    station.send("MISSION_COUNT", count=2, mission_type=0)
    waited = station.wait(7.9)
    assert [m.whole("seq") for m in waited if m.name == "MISSION_REQUEST"] == [0] * 7
    assert ack(station.wait(0.3)) == CANCELLED
    assert "Mission upload timeout" in station.texts()


def test_a_transfer_runs_in_the_time_of_the_link_not_in_simulated_time() -> None:
    station = ready()
    station.send("MISSION_COUNT", count=2, mission_type=0)
    station.wait(60.0, link=False)
    assert station.upload(HOME_ITEM, TAKEOFF) == ACCEPTED


def test_a_repeated_last_item_is_an_error_although_the_mission_is_stored() -> None:
    station = ready()
    assert station.upload(HOME_ITEM, TAKEOFF) == ACCEPTED
    assert ack(station.send("MISSION_ITEM_INT", seq=1, mission_type=0, **TAKEOFF)) == ERROR
    assert len(station.download()) == 2


def test_while_one_uploads_lists_and_other_uploads_are_denied() -> None:
    station = ready()
    other = Station(autopilot=station.autopilot, system=254, client=2)
    station.send("MISSION_COUNT", count=2, mission_type=0)
    assert ack(other.send("MISSION_COUNT", count=1, mission_type=0)) == DENIED
    assert ack(other.send("MISSION_REQUEST_LIST", mission_type=0)) == DENIED
    assert ack(station.send("MISSION_REQUEST_LIST", mission_type=0)) == DENIED


def test_the_one_who_uploads_may_start_again() -> None:
    station = ready()
    station.send("MISSION_COUNT", count=9, mission_type=0)
    assert station.upload(HOME_ITEM, TAKEOFF) == ACCEPTED


def test_a_refused_item_leaves_a_mixture_of_new_and_old() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF, north(10), north(20))
    assert station.upload(HOME_ITEM, north(99), item(9999), RTL) == UNSUPPORTED
    assert [m.whole("command") for m in station.download()] == [16, 16, 16, 16]
    assert station.download()[1].whole("x") == north(99)["x"]
    assert station.download()[2].whole("x") == north(10)["x"]


def test_a_shorter_upload_truncates_at_once() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF, north(10), north(20))
    station.send("MISSION_COUNT", count=2, mission_type=0)
    station.wait(9)
    assert len(station.download()) == 2


def test_count_zero_clears() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF)
    assert ack(station.send("MISSION_COUNT", count=0, mission_type=0)) == ACCEPTED
    assert station.download() == []


def test_clearing_is_by_list_and_never_of_all_lists() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF)
    assert ack(station.send("MISSION_CLEAR_ALL", mission_type=255)) == UNSUPPORTED
    assert ack(station.send("MISSION_REQUEST_LIST", mission_type=255)) == UNSUPPORTED
    assert len(station.download()) == 2
    assert ack(station.send("MISSION_CLEAR_ALL", mission_type=0)) == ACCEPTED
    assert station.download() == []


def test_a_request_beyond_the_end_gives_the_count_and_an_error() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF)
    answers = station.send("MISSION_REQUEST_INT", seq=5, mission_type=0)
    assert [m.name for m in answers] == ["MISSION_COUNT", "MISSION_ACK"]
    assert ack(answers) == ERROR


def test_floating_point_items_are_accepted_with_a_remark() -> None:
    station = ready()
    station.send("MISSION_COUNT", count=2, mission_type=0)
    station.send("MISSION_ITEM", seq=0, mission_type=0, command=16, frame=0, x=51.95, y=4.05, z=5.0)
    answers = station.send("MISSION_ITEM", seq=1, mission_type=0, command=16, frame=3, x=51.951, y=4.0512345, z=9.0)
    assert ack(answers) == ACCEPTED
    assert "got MISSION_ITEM; GCS should send MISSION_ITEM_INT" in "".join(station.texts())
    assert (station.download()[1].whole("x"), station.download()[1].whole("y")) == (519510000, 40512345)


def test_the_old_request_is_answered_with_degrees() -> None:
    station = ready()
    station.upload(HOME_ITEM, north(0, z=12.5))
    answer = station.send("MISSION_REQUEST", seq=1, mission_type=0)[0]
    assert answer.name == "MISSION_ITEM"
    assert abs(answer.number("x") - 51.95) < 1e-6


def test_part_of_a_mission_can_be_rewritten() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF, north(10), north(20))
    station.send("MISSION_WRITE_PARTIAL_LIST", start_index=2, end_index=2, mission_type=0)
    assert ack(station.send("MISSION_ITEM_INT", seq=2, mission_type=0, **north(55))) == ACCEPTED
    assert [m.whole("x") for m in station.download()[2:]] == [north(55)["x"], north(20)["x"]]


def test_home_reads_back_as_the_live_home_and_is_zero_before_the_satellites() -> None:
    station = Station(Autopilot(config(armable_s=60.0)))
    station.wait(3)
    station.upload(item(16, frame=0, lat=10, lon=10, z=99), TAKEOFF)
    before = station.download()[0]
    assert (before.whole("x"), before.whole("y"), before.number("z")) == (0, 0, 0)
    station.wait(40)
    after = station.download()[0]
    assert (after.whole("x"), after.whole("y"), after.number("z")) == (519500000, 40500000, 5.0)
    assert (after.whole("command"), after.whole("frame")) == (16, 0)


def test_an_upload_without_a_home_item_silently_loses_its_first_item() -> None:
    station = ready()
    assert station.upload(TAKEOFF, north(10), RTL) == ACCEPTED
    assert [m.whole("command") for m in station.download()] == [16, 16, 20]


def test_messages_for_another_vehicle_are_not_answered() -> None:
    station = ready()
    assert station.send("MISSION_REQUEST_LIST", target_system=2, mission_type=0) == []


def test_nothing_ever_carries_a_mission_id() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF)
    station.download()
    assert not any("opaque_id" in s.message.fields or "mission_id" in s.message.fields for s in station.heard)
