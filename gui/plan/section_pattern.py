"""2 Pattern: a card for each, and the fields that it minds."""

from functools import partial

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import fields, theme, widgets
from gui.plan import settings
from gui.plan.cards import HEIGHT, WIDTH, card_icon
from gui.plan.form import LABEL_WIDTH, Form
from gui.plan.presenter import PlanPresenter
from gui.plan.section_area import small
from gui.plan.settings import Kind, said
from gui.plan.values import Shown
from planner.model.patterns import PARAMETERS, PatrolParameters, Pattern, WatchPlace

CARDS: tuple[tuple[str, str, Pattern, str], ...] = (
    ("area", "Area", Pattern.AREA, "Parallel lines over a closed shape"),
    ("corridor", "Corridor", Pattern.CORRIDOR, "Lines along a shore, a quay or a fairway"),
    ("perimeter", "Perimeter", Pattern.PERIMETER, "Round a port or an anchorage, looking inward"),
    ("patrol", "Patrol", Pattern.PATROL, "A tour of watched places that is hard to foretell"),
    ("search", "Search", Pattern.EXPANDING_SQUARE, "For something adrift, after the IAMSAR manual"),
    ("orbit", "Inspect", Pattern.ORBIT, "All round a vessel that is under way or lies still"),
    ("hull", "Hull", Pattern.HULL, "Under water along a moored hull"),
)
"""Picture, word, the pattern that it chooses, what it is for."""
COLUMNS = 4
HINTS = {
    Pattern.PATROL: "Without watched places the outlines of the areas are watched.",
    Pattern.ORBIT: "Set where the vessel is. A drawn area is the fence that the look stays in.",
    Pattern.HULL: "Set amidships. Depths count from the launch place: set it at the surface.",
    **dict.fromkeys(settings.SEARCHES, "Set the last known position, or draw the water to search."),
}


class PatternSection(widgets.Section):
    """A card for each pattern, and its form."""

    def __init__(self, presenter: PlanPresenter, watch_tools: list[QToolButton]) -> None:
        super().__init__(2, "Pattern")
        self._presenter = presenter
        self.cards: dict[Pattern, QToolButton] = {}
        self._all_cards = QWidget()
        self._all_cards.setLayout(self._make_cards())
        self.body.addWidget(self._all_cards)
        self.kind = QComboBox()
        for pattern in settings.SEARCHES:
            self.kind.addItem(said(pattern), pattern)
        self.kind.activated.connect(lambda _: presenter.set_pattern(self.kind.currentData()))
        self._kind_line = fields.form(("Search", self.kind), wide=True, label_width=LABEL_WIDTH)
        self.hint = widgets.label("", "quiet")
        self.forms: dict[Pattern, tuple[Form, Form]] = {}
        self._holder = widgets.column(gap=6)
        self.watches = WatchList(presenter, watch_tools)
        self.another = widgets.button("Another patrol", presenter.another_seed, icon="dice-5-outline")
        self.another.setToolTip("The same places with another seed")
        self.details = Details()
        for part in (self.hint, self._kind_line, self.details, self.another, self.watches):
            self.body.addWidget(part)
        self.body.addLayout(self._holder)
        self.foreign = widgets.label(
            "A mission made elsewhere: it is checked and flown as it is in the file. Draw an area to plan anew.",
            "quiet",
        )
        self.body.addWidget(self.foreign)

    def show_plan(self, shown: Shown) -> None:
        """Show pattern and fields."""
        draft = shown.draft
        pattern = draft.pattern
        is_search = pattern in settings.SEARCHES
        is_foreign = draft.foreign is not None
        self.cards[Pattern.EXPANDING_SQUARE if is_search else pattern].setChecked(True)
        self._all_cards.setVisible(not is_foreign)
        self.foreign.setVisible(is_foreign)
        self.details.show_rows(shown.details)
        self._kind_line.setVisible(is_search and not is_foreign)
        self.kind.setCurrentIndex(self.kind.findData(pattern))
        self.hint.setText(HINTS.get(pattern, ""))
        self.hint.setVisible(pattern in HINTS and not is_foreign)
        for known, forms in self.forms.items():
            for form in forms:
                form.setVisible(known is pattern and not is_foreign)
        given = draft.parameters or PARAMETERS[pattern]()
        is_patrol = isinstance(given, PatrolParameters) and not is_foreign
        self.another.setVisible(is_patrol)
        self.watches.setVisible(is_patrol)
        if is_foreign:
            return
        own, common = self.form(pattern)
        own.show_values(given)
        common.show_values(draft)
        if isinstance(given, PatrolParameters):
            self.watches.show_watches(given.watches)
        speed = common.widget("speed_m_s")
        if isinstance(speed, fields.Number):
            speed.setMaximum(draft.drone.max_speed_m_s)

    def form(self, pattern: Pattern) -> tuple[Form, Form]:
        """The forms of a pattern: its own parameters, and the plan's fields that it minds."""
        if pattern not in self.forms:
            p = self._presenter
            own = [one for one in settings.for_pattern(pattern) if one.kind is not Kind.WATCHES]
            made = (
                Form(own, p.set_parameter, p.pick_parameter),
                Form(settings.for_plan(pattern), p.set_plan, _no_pick),
            )
            if tip := settings.STAND_OFFS.get(pattern):
                made[1].widget("stand_off_m").setToolTip(tip)
            for form in made:
                self._holder.addWidget(form)
            self.forms[pattern] = made
        return self.forms[pattern]

    def _make_cards(self) -> QGridLayout:
        group = QButtonGroup(self)
        grid = QGridLayout()
        grid.setSpacing(6)
        grid.setContentsMargins(0, 0, 0, 0)
        for number, (picture, word, pattern, tip) in enumerate(CARDS):
            card = QToolButton()
            card.setProperty("kind", "card")
            card.setCheckable(True)
            card.setText(word)
            card.setToolTip(tip)
            card.setIcon(card_icon(picture))
            card.setIconSize(QSize(WIDTH, HEIGHT))
            card.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            card.clicked.connect(lambda _=False, chosen=pattern: self._choose(chosen))
            group.addButton(card)
            grid.addWidget(card, number // COLUMNS, number % COLUMNS)
            self.cards[pattern] = card
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        return grid

    def _choose(self, pattern: Pattern) -> None:
        """A card was pressed; the search's card goes back to the kind of search that was chosen last."""
        if pattern is Pattern.EXPANDING_SQUARE:
            pattern = self.kind.currentData() or pattern
        self._presenter.set_pattern(pattern)


class WatchList(QWidget):
    """The watched places of a patrol, each with the cost of a miss."""

    MOST = 12

    def __init__(self, presenter: PlanPresenter, tools: list[QToolButton]) -> None:
        super().__init__()
        self._presenter = presenter
        self._rows: QVBoxLayout = widgets.column(gap=4)
        self.add = widgets.button("Watch a place", presenter.add_watch, icon="map-marker-plus-outline")
        self.setLayout(widgets.column(self._rows, widgets.row(self.add, None, *tools)))
        self._shown: tuple[WatchPlace, ...] | None = None

    def show_watches(self, watches: tuple[WatchPlace, ...]) -> None:
        """Show the list; of a long one, its beginning."""
        if watches == self._shown:
            return
        self._shown = watches
        widgets.clear(self._rows)
        for number, watch in enumerate(watches[: self.MOST]):
            self._rows.addWidget(self._row(number, watch))
        if len(watches) > self.MOST:
            more = widgets.label(f"and {len(watches) - self.MOST:,} more", "quiet", wrap=False)
            self._rows.addWidget(more)

    def _row(self, number: int, watch: WatchPlace) -> QWidget:
        name = QLineEdit(watch.name)
        name.setCursorPosition(0)
        name.editingFinished.connect(lambda: self._rename(number, name.text()))
        value = fields.number("", 0.1, 1e6, 1, lambda v: self._presenter.change_watch(number, value=v))
        value.setToolTip("What it would cost if somebody went unseen here")
        value.setFixedWidth(76)
        fields.set_value(value, watch.value)
        remove = small("trash-can-outline", "Do not watch it", partial(self._presenter.remove_watch, number))
        made = QWidget()
        line = widgets.row(name, value, remove, gap=4)
        line.setStretch(0, 1)
        made.setLayout(line)
        return made

    def _rename(self, number: int, name: str) -> None:
        shown = self._shown or ()
        if number < len(shown) and name.strip() and name.strip() != shown[number].name:
            self._presenter.change_watch(number, name=name)


def _no_pick(_name: str) -> None:
    """Common fields have no places."""


class Details(QWidget):
    """The pattern's own figures: words at the left, values at the right."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self.rows: tuple[tuple[str, str], ...] = ()
        self.setVisible(False)

    def show_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Show these in place of the former."""
        if rows == self.rows:
            return
        self.rows = rows
        widgets.clear(self._grid)
        for number, (words, value) in enumerate(rows):
            figure = widgets.label(value, wrap=False)
            figure.setFont(theme.figures(figure.font()))
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(widgets.label(words, "quiet", wrap=False), number, 0)
            self._grid.addWidget(figure, number, 1)
        self.setVisible(bool(rows))
