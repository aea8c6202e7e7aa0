"""The Train page under mouse and keys; the exams are fakes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWebEngineCore import QWebEngineProfile

from gui.fly.page import FlyPage
from gui.fly.seam import Step
from gui.main_window import MainWindow
from gui.map.scheme import Guard
from gui.plan.page import PlanPage
from gui.train.page import EXAMS, INSTRUCTOR, LEVELS, TrainPage
from gui.train.values import Over, Past, Scored
from planner.geo.points import LatLon
from planner.model.plan import Area, AreaKind
from sitl.faults import FaultKind
from tests.gui.fly.test_presenter import FakeDeck
from tests.gui.hands import key, press, type_in, wait_for
from tests.gui.train.fakes import FIRST, NOW, READY, SECOND, FakeHall

CTRL = Qt.KeyboardModifier.ControlModifier
SQUARE = tuple(LatLon(lat, lon) for lat, lon in ((54.1, 7.0), (54.1, 7.002), (54.101, 7.002), (54.101, 7.0)))


class Drone:
    """A practice drone that confirms what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, object]] = []
        self.faults: dict[str, dict[str, object]] = {}

    def ask(self, address: str, request: Mapping[str, object]) -> Mapping[str, object]:
        self.asked.append(request)
        if request["do"] == "begin":
            row = {
                "value": 8.0,
                "direction_deg": 90.0,
                "measured": 7.9,
                "measured_words": "m/s of wind",
                "active": True,
            }
            self.faults[str(request["kind"])] = {"kind": request["kind"], **row}
        drone = {"mode": "AUTO", "armed": True, "height_m": 70.2, "battery_share": 0.8, "crew": "1:02 return"}
        return {"faults": list(self.faults.values()), "drone": drone}


@pytest.fixture
def drone() -> Drone:
    return Drone()


@pytest.fixture
def hall() -> FakeHall:
    return FakeHall()


@pytest.fixture
def room(
    guarded: tuple[QWebEngineProfile, Guard], settings: QSettings, hall: FakeHall, drone: Drone
) -> Iterator[MainWindow]:
    def fly(shell: Any) -> FlyPage:
        return FlyPage(shell, FakeDeck())

    def train(shell: Any) -> TrainPage:
        return TrainPage(shell, hall, drone.ask)

    made = MainWindow(guarded[0], [PlanPage, fly, train], settings)
    made.resize(1200, 800)
    made.show_page("train")
    made.show()
    wait_for(lambda: bool(page_of(made).path.cards))
    yield made
    made.discard_changes()
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert guarded[1].refused == []


def page_of(room: MainWindow) -> TrainPage:
    return cast("TrainPage", room.page("train"))


def start(room: MainWindow, hall: FakeHall) -> None:
    page = page_of(room)
    wait_for(page.brief.start_button.isEnabled)
    press(page.brief.start_button)
    wait_for(lambda: bool(hall.runs))


def test_a_card_shows_its_brief_and_a_locked_one_cannot_be_started(room: MainWindow) -> None:
    page = page_of(room)
    press(page.path.cards[SECOND.which])
    wait_for(lambda: page.brief.task.text() == "The task of keep-clear.")
    assert not page.brief.start_button.isEnabled()
    assert page.brief.why_not.text().startswith("Locked: pass all of level 1")
    press(page.brief.locked, QPoint(8, page.brief.locked.height() // 2))
    wait_for(page.brief.start_button.isEnabled)


def test_a_new_trainee_is_entered_by_name_and_remembered(room: MainWindow, settings: QSettings) -> None:
    page = page_of(room)
    page.who.setFocus()
    line = page.who.lineEdit()
    assert line is not None
    line.selectAll()
    type_in(line, "Noor")
    key(line, Qt.Key.Key_Return)
    wait_for(lambda: settings.value("train/trainee") == "Noor")
    assert room.windowTitle().startswith("Train Noor")


def test_an_exam_opens_its_place_on_plan_and_connects_fly(room: MainWindow, hall: FakeHall) -> None:
    start(room, hall)
    area = Area("Basin", AreaKind.POLYGON, SQUARE)
    place = READY.place.__class__("First patrol", (area,), READY.place.home, (), ())
    hall.runs[-1][3].tell(READY.__class__(READY.folder, READY.address, place))
    wait_for(lambda: room.current_page is room.page("plan"))
    plan, fly = cast("PlanPage", room.page("plan")), cast("FlyPage", room.page("fly"))
    assert [d.area for d in plan.presenter.draft.areas] == [area]
    assert plan.presenter.draft.home == place.home
    wait_for(lambda: fly.presenter.step is Step.READY)
    hall.runs[-1][3].left_s = 90.0
    page_of(room).presenter.tick()
    assert room.ribbon.isVisible()
    assert room.ribbon.words.text().endswith("1:30 left")
    press(room.ribbon.button)
    assert hall.runs[-1][3].ended


def test_the_end_comes_back_to_this_page_with_the_debrief(room: MainWindow, hall: FakeHall, tmp_path: Path) -> None:
    start(room, hall)
    run = hall.runs[-1][3]
    run.tell(READY)
    wait_for(lambda: room.current_page is room.page("plan"))
    debrief = tmp_path / "debrief.html"
    debrief.write_text('<html lang="en"><title>went well</title><p>86</p></html>')
    past = Past(tmp_path, "First patrol", NOW, 86.0, passed=True, debrief=debrief)
    hall.exams = (past,)
    run.tell(Over(0))
    run.tell(Scored(past))
    page, fly = page_of(room), cast("FlyPage", room.page("fly"))
    wait_for(lambda: room.current_page is page and page.debrief.is_shown)
    assert (page.part, page.past.heading.text()) == (EXAMS, "86 of 100, passed")
    assert page.debrief.web is not None
    assert page.debrief.web.title() == "went well"
    assert fly.presenter.step is Step.CONNECT
    assert not room.ribbon.isVisible()


def test_a_debrief_is_printed_into_a_pdf(room: MainWindow, hall: FakeHall, tmp_path: Path) -> None:
    page = page_of(room)
    debrief, pdf = tmp_path / "debrief.html", tmp_path / "out.pdf"
    debrief.write_text('<html lang="en"><p>86</p></html>')
    hall.exams = (Past(tmp_path, "First patrol", NOW, 86.0, passed=True, debrief=debrief),)
    page.presenter.refresh()
    wait_for(lambda: page.past.list.count() == 1)
    press(page.tabs[EXAMS])
    item, viewport = page.past.list.item(0), page.past.list.viewport()
    assert item is not None
    assert viewport is not None
    press(viewport, page.past.list.visualItemRect(item).center())
    wait_for(lambda: page.debrief.is_shown)
    page.files.save_file = lambda *given: given[-1](pdf)  # type: ignore[method-assign]  # answers the dialog
    press(page.past.print_button)
    wait_for(lambda: page.notices.texts == (f"The debrief is at {pdf}.",))
    assert pdf.read_bytes().startswith(b"%PDF")


def test_a_switch_gives_the_drone_a_fault_and_its_lamp_says_what_is_measured(room: MainWindow, drone: Drone) -> None:
    page = page_of(room)
    press(page.tabs[INSTRUCTOR])
    page.faults.address.setFocus()
    type_in(page.faults.address, "tcp:127.0.0.1:5760")
    key(page.faults.address, Qt.Key.Key_Return)
    row = page.faults.rows[FaultKind.WIND]
    press(row.switch, QPoint(8, row.switch.height() // 2))
    wait_for(lambda: row.words.text() == "active, measured 7.9 m/s of wind")
    begun = next(r for r in drone.asked if r["do"] == "begin")
    assert (begun["kind"], begun["value"], begun["direction_deg"]) == ("wind", 8.0, 270.0)
    assert page.drone.figures.text("Mode") == "AUTO"
    assert page.drone.crew.text() == "1:02 return"


def test_a_note_is_sent_and_listed(room: MainWindow, drone: Drone) -> None:
    page = page_of(room)
    press(page.tabs[INSTRUCTOR])
    page.switches.set_address("tcp:127.0.0.1:5760")
    page.drone.field.setFocus()
    type_in(page.drone.field, "Looks at the wind")
    key(page.drone.field, Qt.Key.Key_Return)
    wait_for(lambda: page.drone.notes.toPlainText() == "Looks at the wind")
    assert {"do": "note", "text": "Looks at the wind"} in drone.asked
    assert page.drone.field.text() == ""


def test_a_dropped_scenario_is_opened_and_another_file_is_refused(room: MainWindow, tmp_path: Path) -> None:
    page = page_of(room)
    drop(page, tmp_path / "mine.yaml")
    wait_for(lambda: str(tmp_path / "mine.yaml") in page.path.cards)
    drop(page, tmp_path / "mine.docx")
    assert page.notices.texts == ("mine.docx: is no scenario; a scenario is a .yaml file.",)
    assert page.part == LEVELS


def test_keys_and_palette_reach_the_page(room: MainWindow, hall: FakeHall) -> None:
    room.show_page("plan")
    key(room, Qt.Key.Key_3, CTRL)
    assert room.current_page is room.page("train")
    wait_for(page_of(room).brief.start_button.isEnabled)
    room.open_palette()
    type_in(room._palette.field, "start the exam")
    key(room._palette.field, Qt.Key.Key_Return)
    wait_for(lambda: bool(hall.runs))
    assert hall.runs[-1][0] == FIRST.which


def test_closing_the_window_ends_the_exam(room: MainWindow, hall: FakeHall) -> None:
    start(room, hall)
    wait_for(lambda: page_of(room).presenter._run is not None)
    room.discard_changes()
    room.close()
    assert (hall.runs[-1][3].ended, hall.runs[-1][3].joined) == (True, True)


def drop(page: TrainPage, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    centre = page.centre
    assert centre is not None
    button, modifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, button, modifier)
    centre.dragEnterEvent(enter)
    assert enter.isAccepted()
    centre.dropEvent(QDropEvent(QPointF(50, 50), copy, data, button, modifier))
