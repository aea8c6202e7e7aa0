from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from detection.case.values import Verdict
from gui.review.contact_panel import ContactPanel
from gui.review.intake import Intake
from gui.review.intake_panel import IntakePanel
from gui.review.presenter import ContactCard, Filter, QueueRow, Reason
from gui.review.queue_panel import QueuePanel
from gui.review.stage import Stage

CARD = ContactCard(
    "A",
    "Contact 1 · <b>EVIL</b>",
    0.9,
    (Reason("No AIS", "A vessel 12 m long sent no AIS.", 0.9, "f1"),),
    (("Length", "12 m"),),
    "This vessel's AIS was heard.",
    (("MMSI", "002442000", ""),),
    ("2026-06-01 12:00 UTC, ann: cleared",),
    "54.1° N  7.0° E",
)


def row(name: str, *, current: bool = False) -> QueueRow:
    return QueueRow(name, f"Contact {name}", "No AIS · 12 m", 0.5, "flagged", f"{name}-1", current)


def test_a_verdict_carries_the_note_as_it_stands(qtbot: QtBot) -> None:
    panel = ContactPanel()
    qtbot.addWidget(panel)
    panel.show_card(CARD)
    panel.note.setPlainText("no name on the hull")
    with qtbot.waitSignal(panel.verdict_given) as caught:
        qtbot.mouseClick(panel.buttons[Verdict.SUSPICIOUS], Qt.MouseButton.LeftButton)
    assert caught.args == [Verdict.SUSPICIOUS, "no name on the hull"]


def test_the_note_of_one_contact_is_not_given_to_the_next(qtbot: QtBot) -> None:
    panel = ContactPanel()
    qtbot.addWidget(panel)
    panel.show_card(CARD)
    panel.note.setPlainText("about A")
    panel.show_card(CARD)
    assert panel.note.toPlainText() == ""


def test_a_reason_leads_to_the_frame_that_shows_it(qtbot: QtBot) -> None:
    panel = ContactPanel()
    qtbot.addWidget(panel)
    panel.show_card(CARD)
    show = next(b for b in panel.findChildren(QPushButton) if b.text() == "Show the frame")
    with qtbot.waitSignal(panel.reason_chosen) as caught:
        qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    assert caught.args == ["f1"]


def test_without_a_contact_nothing_can_be_decided(qtbot: QtBot) -> None:
    panel = ContactPanel()
    qtbot.addWidget(panel)
    assert not panel.buttons[Verdict.CLEARED].isEnabled()


def test_a_thumbnail_is_asked_for_once(qtbot: QtBot) -> None:
    panel = QueuePanel()
    qtbot.addWidget(panel)
    asked: list[str] = []
    panel.thumbnail_wanted.connect(asked.append)
    panel.resize(260, 400)
    panel.show_rows([row("A", current=True), row("B")], left=2, total=2)
    panel.show()
    panel.grab()
    panel.grab()
    assert sorted(asked) == ["A-1", "B-1"]


def test_a_click_in_the_queue_chooses_a_contact(qtbot: QtBot) -> None:
    panel = QueuePanel()
    qtbot.addWidget(panel)
    panel.resize(260, 400)
    panel.show_rows([row("A", current=True), row("B")], left=2, total=2)
    panel.show()
    where = panel.view.visualRect(panel.model.index(1)).center()
    with qtbot.waitSignal(panel.contact_chosen) as caught:
        qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert caught.args == ["B"]


def test_chips_narrow_the_queue(qtbot: QtBot) -> None:
    panel = QueuePanel()
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.filters_changed) as caught:
        panel._chips[Filter.DARK].click()
    assert caught.args == [frozenset({Filter.DARK})]


def test_map_and_frame_change_places(qtbot: QtBot) -> None:
    stage = Stage()
    qtbot.addWidget(stage)
    stage.resize(900, 600)
    stage.show()
    assert stage.frame.width() == 900
    stage.swap()
    assert (stage.map_box.width(), stage.frame.width() < 400) == (900, True)


def test_a_take_off_height_that_nobody_said_is_not_known(qtbot: QtBot) -> None:
    panel = IntakePanel()
    qtbot.addWidget(panel)
    panel.show_intake(Intake(footage=(Path("f"),), stills=3))
    assert panel.takeoff_height_m is None
    assert panel.takeoff.text() == "not known"
    panel.takeoff.setValue(0.0)
    assert panel.takeoff_height_m == 0.0


def test_a_take_off_height_of_one_flight_is_not_carried_to_the_next(qtbot: QtBot) -> None:
    panel = IntakePanel()
    qtbot.addWidget(panel)
    panel.show_intake(Intake(footage=(Path("f"),), takeoff_height_m=3.0))
    assert panel.takeoff_height_m == 3.0
    panel.show_intake(Intake())
    assert panel.takeoff_height_m is None
