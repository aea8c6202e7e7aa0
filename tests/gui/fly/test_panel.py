from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gui.fly.checks import Check
from gui.fly.hold_button import HoldButton
from gui.fly.panel import FlyPanel
from gui.fly.seam import Controls, Order, Progress, Step

ALL = Controls(None, None, None, paused=False)


def panel(qtbot: QtBot, step: Step, controls: Controls = ALL) -> FlyPanel:
    made = FlyPanel()
    qtbot.addWidget(made)
    made.show_checks([Check("link", "Link", ok=True, by_hand=False), Check("air", "Air", ok=False, by_hand=True)])
    made.show_step(step, controls)
    made.show()
    return made


def test_a_short_press_does_nothing_and_a_long_one_acts_once(qtbot: QtBot) -> None:
    button = HoldButton("Hold", "primary")
    qtbot.addWidget(button)
    button.show()
    with qtbot.assertNotEmitted(button.held):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(button.held, timeout=5000):
        qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert button.progress == 0


def test_the_space_bar_holds_too(qtbot: QtBot) -> None:
    button = HoldButton("Hold", "primary")
    qtbot.addWidget(button)
    button.show()
    with qtbot.waitSignal(button.held, timeout=5000):
        qtbot.keyPress(button, Qt.Key.Key_Space)
    qtbot.keyRelease(button, Qt.Key.Key_Space)


def test_a_button_that_may_not_be_pressed_says_why(qtbot: QtBot) -> None:
    shown = panel(qtbot, Step.READY, Controls(None, "Send the mission first.", "Not flying.", paused=False))
    assert not shown.start_button.isEnabled()
    assert shown.start_button.toolTip() == "Send the mission first."
    assert shown.start_why.text() == "Send the mission first."


def test_in_flight_only_the_orders_are_at_hand(qtbot: QtBot) -> None:
    shown = panel(qtbot, Step.FLYING)
    assert shown.return_button.isVisible()
    assert not shown.start_button.isVisible()


def test_pause_becomes_go_on(qtbot: QtBot) -> None:
    shown = panel(qtbot, Step.FLYING, Controls(None, None, None, paused=True))
    assert shown.pause_button.text() == "Go on"
    with qtbot.waitSignal(shown.ordered) as caught:
        qtbot.mouseClick(shown.pause_button, Qt.MouseButton.LeftButton)
    assert caught.args == [Order.RESUME]


def test_a_person_ticks_only_what_a_person_must_tick(qtbot: QtBot) -> None:
    shown = panel(qtbot, Step.STORED)
    assert shown.check_box("link") is None
    box = shown.check_box("air")
    assert box is not None
    with qtbot.waitSignal(shown.ticked) as caught:
        qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert caught.args == ["air", True]


def test_the_verdict_is_a_word_with_its_reason(qtbot: QtBot) -> None:
    shown = panel(qtbot, Step.STORED)
    shown.show_verdict("unknown", "The drone stored 60 of 84 items and then stopped answering.")
    assert (shown.verdict.text(), shown.verdict.property("kind")) == ("Unknown", "amber")
    assert "60 of 84" in shown.verdict_reason.text()


def test_progress_takes_an_old_verdict_away(qtbot: QtBot) -> None:
    shown = panel(qtbot, Step.UPLOADING)
    shown.show_verdict("stored", "2 of 2")
    shown.show_progress(Progress(1, 2, "Sending"))
    assert shown.verdict.text() == ""
    assert shown.bar_text.text() == "Sending: 1 of 2 items"


def test_the_list_of_vehicles_is_there_when_there_are_two_and_says_who_gets_the_orders(qtbot: QtBot) -> None:
    shown = panel(qtbot, Step.FLYING)
    shown.show_vehicles(["Vehicle 1, copter"], 0)
    assert not shown.vehicles.isVisible()
    assert not shown.orders_to.isVisible()
    shown.show_vehicles(["Vehicle 1, copter", "Vehicle 2, copter"], 1)
    assert shown.vehicles.isVisible()
    assert shown.vehicles.currentText() == "Vehicle 2, copter"
    assert shown.orders_to.text() == "Orders go to Vehicle 2, copter."
    with qtbot.waitSignal(shown.vehicle_chosen) as caught:
        shown.vehicles.activated.emit(0)
    assert caught.args == [0]


def test_a_list_that_is_shown_again_does_not_choose_by_itself(qtbot: QtBot) -> None:
    shown = panel(qtbot, Step.READY)
    with qtbot.assertNotEmitted(shown.vehicle_chosen):
        for names in (["Vehicle 1"], ["Vehicle 1", "Vehicle 2"], ["Vehicle 1", "Vehicle 2", "Vehicle 3"]):
            shown.show_vehicles(names, 0)


def test_another_link_can_be_opened_while_one_is_open(qtbot: QtBot) -> None:
    shown = panel(qtbot, Step.FLYING)
    assert shown.another_button.isVisible()
    with qtbot.waitSignal(shown.another_wanted):
        qtbot.mouseClick(shown.another_button, Qt.MouseButton.LeftButton)
