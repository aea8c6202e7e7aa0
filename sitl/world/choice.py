"""Which harbour is meant: `practice`, `synthetic:SEED`, or a file with the port of a place."""

import re
from pathlib import Path

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from sitl.world.harbour import Harbour, practice_harbour
from sitl.world.port import port

PRACTICE = "practice"
_SYNTHETIC = re.compile(r"synthetic(?::(?P<seed>\d{1,9}))?")
_FILE = re.compile(
    r"(?P<path>.+?\.(?P<kind>geojson|json|000))(?:@(?P<lat>[-+.\d]+),\s*(?P<lon>[-+.\d]+))?", re.IGNORECASE
)


def harbour_named(text: str, seed: int = 0) -> Harbour:
    """The harbour that a text names; `seed` changes the day, and in ports other than the practice one the fleet.

    Raises:
        BadInput: no such harbour, or a file that is none.
    """
    if text == PRACTICE:
        return practice_harbour(seed)
    if (made := _SYNTHETIC.fullmatch(text)) is not None:
        from sitl.world.synthetic import synthetic_layout

        return port(synthetic_layout(int(made["seed"] or 0)), seed)
    found = _FILE.fullmatch(text.strip())
    if found is None:
        raise BadInput(
            "harbour", f"{text!r} is not known; use practice, synthetic:SEED, FILE.geojson or CELL.000@LAT,LON"
        )
    middle = None if found["lat"] is None else _middle(text, found["lat"], found["lon"])
    path = Path(found["path"])
    if found["kind"].lower() in {"geojson", "json"}:
        from sitl.world.port_geojson import geojson_layout

        return port(geojson_layout(path, middle), seed)
    from sitl.world.port_chart import chart_layout

    return port(chart_layout(path, middle), seed)


def beside(text: str, folder: Path) -> str:
    """The text with a file's path taken from `folder` if it is relative; others as they are."""
    found = _FILE.fullmatch(text.strip())
    if found is None or Path(found["path"]).is_absolute():
        return text
    return str((folder / found["path"]).resolve()) + text.strip()[found.end("path") :]


def _middle(text: str, lat: str, lon: str) -> LatLon:
    try:
        return LatLon(float(lat), float(lon))
    except ValueError as error:
        raise BadInput("harbour", f"{text!r}: after @ stand latitude and longitude in degrees: {error}") from None
