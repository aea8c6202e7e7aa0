"""The Plan page's side panel: shows a `Shown`, and tells the presenter what the person wants."""

import math
from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QPointF, QSignalBlocker, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PyQt6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QInputDialog,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from gui import fields, theme, widgets
from gui.plan.presenter import PlanPresenter
from gui.plan.values import FIGURES, AreaRow, Shown, Verdict
from planner.model.plan import Pattern
from planner.model.profiles import CameraProfile, DroneProfile

LOWEST_M, HIGHEST_M = 10.0, 300.0
SLIDER_STEPS = 1000
VERDICT_KINDS = {Verdict.FLY: "good", Verdict.DO_NOT_FLY: "alarm", Verdict.PLANNING: "quiet", Verdict.EMPTY: "quiet"}


class PlanPanel(QWidget):
    """Areas, pattern, drone and camera above; verdict, figures and buttons stay in view below."""

    def __init__(self, presenter: PlanPresenter, buttons: dict[str, QPushButton], tools: list[QToolButton]) -> None:
        super().__init__()
        self._presenter = presenter
        self.areas = AreaSection(presenter, buttons, tools)
        self.pattern = PatternSection(presenter)
        self.camera = CameraSection(presenter)
        self.verdict = VerdictSection(buttons)
        inside = QWidget()
        layout = widgets.column(self.areas, widgets.rule(), self.pattern, widgets.rule(), self.camera, gap=14)
        layout.setContentsMargins(
            widgets.PANEL_MARGIN, widgets.PANEL_MARGIN, widgets.PANEL_MARGIN, widgets.PANEL_MARGIN
        )
        layout.addStretch(1)
        inside.setLayout(layout)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        box = widgets.column(scroll, widgets.rule(), self.verdict, gap=0)
        box.setStretch(0, 1)
        self.setLayout(box)

    def show_plan(self, shown: Shown, drones: tuple[DroneProfile, ...], cameras: tuple[CameraProfile, ...]) -> None:
        """Show a picture of the plan."""
        self.areas.show_rows(shown.rows)
        self.pattern.show_plan(shown)
        self.camera.show_plan(shown, drones, cameras)
        self.verdict.show_plan(shown)


class AreaSection(widgets.Section):
    """1: what has been drawn, or how to begin."""

    def __init__(self, presenter: PlanPresenter, buttons: dict[str, QPushButton], tools: list[QToolButton]) -> None:
        super().__init__(1, "Area", *tools)
        self._presenter = presenter
        self.empty = widgets.Empty(
            "vector-polygon",
            "Draw an area, drop a KML here, or open the sample port.",
            buttons["draw"],
            buttons["sample"],
        )
        self._rows = widgets.column(gap=4)
        self.body.addWidget(self.empty)
        self.body.addLayout(self._rows)
        self._shown: tuple[AreaRow, ...] | None = None

    def show_rows(self, rows: tuple[AreaRow, ...]) -> None:
        """Show the list."""
        if rows == self._shown:
            return
        self._shown = rows
        self.empty.setVisible(not rows)
        widgets.clear(self._rows)
        for row in rows:
            self._rows.addWidget(self._row(row))

    def _row(self, row: AreaRow) -> QWidget:
        card = QToolButton()
        card.setProperty("kind", "choice")
        card.setCheckable(True)
        card.setChecked(row.selected)
        card.setObjectName(row.id)
        card.setToolTip("Select; its points can then be dragged on the map")
        card.setFixedHeight(36)
        card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        card.clicked.connect(lambda _=False: self._presenter.select(None if row.selected else row.id))
        picture = QLabel()
        name = "vector-polyline" if row.is_line else "vector-polygon"
        picture.setPixmap(theme.icon(name, theme.current().accent).pixmap(QSize(18, 18)))
        title = widgets.label(row.name, wrap=False)
        size = widgets.label(row.size, "quiet", wrap=False)
        for words in (picture, title, size):
            words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        rename = _small("pencil-outline", "Give it another name", partial(self._rename, row))
        delete = _small("trash-can-outline", "Take this area away (Del)", partial(self._presenter.delete_area, row.id))
        line = widgets.row(picture, title, None, size, rename, delete, gap=6)
        line.setContentsMargins(10, 0, 4, 0)
        card.setLayout(line)
        return card

    def _rename(self, row: AreaRow) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Name of the area")
        dialog.setLabelText("Name")
        dialog.setTextValue(row.name)
        dialog.textValueSelected.connect(partial(self._presenter.rename_area, row.id))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class PatternSection(widgets.Section):
    """2: a card for each pattern, and the few numbers it needs."""

    def __init__(self, presenter: PlanPresenter) -> None:
        super().__init__(2, "Pattern")
        self.cards: dict[Pattern, QToolButton] = {}
        group = QButtonGroup(self)
        line = widgets.row()
        for pattern, word, tip in (
            (Pattern.AREA, "Area", "Parallel lines over a closed shape"),
            (Pattern.CORRIDOR, "Corridor", "Lines along a shore, a quay or a fairway"),
        ):
            card = QToolButton()
            card.setProperty("kind", "choice")
            card.setCheckable(True)
            card.setText(word)
            card.setToolTip(tip)
            card.setIcon(_pattern_icon(pattern))
            card.setIconSize(QSize(72, 40))
            card.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            card.clicked.connect(partial(_then, presenter.set_pattern, pattern))
            group.addButton(card)
            line.addWidget(card)
            self.cards[pattern] = card
        self.body.addLayout(line)
        self.side = fields.number(" %", 0, 90, 0, lambda v: presenter.set_overlap(side=v / 100))
        self.front = fields.number(" %", 0, 90, 0, lambda v: presenter.set_overlap(front=v / 100))
        self.side.setPrefix("side ")
        self.front.setPrefix("front ")
        self.angle = fields.number("\u00b0", -1, 359, 0, lambda v: presenter.set_angle_deg(None if v < 0 else v))
        self.angle.setSpecialValueText("best")
        self.angle.setToolTip("True bearing of the lines; below 0: the bearing that gives the shortest flight")
        self.speed = fields.number(" m/s", 0, 40, 1, lambda v: presenter.set_speed_m_s(v or None))
        self.speed.setSpecialValueText("cruise")
        self.speed.setToolTip("Speed along the lines; 0: the drone's cruise speed")
        self.passes = fields.count(1, 50, lambda v: presenter.set_corridor(passes=v))
        self.passes.setPrefix("passes ")
        self.passes.setToolTip("How many lines beside each other")
        self.stand_off = fields.number(" m right", -1000, 1000, 0, lambda v: presenter.set_corridor(stand_off_m=v))
        self.stand_off.setToolTip("How far to the right of the line it is flown; less than 0: to the left")
        self.body.addWidget(fields.form(("Overlap", fields.pair(self.side, self.front)), wide=True))
        self.forms = QStackedWidget()
        self.forms.addWidget(fields.form(("Lines", fields.pair(self.angle, self.speed)), wide=True))
        self.corridor_speed = fields.number(" m/s", 0, 40, 1, lambda v: presenter.set_speed_m_s(v or None))
        self.corridor_speed.setSpecialValueText("cruise")
        lines = ("Lines", fields.pair(self.passes, self.stand_off))
        self.forms.addWidget(fields.form(lines, ("Speed", self.corridor_speed), wide=True))
        self.body.addWidget(self.forms)

    def show_plan(self, shown: Shown) -> None:
        """Show pattern and numbers."""
        draft = shown.draft
        for pattern, card in self.cards.items():
            card.setChecked(pattern is draft.pattern)
        is_area = draft.pattern is Pattern.AREA
        self.forms.setCurrentIndex(0 if is_area else 1)
        self.forms.setFixedHeight(self.forms.widget(0 if is_area else 1).sizeHint().height())  # type: ignore[union-attr]  # just added
        for box in (self.speed, self.corridor_speed):
            box.setMaximum(draft.drone.max_speed_m_s)
            fields.set_value(box, draft.speed_m_s or 0)
        fields.set_value(self.side, 100 * draft.side_overlap)
        fields.set_value(self.front, 100 * draft.front_overlap)
        fields.set_value(self.angle, -1 if draft.angle_deg is None else draft.angle_deg)
        fields.set_value(self.passes, draft.passes)
        fields.set_value(self.stand_off, draft.stand_off_m)


class CameraSection(widgets.Section):
    """3: profiles, and ground sampling distance against height on one slider."""

    def __init__(self, presenter: PlanPresenter) -> None:
        super().__init__(3, "Drone and camera")
        self.drone, self.camera = QComboBox(), QComboBox()
        self.drone.activated.connect(lambda _: presenter.set_drone(self.drone.currentText()))
        self.camera.activated.connect(lambda _: presenter.set_camera(self.camera.currentText()))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, SLIDER_STEPS)
        self.slider.setPageStep(50)
        self.slider.setToolTip("Low: fine pictures and a long flight. High: coarse pictures and a short flight.")
        self.slider.valueChanged.connect(lambda v: presenter.set_height_m(round(_height(v), 1)))
        self.gsd = fields.number(" cm/px", 0.1, 500, 1, lambda v: presenter.set_gsd_m(v / 100))
        self.height_box = fields.number(" m", 3, 500, 1, presenter.set_height_m)
        self.scale = widgets.label("", "quiet", wrap=False)
        self.height_box.setToolTip("Height above the water")
        self.gsd.setToolTip("Ground sampling distance: how much water one pixel covers")
        both = fields.pair(self.height_box, self.gsd)
        self.body.addWidget(fields.form(("Drone", self.drone), ("Camera", self.camera), ("Height", both), wide=True))
        self.body.addWidget(self.slider)
        self.body.addWidget(self.scale)

    def show_plan(self, shown: Shown, drones: tuple[DroneProfile, ...], cameras: tuple[CameraProfile, ...]) -> None:
        """Show profiles and height."""
        draft = shown.draft
        fields.set_choices(self.drone, [(d.name, d.source) for d in (*drones, draft.drone)], draft.drone.name)
        fields.set_choices(self.camera, [(c.name, c.source) for c in (*cameras, draft.camera)], draft.camera.name)
        height = draft.camera.height_for_gsd_m(draft.gsd_m)
        fields.set_value(self.gsd, 100 * draft.gsd_m)
        fields.set_value(self.height_box, height)
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(_step(height))
        self.scale.setText(shown.scale)


class VerdictSection(QWidget):
    """4: whether it can be flown and why not, what it takes, and what to do next."""

    SHOWN = FIGURES[:6]

    def __init__(self, buttons: dict[str, QPushButton]) -> None:
        super().__init__()
        self.word = widgets.label("", "quiet", wrap=False)
        self.word.setObjectName("verdict")
        self.covered = widgets.label("", "quiet", wrap=False)
        self.problems, self.notes = widgets.Notices(), widgets.Notices()
        self.figures = widgets.Figures(self.SHOWN, columns=3, kind="figureSmall")
        self.bar = widgets.EnergyBar()
        self.energy = widgets.label("", "quiet", wrap=False)
        self._details = QWidget()
        self._details.setLayout(widgets.column(self.figures, widgets.column(self.bar, self.energy, gap=2), gap=10))
        head = widgets.row(widgets.label("4", "step", wrap=False), self.word, None, self.covered, gap=10)
        line = widgets.row(buttons["open"], buttons["save"], buttons["send"])
        line.setStretch(2, 1)
        box = widgets.column(head, self.problems, self.notes, self._details, line, gap=10)
        box.setContentsMargins(widgets.PANEL_MARGIN, 12, widgets.PANEL_MARGIN, widgets.PANEL_MARGIN)
        self.setLayout(box)
        self._buttons = buttons

    def show_plan(self, shown: Shown) -> None:
        """Show verdict, problems, notes and figures."""
        self.word.setText(shown.verdict.value)
        widgets.set_kind(self.word, VERDICT_KINDS[shown.verdict])
        seen = shown.figures.get("Area seen")
        self.covered.setText(f"{seen} of the area seen, {shown.figures['Items']} items" if seen else "")
        self.problems.show_texts(shown.problems, "problem")
        self.notes.show_texts(shown.notes, "notice")
        self.figures.show_values(shown.figures)
        self._details.setVisible(bool(shown.figures))
        if shown.energy is not None:
            self.bar.show_use(shown.energy.used_fraction, shown.energy.reserve_fraction)
            self.energy.setText(f"Battery: {shown.energy.text}")
        self._buttons["save"].setEnabled(shown.can_save)
        self._buttons["send"].setEnabled(shown.can_send)
        why = "" if shown.can_send else f" ({shown.verdict.value.lower()})"
        self._buttons["send"].setToolTip("Save, and open the Fly page with this plan (Ctrl+Return)" + why)


def _small(icon: str, tip: str, run: Callable[[], object]) -> QToolButton:
    made = QToolButton()
    made.setIcon(theme.icon(icon, theme.current().quiet))
    made.setIconSize(QSize(16, 16))
    made.setToolTip(tip)
    made.clicked.connect(lambda _=False: run())
    return made


def _then(call: Callable[[Pattern], None], pattern: Pattern, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's argument
    call(pattern)


def _height(step: int) -> float:
    return LOWEST_M * math.pow(HIGHEST_M / LOWEST_M, step / SLIDER_STEPS)


def _step(height_m: float) -> int:
    return round(SLIDER_STEPS * math.log(max(1e-3, height_m) / LOWEST_M) / math.log(HIGHEST_M / LOWEST_M))


def _pattern_icon(pattern: Pattern) -> QIcon:
    """A small picture of a pattern, 72 x 40."""
    colours = theme.current()
    ratio = 2
    pixmap = QPixmap(72 * ratio, 40 * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPen(QColor(colours.quiet), 1.2)
    way = QPen(QColor(colours.accent), 1.8)
    if pattern is Pattern.AREA:
        painter.setPen(shape)
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in ((8, 6), (64, 3), (66, 37), (30, 37), (6, 30))]))
        painter.setPen(way)
        zigzag = ((13, 10), (13, 28), (23, 32), (23, 9), (33, 9), (33, 33), (43, 33), (43, 8), (53, 8), (53, 33))
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zigzag]))
    else:
        shore = ((3, 30), (16, 25), (28, 27), (42, 18), (56, 15), (69, 6))
        painter.setPen(shape)
        painter.drawPolyline(QPolygonF([QPointF(x, y + 7) for x, y in shore]))
        painter.setPen(way)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in shore]))
        painter.drawPolyline(QPolygonF([QPointF(x, y - 6) for x, y in shore]))
    painter.end()
    return QIcon(pixmap)
