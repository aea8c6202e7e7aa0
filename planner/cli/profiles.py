"""`quaywatch plan profiles`: known drones and cameras, and how high a camera may fly for a task."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from planner.model.errors import BadInput
from planner.route.sight import Task

if TYPE_CHECKING:
    from planner.model.profiles import CameraProfile

LEGAL_M = 120.0
"""The EU's ceiling of the open category, above the surface (Implementing Regulation (EU) 2019/947, UAS.OPEN.010)."""


def profiles(
    *,
    task: Annotated[Task | None, typer.Option(help="Say from how high cameras do this on a vessel.")] = None,
    length_m: Annotated[float, typer.Option("--length-m", help="The vessel's length, with --task.")] = 6.0,
    chance: Annotated[float, typer.Option(help="How sure it is to be, 0 to 1, with --task.")] = 0.9,
    camera: Annotated[str | None, typer.Option(help="This camera only (a name, or a .json file).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """List the known drones and cameras, or the height for a task."""
    from planner.formats import profiles as known

    if task is not None:
        chosen = known.cameras() if camera is None else (known.camera(camera),)
        _heights(chosen, task, length_m, chance, as_json=as_json)
        return
    drones = known.drones() if camera is None else ()
    cameras = known.cameras() if camera is None else (known.camera(camera),)
    if as_json:
        listed = {
            "drones": [known.profile_json(d) for d in drones],
            "cameras": [known.profile_json(c) for c in cameras],
        }
        typer.echo(json.dumps(listed))
        return
    if drones:
        typer.echo("Drones")
    for d in drones:
        typer.echo(
            f"  {d.name:20} {d.cruise_speed_m_s:5g} m/s of {d.max_speed_m_s:g}, {d.battery_wh:g} Wh, {d.autopilot}"
        )
    typer.echo("Cameras")
    for c in cameras:
        height = c.height_for_gsd_m(0.05)
        typer.echo(f"  {c.name:20} {c.width_px} x {c.height_px}, 0.05 m per pixel from {height:.0f} m")


def _heights(
    cameras: "tuple[CameraProfile, ...]", task: Task, length_m: float, chance: float, *, as_json: bool
) -> None:
    from planner.route.sight import beam_m, height_for, whole_metres

    try:
        found = [(c, height_for(c, task, length_m=length_m, chance=chance)) for c in cameras]
    except ValueError as error:
        raise BadInput("plan profiles", str(error)) from None
    if as_json:
        rows = [
            {
                "camera": c.name,
                "height_m": round(h.height_m, 2),
                "gsd_m": round(h.gsd_m, 5),
                "pixels_long": round(h.pixels_long, 1),
                "pixels_across": round(h.pixels_across, 1),
                "above_120_m": h.height_m > LEGAL_M,
            }
            for c, h in found
        ]
        asked = {"task": task.value, "length_m": length_m, "beam_m": round(beam_m(length_m), 2), "chance": chance}
        typer.echo(json.dumps({**asked, "heights": rows}))
        return
    typer.echo(
        f"To {task} a vessel of {length_m:g} m ({beam_m(length_m):.1f} m beam) with a chance of {chance:g}, "
        f"an observer needs {found[0][1].pixels_long:.0f} x {found[0][1].pixels_across:.0f} pixels (Johnson criteria)"
    )
    for c, h in found:
        beyond = "; more than the EU's 120 m" if h.height_m > LEGAL_M else ""
        typer.echo(f"  {c.name:20} up to {whole_metres(h.height_m)} m, {h.gsd_m:.3f} m per pixel{beyond}")
