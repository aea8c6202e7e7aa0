"""The rows and sentences of a briefing: findings, legs, zones, light, contacts, vessels and the list to tick."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from planner.cli.light import daylight_line
from planner.model.errors import BadInput

if TYPE_CHECKING:
    from planner.formats.contacts import Vessel
    from planner.geo.glint import Wind
    from planner.maps.brief import Finding, LegRow
    from planner.model.zone import Zone
    from planner.route.check_values import Problem
    from planner.route.light import Light
    from planner.route.timeline import TimedLeg

MOST_FINDINGS = 10
ALIKE = 3
"""So many findings of one kind are told in full; the rest of them in one sentence."""
MOST_ZONES, MOST_VESSELS, MOST_NOTES = 7, 6, 6
NAME_CHARS, VESSEL_CHARS, REASON_CHARS, SENTENCE_CHARS = 44, 24, 160, 240
STANDING_CONTACTS = ("Pilot", "Observer", "Harbour control (VHF)", "Air traffic service", "Coastguard")
CHECKLIST = (
    (
        "Before leaving",
        (
            "NOTAM and airspace of the day read",
            "Permission of port and landowner at hand",
            "Weather and wind within the drone's limits",
            "Batteries charged, memory card empty",
            "Registration and insurance at hand",
        ),
    ),
    (
        "At the launch place",
        (
            "People and vessels clear of the way",
            "Propellers, arms and battery lock checked",
            "Lens clean, camera moves freely",
            "Position fix good, home set here",
            "Return height above all cranes and masts",
        ),
    ),
    (
        "Before arming",
        (
            "Mission stored and read back equal",
            "Failsafes for link and battery set",
            "Fence and rally points stored",
            "Observer briefed, radio checked",
            "Contacts informed of the take-off",
        ),
    ),
)

DIVE_CHECKLIST = (
    (
        "Before leaving",
        (
            "Leave of port, ship and berth at hand",
            "Tide, current and visibility looked up",
            "Depth of water under the keel known",
            "Batteries charged, memory card empty",
            "Ship told: propellers, sonars, intakes off",
        ),
    ),
    (
        "At the launch place",
        (
            "Seals, vents and leak alarm checked",
            "Tether free, tended and long enough",
            "Camera, lights and tilt up checked",
            "Position under water good (DVL, USBL)",
            "Home set at the surface, depth reads 0",
        ),
    ),
    (
        "Before arming",
        (
            "Mission stored and read back equal",
            "Failsafes for leak, battery, tether set",
            "First turn: vehicle faces the hull",
            "Tender briefed, radio checked",
            "Contacts informed of the dive",
        ),
    ),
)


def search_rows(figures: Mapping[str, object]) -> "list[tuple[str, str]]":
    """What a pilot is told of a search, from the plan's figures; nothing where it is none."""
    numbers = {name: value for name, value in figures.items() if isinstance(value, int | float)}
    if not {"coverage_factor", "pod", "track_spacing_m"} <= set(numbers):
        return []
    rows = [
        ("Found if there", f"{numbers['pod']:.0%}; ideal {numbers.get('pod_ideal', numbers['pod']):.0%}"),
        ("Coverage factor", f"{numbers['coverage_factor']:.2f}, tracks {numbers['track_spacing_m']:.0f} m apart"),
    ]
    if {"poc", "pos"} <= set(numbers):
        rows.insert(1, ("It is there", f"{numbers['poc']:.0%}; found at all {numbers['pos']:.0%}"))
    datum = figures.get("datum")
    if isinstance(datum, Sequence) and len(datum) == 2 and all(isinstance(v, int | float) for v in datum):
        rows.append(("Datum", f"{datum[0]:.5f}, {datum[1]:.5f}"))
    if {"drift_m", "drift_deg", "error_m"} <= set(numbers):
        drift = (
            f"{numbers['drift_m']:.0f} m to {numbers['drift_deg']:03.0f}\u00b0, give or take {numbers['error_m']:.0f} m"
        )
        rows.append(("Drifted", drift))
    return rows


def shortened(text: str, chars: int = NAME_CHARS) -> str:
    """A text of at most `chars` letters: the middle of a longer one gives way, since names often end in a number."""
    half = (chars - 1) // 2
    return text if len(text) <= chars else f"{text[:half].rstrip()}\u2026{text[-half:].lstrip()}"


def finding_rows(problems: "Iterable[Problem]", names: Mapping[str, str]) -> "tuple[Finding, ...]":
    """The problems, errors first, alike ones drawn together; `names` are long names and what to say for them."""
    from planner.maps.brief import Finding
    from planner.route.check_values import Severity

    errors_first = sorted(problems, key=lambda p: p.severity is not Severity.ERROR)
    seen: Counter[tuple[Severity, str]] = Counter()
    rows: list[Finding] = []
    left: dict[tuple[Severity, str], list[Problem]] = {}
    for problem in errors_first:
        kind = (problem.severity, problem.code)
        seen[kind] += 1
        if seen[kind] > ALIKE or len(rows) >= MOST_FINDINGS - 1:
            left.setdefault(kind, []).append(problem)
            continue
        text = problem.message
        for name, short in names.items():
            text = text.replace(name, short)
        rows.append(Finding(problem.severity is Severity.ERROR, _cut(text)))
    if left:
        severe = any(severity is Severity.ERROR for severity, _ in left)
        said = "; ".join(_more(code, problems) for (_, code), problems in left.items())
        rows.append(Finding(severe, _cut(f"More: {said}. See 'quaywatch plan check'.")))
    return tuple(rows)


def _more(code: str, problems: "Sequence[Problem]") -> str:
    items = sorted({problem.item for problem in problems if problem.item is not None})
    listed = ", ".join(map(str, items[:6])) + (", ..." if len(items) > 6 else "")
    where = f" (item{'s' if len(items) > 1 else ''} {listed})" if items else ""
    return f"{len(problems)} of {code.replace('-', ' ').replace('_', ' ')}{where}"


def _cut(text: str, chars: int = SENTENCE_CHARS) -> str:
    return text if len(text) <= chars else text[: chars - 1].rstrip() + "\u2026"


def leg_row(number: int, leg: "TimedLeg", light: "Light") -> "LegRow":
    """A leg as the table shows it."""
    from planner.maps.brief import LegRow

    glint = {(seen.item, seen.at_utc): seen.in_glint for seen in light.legs}
    share = glint.get((leg.item, light.take_off_utc + timedelta(seconds=(leg.start_s + leg.end_s) / 2)))
    level = abs(leg.end_height_m - leg.start_height_m) < 0.5
    digits = 1 if min(leg.start_height_m, leg.end_height_m) < 0 else 0
    height = f"{leg.end_height_m:z.{digits}f} m"
    if not level:
        height = f"{leg.start_height_m:z.{digits}f} to {height}"
    minutes, seconds = divmod(round(leg.start_s), 60)
    return LegRow(
        number=str(number),
        to_item=str(leg.item),
        course=f"{leg.course_deg % 360:03.0f}\u00b0",
        length=f"{leg.length_m:.0f} m",
        height=height,
        at=f"{minutes}:{seconds:02d}",
        camera=f"every {leg.trigger_m:.0f} m" if leg.trigger_m > 0 else "off",
        glint="" if share is None or leg.trigger_m <= 0 else percent(share),
    )


def light_lines(light: "Light", wind: "Wind | None") -> tuple[str, ...]:
    """Daylight, sun, glint and the best take-off, in sentences."""
    sun = light.legs[0].sun if light.legs else None
    day = daylight_line(light.day)
    lines = [day[0].upper() + day[1:] + ("." if day.endswith("UTC") or "not" in day else " UTC.")]
    if not light.in_daylight:
        lines.append("Not all of the flight is in daylight.")
    if sun is not None:
        lines.append(f"Sun at {sun.azimuth_deg:.0f}\u00b0, {sun.elevation_deg:.0f}\u00b0 high on the first leg.")
    assumed = "" if wind is not None else " (for 5 m/s of wind from 270\u00b0, as none was given)"
    lines.append(f"{percent(light.in_glint)} of the pictures is in sun glint{assumed}.")
    if light.window is None:
        lines.append("No take-off today ends in daylight.")
    elif light.in_glint > light.window.in_glint + 0.02:
        lines.append(
            f"Least glint today: take off {light.window.start_utc:%H:%M} to {light.window.end_utc:%H:%M} UTC "
            f"({percent(light.window.in_glint)})."
        )
    return tuple(lines)


def zone_lines(touched: "Sequence[tuple[Zone, float]]", *, asked: bool, near_m: float) -> tuple[str, ...]:
    """The nearest zones with their marks on the map, or why there are none."""
    if not asked:
        return ("Not checked: no zones were given (--zones).",)
    if not touched:
        return (f"None within {near_m:.0f} m of the way.",)
    said = [
        f"Z{n}  {shortened(zone.name)} ({zone.rule.value}): "
        + ("on the way" if distance == 0 else f"{distance:.0f} m off")
        for n, (zone, distance) in enumerate(touched[:MOST_ZONES], start=1)
    ]
    more = touched[MOST_ZONES:]
    if not more:
        return tuple(said)
    across = sum(distance == 0 for _, distance in more)
    return (*said, f"and {len(more)} more within {near_m:.0f} m, {across} of them on the way")


def vessel_lines(vessels: "Sequence[Vessel]") -> tuple[str, ...]:
    """Vessels to look at, with their marks on the map."""
    said = []
    for n, vessel in enumerate(vessels[:MOST_VESSELS], start=1):
        at = "place unknown" if vessel.at is None else f"{vessel.at.lat_deg:.5f}, {vessel.at.lon_deg:.5f}"
        seen = "" if vessel.at_utc is None else f", seen {vessel.at_utc:%d %b %H:%M} UTC"
        why = f": {_cut(vessel.reason, REASON_CHARS)}" if vessel.reason else ""
        said.append(f"V{n}  {shortened(vessel.name, VESSEL_CHARS)}, {at}{seen}{why}")
    more = len(vessels) - MOST_VESSELS
    return (*said, f"and {more} more in the case") if more > 0 else tuple(said)


def contacts_of(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Names and how to reach them, from "NAME: how to reach".

    Raises:
        BadInput: one without a colon.
    """
    pairs = []
    for text in given:
        name, colon, how = text.partition(":")
        if not colon or not name.strip() or len(text) > 200:
            raise BadInput("--contact", f"{text[:40]!r} is not NAME: how to reach")
        pairs.append((name.strip(), how.strip()))
    return tuple(pairs)


def contact_rows(given: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The contacts given, then those that every flight has, to be filled in."""
    named = {name.casefold() for name, _ in given}
    blank = [(name, "") for name in STANDING_CONTACTS if name.casefold() not in named]
    return (*given, *blank, ("Emergency", "112 (EU)")) if "emergency" not in named else (*given, *blank)


def percent(share: float) -> str:
    """A share in [0, 1] as whole per cent."""
    return f"{share * 100:.0f} %"
