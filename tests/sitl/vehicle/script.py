"""A scripted ground station that talks to the pure autopilot, without a network or a clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from planner.geo.points import LatLon
from sitl.autopilot.core import STEP_S, Autopilot
from sitl.autopilot.messages import Message, Received, Result, Send
from sitl.autopilot.situation import VehicleConfig
from sitl.shots import Shot

HOME = LatLon(51.95, 4.05)
START = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)


def config(**changes: Any) -> VehicleConfig:
    standard: dict[str, Any] = {"home": HOME, "home_msl_m": 5.0, "start_utc": START, "gps_noise_m": 0.0}
    return VehicleConfig(**(standard | changes))


def item(
    command: int, *, frame: int = 3, lat: float = 0.0, lon: float = 0.0, z: float = 0.0, **fields: Any
) -> dict[str, Any]:
    """The fields of a MISSION_ITEM_INT."""
    return {"command": command, "frame": frame, "x": round(lat * 1e7), "y": round(lon * 1e7), "z": z, **fields}


def north(metres: float, *, east: float = 0.0, z: float = 20.0, **fields: Any) -> dict[str, Any]:
    """A waypoint so many metres from home."""
    return item(16, lat=HOME.lat_deg + metres / 111_250.0, lon=HOME.lon_deg + east / 68_730.0, z=z, **fields)


HOME_ITEM = item(16, frame=0, lat=HOME.lat_deg, lon=HOME.lon_deg, z=5.0)
TAKEOFF = item(22, z=20.0)
RTL = item(20, frame=2)


@dataclass
class Station:
    """Sends messages and keeps all answers; time passes only in `wait`."""

    autopilot: Autopilot = field(default_factory=lambda: Autopilot(config()))
    system: int = 255
    component: int = 190
    client: int = 1
    link_s: float = 0.0
    heard: list[Send] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)

    def send(self, name: str, **fields: Any) -> list[Message]:
        """Sends one message; the messages that come back at once."""
        start = len(self.heard)
        message = Message(name, {"target_system": 1, "target_component": 1, **fields})
        self.autopilot.on_message(Received(self.client, self.system, self.component, message), self.link_s)
        self._collect()
        return [s.message for s in self.heard[start:]]

    def command(self, number: int, *params: float) -> Result:
        padded = [*params, *[0.0] * (7 - len(params))]
        fields = {f"param{n}": value for n, value in enumerate(padded, start=1)}
        return self._result(self.send("COMMAND_LONG", command=number, confirmation=0, **fields))

    def command_int(self, number: int, *params: float, at: LatLon = HOME, z: float = 0.0, frame: int = 6) -> Result:
        padded = [*params, *[0.0] * (4 - len(params))]
        fields = {f"param{n}": value for n, value in enumerate(padded, start=1)}
        x, y = round(at.lat_deg * 1e7), round(at.lon_deg * 1e7)
        return self._result(self.send("COMMAND_INT", command=number, frame=frame, x=x, y=y, z=z, **fields))

    def wait(self, seconds: float, *, link: bool = True) -> list[Message]:
        """Lets simulated time pass (and the link's time with it); what was said meanwhile."""
        start = len(self.heard)
        for _ in range(round(seconds / STEP_S)):
            self.link_s += STEP_S if link else 0.0
            self.autopilot.step(self.link_s)
            self._collect()
        return [s.message for s in self.heard[start:]]

    def wait_until(self, condition: Any, *, at_most_s: float = 600.0) -> float:
        """Lets time pass until `condition()`; the seconds it took."""
        waited = 0.0
        while not condition():
            assert waited < at_most_s, "it did not happen"
            self.wait(0.2)
            waited += 0.2
        return waited

    def upload(self, *items: dict[str, Any], kind: int = 0) -> int:
        """Uploads a list; the MISSION_ACK's result."""
        answers = self.send("MISSION_COUNT", count=len(items), mission_type=kind)
        while (ack := last(answers, "MISSION_ACK")) is None:
            request = last(answers, "MISSION_REQUEST")
            assert request is not None
            sequence = request.whole("seq")
            answers = self.send("MISSION_ITEM_INT", seq=sequence, mission_type=kind, **items[sequence])
        return ack.whole("type")

    def download(self, kind: int = 0) -> list[Message]:
        count = last(self.send("MISSION_REQUEST_LIST", mission_type=kind), "MISSION_COUNT")
        assert count is not None
        got = [self.send("MISSION_REQUEST_INT", seq=n, mission_type=kind)[-1] for n in range(count.whole("count"))]
        self.send("MISSION_ACK", type=0, mission_type=kind)
        return got

    def ready(self) -> "Station":
        """Waits until the vehicle can be armed."""
        self.wait(10.2)
        return self

    def fly(self, *items: dict[str, Any]) -> "Station":
        """Uploads (with the home slot), arms in GUIDED and starts the mission."""
        assert self.upload(HOME_ITEM, *items) == 0
        assert self.command(176, 1, 4) == 0
        assert self.command(400, 1) == 0
        assert self.command(300) == 0
        return self

    def airborne(self, height_m: float = 20.0) -> "Station":
        """Takes off in GUIDED."""
        self.ready()
        assert self.command(176, 1, 4) == 0
        assert self.command(400, 1) == 0
        assert self.command(22, 0, 0, 0, 0, 0, 0, height_m) == 0
        self.wait_until(lambda: self.autopilot.truth().height_m > height_m - 0.5)
        self.wait(3)
        return self

    def texts(self) -> list[str]:
        return [m.text("text") for m in self.all("STATUSTEXT")]

    def all(self, name: str) -> list[Message]:
        return [s.message for s in self.heard if s.message.name == name]

    def current(self) -> Message:
        assert self.command(512, 42) == 0
        return self.all("MISSION_CURRENT")[-1]

    @property
    def armed(self) -> bool:
        return self.autopilot.truth().armed

    def _collect(self) -> None:
        self.heard += [s for s in self.autopilot.drain() if s.client in {None, self.client}]
        self.shots += self.autopilot.shots()

    @staticmethod
    def _result(answers: list[Message]) -> Result:
        ack = last(answers, "COMMAND_ACK")
        assert ack is not None
        return Result(ack.whole("result"))


def last(messages: list[Message], name: str) -> Message | None:
    return next((m for m in reversed(messages) if m.name == name), None)


def track(station: Station, seconds: float) -> Iterator[tuple[float, float, float]]:
    """East, north and height at each step of the next `seconds`."""
    for _ in range(round(seconds / STEP_S)):
        station.wait(STEP_S)
        body = station.autopilot.now.body
        yield body.east_m, body.north_m, body.up_m
