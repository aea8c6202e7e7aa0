"""What happens in a harbour that follows from where its vessels are and what they send, without being an act."""

from collections.abc import Iterator, Mapping, Sequence

import shapely

from sitl.world.course import Course
from sitl.world.events import Event, EventKind
from sitl.world.motion import Still
from sitl.world.vessels import Vessel

STEP_S = 1.0


def entries(
    vessels: Sequence[Vessel], closed: Mapping[str, shapely.Polygon], span_s: tuple[float, float]
) -> Iterator[Event]:
    """Each time that a vessel on a course of its own (or that lies) is with its middle inside one of the zones."""
    begin_s, end_s = span_s
    for name, ring in closed.items():
        shapely.prepare(ring)
        for vessel in vessels:
            motion = vessel.motion
            if isinstance(motion, Still) and ring.contains(shapely.Point(motion.east_m, motion.north_m)):
                yield Event(EventKind.ENTRY, (vessel.vessel_id,), begin_s, None, motion.east_m, motion.north_m, name)
            elif isinstance(motion, Course):
                yield from _entries(vessel, motion, name, ring, (begin_s, end_s))


def _entries(
    vessel: Vessel, motion: Course, name: str, ring: shapely.Polygon, span_s: tuple[float, float]
) -> Iterator[Event]:
    first, last = max(span_s[0], vessel.there_s[0]), min(span_s[1], vessel.there_s[1])
    count = max(0, int((last - first) / STEP_S)) + 1
    states = [motion.state_at(first + STEP_S * n) for n in range(count)]
    inside = shapely.contains_xy(ring, [s.east_m for s in states], [s.north_m for s in states])
    began: int | None = None
    for n in range(count + 1):
        now = n < count and bool(inside[n])
        if now and began is None:
            began = n
        elif not now and began is not None:
            end = None if n == count else first + STEP_S * n
            at = states[began]
            who = (vessel.vessel_id,)
            yield Event(EventKind.ENTRY, who, first + STEP_S * began, end, at.east_m, at.north_m, name)
            began = None


def untold(vessels: Sequence[Vessel], start_s: float) -> Iterator[Event]:
    """What the vessels' AIS does not say, or says wrongly; what it always does begins at `start_s`."""
    for vessel in vessels:
        ais = vessel.ais
        if ais is None:
            continue
        told: list[tuple[EventKind, float | None, float | None, str]] = [
            (EventKind.AIS_GAP, begin, end, "") for begin, end in ais.silent_s
        ]
        if ais.shift_east_m or ais.shift_north_m:
            shift = f"{ais.shift_east_m:+.0f} m east, {ais.shift_north_m:+.0f} m north"
            spans = ais.shifted_s or ((None, None),)
            told += [(EventKind.FALSE_POSITION, begin, end, shift) for begin, end in spans]
        told += [(EventKind.FALSE_IDENTITY, a.from_s, None, f"{a.mmsi} {a.name}") for a in ais.aliases]
        if ais.declared_length_m is not None:
            told.append((EventKind.FALSE_LENGTH, None, None, f"{ais.declared_length_m:.0f} m"))
        for kind, begin_s, end_s, note in told:
            began_s = start_s if begin_s is None else begin_s
            at = vessel.motion.state_at(began_s)
            yield Event(kind, (vessel.vessel_id,), began_s, end_s, at.east_m, at.north_m, note)
