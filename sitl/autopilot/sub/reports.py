"""What a submersible says of itself, where it differs from ArduCopter."""

from typing_extensions import override

from sitl.autopilot.messages import Value
from sitl.autopilot.reports import Reports
from sitl.submersible import hydrostatic_hpa

VERSION = 0x040503FF
"""ArduSub 4.5.3."""
_WATER_CDEG = 1100


class SubReports(Reports):
    """Depth is negative altitude; the second pressure sensor is the one in the water."""

    @override
    def heartbeat(self) -> dict[str, Value]:
        return super().heartbeat() | {"type": 12}

    @override
    def _autopilot_version(self) -> dict[str, Value]:
        return super()._autopilot_version() | {"flight_sw_version": VERSION}

    @override
    def _vfr_hud(self) -> dict[str, Value]:
        now = self._now
        return super()._vfr_hud() | {
            "airspeed": now.speed_m_s,
            "alt": now.here.up_m,
            "throttle": round(100 * now.body.spool),
        }

    @override
    def _scaled_pressure2(self) -> dict[str, Value]:
        return {
            "time_boot_ms": self._boot_ms(),
            "press_abs": hydrostatic_hpa(-self._now.here.up_m),
            "press_diff": 0.0,
            "temperature": _WATER_CDEG,
            "temperature_press_diff": 0,
        }

    @override
    def _extended_sys_state(self) -> None:
        return None
