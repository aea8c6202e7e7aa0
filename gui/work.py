"""How presenters get slow things done, without Qt: off the window's thread, with the answer back on it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Work(Protocol):
    """What a presenter may ask for; see gui.background.Background, and `AtOnce` for tests."""

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Do `work` on another thread, then call `done` with its result or `failed` with its error."""
        ...

    def latest(
        self,
        key: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        *,
        after_ms: int = 0,
    ) -> None:
        """As `run`, `after_ms` from now; a later call with the same key takes the place of this one."""
        ...

    def post(self, call: Callable[[], None]) -> None:
        """Call something on the window's thread; may be called from any thread, for progress."""
        ...


class AtOnce:
    """Work that is done when asked, for tests."""

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Do it now."""
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - handed on whole
            failed(error)
            return
        done(result)

    def latest(
        self,
        key: str,  # noqa: ARG002 - nothing is ever waiting
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        *,
        after_ms: int = 0,  # noqa: ARG002 - no waiting
    ) -> None:
        """Do it now."""
        self.run(work, done, failed)

    def post(self, call: Callable[[], None]) -> None:
        """Call it now."""
        call()
