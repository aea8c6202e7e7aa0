"""A harbour as files: what a planner and a detector are given, and the truth to compare with."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from planner.model.errors import QuaywatchError
from sitl.world.course import Course
from sitl.world.events import Event
from sitl.world.harbour import Harbour
from sitl.world.hulls import NO_VESSELS
from sitl.world.motion import Anchored
from sitl.world.vessels import Vessel

LISTENING = timedelta(minutes=6)
"""How long before the start the AIS receiver already listens: each transponder has said all by then."""
TRACK_STEP_S = 5.0


def write_scene(
    folder: Path,
    harbour: Harbour,
    start_utc: datetime,
    end_utc: datetime,
    *,
    ais_silent_s: Sequence[tuple[float, float]] = (),
) -> dict[str, Path]:
    """Writes area, zones and land (GeoJSON), ais.nmea, vessels.json (truth) and scene.json; gives their paths by stem.

    ais.nmea covers `start_utc` to `end_utc` and six minutes before; vessels.json gives each vessel's states from start
    to end, every 5 s for those under way. Nothing is received in `ais_silent_s`, spans in seconds after `start_utc`.

    Raises:
        QuaywatchError: the folder cannot be written.
    """
    sentences = _heard(harbour, start_utc, end_utc, ais_silent_s)
    documents = {
        "area.geojson": json.dumps(harbour.area_geojson(), indent=1),
        "zones.geojson": json.dumps(harbour.zones_geojson(), indent=1),
        "land.geojson": json.dumps(harbour.land_geojson(), indent=1),
        "ais.nmea": "".join(f"{line}\r\n" for line in sentences),
        "vessels.json": json.dumps(vessels_json(harbour, start_utc, end_utc), indent=1),
        "scene.json": json.dumps(scene_json(harbour, start_utc, end_utc), indent=1),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in documents.items():
            (folder / name).write_bytes(text.encode())
    except OSError as error:
        raise QuaywatchError(f"{folder}: cannot write the scene: {error.strerror or error}") from error
    return {Path(name).stem: folder / name for name in documents}


def _heard(
    harbour: Harbour, start_utc: datetime, end_utc: datetime, silent_s: Sequence[tuple[float, float]]
) -> list[str]:
    """The AIS sentences from six minutes before the start to the end, without those of the silent spans."""
    sentences = harbour.ais_nmea(start_utc - LISTENING, end_utc)
    if not silent_s:
        return sentences
    began_s = start_utc.timestamp()

    def is_heard(sentence: str) -> bool:
        tag = re.search(r"c:(\d+)", sentence)
        after_s = int(tag[1]) - began_s if tag else 0.0
        return not any(begin <= after_s < end for begin, end in silent_s)

    return [sentence for sentence in sentences if is_heard(sentence)]


def scene_json(harbour: Harbour, start_utc: datetime, end_utc: datetime) -> dict[str, object]:
    """Where the drone takes off and how high above the water that is."""
    return {
        "name": harbour.name,
        "start_utc": start_utc.isoformat(),
        "end_utc": end_utc.isoformat(),
        "origin": {"lat_deg": harbour.origin.lat_deg, "lon_deg": harbour.origin.lon_deg},
        "launch": {"lat_deg": harbour.launch.lat_deg, "lon_deg": harbour.launch.lon_deg},
        "takeoff_height_m": harbour.takeoff_height_m,
        "area": "area.geojson",
        "zones": "zones.geojson",
        "land": "land.geojson",
        "ais": "ais.nmea",
        "vessels": "vessels.json",
    }


def vessels_json(harbour: Harbour, start_utc: datetime, end_utc: datetime) -> dict[str, object]:
    """Every vessel with its track, and what happens."""
    return {
        "start_utc": start_utc.isoformat(),
        "end_utc": end_utc.isoformat(),
        "takeoff_height_m": harbour.takeoff_height_m,
        "vessels": [_vessel_json(harbour, v, start_utc, end_utc) for v in harbour.vessels],
        "events": [_event_json(harbour, e) for e in harbour.events if e.begin_s <= end_utc.timestamp()],
    }


def _event_json(harbour: Harbour, event: Event) -> dict[str, object]:
    at = harbour.frame.to_place(event.east_m, event.north_m)
    return {
        "what": event.kind.value,
        "who": list(event.who),
        "from_utc": datetime.fromtimestamp(event.begin_s, UTC).isoformat(),
        "to_utc": None if event.end_s is None else datetime.fromtimestamp(event.end_s, UTC).isoformat(),
        "lat_deg": at.lat_deg,
        "lon_deg": at.lon_deg,
        "note": event.note,
    }


def _vessel_json(harbour: Harbour, vessel: Vessel, start_utc: datetime, end_utc: datetime) -> dict[str, object]:
    span_s = (end_utc - start_utc).total_seconds()
    every = [start_utc + timedelta(seconds=TRACK_STEP_S * i) for i in range(int(span_s // TRACK_STEP_S) + 1)]
    there = [at for at in every if vessel.is_there(at)]
    moves = isinstance(vessel.motion, Course) or vessel.state_at(start_utc).speed_m_s > 0
    under_way = moves and not isinstance(vessel.motion, Anchored) and vessel.kind not in NO_VESSELS
    return {
        "vessel_id": vessel.vessel_id,
        "kind": vessel.kind,
        "length_m": vessel.length_m,
        "beam_m": vessel.beam_m,
        "mmsi": vessel.ais.mmsi if vessel.ais else None,
        "name": vessel.ais.name if vessel.ais else None,
        "under_way": under_way,
        "track": [_fix(harbour, vessel, at) for at in (there if moves else there[:1])],
    }


def _fix(harbour: Harbour, vessel: Vessel, at_utc: datetime) -> dict[str, object]:
    state, place = vessel.state_at(at_utc), harbour.place_of(vessel, at_utc)
    return {
        "at_utc": at_utc.isoformat(),
        "lat_deg": place.lat_deg,
        "lon_deg": place.lon_deg,
        "heading_deg": round(state.heading_deg, 2),
        "speed_m_s": state.speed_m_s,
        "course_deg": round(state.course_deg, 2),
    }
