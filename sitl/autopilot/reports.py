"""What the vehicle says of itself, message by message. Units and scalings are those of the MAVLink definitions."""

import math
from collections.abc import Callable

from sitl.autopilot.messages import CAPABILITIES, VERSION, Mode, Status, Value
from sitl.autopilot.payload import PAYLOAD_IDS, PayloadReports
from sitl.autopilot.pilot import Pilot
from sitl.autopilot.situation import Situation
from sitl.vehicle import charge_left, quaternion, wrap_180

_PREARM_BIT = 0x10000000
_FENCE_BIT = 0x100000
_GPS_BIT = 0x20

_OWN = {
    1: "SYS_STATUS",
    2: "SYSTEM_TIME",
    24: "GPS_RAW_INT",
    30: "ATTITUDE",
    31: "ATTITUDE_QUATERNION",
    32: "LOCAL_POSITION_NED",
    33: "GLOBAL_POSITION_INT",
    42: "MISSION_CURRENT",
    49: "GPS_GLOBAL_ORIGIN",
    62: "NAV_CONTROLLER_OUTPUT",
    74: "VFR_HUD",
    133: "TERRAIN_REQUEST",
    137: "SCALED_PRESSURE2",
    147: "BATTERY_STATUS",
    148: "AUTOPILOT_VERSION",
    162: "FENCE_STATUS",
    168: "WIND",
    193: "EKF_STATUS_REPORT",
    242: "HOME_POSITION",
    245: "EXTENDED_SYS_STATE",
}
"""The messages that can be asked for and streamed, without the payload's."""
IDS = _OWN | PAYLOAD_IDS


class Reports:
    """Makes the fields of each message as they are now; None where there is nothing to say."""

    def __init__(self, now: Situation, pilot: Pilot) -> None:
        self._now = now
        self._pilot = pilot
        self._makers: dict[str, Callable[[], dict[str, Value] | None]] = {
            name: getattr(self, f"_{name.lower()}") for name in _OWN.values()
        } | PayloadReports(now, pilot).makers

    def fields(self, name: str) -> dict[str, Value] | None:
        """The fields of message `name`."""
        return self._makers[name]()

    def _boot_ms(self) -> int:
        return int(self._now.now_s * 1000) & 0xFFFFFFFF

    def heartbeat(self) -> dict[str, Value]:
        """The fields of HEARTBEAT."""
        now = self._now
        base = 64 | 1 | 16
        if now.mode is not Mode.STABILIZE and (now.armed or now.mode is not Mode.AUTO):
            base |= 8
        if now.booting:
            base |= 8
        if now.armed:
            base |= 128
        status = Status.ACTIVE if now.armed and not now.landed else Status.STANDBY
        if now.booting:
            status = Status.BOOT
        elif now.failsafe and now.armed:
            status = Status.CRITICAL
        return {
            "type": 2,
            "autopilot": 3,
            "base_mode": base,
            "custom_mode": int(now.mode),
            "system_status": int(status),
            "mavlink_version": 3,
        }

    def _place(self) -> tuple[int, int]:
        if not self._now.has_gps:
            return 0, 0
        at = self._now.place_of(self._now.here)
        return round(at.lat_deg * 1e7), round(at.lon_deg * 1e7)

    def _sys_status(self) -> dict[str, Value]:
        now = self._now
        present, enabled, health = 0x5371FC0F, 0x5341FC0F, 0x4751FC0F
        if now.has_gps:
            present, enabled, health = present | _GPS_BIT, enabled | _GPS_BIT, health | _GPS_BIT
        if now.has_position:
            enabled, health = enabled | 0x200000, health | 0x200000
            if now.armed or not now.fence_breached:
                health |= _PREARM_BIT
        if now.parameters["FENCE_ENABLE"] >= 1:
            enabled |= _FENCE_BIT
        if now.fence_breached:
            health &= ~_FENCE_BIT
        return {
            "onboard_control_sensors_present": present,
            "onboard_control_sensors_enabled": enabled,
            "onboard_control_sensors_health": health,
            "load": 120,
            "voltage_battery": round(now.body.volts * 1000),
            "current_battery": round(now.body.amps * 100),
            "battery_remaining": self._charge_percent(),
            "drop_rate_comm": 0,
            "errors_comm": 0,
            "errors_count1": 0,
            "errors_count2": 0,
            "errors_count3": 0,
            "errors_count4": 0,
        }

    def _charge_percent(self) -> int:
        return int(100 * charge_left(self._now.body, self._now.config.airframe))

    def _system_time(self) -> dict[str, Value]:
        unix = round(self._now.utc.timestamp() * 1e6) if self._now.has_gps else 0
        return {"time_unix_usec": unix, "time_boot_ms": self._boot_ms()}

    def _gps_raw_int(self) -> dict[str, Value]:
        now = self._now
        lat, lon = self._place()
        has = now.has_gps
        course = math.degrees(math.atan2(now.v_east_m_s, now.v_north_m_s)) % 360
        return {
            "time_usec": int(now.now_s * 1e6) if has else 0,
            "fix_type": 6 if has else 0,
            "lat": lat,
            "lon": lon,
            "alt": round(now.msl_of(now.here.up_m) * 1000) if has else 0,
            "eph": 121 if has else 65535,
            "epv": 200 if has else 65535,
            "vel": round(now.speed_m_s * 100),
            "cog": round(course * 100) % 36000,
            "satellites_visible": 10 if has else 0,
            "h_acc": 300 if has else 0,
            "v_acc": 300 if has else 0,
        }

    def _attitude(self) -> dict[str, Value]:
        now, body = self._now, self._now.body
        yaw = math.radians(now.yaw_deg)
        return {
            "time_boot_ms": self._boot_ms(),
            "roll": math.radians(body.roll_deg),
            "pitch": math.radians(body.pitch_deg),
            "yaw": yaw - 2 * math.pi if yaw > math.pi else yaw,
            "rollspeed": math.radians(body.roll_rate_deg_s),
            "pitchspeed": math.radians(body.pitch_rate_deg_s),
            "yawspeed": math.radians(body.yaw_rate_deg_s),
        }

    def _attitude_quaternion(self) -> dict[str, Value]:
        now, body = self._now, self._now.body
        w, x, y, z = quaternion(body.roll_deg, body.pitch_deg, now.yaw_deg)
        return {
            "time_boot_ms": self._boot_ms(),
            "q1": w,
            "q2": x,
            "q3": y,
            "q4": z,
            "rollspeed": math.radians(body.roll_rate_deg_s),
            "pitchspeed": math.radians(body.pitch_rate_deg_s),
            "yawspeed": math.radians(body.yaw_rate_deg_s),
        }

    def _local_position_ned(self) -> dict[str, Value] | None:
        if not self._now.has_gps:
            return None
        now, here, body = self._now, self._now.here, self._now.body
        return {
            "time_boot_ms": self._boot_ms(),
            "x": here.north_m,
            "y": here.east_m,
            "z": -here.up_m,
            "vx": now.v_north_m_s,
            "vy": now.v_east_m_s,
            "vz": -body.v_up_m_s,
        }

    def _global_position_int(self) -> dict[str, Value]:
        now, body = self._now, self._now.body
        lat, lon = self._place()
        up = now.here.up_m
        return {
            "time_boot_ms": self._boot_ms(),
            "lat": lat,
            "lon": lon,
            "alt": round(now.msl_of(up) * 1000) if now.has_gps else 0,
            "relative_alt": round((up - now.home_or_launch.up_m) * 1000) if now.has_gps else 0,
            "vx": round(now.v_north_m_s * 100),
            "vy": round(now.v_east_m_s * 100),
            "vz": round(-body.v_up_m_s * 100),
            "hdg": round(now.yaw_deg * 100) % 36000,
        }

    def _mission_current(self) -> dict[str, Value]:
        runner, count = self._pilot.runner, len(self._pilot.stores.mission)
        return {
            "seq": runner.index,
            "total": count - 1 if count > 1 else 65535,
            "mission_state": int(runner.shown_state),
            "mission_mode": 1 if self._now.mode is Mode.AUTO else 0,
        }

    def _gps_global_origin(self) -> dict[str, Value] | None:
        if self._now.home is None:
            return None
        at = self._now.config.home
        return {
            "latitude": round(at.lat_deg * 1e7),
            "longitude": round(at.lon_deg * 1e7),
            "altitude": round(self._now.config.home_msl_m * 1000),
            "time_usec": int(self._now.now_s * 1e6),
        }

    def _nav_controller_output(self) -> dict[str, Value]:
        now, body = self._now, self._now.body
        return {
            "nav_roll": body.roll_deg,
            "nav_pitch": body.pitch_deg,
            "nav_bearing": round(now.yaw_deg) if now.yaw_deg <= 180 else round(now.yaw_deg) - 360,
            "target_bearing": 0,
            "wp_dist": 0,
            "alt_error": 0.0,
            "aspd_error": 0.0,
            "xtrack_error": 0.0,
        }

    def _vfr_hud(self) -> dict[str, Value]:
        now, body = self._now, self._now.body
        model = now.airframe
        return {
            "airspeed": math.hypot(now.v_east_m_s - model.wind_east_m_s, now.v_north_m_s - model.wind_north_m_s),
            "groundspeed": now.speed_m_s,
            "heading": round(now.yaw_deg) % 360,
            "throttle": 0 if now.landed else 45,
            "alt": now.msl_of(now.here.up_m),
            "climb": body.v_up_m_s,
        }

    def _scaled_pressure2(self) -> dict[str, Value]:
        msl_m = self._now.msl_of(self._now.here.up_m)
        return {
            "time_boot_ms": self._boot_ms(),
            "press_abs": 1013.25 * (1.0 - 2.25577e-5 * msl_m) ** 5.25588,  # the standard atmosphere
            "press_diff": 0.0,
            "temperature": round(100 * (15.0 - 0.0065 * msl_m)),
            "temperature_press_diff": 0,
        }

    def _terrain_request(self) -> dict[str, Value] | None:
        now = self._now
        return now.terrain.request(now.place_of(now.here)) if now.has_gps else None

    def _battery_status(self) -> dict[str, Value]:
        body = self._now.body
        return {
            "id": 0,
            "battery_function": 0,
            "type": 0,
            "temperature": 32767,
            "voltages": [round(body.volts * 1000)] + [65535] * 9,
            "current_battery": round(body.amps * 100),
            "current_consumed": round(body.used_mah),
            "energy_consumed": -1,
            "battery_remaining": self._charge_percent(),
            "time_remaining": 0,
            "charge_state": 2 if body.volts < self._now.parameters["BATT_LOW_VOLT"] else 1,
        }

    def _autopilot_version(self) -> dict[str, Value]:
        return {
            "capabilities": CAPABILITIES,
            "flight_sw_version": VERSION,
            "middleware_sw_version": 0,
            "os_sw_version": 0,
            "board_version": 0,
            "flight_custom_version": list(b"quaywtch"),
            "middleware_custom_version": [0] * 8,
            "os_custom_version": [0] * 8,
            "vendor_id": 0,
            "product_id": 0,
            "uid": 0x7175617977617463,
        }

    def _fence_status(self) -> dict[str, Value] | None:
        if self._now.parameters["FENCE_ENABLE"] < 1:
            return None
        breached = self._now.fence_breached
        return {"breach_status": int(breached), "breach_count": int(breached), "breach_type": 3 if breached else 0,
                "breach_time": 0}  # fmt: skip

    def _wind(self) -> dict[str, Value]:
        model = self._now.airframe
        towards = math.degrees(math.atan2(model.wind_east_m_s, model.wind_north_m_s))
        return {
            "direction": (towards + 180.0) % 360.0,
            "speed": math.hypot(model.wind_east_m_s, model.wind_north_m_s),
            "speed_z": 0.0,
        }

    def _ekf_status_report(self) -> dict[str, Value]:
        now = self._now
        flags = 831 if now.has_position else 167 if now.has_gps else 1024
        return {
            "flags": flags,
            "velocity_variance": 0.02,
            "pos_horiz_variance": 0.02,
            "pos_vert_variance": 0.02,
            "compass_variance": min(1.0, 0.02 + abs(wrap_180(now.heading_error_deg)) / 45.0),
            "terrain_alt_variance": 0.0,
        }

    def _home_position(self) -> dict[str, Value] | None:
        now = self._now
        if now.home is None:
            return None
        at = now.place_of(now.home)
        return {
            "latitude": round(at.lat_deg * 1e7),
            "longitude": round(at.lon_deg * 1e7),
            "altitude": round(now.msl_of(now.home.up_m) * 1000),
            "x": now.home.north_m,
            "y": now.home.east_m,
            "z": -now.home.up_m,
            "q": [math.nan] * 4,
            "approach_x": 0.0,
            "approach_y": 0.0,
            "approach_z": 0.0,
        }

    def _extended_sys_state(self) -> dict[str, Value] | None:
        return {"vtol_state": 0, "landed_state": 1 if self._now.landed else 2}
