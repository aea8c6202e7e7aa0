"""`quaywatch link params`: failsafe, fence and battery settings of a vehicle, and what does not fit a plan."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.link_options import AsJson, Link, connected, linked

if TYPE_CHECKING:
    from planner.link.settings import Reach


@linked
def params(
    names: Annotated[
        list[str] | None, typer.Argument(help="Parameters; default those of failsafe, fence and battery.")
    ] = None,
    *,
    plan: Annotated[Path | None, typer.Option("--plan", help="Say what does not fit this plan.")] = None,
    obstacle_m: Annotated[
        float | None, typer.Option("--obstacle-m", help="Height above home of the tallest thing on a way home.")
    ] = None,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Read parameters; exit code 1 where one is not told or does not fit the plan."""
    from planner.link.preflight import parameters, safety_settings
    from planner.link.settings import settings_of

    reach = _reach(plan, obstacle_m)
    with connected(link) as station:
        if names:
            asked = tuple(name.upper() for name in names)
            settings = settings_of(asked, parameters(station, asked).values, reach)
        else:
            settings = safety_settings(station, reach)
    if as_json:
        rows = [{"name": s.name, "value": s.value, "words": s.words, "problem": s.problem or None} for s in settings]
        typer.echo(json.dumps({"params": rows, "fits": not any(s.problem for s in settings)}))
    for one in settings if not as_json else ():
        value = "-" if one.value is None else f"{one.value:g}"
        typer.echo(f"{one.name:16} {value:>10}  {one.words}")
        if one.problem:
            typer.echo(f"    ! {one.problem}")
    not_told = bool(names) and any(s.value is None for s in settings)
    raise typer.Exit(1 if not_told or any(s.problem for s in settings) else 0)


def _reach(plan: Path | None, obstacle_m: float | None) -> "Reach | None":
    from planner.formats.missions import read_mission
    from planner.link.settings import Reach, reach_of

    if plan is not None:
        return reach_of(read_mission(plan).mission, obstacle_m=obstacle_m)
    return None if obstacle_m is None else Reach(obstacle_m=obstacle_m)
