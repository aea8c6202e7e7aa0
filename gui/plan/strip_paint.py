"""Paints a flight from the side: water, zones, ceiling, the way with its items, scales of way and height."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from gui import theme
from gui.units import height_text, height_unit_m, length_text
from planner.model.zone import ZoneRule
from planner.route.profile import Band, Profile

_FORBIDDEN = {ZoneRule.NO_FLY, ZoneRule.OBSTACLE}
_SEA = {ZoneRule.RESTRICTED_WATER, ZoneRule.ANCHORAGE, ZoneRule.FAIRWAY}
_GROUND = {ZoneRule.LAND, ZoneRule.SHORE}
GROUND_PX = 4.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Way to x, height to y, in pixels of the widget."""

    LEFT: ClassVar[int] = 60
    RIGHT: ClassVar[int] = 16
    TOP: ClassVar[int] = 26
    BOTTOM: ClassVar[int] = 20

    left: float
    right: float
    top: float
    bottom: float
    length_m: float
    low_m: float
    high_m: float

    @classmethod
    def of(cls, profile: Profile, width: int, height: int) -> "Scale":
        """The scale that shows the whole of a flight, and its ceiling unless that is far above."""
        low = min(profile.surface_m, float(profile.height_m.min()), 0.0)
        high = max(float(profile.height_m.max()), 0.0)
        ceiling = profile.ceiling_m
        if ceiling is not None and low < ceiling < low + 3 * max(high - low, 10.0):
            high = max(high, ceiling)
        room = max(high - low, 5.0)
        return cls(
            cls.LEFT,
            max(width - cls.RIGHT, cls.LEFT + 1.0),
            cls.TOP,
            max(height - cls.BOTTOM, cls.TOP + 1.0),
            max(profile.length_m, 1.0),
            low - 0.06 * room,
            high + 0.1 * room,
        )

    def x(self, way_m: float) -> float:
        """Where a point of the way lies."""
        return self.left + way_m / self.length_m * (self.right - self.left)

    def y(self, height_m: float) -> float:
        """Where a height above the launch place lies."""
        return self.bottom - (height_m - self.low_m) / (self.high_m - self.low_m) * (self.bottom - self.top)

    def way_m(self, x: float) -> float:
        """The point of the way at a pixel."""
        return min(max((x - self.left) / (self.right - self.left), 0.0), 1.0) * self.length_m


def paint_flight(painter: QPainter, profile: Profile, scale: Scale, *, faded: bool, marked: int | None) -> None:
    """Paint all that does not move with the hand."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    small = painter.font()
    small.setPixelSize(11)
    painter.setFont(small)
    _heights(painter, scale)
    _ways(painter, scale)
    painter.setClipRect(QRectF(scale.left, scale.top, scale.right - scale.left, scale.bottom - scale.top + 1))
    for band in profile.bands:
        _band(painter, band, profile, scale)
    _surface(painter, profile, scale)
    _ceiling(painter, profile, scale)
    painter.setOpacity(0.4 if faded else 1.0)
    painter.setClipping(False)
    _way(painter, profile, scale)
    _items(painter, profile, scale, marked)
    painter.setOpacity(1.0)


def steps_of(low: float, high: float, most: int) -> list[float]:
    """Round figures from `low` to `high`, at most about `most`.

    >>> steps_of(-3, 127, 4)
    [0.0, 50.0, 100.0]
    """
    raw = max(high - low, 1e-6) / max(most, 1)
    base = 10.0 ** math.floor(math.log10(raw))
    step = next(base * k for k in (1, 2, 5, 10) if base * k >= raw)
    return [step * n for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def outline_of(profile: Profile, scale: Scale) -> list[QPointF]:
    """The way as points of the widget: every corner, or where they are many the lowest and highest in each pixel."""
    xs = scale.left + profile.way_m / scale.length_m * (scale.right - scale.left)
    ys = scale.bottom - (profile.height_m - scale.low_m) / (scale.high_m - scale.low_m) * (scale.bottom - scale.top)
    if len(xs) <= 2 * (scale.right - scale.left):
        return [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
    pixels = np.floor(xs).astype(int)
    first = np.flatnonzero(np.concatenate([[True], np.diff(pixels) > 0]))
    last = np.concatenate([first[1:] - 1, [len(xs) - 1]])
    low, high = np.minimum.reduceat(ys, first), np.maximum.reduceat(ys, first)
    rows = np.stack([ys[first], low, high, ys[last]], axis=1).ravel().tolist()
    columns = np.repeat(pixels[first] + 0.5, 4).tolist()
    return [QPointF(x, y) for x, y in zip(columns, rows, strict=True)]


def numbered(profile: Profile, scale: Scale, apart_px: float) -> list[tuple[int, int]]:
    """Corners whose items are written, with the item: the ends of items, so far apart that they can be read."""
    found: list[tuple[int, int]] = []
    at = -math.inf
    for corner in range(1, len(profile.items)):
        is_end = corner + 1 == len(profile.items) or profile.items[corner + 1] != profile.items[corner]
        x = scale.x(float(profile.way_m[corner]))
        if is_end and x >= at + apart_px:
            found.append((corner, profile.items[corner]))
            at = x
    return found


def _heights(painter: QPainter, scale: Scale) -> None:
    colours = theme.current()
    most = max(1, int((scale.bottom - scale.top) / 28))
    one = height_unit_m()
    for height in (one * step for step in steps_of(scale.low_m / one, scale.high_m / one, most)):
        y = scale.y(height)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(QPointF(scale.left, y), QPointF(scale.right, y))
        painter.setPen(QColor(colours.quiet))
        where = QRectF(0, y - 8, scale.left - 8, 16)
        painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, height_text(height))


def _ways(painter: QPainter, scale: Scale) -> None:
    painter.setPen(QColor(theme.current().quiet))
    for way in steps_of(0, scale.length_m, max(2, int((scale.right - scale.left) / 110))):
        x = scale.x(way)
        width = 80.0
        where = QRectF(min(x - width / 2, scale.right - width + 10), scale.bottom + 3, width, 16)
        painter.drawText(where, Qt.AlignmentFlag.AlignCenter, length_text(way))


def _surface(painter: QPainter, profile: Profile, scale: Scale) -> None:
    colours = theme.current()
    y = scale.y(profile.surface_m)
    painter.fillRect(QRectF(scale.left, y, scale.right - scale.left, scale.bottom - y + 1), QColor(colours.sea))
    painter.setPen(QPen(QColor(colours.coast), 1.5))
    painter.drawLine(QPointF(scale.left, y), QPointF(scale.right, y))


def _ceiling(painter: QPainter, profile: Profile, scale: Scale) -> None:
    if profile.ceiling_m is None or profile.ceiling_m > scale.high_m:
        return
    amber = QColor(theme.current().amber)
    y = scale.y(profile.ceiling_m)
    painter.setPen(QPen(amber, 1.5, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(scale.left, y), QPointF(scale.right, y))
    above = f"ceiling {height_text(profile.ceiling_m - profile.surface_m)} above the surface"
    painter.setClipping(False)  # in the line of the readout, where no item's number stands
    where = QRectF(scale.left, 2, scale.right - scale.left, Scale.TOP - 4)
    painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, above)


def _band(painter: QPainter, band: Band, profile: Profile, scale: Scale) -> None:
    colours = theme.current()
    left, right = scale.x(band.from_m), scale.x(band.to_m)
    base = scale.y(profile.surface_m)
    if band.rule in _GROUND:
        painter.fillRect(QRectF(left, base - GROUND_PX, right - left, GROUND_PX), QColor(colours.coast))
        return
    top = scale.top if band.upper_m is None else scale.y(band.upper_m)
    bottom = base if band.lower_m is None else scale.y(band.lower_m)
    if band.rule is ZoneRule.ALTITUDE_LIMIT:  # what is above its limit is forbidden
        top, bottom = scale.top, top
    if bottom <= top:
        return
    ink = colours.alarm if band.rule in _FORBIDDEN else colours.magenta if band.rule in _SEA else colours.amber
    box = QRectF(left, top, max(right - left, 1.0), bottom - top)
    tint = QColor(ink)
    if band.rule in _FORBIDDEN or band.rule is ZoneRule.ALTITUDE_LIMIT:
        painter.fillRect(box, QBrush(tint, Qt.BrushStyle.BDiagPattern))
    else:
        tint.setAlphaF(0.12)
        painter.fillRect(box, tint)
    dashes = Qt.PenStyle.SolidLine if band.rule in _FORBIDDEN else Qt.PenStyle.DashLine
    painter.setPen(QPen(QColor(ink), 1, dashes))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)
    room = box.adjusted(4, 1, -4, -1)
    name = painter.fontMetrics().elidedText(band.name, Qt.TextElideMode.ElideRight, int(room.width()))
    if room.width() > 30 and room.height() > 12:
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, name)


def _way(painter: QPainter, profile: Profile, scale: Scale) -> None:
    colours = theme.current()
    points = outline_of(profile, scale)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colours.accent), 2, join=Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF(points))


def _items(painter: QPainter, profile: Profile, scale: Scale, marked: int | None) -> None:
    colours = theme.current()
    widest = painter.fontMetrics().horizontalAdvance(str(max(profile.items))) + 14
    for corner, item in numbered(profile, scale, widest):
        _number(painter, profile, scale, (corner, item), QColor(colours.text))
    corner_of = None if marked is None else profile.corner_of(marked)
    if marked is not None and corner_of is not None:
        x = scale.x(float(profile.way_m[corner_of]))
        painter.setPen(QPen(QColor(colours.alarm), 1.5))
        painter.drawLine(QPointF(x, scale.top), QPointF(x, scale.bottom))
        painter.drawText(QPointF(x + 4, scale.bottom - 6), f"item {marked}")


def _number(painter: QPainter, profile: Profile, scale: Scale, what: tuple[int, int], ink: QColor) -> None:
    corner, item = what
    x, y = scale.x(float(profile.way_m[corner])), scale.y(float(profile.height_m[corner]))
    painter.setPen(QPen(QColor(theme.current().accent), 1.5))
    painter.setBrush(QColor(theme.current().panel))
    painter.drawEllipse(QPointF(x, y), 2.5, 2.5)
    painter.setPen(ink)
    above = y - 18 >= scale.top
    where = QRectF(x - 30, y - 18 if above else y + 4, 60, 13)
    painter.drawText(where, Qt.AlignmentFlag.AlignCenter, str(item))
