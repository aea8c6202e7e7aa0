"""What every part of the autopilot knows: the time, the airframe, where it believes to be, and who listens."""

import math
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from planner.geo.points import LatLon, LocalFrame
from sitl.autopilot.messages import Message, Mode, Send, Severity, Value
from sitl.autopilot.parameters import Parameters
from sitl.autopilot.sub.parameters import submersible
from sitl.autopilot.terrain import Terrain
from sitl.faults import Faults
from sitl.vehicle import AirframeModel, AirframeState


@dataclass(frozen=True, slots=True)
class VehicleConfig:
    """What the practice vehicle is and where it stands. Heights above mean sea level in metres.

    A submersible starts at the surface, so that `home_msl_m` is the water's height, and has an airframe of its own
    unless another than a copter's is given. `armable_s` is the simulated time from power-up to the first moment it can
    be armed (a real one needs 41 to 47 s); `start_utc` None means now. `water_msl_m` is the height of the water that
    the camera looks at.
    """

    home: LatLon = field(default_factory=lambda: LatLon(51.95, 4.05))
    home_msl_m: float = 5.0
    heading_deg: float = 0.0
    seed: int = 0
    armable_s: float = 10.0
    boot_s: float = 2.5
    start_utc: datetime | None = None
    water_msl_m: float = 0.0
    gps_noise_m: float = 0.15
    system_id: int = 1
    autopilot: Literal["ardupilot", "px4"] = "ardupilot"
    vehicle: Literal["copter", "sub"] = "copter"
    airframe: AirframeModel = field(default_factory=AirframeModel)
    parameters: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if self.vehicle == "sub":
            if self.autopilot == "px4":
                raise ValueError("PX4 does not dive: a submersible has ArduPilot's manners")
            if self.airframe == AirframeModel():
                object.__setattr__(self, "airframe", submersible())
        if not 0 <= self.armable_s < 3600 or not 0 <= self.boot_s < 600:
            raise ValueError(f"start-up times must be short and not negative, got {self.boot_s} and {self.armable_s} s")
        if not 1 <= self.system_id <= 254:
            raise ValueError(f"a vehicle's system id lies in 1..254, got {self.system_id}")
        if not -500 <= self.home_msl_m <= 9000:
            raise ValueError(f"home must lie between -500 and 9000 m above the sea, got {self.home_msl_m}")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the vehicle's own metres: east and north of the launch place, up from its ground."""

    east_m: float
    north_m: float
    up_m: float


@dataclass
class Situation:
    """The facts that the parts of the autopilot share, and the box for what they have to say.

    `now_s` is simulated time since power-up; `link_s` is the time of whoever is on the other end of the link, in
    which transfers and other waits for them run.
    """

    config: VehicleConfig
    start_utc: datetime
    now_s: float = 0.0
    link_s: float = 0.0
    body: AirframeState = field(default_factory=AirframeState)
    parameters: Parameters = field(default_factory=Parameters)
    mode: Mode = Mode.STABILIZE
    armed: bool = False
    landed: bool = True
    home: Spot | None = None
    fence_breached: bool = False
    failsafe: bool = False
    outbox: list[Send] = field(default_factory=list)
    error_east_m: float = 0.0
    error_north_m: float = 0.0
    error_up_m: float = 0.0
    faults: Faults = field(default_factory=Faults)
    terrain: Terrain = field(default_factory=Terrain)
    heading_error_deg: float = 0.0
    gps_lost: bool = False
    blind: bool = False
    must_land: bool = False
    drift_east_m: float = 0.0
    drift_north_m: float = 0.0
    drift_v_east_m_s: float = 0.0
    drift_v_north_m_s: float = 0.0

    def __post_init__(self) -> None:
        self.frame = LocalFrame(self.config.home)
        self._random = random.Random(self.config.seed)  # noqa: S311 -- repeatable noise, no secret
        self._next_noise_s = 0.0
        self.airframe = self.config.airframe
        self.body = AirframeState(yaw_deg=self.config.heading_deg % 360.0)

    @property
    def is_px4(self) -> bool:
        """Whether it has PX4's manners."""
        return self.config.autopilot == "px4"

    @property
    def is_sub(self) -> bool:
        """Whether it dives."""
        return self.config.vehicle == "sub"

    @property
    def booting(self) -> bool:
        """Whether the autopilot is still starting up."""
        return self.now_s < self.config.boot_s

    @property
    def has_gps(self) -> bool:
        """Whether the receiver has a fix."""
        return self.now_s >= 0.3 * self.config.armable_s and not self.booting and not self.gps_lost

    @property
    def has_position(self) -> bool:
        """Whether the estimate is good enough to fly on."""
        return self.now_s >= self.config.armable_s and not self.booting and not self.blind

    @property
    def utc(self) -> datetime:
        """The simulated time of day."""
        return self.start_utc + timedelta(seconds=self.now_s)

    @property
    def here(self) -> Spot:
        """Where the vehicle believes to be."""
        b = self.body
        east_m = b.east_m + self.error_east_m + self.drift_east_m
        return Spot(east_m, b.north_m + self.error_north_m + self.drift_north_m, b.up_m + self.error_up_m)

    @property
    def v_east_m_s(self) -> float:
        """Speed to the east that the vehicle believes to have."""
        return self.body.v_east_m_s + self.drift_v_east_m_s

    @property
    def v_north_m_s(self) -> float:
        """Speed to the north that the vehicle believes to have."""
        return self.body.v_north_m_s + self.drift_v_north_m_s

    @property
    def speed_m_s(self) -> float:
        """Speed over ground that the vehicle believes to have."""
        return math.hypot(self.v_east_m_s, self.v_north_m_s)

    @property
    def yaw_deg(self) -> float:
        """The heading that the compass says."""
        return (self.body.yaw_deg + self.heading_error_deg) % 360.0

    @property
    def home_or_launch(self) -> Spot:
        """Home, or the launch place while home is not set."""
        return self.home or Spot(0.0, 0.0, 0.0)

    def place_of(self, spot: Spot) -> LatLon:
        """`spot` in degrees."""
        return self.frame.to_place(spot.east_m, spot.north_m)

    def spot_of(self, at: LatLon, up_m: float) -> Spot:
        """`at` in the vehicle's own metres; places on the other side of the earth are just far away."""
        east, north = (float(v) for v in self.frame.to_metres([at])[0])
        if not math.isfinite(east) or not math.isfinite(north):
            return Spot(2e7, 0.0, up_m)
        return Spot(east, north, up_m)

    def up_of(self, height_m: float, frame: int) -> float:
        """A height in MAV_FRAME `frame` (0: above the sea, else above home) as metres above the launch ground."""
        return height_m - self.config.home_msl_m if frame == 0 else height_m + self.home_or_launch.up_m

    def msl_of(self, up_m: float) -> float:
        """Metres above mean sea level."""
        return up_m + self.config.home_msl_m

    def send(self, name: str, *, client: int | None = None, **fields: Value) -> None:
        """Puts a message into the box that is never dropped on its way."""
        self.outbox.append(Send(Message(name, fields), client))

    def say(self, severity: Severity, text: str) -> None:
        """A STATUSTEXT to everyone; long texts go out in chunks of 50."""
        raw = text.encode("ascii", "replace")
        if len(raw) <= 50:
            self.send("STATUSTEXT", severity=int(severity), text=raw.decode(), id=0, chunk_seq=0)
            return
        self._text_id = getattr(self, "_text_id", 0) % 65535 + 1
        for number in range(0, len(raw), 50):
            part = raw[number : number + 50].decode()
            self.send("STATUSTEXT", severity=int(severity), text=part, id=self._text_id, chunk_seq=number // 50)
        if len(raw) % 50 == 0:  # a last, empty chunk says that the text ended
            self.send("STATUSTEXT", severity=int(severity), text="", id=self._text_id, chunk_seq=len(raw) // 50)

    def drift(self) -> None:
        """Lets the position estimate wander a little, five times a second, as satellites do."""
        if self.now_s < self._next_noise_s or self.config.gps_noise_m <= 0:
            return
        self._next_noise_s = self.now_s + 0.2
        keep, kick = 0.99, self.config.gps_noise_m * 0.141  # correlated over about 20 s
        self.error_east_m = keep * self.error_east_m + self._random.gauss(0.0, kick)
        self.error_north_m = keep * self.error_north_m + self._random.gauss(0.0, kick)
        if self.is_sub:  # a pressure sensor tells the depth
            return
        self.error_up_m = keep * self.error_up_m + self._random.gauss(0.0, kick * 0.7)
