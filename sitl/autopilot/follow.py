"""FOLLOW: keeps its place beside another that tells where it is, as ArduPilot's AP_Follow does.

The other is heard by FOLLOW_TARGET or GLOBAL_POSITION_INT from system FOLL_SYSID (0: the first that is heard). Its
place is old after three seconds of the link's time; then the vehicle stops.
"""

import math
from dataclasses import dataclass

from planner.geo.points import LatLon
from sitl.autopilot.messages import Received
from sitl.autopilot.situation import Situation, Spot
from sitl.autopilot.tasks import accelerate, approach_m_s, climb_to, heading_deg
from sitl.vehicle import Demand

TIMEOUT_S = 3.0
_FACE_LEAD = 1
_BRAKE_SHARE = 0.7


@dataclass
class Lead:
    """Who is followed: where it was last, how it moves, and when (link time) that was heard."""

    system: int = 0
    at: Spot | None = None
    v_east_m_s: float = 0.0
    v_north_m_s: float = 0.0
    heard_s: float = -math.inf

    def take(self, event: Received, now: Situation) -> None:
        """A FOLLOW_TARGET or GLOBAL_POSITION_INT of another system."""
        wanted = int(now.parameters["FOLL_SYSID"]) or self.system or event.system
        message = event.message
        if event.system in {0, now.config.system_id} or event.system != wanted:
            return
        try:
            at = LatLon(message.whole("lat") / 1e7, message.whole("lon") / 1e7)
        except ValueError:
            return
        if message.name == "FOLLOW_TARGET":
            if not message.whole("est_capabilities") & 1:
                return
            speed = message.fields.get("vel")
            north, east = (float(v) for v in speed[:2]) if isinstance(speed, list) else (0.0, 0.0)
            msl_m = message.number("alt")
        else:
            north, east = message.whole("vx") / 100, message.whole("vy") / 100
            msl_m = message.whole("alt") / 1000
        if not all(math.isfinite(v) for v in (north, east, msl_m)):
            return
        self.system = event.system
        self.at = now.spot_of(at, now.up_of(msl_m, 0))
        self.v_north_m_s, self.v_east_m_s, self.heard_s = north, east, now.link_s

    def is_heard(self, now: Situation) -> bool:
        """Whether its place is known, new, and within FOLL_DIST_MAX."""
        if self.at is None or now.link_s - self.heard_s > TIMEOUT_S:
            return False
        away = math.hypot(self.at.east_m - now.here.east_m, self.at.north_m - now.here.north_m)
        most = now.parameters["FOLL_DIST_MAX"]
        return most <= 0 or away <= most


@dataclass
class Follow:
    """Flies to FOLL_OFS_X/Y/Z from the lead; with all of them zero it keeps the distance that it has at the start."""

    lead: Lead
    kept: Spot | None = None
    done: bool = False

    def step(self, now: Situation, dt_s: float) -> Demand:  # noqa: ARG002 -- a task's signature
        """Towards the place beside the lead, with its speed."""
        at = self.lead.at
        if at is None or not self.lead.is_heard(now):
            return Demand(*accelerate(now, 0.0, 0.0))
        offset = self._offset(now, at)
        goal = Spot(at.east_m + offset.east_m, at.north_m + offset.north_m, at.up_m + offset.up_m)
        away_e, away_n = goal.east_m - now.here.east_m, goal.north_m - now.here.north_m
        far = math.hypot(away_e, away_n)
        accel = max(now.parameters["WPNAV_ACCEL"], 50.0) / 100 * _BRAKE_SHARE
        speed = min(approach_m_s(far, gain=0.8, accel_m_s2=accel), now.parameters["WPNAV_SPEED"] / 100)
        share = speed / far if far > 1e-6 else 0.0
        east, north = away_e * share + self.lead.v_east_m_s, away_n * share + self.lead.v_north_m_s
        faces = int(now.parameters["FOLL_YAW_BEHAVE"]) == _FACE_LEAD
        nose = heading_deg(now.here, at) if faces else None
        return Demand(*accelerate(now, east, north), climb_to(now, goal.up_m), nose)

    def _offset(self, now: Situation, at: Spot) -> Spot:
        p = now.parameters
        north, east, down = p["FOLL_OFS_X"], p["FOLL_OFS_Y"], p["FOLL_OFS_Z"]
        if north or east or down:
            if int(p["FOLL_OFS_TYPE"]) == 1 and math.hypot(self.lead.v_east_m_s, self.lead.v_north_m_s) > 0.2:
                course = math.atan2(self.lead.v_east_m_s, self.lead.v_north_m_s)
                north, east = (
                    north * math.cos(course) - east * math.sin(course),
                    north * math.sin(course) + east * math.cos(course),
                )
            return Spot(east, north, -down)
        if self.kept is None:
            here = now.here
            self.kept = Spot(here.east_m - at.east_m, here.north_m - at.north_m, here.up_m - at.up_m)
        return self.kept
