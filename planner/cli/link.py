"""`quaywatch link`: send a mission to a vehicle, read one back, fly it, watch it.

stdout of `--json` is one JSON object (`watch`: one line a second for each vehicle); progress and messages go to stderr.
"""

import json
import signal
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.link_do import do_app
from planner.cli.link_figures import broken_off, outcome_figures, unsent, upload_figures
from planner.cli.link_keys import key_app
from planner.cli.link_lists import clear, held, kept, put_again
from planner.cli.link_look import look
from planner.cli.link_options import AsJson, Link, Plan, connected, linked
from planner.cli.link_params import params
from planner.cli.link_signing import signing_app
from planner.cli.link_watch import watch
from planner.model.errors import BadInput, QuaywatchError
from planner.model.words import counted

if TYPE_CHECKING:
    from rich.console import Console

    from planner.link.events import FlightEvent, Outcome
    from planner.link.state import VehicleState
    from planner.link.station import Station
    from planner.link.store import UploadProgress
    from planner.link.verdict import Verdict
    from planner.model.mission import Mission

app = typer.Typer(no_args_is_help=True, help="Send a mission to a vehicle, read it back, fly it, watch it.")
app.add_typer(key_app, name="key")
app.add_typer(signing_app, name="signing")
app.add_typer(do_app, name="do")
app.command()(params)
app.command()(look)
app.command()(watch)
app.command()(clear)

INTERRUPTED = 130
"""Exit code of a command that Ctrl-C broke off."""


@app.command()
@linked
def upload(
    plan: Plan,
    *,
    link: Link,
    restore: Annotated[
        bool, typer.Option("--restore", help="If it fails, send again what the vehicle held before.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Store PLAN in the vehicle, read it back and compare; exit code 0 only if it is stored.

    An upload that ArduPilot breaks off can leave a mixture of two missions. So what it held is read first, and where
    the upload fails it is kept in a file, or with --restore sent again.
    """
    from planner.link.verdict import may_have_changed

    mission = _mission_to_send(plan)
    result, code = unsent(len(mission)), None
    try:
        with connected(link) as station:
            before = held(station)
            verdict = _upload(station, mission)
            result = upload_figures(verdict)
            if verdict.word != "stored" and before is not None and may_have_changed(verdict):
                result |= put_again(station, before, mission) if restore else kept(before, plan, link)
    except QuaywatchError as error:
        if error.exit_code != 1:
            raise
        result["reason"] = str(error)
    except KeyboardInterrupt:
        code = INTERRUPTED
    _print_result(result, as_json=as_json)
    raise typer.Exit(code or (0 if result["verdict"] == "stored" else 1))


@app.command()
@linked
def download(
    out: Annotated[Path, typer.Option("-o", "--out", help="The file to write (.plan or .waypoints).")],
    *,
    link: Link,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file if it exists.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read the mission that the vehicle holds and write it as a file."""
    from planner.cli.new import must_be_writable
    from planner.formats.missions import write_mission

    must_be_writable(out, {".plan", ".waypoints", ".txt"}, force=force)
    with connected(link) as station:
        began = time.monotonic()
        mission = station.download()
        state = station.snapshot()
    stack = "px4" if state is not None and state.stack.value == "px4" else "ardupilot"
    write_mission(mission, out, autopilot=stack)
    figures = {"items": len(mission), "seconds": round(time.monotonic() - began, 3), "out": str(out)}
    _print_result(figures, as_json=as_json)


@app.command()
@linked
def fly(
    plan: Plan,
    *,
    link: Link,
    tlog: Annotated[Path | None, typer.Option(help="The flight log; default PLAN's name and the time.")] = None,
    ready_s: Annotated[float, typer.Option(help="How long to wait until the vehicle can be armed.")] = 180.0,
    as_json: AsJson = False,
) -> None:
    """Store PLAN, arm, start, follow until the vehicle is disarmed. Ctrl-C makes it return; twice leaves it alone."""
    log = tlog or Path(f"{plan.stem}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tlog")
    result, code = _flown(_mission_to_send(plan), log, link, ready_s)
    _print_result(result, as_json=as_json)
    raise typer.Exit(code or (0 if result["outcome"] == "flown" else 1))


@app.command()
@linked
def resume(
    plan: Plan,
    *,
    flight: Annotated[Path, typer.Option("--flight", help="The .tlog of the flight that was broken off.")],
    link: Link,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Only write the rest as a plan; nothing is sent.")
    ] = None,
    tlog: Annotated[Path | None, typer.Option(help="The new flight log; default PLAN's name and the time.")] = None,
    ready_s: Annotated[float, typer.Option(help="How long to wait until the vehicle can be armed.")] = 180.0,
    as_json: AsJson = False,
) -> None:
    """Fly the rest of PLAN, from the exact point where FLIGHT was broken off.

    After a battery swap, a restart or a landing by failsafe; a drone that still flies goes on with 'link do resume'.
    """
    from planner.cli.link_resume import rest_of, resume_figures, written

    done, notes = rest_of(plan, flight, link.vehicle)
    for note in notes:
        typer.echo(note, err=True)
    figures = resume_figures(done)
    if out is not None:
        written(done, plan, out)
        _print_result(figures | {"out": str(out)}, as_json=as_json)
        return
    log = tlog or Path(f"{plan.stem}-rest-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tlog")
    result, code = _flown(done.mission, log, link, ready_s)
    _print_result(result | figures, as_json=as_json)
    raise typer.Exit(code or (0 if result["outcome"] == "flown" else 1))


# inside


def _flown(mission: "Mission", log: Path, link: Link, ready_s: float) -> tuple[dict[str, Any], int | None]:
    """Stores and flies; the figures, and the exit code where Ctrl-C decided it."""
    from planner.link.preflight import ground_unknown

    result: dict[str, Any] = {"verdict": "not_stored", "upload": unsent(len(mission)), "outcome": "not_flown"}
    result |= {"reason": "", "seconds": 0.0, "captures": 0, "as_planned": False, "tlog": str(log)}
    code = None
    try:
        with connected(link, tlog=log) as station:
            stored = _upload(station, mission)
            result |= {"verdict": stored.word, "upload": upload_figures(stored), "reason": stored.reason}
            unknown = ground_unknown(station, mission) if stored.word == "stored" else ""
            if unknown:
                result["reason"] = unknown
            elif stored.word == "stored":
                outcome, left = _fly(station, ready_s)
                result |= outcome_figures(outcome)
                code = INTERRUPTED if left else None
    except QuaywatchError as error:
        if error.exit_code != 1:
            raise
        result["reason"] = str(error)
    except KeyboardInterrupt:
        code = INTERRUPTED
        result |= broken_off(result)
    return result, code


def _mission_to_send(plan: Path) -> "Mission":
    from planner.formats.missions import read_mission
    from planner.route.check_items import too_large

    imported = read_mission(plan)
    if len(imported.mission) == 0:
        raise BadInput(plan, "holds no mission items; there is nothing to send")
    for problem in () if imported.plan is None else too_large(imported.mission, imported.plan.drone):
        typer.echo(f"note: {problem.message}", err=True)
    return imported.mission


def _console() -> "Console":
    from rich.console import Console

    return Console(stderr=True)


def _upload(station: "Station", mission: "Mission") -> "Verdict":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    _say_without_take_off(station, mission)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=_console(), transient=True) as bar:
        task = bar.add_task("sending", total=len(mission))

        def show(progress: "UploadProgress") -> None:
            bar.update(task, description=progress.words, completed=progress.done, total=progress.total)

        before = signal.signal(signal.SIGINT, lambda *_: station.cancel())  # the verdict says what that leaves
        try:
            return station.upload(mission, show)
        finally:
            signal.signal(signal.SIGINT, before)


def _say_without_take_off(station: "Station", mission: "Mission") -> None:
    """Before it is sent: an ArduPilot on the ground flies a mission only if its first real item is a take-off."""
    from planner.route.check_items import take_off_missing

    state = station.snapshot()
    for problem in take_off_missing(mission) if state is not None and state.needs_take_off else ():
        typer.echo(f"note: {problem.message} ArduPilot needs a take-off there.", err=True)


@dataclass
class _Returner:
    """What Ctrl-C does during a flight: first return (or do not start), then leave, then break off."""

    station: "Station"
    console: "Console"
    asked: bool = False
    left: bool = False
    doing: str = "flies on"
    """What the vehicle does by itself, as far as is known."""

    def __call__(self, *_: object) -> None:
        if self.left:
            raise KeyboardInterrupt
        if self.asked:
            self.left = True
            self.station.cancel_flight()
            return
        self.asked = True
        state = self.station.snapshot()
        if state is None or not state.armed:
            self.console.print("Ctrl-C: the flight is not started.")
            self.station.cancel_flight()
            return
        self.console.print("Ctrl-C: the vehicle is told to return. Ctrl-C again leaves it on its own.")
        self.doing = "was told to return; whether it does was not confirmed"
        threading.Thread(target=self._return, daemon=True).start()

    def _return(self) -> None:
        try:
            self.station.return_home()
        except QuaywatchError as error:
            self.doing = "did not confirm that it returns and flies on"
            self.console.print(f"[bold]{error}[/bold] Use the transmitter.")
        else:
            self.doing = "returns by itself"
            self.console.print("The vehicle is returning.")


def _fly(station: "Station", ready_s: float) -> "tuple[Outcome | None, bool]":
    """How the flight ended, and whether it was left by a second Ctrl-C."""
    from planner.link.errors import LinkError
    from planner.link.events import Armed, Flown, LostSight, NotFlown
    from planner.link.flying import FlyOptions

    console = _console()
    outcome: Outcome | None = None
    armed = False
    returner = _Returner(station, console)
    before = signal.signal(signal.SIGINT, returner)
    try:
        with console.status("waiting until the vehicle can be armed") as status:
            for event in station.fly(options=FlyOptions(ready_s=ready_s)):
                armed = armed or isinstance(event, Armed)
                if returner.left and isinstance(event, LostSight):
                    event = replace(event, reason=f"Left by Ctrl-C: the vehicle {returner.doing}.")  # noqa: PLW2901
                if isinstance(event, Flown | NotFlown | LostSight):
                    outcome = event
                line, lasting = _in_words(event)
                if lasting:
                    console.print(line, markup=False)
                elif line:
                    status.update(line)
    except LinkError as error:
        if not armed:
            raise
        outcome = LostSight(f"{error}; what the vehicle does now is not known.", 0.0, 0)
    finally:
        signal.signal(signal.SIGINT, before)
    return outcome, returner.left


def _in_words(event: "FlightEvent | Verdict") -> tuple[str, bool]:  # noqa: C901, PLR0911 - one line per event
    """The event as a line, and whether it stays on the screen."""
    from planner.link import events, verdict

    match event:
        case verdict.Stored(reason=reason) | verdict.NotStored(reason=reason) | verdict.Unknown(reason=reason):
            return reason, True
        case events.NotReady(reasons=reasons):
            return f"Not ready: {'; '.join(reasons)}", True
        case events.Armed():
            return "Armed.", True
        case events.Started():
            return "The mission is started.", True
        case events.Moved(state=state):
            return _position_line(state), False
        case events.ItemReached(number=number):
            return f"Item {number} reached.", True
        case events.Captured(capture=capture):
            return f"Picture {capture.index} at {capture.at.lat_deg:.6f}, {capture.at.lon_deg:.6f}", False
        case events.ModeChanged(mode=mode):
            return f"Mode {mode}.", True
        case events.Said(severity=severity, text=text):
            return (f"! {text}" if severity <= 3 else text), True
        case events.LinkSilent(seconds=seconds):
            return (f"Nothing heard for {seconds:.0f} s." if seconds else "The vehicle is heard again."), True
        case events.Flown(reason=reason) | events.NotFlown(reason=reason) | events.LostSight(reason=reason):
            return reason, True


def _position_line(state: "VehicleState") -> str:
    at = f"{state.at.lat_deg:.6f}, {state.at.lon_deg:.6f}" if state.at else "no position"
    height = "" if state.height_m is None else f"  {state.height_m:.0f} m"
    battery = "" if state.battery_percent is None else f"  battery {state.battery_percent:.0f} %"
    number = "" if state.mission_item is None else f"  item {state.mission_item}"
    return f"{state.mode}  {at}{height}{number}{battery}  {counted(len(state.captures), 'picture')}"


def _print_result(figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        if not isinstance(value, dict):
            typer.echo(f"{name}: {value}")
        elif name == "restored":
            typer.echo(f"{name}: {value['verdict']}: {value['reason']}")
