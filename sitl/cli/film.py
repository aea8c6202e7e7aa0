"""`quaywatch sim film`: a video over a harbour, with subtitles and the truth of every frame."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from planner.model.errors import BadInput
from planner.model.words import counted


def film(  # noqa: PLR0913 -- one parameter per option of the command
    out: Annotated[Path, typer.Argument(help="The video, FILE.mp4; FILE.srt and FILE.coco.json go beside it.")],
    harbour_name: Annotated[
        str, typer.Option("--harbour", help="practice, synthetic:SEED, FILE.geojson or a chart CELL.000@LAT,LON.")
    ] = "practice",
    seconds: Annotated[float, typer.Option(help="How long it is.")] = 20.0,
    fps: Annotated[int, typer.Option(help="Frames a second.")] = 10,
    height: Annotated[float, typer.Option(help="Metres above the water.")] = 70.0,
    speed: Annotated[float, typer.Option(help="Metres a second along the outline of the harbour's area.")] = 8.0,
    down: Annotated[
        float, typer.Option(help="Camera angle below the horizon, degrees; 90 looks straight down.")
    ] = 90.0,
    start_utc: Annotated[str, typer.Option(help="Time at the start, ISO 8601.")] = "2026-06-23T11:00:00Z",
    *,
    seed: Annotated[int, typer.Option(help="The same seed gives the same video.", min=0)] = 0,
    weather: Annotated[str | None, typer.Option(help="Weather as cloud=0.9,rain_mm_h=4; light by --start-utc.")] = None,
    thermal: Annotated[str | None, typer.Option(help="A thermal camera: white-hot, black-hot or iron.")] = None,
    jobs: Annotated[int, typer.Option(help="Processes that render at the same time.", min=1)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Make a video of a flight over a harbour: H.264, DJI subtitles, COCO boxes, positions and identities."""
    from sitl.camera.film import FilmPlan, film_shots, write_film
    from sitl.cli.places import in_weather, moment_of
    from sitl.world.choice import harbour_named

    if out.suffix.lower() != ".mp4":
        raise BadInput(out, "must end in .mp4")
    when = moment_of(start_utc)
    try:
        plan = FilmPlan(when, seconds, fps, height, speed, down)
    except ValueError as error:
        raise BadInput("sim film", str(error)) from None
    harbour = in_weather(harbour_named(harbour_name, seed), weather, thermal, None, when)
    shots, done = film_shots(harbour, plan), 0
    began = datetime.now(UTC)
    for done in write_film(harbour, shots, out, frames_per_s=fps, workers=jobs, seed=seed):
        if done % 50 == 0:
            typer.echo(f"{done} of {counted(len(shots), 'frame')}", err=True)
    took_s = (datetime.now(UTC) - began).total_seconds()
    found = {"video": str(out), "frames": done, "subtitles": str(out.with_suffix(".srt")),
             "coco": str(out.with_suffix(".coco.json")), "took_s": round(took_s, 1)}  # fmt: skip
    typer.echo(json.dumps(found) if as_json else f"{counted(done, 'frame')} in {out}, subtitles and truth beside it")
