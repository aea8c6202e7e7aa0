"""The triangle of velocities: what a drone makes good over the water in a wind."""

import math
from dataclasses import dataclass

from planner.route.check_values import Wind

LEAST_GROUND_SPEED_M_S = 0.5
"""Slower than this over the water, a leg counts as impossible against the wind."""


@dataclass(frozen=True, slots=True)
class Made:
    """Speed over the water and through the air, m/s, on a course."""

    ground_m_s: float
    air_m_s: float


def made_good(wind: Wind, *, course_deg: float, wanted_m_s: float, max_air_m_s: float) -> Made | None:
    """The speeds on a straight course when `wanted_m_s` over the water is asked for; None where the wind wins.

    An autopilot holds the speed over the water as long as its greatest airspeed allows, then goes slower.
    """
    along, across = components(wind, course_deg)
    air = math.hypot(wanted_m_s - along, across)
    if air <= max_air_m_s:
        return Made(wanted_m_s, air)
    if across >= max_air_m_s:
        return None
    ground = math.sqrt(max_air_m_s**2 - across**2) + along
    return Made(min(ground, wanted_m_s), max_air_m_s) if ground >= LEAST_GROUND_SPEED_M_S else None


def components(wind: Wind, course_deg: float) -> tuple[float, float]:
    """The wind along a course (positive from behind) and across it (without sign), m/s."""
    angle = math.radians(wind.from_deg + 180.0 - course_deg)
    return wind.speed_m_s * math.cos(angle), abs(wind.speed_m_s * math.sin(angle))
