"""Mission upload over a bad link: ours and MAVSDK's, against the same ArduPilot-like and PX4-like vehicle.

500 items, loss on every mission message in both directions, three seeds, real UDP on 127.0.0.1 in real time; the
vehicle runs in a process of its own. Two figures for each run: seconds until the vehicle has acknowledged, and with
reading back (ours always does, and compares; MAVSDK is asked to download). "F" is a reported failure.

    python -m bench.upload_loss            # the table
    python -m bench.upload_loss --quick    # 60 items, 0 and 10 %, one seed
    python -m bench.upload_loss --json results.json --no-peer
"""

import argparse
import json
import multiprocessing
import random
import socket
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from planner.geo.points import LatLon
from planner.link.compare import compare
from planner.link.items import WireItem, mission_to_wire
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
from planner.link.store import UploadProgress
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
SPAWN = multiprocessing.get_context("spawn")
KINDS: dict[str, type[ArduPilotLike]] = {"ArduPilot-like": ArduPilotLike, "PX4-like": Px4Like}


@dataclass
class Run:
    """How one transfer went: in all, and (None: not done) until the acknowledgement; what the vehicle then held."""

    verdict: str
    seconds: float
    sent_s: float | None
    stored: tuple[WireItem, ...]


@dataclass
class Row:
    client: str
    vehicle: str
    loss: float
    seed: int
    verdict: str
    seconds: float
    sent_s: float | None
    holds: bool


class UdpVehicle:
    """A scripted vehicle behind UDP, in a process of its own, that loses mission messages both ways."""

    def __init__(self, kind: str, port: int, loss: float, seed: int) -> None:
        ours, theirs = SPAWN.Pipe()
        self.pipe = ours
        self.process = SPAWN.Process(target=serve, args=(kind, port, loss, seed, theirs), daemon=True)
        self.process.start()

    def close(self) -> tuple[WireItem, ...]:
        """Ends it; the mission that it holds."""
        self.pipe.send("stop")
        stored: tuple[WireItem, ...] = self.pipe.recv()
        self.process.join(5)
        return stored


def serve(kind: str, port: int, loss: float, seed: int, pipe: Connection) -> None:
    """The vehicle's process."""
    vehicle, dice, codec = KINDS[kind](), random.Random(seed), Codec(HERE)

    def lost(message: Message) -> bool:
        return isinstance(message, MISSION_MESSAGES) and dice.random() < loss

    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.settimeout(0.005)
    next_beat_s = 0.0
    while not pipe.poll():
        try:
            data = line.recv(65536)
        except OSError:
            data = b""
        now_s = time.monotonic()
        out = list(vehicle.tick(now_s))
        for frame in codec.feed(data):
            if frame.received and not lost(frame.received.message):
                out += vehicle.hear(frame.received.message, now_s)
        if now_s >= next_beat_s:
            next_beat_s = now_s + 0.5
            out.append(Heartbeat(2, vehicle.autopilot, 0, 4 << 16, 3))
        for one in out:
            if not lost(one):
                line.sendto(codec.encode(one), ("127.0.0.1", port))
    pipe.send(tuple(vehicle.stored[0]))


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


def ours(kind: str, mission: Mission, loss: float, seed: int) -> Run:
    port = free_port()
    served = UdpVehicle(kind, port, loss, seed)
    with Station.connect(f"udpin:127.0.0.1:{port}") as station:
        began = time.monotonic()
        sent: list[float] = []

        def told(progress: UploadProgress) -> None:
            if progress.phase == "reading back" and not sent:
                sent.append(time.monotonic() - began)

        word = station.upload(mission, told).word
        return Run(word, time.monotonic() - began, sent[0] if sent else None, served.close())


def mavsdk_client(kind: str, mission: Mission, loss: float, seed: int) -> Run:
    from mavsdk import Configuration, Mavsdk
    from mavsdk.plugins.mission_raw import MissionItem, MissionRaw

    port = free_port()
    served = UdpVehicle(kind, port, loss, seed)
    client = Mavsdk(Configuration.create_manual(255, 190, True))  # noqa: FBT003 - heartbeats always
    try:
        client.add_any_connection(f"udpin://127.0.0.1:{port}")
        plugin = MissionRaw(client.first_autopilot(10.0))
        rows = [
            MissionItem(w.seq, w.frame, w.command, int(w.seq == 0), 1, *w.params, w.x, w.y, w.z, 0)
            for w in mission_to_wire(mission, stack_of(KINDS[kind]().autopilot))
        ]
        began = time.monotonic()
        try:
            plugin.upload_mission(rows)
        except Exception as error:  # noqa: BLE001 - MAVSDK's failure, whichever
            print(str(error).partition(";")[0], file=sys.stderr)
            return Run("F", time.monotonic() - began, None, served.close())
        sent_s = time.monotonic() - began
        word = "done"
        try:
            plugin.download_mission()
        except Exception as error:  # noqa: BLE001 - MAVSDK's failure, whichever
            print(str(error).partition(";")[0], file=sys.stderr)
            word = "done, not read"
        return Run(word, time.monotonic() - began, sent_s, served.close())
    finally:
        client.destroy()


def truly_holds(kind: str, mission: Mission, stored: tuple[WireItem, ...]) -> bool:
    stack = stack_of(KINDS[kind]().autopilot)
    return not compare(mission_to_wire(mission, stack), stored, stack)


def cell(rows: list[Row]) -> str:
    return " ".join("F" if r.sent_s is None else f"{r.sent_s:.2f}/{r.seconds:.2f}" for r in rows)


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
    print(f"{size} items; seconds per seed until acknowledged/read back, F = failure reported")
    wrong = 0
    for vehicle_name in KINDS:
        for loss in losses:
            line: dict[str, list[Row]] = {}
            for client_name, client in clients.items():
                for seed in seeds:
                    run = client(vehicle_name, mission, loss, seed)
                    holds = truly_holds(vehicle_name, mission, run.stored)
                    row = Row(client_name, vehicle_name, loss, seed, run.verdict, run.seconds, run.sent_s, holds)
                    wrong += client_name == "Quaywatch" and (run.verdict == "stored") != row.holds
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
    theirs = [r.sent_s for r in line.get("MAVSDK", []) if r.sent_s is not None]
    mine = [r.sent_s for r in line["Quaywatch"] if r.sent_s is not None]
    if not theirs or not mine:
        return "   (MAVSDK: none done)" if "MAVSDK" in line else ""
    return f"   MAVSDK/Quaywatch until acknowledged {median(theirs) / median(mine):.1f}x"


if __name__ == "__main__":
    sys.exit(main())
