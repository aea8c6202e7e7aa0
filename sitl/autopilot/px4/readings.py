"""Parameters that ground stations read from a PX4, but that the practice vehicle only keeps: PX4 1.15's names, types
and defaults. Those that it heeds stand in `parameters`.
"""  # noqa: D205

from collections.abc import Iterator

from sitl.autopilot.readings import INT32, REAL32, Row

_SINGLE: tuple[Row, ...] = (
    ("SYS_AUTOSTART", 4001, INT32),
    ("SYS_AUTOCONFIG", 0, INT32),
    ("SYS_HITL", 0, INT32),
    ("SYS_HAS_MAG", 1, INT32),
    ("SYS_HAS_BARO", 1, INT32),
    ("SYS_HAS_GPS", 1, INT32),
    ("MAV_TYPE", 2, INT32),
    ("MAV_COMP_ID", 1, INT32),
    ("MAV_PROTO_VER", 0, INT32),
    ("MAV_FWDEXTSP", 1, INT32),
    ("MIS_TKO_LAND_REQ", 1, INT32),
    ("MIS_DIST_1WP", 10000, REAL32),
    ("MIS_YAW_ERR", 12, REAL32),
    ("MIS_YAW_TMT", -1, REAL32),
    ("BAT1_N_CELLS", 6, INT32),
    ("BAT1_V_CHARGED", 4.05, REAL32),
    ("BAT1_V_EMPTY", 3.6, REAL32),
    ("BAT1_V_DIV", 10.1, REAL32),
    ("BAT1_A_PER_V", 17, REAL32),
    ("BAT1_V_LOAD_DROP", 0.1, REAL32),
    ("BAT1_R_INTERNAL", -1, REAL32),
    ("BAT1_SOURCE", 0, INT32),
    ("BAT_LOW_THR", 0.15, REAL32),
    ("BAT_EMERGEN_THR", 0.05, REAL32),
    ("CBRK_USB_CHK", 197848, INT32),
    ("CBRK_SUPPLY_CHK", 894281, INT32),
    ("CBRK_IO_SAFETY", 22027, INT32),
    ("CBRK_FLIGHTTERM", 121212, INT32),
    ("COM_RC_IN_MODE", 1, INT32),
    ("COM_RC_LOSS_T", 0.5, REAL32),
    ("COM_RC_OVERRIDE", 1, INT32),
    ("COM_OBL_RC_ACT", 0, INT32),
    ("COM_OF_LOSS_T", 1, REAL32),
    ("COM_POSCTL_NAVL", 0, INT32),
    ("COM_ARM_WO_GPS", 1, INT32),
    ("COM_ARM_SDCARD", 1, INT32),
    ("COM_DISARM_LAND", 2, REAL32),
    ("COM_PREARM_MODE", 0, INT32),
    ("COM_QC_ACT", 0, INT32),
    ("COM_OBS_AVOID", 0, INT32),
    ("COM_FLIGHT_UUID", 0, INT32),
    ("COM_TAKEOFF_ACT", 0, INT32),
    ("NAV_RCL_ACT", 2, INT32),
    ("NAV_LOITER_RAD", 80, REAL32),
    ("NAV_MIN_LTR_ALT", -1, REAL32),
    ("NAV_FORCE_VT", 1, INT32),
    ("GF_SOURCE", 0, INT32),
    ("GF_PREDICT", 0, INT32),
    ("FLW_TGT_FA", 180, REAL32),
    ("FLW_TGT_RS", 0.1, REAL32),
    ("FLW_TGT_ALT_M", 0, INT32),
    ("FLW_TGT_MAX_VEL", 5, REAL32),
    ("RTL_TYPE", 0, INT32),
    ("RTL_DESCEND_ALT", 30, REAL32),
    ("RTL_MIN_DIST", 10, REAL32),
    ("RTL_CONE_ANG", 45, INT32),
    ("RTL_PLD_MD", 0, INT32),
    ("LNDMC_XY_VEL_MAX", 1.5, REAL32),
    ("LNDMC_Z_VEL_MAX", 0.25, REAL32),
    ("MPC_XY_VEL_MAX", 12, REAL32),
    ("MPC_XY_P", 0.95, REAL32),
    ("MPC_XY_VEL_P_ACC", 1.8, REAL32),
    ("MPC_XY_VEL_I_ACC", 0.4, REAL32),
    ("MPC_XY_VEL_D_ACC", 0.2, REAL32),
    ("MPC_Z_P", 1, REAL32),
    ("MPC_Z_VEL_P_ACC", 4, REAL32),
    ("MPC_Z_V_AUTO_UP", 3, REAL32),
    ("MPC_Z_V_AUTO_DN", 1.5, REAL32),
    ("MPC_TKO_SPEED", 1.5, REAL32),
    ("MPC_TILTMAX_AIR", 45, REAL32),
    ("MPC_TILTMAX_LND", 12, REAL32),
    ("MPC_THR_HOVER", 0.5, REAL32),
    ("MPC_THR_MIN", 0.12, REAL32),
    ("MPC_THR_MAX", 1, REAL32),
    ("MPC_JERK_AUTO", 4, REAL32),
    ("MPC_YAW_MODE", 0, INT32),
    ("MPC_POS_MODE", 4, INT32),
    ("MPC_VEL_MANUAL", 10, REAL32),
    ("MC_ROLL_P", 6.5, REAL32),
    ("MC_PITCH_P", 6.5, REAL32),
    ("MC_YAW_P", 2.8, REAL32),
    ("MC_AIRMODE", 0, INT32),
    ("SENS_BOARD_ROT", 0, INT32),
    ("SENS_BOARD_X_OFF", 0, REAL32),
    ("SENS_BOARD_Y_OFF", 0, REAL32),
    ("SENS_BOARD_Z_OFF", 0, REAL32),
    ("SENS_DPRES_OFF", 0, REAL32),
    ("SENS_FLOW_ROT", 0, INT32),
    ("EKF2_AID_MASK", 1, INT32),
    ("EKF2_HGT_REF", 1, INT32),
    ("EKF2_GPS_CTRL", 7, INT32),
    ("EKF2_REQ_EPH", 3, REAL32),
    ("EKF2_REQ_EPV", 5, REAL32),
    ("EKF2_REQ_NSATS", 6, INT32),
    ("GPS_1_CONFIG", 201, INT32),
    ("TRIG_MODE", 0, INT32),
    ("TRIG_INTERFACE", 1, INT32),
    ("TRIG_DISTANCE", 25, REAL32),
    ("MNT_MODE_IN", 4, INT32),
    ("MNT_MODE_OUT", 0, INT32),
    ("MNT_MAV_SYSID", 1, INT32),
    ("MNT_MAV_COMPID", 154, INT32),
    ("SDLOG_MODE", 0, INT32),
    ("SDLOG_PROFILE", 1, INT32),
    ("RC_CHAN_CNT", 0, INT32),
    ("RC_MAP_FLTMODE", 0, INT32),
    ("RC_MAP_RETURN_SW", 0, INT32),
    ("RC_MAP_KILL_SW", 0, INT32),
    ("RC_MAP_ARM_SW", 0, INT32),
    ("CA_AIRFRAME", 0, INT32),
    ("CA_ROTOR_COUNT", 4, INT32),
    ("PWM_MAIN_TIM0", 400, INT32),
)


def readings() -> tuple[Row, ...]:
    """All of them."""
    return (*_SINGLE, *_sensors(), *_modes(), *_radio())


def _sensors() -> Iterator[Row]:
    for kind, number in (("GYRO", 1310988), ("ACC", 1310988), ("MAG", 197388), ("BARO", 6620172)):
        for n in range(2):
            yield f"CAL_{kind}{n}_ID", number if n == 0 else 0, INT32
            yield f"CAL_{kind}{n}_PRIO", 50 if n == 0 else -1, INT32
    for axis in "XYZ":
        yield f"CAL_MAG0_{axis}OFF", 0, REAL32


def _modes() -> Iterator[Row]:
    for n in range(1, 7):
        yield f"COM_FLTMODE{n}", -1, INT32


def _radio() -> Iterator[Row]:
    for stick in ("ROLL", "PITCH", "THROTTLE", "YAW"):
        yield f"RC_MAP_{stick}", 0, INT32
    for n in range(1, 9):
        yield f"RC{n}_MIN", 1000, REAL32
        yield f"RC{n}_MAX", 2000, REAL32
        yield f"RC{n}_TRIM", 1500, REAL32
        yield f"RC{n}_REV", 1, REAL32
