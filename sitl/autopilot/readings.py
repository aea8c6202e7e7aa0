"""Parameters that ground stations read and pages show, but that the practice vehicle only keeps: ArduCopter 4.6's
names, types and defaults, by group. Those that it heeds stand in `parameters`, but for SRn_..., see `telemetry`.
"""  # noqa: D205

from collections.abc import Iterator

INT8, INT16, INT32, REAL32 = 2, 4, 6, 9
Row = tuple[str, float, int]

_MODES = (0, 3, 4, 5, 6, 9)
_SERVO_FUNCTIONS = (33, 34, 35, 36)
_SERIAL_BAUD = (115, 57, 57, 38, 38, 57, 57, 57)
_SERIAL_PROTOCOL = (2, 2, 2, 5, 5, -1, -1, -1)
_SINGLE: tuple[Row, ...] = (
    ("PILOT_SPEED_UP", 250, INT16),
    ("PILOT_SPEED_DN", 0, INT16),
    ("PILOT_ACCEL_Z", 250, INT16),
    ("PILOT_THR_FILT", 0, REAL32),
    ("PILOT_THR_BHV", 0, INT16),
    ("FS_THR_ENABLE", 1, INT8),
    ("FS_THR_VALUE", 975, INT16),
    ("THR_DZ", 100, INT16),
    ("FS_EKF_ACTION", 1, INT8),
    ("FS_EKF_THRESH", 0.8, REAL32),
    ("FS_CRASH_CHECK", 1, INT8),
    ("FS_VIBE_ENABLE", 1, INT8),
    ("FS_DR_ENABLE", 2, INT8),
    ("FS_DR_TIMEOUT", 30, INT16),
    ("FLTMODE_CH", 5, INT8),
    ("INITIAL_MODE", 0, INT8),
    ("SIMPLE", 0, INT8),
    ("SUPER_SIMPLE", 0, INT8),
    ("GCS_PID_MASK", 0, INT16),
    ("LOG_BITMASK", 176126, INT32),
    ("LOG_BACKEND_TYPE", 1, INT8),
    ("LOG_DISARMED", 0, INT8),
    ("LOG_FILE_DSRMROT", 0, INT8),
    ("ACRO_BAL_ROLL", 1, REAL32),
    ("ACRO_BAL_PITCH", 1, REAL32),
    ("ACRO_TRAINER", 2, INT8),
    ("WP_NAVALT_MIN", 0, REAL32),
    ("WPNAV_JERK", 1, REAL32),
    ("WPNAV_TER_MARGIN", 10, REAL32),
    ("WPNAV_RFND_USE", 1, INT8),
    ("LOIT_SPEED", 1250, REAL32),
    ("LOIT_ACC_MAX", 500, REAL32),
    ("LOIT_ANG_MAX", 0, REAL32),
    ("LOIT_BRK_ACCEL", 250, REAL32),
    ("LOIT_BRK_DELAY", 1, REAL32),
    ("LOIT_BRK_JERK", 500, REAL32),
    ("LAND_REPOSITION", 1, INT8),
    ("RTL_ALT_TYPE", 0, INT8),
    ("RTL_OPTIONS", 0, INT32),
    ("GUID_OPTIONS", 0, INT32),
    ("ARMING_ACCTHRESH", 0.75, REAL32),
    ("ARMING_RUDDER", 2, INT8),
    ("ARMING_MIS_ITEMS", 0, INT32),
    ("ARMING_OPTIONS", 0, INT32),
    ("GPS1_TYPE", 1, INT8),
    ("GPS2_TYPE", 0, INT8),
    ("GPS_NAVFILTER", 8, INT8),
    ("GPS_MIN_ELEV", -100, INT8),
    ("GPS_AUTO_CONFIG", 1, INT8),
    ("GPS_AUTO_SWITCH", 1, INT8),
    ("GPS_HDOP_GOOD", 140, INT16),
    ("GPS1_GNSS_MODE", 0, INT8),
    ("GPS1_RATE_MS", 200, INT16),
    ("COMPASS_USE", 1, INT8),
    ("COMPASS_USE2", 1, INT8),
    ("COMPASS_USE3", 1, INT8),
    ("COMPASS_ENABLE", 1, INT8),
    ("COMPASS_AUTODEC", 1, INT8),
    ("COMPASS_DEC", 0, REAL32),
    ("COMPASS_LEARN", 0, INT8),
    ("COMPASS_ORIENT", 0, INT8),
    ("COMPASS_EXTERNAL", 1, INT8),
    ("COMPASS_DEV_ID", 97539, INT32),
    ("AHRS_EKF_TYPE", 3, INT8),
    ("AHRS_ORIENTATION", 0, INT8),
    ("AHRS_TRIM_X", 0, REAL32),
    ("AHRS_TRIM_Y", 0, REAL32),
    ("AHRS_TRIM_Z", 0, REAL32),
    ("AHRS_GPS_USE", 1, INT8),
    ("EK3_ENABLE", 1, INT8),
    ("EK3_IMU_MASK", 3, INT8),
    ("EK3_GPS_CHECK", 31, INT8),
    ("EK3_SRC1_POSXY", 3, INT8),
    ("EK3_SRC1_VELXY", 3, INT8),
    ("EK3_SRC1_POSZ", 1, INT8),
    ("EK3_SRC1_VELZ", 3, INT8),
    ("EK3_SRC1_YAW", 1, INT8),
    ("EK3_SRC_OPTIONS", 1, INT16),
    ("INS_GYRO_FILTER", 20, INT16),
    ("INS_ACCEL_FILTER", 20, INT16),
    ("INS_USE", 1, INT8),
    ("INS_USE2", 1, INT8),
    ("INS_ACC_ID", 2753028, INT32),
    ("INS_GYR_ID", 2752772, INT32),
    ("BARO_PRIMARY", 0, INT8),
    ("BARO_EXT_BUS", -1, INT8),
    ("TERRAIN_ENABLE", 1, INT8),
    ("TERRAIN_SPACING", 100, INT16),
    ("RNGFND1_TYPE", 0, INT8),
    ("MOT_PWM_MIN", 1000, INT16),
    ("MOT_PWM_MAX", 2000, INT16),
    ("MOT_PWM_TYPE", 0, INT8),
    ("MOT_SPIN_ARM", 0.1, REAL32),
    ("MOT_SPIN_MIN", 0.15, REAL32),
    ("MOT_SPIN_MAX", 0.95, REAL32),
    ("MOT_THST_EXPO", 0.65, REAL32),
    ("MOT_THST_HOVER", 0.39, REAL32),
    ("MOT_HOVER_LEARN", 2, INT8),
    ("MOT_BAT_VOLT_MAX", 25.2, REAL32),
    ("MOT_BAT_VOLT_MIN", 19.8, REAL32),
    ("MOT_SPOOL_TIME", 0.5, REAL32),
    ("MOT_BAT_CURR_MAX", 0, REAL32),
    ("ATC_ANG_RLL_P", 4.5, REAL32),
    ("ATC_ANG_PIT_P", 4.5, REAL32),
    ("ATC_ANG_YAW_P", 4.5, REAL32),
    ("ATC_ACCEL_R_MAX", 110000, REAL32),
    ("ATC_ACCEL_P_MAX", 110000, REAL32),
    ("ATC_ACCEL_Y_MAX", 27000, REAL32),
    ("ATC_INPUT_TC", 0.15, REAL32),
    ("ATC_THR_MIX_MAN", 0.1, REAL32),
    ("ATC_SLEW_YAW", 6000, REAL32),
    ("PSC_POSZ_P", 1, REAL32),
    ("PSC_VELZ_P", 5, REAL32),
    ("PSC_POSXY_P", 1, REAL32),
    ("PSC_JERK_XY", 5, REAL32),
    ("PSC_JERK_Z", 5, REAL32),
    ("RCMAP_ROLL", 1, INT8),
    ("RCMAP_PITCH", 2, INT8),
    ("RCMAP_THROTTLE", 3, INT8),
    ("RCMAP_YAW", 4, INT8),
    ("RC_SPEED", 490, INT16),
    ("RC_OPTIONS", 32, INT32),
    ("RC_PROTOCOLS", 1, INT32),
    ("RSSI_TYPE", 0, INT8),
    ("ADSB_TYPE", 0, INT8),
    ("AVD_ENABLE", 0, INT8),
    ("AVOID_ENABLE", 3, INT8),
    ("SRTL_POINTS", 300, INT16),
    ("SRTL_ACCURACY", 2, REAL32),
    ("BRD_SAFETY_DEFLT", 0, INT8),
    ("BRD_BOOT_DELAY", 0, INT16),
    ("BRD_OPTIONS", 0, INT32),
    ("SCR_ENABLE", 0, INT8),
    ("NTF_LED_TYPES", 123079, INT32),
    ("STAT_FLTTIME", 0, INT32),
    ("STAT_RUNTIME", 0, INT32),
    ("TUNE", 0, INT8),
    ("CAM_AUTO_ONLY", 0, INT8),
    ("CAM1_DURATION", 0.1, REAL32),
    ("CAM1_FEEDBAK_PIN", -1, INT8),
    ("CAM1_MNT_INST", 0, INT8),
    ("MNT1_DEFLT_MODE", 3, INT8),
    ("MNT1_ROLL_MIN", -30, REAL32),
    ("MNT1_ROLL_MAX", 30, REAL32),
    ("MNT1_YAW_MIN", -180, REAL32),
    ("MNT1_YAW_MAX", 180, REAL32),
    ("MNT1_NEUTRAL_X", 0, REAL32),
    ("MNT1_NEUTRAL_Y", 0, REAL32),
    ("MNT1_NEUTRAL_Z", 0, REAL32),
    ("MNT1_RC_RATE", 0, INT16),
    ("BATT_VOLT_PIN", 13, INT8),
    ("BATT_CURR_PIN", 12, INT8),
    ("BATT_VOLT_MULT", 10.1, REAL32),
    ("BATT_AMP_PERVLT", 17, REAL32),
    ("BATT_AMP_OFFSET", 0, REAL32),
    ("BATT_SERIAL_NUM", -1, INT32),
    ("BATT_ARM_MAH", 0, INT32),
    ("BATT_FS_VOLTSRC", 0, INT8),
    ("BATT2_MONITOR", 0, INT8),
)


def readings() -> tuple[Row, ...]:
    """All of them."""
    return (*_SINGLE, *_modes(), *_radio(), *_servos(), *_serials(), *_streams(), *_rates())


def _modes() -> Iterator[Row]:
    for number, mode in enumerate(_MODES, 1):
        yield f"FLTMODE{number}", mode, INT8


def _radio() -> Iterator[Row]:
    for n in range(1, 17):
        yield f"RC{n}_MIN", 1000 if n <= 8 else 1100, INT16
        yield f"RC{n}_MAX", 2000 if n <= 8 else 1900, INT16
        yield f"RC{n}_TRIM", 1000 if n == 3 else 1500, INT16
        yield f"RC{n}_REVERSED", 0, INT8
        yield f"RC{n}_DZ", 20 if n < 5 else 0, INT16
        yield f"RC{n}_OPTION", 0, INT16


def _servos() -> Iterator[Row]:
    for n in range(1, 17):
        yield f"SERVO{n}_MIN", 1000 if n <= 4 else 1100, INT16
        yield f"SERVO{n}_MAX", 2000 if n <= 4 else 1900, INT16
        yield f"SERVO{n}_TRIM", 1500, INT16
        yield f"SERVO{n}_REVERSED", 0, INT8
        yield f"SERVO{n}_FUNCTION", _SERVO_FUNCTIONS[n - 1] if n <= len(_SERVO_FUNCTIONS) else 0, INT16


def _serials() -> Iterator[Row]:
    for n, (baud, protocol) in enumerate(zip(_SERIAL_BAUD, _SERIAL_PROTOCOL, strict=True)):
        yield f"SERIAL{n}_BAUD", baud, INT32
        yield f"SERIAL{n}_PROTOCOL", protocol, INT8
        if n:
            yield f"SERIAL{n}_OPTIONS", 0, INT32


def _streams() -> Iterator[Row]:
    for n in range(4):
        for group in ("RAW_SENS", "EXT_STAT", "RC_CHAN", "POSITION", "EXTRA1", "EXTRA2", "EXTRA3", "PARAMS"):
            yield f"SR{n}_{group}", 10 if group == "PARAMS" else 0, INT16


def _rates() -> Iterator[Row]:
    for axis, p in (("RLL", 0.135), ("PIT", 0.135), ("YAW", 0.18)):
        for name, value in (("P", p), ("I", p if axis != "YAW" else 0.018), ("D", 0.0036 if axis != "YAW" else 0)):
            yield f"ATC_RAT_{axis}_{name}", value, REAL32
        for name, value in (("IMAX", 0.5), ("FF", 0), ("FLTT", 20), ("FLTE", 0), ("FLTD", 20), ("SMAX", 0)):
            yield f"ATC_RAT_{axis}_{name}", value, REAL32
