"""The front door: the `quaywatch` command, composed of the packages' commands.

Heavy libraries load only in the command that needs them, so that `quaywatch --help` and the window open fast.
Errors end here: one sentence on stderr, exit code 2 for wrong use or unreadable input, 1 where the answer is no.
"""

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

import detection.cli.case
import detection.cli.model
import detection.cli.triage
import gui.cli
import gui.training
import planner.cli.link
import planner.cli.plan
import sitl.cli.sim
import sitl.cli.train
from planner.model.errors import QuaywatchError
from planner.model.flight import Flight

OBJECTS_BEFORE_COLLECTING = 100_000
"""Plans are made of so many small values that last: looking for garbage among them often takes a tenth of the time."""
app = typer.Typer(
    name="quaywatch",
    help="Plan drone patrols over ports and coasts, fly them, and find the vessels worth a second look.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _read_flight(path: Path) -> Flight:
    from planner.link.record import read_flight

    return read_flight(path)


app.add_typer(planner.cli.plan.app, name="plan", help="Plan a patrol: new, show, convert, info, profiles.")
app.add_typer(planner.cli.link.app, name="link", help="Talk to a drone over MAVLink: upload, download, fly, watch.")
app.add_typer(sitl.cli.sim.app, name="sim", help="The practice harbour: a simulated drone and its camera.")
app.command("triage")(detection.cli.triage.make_triage(_read_flight))
app.add_typer(detection.cli.case.app, name="case", help="Look into a case: show, review, verify, report.")
app.add_typer(detection.cli.model.app, name="model", help="The vessel detector: predict, eval, train, export.")
app.add_typer(
    sitl.cli.train.make_train(gui.training.read_decisions), name="train", help="Scenarios and exams: list, run, score."
)
app.command("demo")(gui.cli.demo)


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Without a command: open the desktop program."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"quaywatch {installed('quaywatch')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit(gui.cli.open_window())


def main() -> None:
    """Runs the command; every expected failure is one sentence and an exit code."""
    gc.set_threshold(OBJECTS_BEFORE_COLLECTING, 20, 20)
    try:
        app()
    except QuaywatchError as error:
        typer.echo(f"quaywatch: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
