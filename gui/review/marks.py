"""One shape and one colour for each mark of a contact, the same in the list, the frame and the map."""

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from gui.map.looks import Look
from gui.theme import Theme

LOOKS = {
    "suspicious": Look.SUSPICIOUS,
    "unsure": Look.UNSURE,
    "cleared": Look.CLEARED,
    "flagged": Look.DARK,
    "plain": Look.CONTACT,
}
WORDS = {
    "suspicious": "suspicious",
    "unsure": "unsure",
    "cleared": "cleared",
    "flagged": "flagged, not reviewed",
    "plain": "no flag, not reviewed",
}


def colour_of(mark: str, theme: Theme) -> str:
    """The colour of a mark as #rrggbb."""
    return {
        "suspicious": theme.alarm,
        "unsure": theme.amber,
        "cleared": theme.grey,
        "flagged": theme.alarm,
        "plain": theme.accent,
    }[mark]


def paint(painter: QPainter, mark: str, where: QRectF, theme: Theme) -> None:
    """Paints a mark: diamond suspicious, triangle unsure, disc cleared, open diamond flagged, open circle plain."""
    colour = QColor(colour_of(mark, theme))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.6))
    painter.setBrush(QBrush(colour) if mark in {"suspicious", "unsure", "cleared"} else QBrush())
    c, r = where.center(), min(where.width(), where.height()) / 2
    match mark:
        case "suspicious" | "flagged":
            corners = [(0, -r), (r, 0), (0, r), (-r, 0)]
            painter.drawPolygon(QPolygonF([QPointF(c.x() + x, c.y() + y) for x, y in corners]))
        case "unsure":
            corners = [(0, -r), (r, 0.8 * r), (-r, 0.8 * r)]
            painter.drawPolygon(QPolygonF([QPointF(c.x() + x, c.y() + y) for x, y in corners]))
        case _:
            painter.drawEllipse(c, 0.85 * r, 0.85 * r)
    painter.restore()
