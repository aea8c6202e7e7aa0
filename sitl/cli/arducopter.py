"""`quaywatch sim arducopter`: the real ArduCopter SITL."""

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from sitl.cli.places import home_of

if TYPE_CHECKING:
    from sitl.arducopter import RealArduCopter

_USUAL = (LatLon(51.95, 4.05), 5.0)


def arducopter(
    binary: Annotated[Path | None, typer.Option(help="An ArduCopter SITL binary.")] = None,
    version: Annotated[
        str | None, typer.Option(help="A version that dronekit-sitl downloads, as 3.3; default its stable one.")
    ] = None,
    home: Annotated[str | None, typer.Option(help="Launch place LAT,LON or LAT,LON,MSL.")] = None,
    plan: Annotated[Path | None, typer.Option(help="A .plan file: start at its planned home.")] = None,
    speedup: Annotated[float, typer.Option(help="How many times faster than real time.", min=0.1, max=100)] = 1.0,
    instance: Annotated[int | None, typer.Option(help="Ports 5760 + 10 x this; default the first free.", min=0)] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout when it is ready.")] = False,
) -> None:
    """Run the real ArduCopter SITL through dronekit-sitl, with parameters that arm, until Ctrl-C."""
    from sitl.arducopter import Launch, RealArduCopter, binary_of

    if binary is not None and version is not None:
        raise BadInput("--version", "goes without --binary: a binary has its own version")
    if home is not None and plan is not None:
        raise BadInput("--plan", "goes without --home")
    at, msl_m = _USUAL if home is None else home_of(home, _USUAL[1])
    if plan is not None:
        at, msl_m = _planned_home(plan)
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, signal.default_int_handler)
    try:
        launch = Launch(binary_of(binary, version), at, msl_m, speedup=speedup, instance=instance)
        with RealArduCopter(launch) as running:
            _announce(running, launch.binary, as_json=as_json)
            while not running.wait(0.5):
                pass
            raise BadInput("sim arducopter", "the simulator ended by itself")
    except KeyboardInterrupt:
        typer.echo("stopped", err=True)


def _announce(running: "RealArduCopter", binary: Path, *, as_json: bool) -> None:
    address = f"tcp:127.0.0.1:{running.port}"
    if as_json:
        typer.echo(json.dumps({"address": address, "port": running.port, "binary": str(binary)}))
    else:
        typer.echo(f"ArduCopter waits for a ground station: connect to {address}; Ctrl-C stops it", err=True)
    if running.listens_beyond_this_computer():
        typer.echo("note: this binary listens on all networks of this computer, not on 127.0.0.1 only", err=True)


def _planned_home(path: Path) -> tuple[LatLon, float]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["mission"]["plannedHomePosition"]
        lat, lon, msl = (float(v) for v in found)
        return LatLon(lat, lon), msl
    except OSError as error:
        raise BadInput("--plan", f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError):
        raise BadInput(
            "--plan", f"{path} has no mission.plannedHomePosition of three numbers; save it as .plan, or give --home"
        ) from None
