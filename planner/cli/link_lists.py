"""`quaywatch link clear`, and how the commands of `link` keep and put back what a vehicle held before."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.link_figures import upload_figures
from planner.cli.link_options import AsJson, Link, connected, linked
from planner.model.errors import BadInput, QuaywatchError

if TYPE_CHECKING:
    from planner.link.station import Station
    from planner.model.mission import Mission


@linked
def clear(
    *,
    mission: Annotated[bool, typer.Option("--mission", help="Clear the mission.")] = False,
    fence: Annotated[bool, typer.Option("--fence", help="Clear the fence.")] = False,
    rally: Annotated[bool, typer.Option("--rally", help="Clear the rally points.")] = False,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Where to keep what it held; default a file here, with the time.")
    ] = None,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Take mission, fence or rally points out of the vehicle and read back that they are gone; all without an option.

    What it held is read first and kept in a file. A vehicle that is armed is left alone.
    """
    from planner.link.items import FENCE, MISSION, RALLY

    wanted = {MISSION: mission, FENCE: fence, RALLY: rally}
    kinds = tuple(kind for kind, on in wanted.items() if on or not any(wanted.values()))
    result: dict[str, Any] = {"verdict": "not_cleared", "reason": "Nothing was sent.", "lists": [], "kept": None}
    try:
        with connected(link) as station:
            result |= _cleared(station, kinds, keep, named=any(wanted.values()))
    except QuaywatchError as error:
        if error.exit_code != 1:
            raise
        result["reason"] = str(error)
    if result["kept"] is not None:
        typer.echo(f"`quaywatch link upload {result['kept']} {_named(link)}` puts back what it held before.", err=True)
    if as_json:
        typer.echo(json.dumps(result))
    else:
        typer.echo(f"verdict: {result['verdict']}\nreason: {result['reason']}")
    raise typer.Exit(0 if result["verdict"] == "cleared" else 1)


def held(station: "Station") -> "Mission | None":
    """What an ArduPilot holds before an upload; None for others, and where it could not be read: then that is said."""
    from planner.link.before import held_now
    from planner.link.errors import NotDone

    try:
        return held_now(station)
    except NotDone as error:
        typer.echo(f"note: what the vehicle holds now could not be read beforehand: {error}", err=True)
        return None


def put_again(station: "Station", before: "Mission", sent: "Mission") -> dict[str, Any]:
    """Makes the vehicle hold again what it held before, and says how that ended."""
    from planner.link.before import in_words, lists_of, put_back

    typer.echo(f"Putting back what the vehicle held before: {in_words(before)}.", err=True)
    return {"restored": upload_figures(put_back(station, before, lists_of(sent)))}


def kept(before: "Mission", plan: Path, link: Link) -> dict[str, Any]:
    """Writes what the vehicle held before into a file beside the plan, and says how to send it again."""
    from planner.link.before import lists_of

    if not lists_of(before):
        return {}
    path = plan.with_name(f"{plan.stem}-before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.plan")
    if _written(before, path, "ardupilot"):
        typer.echo(
            f"What the vehicle held before is in {path}; `quaywatch link upload {path} {_named(link)}` restores it.",
            err=True,
        )
    return {}


def _cleared(station: "Station", kinds: tuple[int, ...], keep: Path | None, *, named: bool) -> dict[str, Any]:
    from planner.link.before import cleared, held_now, lists_of
    from planner.link.clear import why_not_clear
    from planner.link.items import MISSION, TYPE_NAMES
    from planner.link.stack import STATE_BOOT

    state = station.snapshot()
    if state is None:
        return {}
    for kind in kinds:
        why_not = why_not_clear(state, kind)
        if why_not:
            return {"reason": why_not}
    if (state.stack.value == "other" or state.mavlink == 1) and not named:
        kinds = (MISSION,)  # others, and MAVLink 1, may take fence and rally for the mission
    if state.system_status == STATE_BOOT:
        station.listen(10.0)
    before = held_now(station, any_stack=True)
    if before is None:
        return {"reason": "Nothing was cleared: the vehicle is still starting; try again in some seconds."}
    path = None
    if lists_of(before):
        path = keep or Path(f"cleared-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.plan")
        if not _written(before, path, "px4" if state.stack.value == "px4" else "ardupilot"):
            return {"reason": "Nothing was cleared, because what the vehicle holds could not be kept first."}
    ends = station.clear(kinds)
    rows = [{"list": TYPE_NAMES[e.mission_type], "verdict": e.word, "reason": e.reason, "left": e.left} for e in ends]
    figures: dict[str, Any] = {"verdict": cleared(ends), "reason": " ".join(end.reason for end in ends), "lists": rows}
    return figures | {"kept": None if path is None else str(path)}


def _written(mission: "Mission", path: Path, autopilot: str) -> bool:
    from planner.formats.missions import write_mission

    try:
        write_mission(mission, path, autopilot=autopilot)
    except BadInput as error:
        typer.echo(f"What the vehicle held before could not be kept: {error}", err=True)
        return False
    return True


def _named(link: Link) -> str:
    return f"--to {link.to}" if link.vehicle is None else f"--to {link.to} --vehicle {link.vehicle}"
