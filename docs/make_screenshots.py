"""Draws the pictures of the documents again: `make screenshots` (offscreen; a few minutes).

Runs the demo into a temporary folder, flies the same plan once more in the window, and opens case and report;
then an exam is sat on the Train page.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QSize, QUrl
from PyQt6.QtWebEngineWidgets import QWebEngineView

from gui.fly.page import FlyPage
from gui.fly.seam import Step
from gui.main_window import MainWindow
from gui.plan.page import PlanPage
from gui.screenshots import grab, open_window, pause, plan_pictures, settle
from gui.train.page import INSTRUCTOR, LEVELS, TrainPage
from gui.train.values import Options
from sitl.faults import FaultKind

PICTURES = Path(__file__).parent / "pictures"
REPORT_SIZE = QSize(1200, 1500)
BY_HAND = ("settings-accepted", "airspace", "airframe")


def main() -> int:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_DATA_HOME"] = scratch
        demo = Path(scratch) / "demo"
        command = [sys.executable, "-m", "quaywatch", "demo", "--headless", "--out", str(demo)]
        done = subprocess.run(command, check=False)
        if done.returncode != 0:
            return done.returncode
        plan_pictures(PICTURES, Path(scratch) / "plan")
        window = open_window(["quaywatch"], Path(scratch) / "settings.ini")
        draw_review(window, demo / "case")
        draw_fly(window, demo / "patrol.plan")
        draw_train(window, Path(scratch) / "exam.plan")
        draw_report(demo / "report.html")
        window.close()
    return 0


def draw_fly(window: MainWindow, plan: Path) -> None:
    """The Fly page while the practice drone is on its way."""
    window.show_page("fly")
    page = window.page("fly")
    assert isinstance(page, FlyPage)
    page.open_plan(plan)
    page.presenter.practise()
    wait_for(page, Step.READY)
    page.presenter.upload()
    wait_for(page, Step.STORED)
    while page.panel.check_box(BY_HAND[0]) is None:  # the drone's settings are being read
        pause(100)
    for check in BY_HAND:
        page.presenter.tick_check(check, ticked=True)
    settle(window)
    grab(window, PICTURES / "fly-ready.png")
    while page.presenter.step is Step.STORED:  # the list fills as the drone comes up
        page.presenter.start()
        pause(200)
    wait_for(page, Step.FLYING)
    while (state := page.deck.state()) is not None and len(state.captures) < 25:
        pause(200)
    grab(window, PICTURES / "fly.png")
    page.deck.close()
    pause(1000)


def draw_review(window: MainWindow, case: Path) -> None:
    """The Review page at the most suspicious contact."""
    window.show_page("review")
    window.open_case(case)
    pause(2000)
    grab(window, PICTURES / "review.png")


def draw_train(window: MainWindow, plan: Path) -> None:
    """The Train page: an exam under the instructor's switches, its debrief, and the path after it."""
    train, fly = window.page("train"), window.page("fly")
    planning = window.page("plan")
    assert isinstance(train, TrainPage)
    assert isinstance(fly, FlyPage)
    assert isinstance(planning, PlanPage)
    planning.files.save_file = lambda *given: given[-1](plan)  # type: ignore[method-assign]  # answers the dialog
    window.show_page("train")
    train.presenter.set_trainee("Kim")
    settle(window)
    train.presenter.set_options(Options(speedup=30.0, pictures=False))
    train.presenter.start()
    until(lambda: window.current_page is planning, "the exam to begin")
    settle(window)
    planning.presenter.send()
    until(lambda: window.current_page is fly, "the plan to be sent")
    wait_for(fly, Step.READY)
    fly.presenter.upload()
    wait_for(fly, Step.STORED)
    until(lambda: fly.panel.check_box(BY_HAND[0]) is not None, "the drone's settings")
    for check in BY_HAND:
        fly.presenter.tick_check(check, ticked=True)
    while fly.presenter.step is Step.STORED:
        fly.presenter.start()
        pause(200)
    wait_for(fly, Step.FLYING)
    window.show_page("train")
    train.show_part(INSTRUCTOR)
    train.switches.switch(FaultKind.WIND, on=True, value=4.0, direction_deg=270.0)
    train.switches.note("Looked at the wind before the start")
    pause(1500)
    grab(window, PICTURES / "train-instructor.png")
    until(lambda: train.debrief.is_shown, "the debrief")
    pause(1000)
    grab(window, PICTURES / "train-debrief.png")
    train.show_part(LEVELS)
    train.show_problem("")
    grab(window, PICTURES / "train-levels.png")


def draw_report(report: Path) -> None:
    """The first screen of the report."""
    view = QWebEngineView()
    view.resize(REPORT_SIZE)
    view.show()
    view.load(QUrl.fromLocalFile(str(report)))
    pause(6000)
    view.grab().save(str(PICTURES / "report.png"))
    view.close()


def until(is_so: Callable[[], bool], what: str) -> None:
    """Lets the window work until something is so."""
    for _ in range(900):
        if is_so():
            return
        pause(100)
    raise SystemExit(f"waited in vain for {what}")


def wait_for(page: FlyPage, step: Step) -> None:
    """Lets the window work until the Fly page has come to a step."""
    for _ in range(600):
        if page.presenter.step is step:
            return
        pause(100)
    raise SystemExit(f"the Fly page did not come to {step.value}; it is at {page.presenter.step.value}")


if __name__ == "__main__":
    sys.exit(main())
