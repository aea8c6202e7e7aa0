"""The way back through the changes of a draft."""

from dataclasses import dataclass, field
from pathlib import Path

from gui.plan.draft import Draft


@dataclass(frozen=True, slots=True)
class Version:
    """A draft and the file it belongs to (None: not saved yet)."""

    draft: Draft
    path: Path | None = None


@dataclass
class History:
    """The versions so far, the one shown, and those taken back.

    Changes in a row that carry the same gesture (a slider that is drawn along) count as one.
    """

    now: Version
    past: list[Version] = field(default_factory=list)
    future: list[Version] = field(default_factory=list)
    _gesture: str = ""

    MOST = 200

    def change(self, version: Version, gesture: str = "") -> None:
        """Go to a new version."""
        if version == self.now:
            return
        if not gesture or gesture != self._gesture:
            self.past = [*self.past[-self.MOST :], self.now]
        self.future = []
        self.now = version
        self._gesture = gesture

    def undo(self) -> bool:
        """Take the last change back; False if there is none."""
        if not self.past:
            return False
        self.future.append(self.now)
        self.now = self.past.pop()
        self._gesture = ""
        return True

    def redo(self) -> bool:
        """Do again what was taken back last; False if there is nothing."""
        if not self.future:
            return False
        self.past.append(self.now)
        self.now = self.future.pop()
        self._gesture = ""
        return True
