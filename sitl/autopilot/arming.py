"""Whether the vehicle may be armed, and what it says if not."""

from sitl.autopilot.fences import Fences
from sitl.autopilot.messages import Mode
from sitl.autopilot.situation import Situation
from sitl.vehicle import charge_left

ARMABLE_MODES = frozenset({Mode.STABILIZE, Mode.ALT_HOLD, Mode.GUIDED, Mode.LOITER, Mode.POSHOLD})


def problems(now: Situation, fences: Fences) -> list[str]:
    """What forbids arming now, in ArduCopter's words; empty if nothing does. The mode is not looked at."""
    found: list[str] = []
    if now.booting:
        found.append("System not initialised")
    share = now.now_s / now.config.armable_s if now.config.armable_s else 1.0
    if share < 0.3:
        found += ["Need Alt Estimate", "Accels inconsistent", "EKF attitude is bad"]
    if share < 0.5:
        found += ["GPS 1: Bad fix", "AHRS: waiting for home"]
    elif share < 1.0:
        found.append("Need Position Estimate")
    if now.gps_lost and "GPS 1: Bad fix" not in found:
        found.append("GPS 1: Bad fix")
    p = now.parameters
    if p["BATT_ARM_VOLT"] > now.body.volts:
        found.append("Battery 1 below minimum arming voltage")
    if charge_left(now.body, now.config.airframe) <= 0.02:
        found.append("Battery 1 low voltage failsafe")
    if now.has_position and p["FENCE_ENABLE"] >= 1:
        outside = fences.breaches()
        if outside:
            found.append(f"Vehicle breaching {outside[0]} fence")
    return found
