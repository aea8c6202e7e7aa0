"""From footage to flagged contacts, in a case: a generator of what happened, one event at a time.

A frame's detections are on the disk before its event comes out, so that a process may die at any moment: the same
call later looks only at the frames that are left. Sightings, contacts and flags follow from the stored detections
without chance and are put into the case all at once, at the end. To stop early, stop asking for events.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from detection.ais.identity import united
from detection.ais.match import match
from detection.ais.tracks import DEAD_RECKON_S, AisTracks
from detection.case.chain import Json
from detection.case.store import Case, Evidence, Results
from detection.footage.frames import Frame
from detection.footage.poses import StillOptions
from detection.footage.stills import Unreadable, find_stills, read_stills
from detection.locate.sightings import Sighting
from detection.track.ashore import afloat
from detection.track.confirm import confirmed
from detection.track.contacts import Contact
from detection.track.looks import Looks
from detection.triage.flags import Flag
from detection.triage.rules import flags_of
from detection.triage.scene import Scene
from detection.triage.thresholds import Thresholds
from detection.vision.boxes import VESSEL, Boxes, Detector
from planner.geo.points import LatLon, centroid, distance_m
from planner.model.errors import BadInput, QuaywatchError
from planner.model.flight import Flight
from planner.model.zone import Zone

AIS_MARGIN_S = 2 * DEAD_RECKON_S
"""AIS reports from this long before the first frame until this long after the last are kept in the case."""

AIS_MARGIN_M = 40_000.0
"""AIS vessels that come no nearer to any camera are not kept."""


@dataclass(frozen=True, slots=True)
class FrameRead:
    """A file was read: `frame` is None and `problem` says why where it is no picture that can be used."""

    path: Path
    frame: Frame | None
    problem: str | None
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class FrameDetected:
    """A frame's detections are in the case. `resumed`: they were there already."""

    frame: Frame
    boxes: Boxes
    resumed: bool
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Joined:
    """All detections are placed on the sea and joined into vessels."""

    sightings: int
    contacts: int


@dataclass(frozen=True, slots=True)
class Flagged:
    """The rules have spoken."""

    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """All is in the case. `unreadable` are files that are no usable pictures; `seconds` by the clock given."""

    case: Path
    frames: int
    with_pose: int
    detections: int
    sightings: int
    contacts: int
    flags: int
    resumed_frames: int
    unreadable: tuple[str, ...]
    seconds: float


Progress: TypeAlias = FrameRead | FrameDetected | Joined | Flagged | Done


Pixels = npt.NDArray[np.uint8]
Read: TypeAlias = Callable[[Sequence[Path]], Iterator[Frame | Unreadable]]
Locate: TypeAlias = Callable[[Frame, Boxes], tuple[Sighting, ...]]
Describe: TypeAlias = Callable[[Pixels, Boxes], tuple[Looks | None, ...]]
Join: TypeAlias = Callable[[Sequence[Sighting]], tuple[Contact, ...]]


def _pixels(path: Path) -> Pixels:
    from detection.vision.images import read_image

    return read_image(path)


def _locate(frame: Frame, boxes: Boxes) -> tuple[Sighting, ...]:
    from detection.locate.place import locate

    return locate(frame, boxes)


def _describe(image_bgr: Pixels, boxes: Boxes) -> tuple[Looks | None, ...]:
    from detection.track.looks import describe

    return describe(image_bgr, boxes.xyxy)


def _join(sightings: Sequence[Sighting]) -> tuple[Contact, ...]:
    from detection.track.join import join

    return join(sightings, reunite=False)


@dataclass(frozen=True)
class Steps:
    """The functions between the stages; other ones may stand in for them."""

    read: Read
    pixels: Callable[[Path], Pixels] = _pixels
    locate: Locate = _locate
    join: Join = _join
    """May leave a vessel that turned unseen in parts; these are put together when AIS has spoken."""
    describe: Describe = _describe

    @classmethod
    def for_stills(cls, *, flight: Flight | None = None, options: StillOptions | None = None) -> "Steps":
        """The real steps: stills with what they say themselves, and what the flight's log says about them."""
        return cls(read=lambda paths: read_stills(paths, flight=flight, options=options))


@dataclass(frozen=True)
class Job:
    """One triage. `evidence`: further files that went in (kind, path), kept by their hash.

    Without `ais` or `zones` (None) those of the case's last triage are used again.
    """

    footage: Sequence[Path]
    detector: Detector
    steps: Steps
    clock: Callable[[], datetime]
    ais: AisTracks | None = None
    zones: Sequence[Zone] | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    evidence: Sequence[tuple[str, Path]] = ()
    options: Mapping[str, Json] = field(default_factory=dict)
    notes: Sequence[str] = ()
    """What the readers had to leave out or guess, in sentences."""


@dataclass(frozen=True, slots=True)
class _Still:
    root: Path
    path: Path


@dataclass
class _State:
    """What has been gone through so far."""

    run_id: int
    total: int
    done: dict[str, Boxes] = field(default_factory=dict)
    """What this detector found in the frames in which it has looked."""
    known: dict[str, Frame] = field(default_factory=dict)
    """Frames as the case has them."""
    seen: set[str] = field(default_factory=set)
    resumed: int = 0
    unreadable: list[str] = field(default_factory=list)


def triage(case: Case, job: Job) -> Iterator[Progress]:
    """Works through footage into a case; what is there already is not done again.

    Only vessels are compared with AIS and flagged; people are contacts like any other.

    Raises:
        BadInput: no picture in what was named, a CaseError, or another file that cannot be used.
    """
    started = job.clock()
    stills = stills_of(job.footage, case.folder)
    with case.writer_lock():
        fingerprint = job.detector.fingerprint
        options: dict[str, Json] = {**job.options, "thresholds": asdict(job.thresholds)}
        run_id = case.begin_run(fingerprint=fingerprint, options=options, at_utc=started)
        for kind, path in job.evidence:
            case.add_input(
                _evidence(_Still(path.absolute().parent, path.absolute()), kind), run_id=run_id, at_utc=started
            )
        state = _State(run_id, len(stills))
        state.done |= case.detections(fingerprint)
        state.known |= {frame.frame_id: frame for frame in case.frames()}
        found = job.steps.read([still.path for still in stills])
        for number, (still, read) in enumerate(zip(stills, found, strict=True), start=1):
            yield from _frame(case, job, state, still, read, number)
        yield from _results(case, job, state, started)


def stills_of(footage: Sequence[Path], case_folder: Path) -> list[_Still]:
    """The pictures in folders (and below) and among files, by path; the case's own are left out.

    Raises:
        BadInput: no such file or folder, or no picture in what was named.
    """
    found: dict[Path, _Still] = {}
    own = case_folder.resolve()
    for named in footage:
        root = named.absolute()
        for path in find_stills(root):
            if own not in path.resolve().parents:
                found.setdefault(path, _Still(root if root.is_dir() else root.parent, path))
    if not found:
        where = ", ".join(str(path) for path in footage) or "nothing was named"
        raise BadInput(where, "holds no pictures; name a folder of JPEG, PNG or TIFF stills")
    return list(found.values())


def _evidence(still: _Still, kind: str, sha256: str | None = None) -> Evidence:
    try:
        size = still.path.stat().st_size
        if sha256 is None:
            with still.path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise BadInput(still.path, f"cannot be read: {error.strerror or error}") from None
    return Evidence(still.root, still.path, kind, sha256, size)


def _frame(
    case: Case, job: Job, state: _State, still: _Still, read: Frame | Unreadable, number: int
) -> Iterator[Progress]:
    fingerprint = job.detector.fingerprint
    try:
        if isinstance(read, Unreadable):
            raise BadInput(read.path, read.reason)
        frame = read
        evidence = _evidence(still, "still", frame.sha256)
        image = None if frame.frame_id in state.done else job.steps.pixels(still.path)
    except QuaywatchError as error:
        state.unreadable.append(str(still.path))
        yield FrameRead(still.path, None, str(error), number, state.total)
        return
    frame = _best_known(frame, state.known.get(frame.frame_id))
    yield FrameRead(still.path, frame, None, number, state.total)
    if state.known.get(frame.frame_id) != frame:
        case.add_frame(frame, evidence, run_id=state.run_id, at_utc=job.clock())
        state.known[frame.frame_id] = frame
    if image is None:
        state.resumed += frame.frame_id not in state.seen
        state.seen.add(frame.frame_id)
        yield FrameDetected(frame, state.done[frame.frame_id], resumed=True, number=number, total=state.total)
        return
    boxes = job.detector.detect(image)
    case.keep_crops(frame, image, boxes)
    looks = job.steps.describe(image, boxes)
    now = job.clock()
    case.add_detections(frame.frame_id, boxes, fingerprint=fingerprint, run_id=state.run_id, at_utc=now, looks=looks)
    state.done[frame.frame_id] = boxes
    state.seen.add(frame.frame_id)
    yield FrameDetected(frame, boxes, resumed=False, number=number, total=state.total)


def _best_known(frame: Frame, before: Frame | None) -> Frame:
    """The frame, or what an earlier triage with the flight's log knew about it, where this one knows no pose."""
    if before is None or frame.pose is not None or before.pose is None:
        return frame
    return replace(before, path=frame.path)


def _results(case: Case, job: Job, state: _State, started: datetime) -> Iterator[Progress]:
    fingerprint = job.detector.fingerprint
    detections = case.detections(fingerprint)
    frames = [frame for frame in case.frames() if frame.frame_id in detections]
    looks = case.looks(fingerprint)
    sightings = [s for f in frames for s in _located(job, f, detections[f.frame_id], looks.get(f.frame_id, ()))]
    zones = tuple(case.zones() if job.zones is None else job.zones)
    contacts = job.steps.join(afloat(sightings, zones))
    given = case.ais() if job.ais is None else job.ais
    tracks = None if given is None else around(given, frames)
    vessels = [c for c in contacts if c.label == VESSEL]
    ledger = None if tracks is None else match(vessels, tracks, frames, sightings)
    contacts, ledger = united(contacts, sightings, tracks, ledger)
    yield Joined(len(sightings), len(contacts))
    contacts = confirmed(contacts, sightings, frames, zones)
    flags = flags_of(
        Scene([c for c in contacts if c.label == VESSEL and c.confirmed], sightings, zones, tracks, ledger),
        job.thresholds,
    )
    results = Results(fingerprint, sightings, contacts, flags, zones, tracks, ledger)
    case.replace_results(results, at_utc=job.clock())
    yield Flagged(flags)
    finished = job.clock()
    done = Done(
        case=case.folder,
        frames=len(frames),
        with_pose=sum(frame.pose is not None for frame in frames),
        detections=sum(len(boxes) for boxes in detections.values()),
        sightings=len(sightings),
        contacts=len(contacts),
        flags=len(flags),
        resumed_frames=state.resumed,
        unreadable=tuple(state.unreadable),
        seconds=(finished - started).total_seconds(),
    )
    outcome: dict[str, Json] = {
        "frames": done.frames,
        "with_pose": done.with_pose,
        "detections": done.detections,
        "contacts": done.contacts,
        "flags": done.flags,
        "unreadable": list(done.unreadable),
    }
    case.end_run(state.run_id, outcome=outcome, at_utc=finished)
    yield done


def _located(job: Job, frame: Frame, boxes: Boxes, looks: Sequence[Looks | None]) -> Iterator[Sighting]:
    """The frame's sightings with the colours of their boxes, where the case has any."""
    by_box = {(tuple(b), int(n)): look for b, n, look in zip(boxes.xyxy.tolist(), boxes.label, looks, strict=False)}
    for sighting in job.steps.locate(frame, boxes):
        look = by_box.get((sighting.box, sighting.label))
        yield sighting if look is None else replace(sighting, looks=look)


def around(tracks: AisTracks, frames: Sequence[Frame]) -> AisTracks:
    """The part of an AIS log that can matter to some frames: near them in time and place."""
    times = [frame.at_utc.timestamp() for frame in frames if frame.at_utc is not None]
    if not times:
        return replace(tracks, by_mmsi={})
    during = tracks.during(min(times) - AIS_MARGIN_S, max(times) + AIS_MARGIN_S)
    places = [frame.pose.at for frame in frames if frame.pose is not None]
    if not places:
        return during
    middle = centroid(places)
    reach = max(distance_m(middle, place) for place in places) + AIS_MARGIN_M
    near = {
        mmsi: track
        for mmsi, track in during.by_mmsi.items()
        if _comes_near(track.lat_deg, track.lon_deg, middle, reach)
    }
    return replace(during, by_mmsi=near)


def _comes_near(
    lat_deg: npt.NDArray[np.float64], lon_deg: npt.NDArray[np.float64], middle: LatLon, reach_m: float
) -> bool:
    north = (lat_deg - middle.lat_deg) * 111_320.0
    east = ((lon_deg - middle.lon_deg + 180.0) % 360.0 - 180.0) * 111_320.0 * np.cos(np.radians(middle.lat_deg))
    return bool((np.hypot(east, north) <= reach_m).any())
