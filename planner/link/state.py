"""What is known of the vehicle now: a frozen value and the pure function that each message changes it with."""

import math
import statistics
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link.angles import euler_deg
from planner.link.held import Held
from planner.link.messages import Address, Received
from planner.link.payload import SEEN_FOR_S, Gimbal, gimbal_of, looked_at
from planner.link.pictures import NOTHING_TOLD, Reports
from planner.link.satellite import STATE_ACTIVE, custom_mode_of, values_of
from planner.link.services import (
    AutopilotVersion,
    CameraCaptureStatus,
    CameraFovStatus,
    GimbalManagerInformation,
    OpenDroneIdArmStatus,
)
from planner.link.stack import ARMED_BIT, AUTOPILOT_INVALID, Modes, Stack, is_sub, kind_word, mode_name, stack_of
from planner.link.told import ToldMode, modes_for, name_of, with_mode
from planner.link.traffic import Traffic, with_report
from planner.model.flight import Capture
from planner.model.mission import Home

MOST_TEXTS = 60
LOST_S = 3.5
"""QGroundControl's limit for a lost link (VehicleLinkManager)."""
REPORTS_MISSED = 2.5
USUAL_REPORT_S = 75.0
"""Of a high-latency link, until two reports have come: PX4 sends one in 66 s."""
REPORTS_KEPT = 5
_PREARM_BIT = 0x10000000
_FENCE_BIT = 0x100000
_EKF_NEEDED = 0x01 | 0x02 | 0x04 | 0x10  # attitude, horizontal and vertical velocity, absolute horizontal position
_EKF_BAD = 0x80 | 0x400  # constant position mode, uninitialised
_OF_TRANSFERS = frozenset({m.MissionRequest, m.MissionRequestInt, m.MissionItemInt, m.MissionCount, m.MissionAck})
"""Messages that tell nothing of the vehicle; they come by the thousand."""
_OF_PARTS = (
    m.CameraFeedback,
    m.CameraImageCaptured,
    CameraCaptureStatus,
    CameraFovStatus,
    GimbalManagerInformation,
    OpenDroneIdArmStatus,
)
"""Messages that count from any component of the vehicle."""


@dataclass(frozen=True, slots=True)
class Text:
    """One STATUSTEXT; severity 0 (emergency) to 7 (debug); `at_s` on the station's monotonic clock."""

    at_s: float
    severity: int
    text: str


@dataclass(frozen=True, slots=True)
class VehicleState:
    """The vehicle as last heard. None: not told yet.

    Heights in metres above home and above mean sea level; attitude in degrees (yaw from true north, pitch nose up,
    roll right side down); speeds m/s; `link_age_s` seconds since the last heartbeat, set by `Station.snapshot`.
    `mission_item` counts the plan's items from 1, None before the first; `mission_state` is MISSION_STATE
    (3 active, 4 paused, 5 complete).
    """

    address: Address
    stack: Stack
    vehicle_type: int
    armed: bool
    mode: str
    custom_mode: int
    system_status: int
    heard_s: float
    link_age_s: float = 0.0
    at: LatLon | None = None
    height_m: float | None = None
    msl_m: float | None = None
    yaw_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    speed_m_s: float | None = None
    climb_m_s: float | None = None
    battery_percent: float | None = None
    battery_v: float | None = None
    gps_fix: int | None = None
    satellites: int | None = None
    ekf_ok: bool | None = None
    prearm_ok: bool | None = None
    fence_ok: bool | None = None
    """False: outside its fence; None: no fence is on."""
    home: Home | None = None
    mission_item: int | None = None
    mission_total: int | None = None
    mission_state: int | None = None
    in_mission: bool | None = None
    """Whether it says that it is in a mode that flies missions; None: it does not tell."""
    list_ids: tuple[int, int, int] = (0, 0, 0)
    """What the vehicle calls its mission, fence and rally points; 0: it names none, or there is none."""
    lists_told_s: float | None = None
    """When it told that last."""
    held: Held | None = None
    """What was stored in it last, as far as that is remembered."""
    mission_changed: str = ""
    """What it holds otherwise than that, in a sentence; set by `Station.snapshot`, as `as_stored` is."""
    as_stored: bool | None = None
    """Whether it tells that it holds what was stored; None: it is not known."""
    capabilities: int | None = None
    """MAV_PROTOCOL_CAPABILITY bits; None: not told."""
    reached: int = 0
    captures: tuple[Capture, ...] = ()
    pictures: Reports = NOTHING_TOLD
    pictures_before: int | None = None
    """How many the camera had while the vehicle was last disarmed; None: not told."""
    gimbal: Gimbal | None = None
    """The first gimbal that it tells of; None: it has told of none."""
    looks_at: LatLon | None = None
    """The ground point that its camera looked at when it told last; see `camera_at`."""
    looks_at_s: float = -math.inf
    remote_id: str | None = None
    """Why its remote identification keeps it from being armed; "": it does not; None: it tells of none."""
    operator: LatLon | None = None
    """Where the operator says to be, for remote identification; None: where it took off."""
    texts: tuple[Text, ...] = ()
    boot_ms: int | None = None
    utc_minus_boot_s: float | None = None
    lost_frames: int = 0
    heard_frames: int = 0
    frames_s: float | None = None
    """Frames heard per second, over the last seconds."""
    recent_loss_percent: float | None = None
    """Frames lost on the way here over the last seconds."""
    traffic: tuple[Traffic, ...] = ()
    log_problem: str | None = None
    """Why the flight log stopped, if it did."""
    told_modes: tuple[ToldMode, ...] = ()
    """The modes that the vehicle tells by itself; empty: those of the tables."""
    mavlink: int = 2
    """1: it has sent MAVLink 1 only."""
    is_two: bool = False
    """Two vehicles answer to its system id."""
    high_latency: bool = False
    """It is heard by HIGH_LATENCY2 only, as over a satellite: a report now and then, no transfers."""
    report_gaps_s: tuple[float, ...] = ()
    """Seconds between its last reports, where it is."""
    armed_is_told: bool = True
    """False: a report does not say whether it is armed, and it is taken to be."""

    @property
    def loss_percent(self) -> float:
        """Frames lost on the way here, from gaps in the sequence numbers."""
        total = self.lost_frames + self.heard_frames
        return 100.0 * self.lost_frames / total if total else 0.0

    @property
    def what(self) -> str:
        """Stack and kind, such as "ArduPilot copter"."""
        stack = "" if self.stack is Stack.OTHER else f"{self.stack.label} "
        return f"{stack}{kind_word(self.vehicle_type)}"

    @property
    def lost_after_s(self) -> float:
        """Silence after which the link counts as lost; on a high-latency link by the pace of its reports."""
        return max(LOST_S, REPORTS_MISSED * self.report_every_s) if self.high_latency else LOST_S

    @property
    def report_every_s(self) -> float:
        """The usual time between two reports of a high-latency link."""
        return statistics.median(self.report_gaps_s) if self.report_gaps_s else USUAL_REPORT_S

    @property
    def modes(self) -> Modes | None:
        """The modes to switch to; None where nothing is known of them."""
        return modes_for(self.told_modes, self.stack, self.vehicle_type)

    def is_lost(self, now_s: float) -> bool:
        """Whether nothing was heard from it for too long."""
        return now_s - self.heard_s > self.lost_after_s

    @property
    def needs_take_off(self) -> bool:
        """Whether it flies a mission from the ground only if the first real item is a take-off."""
        return self.stack is Stack.ARDUPILOT and not is_sub(self.vehicle_type)

    @property
    def camera_at(self) -> LatLon | None:
        """The ground point that its camera looks at, as of `link_age_s`; None: not told, or not any more."""
        return self.looks_at if self.heard_s + self.link_age_s - self.looks_at_s <= SEEN_FOR_S else None

    @property
    def is_flying(self) -> bool:
        """Armed and more than a metre above home."""
        return self.armed and self.height_m is not None and self.height_m > 1.0


def vehicle_of(received: Received, now_s: float) -> VehicleState | None:
    """A vehicle, if the message is an autopilot's heartbeat (not a ground station's, gimbal's or camera's).

    On a high-latency link HIGH_LATENCY2 takes the heartbeat's place.
    """
    beat = received.message
    if not isinstance(beat, m.Heartbeat | m.HighLatency2):
        return None
    if beat.autopilot == AUTOPILOT_INVALID or received.source.system == 0:
        return None
    stack = stack_of(beat.autopilot)
    if isinstance(beat, m.HighLatency2):
        number = custom_mode_of(beat, stack)
        bare = VehicleState(
            address=received.source,
            stack=stack,
            vehicle_type=beat.type,
            armed=True,
            mode=mode_name(stack, beat.type, number),
            custom_mode=number,
            system_status=STATE_ACTIVE,
            heard_s=now_s,
            high_latency=True,
        )
        return replace(bare, **values_of(beat, stack, None))
    return VehicleState(
        address=received.source,
        stack=stack,
        vehicle_type=beat.type,
        armed=bool(beat.base_mode & ARMED_BIT),
        mode=mode_name(stack, beat.type, beat.custom_mode),
        custom_mode=beat.custom_mode,
        system_status=beat.system_status,
        heard_s=now_s,
    )


def observe(state: VehicleState, received: Received, now_s: float) -> VehicleState:
    """The state after a message; of other systems only traffic counts, of its other components only pictures."""
    message, source = received.message, received.source
    if isinstance(message, m.AisVessel | m.AdsbVehicle):
        return replace(state, traffic=with_report(state.traffic, message, now_s))
    if source.system != state.address.system or type(message) in _OF_TRANSFERS:
        return state
    if isinstance(message, _OF_PARTS):
        return _of_a_part(state, received, now_s)
    if source != state.address:
        return state
    match message:
        case m.Heartbeat():
            return _beaten(state, received, now_s)
        case m.HighLatency2():
            return _reported(state, message, now_s)
        case m.StatusText():
            return replace(state, texts=(*state.texts[1 - MOST_TEXTS :], Text(now_s, message.severity, message.text)))
        case _:
            return _health(_motion(_lists(_modes(state, message), message, now_s), message), message)


def _modes(state: VehicleState, message: m.Message) -> VehicleState:
    match message:
        case m.AvailableModes():
            name = "".join(c for c in message.mode_name if c.isprintable()).strip()
            one = ToldMode(message.custom_mode, name, message.standard_mode)
            return _in_mode(replace(state, told_modes=with_mode(state.told_modes, one)), state.custom_mode)
        case m.CurrentMode():
            return _in_mode(state, message.custom_mode)
        case _:
            return state


def _in_mode(state: VehicleState, custom_mode: int) -> VehicleState:
    name = name_of(state.told_modes, state.stack, state.vehicle_type, custom_mode)
    return replace(state, custom_mode=custom_mode, mode=name)


def _beaten(state: VehicleState, received: Received, now_s: float) -> VehicleState:
    new = vehicle_of(received, now_s)
    if new is None:
        return state
    beaten = replace(
        state,
        armed=new.armed,
        armed_is_told=True,
        system_status=new.system_status,
        heard_s=now_s,
        high_latency=False,
        report_gaps_s=(),
    )
    return _in_mode(beaten, new.custom_mode)


def _reported(state: VehicleState, report: m.HighLatency2, now_s: float) -> VehicleState:
    """A report counts where no heartbeats come any more; beside them it says nothing new."""
    if not state.high_latency and not state.is_lost(now_s):
        return state
    gap_s = now_s - state.heard_s
    gaps = (*state.report_gaps_s, gap_s)[-REPORTS_KEPT:] if state.high_latency and gap_s > 0 else state.report_gaps_s
    heard = replace(state, heard_s=now_s, high_latency=True, report_gaps_s=gaps, system_status=STATE_ACTIVE)
    told = values_of(report, state.stack, None if state.home is None else state.home.msl_m)
    return _in_mode(replace(heard, **told), custom_mode_of(report, state.stack))


def _of_a_part(state: VehicleState, received: Received, now_s: float) -> VehicleState:
    """What camera, gimbal or the transmitter of remote identification tells: they may be components of their own."""
    match received.message:
        case m.CameraFeedback() | m.CameraImageCaptured():
            return _captured(state, received)
        case OpenDroneIdArmStatus(status=status, error=error):
            return replace(state, remote_id=(error or "not ready, without saying why") if status else "")
        case CameraFovStatus() as told:
            return replace(state, looks_at=looked_at(told), looks_at_s=now_s)
        case GimbalManagerInformation() as told:
            gimbal = gimbal_of(told, received.source)
            is_other = state.gimbal is not None and state.gimbal.device != gimbal.device
            return state if is_other else replace(state, gimbal=gimbal)
        case CameraCaptureStatus(image_count=count) if not state.armed:
            return replace(state, pictures_before=count)
        case _:
            return state


def _lists(state: VehicleState, message: m.Message, now_s: float) -> VehicleState:
    if not isinstance(message, m.MissionCurrent):
        return state
    shift = 0 if state.stack.has_home_slot else 1
    return replace(
        state,
        mission_item=message.seq + shift or None,
        mission_total=None if message.total in {0, 65535} else message.total,
        mission_state=message.mission_state or None,
        in_mission={1: True, 2: False}.get(message.mission_mode),
        list_ids=(message.mission_id, message.fence_id, message.rally_points_id),
        lists_told_s=now_s,
    )


def _motion(state: VehicleState, message: m.Message) -> VehicleState:
    match message:
        case m.GlobalPositionInt():
            at = _place(message.lat, message.lon)
            if at is None:
                return replace(state, boot_ms=message.time_boot_ms)
            return replace(
                state,
                at=at,
                msl_m=message.alt / 1000,
                height_m=message.relative_alt / 1000,
                speed_m_s=math.hypot(message.vx, message.vy) / 100,
                climb_m_s=-message.vz / 100,
                yaw_deg=state.yaw_deg if message.hdg == 65535 else message.hdg / 100,
                boot_ms=message.time_boot_ms,
            )
        case m.Attitude():
            angles = (message.yaw, message.pitch, message.roll)
            if not all(math.isfinite(angle) for angle in angles):
                return state
            yaw, pitch, roll = (math.degrees(angle) for angle in angles)
            return replace(state, yaw_deg=yaw % 360, pitch_deg=pitch, roll_deg=roll)
        case m.HomePosition():
            home = _place(message.latitude, message.longitude)
            return state if home is None else replace(state, home=Home(home, message.altitude / 1000))
        case m.SystemTime():
            plausible = message.time_unix_usec > 1_100_000_000_000_000
            offset = message.time_unix_usec / 1e6 - message.time_boot_ms / 1e3
            return replace(state, utc_minus_boot_s=offset) if plausible else state
        case _:
            return state


def _health(state: VehicleState, message: m.Message) -> VehicleState:
    match message:
        case m.SysStatus():
            present, healthy = message.onboard_control_sensors_present, message.onboard_control_sensors_health
            on = message.onboard_control_sensors_enabled
            return replace(
                state,
                battery_percent=None if message.battery_remaining < 0 else float(message.battery_remaining),
                battery_v=None if message.voltage_battery in {0, 65535} else message.voltage_battery / 1000,
                prearm_ok=bool(healthy & _PREARM_BIT) if present & _PREARM_BIT else None,
                fence_ok=bool(healthy & _FENCE_BIT) if on & present & _FENCE_BIT else None,
            )
        case m.GpsRawInt():
            return replace(state, gps_fix=message.fix_type, satellites=message.satellites_visible)
        case m.EkfStatusReport(flags=flags):
            return replace(state, ekf_ok=flags & _EKF_NEEDED == _EKF_NEEDED and not flags & _EKF_BAD)
        case AutopilotVersion(capabilities=capabilities):
            return replace(state, capabilities=capabilities)
        case m.MissionItemReached(seq=seq):
            return replace(state, reached=seq + (0 if state.stack.has_home_slot else 1))
        case _:
            return state


def _captured(state: VehicleState, received: Received) -> VehicleState:
    message = received.message
    if isinstance(message, m.CameraImageCaptured):
        reports = state.pictures.told(message.image_index, message.time_utc, received.source)
    elif isinstance(message, m.CameraFeedback):
        reports = state.pictures.told(message.img_idx, message.time_usec, None)
    else:
        return state
    if reports is not state.pictures:
        state = replace(state, pictures=reports)
    capture = capture_of(message)
    if capture is None or any(c.index == capture.index and c.at_utc == capture.at_utc for c in state.captures):
        return state
    return replace(state, captures=(*state.captures, capture))


def capture_of(message: m.CameraFeedback | m.CameraImageCaptured) -> Capture | None:
    """The picture that the vehicle reports; None if it failed or the report makes no sense."""
    try:
        if isinstance(message, m.CameraFeedback):
            at_utc = datetime.fromtimestamp(message.time_usec / 1e6, UTC)
            at = LatLon(message.lat / 1e7, message.lng / 1e7)
            angles = (message.yaw % 360, message.pitch, message.roll)
            return Capture(message.img_idx, at_utc, at, message.alt_rel, message.alt_msl, *angles)
        if message.capture_result != 1:
            return None
        at_utc = datetime.fromtimestamp(message.time_utc / 1e6, UTC)
        at = LatLon(message.lat / 1e7, message.lon / 1e7)
        angles = euler_deg(message.q)
        return Capture(message.image_index, at_utc, at, message.relative_alt / 1e3, message.alt / 1e3, *angles)
    except (ValueError, OverflowError, OSError):
        return None


def _place(lat: int, lon: int) -> LatLon | None:
    if (lat, lon) == (0, 0):
        return None
    try:
        return LatLon(lat / 1e7, lon / 1e7)
    except ValueError:
        return None
