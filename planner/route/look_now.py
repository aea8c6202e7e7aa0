"""A look at a vessel from where a drone is in the middle of its mission, with the battery that it really has. Pure."""

from dataclasses import dataclass, replace

from planner.geo.points import LatLon
from planner.model.mission import Command, Frame, Mission, MissionItem
from planner.model.patterns import OrbitParameters
from planner.model.profiles import DroneProfile
from planner.route.divert import OPEN, Diverted, Sky, divert
from planner.route.intercept import NotReached, wind_to
from planner.route.split_read import STOPS
from planner.route.way_home import way_home


@dataclass(frozen=True, slots=True)
class Now:
    """Where the drone is: height in metres above home, the item (from 1) that it flies to, percent of its battery."""

    at: LatLon
    height_m: float
    item: int
    battery_percent: float | None = None


def look_now(
    mission: Mission, drone: DroneProfile, vessel: OrbitParameters, now: Now, *, name: str, sky: Sky = OPEN
) -> Diverted:
    """The mission to send instead: as before up to here, then the look, then the rest.

    Raises:
        BadInput: a mission that cannot be taken up again (jumps, curves).
        NotReached: the vessel is too fast, too far, beyond the fence, or the battery does not last; says why.
    """
    heading_for = next((n for n, one in enumerate(mission.items, 1) if n >= now.item and one.command in STOPS), None)
    if heading_for is None:
        raise NotReached("the drone has flown its last waypoint; there is nothing to rejoin")
    yaw = mission.items[heading_for - 1].params[3]
    place = (round(now.at.lat_deg, 7), round(now.at.lon_deg, 7), round(now.height_m, 2))
    here = MissionItem(Command.NAV_WAYPOINT, Frame.GLOBAL_RELATIVE_ALT, (0.0, 0.0, 0.0, yaw, *place))
    items = (*mission.items[: heading_for - 1], here, *mission.items[heading_for - 1 :])
    found = divert(replace(mission, items=items), drone, vessel, after=heading_for, name=name, sky=sky)
    if now.battery_percent is not None:
        _must_last(found, drone, vessel, now, mission)
    return found


def _must_last(found: Diverted, drone: DroneProfile, vessel: OrbitParameters, now: Now, mission: Mission) -> None:
    """NotReached where the battery, as measured, does not last for the look and the way home."""
    if mission.home is None or now.battery_percent is None:
        return
    wind = wind_to(vessel.wind.speed_m_s, vessel.wind.direction_deg)
    home = way_home(drone, found.ends_at, now.height_m, home=mission.home.at, wind=wind)
    if home is None:
        raise NotReached("the drone would not make its way home against the wind")
    power = max(drone.cruise_power_w, drone.hover_power_w)
    needs = found.ends_after_s * power / (drone.battery_wh * 36) + home.percent + 100 * drone.reserve_fraction
    if needs > now.battery_percent:
        raise NotReached(
            f"the battery is at {now.battery_percent:.0f} %, and the look, the way home and the reserve of "
            f"{100 * drone.reserve_fraction:.0f} % need {needs:.0f} %"
        )
