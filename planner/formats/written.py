"""Places as people write them: degrees, degrees and minutes, degrees, minutes and seconds, MGRS.

Spellings that are understood, each a latitude and a longitude unless letters say otherwise: `51.95, 4.05`,
`51.95 4.05`, `51,95 4,05`, `51.95N 4.05E`, `51°57.0'N 4°03.0'E`, `N51 57 00 E4 3 0`, `51-57.0N 004-03.0E` (as in
warnings to ships), `515700N 0040300E` (as in notices to airmen), `geo:51.95,4.05`, `31U ET 72162 55997`.
"""

import re

from planner.geo.points import LatLon
from planner.model.errors import BadInput

_NUMBER = r"\d+(?:[.]\d+)?"
_MARKS = "[\u00b0\u00ba'\u2019\u2032\"\u201d\u2033:]"
_HELP = "write a latitude and a longitude, such as 51.95, 4.05 or 51°57.0'N 4°03.0'E, or an MGRS square"
_MGRS = re.compile(r"(?:0?[1-9]|[1-5]\d|60)?[A-HJ-NP-Z][A-HJ-NP-Z]{2}(\d*)")
_MOST_DIGITS = 5


def parse_place(text: str) -> LatLon:
    """The place that was written; latitude first unless letters say otherwise. MGRS means the middle of the square.

    >>> parse_place("51.95, 4.05")
    LatLon(lat_deg=51.95, lon_deg=4.05)
    >>> parse_place("51-57.0N 004-03.0W")
    LatLon(lat_deg=51.95, lon_deg=-4.05)

    Raises:
        BadInput: not understood; says what to write.
    """
    written = re.sub(r"^\s*GEO:|\bLAT(ITUDE)?\b[:=]?|\bLONG?(ITUDE)?\b[:=]?", " ", text.upper()).strip()
    written = re.sub("[\u2010-\u2015\u2212]", "-", written)
    square = re.sub(r"\s", "", written)
    if (found := _MGRS.fullmatch(square)) and square[0].isdigit():
        return _from_mgrs(square, found[1], text)
    halves = _halves(written)
    angles = [_angle(half) for half in halves] if halves is not None else []
    if len(angles) != 2 or angles[0] is None or angles[1] is None:
        raise BadInput(f"{text.strip()!r}", f"not understood as a place; {_HELP}")
    (lat, lat_letter), (lon, lon_letter) = angles[0], angles[1]
    if lat_letter in ("E", "W") or lon_letter in ("N", "S"):
        (lat, lat_letter), (lon, lon_letter) = (lon, lon_letter), (lat, lat_letter)
    if lat_letter in ("E", "W") or lon_letter in ("N", "S"):
        raise BadInput(f"{text.strip()!r}", f"gives one of latitude and longitude twice; {_HELP}")
    try:
        return LatLon(lat, lon)
    except ValueError as error:
        raise BadInput(f"{text.strip()!r}", f"no place on earth: {error}") from None


def to_mgrs(at: LatLon, *, digits: int = _MOST_DIGITS) -> str:
    """The MGRS square that a place lies in; 5 digits for each way are one metre.

    >>> to_mgrs(LatLon(51.95, 4.05), digits=4)
    '31U ET 7216 5599'
    """
    import mgrs

    square = str(mgrs.MGRS().toMGRS(at.lat_deg, at.lon_deg, MGRSPrecision=digits))
    split = len(square) - 2 * digits
    parts = (square[: split - 2], square[split - 2 : split], square[split : split + digits], square[split + digits :])
    return " ".join(part for part in parts if part)


def written_dm(at: LatLon) -> str:
    """A place in degrees and minutes, as on charts.

    >>> written_dm(LatLon(51.95, -4.05))
    "51°57.000'N 004°03.000'W"
    """
    return f"{_dm(at.lat_deg, 2, 'NS')} {_dm(at.lon_deg, 3, 'EW')}"


def _dm(angle_deg: float, width: int, letters: str) -> str:
    thousandths = round(abs(angle_deg) * 60_000)
    return f"{thousandths // 60_000:0{width}d}°{thousandths % 60_000 / 1000:06.3f}'{letters[angle_deg < 0]}"


def _from_mgrs(square: str, digits: str, text: str) -> LatLon:
    import mgrs

    half = len(digits) // 2
    if len(digits) % 2 or half > _MOST_DIGITS:
        raise BadInput(f"{text.strip()!r}", "an MGRS square has as many digits for east as for north, at most 5 each")
    if half < _MOST_DIGITS:  # a 5 behind each is the middle
        square = f"{square[: len(square) - len(digits)]}{digits[:half]}5{digits[half:]}5"
    try:
        lat, lon = mgrs.MGRS().toLatLon(square)
    except mgrs.core.MGRSError:
        raise BadInput(f"{text.strip()!r}", "there is no such MGRS square; check zone and letters") from None
    return LatLon(float(lat), float(lon))


def _halves(text: str) -> tuple[str, str] | None:
    letters = list(re.finditer(r"[NSEW]", text))
    if len(letters) == 2:
        if letters[0].start() == 0:
            return text[: letters[1].start()], text[letters[1].start() :]
        return text[: letters[0].end()], text[letters[0].end() :]
    if letters:
        return None
    for mark in (";", ", ", ","):
        if text.count(mark) == 1 and not (mark == "," and re.search(r"\s", text.strip())):
            first, second = text.split(mark)
            return first, second
    parts = text.replace(", ", " ").split() if text.count(",") != 1 else re.split(r"\s*,\s*|\s+", text)
    half = len(parts) // 2
    return (" ".join(parts[:half]), " ".join(parts[half:])) if parts and len(parts) % 2 == 0 else None


def _angle(text: str) -> tuple[float, str] | None:
    """Degrees and the letter; None for what is no angle. A sign and a letter together would be two opinions."""
    rest = text.strip(" ,;")
    letter = next((c for c in rest if c in "NSEW"), "")
    rest = re.sub(_MARKS, " ", rest.replace(letter, " ") if letter else rest).strip(" ,;")
    sign, rest = (rest[0], rest[1:]) if rest[:1] in ("+", "-") else ("", rest)
    if sign and letter:
        return None
    rest = re.sub(r"(\d)\s*-\s*(?=\d)", r"\1 ", rest)  # 51-57.0
    parts = [re.sub(r"^(\d+),(\d+)$", r"\1.\2", part) for part in rest.split()]
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(_NUMBER, p) for p in parts):
        return None
    if any("." in p for p in parts[:-1]):
        return None
    values = _unpacked(parts[0], letter) if len(parts) == 1 else [float(p) for p in parts]
    if any(not 0 <= v < 60 for v in values[1:]):
        return None
    size = sum(v / 60**i for i, v in enumerate(values))
    return (-size if sign == "-" or letter in ("S", "W") else size), letter


def _unpacked(number: str, letter: str) -> list[float]:
    """Degrees, minutes and seconds written without marks, such as 515700N: two digits each, three for E and W."""
    whole, _, fraction = number.partition(".")
    width = 3 if letter in ("E", "W") else 2
    tail = f".{fraction}" if fraction else ""
    if letter and len(whole) == width + 2:
        return [float(whole[:width]), float(whole[width:] + tail)]
    if letter and len(whole) == width + 4:
        return [float(whole[:width]), float(whole[width : width + 2]), float(whole[width + 2 :] + tail)]
    return [float(number)]
