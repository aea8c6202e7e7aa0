"""`quaywatch sim film`: a video over a harbour, or of a flown flight, with metadata and the truth of every frame."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.model.errors import BadInput
from planner.model.words import counted

if TYPE_CHECKING:
    from sitl.camera.film import Film
    from sitl.world.harbour import Harbour

START_UTC, SECONDS = "2026-06-23T11:00:00Z", 20.0


class Told(StrEnum):
    """How the video says where its frames were taken from."""

    SRT = "srt"
    KLV = "klv"


@dataclass(frozen=True, slots=True)
class _Light:
    weather: str | None
    thermal: str | None
    start_utc: str | None


def film(  # noqa: PLR0913 -- one parameter per option of the command
    out: Annotated[Path, typer.Argument(help="The video, FILE.mp4 or FILE.ts; its truth goes beside it.")],
    harbour_name: Annotated[
        str | None,
        typer.Option("--harbour", help="practice (default), synthetic:SEED, FILE.geojson or a chart CELL.000@LAT,LON."),
    ] = None,
    flight: Annotated[
        Path | None,
        typer.Option(help="A practice flight (its folder, or flight.jsonl): film what it saw, where and when it flew."),
    ] = None,
    *,
    from_s: Annotated[float, typer.Option(help="With --flight: begin so many seconds into it.")] = 0.0,
    number: Annotated[
        int | None, typer.Option(help="With --flight: which of its flights, from 1; default the last.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="How long it is; default 20, with --flight all of the flight.")
    ] = None,
    fps: Annotated[int, typer.Option(help="Frames a second.")] = 10,
    height: Annotated[float | None, typer.Option(help="Metres above the water; default 70.")] = None,
    speed: Annotated[
        float | None, typer.Option(help="Metres a second along the outline of the harbour's area; default 8.")
    ] = None,
    down: Annotated[
        float | None, typer.Option(help="Camera angle below the horizon, degrees; default 90, straight down.")
    ] = None,
    start_utc: Annotated[str | None, typer.Option(help=f"Time at the start, ISO 8601; default {START_UTC}.")] = None,
    metadata: Annotated[
        Told | None,
        typer.Option(
            help="srt: DJI's subtitles beside it; klv: MISB ST 0601 in FILE.ts. Default by the file's ending."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same video; default 0.", min=0)] = None,
    weather: Annotated[str | None, typer.Option(help="Weather as cloud=0.9,rain_mm_h=4; light by the time.")] = None,
    thermal: Annotated[str | None, typer.Option(help="A thermal camera: white-hot, black-hot or iron.")] = None,
    jobs: Annotated[
        int | None, typer.Option(help="Processes that render at the same time; default one per processor.", min=1)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Make a video: H.264 with DJI subtitles or KLV, and COCO boxes, positions and identities of every frame."""
    from sitl.camera.film import Metadata, beside, write_film

    ending = _by_ending(out)
    told = Metadata((metadata or ending).value)
    if told is Metadata.KLV and out.suffix.lower() != ".ts":
        raise BadInput(out, "KLV goes into an MPEG transport stream: name it FILE.ts, or use --metadata srt")
    light = _Light(weather, thermal, start_utc)
    if flight is None:
        for option, given in (("--from-s", from_s), ("--number", number)):
            if given:
                raise BadInput(option, "goes only with --flight")
        ordered = _around(harbour_name or "practice", light, seed or 0, (seconds, fps, height, speed, down), told)
    else:
        _only_without(flight, harbour=harbour_name, height=height, speed=speed, down=down, start_utc=start_utc)
        ordered = _of_flight(flight, light, seed, (from_s, seconds, number, fps), told)
    total, done = len(ordered.shots), 0
    began = datetime.now(UTC)
    for done in write_film(ordered, out, workers=jobs or _processors()):
        if done % 60 == 0 or done == total:
            typer.echo(f"{done} of {counted(total, 'frame')}", err=True)
    took_s = (datetime.now(UTC) - began).total_seconds()
    files = {name: str(path) for name, path in beside(ordered, out).items()}
    found = {**files, "frames": done, "metadata": told.value, "took_s": round(took_s, 1)}
    where = "subtitles and truth beside it" if told is Metadata.SRT else "with KLV, truth beside it"
    typer.echo(json.dumps(found) if as_json else f"{counted(done, 'frame')} in {out}, {where}")


def _by_ending(out: Path) -> Told:
    endings = {".mp4": Told.SRT, ".ts": Told.KLV}
    if out.suffix.lower() not in endings:
        raise BadInput(out, "must end in .mp4 or .ts")
    return endings[out.suffix.lower()]


def _processors() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _only_without(flight: Path, **given: object) -> None:
    for name, value in given.items():
        if value is not None:
            raise BadInput(
                f"--{name.replace('_', '-')}", f"goes without --flight: {flight} says where and when it flew"
            )


def _around(
    name: str,
    light: _Light,
    seed: int,
    way: tuple[float | None, int, float | None, float | None, float | None],
    told: StrEnum,
) -> "Film":
    """A film along the outline of a harbour's area."""
    from sitl.camera.film import Film, FilmPlan, Metadata, film_shots
    from sitl.cli.places import moment_of
    from sitl.world.choice import harbour_named

    seconds, fps, height, speed, down = way
    when = moment_of(light.start_utc or START_UTC)
    try:
        plan = FilmPlan(when, _or(seconds, SECONDS), fps, _or(height, 70.0), _or(speed, 8.0), _or(down, 90.0))
    except ValueError as error:
        raise BadInput("sim film", str(error)) from None
    harbour = _lit(harbour_named(name, seed), light, when)
    return Film(harbour, film_shots(harbour, plan), fps, metadata=Metadata(told.value), seed=seed)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _of_flight(
    path: Path, light: _Light, seed: int | None, part: tuple[float, float | None, int | None, int], told: StrEnum
) -> "Film":
    from sitl.camera.film import Metadata
    from sitl.camera.flown import Cut
    from sitl.cli.scenery import film_of_flight

    from_s, seconds, number, fps = part
    try:
        cut = Cut(from_s, seconds, number)
    except ValueError as error:
        raise BadInput("sim film", str(error)) from None
    metadata = Metadata(told.value)
    return film_of_flight(path, fps, cut, metadata=metadata, weather=light.weather, thermal=light.thermal, seed=seed)


def _lit(harbour: "Harbour", light: _Light, when: datetime) -> "Harbour":
    from sitl.cli.places import in_weather

    return in_weather(harbour, light.weather, light.thermal, None, when)
