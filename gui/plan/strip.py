"""The strip under the map: the flight from the side. Hover or the arrow keys move a ghost drone over the map."""

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from gui import theme
from gui.plan.strip_paint import Scale, paint_flight
from gui.plan.values import time_text
from gui.units import height_text, length_text
from planner.geo.points import distance_m
from planner.route.profile import Moment, Profile

NOTHING = "The height along the way shows here once there is a mission."


class ProfileStrip(QWidget):
    """Height along the way; tells which moment the hand is at, and which item was chosen."""

    scrubbed = pyqtSignal(object)
    """A Moment, or None when the hand has left."""
    chosen = pyqtSignal(object)
    """The Moment of the item that was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(96)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Height along the way")
        self.setToolTip("")
        self._profile: Profile | None = None
        self._faded = False
        self._marked: int | None = None
        self._moment: Moment | None = None
        self._corner = 0
        self._picture: QPixmap | None = None
        self._look = ""

    @property
    def moment(self) -> Moment | None:
        """The moment that is pointed at."""
        return self._moment

    @property
    def scale(self) -> Scale | None:
        """How way and height lie in the widget; None without a flight."""
        return None if self._profile is None else Scale.of(self._profile, self.width(), self.height())

    def show_profile(self, profile: Profile | None, *, faded: bool = False, item: int | None = None) -> None:
        """Show a flight; `faded` while a new one is made, `item` is marked."""
        if (profile, faded, item) == (self._profile, self._faded, self._marked):
            return
        if profile is not self._profile:
            self._point_at(None)
            self._corner = 0
        self._profile, self._faded, self._marked = profile, faded, item
        self._picture = None
        self.update()

    def repaint_all(self) -> None:
        """Paint all again, in other units or colours."""
        self._picture = None
        self.update()

    def readout(self) -> str:
        """What is said of the moment that is pointed at, else of the whole flight."""
        if self._profile is None:
            return NOTHING
        now = self._moment
        if now is None:
            whole = self._profile
            high = f"highest {height_text(float(whole.height_m.max()))} above launch"
            return f"{length_text(whole.length_m)}, {time_text(whole.duration_s)}, {high}"
        said = [f"Item {now.item}", f"{height_text(now.height_m)} above launch"]
        if abs(self._profile.surface_m) >= 0.5:
            said.append(f"{height_text(now.above_surface_m)} above the surface")
        said += [length_text(now.way_m), f"T+{time_text(now.time_s)}"]
        if now.sees:
            wide, deep = distance_m(now.sees[0], now.sees[1]), distance_m(now.sees[1], now.sees[2])
            said.append(f"picture {wide:,.0f} x {deep:,.0f} m")
        return "   ".join(said)

    # -- Qt

    @override
    def sizeHint(self) -> QSize:
        return QSize(600, 140)

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        colours = theme.current()
        painter.setFont(theme.figures(self.font()))
        if self._picture is None or self._look != colours.name:
            self._look = colours.name
            self._picture = self._painted()
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        where = QRectF(Scale.LEFT, 2, self.width() - Scale.LEFT - Scale.RIGHT, Scale.TOP - 2)
        painter.setPen(QColor(colours.text if self._moment is not None else colours.quiet))
        painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.readout())
        if self._moment is not None and (scale := self.scale) is not None:
            self._paint_hand(painter, scale, self._moment)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        self._picture = None

    @override
    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is not None:
            self._point_at(self._under(a0.position()))

    @override
    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None or a0.button() is not Qt.MouseButton.LeftButton:
            return
        moment = self._under(a0.position())
        if moment is not None and self._profile is not None:
            self._choose(self._profile.corner_of(moment.item))

    @override
    def leaveEvent(self, a0: QEvent | None) -> None:
        self._point_at(None)

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is None or self._profile is None:
            return
        last = len(self._profile.items) - 1
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        pressed = Qt.Key(a0.key())
        if pressed in steps:
            self._go(self._corner + steps[pressed] if self._moment is not None else self._corner)
        elif pressed in ends:
            self._go(ends[pressed])
        elif pressed in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._corner)
        elif pressed is Qt.Key.Key_Escape and self._moment is not None:
            self._point_at(None)
        else:
            super().keyPressEvent(a0)

    # -- internal

    def _go(self, corner: int) -> None:
        if self._profile is not None:
            self._corner = min(max(corner, 0), len(self._profile.items) - 1)
            self._point_at(self._profile.at_corner(self._corner))

    def _choose(self, corner: int | None) -> None:
        if self._profile is not None and corner is not None:
            self._corner = corner
            self.chosen.emit(self._profile.at_corner(corner))

    def _under(self, at: QPointF) -> Moment | None:
        scale = self.scale
        if scale is None or self._profile is None or not Scale.LEFT - 6 <= at.x() <= self.width() - Scale.RIGHT + 6:
            return None
        return self._profile.at_way(scale.way_m(at.x()))

    def _point_at(self, moment: Moment | None) -> None:
        if moment == self._moment:
            return
        self._moment = moment
        self.scrubbed.emit(moment)
        self.update()

    def _painted(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))))
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(theme.current().panel))
        if self._profile is not None and (scale := self.scale) is not None:
            painter = QPainter(picture)
            painter.setFont(theme.figures(self.font()))
            paint_flight(painter, self._profile, scale, faded=self._faded, marked=self._marked)
            painter.end()
        return picture

    @staticmethod
    def _paint_hand(painter: QPainter, scale: Scale, now: Moment) -> None:
        colours = theme.current()
        x, y = scale.x(now.way_m), scale.y(now.height_m)
        painter.setPen(QPen(QColor(colours.text), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, scale.top), QPointF(x, scale.bottom))
        painter.setPen(QPen(QColor(colours.casing), 1.5))
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(QPointF(x, y), 5, 5)
