"""1 Area: what is drawn, each with its role, what came from files, and the launch place."""

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import (
    QComboBox,
    QFrame,
    QInputDialog,
    QLabel,
    QLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from gui import fields, theme, widgets
from gui.plan.judge import KEPT_OUT
from gui.plan.presenter import PlanPresenter
from gui.plan.settings import said
from gui.plan.values import ROLES, AreaRow, GroupRow, Role, Shown
from planner.model.mission import Home
from planner.model.zone import ZoneRule

MOST_ROWS = 30
_ICONS = {
    Role.WATCH: "vector-polygon",
    Role.NO_FLY: "cancel",
    Role.LIMIT: "arrow-collapse-down",
    Role.OTHER_ZONE: "vector-square",
    Role.KEEP_OUT: "terrain",
}


class AreaSection(widgets.Section):
    """What has been drawn, or how to begin."""

    def __init__(self, presenter: PlanPresenter, buttons: dict[str, QPushButton], tools: list[QToolButton]) -> None:
        super().__init__(1, "Area", *tools)
        self._presenter = presenter
        self.empty = widgets.Empty(
            "vector-polygon",
            "Draw an area, drop a KML here, or open the sample port.",
            buttons["draw"],
            buttons["sample"],
        )
        self.rows = widgets.column(gap=4)
        self.name = QLineEdit()
        self.name.setToolTip("Name of the plan")
        self.name.editingFinished.connect(lambda: presenter.rename(self.name.text()))
        self.body.addWidget(fields.form(("Plan", self.name), wide=True))
        self.body.addWidget(self.empty)
        self.body.addLayout(self.rows)
        self._shown: object = None

    def show_plan(self, shown: Shown) -> None:
        """Show the list."""
        if self.name.text() != shown.draft.name:
            self.name.setText(shown.draft.name)
            self.name.setCursorPosition(0)
        home = shown.draft.home
        now = (shown.rows, shown.groups, home, theme.current().name)
        if now == self._shown:
            return
        self._shown = now
        self.empty.setVisible(shown.draft.is_empty)
        widgets.clear(self.rows)
        grouped = any(group.key == KEPT_OUT for group in shown.groups)
        rows = [row for row in shown.rows if not (grouped and row.role is Role.KEEP_OUT) or row.selected]
        for row in [*rows[:MOST_ROWS], *(row for row in rows[MOST_ROWS:] if row.selected)]:
            self.rows.addWidget(self._thing(row))
            if row.selected:
                self.rows.addWidget(self._role(row))
                if row.zone is not None:
                    self.rows.addWidget(self._limits(row))
        if len(rows) > MOST_ROWS:
            more = f"and {len(rows) - MOST_ROWS:,} more: click them on the map"
            self.rows.addWidget(widgets.label(more, "quiet", wrap=False))
        for group in shown.groups:
            self.rows.addWidget(self._group(group))
        if home is not None:
            self.rows.addWidget(self._home(home))

    def _thing(self, row: AreaRow) -> QWidget:
        card = QToolButton()
        card.setProperty("kind", "choice")
        card.setCheckable(True)
        card.setChecked(row.selected)
        card.setObjectName(row.id)
        card.setToolTip("Select; its points can then be dragged on the map")
        card.setFixedHeight(36)
        card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        card.clicked.connect(lambda _=False: self._presenter.select(None if row.selected else row.id))
        icon = "vector-polyline" if row.is_line else _ICONS[row.role]
        colour = {Role.NO_FLY: theme.current().alarm, Role.LIMIT: theme.current().amber}.get(row.role)
        picture = _picture(icon, colour or theme.current().accent)
        title = _cut(row.name, 18)
        role = row.role if row.role is not Role.OTHER_ZONE or row.zone is None else said(row.zone.rule)
        size = widgets.label(row.size if row.role is Role.WATCH else str(role), "quiet", wrap=False)
        for words in (picture, title, size):
            words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        rename = small("pencil-outline", "Give it another name", partial(self._rename, row))
        delete = small("trash-can-outline", "Take it away (Del)", partial(self._presenter.delete_area, row.id))
        line = widgets.row(picture, title, None, size, rename, delete, gap=6)
        line.setContentsMargins(10, 0, 4, 0)
        card.setLayout(line)
        return card

    def _role(self, row: AreaRow) -> QWidget:
        """What the selected thing is for."""
        choice = QComboBox()
        choice.setObjectName("role")
        for role in ROLES if row.role in ROLES else (*ROLES, row.role):
            choice.addItem(role.value, role)
        choice.setCurrentIndex(choice.findData(row.role))
        choice.setToolTip("Watch: flown by the pattern. No-fly and height limit: minded by pattern and check.")
        choice.activated.connect(lambda _: self._presenter.set_role(row.id, choice.currentData()))
        if row.zone is None:
            return fields.form(("It is", choice), wide=True)
        rule = QComboBox()
        rule.setObjectName("rule")
        for known in ZoneRule:
            rule.addItem(said(known), known)
        rule.setCurrentIndex(rule.findData(row.zone.rule))
        rule.activated.connect(lambda _: self._presenter.set_zone_rule(row.id, rule.currentData()))
        return fields.form(("It is", choice), ("Rule", rule), wide=True)

    def _limits(self, row: AreaRow) -> QWidget:
        """Between which heights the selected zone lies."""
        zone = row.zone
        lower = zone.lower.metres if zone is not None and zone.lower is not None else None
        upper = zone.upper.metres if zone is not None and zone.upper is not None else None
        low = fields.number(" m", -1, 10_000, 0, lambda v: set_limits(v, high.value()))
        high = fields.number(" m", -1, 10_000, 0, lambda v: set_limits(low.value(), v))

        def set_limits(lowest: float, highest: float) -> None:
            self._presenter.set_zone_limits(
                row.id, lower_m=None if lowest < 0 else lowest, upper_m=None if highest < 0 else highest
            )

        low.setSpecialValueText("ground")
        high.setSpecialValueText("no end")
        low.setObjectName("lower")
        high.setObjectName("upper")
        fields.set_value(low, -1 if lower is None else lower)
        fields.set_value(high, -1 if upper is None else upper)
        return fields.form(("From, to", fields.pair(low, high)), wide=True)

    def _group(self, row: GroupRow) -> QWidget:
        remove = small("trash-can-outline", "Take it away", partial(self._presenter.remove_group, row.key))
        remove.setObjectName(f"remove {row.key}")
        words = widgets.column(_cut(row.name, 30), widgets.label(row.text, "quiet", wrap=False), gap=0)
        return _card(_picture(row.icon, theme.current().accent), words, remove)

    def _home(self, home: Home) -> QWidget:
        height = fields.number(" m", -500, 9000, 1, self._presenter.set_home_height_m)
        height.setToolTip("Height of the launch place above mean sea level")
        height.setObjectName("home height")
        height.setFixedWidth(84)
        fields.set_value(height, home.msl_m)
        remove = small("trash-can-outline", "Let the planner choose", partial(self._presenter.set_home, None))
        place = widgets.label(f"{home.at.lat_deg:.5f}, {home.at.lon_deg:.5f}", "quiet", wrap=False)
        words = widgets.column(widgets.label("Launch place", wrap=False), place, gap=0)
        return _card(_picture("home-map-marker", theme.current().accent), words, height, remove)

    def _rename(self, row: AreaRow) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Name of the area")
        dialog.setLabelText("Name")
        dialog.setTextValue(row.name)
        dialog.textValueSelected.connect(partial(self._presenter.rename_area, row.id))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def menu_button(icon: str, tip: str, rows: list[tuple[str, Callable[[], object]]]) -> QToolButton:
    """A button that opens a menu of verbs."""
    made = QToolButton()
    made.setIcon(theme.icon(icon))
    made.setIconSize(QSize(18, 18))
    made.setToolTip(tip)
    made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    made.setStyleSheet("QToolButton::menu-indicator { image: none; }")
    menu = QMenu(made)
    for text, run in rows:
        menu.addAction(text, run)
    made.setMenu(menu)
    return made


def small(icon: str, tip: str, run: Callable[[], object]) -> QToolButton:
    """A small button with an icon."""
    made = QToolButton()
    made.setIcon(theme.icon(icon, theme.current().quiet))
    made.setIconSize(QSize(16, 16))
    made.setToolTip(tip)
    made.clicked.connect(lambda _=False: run())
    return made


def _card(picture: QLabel, words: QLayout, *tools: QWidget) -> QWidget:
    frame = QFrame()
    frame.setProperty("kind", "card")
    line = widgets.row(picture, words, None, *tools, gap=8)
    line.setContentsMargins(10, 4, 4, 4)
    frame.setLayout(line)
    return frame


def _picture(icon: str, colour: str) -> QLabel:
    made = QLabel()
    made.setPixmap(theme.icon(icon, colour).pixmap(QSize(18, 18)))
    return made


def _cut(text: str, most: int) -> QLabel:
    """A label that does not widen the panel; the whole text is its tooltip."""
    made = widgets.label(text if len(text) <= most else text[: most - 1] + "…", wrap=False)
    made.setToolTip(text)
    return made
