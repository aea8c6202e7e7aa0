"""Small pictures of the patterns, drawn in the colours of the moment."""

import math
from collections.abc import Mapping

from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPen, QPixmap, QPolygonF
from typing_extensions import override

from gui import theme

WIDTH, HEIGHT = 56, 32
Points = tuple[tuple[float, float], ...]


def _arc(x: float, y: float, radius: float, *, first_deg: float = 0.0, turn_deg: float = 360.0) -> Points:
    steps = 24
    angles = [math.radians(first_deg + turn_deg * k / steps) for k in range(steps + 1)]
    return tuple((x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles)


_SHIP: Points = ((20, 20), (22, 24), (34, 24), (38, 20), (20, 20))
_HULL: Points = ((8, 8), (48, 8), (46, 22), (40, 27), (14, 27), (10, 22), (8, 8))
PICTURES: Mapping[str, tuple[tuple[Points, ...], tuple[Points, ...], Points]] = {
    "area": (
        (((6, 4), (50, 2), (52, 30), (24, 30), (4, 25), (6, 4)),),
        (((10, 7), (10, 23), (18, 25), (18, 7), (26, 7), (26, 27), (34, 27), (34, 6), (42, 6), (42, 27)),),
        (),
    ),
    "corridor": (
        (((2, 29), (12, 25), (22, 27), (33, 20), (44, 17), (54, 10)),),
        (
            ((2, 22), (12, 18), (22, 20), (33, 13), (44, 10), (54, 3)),
            ((2, 16), (12, 12), (22, 14), (33, 7), (42, 4)),
        ),
        (),
    ),
    "perimeter": (
        (((16, 10), (40, 9), (42, 22), (18, 23), (16, 10)),),
        (((9, 5), (47, 4), (50, 27), (12, 28), (9, 5)),),
        (),
    ),
    "patrol": (
        (),
        (((8, 24), (20, 7), (44, 11), (31, 26), (50, 24)),),
        ((8, 24), (20, 7), (44, 11), (31, 26), (50, 24)),
    ),
    "search": (
        (),
        (((28, 16), (34, 16), (34, 21), (22, 21), (22, 11), (40, 11), (40, 26), (16, 26), (16, 5), (46, 5)),),
        ((28, 16),),
    ),
    "orbit": ((_SHIP,), (_arc(29, 17, 14, first_deg=60, turn_deg=330), ((2, 8), (15, 12))), ()),
    "hull": ((_HULL,), (((12, 13), (44, 13), (44, 18), (12, 18), (15, 23), (41, 23)),), ()),
}
"""By card: what is there (quiet lines), what is flown (accent), and places (dots), in a box of 56 x 32."""


class _CardEngine(QIconEngine):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    @override
    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        if painter is None or rect.isEmpty():
            return
        colours = theme.current()
        there, flown, dots = PICTURES[self._name]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QPointF(rect.topLeft()))
        painter.scale(rect.width() / WIDTH, rect.height() / HEIGHT)
        for lines, pen in ((there, QPen(QColor(colours.quiet), 1.2)), (flown, QPen(QColor(colours.accent), 1.6))):
            painter.setPen(pen)
            for line in lines:
                painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in line]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        for x, y in dots:
            painter.drawEllipse(QRectF(x - 2.5, y - 2.5, 5, 5))
        painter.restore()

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QRect(0, 0, size.width(), size.height())), mode, state)
        painter.end()
        return made

    @override
    def clone(self) -> QIconEngine:
        return _CardEngine(self._name)


def card_icon(name: str) -> QIcon:
    """The picture of a pattern's card, 56 x 32, in the theme of the moment."""
    return QIcon(_CardEngine(name))
