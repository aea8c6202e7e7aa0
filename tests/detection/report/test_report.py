import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from detection.ais import AisStatic, AisTrack, AisTracks
from detection.case import Case
from detection.pipeline import triage
from detection.report.write import Written, write_report
from planner.geo.points import LocalFrame
from planner.model.errors import BadInput
from planner.model.zone import Zone, ZoneRule
from tests.detection.case.scripted import HOME, START, Made, paint

NOW = datetime(2026, 5, 5, 8, 0, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script>"
BOXES = ((40, 60, 80, 76), (40, 80, 60, 88), (200, 20, 260, 40), (20, 200, 36, 206))


def track(mmsi: int, name: str, *, east_m: float, north_m: float, size_m: tuple[float, float]) -> AisTrack:
    at = LocalFrame(HOME).to_place(east_m, north_m)
    n = 5
    times = np.asarray(START.timestamp() + np.arange(n) * 10.0 - 20.0, dtype=np.float64)
    static = AisStatic(mmsi, name, "PABC", 70, size_m[0] / 2, size_m[0] / 2, size_m[1] / 2, size_m[1] / 2)
    here = (np.full(n, at.lat_deg), np.full(n, at.lon_deg))
    return AisTrack(static, times, *here, np.zeros(n), np.full(n, 90.0), np.full(n, 90.0))


def ais() -> AisTracks:
    # the third box, 200 to 260 and 20 to 40 pixels, is 23 m east and 27 m north of below the camera
    tracks = (
        track(244000001, HOSTILE, east_m=23.0, north_m=27.0, size_m=(20.0, 6.0)),
        track(244000002, "GHOST", east_m=10.0, north_m=-18.0, size_m=(12.0, 4.0)),
    )
    return AisTracks("made.nmea", {t.mmsi: t for t in tracks})


def water() -> Zone:
    outline = LocalFrame(HOME).to_places([(-60, -5), (-10, -5), (-10, 60), (-60, 60)])
    return Zone("basin & <b>quay</b>", ZoneRule.RESTRICTED_WATER, tuple(outline))


def build(folder: Path) -> Case:
    paint(folder / "footage", 4, BOXES)
    case = Case.create_or_open(folder / "case", at_utc=NOW - timedelta(hours=1))
    list(triage(case, Made(folder / "footage").job(ais=ais(), zones=[water()])))
    first, second, *_ = (item.contact.contact_id for item in case.queue())
    case.review(first, "suspicious", f"no lights {HOSTILE}\nsecond line", "Ada <i>", NOW)
    case.review(second, "cleared", "pilot boat", "Bo", NOW)
    return case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return build(tmp_path_factory.mktemp("report"))


@pytest.fixture
def written(case: Case, tmp_path: Path) -> Written:
    return write_report(case, tmp_path / "report.html", at_utc=NOW)


@pytest.fixture
def page(written: Written) -> str:
    return written.path.read_text("utf-8")


def test_the_report_tells_vessels_flags_reviews_and_hashes(case: Case, page: str) -> None:
    flagged = [item for item in case.queue() if item.flags]
    assert page.count('<section class="vessel"') == len(flagged)
    for entry in case.inputs():
        assert entry.sha256 in page
    assert "pilot boat" in page
    assert case.runs()[-1].fingerprint in page
    assert "In restricted water" in page
    assert "Alongside another vessel" in page
    assert "GHOST" in page


def test_nothing_in_the_report_comes_from_elsewhere(page: str) -> None:
    without_map = re.sub(r'srcdoc="[^"]*"', "", page)
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!data:|#)""", without_map)
    assert not re.findall(r"https?://|@import|url\(", without_map)
    assert not re.findall(r"https?://(?!www\.w3\.org)", page)


def test_hostile_names_are_text(page: str) -> None:
    assert HOSTILE not in page
    assert "<b>quay</b>" not in page
    assert "<i>" not in page
    assert "&lt;script&gt;alert" in page


def test_the_report_is_noted_in_the_log(case: Case, written: Written) -> None:
    last = case.events()[-1]
    assert last.kind == "exported"
    assert json.loads(last.data)["sha256"] == written.sha256


def test_missing_footage_is_said_not_hidden(tmp_path: Path) -> None:
    case = build(tmp_path)
    for path in (tmp_path / "footage").iterdir():
        path.unlink()
    done = write_report(case, tmp_path / "r.html", at_utc=NOW)
    page = done.path.read_text("utf-8")
    assert done.missing_frames == 4
    assert "4 files no longer where expected" in page
    assert "the picture is not there any more" in page
    assert page.count("data:image/jpeg") > 0  # the small pictures are in the case


def test_a_case_without_ais_says_that_it_was_not_examined(tmp_path: Path) -> None:
    paint(tmp_path / "footage", 1, BOXES[:1])
    case = Case.create_or_open(tmp_path / "case", at_utc=NOW)
    list(triage(case, Made(tmp_path / "footage").job()))
    page = write_report(case, tmp_path / "r.html", at_utc=NOW).path.read_text("utf-8")
    assert "No AIS log was given" in page
    assert "Vessels without a flag" in page


def test_an_empty_case_gives_a_report(tmp_path: Path) -> None:
    case = Case.create_or_open(tmp_path / "case", at_utc=NOW)
    page = write_report(case, tmp_path / "r.html", at_utc=NOW).path.read_text("utf-8")
    assert "No vessel was flagged" in page


def test_a_report_that_cannot_be_written_is_refused(case: Case, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        write_report(case, tmp_path / "nowhere" / "r.html", at_utc=NOW)
