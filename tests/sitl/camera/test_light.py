import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from planner.geo.camera import Attitude, rays
from planner.geo.glint import Wind, glint_reflectance
from planner.geo.sun import Sun
from planner.model.errors import BadInput
from planner.model.pose import Pose
from sitl.camera.lamps import RED, WHITE, Lamp, sources, vessel_lamps
from sitl.camera.render import render
from sitl.camera.view import View
from sitl.camera.water import SUNLIGHT, draw_sea
from sitl.scenario.light import daylight, look_of
from sitl.scenario.read import weather_of
from sitl.scenario.values import Weather
from sitl.world.harbour import Harbour, practice_harbour
from sitl.world.looks import THERMAL_PALETTES, Look
from sitl.world.motion import Anchored, Arc, Still, VesselState
from sitl.world.vessels import Ais, AisClass, Vessel
from tests.sitl.camera.scenes import CALM, NOW, ORIGIN, SMALL, pose, vessel, water_with

NOON, NIGHT = datetime(2026, 6, 23, 12, tzinfo=UTC), datetime(2026, 10, 12, 20, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DOWN = Attitude(0, -90)


def seen_in(weather: Weather, at_utc: datetime, harbour: Harbour | None = None, thermal: str | None = None) -> Harbour:
    base = harbour or practice_harbour(0)
    return replace(base, look=look_of(weather, base.look, base.origin, at_utc, thermal=thermal))


def mean_of(harbour: Harbour, at_utc: datetime) -> float:
    return float(render(harbour, at_utc, pose(0, -80, 90, Attitude(0, -60)), SMALL).image_bgr.mean())


@pytest.mark.parametrize("weather", [Weather(), Weather(10, 300, None, 4, 3500, 0.95, 4), Weather(rain_mm_h=30)])
@pytest.mark.parametrize("at_utc", [NOON, NIGHT])
@pytest.mark.parametrize("thermal", [None, "white-hot"])
def test_truth_is_the_same_in_every_light_and_weather(weather: Weather, at_utc: datetime, thermal: str | None) -> None:
    where = pose(-100, 80, 70, Attitude(20, -70))
    plain = render(practice_harbour(0), at_utc, where, SMALL).truth
    assert plain
    assert render(seen_in(weather, at_utc, thermal=thermal), at_utc, where, SMALL).truth == plain


def test_it_gets_darker_from_noon_over_dusk_to_night() -> None:
    levels = [mean_of(seen_in(Weather(), at), at) for at in (NOON, datetime(2026, 10, 12, 17, tzinfo=UTC), NIGHT)]
    assert levels[0] > 1.3 * levels[1] > 1.6 * levels[2]
    assert [daylight(e) for e in (-30, 0, 30)] == pytest.approx([0.03, 0.28, 1.0], abs=0.03)


@pytest.mark.parametrize(("wind_m_s", "sea_state"), [(3.0, 1), (6.0, 2), (11.0, 4)])
@pytest.mark.parametrize("sun", [Sun(180.0, 50.0), Sun(90.0, 35.0)])
def test_the_suns_glint_is_where_and_as_bright_as_the_planner_says(wind_m_s: float, sea_state: int, sun: Sun) -> None:
    attitude = Attitude(sun.azimuth_deg + 20, -60)
    look = replace(CALM, water=(0.0, 0.0, 0.0), glint_wind_m_s=wind_m_s, wind_deg=240.0,
                   roughness=0.25 + 0.35 * sea_state,
                   swell=0.3 + 0.3 * sea_state, sun_azimuth_deg=sun.azimuth_deg, sun_elevation_deg=sun.elevation_deg,
                   air=True)  # fmt: skip
    view = View(SMALL, attitude, (0.0, 0.0, 80.0))
    light = draw_sea(view, replace(look, sun_strength=0.5), 0.0) - draw_sea(view, replace(look, sun_strength=1e-6), 0.0)
    ys, xs = np.mgrid[10:400:20, 10:640:20]
    told = glint_reflectance(
        rays(SMALL, attitude, np.column_stack([xs.ravel(), ys.ravel()])), sun, Wind(wind_m_s, 240.0)
    )
    drawn = light[..., 2].reshape(20, 20, 32, 20).mean(axis=(1, 3)).ravel()
    expected = told * SUNLIGHT * 0.5 * math.sin(math.radians(sun.elevation_deg))
    bright = expected > 0.1 * expected.max()
    assert drawn[bright].mean() == pytest.approx(expected[bright].mean(), rel=0.25)
    assert np.corrcoef(drawn, expected)[0, 1] > 0.9


def test_haze_takes_the_contrast_of_hulls_too() -> None:
    def contrast(visibility_m: float) -> float:
        harbour = seen_in(Weather(visibility_m=visibility_m), NOON)
        return float(render(harbour, NOON, pose(0, -500, 60, Attitude(0, -15)), SMALL).image_bgr.std())

    assert contrast(30_000) > 1.1 * contrast(2_000)
    assert contrast(2_000) > 1.3 * contrast(500)


def test_rain_draws_streaks_that_are_other_ones_in_every_picture_and_the_same_in_the_same_one() -> None:
    wet = seen_in(Weather(rain_mm_h=10), NOON, water_with())
    dry = replace(wet, look=replace(wet.look, rain_mm_h=0.0))
    one, again, none = (render(h, NOON, pose(0, 0, 60, DOWN), SMALL).image_bgr.astype(int) for h in (wet, wet, dry))
    other = render(wet, NOON, pose(0, 0, 60, DOWN), SMALL, seed=1).image_bgr.astype(int)
    assert (one == again).all()
    assert 0.002 < (np.abs(one - none).max(axis=2) > 15).mean() < 0.2
    assert (np.abs(one - other).max(axis=2) > 15).mean() > 0.002


def test_a_gale_has_white_crests_as_monahan_says_and_a_breeze_has_none() -> None:
    calm, gale = (look_of(Weather(wind_m_s=w), CALM, ORIGIN, NOON) for w in (2.0, 15.0))
    assert calm.whitecaps < 1e-4
    assert gale.whitecaps == pytest.approx(3.84e-6 * 15**3.41)
    view = View(SMALL, DOWN, (0.0, 0.0, 80.0))
    for unix_s in (0.0, 1.8e9):
        foam = draw_sea(view, gale, unix_s) - draw_sea(view, replace(gale, whitecaps=0.0), unix_s)
        assert (foam.max(axis=2) > 0.1).mean() == pytest.approx(gale.whitecaps, rel=0.8)


def state(heading_deg: float, speed_m_s: float = 4.0) -> VesselState:
    return VesselState(0.0, 0.0, heading_deg, speed_m_s, heading_deg)


def colours(lamps: tuple[Lamp, ...], bearing_deg: float) -> set[str]:
    names = {(1.0, 0.12, 0.08): "red", (0.10, 1.0, 0.35): "green", (1.0, 0.95, 0.85): "white"}
    return {names[lamp.colour] for lamp in lamps if lamp.shows(bearing_deg)}


@pytest.mark.parametrize(
    ("bearing_deg", "seen"),
    [
        (45, {"white", "green"}),
        (-45, {"white", "red"}),
        (315, {"white", "red"}),
        (180, {"white"}),
        (0, {"white", "green", "red"}),
    ],
)
def test_a_vessel_under_way_shows_the_colours_of_the_collision_regulations(bearing_deg: float, seen: set[str]) -> None:
    lamps = vessel_lamps(vessel("coaster", 60, 11, Arc(0, 0, 0, 4)), state(0))
    assert colours(lamps, bearing_deg) == seen


def test_lengths_kinds_and_what_they_do_change_the_lights() -> None:
    under_way = Arc(0, 0, 0, 4)

    def count(kind: str, length_m: float, motion: Arc | Anchored | Still = under_way, speed: float = 4.0) -> int:
        return len(vessel_lamps(vessel(kind, length_m, length_m / 5, motion), state(0, speed)))

    assert (count("coaster", 80), count("workboat", 20)) == (5, 4)
    assert count("sailing yacht", 12) == 3
    assert count("low-profile craft", 12) == 0
    assert count("trawler", 20, Anchored(0, 0, 30, 270), 0.1) == 1
    trawler = vessel_lamps(vessel("trawler", 20, 6, under_way), state(0))
    assert colours(trawler, 90) == {"green", "white"}
    pilot = vessel_lamps(vessel("pilot boat", 14, 4, under_way), state(0))
    assert colours(pilot, 90) == {"red", "green", "white"}
    assert vessel_lamps(replace(vessel("rib", 8, 2.7, under_way), lit=False), state(0)) == ()
    berth = Ais(200_000_001, "X", AisClass.A, 70, nav_status=5)
    assert all(
        lamp.lights_m > 0
        for lamp in vessel_lamps(replace(vessel("coaster", 80, 12, Still(0, 0, 0)), ais=berth), state(0, 0))
    )


def test_at_night_the_side_towards_the_camera_glows_in_its_colour_and_by_day_nothing_does() -> None:
    ship = vessel("workboat", 24, 7, Arc(0, 0, 0.0, 0.6))
    harbour = seen_in(Weather(cloud=1.0), NIGHT, water_with(ship))
    dark = replace(harbour, vessels=(replace(ship, lit=False),))

    def glow(where: Pose) -> list[int]:
        lit, unlit = (render(h, EPOCH, where, SMALL).image_bgr.astype(int) for h in (harbour, dark))
        return [int(((lit - unlit)[..., c] > 60).sum()) for c in range(3)]

    blue, green, red = glow(pose(-30, 0, 12, Attitude(90, -18)))
    assert red > max(20, 1.3 * green, 1.3 * blue)
    blue, green, red = glow(pose(30, 0, 12, Attitude(270, -18)))
    assert green > max(20, 1.3 * red)
    port_side = View(SMALL, Attitude(90, -18), (-30.0, 0.0, 12.0))
    assert {s.colour for s in sources(harbour, harbour.states_at(EPOCH), port_side, 0.0)} == {RED, WHITE}
    by_day = look_of(Weather(), CALM, ORIGIN, NOON)
    assert by_day.lamps == 0


def test_a_thermal_camera_sees_people_warmest_then_engines_hulls_and_cold_water() -> None:
    boat, swimmer = vessel("workboat", 20, 6, Arc(0, 0, 0, 3)), vessel("swimmer", 1.1, 1.1, Still(14, 0, 0), "man")
    picture = render(
        seen_in(Weather(), NIGHT, water_with(boat, swimmer), "white-hot"), EPOCH, pose(0, 0, 30, DOWN), SMALL
    )
    grey = picture.image_bgr
    assert (grey[..., 0] == grey[..., 1]).all()
    assert (grey[..., 1] == grey[..., 2]).all()

    def warmest(name: str) -> float:
        x0, y0, x1, y1 = (int(v) for v in next(t.box for t in picture.truth if t.vessel_id == name))
        return float(np.percentile(grey[y0 : y1 + 1, x0 : x1 + 1, 0], 90))

    water = float(np.median(grey[..., 0]))
    assert warmest("man") > 200
    assert warmest("it") > 2 * water
    assert water < 60


def test_palettes_show_the_same_warmth_in_their_own_way_and_unknown_ones_are_refused() -> None:
    harbours = {
        p: seen_in(Weather(), NOON, water_with(vessel("tug", 25, 8, Still(0, 0, 0))), p) for p in THERMAL_PALETTES
    }
    white, black, iron = (render(harbours[p], NOW, pose(0, 0, 50, DOWN), SMALL).image_bgr for p in THERMAL_PALETTES)
    assert (white.astype(int) + black == 255).all()
    assert iron[..., 0].std() != iron[..., 2].std()
    with pytest.raises(ValueError, match="thermal must be one of white-hot"):
        replace(Look.practice(np.random.default_rng(0)), thermal="pink")


@pytest.mark.parametrize("text", ["cloud", "cloud=thick", "wetness=3", "cloud=7"])
def test_a_weather_that_cannot_be_is_refused_by_the_options_name(text: str) -> None:
    with pytest.raises(BadInput, match="--weather"):
        weather_of(text, "--weather")


def test_a_weather_told_on_the_command_line_is_that_of_a_scenario() -> None:
    assert weather_of("cloud=0.9, rain_mm_h=4,sea_state=3", "x") == Weather(cloud=0.9, rain_mm_h=4, sea_state=3)


def test_a_vessel_is_lit_unless_told_otherwise() -> None:
    assert Vessel("a", "rib", 8, 2.7, Still(0, 0, 0)).lit
