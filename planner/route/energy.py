"""Power that a multirotor draws, from the two figures a profile has."""

from planner.model.profiles import DroneProfile

CLIMB_FACTOR = 1.2
"""Power in a climb, in hover powers; as in planner/route/make.py."""
DRAG_SHARE = 0.2
"""Share of the power at cruise speed that drag takes and that grows with the cube of the airspeed; an estimate."""


def level_power_w(drone: DroneProfile, air_m_s: float) -> float:
    """Watts in level flight at an airspeed: hover at rest, the profile's figure at cruise, drag beyond.

    Between rest and cruise a straight line; beyond, the drag's share grows with the cube of the speed (Leishman,
    Principles of Helicopter Aerodynamics, chapter 5: parasitic power).
    """
    cruise = drone.cruise_speed_m_s
    if air_m_s <= cruise:
        return drone.hover_power_w + (drone.cruise_power_w - drone.hover_power_w) * air_m_s / cruise
    return drone.cruise_power_w * (1 + DRAG_SHARE * ((air_m_s / cruise) ** 3 - 1))


def climb_power_w(drone: DroneProfile) -> float:
    """Watts in a vertical climb."""
    return drone.hover_power_w * CLIMB_FACTOR
