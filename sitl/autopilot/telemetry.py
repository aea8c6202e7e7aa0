"""How often the vehicle says what to each client: nothing but HEARTBEAT until it is asked."""

import math
from collections.abc import Mapping

from sitl.autopilot.messages import Message, Result, Send
from sitl.autopilot.reports import IDS, Reports
from sitl.autopilot.situation import Situation

STREAMS = {
    1: ("SCALED_PRESSURE2",),
    2: ("SYS_STATUS", "MISSION_CURRENT", "GPS_RAW_INT", "NAV_CONTROLLER_OUTPUT", "FENCE_STATUS"),
    3: (),
    4: (),
    6: ("GLOBAL_POSITION_INT", "LOCAL_POSITION_NED"),
    10: ("ATTITUDE",),
    11: ("VFR_HUD",),
    12: (
        "SYSTEM_TIME",
        "BATTERY_STATUS",
        "EKF_STATUS_REPORT",
        "GIMBAL_DEVICE_ATTITUDE_STATUS",
        "WIND",
        "TERRAIN_REQUEST",
    ),
}
"""MAV_DATA_STREAM groups of ArduCopter, as far as this vehicle has their messages."""
RATES = {"RAW_SENS": 1, "EXT_STAT": 2, "RC_CHAN": 3, "POSITION": 6, "EXTRA1": 10, "EXTRA2": 11, "EXTRA3": 12}
"""The parameters SRn_... that give the groups' rates in hertz on the n-th port, and their groups."""
_FASTEST_S = 0.02


class Telemetry:
    """Sends each client the messages that it asked for, on simulated time."""

    def __init__(self, now: Situation, reports: Reports) -> None:
        self._now = now
        self._reports = reports
        self._interval_s: dict[int, dict[str, float]] = {}
        self._due_s: dict[tuple[int, str], float] = {}
        self._next_s = math.inf
        self._heartbeat_s = 1.0
        self._timesync_s = 10.0
        self._home_told: object = None

    def step(self) -> None:
        """Sends what is due."""
        now_s = self._now.now_s
        if now_s >= self._heartbeat_s:
            self._heartbeat_s += 1.0
            self._now.outbox.append(Send(Message("HEARTBEAT", self._reports.heartbeat())))
        if now_s >= self._timesync_s:
            self._timesync_s += 10.0
            self._now.send("TIMESYNC", tc1=0, ts1=int(now_s * 1e9))
        if self._now.home is not self._home_told:
            self._home_told = self._now.home
            for name in ("GPS_GLOBAL_ORIGIN", "HOME_POSITION"):
                self.send(name, client=None)
        if now_s < self._next_s:
            return
        for key, due in self._due_s.items():
            if now_s >= due:
                client, name = key
                interval = self._interval_s[client][name]
                self._due_s[key] = max(due + interval, now_s)
                self.send(name, client=client, can_drop=True)
        self._next_s = min(self._due_s.values(), default=math.inf)

    def send(self, name: str, *, client: int | None, can_drop: bool = False) -> bool:
        """Sends one message now; False if there is nothing to say."""
        fields = self._reports.fields(name)
        if fields is None:
            return False
        self._now.outbox.append(Send(Message(name, fields), client, can_drop))
        return True

    def every(self, client: int, message_id: int, interval_us: float) -> Result:
        """SET_MESSAGE_INTERVAL: -1 stops, 0 is the default (not sent)."""
        name = IDS.get(message_id)
        if name is None or not math.isfinite(interval_us):
            return Result.DENIED
        self._set(client, name, interval_us / 1e6 if interval_us > 0 else 0.0)
        return Result.ACCEPTED

    def stream(self, client: int, stream: int, rate_hz: int, *, on: bool) -> None:
        """REQUEST_DATA_STREAM: a group of messages, 0 is all groups."""
        groups = STREAMS.values() if stream == 0 else [STREAMS.get(stream, ())]
        for group in groups:
            for name in group:
                self._set(client, name, 1.0 / rate_hz if on and rate_hz > 0 else 0.0)

    def greet(self, client: int, rates_hz: Mapping[str, float]) -> None:
        """What a new client is sent without asking."""
        for name, rate_hz in rates_hz.items():
            self._set(client, name, 1.0 / rate_hz)

    def greet_at(self, client: int, door: int) -> None:
        """A new client at the port numbered `door` is sent what SRn_... of that port say when it comes."""
        parameters = self._now.parameters
        for group, number in RATES.items():
            name = f"SR{door}_{group}"
            if name in parameters and parameters[name] > 0:
                self.stream(client, number, int(parameters[name]), on=True)

    def interval_us(self, client: int, message_id: int) -> int:
        """MESSAGE_INTERVAL's answer: microseconds, -1 not sent, 0 unknown."""
        if message_id not in IDS:
            return 0
        interval = self._interval_s.get(client, {}).get(IDS[message_id], 0.0)
        return round(interval * 1e6) if interval else -1

    def forget(self, client: int) -> None:
        """A client has gone."""
        self._interval_s.pop(client, None)
        self._due_s = {key: due for key, due in self._due_s.items() if key[0] != client}

    def _set(self, client: int, name: str, interval_s: float) -> None:
        wanted = self._interval_s.setdefault(client, {})
        if interval_s <= 0:
            wanted.pop(name, None)
            self._due_s.pop((client, name), None)
            return
        wanted[name] = max(interval_s, _FASTEST_S)
        self._due_s[client, name] = self._now.now_s
        self._next_s = self._now.now_s
