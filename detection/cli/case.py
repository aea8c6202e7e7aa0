"""The commands `quaywatch case ...`."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.model.words import counted

if TYPE_CHECKING:
    from detection.case.values import QueueItem
    from detection.case.view import CaseView

app = typer.Typer(no_args_is_help=True, add_completion=False)

Folder = Annotated[Path, typer.Argument(help="Folder of the case.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


LABELS = {"created_utc": "made (UTC)", "ais": "AIS", "log_head": "newest hash of log"}
OUTCOME_WORDS = {
    "matched": "matched with an AIS vessel",
    "ambiguous": "ambiguous",
    "dark": "without AIS",
    "unplaced": "without a place or time to compare",
}


def _opened(folder: Path) -> "CaseView":
    """The case; on a medium that cannot be written only for reading."""
    from detection.case.store import Case
    from detection.case.view import CaseView

    return Case.open(folder) if os.access(folder, os.W_OK) else CaseView.open_read_only(folder)


@app.command()
def show(folder: Folder, *, as_json: Json = False) -> None:
    """What a case holds."""
    from dataclasses import asdict

    with _opened(folder) as case:
        counts, runs, ledger = case.counts(), case.runs(), case.ledger()
        created, events = case.created_utc(), case.events()
        lost = len(case.unattached_reviews())
    outcomes = {} if ledger is None else _outcomes([a.outcome.value for a in ledger.associations])
    found: dict[str, object] = {
        "case": str(folder),
        "created_utc": None if created is None else created.isoformat(),
        **asdict(counts),
        "unattached_reviews": lost,
        "ais": None if ledger is None else {**outcomes, "unseen": len(ledger.unseen)},
        "runs": [
            {
                "started_utc": run.started_utc.isoformat(),
                "finished_utc": None if run.finished_utc is None else run.finished_utc.isoformat(),
                "detector": run.fingerprint,
            }
            for run in runs
        ],
        "log_head": events[-1].sha256 if events else None,
    }
    if as_json:
        typer.echo(json.dumps(found))
        return
    words = {**found, "runs": len(runs), "ais": ais_words(outcomes, None if ledger is None else len(ledger.unseen))}
    for name, value in words.items():
        typer.echo(f"{LABELS.get(name, name.replace('_', ' ')):20} {value if value is not None else 'none'}")
    if runs and runs[-1].finished_utc is None:
        typer.echo("The last triage did not finish; give the same `quaywatch triage` command again to go on.")


def ais_words(outcomes: dict[str, int], unseen: int | None) -> str:
    """What AIS says of the contacts, in words; None: no log was given."""
    if unseen is None:
        return "no AIS log was given"
    said = [f"{outcomes[name]} {words}" for name, words in OUTCOME_WORDS.items() if outcomes.get(name)]
    return "; ".join([*said, f"{counted(unseen, 'AIS vessel')} reported here and not seen"])


def _outcomes(values: list[str]) -> dict[str, int]:
    return {name: values.count(name) for name in sorted(set(values))}


@app.command("list")
def list_contacts(
    folder: Folder,
    *,
    flagged: Annotated[bool, typer.Option("--flagged", help="Only contacts with a flag.")] = False,
    as_json: Json = False,
) -> None:
    """The contacts of a case, those worth a look first."""
    with _opened(folder) as case:
        items = [item for item in case.queue() if item.flags or not flagged]
    if as_json:
        typer.echo(json.dumps({"case": str(folder), "contacts": [_record(item) for item in items]}))
        return
    for item in items:
        _say(item)
    if not items:
        typer.echo("No contacts.")


def _record(item: "QueueItem") -> dict[str, object]:
    contact, review = item.contact, item.last_review
    return {
        "contact": contact.contact_id,
        "score": item.score,
        "at": None if contact.at is None else [contact.at.lat_deg, contact.at.lon_deg],
        "at_utc": None if contact.at_utc is None else contact.at_utc.isoformat(),
        "ellipse_m": None if contact.ellipse is None else [contact.ellipse.major_m, contact.ellipse.minor_m],
        "length_m": contact.length_m,
        "speed_m_s": contact.speed_m_s,
        "course_deg": contact.course_deg,
        "mmsi": contact.mmsi,
        "name": contact.name,
        "sightings": item.sighting_count,
        "flags": [
            {"flag": f.flag_id, "rule": f.rule, "score": f.score, "reason": f.reason, "values": f.values}
            | {"frames": list(f.frame_ids), "contact": f.contact_id, "others": list(f.other_contact_ids)}
            for f in item.flags
        ],
        "verdict": None if review is None else review.verdict.value,
        "note": None if review is None else review.note,
        "reviews": item.review_count,
    }


def _say(item: "QueueItem") -> None:
    verdict = "not reviewed" if item.last_review is None else item.last_review.verdict.value
    typer.echo(
        f"{item.contact.contact_id}  {item.score:4.2f}  {verdict:12}  {counted(item.sighting_count, 'sighting')}"
    )
    for flag in item.flags:
        typer.echo(f"    {flag.rule}: {flag.reason}")


@app.command()
def review(
    folder: Folder,
    contact: Annotated[str, typer.Argument(help="Id of the contact, as `case list` shows it.")],
    *,
    verdict: Annotated[str, typer.Option(help="suspicious, cleared, unsure, or withdrawn to take one back.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    by: Annotated[str, typer.Option(help="Who decided.")] = "",
    as_json: Json = False,
) -> None:
    """Add a decision about a contact; earlier ones stay."""
    from detection.case.store import Case

    with Case.open(folder) as case:
        done = case.review(contact, verdict, note, by, datetime.now(UTC))
    if as_json:
        record = {"review": done.review_id, "contact": done.contact_id, "verdict": done.verdict.value}
        typer.echo(json.dumps({"case": str(folder), **record, "at_utc": done.at_utc.isoformat()}))
    else:
        typer.echo(f"{done.contact_id}: {done.verdict.value}, noted as review {done.review_id}.")


@app.command()
def verify(
    folder: Folder,
    *,
    head: Annotated[str | None, typer.Option(help="Newest hash as a report prints it; must be in the log.")] = None,
    as_json: Json = False,
) -> None:
    """Check that nothing was changed: the log, the records and every file. Exit code 1 if anything was."""
    from dataclasses import asdict

    from detection.case.verify import verify as check

    with _opened(folder) as case:
        found = check(case)
        known = head is None or any(event.sha256 == head for event in case.events())
    problems = (
        *found.problems,
        *(() if known else (f"the log does not hold the hash {head}: it was cut or replaced",)),
    )
    sound = not problems and not found.missing_files
    if as_json:
        typer.echo(json.dumps({"case": str(folder), "sound": sound, **asdict(found), "problems": list(problems)}))
    else:
        for line in (*problems, *found.missing_files):
            typer.echo(line)
        entries, files = counted(found.events, "log entry", "log entries"), counted(found.files, "file")
        typer.echo(f"{entries}, {files}; newest hash {found.head}")
        typer.echo("Nothing was changed." if sound else "The case is not as it was written.")
    raise typer.Exit(0 if sound else 1)


@app.command()
def relink(
    folder: Folder,
    old: Annotated[Path, typer.Argument(help="Footage folder as the case has it.")],
    new: Annotated[Path, typer.Argument(help="Where it is now.")],
    *,
    as_json: Json = False,
) -> None:
    """Tell a case that its footage was moved."""
    from detection.case.store import Case

    with Case.open(folder) as case:
        total, found = len(case.inputs()), case.relink(old, new, at_utc=datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps({"case": str(folder), "found": found, "files": total}))
    else:
        typer.echo(f"{found} of {counted(total, 'file')} found.")


@app.command()
def report(
    folder: Folder,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The HTML file to write.")],
    as_json: Json = False,
) -> None:
    """Write one self-contained HTML page: map, flagged vessels with pictures and reasons, reviews, hashes, limits."""
    from detection.report.write import write_report

    with _opened(folder) as case:
        done = write_report(case, output, at_utc=datetime.now(UTC))
    if as_json:
        record = {"case": str(folder), "report": str(done.path), "bytes": done.size_bytes, "sha256": done.sha256}
        typer.echo(json.dumps({**record, "contacts": done.contacts, "missing_frames": done.missing_frames}))
    else:
        typer.echo(
            f"{done.path}: {counted(done.contacts, 'vessel')}, {done.size_bytes / 1e6:.1f} MB, SHA-256 {done.sha256}"
        )
        if done.missing_frames:
            typer.echo(f"{counted(done.missing_frames, 'picture')} not where expected; the report says which.")
