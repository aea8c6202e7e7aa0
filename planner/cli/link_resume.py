"""`quaywatch link resume`: what is left of a plan after the flight in a log."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.route.resume import Resumed


def rest_of(plan: Path, flight: Path, vehicle: int | None = None) -> "tuple[Resumed, tuple[str, ...]]":
    """The rest, and what to say about it.

    Raises:
        BadInput: the files cannot be read, nothing is left, or nothing was flown.
    """
    from planner.formats.missions import read_mission
    from planner.link.progress import progress_in
    from planner.route.resume import resumed, words

    imported = read_mission(plan)
    came = progress_in(flight, vehicle)
    done = resumed(imported.mission, came.reached, came.at, name=str(plan))
    return done, (*(f"note: {note}" for note in imported.notes), words(done))


def resume_figures(done: "Resumed") -> dict[str, Any]:
    """What a command prints of it."""
    return {
        "reached_item": done.reached,
        "leg_flown": done.share,
        "lat_deg": done.at.lat_deg,
        "lon_deg": done.at.lon_deg,
        "off_m": done.off_m,
        "items": len(done.mission),
    }


def written(done: "Resumed", plan: Path, out: Path) -> None:
    """Writes the rest as a plan.

    Raises:
        BadInput: the file exists or cannot be written.
    """
    from planner.cli.new import must_be_writable
    from planner.formats.missions import read_mission, write_mission

    must_be_writable(out, {".plan", ".waypoints", ".txt"}, force=False)
    own = read_mission(plan).plan
    write_mission(done.mission, out, autopilot="ardupilot" if own is None else own.drone.autopilot)
