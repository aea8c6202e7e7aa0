"""Mission upload over a bad link: ours and MAVSDK's, against the same ArduPilot-like and PX4-like vehicle.

500 items, loss on every mission message in both directions, three seeds, real UDP on 127.0.0.1 in real time. Ours ends
only after reading everything back and comparing; MAVSDK ends with the acknowledgement. "F" is a reported failure.

    python -m bench.upload_loss            # the table
    python -m bench.upload_loss --quick    # 60 items, 0 and 10 %, one seed
    python -m bench.upload_loss --json results.json --no-peer
"""

import argparse
import json
import random
import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from planner.geo.points import LatLon
from planner.link.compare import compare
from planner.link.items import mission_to_wire
from planner.link.messages import (
    Heartbeat,
    Message,
    MissionAck,
    MissionCount,
    MissionItemInt,
    MissionRequest,
    MissionRequestInt,
    MissionRequestList,
)
from planner.link.stack import stack_of
from planner.link.station import Station
from planner.link.wire import Codec
from planner.model.mission import Command, Mission, item
from tests.planner.link.vehicles import HERE, ArduPilotLike, Px4Like

MISSION_MESSAGES = (
    MissionAck,
    MissionCount,
    MissionItemInt,
    MissionRequest,
    MissionRequestInt,
    MissionRequestList,
)
KINDS = {"ArduPilot-like": ArduPilotLike, "PX4-like": Px4Like}


@dataclass
class Row:
    client: str
    vehicle: str
    loss: float
    seed: int
    verdict: str
    seconds: float
    holds: bool


class UdpVehicle:
    """A scripted vehicle behind UDP that loses mission messages both ways."""

    def __init__(self, vehicle: ArduPilotLike, port: int, loss: float, seed: int) -> None:
        self.vehicle, self.loss, self.dice = vehicle, loss, random.Random(seed)
        self.codec = Codec(HERE)
        self.line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.peer = ("127.0.0.1", port)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def lost(self, message: Message) -> bool:
        return isinstance(message, MISSION_MESSAGES) and self.dice.random() < self.loss

    def run(self) -> None:
        self.line.settimeout(0.005)
        next_beat_s = 0.0
        while not self.stop.is_set():
            try:
                data = self.line.recv(65536)
            except OSError:
                data = b""
            now_s = time.monotonic()
            out = list(self.vehicle.tick(now_s))
            for frame in self.codec.feed(data):
                if frame.received and not self.lost(frame.received.message):
                    out += self.vehicle.hear(frame.received.message, now_s)
            if now_s >= next_beat_s:
                next_beat_s = now_s + 0.5
                out.append(Heartbeat(2, self.vehicle.autopilot, 0, 4 << 16, 3))
            for one in out:
                if not self.lost(one):
                    self.line.sendto(self.codec.encode(one), self.peer)

    def close(self) -> None:
        self.stop.set()
        self.thread.join(5)
        self.line.close()


def patrol(size: int) -> Mission:
    legs = [
        item(Command.NAV_WAYPOINT, at=LatLon(51.9 + n * 1e-4, 4.05), height_m=30.0, p4=None) for n in range(size - 2)
    ]
    takeoff = item(Command.NAV_TAKEOFF, at=LatLon(51.9, 4.05), height_m=30.0)
    return Mission((takeoff, *legs, item(Command.NAV_RETURN_TO_LAUNCH)))


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ours(vehicle: ArduPilotLike, mission: Mission, loss: float, seed: int) -> tuple[str, float]:
    port = free_port()
    served = UdpVehicle(vehicle, port, loss, seed)
    try:
        with Station.connect(f"udpin:127.0.0.1:{port}") as station:
            began = time.monotonic()
            return station.upload(mission).word, time.monotonic() - began
    finally:
        served.close()


def mavsdk_client(vehicle: ArduPilotLike, mission: Mission, loss: float, seed: int) -> tuple[str, float]:
    from mavsdk import Configuration, Mavsdk
    from mavsdk.plugins.mission_raw import MissionItem, MissionRaw

    port = free_port()
    served = UdpVehicle(vehicle, port, loss, seed)
    client = Mavsdk(Configuration.create_manual(255, 190, True))  # noqa: FBT003 - heartbeats always
    try:
        client.add_any_connection(f"udpin://127.0.0.1:{port}")
        system = client.first_autopilot(10.0)
        plugin = MissionRaw(system)
        rows = [
            MissionItem(w.seq, w.frame, w.command, int(w.seq == 0), 1, *w.params, w.x, w.y, w.z, 0)
            for w in mission_to_wire(mission, stack_of(vehicle.autopilot))
        ]
        began = time.monotonic()
        try:
            plugin.upload_mission(rows)
        except Exception as error:  # noqa: BLE001 - MAVSDK's failure, whichever
            print(str(error).partition(";")[0], file=sys.stderr)
            return "F", time.monotonic() - began
        return "done", time.monotonic() - began
    finally:
        client.destroy()
        served.close()


def truly_holds(vehicle: ArduPilotLike, mission: Mission) -> bool:
    stack = stack_of(vehicle.autopilot)
    return not compare(mission_to_wire(mission, stack), tuple(vehicle.stored[0]), stack)


def cell(rows: list[Row]) -> str:
    return " ".join("F" if r.verdict in {"F", "not_stored", "unknown"} else f"{r.seconds:.2f}" for r in rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-peer", action="store_true", help="leave MAVSDK out")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    size = 60 if options.quick else 500
    losses = (0.0, 0.1) if options.quick else (0.0, 0.05, 0.1, 0.2, 0.3)
    seeds = (1,) if options.quick else (1, 2, 3)
    clients = {"Quaywatch": ours} | ({} if options.no_peer else {"MAVSDK": mavsdk_client})
    mission, rows = patrol(size), []
    print(f"{size} items; seconds per seed, F = failure reported; Quaywatch includes reading back and comparing")
    wrong = 0
    for vehicle_name, kind in KINDS.items():
        for loss in losses:
            line: dict[str, list[Row]] = {}
            for client_name, client in clients.items():
                for seed in seeds:
                    vehicle = kind()
                    verdict, seconds = client(vehicle, mission, loss, seed)
                    row = Row(client_name, vehicle_name, loss, seed, verdict, seconds, truly_holds(vehicle, mission))
                    wrong += client_name == "Quaywatch" and (verdict == "stored") != row.holds
                    line.setdefault(client_name, []).append(row)
                    rows.append(row)
            print(
                f"{vehicle_name:15} {loss:4.0%}  "
                + "   ".join(f"{n}: {cell(r)}" for n, r in line.items())
                + ratio(line)
            )
            sys.stdout.flush()
    print(f"wrong verdicts of Quaywatch: {wrong}")
    if options.json:
        options.json.write_text(json.dumps([vars(row) for row in rows], indent=1))
    return 1 if wrong else 0


def ratio(line: dict[str, list[Row]]) -> str:
    done = [r.seconds for r in line.get("MAVSDK", []) if r.verdict == "done"]
    if not done:
        return "   (MAVSDK: none done)" if "MAVSDK" in line else ""
    return f"   MAVSDK/Quaywatch {median(done) / median([r.seconds for r in line['Quaywatch']]):.1f}x"


if __name__ == "__main__":
    sys.exit(main())
