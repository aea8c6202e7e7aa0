"""What the way home takes from where a drone is, in the wind, as a share of its battery. Pure."""

from dataclasses import dataclass

from planner.geo.points import LatLon, LocalFrame
from planner.model.mission import Home
from planner.model.plan import Plan
from planner.model.profiles import DroneProfile
from planner.route.intercept import STILL, ground_speed_m_s, wind_to
from planner.route.shapes import Point
from planner.route.split_cost import CLIMB_POWER, TURN_S


@dataclass(frozen=True, slots=True)
class WayHome:
    """From here to the landing at home: seconds, and percent of a full battery without any reserve."""

    seconds: float
    percent: float


def way_home(
    drone: DroneProfile,
    at: LatLon,
    height_m: float,
    *,
    home: LatLon,
    wind: Point = STILL,
    return_height_m: float = 0.0,
) -> WayHome | None:
    """The way home in a straight line, climbing to `return_height_m` where it flies lower; landing included.

    `wind` is where the air goes (east, north, m/s). None: the drone makes no way against this wind.
    """
    east, north = (float(metre) for metre in LocalFrame(at).to_metres([home])[0])
    made = ground_speed_m_s((east, north), drone.max_speed_m_s, wind)
    if made is None:
        return None
    top = max(height_m, return_height_m, 0.0)
    climb_s = (top - max(height_m, 0.0)) / drone.climb_m_s
    way_s = (east**2 + north**2) ** 0.5 / min(made, drone.cruise_speed_m_s) + TURN_S
    down_s = top / drone.descent_m_s
    power = max(drone.cruise_power_w, drone.hover_power_w)
    joules = climb_s * CLIMB_POWER * drone.hover_power_w + way_s * power + down_s * drone.hover_power_w
    return WayHome(climb_s + way_s + down_s, joules / (drone.battery_wh * 36.0))


def way_home_in(plan: Plan | None, at: LatLon | None, height_m: float | None, home: Home | None) -> WayHome | None:
    """What the way home needs with the plan's drone, in the plan's wind; None where something is not known."""
    if plan is None or at is None or height_m is None or home is None:
        return None
    wind = plan.outlook.wind
    blows = STILL if wind is None else wind_to(wind.speed_m_s, wind.direction_deg)
    return way_home(plan.drone, at, height_m, home=home.at, wind=blows)
