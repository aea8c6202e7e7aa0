"""Places as the options of `quaywatch sim` take them."""

import math
import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from planner.geo.points import LatLon
from planner.model.errors import BadInput

if TYPE_CHECKING:
    from sitl.world.harbour import Harbour


def home_of(text: str, default_msl_m: float) -> tuple[LatLon, float]:
    """Place and height above the sea of LAT,LON or LAT,LON,MSL.

    Raises:
        BadInput: not such a text.
    """
    parts = text.split(",")
    if len(parts) not in {2, 3}:
        raise BadInput("--home", f"must be LAT,LON or LAT,LON,MSL in degrees and metres, got {text!r}")
    try:
        numbers = [float(part) for part in parts]
        at = LatLon(numbers[0], numbers[1])
    except ValueError as error:
        raise BadInput("--home", f"must be LAT,LON or LAT,LON,MSL in degrees and metres: {error}") from None
    msl_m = numbers[2] if len(numbers) == 3 else default_msl_m
    if not math.isfinite(msl_m):
        raise BadInput("--home", f"height above the sea must be a number, got {parts[2]}")
    return at, msl_m


def address_of(text: str, option: str) -> tuple[str, int]:
    """Host and port of HOST:PORT or tcp:HOST:PORT.

    Raises:
        BadInput: not such a text; names `option`.
    """
    match = re.fullmatch(r"(?:tcp:|udp:|udpout:)?(?P<host>[^:\s]+):(?P<port>\d{1,5})", text.strip())
    if match is None or not 0 < int(match["port"]) <= 65535:
        raise BadInput(option, f"must be HOST:PORT, as 127.0.0.1:5760, got {text!r}")
    return match["host"], int(match["port"])


def wind_of(text: str) -> tuple[float, float]:
    """East and north of the air's motion for a wind SPEED@FROM.

    Raises:
        BadInput: not such a text.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)@(\d+(?:\.\d+)?)", text.strip())
    if match is None or float(match[1]) > 30:
        raise BadInput("--wind", f"must be SPEED@FROM with at most 30 m/s, for example 6@270, got {text!r}")
    speed, towards = float(match[1]), math.radians(float(match[2]) + 180.0)
    return speed * math.sin(towards), speed * math.cos(towards)


def moment_of(text: str) -> datetime:
    """The time of an ISO 8601 text; without a zone it is UTC.

    Raises:
        BadInput: not such a text.
    """
    from datetime import UTC

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput("--start-utc", f"must be a time as 2026-05-01T10:00:00Z, got {text!r}") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def in_weather(
    harbour: "Harbour", weather: str | None, thermal: str | None, wind: str | None, start_utc: datetime | None
) -> "Harbour":
    """The harbour in the light of its time and the weather told; as it is without any.

    Raises:
        BadInput: no such weather or palette.
    """
    if weather is None and thermal is None:
        return harbour
    from datetime import UTC

    from sitl.scenario.light import look_of
    from sitl.scenario.read import weather_of
    from sitl.world.looks import THERMAL_PALETTES

    if thermal is not None and thermal not in THERMAL_PALETTES:
        raise BadInput("--thermal", f"must be one of {', '.join(THERMAL_PALETTES)}, got {thermal!r}")
    told = weather_of(weather or "", "--weather")
    if wind:
        east, north = wind_of(wind)
        from_deg = math.degrees(math.atan2(-east, -north)) % 360.0
        told = replace(told, wind_m_s=math.hypot(east, north), wind_from_deg=from_deg)
    look = look_of(told, harbour.look, harbour.origin, start_utc or datetime.now(UTC), thermal=thermal)
    return replace(harbour, look=look)
