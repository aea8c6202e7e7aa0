import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pymavlink import mavutil
from typer.testing import CliRunner

from planner.model.errors import BadInput
from sitl.cli.train import make_train
from sitl.control import call
from sitl.exam.finish import check_open, finish, new_exam_folder, past_exams
from sitl.exam.flight import Setting, pilot_exam
from sitl.exam.record import read_record
from sitl.exam.score import score_pilot
from sitl.exam.trainee import read_trainee
from sitl.scenario.read import scenario, text_of
from sitl.server import SimulatedVehicle
from tests.sitl.exam.recorded import Script

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
APP = make_train(lambda _: ())


def said(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(APP, list(words))
    assert result.exit_code == code, result.output
    return result.stdout


def test_a_finished_exam_has_score_and_debrief_and_stands_in_the_record(tmp_path: Path) -> None:
    folder = new_exam_folder(tmp_path, "Kim", "first-patrol", NOW)
    record = Script("first-patrol").flight([(0, 0), (100, 0)]).record(folder)
    made = finish(record, score_pilot(record), tmp_path, NOW)
    (past,) = past_exams(tmp_path, record.header.trainee)
    assert (past.folder, past.total, past.passed) == (folder, made.score.total, made.score.passed)
    assert past.debrief == made.debrief
    best = read_trainee(tmp_path, record.header.trainee).best("first-patrol")
    assert best is not None
    assert best.total == made.score.total
    told = json.loads(said("exams", "--trainee", record.header.trainee, "--data", str(tmp_path), "--json"))
    assert [e["exam"] for e in told["exams"]] == [str(folder)]


def test_two_exams_of_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    first = new_exam_folder(tmp_path, "Kim", "first-patrol", NOW)
    first.mkdir(parents=True)
    assert new_exam_folder(tmp_path, "Kim", "first-patrol", NOW) not in {first}
    assert new_exam_folder(tmp_path, "Kim", "first-patrol", NOW + timedelta(seconds=1)).parent == first.parent


def test_a_folder_that_holds_no_exam_is_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "exams" / "broken"
    broken.mkdir(parents=True)
    (broken / "exam.json").write_text("{")
    assert past_exams(tmp_path, "Kim") == ()
    assert (
        "no exams of Kim yet" in CliRunner().invoke(APP, ["exams", "--trainee", "Kim", "--data", str(tmp_path)]).stderr
    )


def test_a_locked_level_is_refused(tmp_path: Path) -> None:
    check_open(scenario("first-patrol"), read_trainee(tmp_path, "Kim"))
    with pytest.raises(BadInput, match="is locked for Kim; pass the level before"):
        check_open(scenario("keep-clear"), read_trainee(tmp_path, "Kim"))


def test_the_instructor_notes_something_and_reads_how_the_drone_is(tmp_path: Path) -> None:
    chosen = scenario("first-patrol")
    setting = Setting("Kim", tmp_path / "exam", speedup=10, camera=False)
    with pilot_exam(chosen, text_of("first-patrol"), setting, NOW) as exam:
        assert "noted at" in said("note", " Looks at  the wind. ", "--to", exam.address)
        drone = call("127.0.0.1", exam.vehicle.port, {"do": "list"})["drone"]
        exam.wait(ended=lambda: True)
    assert isinstance(drone, dict)
    assert (drone["armed"], drone["battery_share"], drone["crew"]) == (False, 1.0, "")
    record = read_record(setting.folder)
    assert [line.text("text") for line in record.of("remark")] == ["Looks at the wind."]
    assert [line.text("text") for line in record.of("note")] == ["The exam was broken off."]


def test_an_exam_keeps_the_logs_of_the_link_and_of_the_drone(tmp_path: Path) -> None:
    setting = Setting("Kim", tmp_path / "exam", speedup=20, camera=False)
    with pilot_exam(scenario("first-patrol"), text_of("first-patrol"), setting, NOW) as exam:
        while exam.vehicle.truth().simulated_s < 12:
            exam.vehicle.wait(0.02)
    for name, kind in (("flight.tlog", "HEARTBEAT"), ("flight.BIN", "PARM")):
        log = mavutil.mavlink_connection(str(setting.folder / name))
        assert log.recv_match(type=kind) is not None
        log.close()


def test_without_an_exam_nobody_keeps_notes() -> None:
    with (
        SimulatedVehicle() as vehicle,
        pytest.raises(BadInput, match="no exam is held on this drone"),
    ):
        call("127.0.0.1", vehicle.port, {"do": "note", "text": "Well done."})


@pytest.mark.parametrize("text", ["", "  ", None, 3, "x" * 501])
def test_a_note_needs_words_that_fit(tmp_path: Path, text: object) -> None:
    with SimulatedVehicle() as vehicle, pytest.raises(BadInput, match="a note"):
        call("127.0.0.1", vehicle.port, {"do": "note", "text": text})
