"""Places as the options of `quaywatch sim` take them."""

import math

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
