"""In every light the pixels are where the exact projection puts them; strips of the picture join without a seam."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from planner.geo.camera import Attitude, pixels_of
from sitl.camera import strips
from sitl.camera.lens import PRACTICE_LENS
from sitl.camera.render import render
from sitl.camera.view import View
from sitl.camera.water import draw_sea
from sitl.scenario.light import look_of
from sitl.scenario.values import Weather
from sitl.world.looks import Look
from sitl.world.motion import Still
from sitl.world.quays import Quay
from sitl.world.solids import Body, placed
from sitl.world.vessels import Vessel
from tests.sitl.camera.scenes import FRAME, ORIGIN, pose, vessel, water_with

NOON, DUSK, NIGHT = (datetime(2026, 6, 23, hour, tzinfo=UTC) for hour in (12, 20, 23))
MODES = {
    "calm": (Weather(wind_m_s=1.0, sea_state=0), NOON, None),
    "rough": (Weather(wind_m_s=15.0, sea_state=5), NOON, None),
    "haze": (Weather(visibility_m=2000.0), NOON, None),
    "rain": (Weather(cloud=0.95, rain_mm_h=8.0), NOON, None),
    "dusk": (Weather(), DUSK, None),
    "night": (Weather(), NIGHT, None),
    "thermal": (Weather(), NIGHT, "white-hot"),
}
LENS = PRACTICE_LENS.intrinsics
EDGE_PX = 1.0


def look_in(mode: str) -> Look:
    weather, at_utc, thermal = MODES[mode]
    base = Look.practice(np.random.default_rng(0))
    return replace(look_of(weather, base, ORIGIN, at_utc, thermal=thermal), grain=0.0, soft_px=0.0)


def barge() -> Vessel:
    """A barge without masts, east of the quay."""
    whole = vessel("barge", 34.0, 8.0, Still(24.0, -4.0, 63.0))
    copy = replace(whole)
    vars(copy)["body"] = Body(tuple(s for s in whole.body.solids if not s.rigging), whole.body.waterline)
    return copy


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("attitude", [Attitude(77, -90), Attitude(200, -42, 9)])
def test_a_hull_is_where_the_exact_projection_puts_it_in_full_pictures(mode: str, attitude: Attitude) -> None:
    it, look = barge(), look_in(mode)
    look = look if look.thermal else replace(look, sun_strength=0.0, exposure=look.exposure * 3.0)
    reach = 70.0 / np.tan(np.radians(-attitude.pitch_deg))
    yaw = np.radians(attitude.yaw_deg)
    where = pose(-reach * np.sin(yaw) + 20, -reach * np.cos(yaw), 70.0, attitude)
    with_it, without = (render(h, NIGHT, where) for h in (water_with(it, look=look), water_with(look=look)))
    corners = np.vstack([p for s in it.body.solids for p in (s.low, s.high)])
    world = placed(corners, east_m=24.0, north_m=-4.0, heading_deg=63.0)
    east, north = FRAME.to_metres([where.at])[0]
    seen = pixels_of(LENS, attitude, world - [east, north, 70.0])
    expected = np.concatenate([seen.min(axis=0), seen.max(axis=0)])
    differ = (with_it.image_bgr != without.image_bgr).any(axis=2)
    xs, ys = np.flatnonzero(differ.any(axis=0)), np.flatnonzero(differ.any(axis=1))
    drawn = (xs[0], ys[0], xs[-1] + 1, ys[-1] + 1)
    assert with_it.truth[0].box == pytest.approx(expected, abs=0.6)
    assert drawn == pytest.approx(expected, abs=EDGE_PX + 0.6)


@pytest.mark.parametrize("mode", ["calm", "rain", "thermal"])
def test_a_quays_edge_is_where_the_exact_projection_puts_it(mode: str) -> None:
    look = replace(look_in(mode), sun_strength=0.0)
    quay = Quay("strip", ((-8, -300), (2, -300), (2, 300), (-8, 300)), 3.0)
    where = pose(0.0, 0.0, 70.0, Attitude(10, -80))
    with_it, without = (
        render(h, NIGHT, where).image_bgr for h in (water_with(quays=q, look=look) for q in ((quay,), ()))
    )
    differ = np.abs(with_it.astype(int) - without).max(axis=2) > 3
    for north in (-10.0, 5.0, 25.0):
        edges = pixels_of(LENS, Attitude(10, -80), np.array([[-8.0, north, 3.0 - 70.0], [2.0, north, 3.0 - 70.0]]))
        for (x, y), inwards in zip(edges, (1, -1), strict=True):
            row = differ[int(y)]
            assert row[int(x + 3 * inwards)]
        (x, y), _ = edges
        assert not differ[int(y), int(x) - 6]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("attitude", [Attitude(160, -75), Attitude(200, -12)])
def test_a_sea_drawn_in_strips_has_no_seams(mode: str, attitude: Attitude, monkeypatch: pytest.MonkeyPatch) -> None:
    view = View(LENS, attitude, (40.0, -30.0, 60.0))
    look = look_in(mode)
    drawn = draw_sea(view, look, 1.8e9)
    monkeypatch.setattr(strips, "STRIP_PX", 10**9)
    whole = draw_sea(view, look, 1.8e9)
    assert np.abs(drawn - whole).mean() < 2e-3
    jumps = np.abs(np.diff(drawn.mean(axis=(1, 2))) - np.diff(whole.mean(axis=(1, 2))))
    assert jumps.max() < 4e-3


def test_the_glint_lies_over_the_whole_picture_also_in_a_fair_days_look() -> None:
    look = replace(Look.practice(np.random.default_rng(0)), sun_azimuth_deg=90.0, sun_elevation_deg=60.0)
    dark = replace(look, water=(0.0, 0.0, 0.0), sky_low=(0.0, 0.0, 0.0), sky_high=(0.0, 0.0, 0.0))
    light = draw_sea(View(LENS, Attitude(0, -90), (0.0, 0.0, 60.0)), dark, 0.0)[..., 2]
    columns = light.mean(axis=0) * np.arange(light.shape[1])
    mirrored_x = LENS.centre_x_px + LENS.focal_px * np.tan(np.radians(30.0))
    assert columns.sum() / light.mean(axis=0).sum() == pytest.approx(min(mirrored_x, 1920), abs=200)
