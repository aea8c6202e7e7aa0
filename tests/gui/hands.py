"""What a hand does to the window: real mouse and key events, and waiting for what follows."""

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from gui.map.view import MapView
from planner.geo.points import LatLon

PATIENCE_MS = 10_000
_TEST: Any = QTest  # the stubs leave out that its functions are static
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def wait_for(is_so: Callable[[], bool]) -> None:
    """Let Qt work until something is so; fails when it never becomes so."""
    loop = QEventLoop()
    look = QTimer()
    look.timeout.connect(lambda: loop.quit() if is_so() else None)
    late = QTimer()
    late.setSingleShot(True)
    late.timeout.connect(lambda: loop.exit(1))
    look.start(10)
    late.start(PATIENCE_MS)
    assert is_so() or loop.exec() == 0, "waited in vain"


def painted(view: MapView) -> None:
    """Wait until the map shows what it was told."""
    done: list[bool] = []
    view.when_painted(lambda: done.append(True))
    wait_for(lambda: bool(done))


def pixel(view: MapView, at: LatLon) -> QPoint:
    """Where a place lies in the map."""
    found: list[tuple[float, float]] = []
    view.pixels_of([at], found.extend)
    wait_for(lambda: bool(found))
    return QPoint(round(found[0][0]), round(found[0][1]))


def surface(view: MapView) -> QWidget:
    """The widget that takes the map's events."""
    proxy = view.focusProxy()
    assert proxy is not None
    return proxy


def click(view: MapView, at: QPoint) -> None:
    """One click on the map, and time for the page to hear it."""
    _TEST.mouseMove(surface(view), at)
    _TEST.mouseClick(surface(view), LEFT, pos=at)
    painted(view)


def right_click(view: MapView, at: QPoint) -> None:
    """One click with the other button."""
    _TEST.mouseClick(surface(view), RIGHT, pos=at)


def press(button: QWidget, at: QPoint | None = None) -> None:
    """One click on a widget, in its middle unless a place in it is given."""
    _TEST.mouseClick(button, LEFT, pos=at or QPoint())


def hover(widget: QWidget, at: QPoint) -> None:
    """The mouse comes to a place in a widget."""
    _TEST.mouseMove(widget, at)


def type_in(widget: QWidget, text: str) -> None:
    """Keys, one after the other."""
    _TEST.keyClicks(widget, text)


def drag(view: MapView, start: QPoint, end: QPoint) -> None:
    """Press, move in steps, let go."""
    target = surface(view)
    _mouse(target, QEvent.Type.MouseMove, start, Qt.MouseButton.NoButton)
    _mouse(target, QEvent.Type.MouseButtonPress, start, Qt.MouseButton.LeftButton)
    for step in range(1, 9):
        _mouse(target, QEvent.Type.MouseMove, start + (end - start) * step / 8, Qt.MouseButton.LeftButton)
        painted(view)
    _mouse(target, QEvent.Type.MouseButtonRelease, end, Qt.MouseButton.LeftButton)
    painted(view)


def key(widget: QWidget, which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """One key."""
    _TEST.keyClick(widget, which, modifier)


def _mouse(target: QWidget, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton) -> None:
    where = QPointF(at)
    changed = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else button
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else button
    event = QMouseEvent(kind, where, target.mapToGlobal(where), changed, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(target, event)
