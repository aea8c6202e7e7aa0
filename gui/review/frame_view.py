"""One frame with its boxes: pan by drag, zoom by wheel or plus and minus, F fits the whole frame."""

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QColor, QFont, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap, QWheelEvent
from PyQt6.QtWidgets import (
    QGraphicsPixmapItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
    QGraphicsView,
    QWidget,
)
from typing_extensions import override


@dataclass(frozen=True, slots=True)
class ShownBox:
    """A box in pixels of the frame: left, top, right, bottom; `current` is the contact under review."""

    sighting_id: str
    box: tuple[float, float, float, float]
    text: str
    colour: str
    current: bool


class FrameView(QGraphicsView):
    """Shows a frame; emits the sighting whose box was clicked."""

    box_clicked = pyqtSignal(str)

    ZOOM_STEP = 1.25
    MAX_ZOOM = 20.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self._picture: QGraphicsPixmapItem | None = None
        self._rects: list[tuple[QGraphicsRectItem, ShownBox]] = []
        self._labels: list[QGraphicsSimpleTextItem] = []
        self._pressed_at: QPointF | None = None
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Frame")
        self._message = ""

    def show_image(self, image: QImage) -> None:
        """Shows a decoded frame and drops the boxes of the one before; keeps the zoom if the size is the same."""
        same_size = self._picture is not None and self._picture.pixmap().size() == image.size()
        self.clear_boxes()
        if self._picture is not None:
            self._scene.removeItem(self._picture)
        self._message = ""
        self._picture = self._scene.addPixmap(QPixmap.fromImage(image))
        assert self._picture is not None  # noqa: S101  addPixmap returns the item it made
        self._picture.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._scene.setSceneRect(QRectF(0, 0, image.width(), image.height()))
        if not same_size:
            self.fit()

    def show_message(self, text: str) -> None:
        """Shows a sentence in place of a frame: why there is none."""
        self.clear_boxes()
        if self._picture is not None:
            self._scene.removeItem(self._picture)
            self._picture = None
        self._message = text
        self._update()

    def show_boxes(self, boxes: Sequence[ShownBox]) -> None:
        """Draws the boxes, the current one thicker."""
        self.clear_boxes()
        for shown in sorted(boxes, key=lambda b: b.current):
            left, top, right, bottom = shown.box
            pen = QPen(QColor(shown.colour), 3 if shown.current else 1.5)
            pen.setCosmetic(True)
            if not shown.current:
                pen.setStyle(Qt.PenStyle.DashLine)
            rect = QGraphicsRectItem(QRectF(QPointF(left, top), QPointF(right, bottom)))
            rect.setPen(pen)
            self._scene.addItem(rect)
            self._rects.append((rect, shown))
            if shown.text:
                self._add_label(shown, left, bottom)

    def clear_boxes(self) -> None:
        """Takes all boxes away."""
        for rect, _ in self._rects:
            self._scene.removeItem(rect)
        for label in self._labels:
            self._scene.removeItem(label)
        self._rects, self._labels = [], []

    @property
    def boxes(self) -> tuple[ShownBox, ...]:
        """The boxes on show."""
        return tuple(shown for _, shown in self._rects)

    @property
    def zoom(self) -> float:
        """Screen pixels per pixel of the frame."""
        return self.transform().m11()

    def fit(self) -> None:
        """Fits the whole frame into the view."""
        if self._picture is not None:
            self.fitInView(self._picture, Qt.AspectRatioMode.KeepAspectRatio)

    def centre_on_box(self, box: tuple[float, float, float, float], *, fill: float = 0.25) -> None:
        """Zooms so that a box takes about `fill` of the view, with its surroundings."""
        left, top, right, bottom = box
        width, height = max(right - left, 8.0), max(bottom - top, 8.0)
        margin_x, margin_y = width * (0.5 / fill - 0.5), height * (0.5 / fill - 0.5)
        wanted = QRectF(left - margin_x, top - margin_y, width + 2 * margin_x, height + 2 * margin_y)
        self.fitInView(wanted, Qt.AspectRatioMode.KeepAspectRatio)
        self._limit_zoom()

    def zoom_by(self, factor: float) -> None:
        """Zooms about the mouse, within limits."""
        if self._picture is not None:
            self.scale(factor, factor)
            self._limit_zoom()

    @override
    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is not None:
            self.zoom_by(self.ZOOM_STEP if event.angleDelta().y() > 0 else 1 / self.ZOOM_STEP)
            event.accept()

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_by(self.ZOOM_STEP)
            case Qt.Key.Key_Minus:
                self.zoom_by(1 / self.ZOOM_STEP)
            case _:
                event.ignore()  # the page owns the other keys

    @override
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self._pressed_at = event.position()
        super().mousePressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        super().mouseReleaseEvent(event)
        if event is None or self._pressed_at is None:
            return
        if (event.position() - self._pressed_at).manhattanLength() < 4:
            self._click(event.position())
        self._pressed_at = None

    @override
    def drawForeground(self, painter: QPainter | None, rect: QRectF) -> None:
        if painter is None or not self._message:
            return
        painter.save()
        painter.resetTransform()
        painter.setPen(self.palette().text().color())
        view = self.viewport()
        if view is not None:
            area = view.rect().adjusted(24, 24, -24, -24)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)
        painter.restore()

    def _click(self, where: QPointF) -> None:
        point = self.mapToScene(where.toPoint())
        hits = [
            (rect.rect().width() * rect.rect().height(), shown)
            for rect, shown in self._rects
            if rect.rect().contains(point)
        ]
        if hits:
            self.box_clicked.emit(min(hits, key=lambda hit: hit[0])[1].sighting_id)

    def _add_label(self, shown: ShownBox, left: float, bottom: float) -> None:
        label = QGraphicsSimpleTextItem(shown.text)
        font = QFont()
        font.setPixelSize(12)
        font.setBold(shown.current)
        label.setFont(font)
        label.setBrush(QBrush(QColor(shown.colour)))
        label.setFlag(QGraphicsSimpleTextItem.GraphicsItemFlag.ItemIgnoresTransformations)
        label.setPos(left, bottom)
        self._scene.addItem(label)
        self._labels.append(label)

    def _limit_zoom(self) -> None:
        if self.zoom > self.MAX_ZOOM:
            shrink = self.MAX_ZOOM / self.zoom
            self.scale(shrink, shrink)

    def _update(self) -> None:
        view = self.viewport()
        if view is not None:
            view.update()
