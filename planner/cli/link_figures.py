"""What the commands of `quaywatch link` print of uploads, flights and the vehicle."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.link.alarms import Alarm
    from planner.link.events import Outcome
    from planner.link.state import VehicleState
    from planner.link.verdict import Verdict


def unsent(items: int) -> dict[str, Any]:
    """An upload of which nothing was sent."""
    figures = {"verdict": "not_stored", "items": items, "seconds": 0.0, "read_back": None}
    return figures | {"reason": "Nothing was sent.", "resends": 0}


def upload_figures(verdict: "Verdict") -> dict[str, Any]:
    """How an upload ended."""
    figures = verdict.figures
    return {
        "verdict": verdict.word,
        "items": figures.items,
        "seconds": figures.seconds,
        "read_back": figures.read_back,
        "reason": verdict.reason,
        "resends": figures.resends,
    }


def outcome_figures(outcome: "Outcome | None") -> dict[str, Any]:
    """How a flight ended."""
    if outcome is None:
        return {"reason": "The flight was left before its end."}
    figures: dict[str, Any] = {"outcome": outcome.word, "reason": outcome.reason}
    names = ("seconds", "captures", "as_planned", "missing")
    figures |= {name: getattr(outcome, name) for name in names if hasattr(outcome, name)}
    figures["missing"] = list(figures.get("missing", ()))
    return figures


def broken_off(result: dict[str, Any]) -> dict[str, Any]:
    """What remains to be said when Ctrl-C broke a flight off wherever it was."""
    if result["outcome"] != "not_flown":
        return {}
    if result["verdict"] != "stored":
        return {"reason": result["reason"] or "Stopped by Ctrl-C before anything was sent."}
    return {"outcome": "lost", "reason": "Broken off by Ctrl-C: what the vehicle does now is not known."}


def state_figures(state: "VehicleState", alarms: "tuple[Alarm, ...]" = ()) -> dict[str, Any]:
    """One line of `watch`."""
    camera_at = state.camera_at
    return {
        "at_utc": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "vehicle": state.address.system,
        "link_age_s": round(state.link_age_s, 2),
        "stack": state.stack.value,
        "mavlink": state.mavlink,
        "high_latency": state.high_latency,
        "report_every_s": round(state.report_every_s, 1) if state.high_latency else None,
        "mode": state.mode,
        "armed": state.armed if state.armed_is_told else None,
        "lat_deg": state.at.lat_deg if state.at else None,
        "lon_deg": state.at.lon_deg if state.at else None,
        "height_m": state.height_m,
        "yaw_deg": state.yaw_deg,
        "speed_m_s": state.speed_m_s,
        "battery_percent": state.battery_percent,
        "gps_fix": state.gps_fix,
        "item": state.mission_item,
        "as_stored": state.as_stored,
        "mission_changed": state.mission_changed or None,
        "camera_at": camera_at and {"lat_deg": camera_at.lat_deg, "lon_deg": camera_at.lon_deg},
        "captures": len(state.captures),
        "missing_captures": len(state.pictures.missing),
        "loss_percent": round(state.loss_percent, 2),
        "recent_loss_percent": None if state.recent_loss_percent is None else round(state.recent_loss_percent, 2),
        "frames_s": None if state.frames_s is None else round(state.frames_s, 1),
        "traffic": [
            {
                "id": one.id,
                "name": one.name,
                "lat_deg": one.at.lat_deg,
                "lon_deg": one.at.lon_deg,
                "course_deg": one.course_deg,
                "speed_m_s": one.speed_m_s,
                "length_m": one.length_m,
                "age_s": round(one.age_s(state.heard_s + state.link_age_s), 1),
            }
            for one in state.traffic
        ],
        "text": state.texts[-1].text if state.texts else None,
        "alarms": [
            {"code": one.code, "severity": one.severity.value, "message": one.message} | dict(one.values)
            for one in alarms
        ],
    }
