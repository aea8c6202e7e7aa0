"""A case as one HTML page that needs nothing else: no network, no files beside it."""

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from detection.case.store import Case
from detection.case.view import CaseView
from detection.report import words
from detection.report.content import FLAG_NAMES, Content, gather
from detection.report.map import map_of
from planner.model.errors import BadInput


@dataclass(frozen=True, slots=True)
class Written:
    """A report that lies on the disk."""

    path: Path
    size_bytes: int
    sha256: str
    contacts: int
    missing_frames: int


def write_report(case: CaseView, path: Path, *, at_utc: datetime | None = None) -> Written:
    """Writes the report of a case, whole or not at all, and notes its hash in the case's log if that can be written.

    Raises:
        BadInput: the file cannot be written.
        CaseError: the case cannot be read.
    """
    written_utc = at_utc or datetime.now(UTC)
    content = gather(case, written_utc)
    page = render(content, map_of(content, case)).encode("utf-8")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(page)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadInput(path, f"cannot be written: {error.strerror or error}") from None
    sha256 = hashlib.sha256(page).hexdigest()
    if isinstance(case, Case):
        case.note_export("report", sha256, at_utc=written_utc)
    vessels = len(content.flagged) + len(content.others)
    missing = sum(not frame.path.exists() for frame in content.frames)
    return Written(path, len(page), sha256, vessels, missing)


def render(content: Content, map_html: str) -> str:
    """The page of a report; every text in it is escaped, `map_html` stands as it is."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    here = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(here), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        moment=words.moment, place=words.place, metres=words.metres, value=words.value, label=words.label
    )
    return environment.get_template("report.html.j2").render(
        c=content,
        map=Markup(map_html),  # noqa: S704 - made by planner.maps, which escapes what it is given
        css=Markup((here / "report.css").read_text("utf-8")),  # noqa: S704 - ships with the program
        rule_name=lambda rule: FLAG_NAMES.get(rule, rule.replace("-", " ").capitalize()),
    )
