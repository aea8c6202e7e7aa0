"""What a report says, gathered from a case before a word of HTML is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path

from detection.ais.match import Association, Outcome, Unseen
from detection.case.crops import Box
from detection.case.errors import FootageMissing
from detection.case.values import Counts, Input, QueueItem, Review, Run
from detection.case.view import CaseView
from detection.footage.frames import Frame
from detection.locate.sightings import Fix, Sighting
from detection.report import words
from detection.report.pictures import data_uri, frame_picture
from detection.track.contacts import Contact
from detection.triage.flags import Flag
from detection.triage.thresholds import SOURCES, Thresholds
from detection.vision.boxes import CLASS_NAMES
from planner.model.words import counted
from planner.model.zone import Zone

MOST_FRAMES = 100
"""So many vessels are shown with a whole frame; those after them with their small pictures only."""

MOST_CROPS = 8
CROP_PX = 256

ALWAYS = (
    (
        "The detector misses vessels, above all small, distant, or half hidden ones: water without a contact in this "
        "report is not proven empty."
    ),
    (
        "Positions rest on the camera's reported place and angles; the errors given are one standard deviation. The "
        "true position lies within 2.1 times that distance in nine of ten cases."
    ),
    "A flag is a reason to look, not a finding. The rules and their thresholds are listed below.",
)

FLAG_NAMES = {"restricted-zone": "In restricted water", "no-ais": "No AIS", "alongside": "Alongside another vessel"}


@dataclass(frozen=True)
class Picture:
    """A picture, or why there is none."""

    uri: str | None
    caption: str
    missing: str = ""


@dataclass(frozen=True)
class Vessel:
    """One contact as the report shows it."""

    number: int
    contact: Contact
    item: QueueItem
    flags: Sequence[Flag]
    facts: Sequence[tuple[str, str]]
    ais: Sequence[tuple[str, str, str]]
    ais_outcome: str
    crops: Sequence[Picture]
    crops_left_out: int
    frame: Picture | None
    reviews: Sequence[Review]
    verdict: str
    others: Sequence[int] = ()
    frame_names: Mapping[str, str] = field(default_factory=dict)
    """File names of the frames that its flags name."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that flagged it, each once."""
        return tuple(dict.fromkeys(flag.rule for flag in self.flags))


@dataclass(frozen=True)
class Limit:
    """One thing that the analysis does not cover, with how often."""

    what: str
    detail: Sequence[str] = ()


@dataclass
class Content:
    """The whole report."""

    name: str
    folder: Path
    at_utc: datetime
    created_utc: datetime | None
    counts: Counts
    span: tuple[datetime, datetime] | None
    flagged: list[Vessel] = field(default_factory=list)
    others: list[Vessel] = field(default_factory=list)
    unseen: Sequence[Unseen] = ()
    ais_given: bool = False
    lost_reviews: Sequence[Review] = ()
    limits: list[Limit] = field(default_factory=list)
    thresholds: Sequence[tuple[str, str, str]] = ()
    inputs: Sequence[Input] = ()
    runs: Sequence[Run] = ()
    zones: Sequence[Zone] = ()
    head: str = ""
    events: int = 0
    missing: list[Path] = field(default_factory=list)
    frames: Sequence[Frame] = ()

    def verdicts(self) -> dict[str, int]:
        """How many flagged vessels have which verdict."""
        found = [vessel.verdict for vessel in self.flagged]
        return {name: found.count(name) for name in ("suspicious", "unsure", "cleared", "not reviewed")}


def gather(case: CaseView, at_utc: datetime) -> Content:
    """Reads all that a report on a case says, as of `at_utc`."""
    frames = case.frames()
    times = [frame.at_utc for frame in frames if frame.at_utc is not None]
    ledger, events, runs = case.ledger(), case.events(), case.runs()
    content = Content(
        name=case.folder.absolute().name,
        folder=case.folder.absolute(),
        at_utc=at_utc,
        created_utc=case.created_utc(),
        counts=case.counts(),
        span=(min(times), max(times)) if times else None,
        unseen=() if ledger is None else ledger.unseen,
        ais_given=ledger is not None,
        lost_reviews=case.unattached_reviews(),
        thresholds=thresholds_of(runs),
        inputs=case.inputs(),
        runs=runs,
        zones=case.zones(),
        head=events[-1].sha256 if events else "",
        events=len(events),
        frames=frames,
    )
    content.missing = [entry.path for entry in content.inputs if not entry.path.exists()]
    items = case.queue()
    numbers = {item.contact.contact_id: number for number, item in enumerate(items, start=1)}
    associations = {} if ledger is None else {a.contact_id: a for a in ledger.associations}
    by_id = {frame.frame_id: frame for frame in frames}
    for item in items:
        flagged = bool(item.flags) or item.last_review is not None
        association = associations.get(item.contact.contact_id)
        vessel = _vessel(case, item, association, numbers, by_id, flagged=flagged, ais_given=ledger is not None)
        (content.flagged if flagged else content.others).append(vessel)
    content.limits = limits_of(case, content)
    return content


def thresholds_of(runs: Sequence[Run]) -> list[tuple[str, str, str]]:
    """The thresholds that the last finished triage used, each with its source."""
    used = next((run.options.get("thresholds") for run in reversed(runs) if run.finished_utc is not None), None)
    stored = used if isinstance(used, dict) else {}
    default = Thresholds()
    rows = []
    for entry in fields(default):
        figure = stored.get(entry.name, getattr(default, entry.name))
        rows.append((words.label(entry.name), f"{figure:g}", SOURCES[entry.name]))
    return rows


def _vessel(
    case: CaseView,
    item: QueueItem,
    association: Association | None,
    numbers: dict[str, int],
    frames: dict[str, Frame],
    *,
    flagged: bool,
    ais_given: bool,
) -> Vessel:
    contact = item.contact
    number = numbers[contact.contact_id]
    sightings = case.sightings_of(contact.contact_id) if flagged else ()
    best = _best_first(contact, item.flags, sightings)
    near = [c for flag in item.flags for c in (flag.contact_id, *flag.other_contact_ids) if c != contact.contact_id]
    review = item.last_review
    decided = None if review is None or review.verdict.value == "withdrawn" else review.verdict.value
    return Vessel(
        number=number,
        contact=contact,
        item=item,
        flags=item.flags,
        facts=_facts(contact, item.sighting_count),
        ais=ais_rows(contact, association),
        ais_outcome=_outcome(contact, association, ais_given=ais_given),
        crops=[_crop(case, s, frames) for s in best[:MOST_CROPS]],
        frame_names={f: frames[f].path.name for flag in item.flags for f in flag.frame_ids if f in frames},
        crops_left_out=max(0, len(best) - MOST_CROPS),
        frame=_whole(case, best[0], frames) if best and number <= MOST_FRAMES else None,
        reviews=case.reviews_of(contact.contact_id) if item.review_count else (),
        verdict=decided or "not reviewed",
        others=sorted({numbers[c] for c in near if c in numbers}),
    )


def _best_first(contact: Contact, flags: Sequence[Flag], sightings: Sequence[Sighting]) -> list[Sighting]:
    """The best sighting, then those in frames that show a flag, then the rest by score."""
    shown = {frame_id for flag in flags for frame_id in flag.frame_ids}
    return sorted(
        sightings,
        key=lambda s: (s.sighting_id != contact.best_sighting_id, s.frame_id not in shown, -s.score, s.sighting_id),
    )


def _crop(case: CaseView, sighting: Sighting, frames: dict[str, Frame]) -> Picture:
    frame = frames[sighting.frame_id]
    caption = f"{frame.path.name}, {words.moment(sighting.at_utc)}"
    return _picture(lambda: case.crop(sighting.sighting_id, CROP_PX), caption)


def _whole(case: CaseView, sighting: Sighting, frames: dict[str, Frame]) -> Picture:
    frame = frames[sighting.frame_id]
    boxes: list[Box] = [s.box for s in case.sightings_in(frame.frame_id) if s.sighting_id != sighting.sighting_id]
    caption = f"{frame.path.name}, {words.moment(frame.at_utc)}. Red: this vessel. Thin boxes: the other detections."
    return _picture(lambda: frame_picture(frame, sighting.box, boxes), caption)


def _picture(make: Callable[[], bytes], caption: str) -> Picture:
    try:
        return Picture(data_uri(make()), caption)
    except FootageMissing as error:
        return Picture(None, caption, f"No picture: {error}")


def _facts(contact: Contact, sightings: int) -> list[tuple[str, str]]:
    return [
        ("Position", words.place(contact.at)),
        ("Error", words.error(contact.ellipse)),
        ("At", words.moment(contact.at_utc)),
        ("Length", words.length(contact.length_m)),
        ("Speed", words.speed(contact.speed_m_s, contact.speed_sigma_m_s, contact.course_deg)),
        ("Seen", f"{words.moment(contact.first_seen_utc)} to {words.moment(contact.last_seen_utc)}"),
        ("Sightings", str(sightings)),
        ("Kind", CLASS_NAMES[contact.label] if contact.label < len(CLASS_NAMES) else "other"),
        ("Contact", contact.contact_id),
    ]


def _outcome(contact: Contact, found: Association | None, *, ais_given: bool) -> str:
    if found is None:
        return "Not a vessel: not compared with AIS." if ais_given and contact.label else "No AIS log was given."
    match found.outcome:
        case Outcome.MATCHED:
            return "Matched with an AIS vessel."
        case Outcome.AMBIGUOUS:
            return "Ambiguous: more than one pairing fits almost as well; this is the best candidate. A person decides."
        case Outcome.DARK:
            return "No AIS vessel was reported here."
        case Outcome.UNPLACED:
            return "Not compared with AIS: the contact has no position or no time."


def ais_rows(contact: Contact, found: Association | None) -> list[tuple[str, str, str]]:
    """Declared against measured: (what, declared, measured)."""
    if found is None or found.mmsi is None:
        return []
    knots = "not reported" if found.speed_kn is None else f"{found.speed_kn:.1f} kn"
    course = "" if found.course_deg is None else f", course {found.course_deg:03.0f}°"
    age = 0.0 if found.age_s is None else found.age_s
    gap = 0.0 if found.gap_m is None else found.gap_m
    where = "inside the declared hull" if gap < 0.5 else f"{gap:.0f} m from the declared hull"
    measured_speed = words.speed(contact.speed_m_s, contact.speed_sigma_m_s, contact.course_deg)
    return [
        ("MMSI", f"{found.mmsi:09d}", ""),
        ("Name", found.name or "not declared", ""),
        ("Call sign", found.call_sign or "not declared", ""),
        ("Type", words.ship_type(found.ship_type), ""),
        ("Length", words.metres(found.declared_length_m), words.length(contact.length_m)),
        ("Width", words.metres(found.declared_width_m), ""),
        ("Speed", f"{knots}{course}", measured_speed),
        ("Position", f"{words.place(found.at)} ({found.source}, {age:.0f} s from a report)", where),
    ]


def limits_of(case: CaseView, content: Content) -> list[Limit]:
    """What was not seen, and what cannot be concluded."""
    unposed = [f for f in content.frames if f.pose is None or f.intrinsics is None]
    undated = [f for f in content.frames if f.at_utc is None]
    sightings = case.sightings()
    vague = sum(s.fix is not Fix.POINT for s in sightings)
    cut = sum(s.truncated for s in sightings)
    last = content.runs[-1] if content.runs else None
    outcome = (last.outcome or {}) if last else {}
    unreadable = outcome.get("unreadable")
    files = [str(name) for name in unreadable] if isinstance(unreadable, list) else []
    found = [
        (len(files), "file", "could not be read", [Path(name).name for name in files]),
        (
            len(unposed),
            "frame",
            "without pose or lens data: what was detected there is not placed on the sea",
            [f"{f.path.name}: {'; '.join(f.notes) or 'nothing says where it was taken'}" for f in unposed],
        ),
        (len(undated), "frame", "without a time: not compared with AIS", [f.path.name for f in undated]),
        (vague, "sighting", "with a bearing or an interval of range only, no point", []),
        (cut, "sighting", "cut by the edge of a frame: position and length are of the visible part", []),
        (len(content.missing), "file", "no longer where expected", [str(path) for path in content.missing]),
    ]
    limits = [Limit(f"{counted(n, noun)} {text}.", detail[:50]) for n, noun, text, detail in found if n]
    if last is not None and last.finished_utc is None:
        limits.insert(0, Limit("The last triage did not finish: frames may be missing from this report."))
    return [*limits, *(Limit(text) for text in _always(ais_given=content.ais_given))]


def _always(*, ais_given: bool) -> list[str]:
    said = [*ALWAYS]
    if ais_given:
        said.append(
            "AIS is one receiver's log. A vessel that it did not hear may have sent; a position that it did hear "
            "may be wrong. Small craft are mostly not required to carry AIS."
        )
    else:
        said.append("No AIS log was given: whether the vessels identify themselves was not examined.")
    return said
