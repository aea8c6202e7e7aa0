"""`quaywatch train`: scenarios, exams, scores."""

import json
import signal
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.model.errors import BadInput
from planner.model.words import counted

if TYPE_CHECKING:
    from sitl.exam.analyst_marks import Decision
    from sitl.exam.points import Score
    from sitl.exam.record import Record
    from sitl.scenario.values import Scenario

ReadDecisions = Callable[[Path], "Sequence[Decision]"]
"""How the verdicts of a case are read: (the case's folder) -> what was decided. The front door passes it in."""

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
TraineeName = Annotated[str, typer.Option("--trainee", help="Whose record it is.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of the trainees' records; default the user's own.")]
Which = Annotated[str, typer.Argument(metavar="SCENARIO", help="Its id (see 'train list'), or a .yaml file.")]
NOBODY = "trainee"


def make_train(read_decisions: ReadDecisions) -> typer.Typer:
    """The commands, with the reader of reviewed cases that scoring an analyst is to use."""
    app = typer.Typer(no_args_is_help=True, help="Scenarios and exams.")
    app.command("list")(list_)
    app.command("show")(show)
    app.command("brief")(brief)
    app.command("run")(run)
    app.command("note")(note)
    app.command("exams")(exams)

    @app.command("score")
    def score(
        exam: Annotated[Path, typer.Argument(metavar="EXAM", help="The folder of a run.")],
        *,
        case: Annotated[Path | None, typer.Option(help="Analysts: the case that was reviewed.")] = None,
        data: Data = None,
        as_json: AsJson = False,
    ) -> None:
        """Score an exam, write its debrief (score.json, debrief.html), and note it in the trainee's record."""
        from sitl.exam.record import read_record
        from sitl.exam.score import score_analyst, score_pilot
        from sitl.scenario.values import Role

        record = read_record(exam)
        if record.scenario.role is Role.ANALYST:
            if case is None:
                raise BadInput("train score", "this is an analyst's exam: name the reviewed case with --case")
            made = score_analyst(record, read_decisions(case))
        else:
            made = score_pilot(record)
        _finish(record, made, data, as_json=as_json)

    return app


def list_(*, trainee: TraineeName = NOBODY, data: Data = None, as_json: AsJson = False) -> None:
    """List the scenarios by role and level, and where the trainee stands."""
    from sitl.exam.finish import records_folder
    from sitl.exam.trainee import read_trainee
    from sitl.scenario.read import library

    known = library()
    who = read_trainee(records_folder(data), trainee)
    rows = [(s, who.standing(s, known), who.best(s.id)) for s in known]
    if as_json:
        told = [
            {
                "id": s.id,
                "title": s.title,
                "role": s.role.value,
                "level": s.level,
                "standing": standing.value,
                "best": None if best is None else best.total,
                "pass_at": round(100 * s.pass_share, 1),
                "summary": s.summary,
            }
            for s, standing, best in rows
        ]
        typer.echo(json.dumps({"trainee": who.name, "scenarios": told}))
        return
    role = None
    for s, standing, best in rows:
        if s.role is not role:
            role = s.role
            typer.echo(f"For {role}s")
        result = "" if best is None else f"  best {best.total:.0f} of 100"
        typer.echo(f"  {s.level}  {s.id:<24} {standing.value:<7} {s.title}{result}")


def show(which: Which, *, as_json: AsJson = False) -> None:
    """Tell what a scenario asks for, and how it is scored."""
    from sitl.scenario.read import scenario

    s = scenario(which)
    if as_json:
        told = {
            "id": s.id,
            "title": s.title,
            "role": s.role.value,
            "level": s.level,
            "brief": s.task.brief,
            "time_limit_s": s.time_limit_s,
            "rubric": {mark.value: most for mark, most in s.rubric.items()},
            "pass_at": round(100 * s.pass_share, 1),
            "good_crew": list(s.good_crew),
        }
        typer.echo(json.dumps(told))
        return
    typer.echo(f"{s.title} (level {s.level}, for {s.role}s, {s.time_limit_s / 60:.0f} min)\n\n{s.task.brief}\n")
    typer.echo("Points: " + ", ".join(f"{mark} {most}" for mark, most in s.rubric.items()))
    typer.echo(f"Passed with {100 * s.pass_share:.0f} of 100.")


def brief(
    which: Which,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for area, zones and brief; made if missing.")],
    as_json: AsJson = False,
) -> None:
    """Write what the crew is given beforehand: the task, the area to plan for, the zones to mind."""
    from sitl.exam.briefing import write_briefing
    from sitl.scenario.read import scenario

    paths = write_briefing(scenario(which), out)
    if as_json:
        typer.echo(json.dumps({name: str(path) for name, path in paths.items()}))
        return
    typer.echo(f"{out}: " + ", ".join(path.name for path in paths.values()))


def run(  # noqa: PLR0913 -- one parameter per option of the command
    which: Which,
    *,
    trainee: TraineeName = NOBODY,
    out: Annotated[Path | None, typer.Option(help="Folder of the exam; default a new one beside the records.")] = None,
    data: Data = None,
    port: Annotated[int, typer.Option(help="TCP port of the drone; 0 takes any free one.", min=0, max=65535)] = 5760,
    speedup: Annotated[float, typer.Option(help="How many times faster than real time.")] = 1.0,
    no_camera: Annotated[bool, typer.Option("--no-camera", help="Trigger, but take no pictures.")] = False,
    locked: Annotated[bool, typer.Option("--locked", help="Run it also while its level is locked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run an exam: for pilots a drone to fly, for analysts the pictures of a flight to review."""
    from sitl.exam.finish import check_open, new_exam_folder, records_folder
    from sitl.exam.trainee import read_trainee
    from sitl.scenario.read import scenario
    from sitl.scenario.values import Role

    chosen, records = scenario(which), records_folder(data)
    who = read_trainee(records, trainee)
    if not locked:
        check_open(chosen, who)
    folder = out or new_exam_folder(records, who.name, chosen.id, datetime.now(UTC))
    if chosen.role is Role.ANALYST:
        _render(chosen, which, who.name, folder, as_json=as_json)
    else:
        from sitl.exam.flight import Setting

        setting = Setting(who.name, folder, port, speedup, camera=not no_camera)
        _fly(chosen, which, setting, data, as_json=as_json)


def note(
    text: Annotated[str, typer.Argument(help="What is to be remembered of this moment.")],
    *,
    to: Annotated[str, typer.Option(help="The exam's drone.")] = "tcp:127.0.0.1:5760",
    as_json: AsJson = False,
) -> None:
    """Note something on the time line of a running exam, for its debrief; it gives and costs no points."""
    from sitl.cli.places import address_of
    from sitl.control import call

    reply = call(*address_of(to, "--to"), {"do": "note", "text": text})
    typer.echo(
        json.dumps({"at_s": reply["simulated_s"], "note": text}) if as_json else f"noted at {reply['simulated_s']} s"
    )


def exams(*, trainee: TraineeName = NOBODY, data: Data = None, as_json: AsJson = False) -> None:
    """List a trainee's exams, newest first, each with its score and its folder."""
    from sitl.exam.finish import past_exams, records_folder

    found = past_exams(records_folder(data), trainee)
    if as_json:
        told = [
            {
                "exam": str(e.folder),
                "scenario": e.header.scenario,
                "started_utc": e.header.started_utc.isoformat(),
                "total": e.total,
                "passed": e.passed,
            }
            for e in found
        ]
        typer.echo(json.dumps({"trainee": trainee, "exams": told}))
        return
    for e in found:
        result = "not scored" if e.total is None else f"{e.total:.0f} of 100, {'passed' if e.passed else 'not passed'}"
        typer.echo(f"{e.header.started_utc:%Y-%m-%d %H:%M} UTC  {e.header.scenario:<24} {result}\n    {e.folder}")
    if not found:
        typer.echo(f"no exams of {trainee} yet", err=True)


def _fly(chosen: "Scenario", which: str, setting: object, data: Path | None, *, as_json: bool) -> None:
    from sitl.exam.flight import Setting, pilot_exam
    from sitl.exam.record import read_record
    from sitl.exam.score import score_pilot
    from sitl.scenario.read import text_of

    if not isinstance(setting, Setting):
        raise TypeError("a Setting is needed")
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, signal.default_int_handler)
    with pilot_exam(chosen, text_of(which), setting, datetime.now(UTC)) as exam:
        typer.echo(f"{chosen.title}\n\n{chosen.task.brief}\n", err=True)
        minutes = f"{chosen.time_limit_s / 60:.0f} min"
        typer.echo(f"Connect to {exam.address}; {minutes}; Ctrl-C breaks it off. Kept in {setting.folder}", err=True)
        if as_json:
            told = {"event": "ready", "address": exam.address, "port": exam.vehicle.port, "exam": str(setting.folder)}
            typer.echo(json.dumps(told), err=True)
        try:
            exam.wait()
        except KeyboardInterrupt:
            exam.recorder.note("The exam was broken off.", exam.vehicle.truth().simulated_s)
        typer.echo(f"Over. Finishing {counted(exam.pictures_waiting, 'picture')} ...", err=True)
        failure = exam.recorder.failure
    if failure is not None:
        raise BadInput("train run", f"{failure}; it cannot be scored")
    record = read_record(setting.folder)
    _finish(record, score_pilot(record), data, as_json=as_json)


def _render(chosen: "Scenario", which: str, trainee: str, folder: Path, *, as_json: bool) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from sitl.exam.footage import FOOTAGE, SCENE, make_footage
    from sitl.scenario.read import text_of

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Rendering the flight", total=None)
        for done, total in make_footage(chosen, text_of(which), trainee, folder, lambda: datetime.now(UTC)):
            progress.update(task, completed=done, total=total)
    footage, scene = folder / FOOTAGE, folder / SCENE
    if as_json:
        typer.echo(json.dumps({"exam": str(folder), "footage": str(footage), "harbour": str(scene)}))
        return
    typer.echo(f"{chosen.title}\n\n{chosen.task.brief}\n")
    typer.echo("Look for vessels, review them in the window, then have it scored:")
    typer.echo(f"  quaywatch triage '{footage}' --case '{folder / 'case'}' --ais '{scene / 'ais.nmea'}' "
               f"--zones '{scene / 'zones.geojson'}' --takeoff-height-m 3")  # fmt: skip
    typer.echo(f"  quaywatch train score '{folder}' --case '{folder / 'case'}'")


def _finish(record: "Record", score: "Score", data: Path | None, *, as_json: bool) -> None:
    """Writes score and debrief, notes the result, and says it; ends with 1 where it is not passed."""
    from sitl.exam.finish import finish, records_folder

    page = finish(record, score, records_folder(data), datetime.now(UTC)).debrief
    told = {"exam": str(record.folder), "scenario": record.scenario.id, "trainee": record.header.trainee}
    if as_json:
        typer.echo(json.dumps({**told, **score.as_json(), "debrief": str(page)}))
    else:
        _say(score, page)
    if not score.passed:
        raise typer.Exit(1)


def _say(score: "Score", page: Path) -> None:
    from sitl.exam.points import clock

    verdict = "passed" if score.passed else f"not passed ({100 * score.pass_share:.0f} are needed)"
    typer.echo(f"{score.total:.0f} of 100: {verdict}")
    for points in score.marks:
        typer.echo(f"  {points.mark.value:<12} {points.got:5.1f} of {points.most}")
        for moment in points.moments:
            at = "" if moment.at_s is None else f"{clock(moment.at_s)}  "
            typer.echo(f"      {'+' if moment.good else '-'} {at}{moment.text}")
    for note in score.notes:
        typer.echo(f"  note: {note}")
    typer.echo(f"Debrief: {page}")
