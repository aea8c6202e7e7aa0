"""Places as the options of `quaywatch sim` take them."""

import math
import re

from planner.geo.points import LatLon
from planner.model.errors import BadInput


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
