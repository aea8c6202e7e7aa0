"""What a picture's EXIF says, read safely: every value is finite and in range, or None."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from PIL import ExifTags
from PIL.Image import Exif

from planner.geo.points import LatLon

DAMAGED = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, EOFError)
"""What Pillow raises on damaged metadata."""
_MM_PER_UNIT = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}


@dataclass(frozen=True, slots=True)
class ExifFacts:
    """EXIF as far as it places a picture. `taken_local` is without zone; `at` is WGS 84; lengths in millimetres.

    `gps_msl_m` is EXIF's altitude, which makers fill with heights over several datums; `sensor_width_mm` follows from
    the focal plane resolution.
    """

    make: str = ""
    model: str = ""
    taken_local: datetime | None = None
    zone: timezone | None = None
    gps_utc: datetime | None = None
    at: LatLon | None = None
    gps_msl_m: float | None = None
    gps_error_m: float | None = None
    focal_mm: float | None = None
    focal_35mm: float | None = None
    digital_zoom: float = 1.0
    sensor_width_mm: float | None = None
    software: str = ""
    notes: tuple[str, ...] = ()


def read_exif(exif: Exif) -> ExifFacts:
    """The facts in EXIF as Pillow holds it. Never raises; what is damaged is absent, with a note where it matters."""
    top, detail, gps = dict(exif), _directory(exif, ExifTags.IFD.Exif), _directory(exif, ExifTags.IFD.GPSInfo)
    tag, place = ExifTags.Base, ExifTags.GPS
    at, notes = _place(gps)
    zoom = _number(detail.get(tag.DigitalZoomRatio))
    return ExifFacts(
        make=_text(top.get(tag.Make)),
        model=_text(top.get(tag.Model)),
        taken_local=_moment(
            _text(detail.get(tag.DateTimeOriginal))
            or _text(detail.get(tag.DateTimeDigitized))
            or _text(top.get(tag.DateTime)),
            _text(detail.get(tag.SubsecTimeOriginal)) or _text(detail.get(tag.SubsecTime)),
        ),
        zone=_zone(_text(detail.get(tag.OffsetTimeOriginal)) or _text(detail.get(tag.OffsetTime))),
        gps_utc=_gps_time(gps),
        at=at,
        gps_msl_m=_altitude(gps),
        gps_error_m=_positive(gps.get(place.GPSHPositioningError)),
        focal_mm=_positive(detail.get(tag.FocalLength)),
        focal_35mm=_positive(detail.get(tag.FocalLengthIn35mmFilm)),
        digital_zoom=zoom if zoom is not None and 1.0 <= zoom <= 200.0 else 1.0,
        sensor_width_mm=_sensor_width(detail),
        software=_text(top.get(tag.Software)),
        notes=notes,
    )


def _directory(exif: Exif, ifd: int) -> dict[int, Any]:
    try:
        return dict(exif.get_ifd(ifd))
    except DAMAGED:
        return {}


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.split("\x00")[0].strip()[:200] if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    """A finite number of whatever EXIF holds: rationals with zero below, tuples of one and text included."""
    if isinstance(value, tuple | list):
        value = value[0] if len(value) == 1 else None
    if value is None:
        return None
    try:
        number = float(value)  # type: ignore[arg-type]  # anything may stand there; what is no number raises
    except DAMAGED:
        return None
    return number if math.isfinite(number) else None


def _positive(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _moment(text: str, subsec: str) -> datetime | None:
    found = re.match(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)", text)
    if not found:
        return None
    digits = re.match(r"\d{1,6}", subsec)
    micros = int(digits.group().ljust(6, "0")) if digits else 0
    try:
        bare = datetime.strptime("".join(found.groups()), "%Y%m%d%H%M%S")  # noqa: DTZ007  # EXIF tells no zone here
    except ValueError:
        return None
    return bare.replace(microsecond=micros)


def _zone(text: str) -> timezone | None:
    if text.upper() == "Z":
        return UTC
    found = re.fullmatch(r"([+-])(\d\d):?(\d\d)", text)
    if not found or int(found[2]) > 14 or int(found[3]) > 59:
        return None
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(ahead if found[1] == "+" else -ahead)


def _gps_time(gps: dict[int, Any]) -> datetime | None:
    day = re.match(r"(\d{4})[:-](\d\d)[:-](\d\d)", _text(gps.get(ExifTags.GPS.GPSDateStamp)))
    clock = _triple(gps.get(ExifTags.GPS.GPSTimeStamp))
    if not day or clock is None:
        return None
    seconds = clock[0] * 3600 + clock[1] * 60 + clock[2]
    if not 0 <= seconds < 86_401:
        return None
    try:
        start = datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=UTC)
    except ValueError:
        return None
    return start + timedelta(seconds=seconds)


def _triple(value: object) -> tuple[float, float, float] | None:
    if not isinstance(value, tuple | list) or not 1 <= len(value) <= 3:
        return None
    parts = [_number(v) for v in value] + [0.0] * (3 - len(value))
    if parts[0] is None:
        return None
    return parts[0], parts[1] or 0.0, parts[2] or 0.0


def _place(gps: dict[int, Any]) -> tuple[LatLon | None, tuple[str, ...]]:
    tag = ExifTags.GPS
    if tag.GPSLatitude not in gps and tag.GPSLongitude not in gps:
        return None, ()
    lat, lon = _triple(gps.get(tag.GPSLatitude)), _triple(gps.get(tag.GPSLongitude))
    if lat is None or lon is None:
        return None, ("EXIF's GPS position is damaged and was left out.",)
    lat_deg, lon_deg = (d + m / 60 + s / 3600 for d, m, s in (lat, lon))
    lat_deg *= -1 if _text(gps.get(tag.GPSLatitudeRef)).upper().startswith("S") else 1
    lon_deg *= -1 if _text(gps.get(tag.GPSLongitudeRef)).upper().startswith("W") else 1
    return plausible_place(lat_deg, lon_deg, "EXIF")


def plausible_place(lat_deg: float, lon_deg: float, source: str) -> tuple[LatLon | None, tuple[str, ...]]:
    """A place, or None and the reason: 0, 0 is what cameras write before their GPS has a fix."""
    if abs(lat_deg) < 1e-4 and abs(lon_deg) < 1e-4:
        return None, (f"{source} gives the position 0, 0: the GPS had no fix; it was left out.",)
    try:
        return LatLon(lat_deg, lon_deg), ()
    except ValueError as error:
        return None, (f"{source} gives an impossible position ({error}); it was left out.",)


def _altitude(gps: dict[int, Any]) -> float | None:
    value = _number(gps.get(ExifTags.GPS.GPSAltitude))
    if value is None or abs(value) > 20_000:
        return None
    below = gps.get(ExifTags.GPS.GPSAltitudeRef) in (1, b"\x01")
    return -abs(value) if below else value


def _sensor_width(detail: dict[int, Any]) -> float | None:
    per_unit = _positive(detail.get(ExifTags.Base.FocalPlaneXResolution))
    pixels = _positive(detail.get(ExifTags.Base.ExifImageWidth))
    unit = _MM_PER_UNIT.get(int(_number(detail.get(ExifTags.Base.FocalPlaneResolutionUnit)) or 2))
    if per_unit is None or pixels is None or unit is None:
        return None
    width = pixels / per_unit * unit
    return width if 2.0 <= width <= 60.0 else None
