"""Mission upload over a bad link: ours and MAVSDK's, to an ArduPilot-like, a PX4-like vehicle and MAVSDK's server.

500 items, loss on every mission message in both directions, three seeds (five runs without loss), real UDP on 127.0.0.1
in real time; the vehicle runs in a process of its own, the clients take turns. Two figures for each run: seconds until
the vehicle has acknowledged, and with reading back (ours always does, and compares; MAVSDK is asked to download), and
for each client the processor's time. "F" is a reported failure, "W" a success reported to which the vehicle holds
something else. MAVSDK's server (MissionRawServer) loses through a relay; without loss it is connected directly.

    python -m bench.upload_loss            # the table
    python -m bench.upload_loss --quick    # 60 items, 0 and 10 %, one seed
    python -m bench.upload_loss --losses 0 --vehicle PX4-like
    python -m bench.upload_loss --json results.json --no-peer
"""

import argparse
import json
import multiprocessing
import random
import select
import socket
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

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
from planner.link.stack import Stack
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
SERVER = "MAVSDK server"
STACKS = {"ArduPilot-like": Stack.ARDUPILOT, "PX4-like": Stack.PX4, SERVER: Stack.OTHER}
RUNS_WITHOUT_LOSS = 5


@dataclass
class Run:
    """How one transfer went: in all, and (None: not done) until the acknowledgement; what the vehicle then held.

    `cpu_s`: of the client's process, all threads, in that time.
    """

    verdict: str
    seconds: float
    sent_s: float | None
    cpu_s: float
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
    cpu_s: float
    holds: bool


class UdpVehicle:
    """A vehicle behind UDP, in a process of its own, that loses mission messages both ways."""

    def __init__(self, kind: str, port: int, loss: float, seed: int) -> None:
        ours, theirs = SPAWN.Pipe()
        self.pipe = ours
        target = serve_mavsdk if kind == SERVER else serve
        self.process = SPAWN.Process(target=target, args=(kind, port, loss, seed, theirs), daemon=True)
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


def serve_mavsdk(_kind: str, port: int, loss: float, seed: int, pipe: Connection) -> None:
    """The process of MAVSDK's server, with the relay in it if there is loss."""
    from mavsdk import ComponentType, Configuration, Mavsdk
    from mavsdk.plugins.mission_raw_server import MissionRawServer

    vehicle = Mavsdk(Configuration.create_with_component_type(ComponentType.AUTOPILOT))
    plans: list[Any] = []
    entry = free_port() if loss else port
    if loss:
        threading.Thread(target=relay, args=(entry, port, loss, seed), daemon=True).start()
    vehicle.add_any_connection(f"udpout://127.0.0.1:{entry}")
    plugin = MissionRawServer(vehicle.server_component())
    plugin.subscribe_incoming_mission(lambda _result, plan, _data: plans.append(plan))
    pipe.recv()
    rows = plans[-1].mission_items if plans else ()
    pipe.send(
        tuple(
            WireItem(r.seq, r.frame, r.command, (r.param1, r.param2, r.param3, r.param4), r.x, r.y, r.z, True)  # noqa: FBT003
            for r in rows
        )
    )
    plugin.destroy()
    vehicle.destroy()


def relay(entry: int, port: int, loss: float, seed: int) -> None:
    """Passes messages between the vehicle, which sends to `entry`, and the client at `port`; loses mission messages."""
    dice = random.Random(seed)
    inner, outer = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    inner.bind(("127.0.0.1", entry))
    codecs = {inner: Codec(), outer: Codec()}
    vehicle_at: Any = None
    while True:
        for line in select.select([inner, outer], [], [])[0]:
            data, sender = line.recvfrom(65536)
            vehicle_at = sender if line is inner else vehicle_at
            for frame in codecs[line].feed(data):
                mission = frame.received is not None and isinstance(frame.received.message, MISSION_MESSAGES)
                if mission and dice.random() < loss:
                    continue
                if line is inner:
                    outer.sendto(frame.raw, ("127.0.0.1", port))
                elif vehicle_at is not None:
                    inner.sendto(frame.raw, vehicle_at)


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
        began, cpu_s = time.monotonic(), time.process_time()
        sent: list[float] = []
        phases = [""]

        def told(progress: UploadProgress) -> None:
            if progress.phase == "reading back" != phases[-1]:
                sent.append(time.monotonic() - began)
            phases.append(progress.phase)

        word = station.upload(mission, told).word
        seconds, cpu_s = time.monotonic() - began, time.process_time() - cpu_s
        done = word == "stored" and sent
        return Run(word, seconds, sent[-1] if done else None, cpu_s, served.close())


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
            for w in mission_to_wire(mission, STACKS[kind])
        ]
        began, cpu_s = time.monotonic(), time.process_time()
        sent_s: float | None = None
        try:
            plugin.upload_mission(rows)
            sent_s, word = time.monotonic() - began, "done, not read"
            plugin.download_mission()
            word = "done"
        except Exception as error:  # noqa: BLE001 - MAVSDK's failure, whichever
            print(str(error).partition(";")[0], file=sys.stderr)
            word = "F" if sent_s is None else word
        return Run(word, time.monotonic() - began, sent_s, time.process_time() - cpu_s, served.close())
    finally:
        client.destroy()


def truly_holds(kind: str, mission: Mission, stored: tuple[WireItem, ...]) -> bool:
    stack = STACKS[kind]
    return not compare(mission_to_wire(mission, stack), stored, stack)


def cell(rows: list[Row]) -> str:
    return " ".join(_figures(r) for r in rows) + f" cpu {median(r.cpu_s for r in rows):.2f}"


def _figures(row: Row) -> str:
    if row.sent_s is None:
        return "F"
    digits = 3 if row.loss == 0 else 2
    return f"{row.sent_s:.{digits}f}/{row.seconds:.{digits}f}" + ("" if row.holds else "W")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-peer", action="store_true", help="leave MAVSDK out")
    parser.add_argument("--losses", type=float, nargs="+", help="these alone, for example 0 0.05")
    parser.add_argument("--vehicle", choices=STACKS, help="this one alone")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    size = 60 if options.quick else 500
    losses = options.losses or ([0.0, 0.1] if options.quick else [0.0, 0.05, 0.1, 0.2, 0.3])
    clients = {"Quaywatch": ours} | ({} if options.no_peer else {"MAVSDK": mavsdk_client})
    mission, rows = patrol(size), []
    print(f"{size} items; seconds per run until acknowledged/read back, F = failure reported, W = reported wrongly")
    wrong = 0
    for vehicle_name in [options.vehicle] if options.vehicle else STACKS:
        for loss in losses:
            line: dict[str, list[Row]] = {name: [] for name in clients}
            for seed in range(1, 1 + runs(loss, quick=options.quick)):
                for client_name, client in clients.items():
                    run = client(vehicle_name, mission, loss, seed)
                    holds = truly_holds(vehicle_name, mission, run.stored)
                    figures = (run.verdict, run.seconds, run.sent_s, run.cpu_s, holds)
                    row = Row(client_name, vehicle_name, loss, seed, *figures)
                    wrong += client_name == "Quaywatch" and (run.verdict == "stored") != row.holds
                    line[client_name].append(row)
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


def runs(loss: float, *, quick: bool) -> int:
    return 1 if quick else RUNS_WITHOUT_LOSS if loss == 0 else 3


def ratio(line: dict[str, list[Row]]) -> str:
    """How many times as long MAVSDK took, by the medians of the runs that both managed."""
    if "MAVSDK" not in line:
        return ""
    theirs, mine = ([r for r in line[name] if r.sent_s is not None] for name in ("MAVSDK", "Quaywatch"))
    if not theirs or not mine:
        return "   (MAVSDK: none done)" if mine else "   (Quaywatch: none done)"
    sent = [median(r.sent_s or 0.0 for r in rows) for rows in (theirs, mine)]
    read = [median(r.seconds for r in rows) for rows in (theirs, mine)]
    return f"   MAVSDK/Quaywatch {sent[0] / sent[1]:.2f}x, read back {read[0] / read[1]:.2f}x"


if __name__ == "__main__":
    sys.exit(main())
