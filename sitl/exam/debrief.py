"""The debrief of an exam: one HTML file with map, time line and scored moments, that opens without a network."""

import html
import json
import math
from datetime import timedelta
from pathlib import Path

import numpy as np
from shapely.geometry import Polygon

from planner.geo.points import Floats
from planner.model.errors import QuaywatchError
from sitl.exam.flown import flown_of, photos_of
from sitl.exam.points import Score
from sitl.exam.record import Record
from sitl.exam.words import decision
from sitl.scenario.stage import harbour_of
from sitl.scenario.values import Role
from sitl.world.harbour import Harbour
from sitl.world.vessels import Vessel

TEMPLATE = Path(__file__).parent / "debrief.html"
TRACK_STEP_S = 5.0


def write_debrief(record: Record, score: Score) -> Path:
    """Writes debrief.html into the exam's folder; gives its path.

    Raises:
        QuaywatchError: it cannot be written.
    """
    path = record.folder / "debrief.html"
    part = path.with_name(".debrief.html.part")
    try:
        part.write_text(debrief_html(record, score), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise QuaywatchError(f"{path}: cannot be written: {error.strerror or error}") from None
    return path


def debrief_html(record: Record, score: Score) -> str:
    """The page. It names no address outside itself, and shows names from files as text only."""
    data = json.dumps(debrief_json(record, score), separators=(",", ":")).replace("<", "\\u003c")
    page = TEMPLATE.read_text(encoding="utf-8")
    title = html.escape(f"{record.scenario.title}: {record.header.trainee}")
    return page.replace("__TITLE__", title).replace("__DATA__", data)


def debrief_json(record: Record, score: Score) -> dict[str, object]:
    """What the page shows: the harbour, the track, the vessels, the faults, decisions and points."""
    scenario, harbour = record.scenario, harbour_of(record.scenario)
    end_s = max([line.s for line in record.lines], default=0.0)
    flown = flown_of(record, harbour)
    return {
        "title": scenario.title,
        "trainee": record.header.trainee,
        "role": scenario.role.value,
        "started": record.header.started_utc.strftime("%Y-%m-%d %H:%M UTC"),
        "simulated": scenario.start_utc.strftime("%Y-%m-%d %H:%M UTC"),
        "brief": scenario.task.brief,
        "goodCrew": list(scenario.good_crew),
        "score": score.as_json(),
        "end": end_s,
        "quays": [_ring(np.asarray(q.outline, dtype=float)) for q in harbour.quays],
        "area": _ring(harbour.frame.to_metres(harbour.area.outline)),
        "zones": [
            {"name": z.name, "rule": z.rule.value, "ring": _ring(harbour.frame.to_metres(z.outline))}
            for z in harbour.zones
        ],
        "track": [
            [round(float(s), 1), round(float(e), 1), round(float(n), 1), round(float(h), 1), round(float(b), 3), mode]
            for s, (e, n), h, b, mode in zip(
                flown.s, flown.east_north_m, flown.height_m, flown.battery, flown.mode, strict=True
            )
        ],
        "photos": [
            {"s": round(p.at_s, 1), "i": p.index, "ring": _ring(np.asarray(p.ground.exterior.coords))}
            for p in photos_of(record, harbour.frame)
            if isinstance(p.ground, Polygon) and not p.ground.is_empty
        ],
        "vessels": _vessels(record, harbour, end_s),
        "events": _events(record, harbour, end_s),
        "faults": _faults(record, end_s),
        "decisions": _decisions(record),
        "remarks": [{"s": line.s, "text": line.text("text")} for line in record.of("remark")],
        "watch": [{"name": w.name, "at": [w.east_m, w.north_m]} for w in scenario.task.watch],
        "pilot": scenario.role is Role.PILOT,
    }


def _ring(points: Floats) -> list[list[float]]:
    return [[round(float(e), 1), round(float(n), 1)] for e, n in points[:, :2]]


def _vessels(record: Record, harbour: Harbour, end_s: float) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    steps = [TRACK_STEP_S * i for i in range(int(end_s / TRACK_STEP_S) + 2)]
    for vessel in harbour.vessels:
        states = [vessel.state_at(record.scenario.start_utc + timedelta(seconds=s)) for s in steps]
        still = all((s.east_m, s.north_m) == (states[0].east_m, states[0].north_m) for s in states)
        way = [
            [round(s.east_m, 1), round(s.north_m, 1), round(s.heading_deg)] for s in (states[:1] if still else states)
        ]
        found.append(
            {
                "id": vessel.vessel_id,
                "kind": vessel.kind,
                "length": vessel.length_m,
                "ais": vessel.ais.name if vessel.ais else None,
                "why": record.scenario.why_suspicious(vessel.vessel_id),
                "step": TRACK_STEP_S,
                "way": way,
                "there": _presence(record, vessel),
            }
        )
    return found


def _presence(record: Record, vessel: Vessel) -> list[float | None]:
    """From when to when it is there (None: to the end), in seconds of the scenario."""
    first, last = (s - record.scenario.start_utc.timestamp() for s in vessel.there_s)
    return [max(0.0, first), None if math.isinf(last) else round(last, 1)]


def _events(record: Record, harbour: Harbour, end_s: float) -> list[dict[str, object]]:
    """What happened up to the end, in words."""
    start_s = record.scenario.start_utc.timestamp()
    return [
        {
            "s": max(0.0, round(e.begin_s - start_s, 1)),
            "to": None if e.end_s is None else round(e.end_s - start_s, 1),
            "text": " ".join(filter(None, [f"{e.kind}:", ", ".join(e.who), e.note and f"({e.note})"])),
        }
        for e in harbour.events
        if e.begin_s - start_s <= end_s
    ]


def _faults(record: Record, end_s: float) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    open_: dict[str, float] = {}
    for line in record.of("fault"):
        name = line.text("fault")
        if line.flag("active"):
            open_[name] = line.s
        elif name in open_:
            found.append({"fault": name, "from": open_.pop(name), "to": line.s})
    return [*found, *({"fault": name, "from": began, "to": end_s} for name, began in open_.items())]


def _decisions(record: Record) -> list[dict[str, object]]:
    """What the crew asked of the vehicle, in words; the same thing within two seconds is told once."""
    found: list[dict[str, object]] = []
    for line in record.of("heard"):
        text = decision(line.text("message"), line.number("command"))
        if text is None or (found and found[-1]["text"] == text and line.s - float(str(found[-1]["s"])) < 2):
            continue
        found.append({"s": line.s, "text": text})
    return found
