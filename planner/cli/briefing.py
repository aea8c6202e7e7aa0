"""The briefing of a mission, from the mission, its checks, its light and its zones."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from planner.cli.brief_rows import (
    CHECKLIST,
    DIVE_CHECKLIST,
    MOST_NOTES,
    MOST_VESSELS,
    MOST_ZONES,
    contact_rows,
    finding_rows,
    leg_row,
    light_lines,
    percent,
    search_rows,
    shortened,
    vessel_lines,
    zone_lines,
)
from planner.model.errors import BadInput
from planner.model.patterns import PatrolParameters
from planner.model.plan import Pattern

if TYPE_CHECKING:
    from planner.formats.contacts import Vessel
    from planner.formats.missions import Imported
    from planner.geo.glint import Wind
    from planner.geo.points import LatLon
    from planner.maps.brief import Brief
    from planner.maps.brief import Verdict as Shown
    from planner.maps.chart import Chart
    from planner.model.outlook import Outlook
    from planner.model.profiles import CameraProfile, DroneProfile
    from planner.model.zone import Zone
    from planner.route.check_values import Verdict
    from planner.route.timeline import Timeline

MOST_LEGS = 40
"""More legs than this are told in a sentence, so that the briefing stays on two pages."""
MOST_DRAWN = 40
NEAR_M = 500.0
"""Zones closer than this to the way are on the map and in the list."""
CHART_MM = (116.0, 100.0)
KINDS = {
    Pattern.AREA: "Area patrol",
    Pattern.CORRIDOR: "Corridor patrol",
    Pattern.PERIMETER: "Perimeter patrol",
    Pattern.PATROL: "Randomised patrol",
    Pattern.EXPANDING_SQUARE: "Expanding square search",
    Pattern.SECTOR: "Sector search",
    Pattern.PARALLEL: "Parallel track search",
    Pattern.CREEPING: "Creeping line search",
    Pattern.ORBIT: "Look round a vessel",
    Pattern.HULL: "Scan of a hull under water",
}
"""What a pilot calls a flight of each pattern."""


def briefing(  # noqa: PLR0913 -- each a thing of its own that a flight has
    imported: "Imported",
    drone: "DroneProfile",
    camera: "CameraProfile",
    *,
    take_off_utc: datetime,
    wind: "Wind | None",
    zones: "Sequence[Zone]" = (),
    contacts: Sequence[tuple[str, str]] = (),
    outlook: "Outlook | None" = None,
    vessels: "Sequence[Vessel]" = (),
) -> "Brief":
    """The briefing of a mission that takes off at a moment, ready to be written as HTML or PDF.

    `vessels` are those to look at. `outlook` is for what wind and time do not say; without it, that of the plan.

    Raises:
        BadInput: a mission without legs, or an operation that the rules do not know.
    """
    from planner.formats.rules import EASA, read_rules
    from planner.geo.glint import Wind
    from planner.maps.brief import Brief
    from planner.model.outlook import Outlook
    from planner.route.check import check
    from planner.route.check_values import Wind as CheckWind
    from planner.route.check_values import conditions_of
    from planner.route.light import light_of
    from planner.route.timeline import timeline

    mission, plan = imported.mission, imported.plan
    line = timeline(mission, drone)
    if not line.legs:
        raise BadInput(imported.source, "has no legs: fewer than two different places")
    take_off = take_off_utc.astimezone(UTC)
    light = light_of(line, camera, line.legs[0].start, take_off_utc=take_off, wind=wind or Wind(5.0, 270.0))
    outlook = outlook or (Outlook() if plan is None else plan.outlook)
    aloft = None if wind is None else CheckWind(wind.speed_m_s, wind.from_deg)
    if wind == plan_wind(outlook):
        aloft = conditions_of(outlook).wind  # with its gusts
    law = read_rules(outlook.rules_file or EASA, outlook.operation)
    verdict = check(mission, drone, zones, replace(conditions_of(outlook), wind=aloft, start_utc=take_off), law)
    touched = _near(zones, line)
    names = {zone.name: shortened(zone.name) for zone, _ in touched if zone.name}
    dives = lowest_m(line) < 0
    begins = "start" if dives else "take-off"
    rows = [leg_row(k, leg, light) for k, leg in enumerate(line.legs, start=1)]
    name = plan.name if plan is not None else imported.source.stem
    kind = KINDS[plan.pattern] if plan is not None else "Mission made elsewhere"
    return Brief(
        title=name,
        subtitle=f"{kind} with {drone.name} and {camera.name}; {begins} {take_off:%a %d %b %Y %H:%M} UTC",
        verdict=_verdict(verdict),
        made_utc=datetime.now(UTC).replace(microsecond=0),
        chart=_chart(imported, touched, line, vessels),
        facts=_facts(imported, line, verdict, take_off),
        energy=_energy(verdict, drone, wind, dives=dives),
        findings=finding_rows(verdict.problems, names),
        zones=("Under water: not judged.",) if dives else zone_lines(touched, asked=bool(zones), near_m=NEAR_M),
        light=("Under water: not judged.",) if dives else light_lines(light, wind),
        legs=tuple(rows[:MOST_LEGS]),
        legs_note=_legs_note(line, len(rows)),
        vessels=vessel_lines(vessels),
        contacts=contact_rows(contacts),
        checklist=DIVE_CHECKLIST if dives else CHECKLIST,
        notes=_notes(imported, line, verdict),
    )


def lowest_m(line: "Timeline") -> float:
    """The lowest height above the launch place, below 0 under water; heights a vehicle cannot tell from 0 are 0."""
    lowest = min(min(leg.start_height_m, leg.end_height_m) for leg in line.legs)
    return lowest if lowest < -0.5 else 0.0


def _verdict(verdict: "Verdict") -> "Shown":
    from planner.maps.brief import Verdict as Shown

    if not verdict.flyable:
        return Shown.NO
    return Shown.READ if verdict.problems else Shown.FLY


def _facts(
    imported: "Imported", line: "Timeline", verdict: "Verdict", take_off: datetime
) -> tuple[tuple[str, str], ...]:
    figures, home = verdict.figures, imported.mission.home
    seconds = float(figures.get("duration_s") or line.duration_s)
    metres = float(figures.get("flight_m") or sum(leg.length_m for leg in line.legs))
    highest = max(max(leg.start_height_m, leg.end_height_m) for leg in line.legs)
    lowest = lowest_m(line)
    launch = "not in the file" if home is None else f"{home.at.lat_deg:.5f}, {home.at.lon_deg:.5f}"
    rows = [
        ("Take-off" if lowest >= 0 else "Start", f"{take_off:%H:%M} UTC"),
        ("Landing" if lowest >= 0 else "End", f"{take_off + timedelta(seconds=seconds):%H:%M} UTC"),
        ("In the air" if lowest >= 0 else "Dive", _minutes(seconds)),
        ("Way", f"{metres / 1000:.2f} km"),
        ("Height", f"{highest:z.0f} m above launch") if lowest >= 0 else ("Depth", f"down to {-lowest:.1f} m"),
        ("Launch", launch),
        ("Items", f"{len(imported.mission)}"),
    ]
    farthest = figures.get("farthest_m")
    if farthest is not None:
        rows.append(("Farthest", f"{float(farthest):.0f} m from launch"))
    pictures = imported.plan_data.get("figures") if imported.plan_data is not None else None
    if isinstance(pictures, dict) and isinstance(pictures.get("captures"), int | float):
        if lowest >= 0:
            rows.append(("Pictures", f"{pictures['captures']:.0f}"))
        rows += search_rows(pictures)
    return tuple(rows)


def _energy(
    verdict: "Verdict", drone: "DroneProfile", wind: "Wind | None", *, dives: bool
) -> tuple[tuple[str, str], ...]:
    f = verdict.figures
    air = "still air: no wind was given" if wind is None else f"{wind.speed_m_s:g} m/s from {wind.from_deg:.0f}"
    rows = [("Current", "not counted")] if dives else [("Wind", air), ("Drone's limit", f"{drone.max_wind_m_s:g} m/s")]
    needed, usable = f.get("energy_wh"), f.get("usable_wh")
    if needed is not None and usable is not None:
        rows.append(("Needed", f"{float(needed):.0f} of {float(usable):.0f} Wh"))
        rows.append(("Reserve", f"{percent(drone.reserve_fraction)} of {drone.battery_wh:g} Wh kept"))
    item = f.get("no_return_item")
    rows.append(("No return", "not on this way" if item is None else f"on the way to item {item}"))
    return tuple(rows)


def _legs_note(line: "Timeline", legs: int) -> str:
    said = "T+ in minutes from take-off in still air; glint: share of the picture."
    if lowest_m(line) < 0:
        said = "T+ in minutes from the start in still water."
    left = line.legs[MOST_LEGS:]
    if not left:
        return said
    metres, seen = sum(leg.length_m for leg in left), sum(leg.trigger_m > 0 for leg in left)
    return f"{legs - MOST_LEGS} more legs follow, {metres / 1000:.2f} km, {seen} of them with the camera on. {said}"


def _near(zones: "Sequence[Zone]", line: "Timeline") -> "list[tuple[Zone, float]]":
    """The zones within NEAR_M of the way with their distance in metres: nearest first, of equal ones no-fly first."""
    import shapely
    from shapely.geometry import LineString, Polygon

    from planner.geo.points import LocalFrame
    from planner.model.zone import ZoneRule

    frame = LocalFrame(line.legs[0].start)
    way = shapely.union_all([LineString(frame.to_metres([leg.start, leg.end])) for leg in line.legs])
    found = []
    for zone in zones:
        if abs(zone.outline[0].lat_deg - frame.origin.lat_deg) > 3:
            continue
        shape = shapely.make_valid(Polygon(frame.to_metres(zone.outline), [frame.to_metres(h) for h in zone.holes]))
        distance = float(shape.distance(way))
        if distance <= NEAR_M:
            found.append((zone, distance))
    return sorted(found, key=lambda pair: (pair[1], pair[0].rule is not ZoneRule.NO_FLY))[:MOST_DRAWN]


def _chart(
    imported: "Imported", touched: "Sequence[tuple[Zone, float]]", line: "Timeline", vessels: "Sequence[Vessel]"
) -> "Chart":
    from planner.geo.points import centroid
    from planner.maps.chart import chart_of
    from planner.maps.layers import Colour, Marker, PolygonLayer, Shape
    from planner.maps.missions import mission_layers

    labels: list[tuple[LatLon, str]] = [(leg.end, str(leg.item)) for leg in line.legs[:-1]]
    plan = imported.plan
    names: list[tuple[LatLon, str]] = []
    if plan is not None and isinstance(plan.parameters, PatrolParameters):
        names += [
            (watch.places[len(watch.places) // 2], shortened(watch.name, 24)) for watch in plan.parameters.watches
        ]
    names += [(centroid(zone.outline), f"Z{n}") for n, (zone, _) in enumerate(touched[:MOST_ZONES], start=1)]
    placed = [(vessel.at, f"V{n}") for n, vessel in enumerate(vessels[:MOST_VESSELS], start=1) if vessel.at is not None]
    marks = [Marker(at, Shape.DIAMOND, text, "Vessels", Colour.SUSPICIOUS, label=text) for at, text in placed]
    layers = mission_layers(imported.mission, plan)
    width, height = CHART_MM
    drawn = [PolygonLayer(z.outline, z.holes, z.name, "Zones", Colour.NO_FLY, fill_opacity=0.1) for z, _ in touched]
    return chart_of(layers, width_mm=width, height_mm=height, labels=labels, names=names, under=[*drawn, *marks])


def plan_wind(outlook: "Outlook") -> "Wind | None":
    """The wind of an outlook as the light takes it: at most 60 m/s."""
    from planner.geo.glint import Wind

    blowing = outlook.wind
    return None if blowing is None else Wind(min(blowing.speed_m_s, 60.0), blowing.direction_deg)


def _notes(imported: "Imported", line: "Timeline", verdict: "Verdict") -> tuple[str, ...]:
    unchecked = verdict.figures.get("unchecked")
    notes = [f"Not checked: {unchecked}."] if unchecked else []
    notes += [*imported.notes, *line.notes]
    if len(notes) > MOST_NOTES:
        notes = [*notes[:MOST_NOTES], f"{len(notes) - MOST_NOTES} more notes; see 'quaywatch plan info'"]
    return tuple(note[0].upper() + note[1:] for note in notes)


def _minutes(seconds: float) -> str:
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left:02d} s"
