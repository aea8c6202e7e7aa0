"""What was measured on ArduCopter 4.6.3, "Mission upload": what other tests of the vehicle leave out."""

import pytest

from tests.sitl.vehicle.script import HOME_ITEM, RTL, TAKEOFF, Station, item, last, north


def names(station: Station, start: int) -> list[str]:
    return [s.message.name for s in station.heard[start:]]


@pytest.mark.parametrize("form", ["MISSION_ITEM", "MISSION_ITEM_INT"])
def test_both_forms_of_items_are_taken_and_asked_for_with_the_old_request(form: str) -> None:
    station = Station().ready()
    start = len(station.heard)
    assert station.send("MISSION_COUNT", count=2)[0].name == "MISSION_REQUEST"
    scale = 1.0 if form == "MISSION_ITEM" else 1e7
    for seq in range(2):
        station.send(form, seq=seq, command=16, frame=3, x=int(51.0 * scale), y=int(4.0 * scale), z=20.0)
    assert "MISSION_REQUEST_INT" not in names(station, start)
    assert station.download()[1].whole("x") == 510000000
    warned = "got MISSION_ITEM; GCS should send MISSION_ITEM_INT" in station.texts()
    assert warned == (form == "MISSION_ITEM")


def test_the_home_slots_content_is_ignored_and_reads_back_with_its_height_in_the_sea_frame() -> None:
    station = Station().ready()
    assert station.upload(item(22, lat=10.0, lon=10.0, z=77.0), TAKEOFF, RTL) == 0
    home = station.download()[0]
    assert [home.whole(f) for f in ("command", "frame", "x", "y")] == [16, 0, 519500000, 40500000]
    assert home.number("z") == pytest.approx(5.0, abs=0.01)


@pytest.mark.parametrize("frame", [1, 4, 7, 8, 9, 12, 20, 21])
@pytest.mark.parametrize("command", [16, 17, 19, 21, 22])
def test_frames_that_are_not_known_are_refused_for_every_command_with_a_place(frame: int, command: int) -> None:
    station = Station().ready()
    assert station.upload(HOME_ITEM, item(command, frame=frame, lat=51.9, lon=4.0, z=10.0)) == 2


def test_the_error_comes_on_the_bad_item_and_what_came_before_it_is_already_stored() -> None:
    station = Station().ready()
    assert station.upload(HOME_ITEM, north(10), north(20), north(30)) == 0
    start = len(station.heard)
    assert station.upload(HOME_ITEM, north(99), item(9999), north(98)) == 3
    asked = [s.message.whole("seq") for s in station.heard[start:] if s.message.name == "MISSION_REQUEST"]
    assert asked == [0, 1, 2]
    assert [m.whole("x") for m in station.download()][1:] == [north(99)["x"], north(20)["x"], north(30)["x"]]


def test_after_a_wrong_number_the_right_item_still_finishes_the_upload() -> None:
    station = Station().ready()
    station.send("MISSION_COUNT", count=2)
    assert station.send("MISSION_ITEM_INT", seq=1, **north(10))[-1].whole("type") == 13
    station.send("MISSION_ITEM_INT", seq=0, **HOME_ITEM)
    assert station.send("MISSION_ITEM_INT", seq=1, **north(10))[-1].whole("type") == 0


def test_silence_is_asked_into_every_second_and_ended_after_eight_with_a_text() -> None:
    station = Station().ready()
    station.send("MISSION_COUNT", count=2)
    heard = station.wait(8.5)
    assert len([m for m in heard if m.name == "MISSION_REQUEST"]) == 7
    ack = last(heard, "MISSION_ACK")
    assert ack is not None
    assert ack.whole("type") == 15
    assert "Mission upload timeout" in station.texts()


@pytest.mark.parametrize("name", ["MISSION_CLEAR_ALL", "MISSION_REQUEST_LIST"])
def test_all_lists_at_once_are_not_supported(name: str) -> None:
    station = Station().ready()
    assert station.upload(HOME_ITEM, TAKEOFF, RTL) == 0
    (answer,) = station.send(name, mission_type=255)
    assert (answer.name, answer.whole("type")) == ("MISSION_ACK", 3)
    assert len(station.download()) == 3


def test_650_items_fit_with_the_home_slot_and_a_651st_is_named_in_a_text() -> None:
    station = Station().ready()
    assert station.upload(HOME_ITEM, *[north(n) for n in range(649)]) == 0
    assert station.current().whole("total") == 649
    assert station.send("MISSION_COUNT", count=651)[0].whole("type") == 4
    assert "Only 650 items are supported" in station.texts()
    assert len(station.download()) == 650


def test_a_current_item_that_there_is_not_gets_no_answer_as_a_message_and_a_denial_as_a_command() -> None:
    station = Station().ready()
    assert station.upload(HOME_ITEM, TAKEOFF, RTL) == 0
    assert station.send("MISSION_SET_CURRENT", seq=99) == []
    assert (station.command(224, 99), station.command(224, 2)) == (2, 0)
