"""The marks of a pilot, one function each: from a recorded flight to points and the moments that made them.

The rubric is published in docs/scenario-format.md; what stands there is what is done here.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from planner.geo.camera import pixels_of
from planner.model.zone import ZoneRule
from sitl.camera.lens import PRACTICE_LENS
from sitl.exam.flown import LIFTED_M, Flown, Photo, flown_of, photos_of, seen_together
from sitl.exam.points import Moment, Points, clock, share_of
from sitl.exam.record import Line, Record
from sitl.scenario.values import Answer, Check, Mark, PlannedFault
from sitl.world.events import SEEN, Event, EventKind
from sitl.world.harbour import Harbour
from sitl.world.hulls import NO_VESSELS
from sitl.world.vessels import Vessel

SEEN_ALL = 0.98
"""A share of the area that counts as all of it."""
MODES: dict[Answer, frozenset[str]] = {
    Answer.PAUSE: frozenset({"LOITER", "BRAKE", "GUIDED", "POSHOLD", "ALT_HOLD"}),
    Answer.RETURN: frozenset({"RTL", "SMART_RTL", "AUTO_RTL"}),
    Answer.LAND: frozenset({"LAND"}),
    Answer.CONTINUE: frozenset({"AUTO"}),
}
COMMANDS: dict[Answer, frozenset[int]] = {
    Answer.PAUSE: frozenset({17, 193}),  # NAV_LOITER_UNLIM, DO_PAUSE_CONTINUE
    Answer.RETURN: frozenset({20}),
    Answer.LAND: frozenset({21}),
    Answer.CONTINUE: frozenset(),
}
ARM = 400
FENCE_ENABLE = 207
ASKED = SEEN - {EventKind.SPEED_RUN}
"""The events that a pilot can be asked to picture: who runs away is gone before a drone gets there."""
LEAST_EVENT_S = 30.0
"""What goes on for less than this while the drone is in the air is not asked for."""
BREACH_COST = 0.5
"""Share of the points for margins that each breach costs."""


@dataclass(frozen=True)
class Told:
    """All that a mark is worked out from."""

    record: Record
    harbour: Harbour
    flown: Flown
    photos: tuple[Photo, ...]


def told_by(record: Record, harbour: Harbour) -> Told:
    """The record of a pilot's exam, ready to be marked."""
    return Told(record, harbour, flown_of(record, harbour), photos_of(record, harbour.frame))


def coverage(told: Told, most: int) -> Points:
    """The share of the task's area that is in a picture; 98 % counts as all."""
    area = Polygon(told.harbour.frame.to_metres(told.harbour.area.outline))
    share = float(area.intersection(seen_together(told.photos)).area / area.area)
    moment = Moment(None, f"{100 * share:.0f} % of the area is in a picture.", good=share >= SEEN_ALL)
    return Points(Mark.COVERAGE, share_of(most, share / SEEN_ALL), most, (moment,))


def revisit(told: Told, most: int) -> Points:
    """For each watch point the share of the flight in which its last picture was not older than asked for."""
    flown, points = told.flown, told.record.scenario.task.watch
    start, end = flown.takeoff_s, flown.landed_s or (float(flown.s[-1]) if flown.s.size else 0.0)
    if not points or start is None:
        return Points(Mark.REVISIT, 0.0, most, (Moment(None, "Nothing was flown."),))
    shares, moments = [], []
    for point in points:
        seen = [p.at_s for p in told.photos if p.ground.covers(Point(point.east_m, point.north_m))]
        gap, since = _longest_gap([start, *seen, end])
        fresh = sum(min(b - a, point.every_s) for a, b in zip([start, *seen], [*seen, end], strict=True))
        shares.append(fresh / max(end - start, 1.0))
        ok = gap <= point.every_s
        text = f"{point.name}: longest time without a picture {clock(gap)}, asked for {clock(point.every_s)}."
        moments.append(Moment(since, text, good=ok))
    return Points(Mark.REVISIT, share_of(most, sum(shares) / len(shares)), most, tuple(moments))


def vessels(told: Told, most: int) -> Points:
    """The share of the vessels asked for that are whole in a picture with enough pixels along their length."""
    wanted = told.record.scenario.task.look_for
    if not wanted:
        return Points(Mark.VESSELS, float(most), most)
    moments = [_best_look(told, told.harbour.vessel(vessel_id)) for vessel_id in wanted]
    found = sum(m.good for m in moments)
    return Points(Mark.VESSELS, share_of(most, found / len(wanted)), most, tuple(moments))


def events(told: Told, most: int) -> Points:
    """The share of the events during the flight that a picture shows while they go on, with all who take part."""
    scenario, flown = told.record.scenario, told.flown
    if flown.takeoff_s is None:
        return Points(Mark.EVENTS, 0.0, most, (Moment(None, "Nothing was flown."),))
    down_s, start_s = flown.landed_s or float(flown.s[-1]), scenario.start_utc.timestamp()
    moments = []
    for event in told.harbour.events:
        begin, end = event.begin_s - start_s, math.inf if event.end_s is None else event.end_s - start_s
        in_the_air = min(end, down_s) - max(begin, flown.takeoff_s) >= LEAST_EVENT_S
        if event.kind in ASKED and in_the_air and any(scenario.why_suspicious(w) for w in event.who):
            moments.append(_witnessed(told, event, (begin, end)))
    if not moments:
        nothing = Moment(None, "Nothing happened while the drone was in the air.", good=True)
        return Points(Mark.EVENTS, float(most), most, (nothing,))
    return Points(Mark.EVENTS, share_of(most, sum(m.good for m in moments) / len(moments)), most, tuple(moments))


def margins(told: Told, most: int) -> Points:
    """Nothing lost without a breach of a no-fly zone (with its margin) or of the ceiling; each breach costs half."""
    flown, task = told.flown, told.record.scenario.task
    moments = [*_zone_breaches(told), *_height_breaches(flown, task.ceiling_m)]
    if flown.takeoff_s is None:
        return Points(Mark.MARGINS, 0.0, most, (Moment(None, "Nothing was flown."),))
    if not moments:
        highest = float(flown.height_m.max())
        text = f"No zone was entered; the greatest height was {highest:.0f} m of {task.ceiling_m:.0f} m."
        return Points(Mark.MARGINS, float(most), most, (Moment(None, text, good=True),))
    return Points(Mark.MARGINS, share_of(most, 1.0 - BREACH_COST * len(moments)), most, tuple(moments))


def reserve(told: Told, most: int) -> Points:
    """All points with the reserve still there when the motors stop, none with nothing left, in proportion between."""
    flown, asked = told.flown, told.record.scenario.task.reserve_share
    if flown.landed_s is None:
        return Points(Mark.RESERVE, 0.0, most, (Moment(None, "The flight did not end with a landing."),))
    left = float(flown.battery[np.searchsorted(flown.s, flown.landed_s)])
    text = f"{100 * left:.0f} % of the battery was left on landing; {100 * asked:.0f} % were to stay."
    moment = Moment(flown.landed_s, text, good=left >= asked)
    return Points(Mark.RESERVE, share_of(most, left / asked if asked else 1.0), most, (moment,))


def reaction(told: Told, most: int) -> Points:
    """For each fault: all points for a right answer in time, none at three times that time, in proportion between."""
    asked = [f for f in told.record.scenario.faults if f.expected is not None]
    if not asked:
        return Points(Mark.REACTION, float(most), most)
    found = [_answered(told, fault) for fault in asked]
    share = sum(s for s, _ in found) / len(found)
    return Points(Mark.REACTION, share_of(most, share), most, tuple(m for _, m in found))


def checklist(told: Told, most: int) -> Points:
    """The share of the scenario's checks that the vehicle saw before its motors started."""
    asked = told.record.scenario.checklist
    if not asked:
        return Points(Mark.CHECKLIST, float(most), most)
    armed_s = next((float(s) for s, on in zip(told.flown.s, told.flown.armed, strict=True) if on), None)
    before = [line for line in told.record.of("heard") if armed_s is None or line.s <= armed_s]
    done = [(check, CHECKS[check](before, armed_s)) for check in asked]
    moments = tuple(Moment(armed_s, f"{SAID[check]}: {'done' if ok else 'not done'}.", good=ok) for check, ok in done)
    share = sum(ok for _, ok in done) / len(done) if armed_s is not None else 0.0
    return Points(Mark.CHECKLIST, share_of(most, share), most, moments)


def landing(told: Told, most: int) -> Points:
    """All points for motors off within 15 m of the launch place before the time is up; half for elsewhere on a quay."""
    flown, scenario = told.flown, told.record.scenario
    if flown.landed_s is None:
        return Points(Mark.LANDING, 0.0, most, (Moment(None, "The flight did not end with a landing."),))
    index = int(np.searchsorted(flown.s, flown.landed_s))
    east, north = flown.east_north_m[index]
    first = flown.east_north_m[np.flatnonzero(flown.armed)[0]]
    away = float(np.hypot(east - first[0], north - first[1]))
    on_quay = any(Polygon(q.outline).covers(Point(east, north)) for q in told.harbour.quays)
    in_time = flown.landed_s <= scenario.time_limit_s
    share = (1.0 if away <= 15 else 0.5 if on_quay else 0.0) * (1.0 if in_time else 0.5)
    where = "on the launch place" if away <= 15 else f"{away:.0f} m from it" + (", on a quay" if on_quay else "")
    late = "" if in_time else f"; the time was up at {clock(scenario.time_limit_s)}"
    moment = Moment(flown.landed_s, f"Landed at {clock(flown.landed_s)}, {where}{late}.", good=share == 1.0)
    return Points(Mark.LANDING, share_of(most, share), most, (moment,))


MARKS: dict[Mark, Callable[[Told, int], Points]] = {
    Mark.COVERAGE: coverage,
    Mark.REVISIT: revisit,
    Mark.VESSELS: vessels,
    Mark.MARGINS: margins,
    Mark.RESERVE: reserve,
    Mark.REACTION: reaction,
    Mark.CHECKLIST: checklist,
    Mark.LANDING: landing,
    Mark.EVENTS: events,
}


def _longest_gap(moments: Sequence[float]) -> tuple[float, float]:
    """The longest time between two moments, and when it began."""
    gaps = [(b - a, a) for a, b in pairwise(moments)]
    return max(gaps) if gaps else (0.0, 0.0)


def _best_look(told: Told, vessel: Vessel) -> Moment:
    best_px, best = 0.0, None
    for photo in told.photos:
        px = _pixels_along(told, vessel, photo)
        if px > best_px:
            best_px, best = px, photo
    least = told.record.scenario.task.least_px
    name = f"{vessel.vessel_id} ({vessel.kind}, {vessel.length_m:.0f} m)"
    if best is None:
        return Moment(None, f"{name}: in no picture.")
    text = f"{name}: best in picture {best.index}, {best_px:.0f} px long; {least:.0f} px are needed."
    return Moment(best.at_s, text, good=best_px >= least)


def _witnessed(told: Told, event: Event, span_s: tuple[float, float]) -> Moment:
    """The first picture of an event that shows all vessels that take part, large enough."""
    vessels = [v for w in event.who if (v := told.harbour.vessel(w)).kind not in NO_VESSELS]
    least = told.record.scenario.task.least_px
    what = f"{event.kind} of {', '.join(event.who)}, from {clock(span_s[0])}"
    what += f" to {clock(span_s[1])}" if math.isfinite(span_s[1]) else " on"
    for photo in told.photos:
        on = span_s[0] <= photo.at_s <= span_s[1]
        if on and all(_pixels_along(told, vessel, photo) >= least for vessel in vessels):
            return Moment(photo.at_s, f"{what}: in picture {photo.index}.", good=True)
    return Moment(max(0.0, span_s[0]), f"{what}: in no picture of at least {least:.0f} px for each vessel.")


def _pixels_along(told: Told, vessel: Vessel, photo: Photo) -> float:
    """Length in pixels of a vessel that is whole in a picture, 0 if it is not."""
    at_utc = told.record.scenario.start_utc + timedelta(seconds=photo.at_s)
    state = vessel.state_at(at_utc)
    ahead = np.radians(state.heading_deg)
    half = vessel.length_m / 2 * np.array([np.sin(ahead), np.cos(ahead)])
    middle = np.array([state.east_m - photo.east_m, state.north_m - photo.north_m])
    ends = np.array([[*(middle + half), -photo.height_m], [*(middle - half), -photo.height_m]])
    camera = PRACTICE_LENS.intrinsics
    pixels = pixels_of(camera, photo.attitude, ends)
    inside = (pixels >= 0).all() and (pixels <= [camera.width_px, camera.height_px]).all()
    return float(np.hypot(*(pixels[0] - pixels[1]))) if inside else 0.0


def _zone_breaches(told: Told) -> list[Moment]:
    """Each time that the vehicle in the air came nearer to a no-fly zone than the margin."""
    flown, clear = told.flown, told.record.scenario.task.keep_clear_m
    found: list[Moment] = []
    for zone in told.harbour.zones:
        if zone.rule is not ZoneRule.NO_FLY:
            continue
        shape = Polygon(told.harbour.frame.to_metres(zone.outline))
        wide = shape.buffer(clear) if clear else shape
        shapely.prepare(wide)
        inside = False
        for index in range(1, len(flown.s)):
            if not flown.armed[index] or flown.up_m[index] < LIFTED_M:
                inside = False
                continue
            hit = wide.intersects(LineString(flown.east_north_m[index - 1 : index + 1]))
            if hit and not inside:
                nearest = float(shape.distance(Point(flown.east_north_m[index])))
                how = "entered" if nearest == 0 else f"came nearer than {clear:.0f} m to"
                found.append(Moment(float(flown.s[index]), f"The drone {how} the no-fly zone {zone.name}."))
            inside = bool(hit)
    return found


def _height_breaches(flown: Flown, ceiling_m: float) -> list[Moment]:
    """Each time that the vehicle rose above the ceiling by more than a metre."""
    above = flown.height_m > ceiling_m + 1.0
    starts = np.flatnonzero(above & ~np.concatenate([[False], above[:-1]]))
    return [
        Moment(float(flown.s[i]), f"The drone rose above the ceiling of {ceiling_m:.0f} m above the water.")
        for i in starts
    ]


def _answered(told: Told, fault: PlannedFault) -> tuple[float, Moment]:
    """The share of the points for one fault, and what happened."""
    expected, kind = fault.expected, fault.fault.kind.value
    began = next((x.s for x in told.record.of("fault") if x.text("fault") == kind and x.flag("active")), None)
    if began is None or expected is None:
        return 0.0, Moment(None, f"{kind}: did not come about: the drone was not in the air long enough.")
    when = _first_answer(told, began, expected.answers)
    words = " or ".join(a.value for a in expected.answers)
    if when is None:
        return 0.0, Moment(began, f"{kind} at {clock(began)}: no answer ({words} expected). {expected.because}")
    took = when - began
    share = 1.0 if took <= expected.within_s else max(0.0, 1 - (took - expected.within_s) / (2 * expected.within_s))
    text = f"{kind} at {clock(began)}: answered after {took:.0f} s, asked for {expected.within_s:.0f} s."
    return share, Moment(when, text if share == 1.0 else f"{text} {expected.because}", good=share == 1.0)


def _first_answer(told: Told, began_s: float, answers: Sequence[Answer]) -> float | None:
    """When the crew first did one of `answers` after `began_s`: a command, or a mode that it asked for."""
    modes = frozenset().union(*(MODES[a] for a in answers))
    commands = frozenset().union(*(COMMANDS[a] for a in answers))
    if Answer.CONTINUE in answers and told.flown.mode_at(began_s + 1) in MODES[Answer.CONTINUE]:
        return began_s
    for line in told.record.of("heard"):
        if line.s < began_s:
            continue
        if line.text("message") in {"COMMAND_LONG", "COMMAND_INT"} and int(line.number("command")) in commands:
            return line.s
        if _asks_mode(line) and told.flown.mode_at(line.s + 1.5) in modes:
            return line.s
    return None


def _asks_mode(line: Line) -> bool:
    return line.text("message") == "SET_MODE" or int(line.number("command")) in {176, 192}  # DO_SET_MODE, DO_REPOSITION


def _read_back(before: Sequence[Line], _armed_s: float | None) -> bool:
    sent = [n for n, x in enumerate(before) if x.text("message") == "MISSION_COUNT" and x.number("mission_type") == 0]
    read = [
        n for n, x in enumerate(before) if x.text("message") == "MISSION_REQUEST_LIST" and x.number("mission_type") == 0
    ]
    return bool(sent and read and read[-1] > sent[-1])


def _fence(before: Sequence[Line], _armed_s: float | None) -> bool:
    sent = any(
        x.text("message") == "MISSION_COUNT" and x.number("mission_type") == 1 and x.number("count") for x in before
    )
    on = any(int(x.number("command")) == FENCE_ENABLE and x.number("param1") == 1 for x in before)
    set_ = any(x.text("param_id") == "FENCE_ENABLE" and x.number("param_value") == 1 for x in before)
    return sent and (on or set_)


def _parameters(before: Sequence[Line], _armed_s: float | None) -> bool:
    return any(x.text("message").startswith("PARAM_REQUEST") for x in before)


def _clean_arm(before: Sequence[Line], armed_s: float | None) -> bool:
    tries = [x.s for x in before if int(x.number("command")) == ARM and x.number("param1") == 1]
    return armed_s is not None and not any(s < armed_s - 2.0 for s in tries)


CHECKS: dict[Check, Callable[[Sequence[Line], float | None], bool]] = {
    Check.READ_BACK: _read_back,
    Check.FENCE: _fence,
    Check.PARAMETERS: _parameters,
    Check.CLEAN_ARM: _clean_arm,
}
SAID: dict[Check, str] = {
    Check.READ_BACK: "The mission was read back before the start",
    Check.FENCE: "A fence was sent and enabled before the start",
    Check.PARAMETERS: "The vehicle's settings were read before the start",
    Check.CLEAN_ARM: "Arming was asked for only when the vehicle was ready",
}
