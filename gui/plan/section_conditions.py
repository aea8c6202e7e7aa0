"""4 Conditions: wind, time and current in view; pilot, heights, rules and contacts unfold."""

from collections.abc import Callable

from gui import widgets
from gui.plan import settings
from gui.plan.findings import Findings
from gui.plan.form import ChoiceField, Form
from gui.plan.presenter import PlanPresenter
from gui.plan.values import Shown

MOST_GLINT_PX = 120


class ConditionsSection(widgets.Section):
    """What the plan is checked in, and the light of the day. `rules` asks for a file of rules."""

    def __init__(self, presenter: PlanPresenter, rules: Callable[[], None]) -> None:
        super().__init__(4, "Conditions")
        known = settings.for_day()
        first = [one for one in known if one.name in settings.DAY]
        rest = [one for one in known if one.name not in settings.DAY]
        self.day = Form(first, presenter.set_outlook, presenter.pick_outlook)
        self.more = Form(rest, presenter.set_outlook, presenter.pick_outlook)
        self.unfold = widgets.button("Pilot, heights, rules, contacts", self._toggle, icon="chevron-down", kind="link")
        self.rules = widgets.button("Rules from a file", rules, kind="link")
        self.light = widgets.label("", "quiet")
        self.glint = Findings(presenter.point_at, MOST_GLINT_PX)
        for part in (self.day, self.light, self.glint, self.unfold, self.more, self.rules):
            self.body.addWidget(part)
        self._show_more(shown=False)

    def show_plan(self, shown: Shown) -> None:
        """Show the conditions."""
        operation = self.more.fields["operation"]
        if isinstance(operation, ChoiceField):
            operation.offer(shown.operations)
        outlook = shown.draft.outlook
        self.day.show_values(outlook)
        self.more.show_values(outlook)
        said = [found.text.replace(" %", "\u00a0%") for found in shown.light if found.where is None]
        self.light.setText("\n".join(said))
        self.light.setVisible(bool(said))
        self.glint.show_findings(tuple(found for found in shown.light if found.where is not None))

    def _toggle(self) -> None:
        self._show_more(shown=not self.more.isVisibleTo(self))

    def _show_more(self, *, shown: bool) -> None:
        self.more.setVisible(shown)
        self.rules.setVisible(shown)
