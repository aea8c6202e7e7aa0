import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gui import theme
from gui.main_window import MainWindow
from gui.plan.page import PlanPage
from gui.plan.strip import NOTHING, ProfileStrip
from gui.plan.strip_paint import Scale, numbered, outline_of, steps_of
from planner.geo.points import distance_m
from planner.model.mission import Mission
from planner.route.profile import Moment, profile_of
from tests.gui.hands import hover, key, painted, press, wait_for
from tests.gui.planning import SQUARE
from tests.planner.test_route_profile import CAMERA, DRONE, HOME, made, waypoint


@pytest.fixture
def strip(qtbot: QtBot) -> ProfileStrip:
    widget = ProfileStrip()
    qtbot.addWidget(widget)
    widget.resize(800, 140)
    widget.show()
    return widget


def test_without_a_mission_it_says_what_will_be_there(strip: ProfileStrip) -> None:
    assert strip.readout() == NOTHING
    assert strip.grab().width() > 0


def test_hovering_moves_the_ghost_and_leaving_takes_it_away(strip: ProfileStrip) -> None:
    profile = made()
    strip.show_profile(profile)
    seen: list[Moment | None] = []
    strip.scrubbed.connect(seen.append)
    scale = Scale.of(profile, strip.width(), strip.height())
    hover(strip, QPoint(round(scale.x(200)), 70))
    wait_for(lambda: bool(seen))
    assert seen[-1] is not None
    assert seen[-1].way_m == pytest.approx(200, abs=2)
    assert "Item 2   50 m above launch   53 m above the surface" in strip.readout()
    hover(strip, QPoint(2, 70))
    wait_for(lambda: seen[-1] is None)
    assert "highest 80 m" in strip.readout()


def test_the_arrows_step_from_corner_to_corner_and_enter_chooses(strip: ProfileStrip) -> None:
    strip.show_profile(made())
    chosen: list[Moment] = []
    strip.chosen.connect(chosen.append)
    for _ in range(4):
        key(strip, Qt.Key.Key_Right)
    assert strip.moment is not None
    assert strip.moment.item == 3
    key(strip, Qt.Key.Key_Left)
    key(strip, Qt.Key.Key_Return)
    assert [m.item for m in chosen] == [2]
    key(strip, Qt.Key.Key_Escape)
    assert "highest" in strip.readout()
    key(strip, Qt.Key.Key_End)
    assert strip.moment.height_m == pytest.approx(0)


def test_a_click_chooses_the_item_that_is_flown_to_there(strip: ProfileStrip) -> None:
    profile = made()
    strip.show_profile(profile)
    chosen: list[Moment] = []
    strip.chosen.connect(chosen.append)
    x = Scale.of(profile, strip.width(), strip.height()).x(550)
    press(strip, QPoint(round(x), 60))
    assert [m.item for m in chosen] == [3]
    assert chosen[0].way_m == pytest.approx(700, abs=1)


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=lambda t: t.name)
def test_the_way_is_painted_in_the_accent_of_the_theme(
    strip: ProfileStrip, colours: theme.Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "_current", colours)
    profile = made()
    strip.show_profile(profile)
    scale = Scale.of(profile, strip.width(), strip.height())
    image = strip.grab().toImage()
    x, y = round(scale.x(200)), round(scale.y(50))
    near = {image.pixelColor(x, y + dy).name() for dy in (-1, 0, 1)}
    assert QColor(colours.accent).name() in near


def test_ten_thousand_items_are_drawn_as_few_points_that_keep_every_peak(strip: ProfileStrip) -> None:
    many = tuple(waypoint(10 * (n % 100), 10 * (n // 100), 90 if n == 5_000 else 40) for n in range(10_000))
    profile = profile_of(Mission(many, home=HOME), DRONE, CAMERA)
    assert profile is not None
    scale = Scale.of(profile, 800, 140)
    points = outline_of(profile, scale)
    assert len(points) < 4 * 800
    assert min(p.y() for p in points) == pytest.approx(scale.y(90), abs=0.01)
    assert len(numbered(profile, scale, 40)) < 20


def test_round_figures_are_few_and_lie_within() -> None:
    assert steps_of(0, 1200, 4) == [0, 500, 1000]
    assert steps_of(5, 5, 4) in ([], [5.0])


def test_scrubbing_the_page_shows_ghost_and_footprint_on_the_map(window: MainWindow, plan_page: PlanPage) -> None:
    plan_page.presenter.add_drawn("polygon", SQUARE)
    wait_for(lambda: plan_page.profile.scale is not None)
    plan_page.presenter.show_everything()
    painted(window.map)
    plan_page.profile.setFocus()
    for _ in range(3):
        key(plan_page.profile, Qt.Key.Key_Right)
    ghost = window.map.layer("plan/ghost")
    assert ghost is not None
    assert {f["properties"]["look"] for f in ghost["features"]} == {"drone", "footprint"}
    key(plan_page.profile, Qt.Key.Key_Return)
    moment = plan_page.profile.moment
    assert moment is not None
    wait_for(lambda: distance_m(window.map.centre, moment.at) < 5)
    painted(window.map)
    marks = window.map.layer("plan/marks")
    assert marks is not None
    assert any(f["properties"].get("label") == f"item {moment.item}" for f in marks["features"])


def test_nothing_drawn_shows_no_flight_any_more(window: MainWindow, plan_page: PlanPage) -> None:
    plan_page.presenter.add_drawn("polygon", SQUARE)
    wait_for(lambda: plan_page.profile.scale is not None)
    plan_page.presenter.new()
    assert plan_page.profile.scale is None
