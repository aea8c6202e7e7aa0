"""`quaywatch plan split`: a mission for several drones and several batteries."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.new import AsJson, Force
from planner.model.errors import BadInput

if TYPE_CHECKING:
    from planner.route.split import Sortie


def split_(  # noqa: PLR0913 -- one parameter per option of the command
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A .plan or waypoint file.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder for the sorties; made if it is not there.")],
    *,
    drones: Annotated[int, typer.Option(help="How many drones fly at once.")] = 1,
    drone: Annotated[
        str | None, typer.Option(help="A known drone, or a .json file; default the plan's own, else practice-quad.")
    ] = None,
    swap_min: Annotated[float, typer.Option("--swap-min", help="Minutes to swap a battery.")] = 5.0,
    wind: Annotated[str | None, typer.Option(help="M/S@FROM, such as 8@270.")] = None,
    apart_m: Annotated[float, typer.Option("--apart-m", help="Drones stay this far apart sideways, or")] = 50.0,
    above_m: Annotated[float, typer.Option("--above-m", help="this far apart in height.")] = 10.0,
    height_step_m: Annotated[
        float, typer.Option("--height-step-m", help="From drone to drone, to and from their parts.")
    ] = 15.0,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Cut a mission into sorties for several drones and batteries; each camera leg is flown exactly once in all."""
    from planner.formats import profiles
    from planner.formats.missions import read_mission
    from planner.route.intercept import wind_to
    from planner.route.split import Wanted, split
    from planner.route.split_time import Clearance

    imported = read_mission(plan_file)
    own = imported.plan.drone if imported.plan is not None else None
    flown_by = profiles.drone(drone or "practice-quad") if drone is not None or own is None else own
    try:
        wanted = Wanted(
            drones=drones,
            swap_s=swap_min * 60,
            clear=Clearance(apart_m, above_m, height_step_m),
            wind=(0.0, 0.0) if wind is None else wind_to(*wind_of(wind)),
        )
    except ValueError as error:
        raise BadInput("plan split", str(error)) from None
    done = split(imported.mission, flown_by, wanted, name=str(plan_file))
    rows = write_sorties(done.sorties, out, plan_file.stem, autopilot=flown_by.autopilot, force=force)
    for note in (*imported.notes, *done.notes):
        typer.echo(f"note: {note}", err=True)
    if as_json:
        ends = max(sortie.starts_s + sortie.lasts_s for sortie in done.sorties)
        typer.echo(json.dumps({"out": str(out), "sorties": rows, "ends_s": round(ends, 1), "notes": list(done.notes)}))
        return
    for row in rows:
        typer.echo(say_sortie(row))


def write_sorties(
    sorties: "Sequence[Sortie]", out: Path, stem: str, *, autopilot: str, force: bool
) -> list[dict[str, object]]:
    """Write one plan for each sortie into a folder; what is in each, by name.

    Raises:
        BadInput: the folder cannot be made, or a file is there already and `force` is not given.
    """
    from planner.formats.missions import write_mission

    files = [out / f"{stem}-drone{s.drone}-sortie{s.number}.plan" for s in sorties]
    _must_be_free(out, files, force=force)
    for number, (file, sortie) in enumerate(zip(files, sorties, strict=True)):
        try:
            write_mission(sortie.mission, file, autopilot=autopilot)
        except BadInput as error:
            if number == 0:
                raise
            there = f"{number} of {len(files)} sorties are written: do not fly them"
            raise BadInput(file, f"{error.problem}; {there}") from None
    return [_row(file, sortie) for file, sortie in zip(files, sorties, strict=True)]


def say_sortie(row: Mapping[str, object]) -> str:
    """One line on a sortie."""
    return (
        f"{row['plan']}: drone {row['drone']}, sortie {row['sortie']}, starts {_clock(row['starts_s'])}, "
        f"{_clock(row['lasts_s'])} long, {row['energy_wh']} Wh, to and from at {row['transit_m']} m"
    )


def _row(file: Path, sortie: "Sortie") -> dict[str, object]:
    return {
        "plan": str(file),
        "drone": sortie.drone,
        "sortie": sortie.number,
        "items": len(sortie.mission),
        "starts_s": round(sortie.starts_s, 1),
        "lasts_s": round(sortie.lasts_s, 1),
        "energy_wh": sortie.energy_wh,
        "transit_m": sortie.transit_m,
    }


def _must_be_free(out: Path, files: list[Path], *, force: bool) -> None:
    if out.exists() and not out.is_dir():
        raise BadInput(out, "is a file; give a folder for the sorties")
    there = [file for file in files if file.exists()]
    if there and not force:
        raise BadInput(there[0], "exists already; --force overwrites it")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(out, f"cannot be made: {error.strerror}") from None


def wind_of(text: str) -> tuple[float, float]:
    """Speed (m/s) and direction (from, degrees) of a wind such as 8@270."""
    speed, _, direction = text.partition("@")
    try:
        wind = float(speed), float(direction)
    except ValueError:
        raise BadInput("--wind", f"{text!r} is not M/S@FROM, such as 8@270") from None
    if not (0 <= wind[0] <= 100 and math.isfinite(wind[1])):
        raise BadInput("--wind", f"{text!r} is not a wind of 0 to 100 m/s from a direction in degrees")
    return wind


def _clock(seconds: object) -> str:
    whole = round(float(str(seconds)))
    return f"{whole // 60}:{whole % 60:02d}"
