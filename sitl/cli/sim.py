"""`quaywatch sim`: the practice harbour's vehicle on a port."""

import json
import signal
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.model.errors import BadInput, QuaywatchError
from planner.model.words import counted
from sitl.cli.arducopter import arducopter
from sitl.cli.fault import fault, parsed
from sitl.cli.film import film
from sitl.cli.images import images
from sitl.cli.places import address_of, home_of, in_weather, moment_of, wind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sitl.autopilot.situation import VehicleConfig
    from sitl.camera.shutter import HarbourShutter
    from sitl.server import SimulatedVehicle
    from sitl.world.harbour import Harbour

SCENE = "harbour"
"""Folder in that of the pictures for AIS log, zones, area and the truth about all vessels."""


class Personality(StrEnum):
    """Whose manners a practice vehicle has."""

    ARDUPILOT = "ardupilot"
    PX4 = "px4"


class VehicleKind(StrEnum):
    """What moves: in the air or under water."""

    COPTER = "copter"
    SUB = "sub"


app = typer.Typer(no_args_is_help=True, help="The practice harbour: a simulated drone and its camera.")
app.command("images")(images)
app.command("film")(film)
app.command("fault")(fault)
app.command("arducopter")(arducopter)


@app.command("run")
def run(  # noqa: PLR0913 -- one parameter per option of the command
    port: Annotated[
        int, typer.Option(help="TCP port on 127.0.0.1, and 2 and 3 above it; 0: any free.", min=0, max=65535)
    ] = 5760,
    speedup: Annotated[float, typer.Option(help="How many times faster than real time.")] = 1.0,
    home: Annotated[
        str | None, typer.Option(help="Launch place LAT,LON or LAT,LON,MSL; default the harbour's.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same harbour and the same noise.", min=0)] = 0,
    footage: Annotated[
        Path | None,
        typer.Option(help="Folder for pictures, and in it harbour/ with AIS log, zones, area, truth; default none."),
    ] = None,
    start_utc: Annotated[str | None, typer.Option(help="Simulated time at the start, ISO 8601; default now.")] = None,
    armable_s: Annotated[float, typer.Option(help="Simulated seconds until it can be armed (a real one: 45).")] = 10.0,
    wind: Annotated[str | None, typer.Option(help="Wind as SPEED@FROM, metres a second and degrees, as 6@270.")] = None,
    *,
    harbour_name: Annotated[
        str,
        typer.Option("--harbour", help="practice, synthetic:SEED, FILE.geojson or a chart CELL.000@LAT,LON."),
    ] = "practice",
    weather: Annotated[
        str | None,
        typer.Option(help="Weather as cloud=0.9,rain_mm_h=4,visibility_m=3000,sea_state=4; light by --start-utc."),
    ] = None,
    thermal: Annotated[str | None, typer.Option(help="A thermal camera: white-hot, black-hot or iron.")] = None,
    dataflash: Annotated[Path | None, typer.Option(help="Write a dataflash .BIN log of the flight here.")] = None,
    tlog: Annotated[Path | None, typer.Option(help="Write a telemetry log of both directions here.")] = None,
    udp: Annotated[str | None, typer.Option(help="All also send by UDP to a ground station HOST:PORT.")] = None,
    count: Annotated[int, typer.Option(help="So many vehicles, 10 ports and 5 m apart.", min=1, max=20)] = 1,
    autopilot: Annotated[Personality, typer.Option(help="Whose manners it has.")] = Personality.ARDUPILOT,
    kind: Annotated[
        VehicleKind, typer.Option("--vehicle", help="What it is; sub: a submersible.")
    ] = VehicleKind.COPTER,
    faults: Annotated[
        list[str] | None,
        typer.Option("--fault", help="Fault from the start, as gusts=3 or wind=8@270; may be repeated."),
    ] = None,
    no_camera: Annotated[bool, typer.Option("--no-camera", help="Trigger, but take no pictures.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout when it is ready.")] = False,
) -> None:
    """Run a simulated drone with an ArduCopter's or PX4's manners, for any MAVLink ground station, until Ctrl-C."""
    from sitl.cli.logs import FlightLogs
    from sitl.flight_record import NAME, Scenery
    from sitl.server import SimulatedVehicle
    from sitl.world.choice import beside, harbour_named
    from sitl.world.receiver import AisReceiver

    if footage is not None and kind is VehicleKind.SUB:
        raise BadInput("--footage", "no pictures are rendered under water; leave it out with --vehicle sub")
    harbour = harbour_named(harbour_name, seed)
    config = _config(
        harbour,
        home=home,
        seed=seed,
        start_utc=start_utc,
        armable_s=armable_s,
        wind=wind,
        autopilot=autopilot,
        kind=kind,
    )
    harbour = in_weather(harbour, weather, thermal, wind, config.start_utc)
    shutter = None if no_camera or footage is None else _shutter(harbour, footage, seed)
    further = (port + 2, port + 3) if port else (0, 0)
    udp_to = None if udp is None else address_of(udp, "--udp")
    record = None
    if shutter is not None and footage is not None:
        begun = None if config.start_utc is None else config.start_utc.isoformat()
        scenery = Scenery(beside(harbour_name, Path.cwd()), seed, weather, thermal, wind, begun)
        record = (footage / SCENE / NAME, scenery)
    logs = FlightLogs(config, dataflash=dataflash, tlog=tlog, record=record)
    vehicle = SimulatedVehicle(
        config, port=port, speedup=speedup, shutter=shutter, further_ports=further, udp_to=udp_to
    )
    vehicle.carry(AisReceiver(harbour))
    vehicle.log_to(dataflash=logs.dataflash, tlog=logs.tlog, record=logs.record)
    others = [
        SimulatedVehicle(_beside(config, n), port=port + 10 * n if port else 0, speedup=speedup, udp_to=udp_to)
        for n in range(1, count)
    ]
    for one in [parsed(text, "--fault") for text in faults or []]:
        vehicle.begin_fault(one)
    scene = None if shutter is None or footage is None else _Scene(footage / SCENE, harbour, vehicle)
    try:
        for each in (vehicle, *others):
            each.start()
        if scene is not None:
            scene.write()
        _announce(vehicle, others, speedup=speedup, footage=footage if shutter else None, as_json=as_json)
        _until_interrupted(vehicle)
    finally:
        for each in (vehicle, *others):
            each.stop()
        logs.close()
        if scene is not None:
            scene.finish()
        if shutter is not None:
            _finish(shutter, scene)
    typer.echo("stopped", err=True)


def _config(
    harbour: "Harbour",
    *,
    home: str | None,
    seed: int,
    start_utc: str | None,
    armable_s: float,
    wind: str | None,
    autopilot: Personality,
    kind: VehicleKind,
) -> "VehicleConfig":
    from sitl.autopilot.situation import VehicleConfig
    from sitl.vehicle import AirframeModel

    height_m = 0.0 if kind is VehicleKind.SUB else harbour.takeoff_height_m
    at, msl_m = (harbour.launch, height_m) if home is None else home_of(home, height_m)
    if wind and kind is VehicleKind.SUB:
        raise BadInput("--wind", "there is no wind under water; leave it out with --vehicle sub")
    east, north = wind_of(wind) if wind else (0.0, 0.0)
    try:
        return VehicleConfig(
            home=at,
            home_msl_m=msl_m,
            seed=seed,
            armable_s=armable_s,
            autopilot=autopilot.value,
            vehicle=kind.value,
            start_utc=moment_of(start_utc) if start_utc else None,
            airframe=AirframeModel(wind_east_m_s=east, wind_north_m_s=north),
        )
    except ValueError as error:
        raise BadInput("sim run", str(error)) from None


def _beside(config: "VehicleConfig", number: int) -> "VehicleConfig":
    """A vehicle with the next system id, 5 m further east."""
    from planner.geo.points import destination

    home = destination(config.home, towards_deg=90.0, range_m=5.0 * number)
    return replace(config, home=home, system_id=config.system_id + number, seed=config.seed + number)


def _shutter(harbour: "Harbour", folder: Path, seed: int) -> "HarbourShutter":
    from sitl.camera.shutter import HarbourShutter

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput("--footage", f"{folder} cannot be made: {error.strerror or error}") from None
    return HarbourShutter(harbour, folder, seed=seed)


class _Scene:
    """What a crew would bring along besides the pictures: AIS log, zones, area; and the truth."""

    def __init__(self, folder: Path, harbour: "Harbour", vehicle: "SimulatedVehicle") -> None:
        self.folder = folder
        self._harbour = harbour
        self._vehicle = vehicle
        self._began_utc = vehicle.truth().at_utc
        vehicle.measure_ais(self._sentences_due)

    def _sentences_due(self, since_s: float, until_s: float) -> int:
        """How many sentences there were to receive between two simulated seconds (of the first five minutes)."""
        start, end = (self._began_utc + timedelta(seconds=s) for s in (since_s, min(until_s, since_s + 300.0)))
        return len(self._harbour.ais_nmea(start, end))

    def write(self) -> None:
        """Writes it up to now.

        Raises:
            QuaywatchError: the folder cannot be written.
        """
        from sitl.faults import FaultKind
        from sitl.world.scene import write_scene

        silent_s = self._vehicle.fault_spans_s(FaultKind.AIS_SILENCE)
        write_scene(self.folder, self._harbour, self._began_utc, self._vehicle.truth().at_utc, ais_silent_s=silent_s)

    def finish(self) -> None:
        """Writes it once more, whole, and says so; also what goes wrong, because the pictures are still to come."""
        try:
            self.write()
        except (QuaywatchError, KeyboardInterrupt) as error:
            typer.echo(f"the AIS log is not complete: {str(error) or 'interrupted'}", err=True)
        else:
            typer.echo(f"AIS log, zones, area and truth are in {self.folder}", err=True)

    def gather(self) -> None:
        """Writes the truth about all pictures as one COCO file; says so if it cannot."""
        from sitl.camera.coco import write_coco

        try:
            write_coco(self.folder.parent / "truth", self.folder / "coco.json", self._harbour.name)
        except QuaywatchError as error:
            typer.echo(str(error), err=True)


def _finish(shutter: "HarbourShutter", scene: _Scene | None) -> None:
    """Waits for the pictures that are still being made, gathers their truth, and says how it went."""
    if shutter.pending:
        typer.echo(f"finishing {counted(shutter.pending, 'picture')}; Ctrl-C again leaves them out ...", err=True)
    try:
        shutter.close()
    except KeyboardInterrupt:
        typer.echo(f"left out {counted(shutter.pending, 'picture')}", err=True)
    if scene is not None:
        scene.gather()
    typer.echo(f"{counted(len(shutter.pictures), 'picture')} written", err=True)
    for failure in shutter.failures[:5]:
        typer.echo(failure, err=True)
    if len(shutter.failures) > 5:
        typer.echo(f"and {len(shutter.failures) - 5} more", err=True)


def _announce(
    vehicle: "SimulatedVehicle",
    others: "Sequence[SimulatedVehicle]",
    *,
    speedup: float,
    footage: Path | None,
    as_json: bool,
) -> None:
    truth = vehicle.truth()
    address = f"tcp:127.0.0.1:{vehicle.port}"
    if as_json:
        found = {"port": vehicle.port, "address": address, "lat_deg": truth.at.lat_deg, "lon_deg": truth.at.lon_deg,
                 "msl_m": truth.msl_m, "footage": str(footage) if footage else None,
                 "harbour": str(footage / SCENE) if footage else None, "ports": list(vehicle.ports),
                 "others": [f"tcp:127.0.0.1:{other.port}" for other in others]}  # fmt: skip
        typer.echo(json.dumps(found))
        return
    typer.echo(
        f"practice vehicle at {truth.at.lat_deg:.6f}, {truth.at.lon_deg:.6f}, {speedup:g} x real time: "
        f"connect to {address}; Ctrl-C stops it",
        err=True,
    )
    for number, other in enumerate(others, 2):
        typer.echo(f"vehicle {number}: connect to tcp:127.0.0.1:{other.port}", err=True)
    if footage:
        typer.echo(f"pictures go to {footage}, AIS log, zones, area and truth to {footage / SCENE}", err=True)


def _until_interrupted(vehicle: "SimulatedVehicle") -> None:
    for kind in (signal.SIGINT, signal.SIGTERM):  # a shell starts what runs in its background with Ctrl-C ignored
        signal.signal(kind, signal.default_int_handler)
    try:
        while not vehicle.wait(0.5):
            pass
    except KeyboardInterrupt:
        typer.echo("stopping ...", err=True)
