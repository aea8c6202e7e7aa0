"""The commands that need every package: the window and the demo."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.model.words import counted

if TYPE_CHECKING:
    from rich.progress import TaskID

    from gui.demo.run import Result, Step


def open_window() -> int:
    """Opens the desktop program; returns its exit code."""
    from gui.app import run

    return run(sys.argv[:1])


def demo(
    out: Annotated[Path | None, typer.Option(help="New folder for everything the demo makes.")] = None,
    *,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open the window at the end.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on stdout; implies --headless.")
    ] = False,
    speedup: Annotated[float, typer.Option(help="How many times faster than real time the drone flies.", min=1)] = 30.0,
    gsd_m: Annotated[float, typer.Option("--gsd-m", help="Metres of water per pixel.", min=0.02, max=0.2)] = 0.06,
    seed: Annotated[int, typer.Option(help="The same seed makes the same harbour.", min=0)] = 0,
) -> None:
    """Plan, fly, detect, flag and report on the practice harbour in one go, and compare with the truth."""
    from gui.demo.run import DemoOptions, Result, run

    folder = out or _new_folder()
    result: Result | None = None
    with _Talk() as talk:
        for event in run(DemoOptions(folder, gsd_m, speedup, seed, workers=max(1, (os.cpu_count() or 2) - 1))):
            if isinstance(event, Result):
                result = event
            else:
                talk.show(event)
    assert result is not None  # noqa: S101  the demo ends with its result or raises
    _say(result)
    if as_json:
        typer.echo(json.dumps(result.as_json()))
    elif not headless and _has_screen():
        from gui.app import run as run_window

        raise typer.Exit(run_window(sys.argv[:1], open_case=result.case, open_plan=None, page="review"))


def _new_folder() -> Path:
    from datetime import UTC, datetime

    from platformdirs import user_data_path

    return user_data_path("quaywatch") / "demo" / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


def _has_screen() -> bool:
    if os.environ.get("QT_QPA_PLATFORM", "") in {"offscreen", "minimal"}:
        return False
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


WORDS = {
    "plan": "Plan",
    "upload": "Upload",
    "fly": "Fly",
    "camera": "Camera",
    "detect": "Detect",
    "flag": "Flag",
    "report": "Report",
    "compare": "Compare",
}


class _Talk:
    """Says on stderr what the demo does: a bar for each stage on a terminal, a line for each stage elsewhere."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.fields[word]:<8}"),
            BarColumn(24),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
        )
        self._bars = Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
        self._tasks: dict[str, TaskID] = {}
        self._said: set[str] = set()

    def __enter__(self) -> "_Talk":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def show(self, step: "Step") -> None:
        """Shows one step."""
        word = WORDS[step.stage]
        if self._bars.disable:
            if step.fraction in {None, 0.0} and step.stage in self._said:
                return
            if step.fraction == 1.0 or step.stage not in self._said:
                typer.echo(f"{word:<8} {step.text}", err=True)
            self._said.add(step.stage)
            return
        if step.stage not in self._tasks:
            for before in self._tasks.values():
                self._bars.update(before, total=1.0, completed=1.0)
                self._bars.stop_task(before)
            self._tasks[step.stage] = self._bars.add_task(step.text, total=None, word=word)
        total = None if step.fraction is None else 1.0
        self._bars.update(self._tasks[step.stage], description=step.text, total=total, completed=step.fraction or 0.0)


def _say(result: "Result") -> None:
    c = result.comparison
    error = "no position to compare"
    if c.median_error_m is not None and c.p90_error_m is not None:
        error = f"position error {c.median_error_m:.1f} m median, {c.p90_error_m:.1f} m 90th percentile"
    missed = "".join(f"\n  missed: {v.kind}, {v.length_m:.0f} m" for v in c.missed)
    typer.echo(
        f"\nAgainst the truth: {counted(c.vessels, 'vessel')} over 5 m flown over, {c.found} found, "
        f"{len(c.missed)} missed, {len(c.false_contact_ids)} false; {error}.{missed}\n"
        f"{counted(result.flags, 'flag')}. {result.seconds:.0f} s in all.\n\n"
        f"plan     {result.plan}\nlog      {result.tlog}\nframes   {result.footage}\n"
        f"case     {result.case}\nreport   {result.report}",
        err=True,
    )
