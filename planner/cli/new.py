"""`quaywatch plan new`: make a mission for an area."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.profiles import LEGAL_M
from planner.geo.points import LatLon
from planner.model.drift import Adrift, Flow
from planner.model.errors import BadInput
from planner.model.mission import Home
from planner.model.patterns import PARAMETERS, AngleBy, HullLanes, HullSides, Parameters, Side
from planner.model.plan import Area, AreaKind, Pattern, Plan, ZoneSet, is_near
from planner.model.words import counted
from planner.route.sight import Task, height_for

if TYPE_CHECKING:
    from planner.model.outlook import Outlook
    from planner.model.planned import PlannedMission
    from planner.model.profiles import CameraProfile
    from planner.zones.guarded import Guarded

USUAL_GSD_M = 0.05
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the output file if it exists.")]


def new(  # noqa: PLR0913 -- one parameter per option of the command
    area: Annotated[
        Path | None,
        typer.Argument(
            help="What to guard: areas or lines (GeoJSON, KML, chart cell, plan), a patrol's points, an orbit's fence; "
            "not with --datum, --at."
        ),
    ] = None,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="The plan file to write (.plan).")],
    layer: Annotated[
        list[str] | None, typer.Option(help="Of a chart cell: the layer to guard, such as COALNE; may be repeated.")
    ] = None,
    feature: Annotated[
        list[str] | None, typer.Option(help="Only the feature of this name or number (from 1); may be repeated.")
    ] = None,
    pattern: Annotated[
        Pattern | None, typer.Option(help="How it is flown; without it, area for polygons, corridor for lines.")
    ] = None,
    drone: Annotated[
        str | None,
        typer.Option(
            help="A known drone, or a .json file; see 'plan profiles'. Default practice-quad; hull: bluerov2."
        ),
    ] = None,
    camera: Annotated[str, typer.Option(help="A known camera, or a .json file.")] = "practice-1080p",
    gsd_m: Annotated[
        float | None, typer.Option("--gsd-m", "--gsd", help="Metres of water per pixel; 0.05 without --task.")
    ] = None,
    task: Annotated[Task | None, typer.Option(help="Fly as high as does this on a vessel of --vessel-m.")] = None,
    vessel_m: Annotated[float | None, typer.Option("--vessel-m", help="With --task: the vessel's length.")] = None,
    swath_m: Annotated[float | None, typer.Option("--swath-m", help="Spacing of the lines at most, outright.")] = None,
    home: Annotated[str | None, typer.Option(help="Launch place: LAT,LON or LAT,LON,MSL.")] = None,
    side_overlap: Annotated[float, typer.Option(help="Overlap of neighbouring lines, 0 to 0.95.")] = 0.3,
    front_overlap: Annotated[float, typer.Option(help="Overlap of pictures along a line, 0 to 0.95.")] = 0.5,
    speed_m_s: Annotated[float | None, typer.Option("--speed-m-s", help="Default: the drone's cruise speed.")] = None,
    angle_deg: Annotated[
        float | None, typer.Option("--angle-deg", help="Bearing of the lines; default the best.")
    ] = None,
    stand_off_m: Annotated[
        float,
        typer.Option(
            "--stand-off-m",
            help="Corridor: metres to the right of the line (left: negative); orbit, hull: from it.",
        ),
    ] = 0.0,
    passes: Annotated[int, typer.Option(help="Corridor: how many passes side by side.")] = 1,
    zones: Annotated[
        list[Path] | None,
        typer.Option(
            "--zones", help="Zones, in any format that is read: kept in the plan; what is no-fly is kept out of."
        ),
    ] = None,
    land: Annotated[
        list[Path] | None, typer.Option("--land", help="Land to keep out of: polygons, or a chart cell (its LNDARE).")
    ] = None,
    tighten: Annotated[
        bool, typer.Option(help="Area: take up to a minute to look for a shorter way with fewer turns.")
    ] = True,
    angle_by: Annotated[
        AngleBy, typer.Option(help="Area: what the lines' bearing is to suit: the wind (--wind), the sun (--take-off).")
    ] = AngleBy.LENGTH,
    side: Annotated[
        Side, typer.Option(help="Corridor: on which side; the stand-off then is its size.")
    ] = Side.AS_SIGNED,
    laps: Annotated[int, typer.Option(help="Perimeter: how many times round.")] = 1,
    camera_pitch_deg: Annotated[
        float | None, typer.Option("--camera-pitch-deg", help="Perimeter: from the horizon, down negative.")
    ] = None,
    datum: Annotated[str | None, typer.Option(help="Searches: last known position, LAT,LON.")] = None,
    adrift: Annotated[Adrift, typer.Option(help="Searches: what is adrift, for its leeway.")] = Adrift.PERSON,
    wind: Annotated[str | None, typer.Option(help="Wind, M/S@FROM such as 8@270; kept for the check.")] = None,
    take_off: Annotated[
        str | None,
        typer.Option("--take-off", help="When, such as 2026-06-01T09:30+02:00 (no zone: UTC); kept for the check."),
    ] = None,
    current: Annotated[str | None, typer.Option(help="Searches: current since then, M/S@TOWARDS such as 1@90.")] = None,
    elapsed_min: Annotated[
        float, typer.Option("--elapsed-min", help="Searches, orbit: minutes since the position.")
    ] = 0.0,
    position_error_m: Annotated[
        float, typer.Option("--position-error-m", help="Searches: probable error of that position.")
    ] = 100.0,
    craft_error_m: Annotated[
        float | None, typer.Option("--craft-error-m", help="Searches: probable error of the drone's own; default 5.")
    ] = None,
    sweep_width_m: Annotated[
        float | None, typer.Option("--sweep-width-m", help="Searches: sweep width; default a picture's width.")
    ] = None,
    spacing_m: Annotated[
        float | None, typer.Option("--spacing-m", help="Searches: between tracks; default the sweep width.")
    ] = None,
    radius_m: Annotated[
        float | None, typer.Option("--radius-m", help="Searches: how far from the datum; default by the errors.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Patrol: which of the patrols; the same seed gives the same one.")] = 0,
    patrol_min: Annotated[
        float | None, typer.Option("--patrol-min", help="Patrol: minutes; default what the battery gives.")
    ] = None,
    visit_min: Annotated[
        float | None, typer.Option("--visit-min", help="Patrol: the stay of a visitor who is not to go unseen.")
    ] = None,
    hover_s: Annotated[float, typer.Option("--hover-s", help="Patrol: seconds of hovering at each point.")] = 0.0,
    regularity: Annotated[
        float, typer.Option(help="Patrol: 0 gives an observer least, up to 1 leaves shorter gaps.")
    ] = 0.0,
    at: Annotated[str | None, typer.Option(help="Orbit, hull: where the vessel is, LAT,LON.")] = None,
    length_m: Annotated[float | None, typer.Option("--length-m", help="Orbit, hull: the vessel's length.")] = None,
    course_deg: Annotated[float | None, typer.Option("--course-deg", "--course", help="Orbit: its course.")] = None,
    vessel_speed_m_s: Annotated[float | None, typer.Option("--vessel-speed-m-s", help="Orbit: its speed.")] = None,
    turns: Annotated[int | None, typer.Option(help="Orbit: how many times round; default once.")] = None,
    range_m: Annotated[float | None, typer.Option("--range-m", help="Orbit: greatest distance from launch.")] = None,
    heading_deg: Annotated[float | None, typer.Option("--heading-deg", help="Hull: where its bow points.")] = None,
    beam_m: Annotated[float | None, typer.Option("--beam-m", help="Hull: its beam.")] = None,
    draught_m: Annotated[float | None, typer.Option("--draught-m", help="Hull: its draught.")] = None,
    lanes: Annotated[HullLanes | None, typer.Option(help="Hull: which way lanes on its sides run.")] = None,
    water_m: Annotated[float | None, typer.Option("--water-m", help="Hull: depth of the water there.")] = None,
    sides: Annotated[HullSides | None, typer.Option(help="Hull: all, or the side that is not at a quay.")] = None,
    name: Annotated[str | None, typer.Option(help="Default: the name of the output file.")] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Make a mission for AREA and write it as a QGroundControl plan."""
    from planner.formats import profiles
    from planner.formats.missions import write_plan
    from planner.route.make import make_mission

    must_be_writable(out, {".plan"}, force=force)
    try:
        blowing = None if wind is None else _flow(wind, "--wind")
        setting = None if current is None else _flow(current, "--current")
        guarded = _guarded(area, pattern, layer or [], feature or [])
        areas, chosen, parameters = _what_and_how(
            area,
            guarded,
            pattern,
            {
                "tighten": tighten,
                "angle_by": angle_by,
                "side": side,
                "laps": laps,
                "camera_pitch_deg": camera_pitch_deg,
                "datum": None if datum is None else _home(datum, "--datum").at,
                "adrift": adrift,
                "wind": blowing,
                "current": setting,
                "elapsed_min": elapsed_min,
                "position_error_m": position_error_m,
                "craft_error_m": craft_error_m,
                "sweep_width_m": sweep_width_m,
                "spacing_m": spacing_m,
                "radius_m": radius_m,
                "patrol_min": patrol_min,
                "visit_min": visit_min,
                "hover_s": hover_s,
                "regularity": regularity,
                "at": None if at is None else _home(at, "--at").at,
                "length_m": length_m,
                "course_deg": course_deg,
                "vessel_speed_m_s": vessel_speed_m_s,
                "turns": turns,
                "range_m": range_m,
                "heading_deg": heading_deg,
                "beam_m": beam_m,
                "draught_m": draught_m,
                "lanes": lanes,
                "sides": sides,
                "water_m": water_m,
            },
        )
        seen_by = profiles.camera(camera)
        plan = Plan(
            name=name or out.stem,
            areas=areas,
            pattern=chosen,
            drone=profiles.drone(drone or ("bluerov2" if chosen is Pattern.HULL else "practice-quad")),
            camera=seen_by,
            gsd_m=_gsd_m(gsd_m, task, vessel_m, seen_by),
            home=None if home is None else _home(home),
            side_overlap=side_overlap,
            front_overlap=front_overlap,
            speed_m_s=speed_m_s,
            angle_deg=angle_deg,
            stand_off_m=stand_off_m,
            passes=passes,
            seed=seed,
            swath_m=swath_m,
            keep_out=_ashore(land or []) + (guarded.plan.keep_out if guarded.plan else ()),
            parameters=parameters,
            zones=guarded.plan.zones if guarded.plan else (),
            zone_sets=_zone_sets(zones or [], areas) + (guarded.plan.zone_sets if guarded.plan else ()),
            outlook=_outlook(guarded, blowing, setting, take_off),
        )
    except ValueError as error:
        raise BadInput("plan new", str(error)) from None
    planned = make_mission(plan)
    write_plan(planned, plan, out)
    for note in planned.notes:
        typer.echo(f"note: {note}", err=True)
    if as_json:
        typer.echo(json.dumps(_figures_json(out, planned)))
    else:
        _say_figures(out, plan, planned)


def _guarded(path: Path | None, pattern: Pattern | None, layers: list[str], features: list[str]) -> "Guarded":
    """What the file holds to guard; nothing without a file, and for a patrol, which reads its file itself."""
    from planner.zones.guarded import Guarded, read_guarded

    if path is None or pattern is Pattern.PATROL:
        return Guarded(())
    return read_guarded(path, layers=layers, features=features)


def _outlook(guarded: "Guarded", wind: Flow | None, current: Flow | None, take_off: str | None) -> "Outlook":
    """The conditions of the plan that is planned again, if it is one, with wind, current and take-off as given."""
    from planner.cli.light import moment
    from planner.model.outlook import Outlook

    outlook = guarded.plan.outlook if guarded.plan else Outlook()
    if wind is not None:
        outlook = replace(outlook, wind=wind, gust_m_s=None)
    if current is not None:
        outlook = replace(outlook, current=current)
    return outlook if take_off is None else replace(outlook, start_utc=moment(take_off, "--take-off"))


def _gsd_m(gsd_m: float | None, task: Task | None, vessel_m: float | None, camera: "CameraProfile") -> float:
    """Metres per pixel: as given, or those that do a task on a vessel with 90 % chance, from 120 m at most."""
    if (task is None) != (vessel_m is None):
        raise ValueError("--task and --vessel-m go together: name both")
    if task is None or vessel_m is None:
        return USUAL_GSD_M if gsd_m is None else gsd_m
    if gsd_m is not None:
        raise ValueError("--gsd-m and --task both set the height; name one of them")
    needed = height_for(camera, task, length_m=vessel_m)
    if needed.height_m <= LEGAL_M:
        return needed.gsd_m
    typer.echo(f"note: {needed.height_m:.0f} m would do to {task} {vessel_m:g} m; flown at {LEGAL_M:g} m", err=True)
    return camera.gsd_at_height_m(LEGAL_M)


def _what_and_how(
    path: Path | None, guarded: "Guarded", pattern: Pattern | None, given: dict[str, object]
) -> tuple[tuple[Area, ...], Pattern, Parameters | None]:
    """The areas, the pattern, and the pattern's parameters from the options of the same name; None is not given."""
    from planner.formats.watches import read_watches

    if pattern is Pattern.PATROL and path is not None:
        given, path = {**given, "watches": read_watches(path)}, None
    areas = guarded.areas
    if pattern is None:
        if path is None:
            raise BadInput("plan new", "name what to guard (AREA), or a --pattern that needs no area")
        pattern = _pattern_for(areas)
    wanted = PARAMETERS.get(pattern)
    known = {name: given[name] for name in wanted.__dataclass_fields__ if given.get(name) is not None} if wanted else {}
    parameters = None if wanted is None else wanted(**known)
    if not areas:
        outline = () if parameters is None else parameters.outline()
        if not outline:
            raise BadInput("plan new", f"name what to guard (AREA): pattern {pattern} needs it")
        areas = (Area(pattern.value, AreaKind.POLYGON, outline),)
    return areas, pattern, parameters


def _ashore(land: list[Path]) -> tuple[Area, ...]:
    """The land to stay out of."""
    from planner.zones.guarded import read_guarded
    from planner.zones.read import is_chart

    found: list[Area] = []
    for path in land:
        areas = read_guarded(path, layers=["LNDARE"] if is_chart(path) else []).areas
        polygons = [area for area in areas if area.kind is AreaKind.POLYGON]
        if not polygons:
            raise BadInput(path, "holds lines but no polygon; land to keep out of needs polygons")
        if len(polygons) < len(areas):
            passed = counted(len(areas) - len(polygons), "line")
            typer.echo(f"note: {path.name}: {passed} in it passed over: land needs polygons", err=True)
        found += polygons
    return tuple(found)


def _zone_sets(files: list[Path], areas: tuple[Area, ...]) -> tuple[ZoneSet, ...]:
    """What each file of zones says near the areas; the plan keeps it, for its pattern, check and briefing."""
    from planner.zones.read import read_zones

    found = []
    for path in files:
        zones = read_zones(path)
        near = tuple(zone for zone in zones if is_near(zone, areas))
        typer.echo(
            f"note: {path.name}: {counted(len(near), 'zone')} of {len(zones):,} near, kept in the plan", err=True
        )
        if near:
            found.append(ZoneSet(path.name, near))
    return tuple(found)


def _figures_json(out: Path, planned: "PlannedMission") -> dict[str, object]:
    return {"plan": str(out), **planned.figures_json(), "notes": list(planned.notes)}


def _say_figures(out: Path, plan: Plan, planned: "PlannedMission") -> None:
    f = planned.figures
    minutes, seconds = divmod(round(f.duration_s), 60)
    share = f.energy_wh / plan.drone.battery_wh
    typer.echo(f"{out}: {counted(f.items, 'item')} for {plan.drone.name} with {plan.camera.name}")
    apart = f", lines {f.spacing_m:.1f} m apart at most" if f.spacing_m else ""
    typer.echo(f"  height {f.height_m:.1f} m, {f.gsd_m:.3g} m per pixel{apart}")
    typer.echo(
        f"  pattern {f.length_m / 1000:.2f} km, {counted(f.turns, 'turn')}; flight {f.flight_m / 1000:.2f} km, "
        f"{minutes} min {seconds:02d} s"
    )
    seen = f"; {f.covered * 100:.2f} % of {f.area_m2 / 1e6:.3f} km2 seen" if f.area_m2 else ""
    typer.echo(f"  {counted(f.captures, 'picture')}{seen}; {f.outside_m:.0f} m flown outside")
    typer.echo(f"  energy about {f.energy_wh:.0f} Wh, {share * 100:.0f} % of the battery (still air)")


def must_be_writable(path: Path, endings: set[str], *, force: bool) -> None:
    """Refuses a path that has another ending, no folder, or a file already."""
    if path.suffix.lower() not in endings:
        raise BadInput(path, f"must end in {' or '.join(sorted(endings))}")
    try:
        there, has_folder = path.exists(), path.parent.is_dir()
    except OSError as error:  # a name that is too long, a loop of links
        raise BadInput(f"{str(path)[:80]}", f"cannot be written: {error.strerror or error}") from None
    if there and not force:
        raise BadInput(path, "exists already; --force overwrites it")
    if not has_folder:
        raise BadInput(path, f"cannot be written: the folder {path.parent} does not exist")


def _pattern_for(areas: tuple[Area, ...]) -> Pattern:
    lines = any(area.kind is AreaKind.LINE for area in areas)
    return Pattern.CORRIDOR if lines else Pattern.AREA


def _flow(text: str, option: str) -> Flow:
    """A wind or a current from SPEED@DIRECTION, m/s and degrees."""
    speed, _, direction = text.partition("@")
    try:
        return Flow(float(speed), float(direction))
    except ValueError as error:
        raise BadInput(option, f"{text!r} is not M/S@DEGREES, such as 8@270 ({error})") from None


def _home(text: str, option: str = "--home") -> Home:
    parts = text.split(",")
    if len(parts) not in {2, 3}:
        raise BadInput(option, f"{text!r} is not LAT,LON or LAT,LON,MSL")
    try:
        numbers = [float(part) for part in parts]
        at = LatLon(numbers[0], numbers[1])
    except ValueError as error:
        raise BadInput(option, f"{text!r} is not LAT,LON or LAT,LON,MSL ({error})") from None
    msl = numbers[2] if len(numbers) == 3 else 0.0
    if not -500 <= msl <= 9000:
        raise BadInput(option, f"a height of {msl:g} m above mean sea level is not on land or water")
    return Home(at, msl)
