"""The whole autopilot as one state machine: messages and steps of time in, messages and pictures out. No I/O."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from planner.geo.camera import Attitude
from planner.geo.points import LatLon
from sitl.autopilot.commands import Commands
from sitl.autopilot.disturbance import Disturbance
from sitl.autopilot.injection import Injection
from sitl.autopilot.messages import Mode, Received, Send
from sitl.autopilot.parameters import READ_ONLY, Parameters
from sitl.autopilot.pilot import Pilot
from sitl.autopilot.px4.commands import Px4Commands
from sitl.autopilot.px4.parameters import PX4_DEFAULTS, Px4Parameters
from sitl.autopilot.px4.reports import STREAM_HZ, Px4Reports
from sitl.autopilot.px4.transfers import Px4Transfers
from sitl.autopilot.reports import Reports
from sitl.autopilot.safety import Safety
from sitl.autopilot.situation import Situation, VehicleConfig
from sitl.autopilot.sub.commands import SubCommands
from sitl.autopilot.sub.parameters import SUB_DEFAULTS, SUB_ROWS
from sitl.autopilot.sub.pilot import SubPilot
from sitl.autopilot.sub.reports import SubReports
from sitl.autopilot.telemetry import Telemetry
from sitl.autopilot.transfers import Transfers
from sitl.shots import Shot
from sitl.submersible import step_in_water
from sitl.vehicle import charge_left, step

STEP_S = 0.02
"""The fixed step of the simulation."""
_PARAMETERS_PER_STEP = 20
_TOTALS = ("MIS_TOTAL", "FENCE_TOTAL", "RALLY_TOTAL")
_TOTALS_STEPS = round(0.5 / STEP_S)
"""So often what the vehicle itself sets is looked at for a change to tell."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Where the vehicle really is, as only its simulator knows. Heights above home and above the sea, metres."""

    at_utc: datetime
    simulated_s: float
    at: LatLon
    height_m: float
    msl_m: float
    speed_m_s: float
    climb_m_s: float
    attitude: Attitude
    camera: Attitude
    mode: Mode
    armed: bool
    landed: bool
    home: LatLon | None
    mission_item: int
    pictures: int
    battery_share: float
    faults: tuple[str, ...] = ()


class Autopilot:
    """ArduCopter in character. Call `on_message` and `step`; take what `drain` and `shots` give.

    `link_s` is the time of the other end of the link: without a network it may be the simulated time.
    """

    def __init__(self, config: VehicleConfig) -> None:
        start = config.start_utc or datetime.now(UTC)
        self.now = Situation(config, start, parameters=_parameters(config))
        if not any(name == "BATT_CAPACITY" for name, _ in config.parameters):
            self.now.parameters.keep("BATT_CAPACITY", config.airframe.battery_mah)
        self.now.parameters.keep("SYSID_THISMAV", config.system_id)
        self.pilot = SubPilot(self.now) if self.now.is_sub else Pilot(self.now)
        self._move = step_in_water if self.now.is_sub else step
        self.disturbance = Disturbance(self.now)
        self.injection = Injection(self.now, self.disturbance, self.pilot.camera)
        self._take_manners()
        self._safety = Safety(self.now, self.pilot)
        self._steps = 0
        self._listing: dict[int, int] = {}
        self._told = {name: self.now.parameters[name] for name in _TOTALS if name in self.shown}

    def _take_manners(self) -> None:
        """The parts in which the autopilots differ."""
        now, pilot = self.now, self.pilot
        self.shown: Parameters | Px4Parameters = now.parameters
        self._transfers: Transfers | Px4Transfers
        self._commands: Commands
        if not now.is_px4:
            self._transfers = Transfers(now, pilot.stores, may_clear=lambda: not pilot.is_running_mission)
            self.telemetry = Telemetry(now, SubReports(now, pilot) if now.is_sub else Reports(now, pilot))
            commands = SubCommands if now.is_sub else Commands
            self._commands = commands(now, pilot, self.telemetry, self.injection)
            return
        for name, value in PX4_DEFAULTS:
            now.parameters.keep(name, value)
        self.shown = parameters = Px4Parameters(now.parameters)
        self._transfers = transfers = Px4Transfers(now, pilot.stores, pilot.fences)
        self.telemetry = Telemetry(now, Px4Reports(now, pilot, transfers))
        self._commands = Px4Commands(now, pilot, self.telemetry, self.injection, parameters)

    def greet(self, client: int, door: int = 0) -> None:
        """A client has come to the n-th port: PX4 sends it its usual streams, ArduCopter what SRn_... say (nothing)."""
        if self.now.is_px4:
            self.telemetry.greet(client, STREAM_HZ)
        else:
            self.telemetry.greet_at(client, door)

    def on_message(self, event: Received, link_s: float) -> None:
        """Takes one message. Those for other systems are not this vehicle's business."""
        self.now.link_s = link_s
        message = event.message
        if message.whole("target_system") not in {0, self.now.config.system_id}:
            return
        self._safety.on_message(event)
        if self._transfers.on_message(event) or self._commands.on_message(event):
            return
        match message.name:
            case "REQUEST_DATA_STREAM":
                on, rate = message.whole("start_stop") == 1, message.whole("req_message_rate")
                self.telemetry.stream(event.client, message.whole("req_stream_id"), rate, on=on)
            case "MISSION_SET_CURRENT":
                self._commands.jump_to(message.whole("seq") + (1 if self.now.is_px4 else 0))
            case "PARAM_REQUEST_LIST":
                self._listing[event.client] = 0
            case "PARAM_REQUEST_READ":
                self._read_parameter(event)
            case "PARAM_SET":
                self._set_parameter(event)
            case "TERRAIN_DATA" | "TERRAIN_CHECK":
                self._take_terrain(event)
            case "TIMESYNC" if message.whole("tc1") == 0:
                self.now.send("TIMESYNC", client=event.client, tc1=int(self.now.now_s * 1e9), ts1=message.whole("ts1"))

    def _take_terrain(self, event: Received) -> None:
        message = event.message
        if message.name == "TERRAIN_DATA":
            self.now.terrain.take(message)
        elif not self.now.is_px4:
            fields = self.now.terrain.report(message.whole("lat"), message.whole("lon"))
            self.now.send("TERRAIN_REPORT", client=event.client, **fields)

    def step(self, link_s: float) -> None:
        """Lets `STEP_S` of simulated time pass."""
        now = self.now
        self._steps += 1
        now.now_s = self._steps * STEP_S
        now.link_s = link_s
        now.drift()
        if now.home is None and now.has_gps and now.now_s >= 0.5 * now.config.armable_s:
            now.home = now.here
        self.disturbance.step(STEP_S)
        self.injection.step()
        if now.must_land:
            now.must_land = False
            self.pilot.set_mode(Mode.LAND)
        demand = self.disturbance.distorted(self.pilot.step(STEP_S))
        now.body = self._move(now.body, demand, now.airframe, STEP_S)
        if not now.armed and now.body.on_ground:
            self.pilot.crash()
        self.pilot.camera.step()
        self._safety.step()
        self._transfers.on_tick()
        self._list_parameters()
        if self._steps % _TOTALS_STEPS == 0:
            self._tell_totals()
        self.telemetry.step()

    def drain(self) -> list[Send]:
        """The messages to send, and an empty box."""
        out, self.now.outbox = self.now.outbox, []
        return out

    def shots(self) -> list[Shot]:
        """The pictures taken since the last call."""
        out, self.pilot.camera.shots = self.pilot.camera.shots, []
        return out

    def forget(self, client: int) -> None:
        """A client has gone."""
        self.telemetry.forget(client)
        self._listing.pop(client, None)

    def truth(self) -> Truth:
        """What is really the case now."""
        now, body = self.now, self.now.body
        return Truth(
            at_utc=now.utc,
            simulated_s=now.now_s,
            at=now.frame.to_place(body.east_m, body.north_m),
            height_m=body.up_m - now.home_or_launch.up_m,
            msl_m=now.msl_of(body.up_m),
            speed_m_s=body.speed_m_s,
            climb_m_s=body.v_up_m_s,
            attitude=Attitude(body.yaw_deg, body.pitch_deg, body.roll_deg),
            camera=self.pilot.camera.attitude,
            mode=now.mode,
            armed=now.armed,
            landed=now.landed,
            home=None if now.home is None else now.place_of(now.home),
            mission_item=self.pilot.runner.index,
            pictures=self.pilot.camera.count,
            battery_share=charge_left(body, now.config.airframe),
            faults=tuple(now.faults.active),
        )

    def told(self) -> Truth:
        """What it reports of itself: place, heights, speed and headings are those that it believes."""
        now, true, here = self.now, self.truth(), self.now.here
        return replace(
            true,
            at=now.place_of(here),
            height_m=here.up_m - now.home_or_launch.up_m,
            msl_m=now.msl_of(here.up_m),
            speed_m_s=now.speed_m_s,
            attitude=replace(true.attitude, yaw_deg=now.yaw_deg),
            camera=replace(true.camera, yaw_deg=(true.camera.yaw_deg + now.heading_error_deg) % 360.0),
        )

    def _read_parameter(self, event: Received) -> None:
        index, name = event.message.whole("param_index"), event.message.text("param_id")
        names = self.shown.names
        if index >= 0:
            if index < len(names):
                self._send_parameter(names[index], index, client=event.client)
        elif name in self.shown:
            self._send_parameter(name, 65535, client=event.client)

    def _set_parameter(self, event: Received) -> None:
        name = event.message.text("param_id")
        if name not in self.shown:
            return
        if name not in READ_ONLY:
            self.shown.keep(name, self.shown.decoded(name, event.message.number("param_value")))
            self.injection.on_parameter(self.shown.vehicles_name(name))
        self._send_parameter(name, 65535, client=None)

    def _tell_totals(self) -> None:
        """PARAM_VALUE, unasked, of the counts that an upload has changed."""
        for name, told in self._told.items():
            if self.now.parameters[name] != told:
                self._told[name] = self.now.parameters[name]
                self._send_parameter(name, 65535, client=None)

    def _list_parameters(self) -> None:
        for client, at in list(self._listing.items()):
            names = self.shown.names
            for index in range(at, min(at + _PARAMETERS_PER_STEP, len(names))):
                self._send_parameter(names[index], index, client=client)
            if at + _PARAMETERS_PER_STEP >= len(names):
                del self._listing[client]
            else:
                self._listing[client] = at + _PARAMETERS_PER_STEP

    def _send_parameter(self, name: str, index: int, *, client: int | None) -> None:
        parameters = self.shown
        self.now.send(
            "PARAM_VALUE",
            client=client,
            param_id=name,
            param_value=parameters.encoded(name),
            param_type=parameters.type_of(name),
            param_count=len(parameters),
            param_index=index,
        )


def _parameters(config: VehicleConfig) -> Parameters:
    """The parameters at the start, those that the configuration gives last."""
    if config.vehicle != "sub":
        return Parameters(config.parameters)
    return Parameters((*SUB_DEFAULTS, *config.parameters), further=SUB_ROWS)
