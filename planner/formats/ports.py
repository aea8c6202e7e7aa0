"""The ports of the world by name and UN/LOCODE, and the search for a place: coordinates, MGRS, code or name.

The list is that of the npm package sea-ports (data/sea-ports, MIT). A port's position is that of its town or basin,
good to a few kilometres: enough to look there, not to fly there.
"""

import functools
import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from planner.formats.written import parse_place, written_dm
from planner.geo.points import LatLon
from planner.model.errors import BadInput

_DATA = Path(__file__).parent / "data" / "sea-ports" / "ports.json"
MOST = 12


@dataclass(frozen=True, slots=True)
class Port:
    """A port: its names (the usual one first), country, UN/LOCODEs, and about where it is."""

    names: tuple[str, ...]
    country: str
    codes: tuple[str, ...]
    at: LatLon


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place that a search found: what it is called, more words, and `radius_km` to be looked at."""

    name: str
    detail: str
    at: LatLon
    radius_km: float

    def as_json(self) -> dict[str, object]:
        """As JSON values."""
        return {"name": self.name, "detail": self.detail, "lat_deg": self.at.lat_deg, "lon_deg": self.at.lon_deg}


@functools.cache
def ports() -> tuple[Port, ...]:
    """All ports, by code."""
    rows = json.loads(_DATA.read_text(encoding="utf-8"))["ports"]
    return tuple(Port(tuple(n), country, tuple(codes), LatLon(lat, lon)) for n, country, codes, lat, lon in rows)


def find_places(text: str, *, most: int = MOST) -> tuple[FoundPlace, ...]:
    """The places that `text` may mean, the likeliest first; () for none.

    Coordinates and MGRS mean one place. Else a UN/LOCODE ("NLRTM", also "NL RTM"), then ports with a name that begins
    so, then those with a word that begins so, then those that hold all the words in name or country.
    """
    try:
        at = parse_place(text)
    except BadInput:
        pass
    else:
        return (FoundPlace(written_dm(at), "position", at, 1.0),)
    wanted = _folded(text)
    if not wanted:
        return ()
    ranked = [(rank, p.names[0], p) for p, keys in zip(ports(), _keys(), strict=True) if (rank := _rank(wanted, keys))]
    ranked.sort(key=lambda found: found[:2])
    return tuple(_found(port) for _, _, port in ranked[:most])


def find_place(text: str) -> FoundPlace:
    """The place that `text` means most likely.

    Raises:
        BadInput: no such place; says what to write.
    """
    found = find_places(text, most=1)
    if found:
        return found[0]
    if any(c.isdigit() for c in text):
        parse_place(text)  # says what is wrong with the coordinates
    raise BadInput(
        f"{text.strip()!r}",
        "not understood as a place: no port of that name or UN/LOCODE is known; "
        "write coordinates such as 51.95, 4.05, an MGRS square, or another name",
    )


@dataclass(frozen=True, slots=True)
class _Keys:
    names: tuple[str, ...]
    codes: tuple[str, ...]
    words: tuple[str, ...]
    """Of names and country."""


@functools.cache
def _keys() -> tuple[_Keys, ...]:
    made = []
    for port in ports():
        names = tuple(_folded(name) for name in port.names)
        words = " ".join((*names, _folded(port.country))).split()
        made.append(_Keys(names, tuple(code.lower() for code in port.codes), tuple(words)))
    return tuple(made)


def _rank(wanted: str, keys: _Keys) -> int:
    """How well a port fits, 1 best; 0 not at all."""
    if wanted.replace(" ", "") in keys.codes:
        return 1
    if wanted in keys.names:
        return 2
    if keys.names[0].startswith(wanted):
        return 3
    if any(name.startswith(wanted) for name in keys.names):
        return 4
    if all(any(word.startswith(part) for word in keys.words) for part in wanted.split()):
        return 5
    return 6 if len(wanted) >= 3 and any(wanted in name for name in keys.names) else 0


def _found(port: Port) -> FoundPlace:
    return FoundPlace(port.names[0], f"{port.country}, {' '.join(port.codes)}", port.at, 8.0)


def _folded(text: str) -> str:
    """Lower case, without accents and marks."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("Ø", "O").replace("ł", "l"))
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.casefold().split())
