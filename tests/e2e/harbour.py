"""A few pictures of the practice harbour, with all that an analyst is given beside them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from planner.geo.camera import Attitude
from planner.geo.points import LatLon, distance_m
from sitl.camera.lens import PRACTICE_LENS
from sitl.camera.shutter import take_picture
from sitl.shots import Shot
from sitl.world.harbour import Harbour, practice_harbour
from sitl.world.scene import write_scene

START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
EVERY = timedelta(seconds=12)
HEIGHT_M = 80.0
OVER = ("barge", "rib-in-zone", "workboat", "yacht", "trawler")
"""The vessels in the middle of the pictures: at anchor with AIS, in the zone, alongside another, with AIS, moored."""


@dataclass(frozen=True)
class Patrol:
    """Where the files are, and what was really there."""

    harbour: Harbour
    footage: Path
    ais: Path
    zones: Path

    def words(self, case: Path) -> tuple[object, ...]:
        """`triage` with everything."""
        return ("triage", self.footage, "--case", case, "--ais", self.ais, "--zones", self.zones)

    def distance_m(self, vessel_id: str, at: tuple[float, float]) -> float:
        """From a vessel that lies still to a place in degrees."""
        return distance_m(self.harbour.place_of(self.harbour.vessel(vessel_id), START), LatLon(*at))


def flown(folder: Path) -> Patrol:
    """One picture straight down over each vessel of OVER."""
    harbour = practice_harbour()
    files = write_scene(folder / "harbour", harbour, START, START + len(OVER) * EVERY)
    for number, vessel_id in enumerate(OVER):
        at_utc = START + number * EVERY
        at = harbour.place_of(harbour.vessel(vessel_id), at_utc)
        above_home_m = HEIGHT_M - harbour.takeoff_height_m
        shot = Shot(
            number + 1, at_utc, at, HEIGHT_M, above_home_m, Attitude(70.0, -90.0, 0.0), Attitude(70.0, -2.0, 1.0), 8.0
        )
        take_picture(harbour, folder / "footage", PRACTICE_LENS, 0, shot)
    return Patrol(harbour, folder / "footage", files["ais"], files["zones"])
