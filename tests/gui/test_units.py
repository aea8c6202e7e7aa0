"""Heights, ways and speeds in the units that were chosen, on every page."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QSettings
from PyQt6.QtGui import QAction

from gui import units
from gui.main_window import MainWindow
from gui.plan.page import PlanPage
from gui.unit_choice import restore_units
from gui.units import Distance, Height, Speed, Units, height_text, length_text, speed_text
from tests.gui.hands import wait_for
from tests.gui.planning import SQUARE

AT_SEA = Units(Height.FEET, Distance.MILES, Speed.KNOTS)


@pytest.fixture(autouse=True)
def metres() -> Iterator[None]:
    units.use(Units())
    yield
    units.use(Units())


def test_figures_in_feet_miles_and_knots_by_hand() -> None:
    units.use(AT_SEA)
    assert height_text(100.0) == "328 ft"
    assert length_text(18_520.0) == "10.00 nm"
    assert length_text(80.0) == "80 m"
    assert speed_text(10.0, 0.5144) == "19.4 ± 1.0 kn"


@given(st.floats(0, 1e6), st.sampled_from(list(Height)), st.sampled_from(list(Distance)), st.sampled_from(list(Speed)))
def test_every_figure_says_its_unit(value: float, height: Height, distance: Distance, speed: Speed) -> None:
    units.use(Units(height, distance, speed))
    assert height_text(value).split()[-1] == height
    assert length_text(value).split()[-1] in {"m", distance}
    assert speed_text(value).split()[-1] == speed


def test_what_was_chosen_is_remembered_and_what_is_not_known_is_passed_over(settings: QSettings) -> None:
    settings.setValue("window/height_unit", "ft")
    settings.setValue("window/speed_unit", "parsec per hour")
    restore_units(settings)
    assert units.current() == replace(Units(), height=Height.FEET)


def test_another_unit_changes_the_plan_page_at_once(window: MainWindow, plan_page: PlanPage) -> None:
    plan_page.presenter.add_drawn("polygon", SQUARE)
    figures = plan_page.panel.verdict
    wait_for(lambda: "m above launch" in plan_page.profile.readout())
    for name in ("Heights in feet", "Speeds in knots", "Ways in nautical miles"):
        choice(window, name).trigger()
    assert "ft high" in figures.more.text()
    assert "19.4 kn" in figures.more.text()
    assert figures.figures.text("Way").endswith("nm")
    assert "ft above launch" in plan_page.profile.readout()
    assert choice(window, "Heights in feet").isChecked()
    assert not choice(window, "Heights in metres").isChecked()


def test_a_height_typed_in_feet_is_flown_in_metres(window: MainWindow, plan_page: PlanPage) -> None:
    box = plan_page.panel.camera.height_box
    choice(window, "Heights in feet").trigger()
    assert box.suffix() == " ft"
    box.setValue(200)
    draft = plan_page.presenter.draft
    assert draft.camera.height_for_gsd_m(draft.gsd_m) == pytest.approx(60.96, abs=0.05)
    choice(window, "Heights in metres").trigger()
    assert (box.value(), box.suffix()) == (61.0, " m")


def choice(window: MainWindow, name: str) -> QAction:
    return next(action for action in window.actions() if action.text() == name)
