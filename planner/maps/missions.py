"""A mission on a saved map: areas, lines, links, launch place, waypoints, fence and rally points."""

from planner.geo.points import LatLon
from planner.maps.layers import Colour, Layer, Line, Marker, PolygonLayer, Shape
from planner.maps.offline import Theme, offline_map
from planner.model.mission import Command, Frame, Mission, MissionItem
from planner.model.plan import AreaKind, Plan
from planner.model.zone import ZoneRule

UNDRAWN = frozenset({ZoneRule.INFORMATION, ZoneRule.LAND, ZoneRule.SHORE, ZoneRule.FAIRWAY})
"""Zones that say nothing about where to fly."""
DATUMS = {
    Frame.GLOBAL: "above mean sea level",
    Frame.GLOBAL_INT: "above mean sea level",
    Frame.GLOBAL_RELATIVE_ALT: "above launch",
    Frame.GLOBAL_RELATIVE_ALT_INT: "above launch",
    Frame.GLOBAL_TERRAIN_ALT: "above ground",
    Frame.GLOBAL_TERRAIN_ALT_INT: "above ground",
}


def mission_map(mission: Mission, plan: Plan | None = None, *, title: str = "", theme: Theme = "dark") -> str:
    """A whole HTML page that shows a mission and, where known, the areas it was planned from; opens offline."""
    return offline_map(mission_layers(mission, plan), title=title or (plan.name if plan else ""), theme=theme)


def mission_layers(mission: Mission, plan: Plan | None = None) -> list[Layer]:
    """The layers of a mission, undermost first."""
    zones = [] if plan is None else [*_zone_layers(plan), *_kept_out_layers(plan)]
    return [*_area_layers(plan), *zones, *_fence_layers(mission), *_way_layers(mission), *_place_layers(mission)]


def _area_layers(plan: Plan | None) -> list[Layer]:
    layers: list[Layer] = []
    for area in plan.areas if plan else ():
        if area.kind is AreaKind.LINE:
            layers.append(Line(area.outline, area.name, "Area to watch", Colour.UNSURE, width_px=2))
        else:
            layers.append(
                PolygonLayer(area.outline, area.holes, area.name, "Area to watch", Colour.UNSURE, fill_opacity=0.08)
            )
    return layers


def _zone_layers(plan: Plan) -> list[Layer]:
    """The zones of the plan that are near enough to be looked at, by rule."""
    layers: list[Layer] = []
    for zone in plan.all_zones:
        if zone.rule in UNDRAWN or len(zone.outline) < 3:
            continue
        no_fly = zone.rule is ZoneRule.NO_FLY
        colour = Colour.NO_FLY if no_fly or zone.rule is ZoneRule.OBSTACLE else Colour.RESTRICTED
        limits = f", {zone.lower or 'ground'} to {zone.upper or 'any height'}"
        tip = f"{zone.name}: {zone.rule}{limits}"
        group = f"Zones: {zone.rule.value.replace('-', ' ')}"
        fill = 0.2 if no_fly else 0.05
        layers.append(
            PolygonLayer(zone.outline, zone.holes, zone.name, group, colour, tip, dashed=not no_fly, fill_opacity=fill)
        )
    return layers


def _kept_out_layers(plan: Plan) -> list[Layer]:
    return [
        PolygonLayer(area.outline, area.holes, area.name, "Kept out of", Colour.QUIET, dashed=True, fill_opacity=0.1)
        for area in plan.keep_out
    ]


def _fence_layers(mission: Mission) -> list[Layer]:
    layers: list[Layer] = []
    for polygon in mission.fence_polygons:
        kind = "Fence: stay inside" if polygon.inclusion else "Fence: stay out"
        colour = Colour.AIS if polygon.inclusion else Colour.NO_FLY
        opacity = 0.0 if polygon.inclusion else 0.15
        layers.append(PolygonLayer(polygon.places, (), "", kind, colour, dashed=True, fill_opacity=opacity))
    layers.extend(
        Marker(
            circle.at,
            Shape.CIRCLE,
            f"fence circle, {circle.radius_m:g} m",
            "Fence circles",
            Colour.AIS if circle.inclusion else Colour.NO_FLY,
            hollow=True,
        )
        for circle in mission.fence_circles
    )
    return layers


def _way_layers(mission: Mission) -> list[Layer]:
    """The way from the launch place through all items, broken where the camera goes on or off."""
    at: LatLon | None = mission.home.at if mission.home else None
    runs: list[tuple[str, list[LatLon]]] = []
    camera, began = False, False
    for flown in mission:
        if flown.command == Command.DO_SET_CAM_TRIGG_DIST:
            camera = bool(flown.params[0])
            continue
        to = _goal(flown, mission)
        if to is None:
            continue
        if at is not None and at != to:
            group = "Photographed" if camera else "Way"
            if not began or flown.command == Command.NAV_RETURN_TO_LAUNCH:
                group = "Way"
            if runs and runs[-1][0] == group and runs[-1][1][-1] == at:
                runs[-1][1].append(to)
            else:
                runs.append((group, [at, to]))
        began = True
        at = to
    return [
        Line(
            tuple(places), "", group, Colour.ACCENT if group == "Photographed" else Colour.QUIET, dashed=group == "Way"
        )
        for group, places in runs
    ]


def _goal(flown: MissionItem, mission: Mission) -> LatLon | None:
    if flown.command == Command.NAV_RETURN_TO_LAUNCH:
        return mission.home.at if mission.home else None
    if flown.command == Command.DO_SET_ROI_LOCATION:
        return None
    return flown.at


def _place_layers(mission: Mission) -> list[Layer]:
    layers: list[Layer] = []
    for number, flown in enumerate(mission, start=1):
        at = flown.at
        if at is None or (number == 1 and flown.command == Command.NAV_TAKEOFF):
            continue
        datum = next((text for frame, text in DATUMS.items() if frame == flown.frame), f"in frame {flown.frame}")
        height = "" if flown.height_m is None else f", {flown.height_m:g} m {datum}"
        known = flown.command in set(Command)
        what = Command(flown.command).name.removeprefix("NAV_").replace("_", " ").lower() if known else "command"
        tip = f"item {number}: {what if known else f'command {flown.command}'}{height}"
        layers.append(Marker(at, Shape.DOT, "", "Waypoints", Colour.ACCENT, tip))
    layers.extend(
        Marker(rally.at, Shape.SQUARE, f"rally point, {rally.height_m:g} m", "Rally points", Colour.AIS)
        for rally in mission.rally
    )
    if mission.home:
        home = mission.home
        text = f"{home.at.lat_deg:.6f}, {home.at.lon_deg:.6f}\n{home.msl_m:g} m above mean sea level"
        layers.append(Marker(home.at, Shape.ARROW, "Launch", "Launch", Colour.ACCENT, popup=text, label="Launch"))
    return layers
