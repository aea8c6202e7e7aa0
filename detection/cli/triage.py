"""The command `quaywatch triage`."""

import json
import math
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from planner.model.errors import BadInput
from planner.model.flight import Flight
from planner.model.words import counted

if TYPE_CHECKING:
    from detection.case.store import Case
    from detection.footage.dialects import PitchZero
    from detection.footage.poses import StillOptions
    from detection.pipeline import Done, Job, Progress
    from planner.model.zone import Zone

MAX_ZONE_BYTES = 64 << 20
INTERRUPTED = 130
TURNS = (0, 90, 180, 270)
PITCH_ZEROS: "dict[str, PitchZero]" = {"nadir": "nadir", "horizon": "horizon"}

ReadFlight = Callable[[Path], Flight]


@dataclass(frozen=True)
class Options:
    """What the command was given; see its help for each."""

    footage: list[Path]
    case: Path
    flight: Path | None = None
    ais: Path | None = None
    zones: list[Path] = field(default_factory=list)
    takeoff_height_m: float | None = None
    tide_m: float = 0.0
    time_offset_s: float | None = None
    camera_zone_h: float | None = None
    mount_pitch_deg: float = -90.0
    mount_yaw_deg: float = 0.0
    pitch_zero: str | None = None
    turned_deg: int = 0
    hfov_deg: float | None = None
    model: Path | None = None
    trust_weights: bool = False


def make_triage(read_flight: ReadFlight) -> Callable[..., None]:
    """The command, with the reader of flight logs that it is to use."""

    def triage(  # noqa: PLR0913 - one argument for each option of the command
        footage: Annotated[list[Path], typer.Argument(help="Folders of pictures, or single ones.")],
        *,
        case: Annotated[Path, typer.Option(help="Folder of the case; made if it is not there.")],
        flight: Annotated[Path | None, typer.Option(help="The flight's log (tlog or BIN), for poses.")] = None,
        ais: Annotated[Path | None, typer.Option(help="AIS log: NMEA, also gz, or MarineCadastre CSV.")] = None,
        zones: Annotated[list[Path] | None, typer.Option(help="GeoJSON of restricted water; repeatable.")] = None,
        takeoff_height_m: Annotated[
            float | None, typer.Option(help="Height of the take-off place above the water.")
        ] = None,
        tide_m: Annotated[float, typer.Option(help="Water level above the zero of that height.")] = 0.0,
        time_offset_s: Annotated[
            float | None, typer.Option(help="Added to the camera's clock; by default found from the log's triggers.")
        ] = None,
        camera_zone_h: Annotated[
            float | None, typer.Option(help="Hours ahead of UTC of a camera clock that names no zone.")
        ] = None,
        mount_pitch_deg: Annotated[
            float, typer.Option(help="Pitch of a camera fixed to the airframe; -90 looks straight down.")
        ] = -90.0,
        mount_yaw_deg: Annotated[
            float, typer.Option(help="Bearing of such a camera from the nose: 0 looks ahead, 90 to the right.")
        ] = 0.0,
        pitch_zero: Annotated[
            str | None, typer.Option(help="What pitch 0 in the XMP's Camera:Pitch means, if not told: nadir, horizon.")
        ] = None,
        turned_deg: Annotated[
            int, typer.Option(help="By how much a viewer turned the pictures clockwise: 0, 90, 180 or 270.")
        ] = 0,
        hfov_deg: Annotated[float | None, typer.Option(help="Horizontal field of view, if no file tells it.")] = None,
        model: Annotated[Path | None, typer.Option(help="Weights other than those that ship.")] = None,
        trust_weights: Annotated[
            bool, typer.Option("--trust-weights", help="Open a .pt although it can run code.")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """Find vessels in footage, place and join them, flag those worth a second look; goes on where it stopped."""
        options = Options(
            footage=footage,
            case=case,
            flight=flight,
            ais=ais,
            zones=zones or [],
            takeoff_height_m=takeoff_height_m,
            tide_m=tide_m,
            time_offset_s=time_offset_s,
            camera_zone_h=camera_zone_h,
            mount_pitch_deg=mount_pitch_deg,
            mount_yaw_deg=mount_yaw_deg,
            pitch_zero=pitch_zero,
            turned_deg=turned_deg,
            hfov_deg=hfov_deg,
            model=model,
            trust_weights=trust_weights,
        )
        raise typer.Exit(_run(options, read_flight, as_json=as_json))

    return triage


def _run(options: Options, read_flight: ReadFlight, *, as_json: bool) -> int:
    from detection.case.store import Case

    job = make_job(options, read_flight)
    for note in (*(job.ais.notes if job.ais else ()), *job.notes):
        typer.echo(f"note: {note}", err=True)
    with Case.create_or_open(options.case) as case, _Stop() as stop:
        done = _followed(case, job, stop)
    if done is None:
        typer.echo(
            "quaywatch: stopped; every frame so far is in the case. Give the same command again to go on.", err=True
        )
        return INTERRUPTED
    if as_json:
        typer.echo(json.dumps({**asdict(done), "case": str(done.case), "seconds": round(done.seconds, 2)}))
    else:
        _say(done)
    return 0


def _check(options: Options) -> None:
    figures = (
        ("--takeoff-height-m", options.takeoff_height_m, -500.0, 9000.0),
        ("--tide-m", options.tide_m, -20.0, 20.0),
        ("--time-offset-s", options.time_offset_s, -1e9, 1e9),
        ("--camera-zone-h", options.camera_zone_h, -14.0, 14.0),
        ("--mount-pitch-deg", options.mount_pitch_deg, -180.0, 180.0),
        ("--mount-yaw-deg", options.mount_yaw_deg, -360.0, 360.0),
        ("--hfov-deg", options.hfov_deg, 1.0, 170.0),
    )
    for name, value, least, most in figures:
        if value is not None and not (math.isfinite(value) and least <= value <= most):
            raise BadInput(name, f"must lie between {least:g} and {most:g}, got {value:g}")
    if options.turned_deg not in TURNS:
        raise BadInput("--turned-deg", f"must be 0, 90, 180 or 270, got {options.turned_deg}")
    if options.pitch_zero not in {None, *PITCH_ZEROS}:
        raise BadInput("--pitch-zero", f"must be nadir or horizon, got {options.pitch_zero!r}")


def make_job(options: Options, read_flight: ReadFlight) -> "Job":
    """The triage that the options ask for, with the detector loaded and the logs read.

    Raises:
        BadInput: an option out of range, or a file that cannot be used.
    """
    from detection.ais.read import read_ais
    from detection.pipeline import Job, Steps, stills_of
    from detection.vision.detector import VesselDetector

    _check(options)
    stills_of(options.footage, options.case)  # before there is a case, so that a slip of the hand leaves none
    known = _still_options(options)
    flight = None if options.flight is None else read_flight(options.flight)
    tracks = None if options.ais is None else read_ais(options.ais)
    zones = read_zones(options.zones) if options.zones else None
    evidence = [("flight", options.flight), ("ais", options.ais), ("weights", options.model)]
    evidence += [("zones", path) for path in options.zones]
    return Job(
        footage=options.footage,
        detector=VesselDetector(options.model, trust=options.trust_weights),
        steps=Steps.for_stills(flight=flight, options=known),
        clock=lambda: datetime.now(UTC),
        ais=tracks,
        zones=zones,
        evidence=[(kind, path) for kind, path in evidence if path is not None and path.is_file()],
        options=asdict(known),
        notes=flight.notes if flight else (),
    )


def _still_options(options: Options) -> "StillOptions":
    from detection.footage.poses import StillOptions

    return StillOptions(
        takeoff_height_m=options.takeoff_height_m,
        tide_m=options.tide_m,
        time_offset_s=options.time_offset_s,
        camera_zone_h=options.camera_zone_h,
        mount_pitch_deg=options.mount_pitch_deg,
        mount_yaw_deg=options.mount_yaw_deg,
        pitch_zero=None if options.pitch_zero is None else PITCH_ZEROS[options.pitch_zero],
        turned_deg=options.turned_deg,
        hfov_deg=options.hfov_deg,
    )


def read_zones(paths: list[Path]) -> "tuple[Zone, ...]":
    """The zones of some GeoJSON files.

    Raises:
        BadInput: a file that is none; names it.
    """
    from planner.model.zone import zones_from_geojson

    found: list[Zone] = []
    for path in paths:
        try:
            if path.stat().st_size > MAX_ZONE_BYTES:
                raise BadInput(path, f"is larger than {MAX_ZONE_BYTES >> 20} MiB; cut it to the area of the flight")
            document = json.loads(path.read_bytes())
        except OSError as error:
            raise BadInput(path, f"cannot be read: {error.strerror or error}") from None
        except (ValueError, RecursionError) as error:
            raise BadInput(path, f"is not JSON: {error}") from None
        found.extend(zones_from_geojson(document, str(path)))
    return tuple(found)


class _Stop:
    """Notes Ctrl-C instead of breaking off, so that the frame in hand is finished; a second one breaks off."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> "_Stop":
        self._before = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        typer.echo("quaywatch: finishing the frame in hand ...", err=True)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _followed(case: "Case", job: "Job", stop: _Stop) -> "Done | None":
    """Runs the triage with a bar on stderr; None if it was stopped."""
    from detection.pipeline import Done, FrameDetected, FrameRead, triage

    done: Done | None = None
    with _bar() as show:
        for event in triage(case, job):
            match event:
                case FrameRead(problem=str(problem)):
                    typer.echo(f"left out: {problem}", err=True)
                case Done():
                    done = event
                case _:
                    pass
            show(event)
            if stop.asked and isinstance(event, FrameDetected):
                break
    return done


@contextmanager
def _bar() -> "Iterator[Callable[[Progress], None]]":
    """A bar on stderr that follows the events."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from detection.pipeline import FrameDetected, FrameRead, Joined

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("looking for vessels", total=None)

        def show(event: "Progress") -> None:
            if isinstance(event, FrameDetected) or (isinstance(event, FrameRead) and event.frame is None):
                bar.update(task, total=event.total, completed=event.number)
            elif isinstance(event, Joined):
                bar.update(task, description="joining and flagging")

        yield show


def _say(done: "Done") -> None:
    typer.echo(
        f"{counted(done.frames, 'frame')} ({done.with_pose} with a pose, {done.resumed_frames} done before), "
        f"{counted(done.detections, 'detection')}, {counted(done.sightings, 'sighting')}, "
        f"{counted(done.contacts, 'contact')}, {counted(done.flags, 'flag')} "
        f"in {done.seconds:.1f} s."
    )
    if done.unreadable:
        typer.echo(f"{counted(len(done.unreadable), 'file')} could not be read; see above.")
    typer.echo(f"Case: {done.case}. Next: quaywatch case list {done.case}")
