"""The planner itself behind the Plan page: everything is imported where it is used, so that the window opens fast."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from gui.plan.services import Flyable, Sample, Sorties, Understood
from gui.plan.values import Finding
from planner.formats.missions import Imported
from planner.geo.points import LatLon, centroid, distance_m
from planner.model.errors import BadInput, QuaywatchError
from planner.model.mission import Home
from planner.model.patterns import WatchPlace
from planner.model.plan import Area, Plan
from planner.model.planned import Figures, Leg, LegKind, PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.model.zone import Zone
from planner.route.check_values import Verdict
from planner.route.profile import Profile

NEAR_DEG = 0.009
"""About a kilometre of latitude."""
MOST_GLINT = 3
"""Legs with most glint that are shown one by one."""
PLAN_ENDINGS = {".plan", ".waypoints", ".txt", ".gpx", ".fence", ".fen", ".rally", ".ral"}
"""Files that can only be missions."""


class QuaywatchPlanning:
    """The real thing."""

    def drones(self) -> tuple[DroneProfile, ...]:
        """The drones that come along."""
        from planner.formats.profiles import drones

        return drones()

    def cameras(self) -> tuple[CameraProfile, ...]:
        """The cameras that come along."""
        from planner.formats.profiles import cameras

        return cameras()

    def make(self, plan: Plan) -> PlannedMission:
        """The mission of a plan."""
        from planner.route.make import make_mission

        return make_mission(plan)

    def as_flown(self, imported: Imported, drone: DroneProfile, camera: CameraProfile) -> PlannedMission:
        """A mission made elsewhere: its legs in still air, and the figures that it tells."""
        from planner.route.timeline import planned_shots, timeline

        mission = imported.mission
        line = timeline(mission, drone)
        if not line.legs:
            raise BadInput(imported.source.name, "has no legs: fewer than two different places")
        legs = tuple(Leg(t.start, t.end, t.trigger_m > 0, _kind(camera=t.trigger_m > 0)) for t in line.legs)
        highest = max(max(t.start_height_m, t.end_height_m) for t in line.legs)
        length = sum(t.length_m for t in line.legs)
        cruise_s = max(line.duration_s, 1e-9)
        figures = Figures(
            items=len(mission),
            length_m=round(length, 1),
            flight_m=round(length, 1),
            duration_s=round(line.duration_s, 1),
            captures=len(planned_shots(line, camera)) if any(t.trigger_m > 0 for t in line.legs) else 0,
            gsd_m=camera.gsd_at_height_m(max(highest, 0.0)),
            height_m=round(highest, 1),
            spacing_m=0.0,
            trigger_m=max(t.trigger_m for t in line.legs),
            speed_m_s=round(length / cruise_s, 2),
            area_m2=0.0,
            covered=0.0,
            outside_m=0.0,
            turns=max(0, len(line.legs) - 1),
            energy_wh=round(cruise_s * drone.cruise_power_w / 3600, 1),
        )
        return PlannedMission(mission, legs, figures, (*imported.notes, *line.notes))

    def check(self, flown: Flyable) -> Verdict:
        """The verdict in the plan's conditions, against its zones, under its rules."""
        from planner.formats.rules import EASA, read_rules
        from planner.route.check import check
        from planner.route.check_values import conditions_of
        from planner.route.check_zones import zones_of

        outlook = flown.outlook
        zones = flown.zones if flown.plan is None else zones_of(flown.plan)
        rules = read_rules(outlook.rules_file or EASA, outlook.operation)
        return check(flown.planned.mission, flown.drone, zones, conditions_of(outlook), rules)

    def light(self, flown: Flyable) -> tuple[Finding, ...]:
        """Daylight, glint and the best take-off of the day, now if no take-off is set; then the worst legs."""
        from planner.cli.brief_rows import light_lines
        from planner.geo.glint import Wind
        from planner.route.light import light_of
        from planner.route.timeline import timeline

        line = timeline(flown.planned.mission, flown.drone)
        if not line.legs:
            return ()
        blowing = flown.outlook.wind
        wind = None if blowing is None else Wind(min(blowing.speed_m_s, 60.0), blowing.direction_deg)
        start = flown.outlook.start_utc or datetime.now(UTC)
        found = light_of(line, flown.camera, line.legs[0].start, take_off_utc=start, wind=wind or Wind(5.0, 270.0))
        said = light_lines(found, wind)
        if flown.outlook.start_utc is None:
            said = (f"For take-off now, {start:%H:%M} UTC.", *said)
        worst = sorted(zip(found.legs, line.photographed, strict=True), key=lambda pair: -pair[0].in_glint)[:MOST_GLINT]
        glittering = [
            Finding(
                f"On the way to item {seen.item}: {100 * seen.in_glint:.0f}\u00a0% in sun glint",
                is_problem=False,
                where=centroid((leg.start, leg.end)),
                item=seen.item,
            )
            for seen, leg in worst
            if seen.in_glint > 0.1
        ]
        return (*(Finding(text, is_problem=False) for text in said), *glittering)

    def profile(self, flown: Flyable) -> Profile | None:
        """The flight from the side, in the conditions and under the rules that it is checked in."""
        from planner.formats.rules import EASA, read_rules
        from planner.route.check_values import conditions_of
        from planner.route.check_zones import zones_of
        from planner.route.profile import profile_of

        outlook = flown.outlook
        zones = flown.zones if flown.plan is None else zones_of(flown.plan)
        rules = read_rules(outlook.rules_file or EASA, outlook.operation)
        return profile_of(flown.planned.mission, flown.drone, flown.camera, zones, conditions_of(outlook), rules)

    def height_for(self, camera: CameraProfile, task: str, *, length_m: float, chance: float) -> float:
        """By Johnson's criteria."""
        from planner.route.sight import Task, height_for

        return height_for(camera, Task(task), length_m=length_m, chance=chance).height_m

    def operations(self, rules_file: str | None) -> tuple[str, ...]:
        """The operations of EASA's rules, or of the user's own; none where that file cannot be read."""
        from planner.formats.rules import EASA, operations

        try:
            return operations(rules_file or EASA)
        except QuaywatchError:
            return ()

    def near(self, zones: Sequence[Zone], places: Sequence[LatLon]) -> int:
        """By boxes; about a kilometre."""
        if not places:
            return 0
        south, north = (pick(p.lat_deg for p in places) for pick in (min, max))
        west, east = (pick(p.lon_deg for p in places) for pick in (min, max))
        margin = 1000.0 / max(distance_m(LatLon(south, 0.0), LatLon(south, 1.0)), 1.0)  # a kilometre of longitude
        return sum(
            min(p.lat_deg for p in z.outline) <= north + NEAR_DEG
            and max(p.lat_deg for p in z.outline) >= south - NEAR_DEG
            and min(p.lon_deg for p in z.outline) <= east + margin
            and max(p.lon_deg for p in z.outline) >= west - margin
            for z in zones
        )

    def read(self, path: Path, *, height_m: float) -> Understood:
        """By what the file says it is; polygons without a rule are areas."""
        if path.suffix.lower() in PLAN_ENDINGS:
            return _read_mission(path, height_m)
        if path.suffix.lower() == ".000":
            return self.read_zones(path)
        return _told_apart(self, path, height_m)

    def read_areas(self, path: Path) -> tuple[Area, ...]:
        """The areas in a GeoJSON, KML or KMZ file."""
        from planner.formats.areas import read_areas

        return read_areas(path)

    def read_zones(self, path: Path) -> tuple[Zone, ...]:
        """The zones in a file of any format that is read."""
        from planner.zones.read import read_zones

        return read_zones(path)

    def read_watches(self, path: Path) -> tuple[WatchPlace, ...]:
        """The watched places in a GeoJSON or KML file."""
        from planner.formats.watches import read_watches

        return read_watches(path)

    def read_drone(self, path: Path) -> DroneProfile:
        """A drone profile file."""
        from planner.formats.profiles import drone

        return drone(str(path.absolute()))

    def read_camera(self, path: Path) -> CameraProfile:
        """A camera profile file."""
        from planner.formats.profiles import camera

        return camera(str(path.absolute()))

    def write(self, flown: Flyable, path: Path) -> tuple[str, ...]:
        """Write a mission with the plan that it was made from."""
        from planner.formats.missions import write_mission

        data = _plan_data(flown)
        return write_mission(flown.planned.mission, path, autopilot=flown.drone.autopilot, plan_data=data)

    def brief(self, flown: Flyable, path: Path) -> str:
        """Write a briefing, as `quaywatch plan brief` does."""
        from planner.cli.brief_rows import contacts_of
        from planner.cli.briefing import briefing
        from planner.formats.files import write_whole, write_whole_bytes
        from planner.geo.glint import Wind
        from planner.maps.brief import brief_html
        from planner.maps.brief_pdf import brief_pdf
        from planner.route.check_zones import zones_of

        blowing = flown.outlook.wind
        made = briefing(
            Imported(flown.planned.mission, _plan_data(flown), source=Path(flown.name)),
            flown.drone,
            flown.camera,
            take_off_utc=flown.outlook.start_utc or datetime.now(UTC),
            wind=None if blowing is None else Wind(min(blowing.speed_m_s, 60.0), blowing.direction_deg),
            zones=flown.zones if flown.plan is None else zones_of(flown.plan),
            contacts=contacts_of(flown.outlook.contacts),
            outlook=flown.outlook,
        )
        if path.suffix.lower() == ".pdf":
            write_whole_bytes(path, brief_pdf(made))
        else:
            write_whole(path, brief_html(made))
        return made.verdict.value

    def split(self, flown: Flyable, wanted: Sorties, folder: Path) -> tuple[str, ...]:
        """Write the sorties, as `quaywatch plan split` does."""
        from planner.cli.split import say_sortie, write_sorties
        from planner.route.intercept import wind_to
        from planner.route.split import Wanted, split
        from planner.route.split_time import Clearance

        blowing = flown.outlook.wind
        asked = Wanted(
            drones=wanted.drones,
            swap_s=wanted.swap_min * 60,
            clear=Clearance(wanted.apart_m, wanted.above_m, wanted.height_step_m),
            wind=(0.0, 0.0) if blowing is None else wind_to(blowing.speed_m_s, blowing.direction_deg),
        )
        done = split(flown.planned.mission, flown.drone, asked, name=flown.name)
        rows = write_sorties(done.sorties, folder, flown.name, autopilot=flown.drone.autopilot, force=wanted.overwrite)
        return (*(say_sortie({**row, "plan": Path(str(row["plan"])).name}) for row in rows), *done.notes)

    def sample(self) -> Sample:
        """The practice harbour of the simulator."""
        from sitl.world.harbour import practice_harbour

        harbour = practice_harbour()
        quays = tuple(tuple(harbour.frame.to_places(quay.outline)) for quay in harbour.quays)
        home = Home(harbour.launch, harbour.takeoff_height_m)
        return Sample(harbour.name, (harbour.area,), home, harbour.zones, quays)


def _plan_data(flown: Flyable) -> dict[str, object] | None:
    from planner.formats.plan_data import plan_json

    return None if flown.plan is None else plan_json(flown.plan, flown.planned.figures_json())


def _read_mission(path: Path, height_m: float) -> Imported:
    """The mission in a file; where its places have no heights, at `height_m`, and a note of the reader says so."""
    from planner.formats.missions import read_mission

    try:
        return read_mission(path)
    except BadInput as error:
        if "without heights" not in str(error):
            raise
        return read_mission(path, height_m=height_m)


def _told_apart(planning: QuaywatchPlanning, path: Path, height_m: float) -> Understood:
    """Of a JSON, KML or KMZ file: which of the things it can be."""
    from planner.formats.files import parse_json, read_text
    from planner.formats.geojson_mission import is_mission
    from planner.formats.packed import is_zip, members_of
    from planner.zones.ed269 import is_ed269
    from planner.zones.ed318 import is_ed318

    if is_zip(path):
        texts = members_of(path, endings=(".kml", ".wpml"))
        is_way = any("wpmz/" in name or "quaywatch-mission" in text for name, text in texts.items())
        return _read_mission(path, height_m) if is_way else planning.read_areas(path)
    text = read_text(path)
    if text.lstrip()[:1] not in {"{", "["}:
        return _read_mission(path, height_m) if "quaywatch-mission" in text else planning.read_areas(path)
    document = parse_json(text, path)
    if is_mission(document) or (isinstance(document, Mapping) and document.get("fileType") == "Plan"):
        return _read_mission(path, height_m)
    if is_ed318(document) or is_ed269(document) or _has_rules(document):
        return planning.read_zones(path)
    if isinstance(document, Mapping) and "battery_wh" in document:
        return planning.read_drone(path)
    if isinstance(document, Mapping) and "focal_mm" in document:
        return planning.read_camera(path)
    return planning.read_areas(path)


def _has_rules(document: object) -> bool:
    """Whether a GeoJSON's features say what rule they stand for."""
    rows = document.get("features") if isinstance(document, Mapping) else None
    if not isinstance(rows, list):
        return False
    known = [row.get("properties") for row in rows if isinstance(row, Mapping)]
    return any(isinstance(said, Mapping) and "rule" in said for said in known)


def _kind(*, camera: bool) -> LegKind:
    return LegKind.LINE if camera else LegKind.TRANSIT
