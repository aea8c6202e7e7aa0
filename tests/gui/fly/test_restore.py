"""After an upload that failed, and after clearing, what the drone held before can be put back; how it ended is said."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.fly.deck import StationDeck
from gui.fly.panel import FlyPanel
from gui.fly.presenter import FlyPresenter
from gui.fly.seam import Cleared, Controls, Order, Progress, Step
from planner.geo.points import LatLon
from planner.link.errors import LinkError, NotDone
from planner.link.held import Held
from planner.link.verdict import NotStored, Stored, Unknown, Verdict
from planner.model.mission import Command, Mission, item
from tests.gui.fly.test_presenter import FIGURES, HEALTHY, MISSION, FakeDeck, FakePage, made, stored
from tests.planner.link.test_store import patrol

MIXED = NotStored("Refused at item 3. It may hold a mixture of the old and the new mission.", FIGURES)


def failed(before: str | None, verdict: Verdict = MIXED, **more: object) -> tuple[FakeDeck, FlyPresenter, FakePage]:
    deck = FakeDeck(verdict=verdict, before=before, **more)  # type: ignore[arg-type]  # fields of the fake
    presenter, page = stored(deck)
    return deck, presenter, page


def offered(page: FakePage) -> str:
    controls = page.said["step"][1]
    assert isinstance(controls, Controls)
    return controls.restore


def why_not_start(page: FakePage) -> str:
    controls = page.said["step"][1]
    assert isinstance(controls, Controls)
    return controls.why_not_start or ""


def test_a_failed_upload_offers_to_restore_what_was_held_before_and_says_the_mixture() -> None:
    _, presenter, page = failed("21 items")
    assert page.said["verdict"] == ("not_stored", MIXED.reason)
    assert (offered(page), presenter.step) == ("21 items", Step.READY)


@pytest.mark.parametrize("verdict", [Stored("equal", FIGURES), NotStored("Nothing was sent.", FIGURES, sent=False)])
def test_an_upload_that_changed_nothing_offers_nothing(verdict: Verdict) -> None:
    _, _, page = failed(None, verdict)
    assert offered(page) == ""


def test_restoring_says_that_it_was_put_back_and_that_the_plan_must_be_sent() -> None:
    _, presenter, page = failed("21 items", restored=Stored("21 of 21 items equal.", FIGURES))
    presenter.restore()
    word, reason = page.said["verdict"]
    assert (word, presenter.step, offered(page)) == ("restored", Step.READY, "")
    assert "Send the plan before you start" in reason
    assert "Send the mission first" in page.said["step"][1].why_not_start


@pytest.mark.parametrize("verdict", [NotStored("Refused again.", FIGURES), Unknown("Silence.", FIGURES)])
def test_a_restore_that_fails_says_so_and_is_offered_again(verdict: Verdict) -> None:
    _, presenter, page = failed("21 items", restored=verdict)
    presenter.restore()
    word, reason = page.said["verdict"]
    assert (word, offered(page)) == ("not_restored", "21 items")
    assert "do not start" in reason


def test_a_restore_that_breaks_off_says_why() -> None:
    deck, presenter, page = failed("21 items")
    deck.trouble = LinkError("the link broke")
    presenter.restore()
    assert (page.said["problem"], presenter.step) == ("the link broke", Step.READY)


def test_an_armed_drone_is_neither_restored_nor_cleared() -> None:
    deck, presenter, page = failed("21 items")
    deck.now = replace(HEALTHY, armed=True)
    before = page.said["verdict"]
    presenter.restore()
    presenter.clear()
    presenter.refresh()
    assert page.said["verdict"] == before
    assert "armed" in page.said["step"][1].why_not_clear


def test_clearing_says_that_it_was_read_back_and_offers_to_undo_it() -> None:
    _, presenter, page = failed(None, Stored("equal", FIGURES))
    presenter.clear()
    assert page.said["verdict"] == ("cleared", "Read back: the vehicle holds no mission any more.")
    assert (presenter.step, offered(page)) == (Step.READY, "21 items")


@pytest.mark.parametrize("word", ["not_cleared", "unknown"])
def test_clearing_that_fails_is_said(word: str) -> None:
    _, presenter, page = failed(None, Stored("equal", FIGURES), cleared=Cleared(word, "It still holds 21 items."))
    presenter.clear()
    assert page.said["verdict"] == (word, "It still holds 21 items.")


def test_letting_go_of_the_drone_takes_the_offer_away() -> None:
    _, presenter, page = failed("21 items")
    presenter.disconnect()
    assert offered(page) == ""


def test_a_mission_that_another_station_changed_is_an_alarm_and_stops_the_start_and_going_on() -> None:
    deck = FakeDeck()
    presenter, page = stored(deck)
    for line in ("airspace", "airframe"):
        presenter.tick_check(line, ticked=True)
    assert why_not_start(page) == ""
    deck.now = replace(
        HEALTHY, mission_changed="The mission on the vehicle is no longer what was stored.", held=Held(2, since_s=5.0)
    )
    presenter.tick()
    assert "no longer what was stored" in page.said["alarms"][0]
    assert why_not_start(page) == "Still open: The drone holds this mission."
    presenter.start()
    assert not deck.flown
    presenter.step, deck.now = Step.FLYING, replace(HEALTHY, armed=True, mission_changed="It is no longer what it was.")
    presenter.order(Order.RESUME)
    assert len(deck.orders) == 0
    assert "Not gone on" in page.said["problem"]
    presenter.order(Order.RETURN)
    assert [one.value for one in deck.orders] == ["return"]


def test_what_an_earlier_run_stored_is_no_alarm_when_the_drone_is_connected() -> None:
    deck = FakeDeck()
    presenter, page = made(deck)
    presenter.practise()
    deck.now = replace(HEALTHY, mission_changed="It holds 3 items instead of 9.", held=Held(9))
    presenter.tick()
    assert page.said["alarms"] == ()
    assert "3 items instead of 9" in str([check.detail for check in page.said["checks"]])


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[StationDeck]:
    built = StationDeck(tmp_path / "flights", speedup=20.0)
    built.practise(None)
    yield built
    built.close()


def quiet(_: Progress) -> None:
    pass


def has_started(deck: StationDeck, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: (state := deck.state()) is not None and state.system_status != 1, timeout=10_000)


REFUSED = Mission((*MISSION.items, item(Command.NAV_WAYPOINT, at=LatLon(54.1, 7.0), height_m=200_000.0)))


def test_on_the_simulated_drone_a_refused_upload_is_put_back(deck: StationDeck, qtbot: QtBot) -> None:
    has_started(deck, qtbot)
    old = patrol(3)
    assert isinstance(deck.upload(old, quiet), Stored)
    held = deck.before
    assert held is None
    verdict = deck.upload(REFUSED, quiet)
    assert isinstance(verdict, NotStored)
    assert "mixture" in verdict.reason
    assert deck.before == "5 items"
    restored = deck.restore(quiet)
    assert isinstance(restored, Stored)
    assert restored.figures.read_back == 5
    assert deck.clear().word == "cleared"
    assert deck.before == "5 items"
    assert isinstance(deck.restore(quiet), Stored)


def test_stopping_while_what_it_holds_is_read_sends_nothing(deck: StationDeck, qtbot: QtBot) -> None:
    has_started(deck, qtbot)
    assert isinstance(deck.upload(patrol(400), quiet), Stored)

    def stop(progress: Progress) -> None:
        if progress.text.startswith("Reading what"):
            deck.cancel_upload()

    verdict = deck.upload(patrol(3), stop)
    assert isinstance(verdict, NotStored)
    assert "Cancelled before anything was sent" in verdict.reason
    state = deck.state()
    assert state is not None
    assert state.mission_total == 402


def test_where_what_it_held_cannot_be_read_a_failure_says_that_it_cannot_be_put_back(
    deck: StationDeck, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: object) -> None:
        raise NotDone("silence")

    has_started(deck, qtbot)
    monkeypatch.setattr("gui.fly.deck.held_now", unreadable)
    verdict = deck.upload(REFUSED, quiet)
    assert "cannot be put back" in verdict.reason
    assert deck.before is None
    assert "put back" not in deck.upload(patrol(3), quiet).reason


def test_on_a_drone_that_held_nothing_putting_back_empties_it(deck: StationDeck, qtbot: QtBot) -> None:
    has_started(deck, qtbot)
    assert isinstance(deck.upload(REFUSED, quiet), NotStored)
    held = deck.before
    assert held == "nothing"
    assert isinstance(deck.restore(quiet), Stored)
    assert deck.clear().word == "cleared"
    assert not deck.before


def shown(qtbot: QtBot, controls: Controls) -> FlyPanel:
    panel = FlyPanel()
    qtbot.addWidget(panel)
    panel.show_step(Step.READY, controls)
    panel.show()
    return panel


def test_the_button_names_what_is_put_back_and_is_hidden_where_there_is_nothing(qtbot: QtBot) -> None:
    panel = shown(qtbot, Controls(None, None, None, paused=False, restore="21 items"))
    assert panel.restore_button.isVisible()
    assert panel.restore_what.text() == "Then: 21 items."
    with qtbot.waitSignal(panel.restore_wanted):
        qtbot.mouseClick(panel.restore_button, Qt.MouseButton.LeftButton)
    panel.show_step(Step.READY, Controls(None, None, None, paused=False))
    assert not panel.restore_button.isVisible()
    assert not panel.restore_what.isVisible()


def test_the_drone_is_cleared_only_by_holding_the_button(qtbot: QtBot) -> None:
    panel = shown(qtbot, Controls(None, None, None, paused=False))
    with qtbot.assertNotEmitted(panel.clear_wanted):
        qtbot.mouseClick(panel.clear_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.clear_wanted, timeout=5000):
        qtbot.mousePress(panel.clear_button, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(panel.clear_button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("word", ["restored", "not_restored", "cleared", "not_cleared"])
def test_every_outcome_has_its_word(qtbot: QtBot, word: str) -> None:
    panel = shown(qtbot, Controls(None, None, None, paused=False))
    panel.show_verdict(word, "Because.")
    assert panel.verdict.text()
    assert panel.verdict_reason.text() == "Because."
