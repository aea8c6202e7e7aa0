"""The whole job on the practice harbour: plan, upload, fly, see, detect, flag, report, compare with the truth.

Every part is the one that the commands use; the practice drone is spoken to over TCP, the footage is read from files.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gui.demo.score import Comparison, TrueVessel, compare
from gui.fly.practice import PracticeDrone
from planner.geo.points import LatLon
from planner.model.errors import QuaywatchError
from planner.model.mission import Home
from planner.model.plan import Pattern, Plan
from planner.model.planned import PlannedMission
from planner.model.words import counted
from sitl.world.harbour import Harbour

START_UTC = datetime(2026, 11, 23, 17, 5, 0, tzinfo=UTC)
"""The drone's clock at the start. Vessels go their rounds by the clock, so the same time shows the same traffic."""
VESSEL = 0
LEAST_VISIBLE = 0.5
"""A vessel counts as flown over if at least one picture shows so much of it ..."""
LEAST_FINDABLE = 0.25
"""... and may be found, without counting, if one shows so much."""
LEAST_LENGTH_M = 5.0


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """Where the demo puts its files, and how it flies."""

    folder: Path
    gsd_m: float = 0.06
    speedup: float = 30.0
    seed: int = 0
    workers: int = 1
    start_utc: datetime = START_UTC


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the demo: `stage` is a word, `text` says what happens, `fraction` how far this stage is."""

    stage: str
    text: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the demo made, and how it compares with the truth. Positions in metres; None where nothing was found."""

    upload: str
    flight: str
    frames: int
    flags: int
    contacts: int
    unconfirmed: int
    """Contacts that the confirmation test doubts; they are in the case, but not among the contacts compared."""
    comparison: Comparison
    plan: Path
    tlog: Path
    footage: Path
    case: Path
    report: Path
    seconds: float

    def as_json(self) -> dict[str, object]:
        """For `quaywatch demo --json`."""
        c = self.comparison
        return {
            "upload": self.upload,
            "flight": self.flight,
            "frames": self.frames,
            "vessels": c.vessels,
            "found": c.found,
            "missed": len(c.missed),
            "false": len(c.false_contact_ids),
            "median_error_m": _rounded(c.median_error_m),
            "p90_error_m": _rounded(c.p90_error_m),
            "contacts": self.contacts,
            "unconfirmed": self.unconfirmed,
            "flags": self.flags,
            "plan": str(self.plan),
            "tlog": str(self.tlog),
            "footage": str(self.footage),
            "case": str(self.case),
            "report": str(self.report),
            "seconds": round(self.seconds, 1),
        }


@dataclass
class _Made:
    """What has come about so far."""

    harbour: Harbour
    drone: PracticeDrone | None = None
    upload: str = "unknown"
    flight: str = "not_flown"
    started_utc: datetime | None = None
    frames: int = 0
    flags: int = 0
    files: dict[str, Path] = field(default_factory=dict)


def run(options: DemoOptions) -> Iterator[Step | Result]:
    """Does the demo; the last thing it gives is the Result.

    Raises:
        QuaywatchError: a part failed; says which and why.
    """
    from sitl.world.harbour import practice_harbour

    began_s = time.monotonic()
    folder = _fresh(options.folder)
    made = _Made(practice_harbour(options.seed))
    try:
        yield from _plan(made, folder, options)
        yield from _fly(made, folder, options)
    finally:
        if made.drone is not None:
            made.drone.stop()
    yield from _triage(made, folder)
    yield from _report(made, folder)
    yield Step("compare", "Comparing with what was really there")
    yield _result(made, folder, time.monotonic() - began_s)


def _plan(made: _Made, folder: Path, options: DemoOptions) -> Iterator[Step]:
    from planner.formats import profiles
    from planner.formats.areas import read_areas
    from planner.formats.missions import write_plan
    from planner.route.make import make_mission
    from sitl.world.scene import write_scene

    harbour = made.harbour
    begin = options.start_utc
    made.files |= write_scene(folder / "harbour", harbour, begin, begin)
    yield Step("plan", f"Planning a patrol of {harbour.name}")
    plan = Plan(
        "Practice harbour patrol",
        read_areas(made.files["area"]),
        Pattern.AREA,
        profiles.drone("practice-quad"),
        profiles.camera("practice-1080p"),
        gsd_m=options.gsd_m,
        home=Home(harbour.launch, harbour.takeoff_height_m),
        seed=options.seed,
    )
    planned = make_mission(plan)
    made.files["plan"] = folder / "patrol.plan"
    write_plan(planned, plan, made.files["plan"])
    yield Step("plan", _planned_words(planned), 1.0)


def _fly(made: _Made, folder: Path, options: DemoOptions) -> Iterator[Step]:
    from planner.formats.missions import read_mission
    from planner.link.events import Captured, Flown, LostSight, NotFlown
    from planner.link.station import Station
    from planner.link.verdict import Stored
    from sitl.world.scene import write_scene

    mission = read_mission(made.files["plan"]).mission
    made.started_utc = options.start_utc
    made.drone = drone = PracticeDrone.start(
        folder,
        mission,
        speedup=options.speedup,
        seed=options.seed,
        start_utc=made.started_utc,
        workers=options.workers,
    )
    made.files |= {"tlog": folder / "flight.tlog", "footage": drone.footage}
    with Station.connect(drone.address, tlog=made.files["tlog"]) as station:
        yield Step("upload", f"Sending {len(mission)} items to the practice drone at {drone.address}")
        verdict = station.upload(mission)
        made.upload = verdict.word
        yield Step("upload", verdict.reason, 1.0)
        if not isinstance(verdict, Stored):
            raise QuaywatchError(f"The practice drone does not hold the plan: {verdict.reason}")
        yield Step("fly", "Arming and taking off", 0.0)
        pictures = 0
        for event in station.fly():
            match event:
                case Captured():
                    pictures += 1
                    yield Step("fly", f"{counted(pictures, 'picture')} taken", None)
                case Flown() | NotFlown() | LostSight():
                    made.flight = event.word
                    if not isinstance(event, Flown):
                        raise QuaywatchError(f"The practice drone did not fly the plan: {event.reason}")
                    yield Step("fly", event.reason, 1.0)
                case _:
                    pass
    ended = drone.now_utc()
    yield from _pictures(drone)
    made.files |= write_scene(folder / "harbour", made.harbour, made.started_utc, ended)


def _pictures(drone: PracticeDrone) -> Iterator[Step]:
    total = max(1, drone.pictures_waiting)
    while drone.pictures_waiting:
        waiting = drone.pictures_waiting
        yield Step("camera", f"{counted(waiting, 'picture')} still being rendered", 1 - waiting / total)
        drone.wait_for_a_picture(timeout_s=1.0)
    drone.finish_pictures()
    yield Step("camera", "All pictures are written.", 1.0)
    if drone.camera_failures:
        raise QuaywatchError(f"The practice camera lost pictures: {drone.camera_failures[0]}")


def _triage(made: _Made, folder: Path) -> Iterator[Step]:
    from detection.case import Case
    from detection.cli.triage import Options, make_job
    from detection.pipeline import Done, FrameDetected, Joined, triage
    from planner.link.record import read_flight

    made.files["case"] = folder / "case"
    yield Step("detect", "Loading the detector", 0.0)
    scene = json.loads(made.files["scene"].read_text())
    options = Options(
        footage=[made.files["footage"]],
        case=made.files["case"],
        flight=made.files["tlog"],
        ais=made.files["ais"],
        zones=[made.files["zones"], made.files["land"]],
        takeoff_height_m=float(scene["takeoff_height_m"]),
    )
    with Case.create_or_open(made.files["case"]) as case:
        for event in triage(case, make_job(options, read_flight)):
            match event:
                case FrameDetected(number=number, total=total):
                    yield Step("detect", f"Frame {number} of {total}", number / total)
                case Joined(sightings=sightings, contacts=contacts):
                    yield Step("flag", f"{counted(sightings, 'sighting')} of {counted(contacts, 'vessel')}", None)
                case Done():
                    made.frames, made.flags = event.frames, event.flags
                    yield Step("flag", f"{counted(event.flags, 'flag')} on {counted(event.contacts, 'vessel')}", 1.0)
                case _:
                    pass


def _report(made: _Made, folder: Path) -> Iterator[Step]:
    from detection.case import Case
    from detection.report import write_report

    made.files["report"] = folder / "report.html"
    yield Step("report", "Writing the report")
    with Case.open(made.files["case"]) as case:
        write_report(case, made.files["report"])


def _result(made: _Made, folder: Path, seconds: float) -> Result:
    from detection.case import CaseView

    with CaseView.open_read_only(made.files["case"]) as case:
        vessels_found = [item.contact for item in case.queue() if item.contact.label == VESSEL]
    contacts = [c for c in vessels_found if c.confirmed]
    vessels = flown_over(made.harbour, made.files["footage"] / "truth")
    result = Result(
        upload=made.upload,
        flight=made.flight,
        frames=made.frames,
        flags=made.flags,
        contacts=len(contacts),
        unconfirmed=len(vessels_found) - len(contacts),
        comparison=compare(vessels, contacts, least_length_m=LEAST_LENGTH_M),
        plan=made.files["plan"],
        tlog=made.files["tlog"],
        footage=made.files["footage"],
        case=made.files["case"],
        report=made.files["report"],
        seconds=seconds,
    )
    (folder / "result.json").write_text(json.dumps(result.as_json(), indent=1))
    return result


def flown_over(harbour: Harbour, truth: Path) -> list[TrueVessel]:
    """The vessels of which a picture shows at least a quarter, by the truth files that the camera wrote.

    Those of which none shows half do not count.
    """
    seen: dict[str, float] = {}
    for path in sorted(truth.glob("*.json")):
        for vessel in json.loads(path.read_text())["vessels"]:
            name = str(vessel["vessel_id"])
            seen[name] = max(seen.get(name, 0.0), float(vessel["visible"]))
    return [
        TrueVessel(v.vessel_id, v.kind, v.length_m, _place(harbour, v.vessel_id), seen[v.vessel_id] >= LEAST_VISIBLE)
        for v in harbour.vessels
        if seen.get(v.vessel_id, 0.0) >= LEAST_FINDABLE
    ]


def _place(harbour: Harbour, vessel_id: str) -> Callable[[datetime], LatLon]:
    vessel = harbour.vessel(vessel_id)
    return lambda moment: harbour.place_of(vessel, moment)


def _planned_words(planned: PlannedMission) -> str:
    f = planned.figures
    minutes = timedelta(seconds=round(f.duration_s))
    return (
        f"{f.items} items, {f.flight_m / 1000:.1f} km, {minutes} at {f.height_m:.0f} m, {f.captures} pictures, "
        f"{100 * f.covered:.1f} % of the area covered"
    )


def _fresh(folder: Path) -> Path:
    """The folder, made; one that holds anything is refused, because there may be reviews in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise QuaywatchError(f"{folder}: is not empty; name a new folder with --out")
    except OSError as error:
        raise QuaywatchError(f"{folder}: cannot be written ({error.strerror}); name another with --out") from error
    return folder


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
