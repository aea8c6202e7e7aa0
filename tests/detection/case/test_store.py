import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detection.case import (
    Case,
    CaseBusy,
    CaseDamaged,
    CaseError,
    CaseFull,
    CaseTooNew,
    CaseView,
    FootageMissing,
    NotACase,
    UnknownItem,
    Verdict,
    verify,
)
from detection.pipeline import triage
from planner.geo.points import LatLon
from planner.model.zone import Zone, ZoneRule
from tests.detection.case.scripted import HOME, Made, WhiteDetector, paint

NOW = datetime(2026, 5, 5, 8, 0, tzinfo=UTC)
WATER = Zone(
    "inner basin",
    ZoneRule.RESTRICTED_WATER,
    (LatLon(51.96, 4.04), LatLon(51.98, 4.04), LatLon(51.98, 4.06), LatLon(51.96, 4.06)),
)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    paint(tmp_path / "footage")
    return Made(tmp_path / "footage")


@pytest.fixture
def case(tmp_path: Path, made: Made) -> Case:
    opened = Case.create_or_open(tmp_path / "case", at_utc=NOW)
    list(triage(opened, made.job(zones=[WATER])))
    return opened


def test_what_was_found_is_in_the_case(case: Case) -> None:
    counts = case.counts()
    assert (counts.frames, counts.detections, counts.sightings, counts.contacts, counts.flags) == (3, 3, 3, 1, 1)


def test_the_queue_gives_the_contact_with_its_flag_and_its_evidence(case: Case) -> None:
    (item,) = case.queue()
    assert item.flags[0].rule == "restricted-zone"
    assert item.score > 0.9
    sightings = case.sightings_of(item.contact.contact_id)
    assert [s.sighting_id for s in sightings] == list(item.contact.sighting_ids)
    assert case.contact(item.contact.contact_id) == item.contact
    assert {s.frame_id for s in sightings} >= set(item.flags[0].frame_ids)
    assert case.sightings_in(sightings[0].frame_id) == (sightings[0],)


def test_a_meeting_stands_under_both_vessels_each_time_from_its_own_side(tmp_path: Path) -> None:
    paint(tmp_path / "footage", vessels=((140, 100, 180, 116), (150, 120, 158, 124)))
    with Case.create_or_open(tmp_path / "case", at_utc=NOW) as case:
        list(triage(case, Made(tmp_path / "footage").job()))
        items = case.queue()
    assert [flag.rule for item in items for flag in item.flags] == ["alongside", "alongside"]
    for item, other in (items, items[::-1]):
        (flag,) = item.flags
        assert f"from the hull of contact {other.contact.contact_id}" in flag.reason
        assert case.flags_of(item.contact.contact_id) == item.flags


def test_every_sighting_keeps_the_id_of_its_detection(case: Case) -> None:
    with sqlite3.connect(case.folder / "case.sqlite") as raw:
        rows = raw.execute(
            "SELECT s.sighting_id FROM sightings s JOIN detections d USING (detection_id) "
            "JOIN detection_sets t USING (set_id) WHERE t.frame_id = s.frame_id"
        ).fetchall()
    assert len(rows) == 3


def test_a_frame_comes_back_as_it_went_in(case: Case, made: Made) -> None:
    from tests.detection.case.scripted import read

    for path in sorted(made.footage.iterdir()):
        frame = read(path)
        assert case.frame(frame.frame_id) == frame
        assert len(case.boxes_of(frame.frame_id)) == 1


def test_a_review_is_kept_and_shown_first(case: Case) -> None:
    contact_id = case.queue()[0].contact.contact_id
    case.review(contact_id, Verdict.UNSURE, "look again", "ada", NOW)
    written = case.review(contact_id, "suspicious", "no lights", "ada", NOW)
    with Case.open(case.folder) as again:
        assert again.queue()[0].last_review == written
        assert [r.verdict for r in again.reviews_of(contact_id)] == [Verdict.UNSURE, Verdict.SUSPICIOUS]
        assert again.queue()[0].review_count == 2


@pytest.mark.parametrize("table", ["reviews", "events"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET at_utc = 'never'"])
def test_reviews_and_log_cannot_be_changed_through_sql(case: Case, table: str, statement: str) -> None:
    case.review(case.queue()[0].contact.contact_id, "cleared")
    with sqlite3.connect(case.folder / "case.sqlite") as raw, pytest.raises(sqlite3.IntegrityError, match="only ever"):
        raw.execute(statement.format(table))


def test_a_review_survives_another_triage(case: Case, made: Made) -> None:
    contact_id = case.queue()[0].contact.contact_id
    case.review(contact_id, "suspicious", "no lights", "ada", NOW)
    list(triage(case, made.job()))
    assert case.reviews_of(contact_id)[0].note == "no lights"
    assert case.queue()[0].flags  # the zones of the last triage hold


def test_a_review_follows_its_sightings_to_a_contact_of_another_id(case: Case, made: Made) -> None:
    from tests.detection.case.scripted import join

    case.review(case.queue()[0].contact.contact_id, "suspicious", "no lights", "ada", NOW)
    job = made.job()
    renamed = replace(job.steps, join=lambda s: tuple(replace(c, contact_id="other") for c in join(s)))
    list(triage(case, replace(job, steps=renamed)))
    assert case.reviews_of("other")[0].note == "no lights"
    assert case.unattached_reviews() == ()


def test_a_review_whose_vessel_is_found_no_more_is_not_lost(case: Case, made: Made) -> None:
    case.review(case.queue()[0].contact.contact_id, "suspicious", "no lights", "ada", NOW)
    job = made.job()
    list(triage(case, replace(job, steps=replace(job.steps, join=lambda _: ()))))
    assert [r.note for r in case.unattached_reviews()] == ["no lights"]


def test_an_unknown_verdict_is_refused(case: Case) -> None:
    with pytest.raises(CaseError, match="not a verdict"):
        case.review(case.queue()[0].contact.contact_id, "guilty")


def test_an_unknown_contact_is_refused(case: Case) -> None:
    with pytest.raises(UnknownItem, match="no contact x"):
        case.review("x", "cleared")


def test_crops_are_there_without_the_footage(case: Case, made: Made) -> None:
    sighting = case.queue()[0].contact.sighting_ids[0]
    for path in made.footage.iterdir():
        path.unlink()
    assert case.crop(sighting).startswith(b"\xff\xd8")
    with pytest.raises(FootageMissing, match="not there any more"):
        case.crop(sighting, 999)


def test_footage_and_case_may_be_moved_together(case: Case, tmp_path: Path) -> None:
    case.close()
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (tmp_path / "footage").rename(moved / "footage")
    (tmp_path / "case").rename(moved / "case")
    with Case.open(moved / "case") as again:
        assert verify(again).sound


def test_footage_that_was_moved_alone_can_be_named_again(case: Case, tmp_path: Path) -> None:
    (tmp_path / "footage").rename(tmp_path / "archive")
    assert len(verify(case).missing_files) == 3
    assert case.relink(tmp_path / "footage", tmp_path / "archive", at_utc=NOW) == 3
    assert verify(case).sound


def test_moved_footage_may_be_named_from_the_current_folder(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "footage").rename(tmp_path / "archive")
    monkeypatch.chdir(tmp_path)
    assert case.relink(Path("footage"), Path("archive"), at_utc=NOW) == 3


def test_a_sound_case_verifies(case: Case) -> None:
    case.review(case.queue()[0].contact.contact_id, "cleared", "fishing", "bo", NOW)
    found = verify(case)
    assert found.sound
    assert found.files == 3
    assert found.head == case.events()[-1].sha256


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("UPDATE reviews SET verdict = 'cleared'", "review 1 was changed"),
        ("DELETE FROM reviews", "review 1 was taken out"),
        ("UPDATE events SET data = replace(data, 'suspicious', 'cleared')", "changed after it was written"),
        ("DELETE FROM events WHERE seq = 3", "event 3 is missing"),
        ("UPDATE flags SET score = 0.1", "flags were changed"),
        ("UPDATE detections SET score = 0.1", "detections of frame"),
        ("UPDATE inputs SET sha256 = 'x'", "record of input 1"),
    ],
)
def test_verify_finds_what_was_tampered_with(case: Case, tampering: str, said: str) -> None:
    case.review(case.queue()[0].contact.contact_id, "suspicious", "", "bo", NOW)
    with sqlite3.connect(case.folder / "case.sqlite") as raw:
        for table in ("reviews", "events"):
            raw.execute(f"DROP TRIGGER {table}_no_update")
            raw.execute(f"DROP TRIGGER {table}_no_delete")
        raw.execute(tampering)
    assert any(said in problem for problem in verify(case).problems)


def test_verify_finds_a_changed_picture(case: Case, made: Made) -> None:
    (made.footage / "001.png").write_bytes(b"another")
    assert any("SHA-256 differs" in problem for problem in verify(case).problems)


# what is no case, or cannot be used


def test_a_newer_case_is_refused(case: Case) -> None:
    case.close()
    with sqlite3.connect(case.folder / "case.sqlite") as raw:
        raw.execute("PRAGMA user_version = 99")
    with pytest.raises(CaseTooNew, match="newer Quaywatch"):
        Case.open(case.folder)


def test_the_colours_of_each_box_are_kept_with_it_and_reach_its_sighting(case: Case) -> None:
    looks = case.looks("white-1")
    assert len(looks) == 3
    for sighting in case.sightings():
        assert sighting.looks is not None
        assert looks[sighting.frame_id] == (sighting.looks,)


def test_a_case_of_the_first_version_works_on_without_colours(case: Case, made: Made) -> None:
    case.close()
    with sqlite3.connect(case.folder / "case.sqlite") as raw:
        raw.execute("DROP TABLE detection_looks")
        raw.execute("PRAGMA user_version = 1")
    with CaseView.open_read_only(case.folder) as old:
        assert len(old.queue()) == 1
    with Case.open(case.folder) as again:
        list(triage(again, made.job()))
        assert all(s.looks is None for s in again.sightings())
        assert again.counts().contacts == 1
        assert verify(again).problems == ()
    with sqlite3.connect(case.folder / "case.sqlite") as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (2,)


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "case.sqlite") as raw:
        raw.execute("CREATE TABLE bookmarks (x)")
    with pytest.raises(NotACase, match="not written by Quaywatch"):
        Case.create_or_open(tmp_path)


def test_a_folder_of_something_else_is_refused(made: Made) -> None:
    with pytest.raises(NotACase, match="other files"):
        Case.create_or_open(made.footage)


def test_a_file_is_refused(made: Made) -> None:
    with pytest.raises(NotACase, match="is a file"):
        Case.create_or_open(made.footage / "000.png")


def test_a_folder_without_a_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotACase, match="holds no case"):
        Case.open(tmp_path)


@pytest.mark.parametrize("content", [b"not a database at all" * 400, b"\0" * 5000])
def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "case.sqlite").write_bytes(content)
    with pytest.raises(CaseError):
        Case.create_or_open(tmp_path)
    assert (tmp_path / "case.sqlite").read_bytes() == content


def test_a_case_cut_short_is_refused(case: Case) -> None:
    case.close()
    file = case.folder / "case.sqlite"
    file.write_bytes(file.read_bytes()[: 3 * 4096])
    with pytest.raises(CaseDamaged, match="damaged"), Case.open(case.folder) as cut:
        cut.queue()


def test_a_second_triage_into_the_same_case_is_refused(case: Case, made: Made) -> None:
    with case.writer_lock(), pytest.raises(CaseBusy, match="another triage"):
        list(triage(Case.open(case.folder), made.job()))


def test_a_case_that_another_program_writes_is_busy(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detection.case.database.BUSY_S", 0.05)
    contact_id = case.queue()[0].contact.contact_id
    other = sqlite3.connect(case.folder / "case.sqlite")
    other.execute("BEGIN IMMEDIATE")
    with Case.open(case.folder) as second, pytest.raises(CaseBusy, match="another program"):
        second.review(contact_id, "cleared")
    other.close()


def fill(case: Case, contact_id: str) -> None:
    for _ in range(50):
        case.review(contact_id, "cleared", "x" * 5000, "bo", NOW)


def test_a_full_disk_loses_nothing(case: Case) -> None:
    contact_id = case.queue()[0].contact.contact_id
    case.review(contact_id, "unsure", "before", "bo", NOW)
    full = Case.open(case.folder)
    with full._engine.connect() as raw:
        pages = raw.exec_driver_sql("PRAGMA page_count").scalar_one()
        raw.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(CaseFull, match="no space"):
        fill(full, contact_id)
    with Case.open(case.folder) as again:
        assert again.reviews()[0].note == "before"
        assert verify(again).sound


def test_a_case_opens_read_only(case: Case) -> None:
    case.close()
    with CaseView.open_read_only(case.folder) as view:
        assert len(view.queue()) == 1


def test_a_killed_triage_goes_on_where_it_stopped(tmp_path: Path) -> None:
    paint(tmp_path / "footage", 6)
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from detection.case import Case\n"
        "from detection.pipeline import triage\n"
        "from tests.detection.case.scripted import Made, WhiteDetector\n"
        "class Dies(WhiteDetector):\n"
        "    def detect(self, image_bgr):\n"
        "        if self.looked == 3: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return super().detect(image_bgr)\n"
        "here = Path(sys.argv[1])\n"
        "list(triage(Case.create_or_open(here / 'case'), Made(here / 'footage', Dies()).job()))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=Path(__file__).parents[3], check=False)
    assert killed.returncode == -9

    detector = WhiteDetector()
    resumed = Case.create_or_open(tmp_path / "case")
    *_, done = triage(resumed, Made(tmp_path / "footage", detector).job())
    whole = Case.create_or_open(tmp_path / "whole")
    list(triage(whole, Made(tmp_path / "footage").job()))

    assert detector.looked == 3
    assert done.resumed_frames == 3  # type: ignore[union-attr]  # the last event is Done
    assert _results(resumed) == _results(whole)
    assert verify(resumed).sound


def _results(case: Case) -> object:
    log = [event.data for event in case.events() if event.kind == "results"]
    return log[-1], case.queue(), case.sightings(), case.frames()


def test_home_is_where_the_pictures_were_taken(case: Case) -> None:
    at = case.queue()[0].contact.at
    assert at is not None
    assert abs(at.lat_deg - HOME.lat_deg) < 0.001
