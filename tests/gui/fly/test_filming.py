"""The video of a practice flight, made in the background."""

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from typing_extensions import override

from gui.fly.filming import Filming, Making, make_film
from gui.fly.panel import FlyPanel
from gui.fly.seam import Controls, Landed, Step
from gui.work import AtOnce
from planner.model.errors import BadInput
from sitl.flight_record import FORMAT, NAME

ALL = Controls(None, None, None, paused=False)


class Page:
    """A page that keeps what it was told."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []
        self.said: list[str] = []

    def show_filming(self, done: int, total: int) -> None:
        self.seen.append((done, total))

    def show_done(self, text: str) -> None:
        self.said.append(text)

    def show_problem(self, text: str) -> None:
        self.said.append(f"problem: {text}")


def three_frames(flight: Path, out: Path) -> Making:
    for done in (1, 2, 3):
        yield done, 3
    out.write_text("video")


def test_a_video_is_made_and_its_progress_shown(tmp_path: Path) -> None:
    page = Page()
    Filming(AtOnce(), page, three_frames).begin(tmp_path, tmp_path / "a.ts")
    assert page.seen == [(0, 1), (1, 3), (2, 3), (3, 3), (0, 0)]
    assert page.said == [f"{tmp_path / 'a.ts'}: 3 frames, with what the drone told, and the truth beside it."]


def test_a_name_without_an_ending_becomes_an_mp4(tmp_path: Path) -> None:
    Filming(AtOnce(), Page(), three_frames).begin(tmp_path, tmp_path / "my.flight")
    assert (tmp_path / "my.flight.mp4").read_text() == "video"


def test_a_video_that_is_stopped_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    page = Page()
    closed: list[bool] = []

    def endless(flight: Path, out: Path) -> Making:
        try:
            for done in range(1, 1000):
                if done == 2:
                    filming.stop()
                yield done, 1000
        finally:
            closed.append(True)

    filming = Filming(AtOnce(), page, endless)
    filming.begin(tmp_path, tmp_path / "a.mp4")
    assert closed == [True]
    assert page.seen[-1] == (0, 0)
    assert page.said == ["The video was given up; nothing of it is kept."]
    assert not filming.is_busy


def test_what_goes_wrong_is_said_in_the_errors_own_words(tmp_path: Path) -> None:
    page = Page()

    def failing(flight: Path, out: Path) -> Making:
        for done in range(1):
            yield done, 1
            raise BadInput(flight, "holds no flight")

    Filming(AtOnce(), page, failing).begin(tmp_path, tmp_path / "a.mp4")
    assert page.said == [f"problem: {tmp_path}: holds no flight"]


class Later(AtOnce):
    """Work that waits until it is asked to go on."""

    @override
    def run(self, work: object, done: object, failed: object) -> None:
        self.waiting = (work, done, failed)


def test_only_one_video_is_made_at_a_time(tmp_path: Path) -> None:
    page = Page()
    filming = Filming(Later(), page, three_frames)
    filming.begin(tmp_path, tmp_path / "a.mp4")
    filming.begin(tmp_path, tmp_path / "b.mp4")
    assert page.said == ["problem: A video is being made already: wait for it, or stop it first."]


@pytest.fixture
def flown(tmp_path: Path) -> Path:
    """A flight of half a second over the practice harbour."""
    side = {"lat_deg": 54.1, "lon_deg": 7.0, "height_m": 60.0, "above_home_m": 57.0, "yaw_deg": 0.0, "pitch_deg": 0.0,
            "roll_deg": 0.0, "camera_yaw_deg": 0.0, "camera_pitch_deg": -90.0, "camera_roll_deg": 0.0,
            "speed_m_s": 0.0}  # fmt: skip
    states = [{"at_utc": f"2026-06-23T12:00:00.{n}00+00:00", "true": side, "told": side} for n in range(6)]
    (tmp_path / "harbour").mkdir()
    lines = "\n".join(json.dumps(line) for line in ({"format": FORMAT, "harbour": "practice"}, *states))
    (tmp_path / "harbour" / NAME).write_text(lines)
    return tmp_path


def test_the_windows_video_is_that_of_the_command(flown: Path) -> None:
    assert list(make_film(flown, flown / "a.mp4"))[-1] == (6, 6)
    assert {p.name for p in flown.iterdir()} == {"harbour", "a.mp4", "a.srt", "a.coco.json"}


def landed_panel(qtbot: QtBot, footage: Path | None) -> FlyPanel:
    panel = FlyPanel()
    qtbot.addWidget(panel)
    panel.show_step(Step.LANDED, ALL)
    panel.show_landed(Landed("Landed.", 3, None, footage))
    panel.show()
    return panel


def test_after_a_practice_flight_a_video_is_offered_and_after_a_real_one_not(qtbot: QtBot, tmp_path: Path) -> None:
    assert landed_panel(qtbot, tmp_path).film_button.isVisible()
    assert not landed_panel(qtbot, None).film_button.isVisible()


def test_while_a_video_is_made_the_panel_says_how_far_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    panel = landed_panel(qtbot, tmp_path)
    panel.show_filming(12, 40)
    assert panel.film_text.text() == "Video: 12 of 40 frames"
    assert panel.film_stop.isVisible()
    assert not panel.film_button.isEnabled()
    panel.show_filming(0, 0)
    assert not panel.film_bar.isVisible()
    assert panel.film_button.isEnabled()
