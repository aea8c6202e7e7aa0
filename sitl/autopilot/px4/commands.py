"""Commands as PX4 takes them."""

import math
from dataclasses import replace

from typing_extensions import override

from planner.geo.points import LatLon
from sitl.autopilot.commands import Commands, Order
from sitl.autopilot.injection import Injection
from sitl.autopilot.messages import Message, Mode, Result, Send, Severity
from sitl.autopilot.pilot import FORCE, Pilot
from sitl.autopilot.px4.modes import AUTO_TAKEOFF, WANTED, split
from sitl.autopilot.px4.parameters import Px4Parameters
from sitl.autopilot.situation import Situation
from sitl.autopilot.telemetry import Telemetry

_LANDINGS = frozenset({21, 85, 189})


def infeasible(required: int, *, takeoff: bool, landing: bool) -> str | None:
    """What a mission lacks by MIS_TKO_LAND_REQ (FeasibilityChecker.cpp); None if it may be flown."""
    if required in {1, 3} and not takeoff:
        return "takeoff required"
    if required in {2, 3} and not landing:
        return "landing required"
    if required in {4, 5} and takeoff != landing:
        return "land start required" if takeoff else "takeoff required"
    return None


class Px4Commands(Commands):
    """PX4's modes by main and sub, arming in mission mode, take-off above the sea, orbit, captures again."""

    def __init__(
        self, now: Situation, pilot: Pilot, telemetry: Telemetry, injection: Injection, parameters: Px4Parameters
    ) -> None:
        super().__init__(now, pilot, telemetry, injection)
        self._parameters = parameters
        self._table |= {22: self._take_off, 34: self._orbit, 300: lambda _: self._start_mission(), 512: self._ask_for}

    @override
    def _change_mode(self, custom: int) -> Result:
        wanted = split(custom)
        if wanted == AUTO_TAKEOFF:
            return self._climb(self._parameters["MIS_TAKEOFF_ALT"])
        mode = WANTED.get(wanted)
        if mode is None:
            return Result.TEMPORARILY_REJECTED
        if mode is Mode.AUTO:
            return self._start_mission() if self._now.armed else self._refusable(self._pilot.set_mode(mode))
        return self._refusable(self._pilot.set_mode(mode))

    @override
    def _set_mode(self, order: Order) -> Result:
        if not all(math.isfinite(p) for p in (order.p1, order.p2, order.p3)) or not int(order.p1) & 1:
            return Result.DENIED
        return self._change_mode((int(order.p2) & 0xFF) << 16 | (int(order.p3) & 0xFF) << 24)

    @override
    def _arm(self, order: Order) -> Result:
        if order.p1 != 1:
            return super()._arm(order)
        done = self._pilot.arm(force=order.p2 == FORCE)
        if done is not Result.ACCEPTED:
            return Result.TEMPORARILY_REJECTED
        return self._start_mission() if self._now.mode is Mode.AUTO and self._now.landed else done

    @override
    def _reposition(self, order: Order) -> Result:
        if not order.is_int:
            order = replace(order, x=order.x * 1e7, y=order.y * 1e7, frame=0, is_int=True)
        if self._now.landed or not self._now.armed:
            return Result.DENIED
        return super()._reposition(replace(order, p2=1.0))

    @override
    def _set_current(self, order: Order) -> Result:
        return super()._set_current(replace(order, p1=order.p1 + 1))

    def _start_mission(self) -> Result:
        now = self._now
        if len(self._pilot.stores.mission) <= 1:
            now.say(Severity.CRITICAL, "No valid mission available, refusing takeoff")
            return Result.TEMPORARILY_REJECTED
        problem = infeasible(
            int(self._parameters["MIS_TKO_LAND_REQ"]),
            takeoff=self._pilot.runner.starts_with_takeoff or not now.landed,
            landing=any(item.command in _LANDINGS for item in self._pilot.stores.mission),
        )
        if problem is not None:
            now.say(Severity.CRITICAL, f"Mission rejected: {problem}")
            return Result.DENIED
        if not now.armed and self._pilot.arm(force=False) is not Result.ACCEPTED:
            return Result.TEMPORARILY_REJECTED
        return self._refusable(self._pilot.start_mission(0, 0))

    def _take_off(self, order: Order) -> Result:
        now = self._now
        if not math.isfinite(order.z):
            return self._climb(self._parameters["MIS_TAKEOFF_ALT"])
        return self._climb(order.z - now.msl_of(now.home_or_launch.up_m))

    def _climb(self, height_m: float) -> Result:
        if not self._now.armed or not self._now.landed:
            return Result.TEMPORARILY_REJECTED
        self._pilot.set_mode(Mode.GUIDED)
        return self._refusable(self._pilot.take_off(max(height_m, self._parameters["MIS_TAKEOFF_ALT"])))

    def _orbit(self, order: Order) -> Result:
        """DO_ORBIT: radius (positive is clockwise), speed, centre; NaN takes the usual."""
        now = self._now
        if not now.armed or now.landed:
            return Result.TEMPORARILY_REJECTED
        radius_m = order.p1 if math.isfinite(order.p1) and order.p1 else 20.0
        speed_m_s = order.p2 if math.isfinite(order.p2) and order.p2 > 0 else 3.0
        at: LatLon | None = now.place_of(now.here)
        if math.isfinite(order.x) and math.isfinite(order.y) and (order.x or order.y):
            at = order.place() if order.is_int else replace(order, x=order.x * 1e7, y=order.y * 1e7).place()
        if at is None or not 1 <= abs(radius_m) <= 1000:
            return Result.DENIED
        up_m = now.up_of(order.z, 0) if math.isfinite(order.z) and order.z else now.here.up_m
        return self._pilot.orbit(now.spot_of(at, up_m), radius_m=radius_m, speed_m_s=min(speed_m_s, 10.0))

    def _ask_for(self, order: Order) -> Result:
        """REQUEST_MESSAGE; a picture's CAMERA_IMAGE_CAPTURED is sent again, those up to parameter 3, or all (-1)."""
        if order.p1 != 263:
            return self._request(order, int(order.p1) if math.isfinite(order.p1) else -1)
        if not math.isfinite(order.p2) or not math.isfinite(order.p3):
            return Result.DENIED
        first, last, captured = int(order.p2), int(order.p3), self._pilot.camera.captured
        if first == -1 or last == -1:
            last = max(captured, default=0)
        wanted = [captured[n] for n in sorted(captured) if first <= n <= max(first, last)]
        for fields in wanted:
            self._now.outbox.append(Send(Message("CAMERA_IMAGE_CAPTURED", fields), order.event.client))
        return Result.ACCEPTED if wanted else Result.DENIED

    @staticmethod
    def _refusable(result: Result) -> Result:
        """PX4 says that it might work later where ArduCopter says that it failed."""
        return Result.TEMPORARILY_REJECTED if result is Result.FAILED else result
