"""Places as people type them: degrees, degrees and minutes, or degrees, minutes and seconds."""

import re

from planner.geo.points import LatLon
from planner.model.errors import BadInput

_NUMBER = r"[+-]?\d+(?:[.]\d+)?"
_MARKS = "[NSEW\u00b0\u00ba'\u2019\u2032\"\u201d\u2033,:]"
_HELP = "write a latitude and a longitude, such as 51.95, 4.05 or 51°57.0'N 4°03.0'E"


def parse_place(text: str) -> LatLon:
    """The place that was typed; latitude first unless letters say otherwise.

    >>> parse_place("51.95, 4.05")
    LatLon(lat_deg=51.95, lon_deg=4.05)

    Raises:
        BadInput: not understood; says what to write.
    """
    typed = text.strip().upper()
    halves = _halves(typed)
    if halves is None:
        raise BadInput(f"{text.strip()!r}", f"not understood as a place; {_HELP}")
    first, second = (_angle(half) for half in halves)
    if first is None or second is None:
        raise BadInput(f"{text.strip()!r}", f"not understood as a place; {_HELP}")
    (lat, lat_letter), (lon, lon_letter) = first, second
    if lat_letter in ("E", "W") or lon_letter in ("N", "S"):
        lat, lon = lon, lat
    try:
        return LatLon(lat, lon)
    except ValueError as error:
        raise BadInput(f"{text.strip()!r}", f"no place on earth: {error}") from None


def _halves(text: str) -> tuple[str, str] | None:
    letters = list(re.finditer(r"[NSEW]", text))
    if len(letters) == 2:
        if letters[0].start() == 0:
            return text[: letters[1].start()], text[letters[1].start() :]
        return text[: letters[0].end()], text[letters[0].end() :]
    if letters:
        return None
    if text.count(",") == 1:
        first, second = text.split(",")
        return first, second
    parts = text.split()
    return (parts[0], parts[1]) if len(parts) == 2 else None


def _angle(text: str) -> tuple[float, str] | None:
    letter = next((c for c in text if c in "NSEW"), "")
    rest = re.sub(_MARKS, " ", text)
    parts = rest.split()
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(_NUMBER, p) for p in parts):
        return None
    values = [float(p) for p in parts]
    if any(not 0 <= v < 60 for v in values[1:]):
        return None
    size = sum(abs(v) / 60**i for i, v in enumerate(values))
    negative = parts[0].startswith("-") != (letter in ("S", "W") and letter != "")
    return (-size if negative else size), letter
