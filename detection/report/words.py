"""Figures as people read them: every one with its unit, times in UTC."""

from datetime import datetime

from detection.locate.sightings import Ellipse
from planner.geo.points import LatLon

NOT_KNOWN = "not known"


def moment(at: datetime | None) -> str:
    """A time, to the second.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 5, 4, 10, 0, 7, tzinfo=UTC))
    '2026-05-04 10:00:07 UTC'
    """
    if at is None:
        return NOT_KNOWN
    from datetime import UTC

    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def place(at: LatLon | None) -> str:
    """A place to the metre.

    >>> place(LatLon(-51.97, 4.05))
    '51.97000° S 4.05000° E'
    """
    if at is None:
        return NOT_KNOWN
    ns, ew = ("N" if at.lat_deg >= 0 else "S"), ("E" if at.lon_deg >= 0 else "W")
    return f"{abs(at.lat_deg):.5f}° {ns} {abs(at.lon_deg):.5f}° {ew}"


def error(ellipse: Ellipse | None) -> str:
    """An error ellipse."""
    if ellipse is None:
        return NOT_KNOWN
    return f"± {ellipse.major_m:.1f} m along {ellipse.bearing_deg:03.0f}°, ± {ellipse.minor_m:.1f} m across (1 sigma)"


def length(span: tuple[float, float] | None) -> str:
    """A measured length."""
    if span is None:
        return NOT_KNOWN
    return f"{span[0]:.0f} m" if span[1] - span[0] < 1 else f"{span[0]:.0f} to {span[1]:.0f} m"


def speed(speed_m_s: float | None, sigma_m_s: float | None, course_deg: float | None) -> str:
    """A measured speed, in knots, and its course."""
    if speed_m_s is None:
        return NOT_KNOWN
    knots = speed_m_s * 3600 / 1852
    sigma = "" if sigma_m_s is None else f" ± {sigma_m_s * 3600 / 1852:.1f}"
    course = "" if course_deg is None else f", course {course_deg:03.0f}°"
    return f"{knots:.1f}{sigma} kn{course}"


def metres(value: float | None) -> str:
    """A declared size."""
    return "not declared" if not value else f"{value:.0f} m"


def value(found: object) -> str:
    """A value behind a flag."""
    return "none" if found is None else str(found)


def label(name: str) -> str:
    """A value's name with its unit set apart.

    >>> label("gap_m"), label("vessels_heard"), label("other_speed_m_s")
    ('gap, m', 'vessels heard', 'other speed, m/s')
    """
    for ending, unit in (("_m_s", "m/s"), ("_m", "m"), ("_km", "km"), ("_min", "min"), ("_s", "s")):
        if name.endswith(ending):
            return f"{name.removesuffix(ending).replace('_', ' ')}, {unit}"
    return name.replace("_", " ")


SHIP_TYPES = {3: "special", 4: "high-speed craft", 6: "passenger", 7: "cargo", 8: "tanker", 9: "other"}
SPECIAL = {30: "fishing", 31: "towing", 32: "towing", 33: "dredging", 35: "military", 36: "sailing", 37: "pleasure"}
SERVICE = {50: "pilot", 51: "search and rescue", 52: "tug", 53: "port tender", 55: "law enforcement", 58: "medical"}


def ship_type(code: int | None) -> str:
    """An AIS ship type (ITU-R M.1371, table 53) in words."""
    if code is None:
        return "not declared"
    name = SPECIAL.get(code) or SERVICE.get(code) or SHIP_TYPES.get(code // 10) or "other"
    return f"{name} ({code})"
