"""`quaywatch link look`: a drone on patrol is sent round a vessel and goes on with its patrol."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.link_options import AsJson, Link, Plan, connected, linked
from planner.model.errors import BadInput, QuaywatchError

if TYPE_CHECKING:
    from planner.formats.missions import Imported
    from planner.link.state import VehicleState
    from planner.model.mission import Mission
    from planner.model.patterns import OrbitParameters
    from planner.model.profiles import DroneProfile
    from planner.route.divert import Sky
    from planner.route.look_now import Now


@linked
def look(  # noqa: PLR0913 -- one parameter per option of the command
    plan: Plan,
    *,
    at: Annotated[str, typer.Option(help="Where the vessel is now: LAT,LON.")],
    course_deg: Annotated[float, typer.Option("--course-deg", "--course", help="Its course.")] = 0.0,
    vessel_speed_m_s: Annotated[float, typer.Option("--vessel-speed-m-s", "--speed", help="Its speed.")] = 0.0,
    length_m: Annotated[float, typer.Option("--length-m", "--length", help="Its length.")] = 20.0,
    turns: Annotated[int, typer.Option(help="How many times round.")] = 1,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write the mission with the look in it, for a further look.")
    ] = None,
    range_m: Annotated[float | None, typer.Option("--range-m", help="Greatest distance from launch.")] = None,
    wind: Annotated[str | None, typer.Option(help="M/S@FROM, such as 8@270; default the plan's.")] = None,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Look at a vessel during the flight of PLAN, and rejoin it; checked against fence, zones and battery first."""
    from planner.cli.new import must_be_writable
    from planner.formats.missions import write_mission
    from planner.link.retask import retask
    from planner.route.look_now import look_now

    imported = read(plan)
    if out is not None:
        must_be_writable(out, {".plan"}, force=False)
    vessel = _vessel(imported, at, (course_deg, vessel_speed_m_s, length_m), (turns, range_m), wind)
    result: dict[str, Any] = {"done": False, "reason": ""}
    try:
        with connected(link) as station:
            station.listen(mission=True)
            now = now_of(station.snapshot(), imported.mission)
            way = look_now(imported.mission, drone_of(imported), vessel, now, name=str(plan), sky=sky_of(imported))
            result |= {
                "looks_from_item": way.looks_from_item,
                "rejoins_item": way.rejoins_item,
                "meets_after_s": way.meets_after_s,
                "adds_s": way.adds_s,
                "missed_m": way.missed_m,
                "notes": list(way.notes),
            }
            if out is not None:
                write_mission(way.mission, out, autopilot=drone_of(imported).autopilot)
            back = (imported.mission, now.item)
            done = retask(station, way.mission, way.looks_from_item, back=back, say=_say)
            result |= {"done": done.done, "reason": done.reason}
    except QuaywatchError as error:
        if error.exit_code != 1:
            raise
        result["reason"] = str(error)
    typer.echo(json.dumps(result) if as_json else f"look: {result['reason']}", err=not as_json and not result["done"])
    raise typer.Exit(0 if result["done"] else 1)


def read(plan: Path) -> "Imported":
    """The plan that is flown."""
    from planner.formats.missions import read_mission

    return read_mission(plan)


def now_of(state: "VehicleState | None", mission: "Mission") -> "Now":
    """Where the drone is in its mission, which must be this one.

    Raises:
        NotDone: it is not flying one, flies another, or does not tell where it is.
    """
    from planner.link.errors import NotDone
    from planner.route.look_now import Now

    if state is None or not state.is_flying or state.at is None or state.height_m is None:
        raise NotDone("Look: the drone is not in the air, or does not tell where it is.")
    modes = state.modes
    if state.mission_item is None:
        raise NotDone("Look: the drone does not tell which item it flies; try again in a moment.")
    if modes is not None and state.custom_mode != modes.mission:
        raise NotDone(f"Look: the drone is not on its mission but in {state.mode}; 'link do resume' takes it up again.")
    if state.mission_total is not None and state.mission_total != len(mission):
        raise NotDone(
            f"Look: the drone flies a mission of {state.mission_total} items and the plan has {len(mission)}; name the "
            "plan that it flies, after a look the one that --out wrote."
        )
    return Now(state.at, state.height_m, state.mission_item, state.battery_percent)


def drone_of(imported: "Imported") -> "DroneProfile":
    """The plan's drone, or the practice drone for missions made elsewhere."""
    from planner.formats import profiles

    return profiles.drone("practice-quad") if imported.plan is None else imported.plan.drone


def sky_of(imported: "Imported") -> "Sky":
    """What the plan keeps out of, and its camera."""
    from planner.route.divert import Sky

    return Sky() if imported.plan is None else Sky(imported.plan.out_of, imported.plan.camera)


def _vessel(
    imported: "Imported",
    at: str,
    moving: tuple[float, float, float],
    asked: tuple[int, float | None],
    wind: str | None,
) -> "OrbitParameters":
    from planner.cli.split import wind_of
    from planner.geo.points import LatLon
    from planner.model.drift import Flow
    from planner.model.patterns import OrbitParameters

    course, speed, length = moving
    blows = Flow() if imported.plan is None else imported.plan.outlook.wind or Flow()
    try:
        lat, lon = (float(part) for part in at.split(","))
        return OrbitParameters(
            at=LatLon(lat, lon),
            course_deg=course,
            vessel_speed_m_s=speed,
            length_m=length,
            turns=asked[0],
            wind=blows if wind is None else Flow(*wind_of(wind)),
            range_m=asked[1],
        )
    except ValueError as error:
        raise BadInput("link look", str(error)) from None


def _say(text: str) -> None:
    typer.echo(text, err=True)
