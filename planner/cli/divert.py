"""`quaywatch plan divert`: a look at a vessel put into a mission that is being flown."""

import json
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.new import AsJson, Force, must_be_writable
from planner.model.errors import BadInput


def divert_(  # noqa: PLR0913 -- one parameter per option of the command
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="The mission that is flown: .plan or waypoints.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The mission to send instead (.plan).")],
    after: Annotated[int, typer.Option(help="Number of the waypoint item that the drone has reached, from 1.")],
    at: Annotated[str, typer.Option(help="Where the vessel is then: LAT,LON.")],
    *,
    course_deg: Annotated[float, typer.Option("--course-deg", "--course", help="Its course.")] = 0.0,
    vessel_speed_m_s: Annotated[float, typer.Option("--vessel-speed-m-s", help="Its speed.")] = 0.0,
    length_m: Annotated[float, typer.Option("--length-m", help="Its length.")] = 20.0,
    stand_off_m: Annotated[
        float | None,
        typer.Option("--stand-off-m", help="How far from its hull; default 60, or more to have all of it in sight."),
    ] = None,
    elapsed_min: Annotated[float, typer.Option("--elapsed-min", help="Minutes since it was there.")] = 0.0,
    range_m: Annotated[float | None, typer.Option("--range-m", help="Greatest distance from launch.")] = None,
    turns: Annotated[int, typer.Option(help="How many times round.")] = 1,
    drone: Annotated[str | None, typer.Option(help="Default the plan's own, else practice-quad.")] = None,
    camera: Annotated[str | None, typer.Option(help="Default the plan's own.")] = None,
    wind: Annotated[str | None, typer.Option(help="M/S@FROM, such as 8@270; default the plan's.")] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Put a look round a vessel into a mission, and go on at the best point of what is left of it."""
    from planner.cli.split import wind_of
    from planner.formats import profiles
    from planner.formats.missions import read_mission, write_mission
    from planner.geo.points import LatLon
    from planner.model.drift import Flow
    from planner.model.patterns import OrbitParameters
    from planner.route.divert import Sky, divert

    must_be_writable(out, {".plan"}, force=force)
    imported = read_mission(plan_file)
    own = imported.plan.drone if imported.plan is not None else None
    flown_by = profiles.drone(drone or "practice-quad") if drone is not None or own is None else own
    plan = imported.plan
    blows = None if plan is None else plan.outlook.wind
    seen_by = profiles.camera(camera) if camera is not None else None if plan is None else plan.camera
    sky = Sky(() if plan is None else plan.out_of, seen_by)
    if stand_off_m is not None and not 1 <= stand_off_m <= 10_000:
        raise BadInput("--stand-off-m", f"must lie in 1..10000 m, got {stand_off_m:g}")
    try:
        lat, lon = (float(part) for part in at.split(","))
        given = OrbitParameters(
            at=LatLon(lat, lon),
            course_deg=course_deg,
            vessel_speed_m_s=vessel_speed_m_s,
            length_m=length_m,
            turns=turns,
            wind=(blows or Flow()) if wind is None else Flow(*wind_of(wind)),
            elapsed_min=elapsed_min,
            range_m=range_m,
        )
    except ValueError as error:
        raise BadInput("plan divert", str(error)) from None
    done = divert(imported.mission, flown_by, given, after=after, stand_off_m=stand_off_m, name=str(plan_file), sky=sky)
    write_mission(done.mission, out, autopilot=flown_by.autopilot)
    for note in (*imported.notes, *done.notes):
        typer.echo(f"note: {note}", err=True)
    figures = {
        "plan": str(out),
        "items": len(done.mission),
        "looks_from_item": done.looks_from_item,
        "rejoins_item": done.rejoins_item,
        "meets_after_s": done.meets_after_s,
        "adds_s": done.adds_s,
        "missed_m": done.missed_m,
        "notes": list(done.notes),
    }
    if as_json:
        typer.echo(json.dumps(figures))
        return
    on = "returns to launch" if done.rejoins_item is None else f"goes on at item {done.rejoins_item}"
    typer.echo(
        f"{out}: meets the vessel after {done.meets_after_s:.0f} s, then {on}; {done.adds_s:+.0f} s, "
        f"{done.missed_m:.0f} m of camera legs left out. Send it and set item {done.looks_from_item}."
    )
