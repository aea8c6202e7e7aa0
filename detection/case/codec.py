"""Values of the detection rooms as JSON records, and back.

Unknown fields are not read, missing ones take their default, so that a case of an older version stays readable.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from detection.footage.frames import Frame
from detection.locate.sightings import Ellipse, Fix, Sighting
from detection.track.contacts import Contact
from detection.track.looks import SIZE, Looks
from detection.triage.flags import Flag
from planner.geo.camera import Attitude, Distortion, Intrinsics
from planner.geo.points import LatLon
from planner.model.pose import Pose, PoseSigma
from planner.model.zone import Zone, ZoneRule

Record = dict[str, Any]


def text_of(value: object) -> str:
    """JSON text of a record, short and with sorted keys (equal records give equal text)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def when(text: str | None) -> datetime | None:
    """A stored time."""
    return None if text is None else datetime.fromisoformat(text)


def iso(moment: datetime | None) -> str | None:
    """A time as it is stored."""
    return None if moment is None else moment.isoformat()


def place(at: LatLon | None) -> list[float] | None:
    """[latitude, longitude] of a place."""
    return None if at is None else [at.lat_deg, at.lon_deg]


def place_of(pair: list[float] | None) -> LatLon | None:
    """The place of [latitude, longitude]."""
    return None if pair is None else LatLon(pair[0], pair[1])


def _pair(value: list[float] | None) -> tuple[float, float] | None:
    return None if value is None else (value[0], value[1])


def _ellipse(value: list[float] | None) -> Ellipse | None:
    return None if value is None else Ellipse(value[0], value[1], value[2])


def _axes(ellipse: Ellipse | None) -> list[float] | None:
    return None if ellipse is None else [ellipse.major_m, ellipse.minor_m, ellipse.bearing_deg]


def looks_of(shares: list[float] | None) -> Looks | None:
    """The colours of a stored list; None for one of another length, which another version wrote."""
    return tuple(shares) if shares is not None and len(shares) == SIZE else None


def pose_record(pose: Pose) -> Record:
    """A camera's pose."""
    return {
        "at": place(pose.at),
        "height_m": pose.height_m,
        "attitude": [pose.attitude.yaw_deg, pose.attitude.pitch_deg, pose.attitude.roll_deg],
        "source": pose.source,
        "sigma": asdict(pose.sigma),
    }


def pose_of(record: Record) -> Pose:
    """The pose of a record."""
    at = LatLon(*record["at"])
    return Pose(at, record["height_m"], Attitude(*record["attitude"]), record["source"], PoseSigma(**record["sigma"]))


def intrinsics_of(record: Record) -> Intrinsics:
    """The camera of a record."""
    lens = record.get("distortion")
    return Intrinsics(**{**record, "distortion": None if lens is None else Distortion(**lens)})


def frame_row(frame: Frame) -> Record:
    """A frame's columns, without its input."""
    return {
        "frame_id": frame.frame_id,
        "sha256": frame.sha256,
        "width_px": frame.width_px,
        "height_px": frame.height_px,
        "at_utc": iso(frame.at_utc),
        "pose": None if frame.pose is None else text_of(pose_record(frame.pose)),
        "intrinsics": None if frame.intrinsics is None else text_of(asdict(frame.intrinsics)),
        "camera": frame.camera,
        "notes": text_of(list(frame.notes)),
    }


def sighting_record(s: Sighting) -> Record:
    """A sighting without its id and its frame's."""
    return {
        "at_utc": iso(s.at_utc),
        "box": [float(edge) for edge in s.box],
        "score": float(s.score),
        "label": int(s.label),
        "fix": s.fix.value,
        "at": place(s.at),
        "ellipse": _axes(s.ellipse),
        "bearing_deg": float(s.bearing_deg),
        "range_m": [float(r) for r in s.range_m],
        "length_m": None if s.length_m is None else [float(m) for m in s.length_m],
        "truncated": bool(s.truncated),
        "hull": [place(corner) for corner in s.hull],
        **({} if s.looks is None else {"looks": [float(share) for share in s.looks]}),
    }


def sighting_of(sighting_id: str, frame_id: str, text: str) -> Sighting:
    """The sighting of a row."""
    r: Record = json.loads(text)
    left, top, right, bottom = r["box"]
    return Sighting(
        sighting_id=sighting_id,
        frame_id=frame_id,
        at_utc=when(r["at_utc"]),
        box=(left, top, right, bottom),
        score=r["score"],
        label=r["label"],
        fix=Fix(r["fix"]),
        at=place_of(r["at"]),
        ellipse=_ellipse(r["ellipse"]),
        bearing_deg=r["bearing_deg"],
        range_m=(r["range_m"][0], r["range_m"][1]),
        length_m=_pair(r["length_m"]),
        truncated=r["truncated"],
        hull=tuple(LatLon(*corner) for corner in r["hull"]),
        looks=looks_of(r.get("looks")),
    )


def contact_record(c: Contact) -> Record:
    """A contact without its id, its sightings and its AIS identity's number."""
    return {
        "best_sighting_id": c.best_sighting_id,
        "first_seen_utc": iso(c.first_seen_utc),
        "last_seen_utc": iso(c.last_seen_utc),
        "at_utc": iso(c.at_utc),
        "at": place(c.at),
        "ellipse": _axes(c.ellipse),
        "length_m": None if c.length_m is None else [float(m) for m in c.length_m],
        "speed_m_s": c.speed_m_s,
        "speed_sigma_m_s": c.speed_sigma_m_s,
        "course_deg": c.course_deg,
        "name": c.name,
        "label": int(c.label),
        "score": float(c.score),
        "notes": list(c.notes),
        "confirmed": c.confirmed,
        "sighting_ids": list(c.sighting_ids),
    }


def contact_of(contact_id: str, mmsi: int | None, text: str) -> Contact:
    """The contact of a row."""
    r: Record = json.loads(text)
    return Contact(
        contact_id=contact_id,
        sighting_ids=tuple(r["sighting_ids"]),
        best_sighting_id=r["best_sighting_id"],
        first_seen_utc=when(r["first_seen_utc"]),
        last_seen_utc=when(r["last_seen_utc"]),
        at_utc=when(r["at_utc"]),
        at=place_of(r["at"]),
        ellipse=_ellipse(r["ellipse"]),
        length_m=_pair(r["length_m"]),
        speed_m_s=r["speed_m_s"],
        speed_sigma_m_s=r["speed_sigma_m_s"],
        course_deg=r["course_deg"],
        mmsi=mmsi,
        name=r["name"],
        label=r.get("label", 0),
        score=r.get("score", 0.0),
        notes=tuple(r.get("notes", ())),
        confirmed=bool(r.get("confirmed", True)),
    )


def flag_record(flag: Flag) -> Record:
    """A flag without its id, contact, rule and score."""
    return {
        "reason": flag.reason,
        "values": flag.values,
        "frame_ids": list(flag.frame_ids),
        "other_contact_ids": list(flag.other_contact_ids),
        "other_reason": flag.other_reason,
    }


def flag_of(flag_id: str, contact_id: str, rule: str, score: float, text: str) -> Flag:
    """The flag of a row."""
    r: Record = json.loads(text)
    others, other_reason = tuple(r["other_contact_ids"]), r.get("other_reason", "")
    return Flag(flag_id, contact_id, rule, score, r["reason"], r["values"], tuple(r["frame_ids"]), others, other_reason)


def rings_of_zone(zone: Zone) -> list[list[list[float] | None]]:
    """Outline first, then holes, each a list of [latitude, longitude]."""
    return [[place(p) for p in ring] for ring in (zone.outline, *zone.holes)]


def zone_of(name: str, rule: str, text: str) -> Zone:
    """The zone of a row."""
    outline, *holes = (tuple(LatLon(*p) for p in ring) for ring in json.loads(text))
    return Zone(name, ZoneRule(rule), outline, tuple(holes))
