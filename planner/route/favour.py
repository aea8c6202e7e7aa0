"""What a metre of a line costs by its course, so that lines lie well to the wind or to the sun.

Lines are flown to and fro, so a course and its opposite count as one: in the wind with the mean of both energies
(triangle of velocities, planner/route/wind.py), in the light with the glint in pictures straight down, which is the
same from either side. Angles are in local metres: radians from east, anticlockwise.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from planner.geo.camera import Attitude
from planner.geo.glint import Wind as SeaWind
from planner.geo.glint import glint_in_frame
from planner.geo.points import Floats, LatLon
from planner.geo.sun import sun_at
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.check_values import Wind
from planner.route.energy import level_power_w
from planner.route.shapes import Way
from planner.route.wind import made_good

DEGREES = 180
EVERY_DEG = 15
"""Beside the angles of the edges, lines are tried at every so many degrees."""
AGAINST_THE_WIND = 50.0
"""A course on which the wind wins costs this many times its flying."""
GLINT_WEIGHT = 10.0
"""A picture that is all in glint costs as much as flying this much more of the way."""
USUAL_SEA_WIND = SeaWind(5.0, 270.0)
"""For the glint where no wind is known, as in `plan light`."""


@dataclass(frozen=True, slots=True, eq=False)
class Favour:
    """How many metres a metre counts, for each whole degree of its angle; None: one, whatever the course."""

    factors: Floats | None = None

    def metres(self, along: Floats) -> Floats:
        """The weighted lengths of vectors (..., 2)."""
        lengths = np.hypot(along[..., 0], along[..., 1])
        if self.factors is None:
            return np.asarray(lengths)
        degrees = np.degrees(np.arctan2(along[..., 1], along[..., 0]))
        return np.asarray(lengths * self.factors[np.rint(degrees).astype(int) % DEGREES])

    def factor(self, angle_rad: float) -> float:
        """What a metre at an angle counts."""
        return 1.0 if self.factors is None else float(self.factors[round(math.degrees(angle_rad)) % DEGREES])

    @property
    def least(self) -> float:
        """The least that a metre counts."""
        return 1.0 if self.factors is None else float(self.factors.min())

    def angles(self) -> list[float]:
        """Angles worth trying for their own sake: the cheapest, and a round of others."""
        if self.factors is None or float(np.ptp(self.factors)) < 1e-9:
            return []
        best = int(self.factors.argmin())
        return [math.radians((best + by) % DEGREES) for by in range(0, DEGREES, EVERY_DEG)]

    def length_m(self, ways: Sequence[Way]) -> float:
        """The weighted length of ways."""
        return float(sum(self.metres(np.diff(np.asarray(way.points), axis=0)).sum() for way in ways))

    def photographed_m(self, ways: Sequence[Way]) -> float:
        """The weighted length of what is photographed."""
        return float(
            sum(self.metres(np.diff(np.asarray(way.points), axis=0))[np.asarray(way.camera)].sum() for way in ways)
        )

    def against_the_wind(self, ways: Sequence[Way]) -> bool:
        """Whether some leg lies on a course that cannot be flown."""
        if self.factors is None:
            return False
        hard = Favour(np.where(self.factors >= AGAINST_THE_WIND, 1.0, 0.0))
        return hard.length_m(ways) > 0


PLAIN = Favour()


def in_wind(drone: DroneProfile, wind: Wind, speed_m_s: float) -> Favour:
    """By the energy of a metre to and fro, against that in still air."""
    still = level_power_w(drone, speed_m_s) / speed_m_s

    def cost(course_deg: float) -> float:
        made = made_good(wind, course_deg=course_deg, wanted_m_s=speed_m_s, max_air_m_s=drone.max_speed_m_s)
        return AGAINST_THE_WIND if made is None else level_power_w(drone, made.air_m_s) / made.ground_m_s / still

    def both(course_deg: float) -> float:
        there, back = cost(course_deg), cost(course_deg + 180.0)
        return max(there, back) if max(there, back) >= AGAINST_THE_WIND else (there + back) / 2

    return _by_course(both)


def glint_by_angle(
    camera: CameraProfile, at: LatLon, take_off_utc: datetime, lasting_s: float, wind: SeaWind = USUAL_SEA_WIND
) -> Floats:
    """The share of pictures straight down that is in glint, by angle: the mean of a flight's start, middle and end."""
    suns = [sun_at(at, take_off_utc + timedelta(seconds=share * lasting_s)) for share in (0.0, 0.5, 1.0)]

    def share(course_deg: float) -> float:
        attitude = Attitude(course_deg, -90.0)
        return sum(glint_in_frame(camera.intrinsics, attitude, sun, wind, across=16) for sun in suns) / len(suns)

    return _factors(share)


def in_light(glint: Floats) -> Favour:
    """By the glint of each angle, see `glint_by_angle`."""
    return Favour(1.0 + GLINT_WEIGHT * glint)


def _by_course(cost: Callable[[float], float]) -> Favour:
    return Favour(_factors(cost))


def _factors(cost: Callable[[float], float]) -> Floats:
    return np.array([cost(90.0 - degrees) for degrees in range(DEGREES)])
