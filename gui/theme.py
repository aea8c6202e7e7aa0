"""The colours and the style sheet of the window: dark for the night bridge, light for the sun.

Everything takes its colours from here: widgets through the style sheet, icons through `icon`, and the map through
`Theme.map_tokens`. Text on any of its grounds has a contrast of at least 4.5 to 1 (WCAG 2.1), see `contrast`.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import cast

import qtawesome
from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PyQt6.QtWidgets import QApplication
from typing_extensions import override

FAMILIES = ("Inter", "Segoe UI", "Noto Sans", "Cantarell", "Ubuntu", "DejaVu Sans")
"""System fonts in order of preference; the platform's own comes first where it is one of these."""


class Mode(StrEnum):
    """Which colours: dark, light, or what the system says."""

    DARK = "dark"
    LIGHT = "light"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Theme:
    """Named colours as #rrggbb (or rgba(...) for what lies over the map)."""

    name: str
    background: str
    panel: str
    raised: str
    """Buttons and fields on a panel."""
    hover: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    """Text on the accent colour."""
    alarm: str
    amber: str
    good: str
    magenta: str
    grey: str
    sea: str
    land: str
    coast: str
    quay: str
    grid: str
    flown: str
    casing: str
    glass: str
    disabled: str
    """Icons of what cannot be done now (no text: that is quiet)."""

    def map_tokens(self) -> dict[str, str]:
        """The colours by name, as the map page wants them."""
        return {key: str(value) for key, value in asdict(self).items()} | {"green": self.good}


DARK = Theme(
    name="dark",
    background="#10161d",
    panel="#18212b",
    raised="#212d39",
    hover="#2a3947",
    line="#2a3643",
    text="#e6edf3",
    quiet="#8fa1b3",
    accent="#3fb6c6",
    on_accent="#06181b",
    alarm="#ff6b6b",
    amber="#f0b240",
    good="#5bc98a",
    magenta="#e06bd8",
    grey="#9aa7b4",
    sea="#0f1a24",
    land="#222c33",
    coast="#46545f",
    quay="#39444d",
    grid="rgba(143, 161, 179, 0.13)",
    flown="#ffffff",
    casing="#06181b",
    glass="rgba(16, 22, 29, 0.82)",
    disabled="#526170",
)
LIGHT = Theme(
    name="light",
    background="#f6f7f9",
    panel="#ffffff",
    raised="#eef1f4",
    hover="#e2e7ec",
    line="#d7dde3",
    text="#1b2530",
    quiet="#566575",
    accent="#0b7285",
    on_accent="#ffffff",
    alarm="#c62828",
    amber="#8a5a00",
    good="#1b7a43",
    magenta="#a3158f",
    grey="#5d6a77",
    sea="#dce9f0",
    land="#efeadb",
    coast="#8d8a78",
    quay="#d3cebf",
    grid="rgba(60, 80, 100, 0.16)",
    flown="#ffffff",
    casing="#1b2530",
    glass="rgba(255, 255, 255, 0.86)",
    disabled="#aab3bc",
)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours #rrggbb, 1 to 21 (WCAG 2.1, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def theme_for(mode: Mode, *, system_is_dark: bool = True) -> Theme:
    """The theme of a mode."""
    if mode is Mode.SYSTEM:
        return DARK if system_is_dark else LIGHT
    return DARK if mode is Mode.DARK else LIGHT


def system_is_dark(application: QApplication) -> bool:
    """Whether the desktop asks for dark colours; dark where it does not say."""
    hints = application.styleHints()
    return hints is None or hints.colorScheme() is not Qt.ColorScheme.Light


_current = DARK


def current() -> Theme:
    """The theme that was applied last."""
    return _current


def apply(application: QApplication, theme: Theme) -> None:
    """Give the whole program a theme."""
    global _current  # noqa: PLW0603 - icons are made all over the window and must match it
    _current = theme
    application.setStyle("Fusion")
    application.setFont(_font())
    application.setPalette(_palette(theme))
    application.setStyleSheet(style_sheet(theme))


def icon(name: str, colour: str | None = None) -> QIcon:
    """An icon of the Material Design set, "mdi6.<name>", in the theme's colours."""
    role = "text"
    if colour is not None:
        role = next((role for role, value in asdict(_current).items() if value == colour), colour)
    return QIcon(_ThemedIcon(name, role))


class _ThemedIcon(QIconEngine):
    """Draws an icon in the colours of the theme of the moment, so that all follow when it changes."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role
        self._made: dict[str, QIcon] = {}

    @override
    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        if not rect.isEmpty():
            self._icon().paint(painter, rect, Qt.AlignmentFlag.AlignCenter, mode, state)

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return QPixmap() if size.isEmpty() else self._icon().pixmap(size, mode, state)

    @override
    def clone(self) -> QIconEngine:
        return _ThemedIcon(self._name, self._role)

    def _icon(self) -> QIcon:
        made = self._made.get(_current.name)
        if made is None:
            colour = getattr(_current, self._role, self._role)
            made = cast("QIcon", qtawesome.icon(f"mdi6.{self._name}", color=colour, color_disabled=_current.disabled))
            self._made[_current.name] = made
        return made


def figures(font: QFont) -> QFont:
    """The same font with figures of equal width, so that changing numbers do not dance."""
    same = QFont(font)
    same.setFeature(QFont.Tag("tnum"), 1)
    return same


def style_sheet(theme: Theme) -> str:
    """The Qt style sheet of a theme."""
    sheet = (Path(__file__).parent / "window.css").read_text(encoding="utf-8")
    sheet = sheet.replace("$arrow;", f"url({(Path(__file__).parent / 'arrow.svg').as_posix()});")
    for key, value in asdict(theme).items():
        sheet = sheet.replace(f"${key};", f"{value};").replace(f"${key} ", f"{value} ")
    return sheet


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _font() -> QFont:
    known = set(QFontDatabase.families())
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    chosen = next((f for f in FAMILIES if f in known), system.family())
    font = QFont(chosen)
    font.setPixelSize(13)
    return font


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: theme.background,
        role.WindowText: theme.text,
        role.Base: theme.raised,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.PlaceholderText: theme.quiet,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text,
        role.Link: theme.accent,
    }
    for where, colour in pairs.items():
        palette.setColor(where, QColor(colour))
    for where in (role.Text, role.ButtonText, role.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(theme.grey))
    return palette
