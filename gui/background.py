"""Slow work off the GUI thread: a small pool, and one signal that brings every answer back."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Background(QObject):
    """Runs work for presenters; see gui.work.Work for what each call does."""

    _back = pyqtSignal(object)
    busy_changed = pyqtSignal(int)
    """How many pieces of work are under way."""

    def __init__(self, parent: QObject | None = None, *, threads: int = 3) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="work")
        self._numbers: dict[str, int] = {}
        self._closed = False
        self._busy = 0
        self._back.connect(self._call)

    @property
    def busy(self) -> int:
        """How many pieces of work are under way."""
        return self._busy

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Do `work` on a thread of the pool, then `done` or `failed` on the GUI thread."""
        if self._closed:
            return
        self._count(+1)
        self._pool.submit(self._work, work, done, failed)

    def latest(
        self,
        key: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        *,
        after_ms: int = 0,
    ) -> None:
        """As `run` after a pause, unless called again with the same key; outdated answers are dropped."""
        number = self._numbers[key] = self._numbers.get(key, 0) + 1
        self._count(+1)

        def is_last() -> bool:
            return self._numbers.get(key) == number

        def start() -> None:
            self._count(-1)
            if is_last():
                self.run(work, lambda r: done(r) if is_last() else None, lambda e: failed(e) if is_last() else None)

        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(start)
        timer.timeout.connect(timer.deleteLater)
        timer.start(after_ms)

    def post(self, call: Callable[[], None]) -> None:
        """Call something on the GUI thread; from any thread."""
        if not self._closed:
            self._back.emit(call)

    def close(self) -> None:
        """Take no more work; what has not begun is dropped, and no answer is brought back."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _work(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - handed on whole to whoever asked
            _log.debug("background work failed", exc_info=True)
            self.post(lambda error=error: self._answer(failed, error))  # type: ignore[misc]  # bound now
        else:
            self.post(lambda: self._answer(done, result))

    def _answer(self, callback: Callable[[T], None], value: T) -> None:
        self._count(-1)
        callback(value)

    def _count(self, change: int) -> None:
        self._busy += change
        self.busy_changed.emit(self._busy)

    def _call(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()
