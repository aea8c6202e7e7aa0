"""How a page plugs into the window.

A page is a QObject that owns its widgets and its presenter. It gives the window a side panel and, if it likes, a
strip under the map, a panel at the left, tools that float on the map, and a widget of its own in place of the map.
The window gives it a `Shell`. Pages speak to each other only through the shell's `Intents`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PyQt6.QtCore import QObject, QSettings, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QLayout, QWidget

from gui.background import Background
from gui.map.view import MapView, PageLayers
from planner.model.mission import Mission


@dataclass(frozen=True, slots=True)
class SentPlan:
    """A saved plan on its way to the Fly page."""

    path: Path
    name: str
    mission: Mission


class Intents(QObject):
    """What one page asks of another. The window shows the page that is meant, then that page hears the signal."""

    send_to_drone = pyqtSignal(SentPlan)
    """Plan -> Fly."""
    review_flight = pyqtSignal(Path, object)
    """Fly -> Review: folder of the footage, and the flight's log (a Path) or None."""
    open_case = pyqtSignal(Path)
    """Anyone -> Review."""
    open_plan = pyqtSignal(Path)
    """Anyone -> Plan."""
    practise = pyqtSignal(object, str)
    """Train -> Plan and Fly: the place of an exam (a gui.plan.services.Sample) and the address of its drone."""
    practice_over = pyqtSignal()
    """Train -> Fly: the exam's drone is gone."""
    review_footage = pyqtSignal(Path)
    """Train -> Review: a folder of footage to look through, with what lies beside it."""


class Shell(Protocol):
    """What the window does for its pages."""

    @property
    def map(self) -> MapView:
        """The one map."""
        ...

    @property
    def work(self) -> Background:
        """Runs slow work; hand it to the presenter (it is a gui.work.Work)."""
        ...

    @property
    def intents(self) -> Intents:
        """What pages ask of each other."""
        ...

    @property
    def settings(self) -> QSettings:
        """What is remembered from one start to the next; keys begin with the page's own."""
        ...

    def layers(self, group: str) -> PageLayers:
        """The map as one page sees it."""
        ...

    def show_page(self, key: str) -> None:
        """Go to a page."""
        ...

    def say(self, text: str, kind: str = "info") -> None:
        """Say a sentence above the map: "info" fades by itself, "amber" and "alarm" stay until they are closed."""
        ...

    def set_link(self, text: str, tip: str = "") -> None:
        """The bottom line's word on the link to a vehicle: "none", "tcp:127.0.0.1:5760, 0.2 s"."""
        ...

    def set_case(self, text: str, tip: str = "") -> None:
        """The bottom line's word on the open case."""
        ...

    def set_job(self, text: str, fraction: float | None = None, cancel: Callable[[], None] | None = None) -> None:
        """The bottom line's word on a long job, its part done (0 to 1), and how to stop it; "" for none."""
        ...

    def set_ribbon(self, text: str, button: str = "", press: Callable[[], object] | None = None) -> None:
        """A line above all pages that stays, with a button at its end; "" for none."""
        ...

    def busy(self, key: str) -> str:
        """What a page is doing that must not be disturbed, in a sentence; empty for nothing, or without that page."""
        ...


class Page(QObject):
    """One page of the window; see the module's text. Subclasses set the attributes in their constructor."""

    key = ""
    """Short name, also the group of its map layers: "plan"."""
    word = ""
    """The word on the rail."""
    icon = ""
    """Material Design name for the rail, without "mdi6."."""

    title_changed = pyqtSignal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.layers = shell.layers(self.key)
        self.side: QWidget = QWidget()
        self.strip: QWidget | None = None
        self.left: QWidget | None = None
        self.centre: QWidget | None = None
        self.map_host: QLayout | None = None
        """With a `centre`: the layout in it that holds the map while the page is shown; None for no map."""
        self.tools: QWidget | None = None

    def title(self) -> str:
        """What the top line says."""
        return self.word

    def unsaved(self) -> bool:
        """Whether closing the window now would lose something."""
        return False

    def busy(self) -> str:
        """What is being done here that must not be disturbed, in a sentence; empty for nothing."""
        return ""

    def actions(self) -> Sequence[QAction]:
        """Everything that can be done here, for keys and the command palette."""
        return ()

    def entered(self) -> None:
        """The page is shown now."""

    def units_changed(self) -> None:
        """Other units were chosen (gui/units.py): what is shown is to be told in them."""

    def left_page(self) -> None:
        """Another page is shown now."""

    def save(self, then: Callable[[], None]) -> None:
        """Save what is unsaved, asking for a file if need be; call `then` once it is on the disk."""
        then()

    def closing(self) -> None:
        """The window closes: stop what runs."""
