"""What the Plan page decides: what is drawn, what is planned, what is saved. Knows no Qt.

Its parts: `desk` holds the draft and plans it anew after every change; `things`, `choices` and `output` are what a
person can do with what is drawn, with the settings, and with files.
"""

from gui.plan.choices import Choices
from gui.plan.desk import PlanView
from gui.plan.output import Output
from gui.plan.things import Things

__all__ = ["PlanPresenter", "PlanView"]


class PlanPresenter(Output, Things, Choices):
    """The Plan page without its widgets. Every method is an intent of the person at the page."""
