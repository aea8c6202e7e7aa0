import json
import signal
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import typer
from typer.testing import CliRunner, Result
from typing_extensions import override

from detection.case import CaseView
from detection.cli import case as case_commands
from detection.cli.triage import make_triage
from detection.vision.boxes import Boxes
from planner.model.errors import BadInput, QuaywatchError
from planner.model.flight import Flight
from tests.detection.case.scripted import WhiteDetector, paint

ZONE = {
    "type": "Polygon",
    "coordinates": [[[4.0, 51.9], [4.1, 51.9], [4.1, 52.0], [4.0, 52.0], [4.0, 51.9]]],
}


def no_flight(path: Path) -> Flight:
    raise BadInput(path, "is no flight log")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setattr("detection.vision.detector.VesselDetector", lambda *_, **__: WhiteDetector())
    made = typer.Typer()
    made.command("triage")(make_triage(no_flight))
    made.add_typer(case_commands.app, name="case")
    return made


@pytest.fixture
def footage(tmp_path: Path) -> Path:
    paint(tmp_path / "footage")
    return tmp_path / "footage"


def run(app: typer.Typer, *words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def refusal(result: Result) -> str:
    assert isinstance(result.exception, QuaywatchError), result.output
    assert result.exception.exit_code == 2
    return str(result.exception)


def test_triage_tells_what_it_found_as_one_object(app: typer.Typer, footage: Path, tmp_path: Path) -> None:
    (footage / "broken.jpg").write_bytes(b"\xff\xd8 not a picture")
    (tmp_path / "zone.geojson").write_text(json.dumps(ZONE))
    words = ("triage", footage, "--case", tmp_path / "case", "--zones", tmp_path / "zone.geojson", "--json")
    first, again = run(app, *words), run(app, *words)
    assert first.exit_code == again.exit_code == 0, first.output
    found = json.loads(first.stdout)
    assert (found["frames"], found["detections"], found["with_pose"], found["resumed_frames"]) == (3, 3, 0, 0)
    assert found["unreadable"] == [str(footage / "broken.jpg")]
    assert json.loads(again.stdout)["resumed_frames"] == 3
    assert set(found) == {
        *("case", "frames", "with_pose", "detections", "sightings", "contacts", "flags"),
        *("resumed_frames", "unreadable", "seconds"),
    }


def test_the_pictures_are_told_on_stderr_only(app: typer.Typer, footage: Path, tmp_path: Path) -> None:
    result = run(app, "triage", footage, "--case", tmp_path / "case", "--json")
    assert result.stdout.count("\n") == 1
    assert "looking for vessels" in result.stderr or "joining" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--hfov-deg", "500"), "--hfov-deg: must lie between"),
        (("--turned-deg", "45"), "--turned-deg: must be 0, 90, 180 or 270"),
        (("--pitch-zero", "zenith"), "--pitch-zero: must be nadir or horizon"),
        (("--mount-yaw-deg", "inf"), "--mount-yaw-deg: must lie"),
        (("--time-offset-s", "nan"), "--time-offset-s: must lie"),
        (("--flight", "none.tlog"), "none.tlog: is no flight log"),
        (("--ais", "none.nmea"), "none.nmea: no such file"),
        (("--zones", "none.geojson"), "none.geojson: cannot be read"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(
    app: typer.Typer, footage: Path, tmp_path: Path, words: tuple[str, str], said: str
) -> None:
    result = run(app, "triage", footage, "--case", tmp_path / "case", *words)
    assert said in refusal(result)
    assert not (tmp_path / "case").exists()


def test_what_is_said_of_camera_and_pictures_is_noted_with_the_run(
    app: typer.Typer, footage: Path, tmp_path: Path
) -> None:
    said = ("--turned-deg", 90, "--mount-yaw-deg", 180, "--pitch-zero", "horizon")
    assert run(app, "triage", footage, "--case", tmp_path / "case", *said).exit_code == 0
    with CaseView.open_read_only(tmp_path / "case") as case:
        options = case.runs()[0].options
    assert {name: options[name] for name in ("turned_deg", "mount_yaw_deg", "pitch_zero")} == {
        "turned_deg": 90,
        "mount_yaw_deg": 180.0,
        "pitch_zero": "horizon",
    }


@pytest.mark.parametrize("content", ["{", "[]", "[" * 100_000, '{"type": "Point", "coordinates": [0, 0]}'])
def test_zones_that_are_none_are_refused(app: typer.Typer, footage: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "z.json").write_text(content)
    assert "z.json" in refusal(run(app, "triage", footage, "--case", tmp_path / "c", "--zones", tmp_path / "z.json"))


def test_a_folder_without_pictures_is_refused(app: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no pictures" in refusal(run(app, "triage", tmp_path / "empty", "--case", tmp_path / "case"))
    assert "no such file" in refusal(run(app, "triage", tmp_path / "none", "--case", tmp_path / "case"))
    assert not (tmp_path / "case").exists()


def test_ctrl_c_finishes_the_frame_in_hand_and_the_next_call_goes_on(
    app: typer.Typer, footage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(WhiteDetector):
        @override
        def detect(self, image_bgr: npt.NDArray[np.uint8]) -> Boxes:
            signal.raise_signal(signal.SIGINT)
            return super().detect(image_bgr)

    with monkeypatch.context() as patch:
        patch.setattr("detection.vision.detector.VesselDetector", lambda *_, **__: Interrupted())
        stopped = run(app, "triage", footage, "--case", tmp_path / "case", "--json")
    assert stopped.exit_code == 130
    assert stopped.stdout == ""
    assert "Give the same command again" in stopped.stderr
    found = json.loads(run(app, "triage", footage, "--case", tmp_path / "case", "--json").stdout)
    assert (found["resumed_frames"], found["frames"]) == (1, 3)


# case


@pytest.fixture
def case(tmp_path: Path) -> Path:
    from detection.case import Case
    from detection.pipeline import triage
    from tests.detection.case.scripted import Made

    paint(tmp_path / "flown")
    with Case.create_or_open(tmp_path / "case") as made:
        list(triage(made, Made(tmp_path / "flown").job()))
    return tmp_path / "case"


def listed(app: typer.Typer, case: Path) -> list[dict[str, object]]:
    found = json.loads(run(app, "case", "list", case, "--json").stdout)["contacts"]
    assert isinstance(found, list)
    return found


def test_a_case_is_shown_and_listed(app: typer.Typer, case: Path) -> None:
    shown = json.loads(run(app, "case", "show", case, "--json").stdout)
    assert (shown["frames"], shown["contacts"], shown["ais"]) == (3, 1, None)
    (contact,) = listed(app, case)
    assert contact["verdict"] is None
    assert str(contact["contact"]) in run(app, "case", "list", case).stdout


def test_what_a_case_holds_is_told_in_words(app: typer.Typer, case: Path) -> None:
    shown = run(app, "case", "show", case).stdout
    assert "{" not in shown
    assert "no AIS log was given" in shown
    assert "3 sightings" in run(app, "case", "list", case).stdout


def test_the_outcomes_of_ais_are_told_in_words() -> None:
    said = case_commands.ais_words({"matched": 2, "dark": 1}, 1)
    assert said == "2 matched with an AIS vessel; 1 without AIS; 1 AIS vessel reported here and not seen"


def test_a_review_is_added_by_command(app: typer.Typer, case: Path) -> None:
    (contact,) = listed(app, case)
    words = ("--verdict", "suspicious", "--note", "no lights", "--by", "ada", "--json")
    done = run(app, "case", "review", case, contact["contact"], *words)
    assert json.loads(done.stdout)["verdict"] == "suspicious"
    (again,) = listed(app, case)
    assert (again["verdict"], again["note"], again["reviews"]) == ("suspicious", "no lights", 1)


def test_an_unknown_verdict_or_contact_is_refused(app: typer.Typer, case: Path) -> None:
    assert "not a verdict" in refusal(run(app, "case", "review", case, "x", "--verdict", "bad"))
    assert "no contact x" in refusal(run(app, "case", "review", case, "x", "--verdict", "unsure"))


def test_verify_says_yes_with_0_and_no_with_1(app: typer.Typer, case: Path) -> None:
    sound = run(app, "case", "verify", case, "--json")
    assert (sound.exit_code, json.loads(sound.stdout)["sound"]) == (0, True)
    (case.parent / "flown" / "000.png").write_bytes(b"x")
    changed = run(app, "case", "verify", case)
    assert changed.exit_code == 1
    assert "SHA-256 differs" in changed.stdout


def test_verify_knows_a_log_that_was_cut_by_the_hash_in_a_report(app: typer.Typer, case: Path) -> None:
    head = json.loads(run(app, "case", "verify", case, "--json").stdout)["head"]
    assert run(app, "case", "verify", case, "--head", head).exit_code == 0
    assert run(app, "case", "verify", case, "--head", "0" * 64).exit_code == 1


def test_a_report_is_written_by_command(app: typer.Typer, case: Path, tmp_path: Path) -> None:
    done = run(app, "case", "report", case, "-o", tmp_path / "r.html", "--json")
    assert json.loads(done.stdout)["contacts"] == 1
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_footage_that_was_moved_is_found_again(app: typer.Typer, case: Path, tmp_path: Path) -> None:
    (tmp_path / "flown").rename(tmp_path / "archive")
    done = run(app, "case", "relink", case, tmp_path / "flown", tmp_path / "archive", "--json")
    assert json.loads(done.stdout)["found"] == 3


@pytest.mark.parametrize("words", [("show",), ("list",), ("verify",), ("report", "-o", "r.html")])
def test_a_folder_that_is_no_case_is_refused(app: typer.Typer, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert "holds no case" in refusal(run(app, "case", words[0], tmp_path, *words[1:]))
