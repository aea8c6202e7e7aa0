"""The Plan page's intents about what is drawn and imported: areas, zones, land, the launch place."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from gui.plan import values
from gui.plan.desk import Desk
from gui.plan.draft import Draft, Drawn, DrawnZone, Kept
from gui.plan.history import Version
from gui.plan.judge import KEPT_OUT
from gui.plan.services import Sample, Understood
from gui.plan.values import Role
from planner.formats.missions import Imported
from planner.geo.points import LatLon
from planner.model.mission import Home
from planner.model.plan import Area, AreaKind, Pattern, ZoneSet
from planner.model.profiles import CameraProfile, DroneProfile
from planner.model.zone import Datum, HeightLimit, Zone, ZoneRule

LIMIT_M = 60.0
"""The height of a new height limit, until another is set."""
_RULES = {Role.NO_FLY: ZoneRule.NO_FLY, Role.LIMIT: ZoneRule.ALTITUDE_LIMIT}


class Things(Desk):
    """Drawn and imported things."""

    def draw_as(self, role: Role) -> None:
        """Draw a polygon that is to have a role."""
        self._next_role = role
        self._view.draw("polygon")

    def draw_home(self) -> None:
        """Click the launch place on the map."""
        self._pick, self._picking = None, ""
        self._view.draw("point")

    def drawing_cancelled(self) -> None:
        """What was to be drawn was given up."""
        self._next_role, self._pick, self._picking = Role.WATCH, None, ""
        self.refresh()

    def add_drawn(self, kind: str, places: list[LatLon]) -> None:
        """A polygon, line or point was drawn on the map."""
        role, pick = self._next_role, self._pick
        self._next_role, self._pick, self._picking = Role.WATCH, None, ""
        if kind == "point":
            (pick or self.set_home)(places[0])
            self.refresh()
            return
        area_kind = AreaKind.POLYGON if kind == "polygon" else AreaKind.LINE
        word = "Line" if area_kind is AreaKind.LINE else {Role.WATCH: "Area"}.get(role, role.value)
        draft = self.draft
        number = 1 + sum(row.name.startswith(word) for row in self._shown().rows)
        try:
            area = Area(f"{word} {number}", area_kind, tuple(places))
        except ValueError:
            least = 3 if area_kind is AreaKind.POLYGON else 2
            self._view.say(f"That {word.lower()} has too few different points; it needs {least}.", "amber")
            return
        drawn = Drawn(self._ids.next(), area)
        self._selected = drawn.id
        if role is Role.WATCH and draft.foreign is not None:
            self._view.say(f"A new plan takes the place of the mission {draft.foreign.name}; Ctrl+Z brings it back.")
            draft = replace(draft, foreign=None)
        draft = draft.with_area(drawn)
        self._change(draft if role is Role.WATCH else _with_role(draft, drawn, role))

    def change_area(self, id_: str, rings: list[list[LatLon]]) -> None:
        """The points of a thing were moved, added or removed: outline, then holes."""
        drawn = self.draft.thing(id_)
        if drawn is None:
            return
        outline, holes = tuple(rings[0]), tuple(tuple(ring) for ring in rings[1:])
        if isinstance(drawn, DrawnZone):
            self._change(self.draft.with_changed(DrawnZone(id_, replace(drawn.zone, outline=outline, holes=holes))))
            return
        try:
            area = replace(drawn.area, outline=outline, holes=holes)
        except ValueError as error:
            self._view.say(values.sentence(str(error)), "amber")
            self.refresh()
            return
        self._change(self.draft.with_changed(Drawn(id_, area)))

    def rename_area(self, id_: str, name: str) -> None:
        """Another name for a thing."""
        drawn, given = self.draft.thing(id_), name.strip()[:80]
        if drawn is None or not given:
            return
        if isinstance(drawn, DrawnZone):
            self._change(self.draft.with_changed(DrawnZone(id_, replace(drawn.zone, name=given))))
        else:
            self._change(self.draft.with_changed(Drawn(id_, replace(drawn.area, name=given))))

    def set_role(self, id_: str, role: Role) -> None:
        """What a drawn thing is for."""
        drawn = self.draft.thing(id_)
        if drawn is None:
            return
        if isinstance(drawn, Drawn) and drawn.area.kind is AreaKind.LINE and role is not Role.WATCH:
            self._view.say(
                f"{drawn.area.name} is a line; only a closed shape can be a zone or be kept out of.", "amber"
            )
            self.refresh()
            return
        self._change(_with_role(self.draft, drawn, role))

    def set_zone_rule(self, id_: str, rule: ZoneRule) -> None:
        """Another rule for a drawn zone."""
        drawn = self.draft.thing(id_)
        if isinstance(drawn, DrawnZone):
            self._change(self.draft.with_changed(DrawnZone(id_, replace(drawn.zone, rule=rule))))

    def set_zone_limits(self, id_: str, *, lower_m: float | None, upper_m: float | None) -> None:
        """From which height to which a drawn zone reaches, above ground or water; None: from the ground, no end."""
        drawn = self.draft.thing(id_)
        if not isinstance(drawn, DrawnZone):
            return
        zone = drawn.zone
        lower, upper = _limit(zone.lower, lower_m), _limit(zone.upper, upper_m)
        changed = DrawnZone(id_, replace(zone, lower=lower, upper=upper))
        self._change(self.draft.with_changed(changed), f"limits {id_}")

    def delete_area(self, id_: str | None = None) -> None:
        """Take a thing away, the selected one if none is named."""
        gone = id_ or self._selected
        if gone is None or self.draft.thing(gone) is None:
            return
        if self._selected == gone:
            self._selected = None
        self._change(self.draft.without(gone))

    def remove_group(self, key: str) -> None:
        """Take a file's zones, the fence and rally points, or a mission made elsewhere away."""
        draft = self.draft
        if key == "kept":
            self._change(replace(draft, kept=Kept()))
        elif key == KEPT_OUT:
            self._change(replace(draft, keep_out=()))
        elif key == "foreign":
            self._change(replace(draft, foreign=None))
        elif key.startswith("zones "):
            number = int(key.removeprefix("zones "))
            self._change(replace(draft, zone_sets=draft.zone_sets[:number] + draft.zone_sets[number + 1 :]))

    def select(self, id_: str | None) -> None:
        """Select a thing, or none."""
        if id_ != self._selected:
            self._selected = id_ if id_ is not None and self.draft.thing(id_) else None
            self.refresh()

    def too_few_points(self, least: int) -> None:
        """A point was to be removed that is needed."""
        self._view.say(f"This shape needs {least} points; delete the whole shape in the list if it should go.", "amber")

    # -- the launch place

    def set_home(self, at: LatLon | None) -> None:
        """Where the drone starts, None for a place that the planner chooses."""
        height = self.draft.home.msl_m if self.draft.home is not None else 0.0
        self._change(replace(self.draft, home=None if at is None else Home(at, height)))

    def set_home_height_m(self, msl_m: float) -> None:
        """The launch place's height above mean sea level."""
        if self.draft.home is not None:
            self._change(replace(self.draft, home=replace(self.draft.home, msl_m=msl_m)), "home height")

    # -- files of things

    def import_areas(self, path: Path) -> None:
        """Add the areas of a GeoJSON or KML file."""
        self._work.run(lambda: self._planning.read_areas(path), partial(self._add_areas, path), self._refuse)

    def import_zones(self, path: Path) -> None:
        """Add the zones of a file in any format that is read."""
        self._work.run(lambda: self._planning.read_zones(path), partial(self._add_zones, path), self._refuse)

    def import_land(self, path: Path) -> None:
        """Add the polygons of a file as what is to be kept out of."""

        def done(areas: tuple[Area, ...]) -> None:
            kept = [Drawn(self._ids.next(), area) for area in areas if area.kind is AreaKind.POLYGON]
            self._change(replace(self.draft, keep_out=(*self.draft.keep_out, *kept)))
            lines = len(areas) - len(kept)
            passed = f"; {_count(lines, 'line')} cannot be kept out of" if lines else ""
            self._view.say(f"{path.name}: {_count(len(kept), 'polygon')} to keep out of{passed}.")

        self._work.run(lambda: self._planning.read_areas(path), done, self._refuse)

    def open(self, path: Path) -> None:
        """Open or add what a file holds; what Quaywatch planned comes back as a plan."""
        height_m = round(self.draft.camera.height_for_gsd_m(self.draft.gsd_m), 1)
        read = partial(self._planning.read, path, height_m=height_m)
        self._work.run(read, partial(self._understood, path), self._refuse)

    def open_dropped(self, paths: list[Path]) -> None:
        """Files were dropped on the page: what each holds is told from its contents, added or opened."""
        for path in paths:
            if not path.suffix:
                self._view.say(f"{path.name} has no ending, so it is not known what it is.", "amber")
                continue
            self.open(path)

    def open_sample(self) -> None:
        """The practice harbour, as the beginning of a plan."""
        self._work.run(self._planning.sample, self.open_place, self._refuse)

    def open_place(self, sample: Sample) -> None:
        """A place with its zones and its launch place, as the beginning of a plan; undo brings the former plan back."""
        areas = tuple(Drawn(self._ids.next(), area) for area in sample.areas)
        sets = (ZoneSet(f"{sample.name}, zones", sample.zones),) if sample.zones else ()
        self._selected = None
        draft = replace(self._blank, drone=self.draft.drone, camera=self.draft.camera, gsd_m=self.draft.gsd_m)
        draft = replace(draft, name=sample.name, areas=areas, home=sample.home, zone_sets=sets)
        self._start(replace(draft, pattern=Pattern.AREA), None)
        self.show_everything()

    # -- internal

    def _understood(self, path: Path, held: Understood) -> None:
        if isinstance(held, Imported):
            self._open_imported(path, held)
        elif isinstance(held, DroneProfile):
            self._take_drone(held)
            self._view.say(f"{path.name}: the drone {held.name} is chosen.")
        elif isinstance(held, CameraProfile):
            self._take_camera(held)
            self._view.say(f"{path.name}: the camera {held.name} is chosen.")
        else:
            areas = tuple(one for one in held if isinstance(one, Area))
            zones = tuple(one for one in held if isinstance(one, Zone))
            if areas:
                self._add_areas(path, areas)
            if zones:
                self._add_zones(path, zones)

    def _add_areas(self, path: Path, areas: tuple[Area, ...]) -> None:
        draft = self.draft
        for area in areas:
            draft = draft.with_area(Drawn(self._ids.next(), area))
        if not self.draft.areas:
            draft = replace(draft, name=path.stem, foreign=None)
        self._selected = None
        self._change(draft)
        self.show_everything()
        self._view.say(f"{path.name}: {_count(len(areas), 'area')} added.")

    def _add_zones(self, path: Path, zones: tuple[Zone, ...]) -> None:
        self._change(replace(self.draft, zone_sets=(*self.draft.zone_sets, ZoneSet(path.name, zones))))
        if not self.draft.areas and self.draft.home is None:
            self._view.show_places([place for zone in zones for place in zone.outline])
        rules: dict[str, int] = {}
        for zone in zones:
            rules[zone.rule.value] = rules.get(zone.rule.value, 0) + 1
        most = sorted(rules, key=lambda rule: -rules[rule])
        told = ", ".join(f"{rules[rule]:,} {rule}" for rule in most[:4]) + (" and others" if len(most) > 4 else "")
        self._view.say(f"{path.name}: {_count(len(zones), 'zone')} added ({told}).")

    def _open_imported(self, path: Path, imported: Imported) -> None:
        """Open a mission; the part for files knows how."""
        raise NotImplementedError

    def _start(self, draft: Draft, path: Path | None) -> None:
        """Go on with a draft that is not a change of the one before."""
        self._history.change(Version(draft, path))
        self._after_change()


def _with_role(draft: Draft, drawn: Drawn | DrawnZone, role: Role) -> Draft:
    """The draft with a thing in another role, at the end of its list."""
    rest = draft.without(drawn.id)
    if isinstance(drawn, DrawnZone):
        zone, area = drawn.zone, Area(drawn.zone.name, AreaKind.POLYGON, drawn.zone.outline, drawn.zone.holes)
    else:
        area = drawn.area
        zone = Zone(area.name, ZoneRule.NO_FLY, area.outline, area.holes)
    if role is Role.WATCH:
        return rest.with_area(Drawn(drawn.id, area))
    if role is Role.KEEP_OUT:
        return replace(rest, keep_out=(*rest.keep_out, Drawn(drawn.id, area)))
    rule = _RULES.get(role, zone.rule)
    upper = zone.upper or (HeightLimit(LIMIT_M, Datum.GROUND) if role is Role.LIMIT else None)
    return replace(rest, zones=(*rest.zones, DrawnZone(drawn.id, replace(zone, rule=rule, upper=upper))))


def _limit(before: HeightLimit | None, metres: float | None) -> HeightLimit | None:
    if metres is None:
        return None
    return HeightLimit(metres, Datum.GROUND if before is None else before.datum)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
