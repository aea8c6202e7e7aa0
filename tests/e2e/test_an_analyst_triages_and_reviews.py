"""From footage to a reviewed case and its report, with the commands alone."""

import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from detection.case import CaseView
from detection.case.database import FILE_NAME
from detection.case.errors import CaseError
from tests.e2e.harbour import OVER, Patrol, flown
from tests.e2e.support import REMOTE, command, environment, refusal, run, told, until

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def patrol(tmp_path_factory: pytest.TempPathFactory) -> Patrol:
    made = flown(tmp_path_factory.mktemp("patrol"))
    (made.footage / "broken.jpg").write_bytes(b"\xff\xd8\xff not a picture")
    return made


@pytest.fixture(scope="module")
def case(patrol: Patrol) -> Path:
    folder = patrol.footage.with_name("case")
    done = told(*patrol.words(folder))
    assert (done["frames"], done["with_pose"], done["resumed_frames"]) == (len(OVER), len(OVER), 0)
    assert done["unreadable"] == [str(patrol.footage / "broken.jpg")]
    return folder


def contacts(case: Path) -> list[dict[str, Any]]:
    found = told("case", "list", case)["contacts"]
    assert isinstance(found, list)
    return found


def measured(case: Path) -> list[dict[str, Any]]:
    """The contacts without what people said of them."""
    return [{k: v for k, v in c.items() if k not in {"verdict", "note", "reviews"}} for c in contacts(case)]


def contact_of(case: Path, patrol: Patrol, vessel_id: str) -> dict[str, Any]:
    """The contact within 3 m of a vessel."""
    nearest = min(contacts(case), key=lambda c: patrol.distance_m(vessel_id, c["at"]))
    assert patrol.distance_m(vessel_id, nearest["at"]) < 3
    return nearest


def rules(contact: dict[str, Any]) -> set[str]:
    return {flag["rule"] for flag in contact["flags"]}


def frames_done(case: Path) -> int:
    """In how many frames the detector has looked, while it may still be at work."""
    try:
        with CaseView.open_read_only(case) as view:
            return sum(event.kind == "detected" for event in view.events())
    except CaseError:  # there is none yet
        return 0


def test_an_intruder_a_meeting_and_a_known_yacht_are_told_apart(case: Path, patrol: Patrol) -> None:
    assert rules(contact_of(case, patrol, "rib-in-zone")) == {"restricted-zone", "no-ais"}
    assert rules(contact_of(case, patrol, "workboat")) >= {"alongside", "no-ais"}
    yacht = contact_of(case, patrol, "yacht")
    assert (yacht["mmsi"], yacht["name"], yacht["flags"]) == (200_002_002, "PRACTICE SWIFT", [])


def test_every_flag_names_its_reason_its_values_and_its_frames(case: Path) -> None:
    flags = [flag for contact in contacts(case) for flag in contact["flags"]]
    assert flags
    with CaseView.open_read_only(case) as view:
        known = {frame.frame_id for frame in view.frames()}
    for flag in flags:
        assert flag["reason"].endswith(".")
        assert flag["values"]
        assert set(flag["frames"]) <= known
        assert flag["frames"]


def test_the_same_command_again_looks_at_nothing_twice_and_changes_nothing(case: Path, patrol: Patrol) -> None:
    before = measured(case)
    assert told(*patrol.words(case))["resumed_frames"] == len(OVER)
    assert measured(case) == before


def test_a_triage_that_was_killed_goes_on_and_ends_as_if_it_never_was(
    case: Path, patrol: Patrol, tmp_path: Path
) -> None:
    killed = tmp_path / "killed"
    with subprocess.Popen(
        command(*patrol.words(killed)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(),
    ) as process:
        until(lambda: frames_done(killed) > 0, process)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert "did not finish" in run("case", "show", killed).out
    done = told(*patrol.words(killed))
    assert 0 < done["resumed_frames"] < len(OVER)
    assert measured(killed) == measured(case)
    assert told("case", "verify", killed)["sound"] is True


def test_a_review_is_kept_and_stands_in_the_report(case: Path, patrol: Patrol, tmp_path: Path) -> None:
    rib = contact_of(case, patrol, "rib-in-zone")["contact"]
    words = ("--verdict", "suspicious", "--note", "No lights <&>, crew masked", "--by", "Ada")
    assert told("case", "review", case, rib, *words)["verdict"] == "suspicious"
    reviewed = contact_of(case, patrol, "rib-in-zone")
    assert (reviewed["verdict"], reviewed["note"]) == ("suspicious", "No lights <&>, crew masked")
    shown = told("case", "show", case)
    assert (shown["reviews"], shown["frames"]) == (1, len(OVER))
    told("case", "report", case, "-o", tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "No lights &lt;&amp;&gt;, crew masked" in page
    assert "Ada" in page
    assert REMOTE.findall(page) == []
    assert told("case", "verify", case)["sound"] is True


def forge(database: Path) -> None:
    """Turns the verdicts round, with the promises of the file switched off first."""
    with closing(sqlite3.connect(database)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE reviews SET verdict = 'suspicious'")
        connection.commit()


def test_changed_evidence_and_changed_records_are_found_out(patrol: Patrol, tmp_path: Path) -> None:
    picture, case = tmp_path / "one.jpg", tmp_path / "case"
    original = sorted(patrol.footage.glob("QW_0002*"))[0].read_bytes()
    picture.write_bytes(original)
    told("triage", picture, "--case", case)
    told("case", "review", case, contacts(case)[0]["contact"], "--verdict", "cleared")
    picture.write_bytes(original + b"\0")
    assert "one.jpg" in " ".join(told("case", "verify", case, code=1)["problems"])
    picture.write_bytes(original)
    assert told("case", "verify", case)["sound"] is True
    forge(case / FILE_NAME)
    assert told("case", "verify", case, code=1)["sound"] is False


def test_what_cannot_be_used_is_refused_and_leaves_no_case(patrol: Patrol, tmp_path: Path) -> None:
    new = tmp_path / "new"
    assert "no such" in refusal("triage", tmp_path / "nothing", "--case", new)
    assert "broken.jpg" in refusal("triage", patrol.footage, "--case", new, "--zones", patrol.footage / "broken.jpg")
    assert "broken.jpg" in refusal("triage", patrol.footage, "--case", new, "--flight", patrol.footage / "broken.jpg")
    assert not new.exists()
    assert "holds no case" in refusal("case", "list", patrol.footage)
