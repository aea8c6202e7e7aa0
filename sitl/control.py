"""The trainer's channel of a running practice vehicle, one JSON object a line: faults, and notes on an exam.

It shares the vehicle's TCP port: whoever sends `{` first is a trainer, not a ground station. Link faults do not
touch it. Only a practice vehicle answers so; on anything else `call` refuses.
"""

import contextlib
import json
import math
import socket
import time
from collections.abc import Mapping

from planner.model.errors import BadInput
from sitl.autopilot.core import Truth
from sitl.autopilot.injection import Injection
from sitl.autopilot.situation import Situation
from sitl.faults import Fault, FaultKind
from sitl.witness import Notebook

MARK = b'{"practice_vehicle":'
LONGEST_NOTE = 500
_PATIENCE_S = 3.0


def answer(line: bytes, now: Situation, injection: Injection, truth: Truth, notebook: Notebook | None = None) -> bytes:
    """Does what one line asks; the line to answer with. Notes go into the notebook."""
    try:
        request = json.loads(line)
        asked: Mapping[str, object] = request if isinstance(request, dict) else {}
        if asked.get("do") == "note":
            _note(asked, now, notebook)
        else:
            _do(asked, now)
        why = None
    except (ValueError, TypeError) as error:
        why = str(error)
    reply = {"practice_vehicle": now.config.system_id, "ok": why is None, "why": why, **_state(now, injection)}
    reply["drone"] = {
        "mode": truth.mode.name, "armed": truth.armed, "height_m": round(truth.height_m, 1),
        "speed_m_s": round(truth.speed_m_s, 1), "battery_share": round(truth.battery_share, 3),
        "item": truth.mission_item, "pictures": truth.pictures, "crew": "" if notebook is None else notebook.crew,
    }  # fmt: skip
    return json.dumps(reply).encode() + b"\n"


def _do(request: Mapping[str, object], now: Situation) -> None:
    match request.get("do"):
        case "list":
            return
        case "begin":
            for_s = _number(request, "for_s")
            fault = Fault.usual(_kind(request), _number(request, "value"), _number(request, "direction_deg"))
            now.faults.begin(fault, now.now_s, for_s=for_s)
        case "end":
            if not now.faults.end(_kind(request), now.now_s):
                raise ValueError(f"there is no {_kind(request)} to end")
        case "end all":
            for kind in list(now.faults.active):
                now.faults.end(kind, now.now_s)
        case other:
            raise ValueError(f"do must be list, begin, end, end all or note, got {other!r}")


def _note(request: Mapping[str, object], now: Situation, notebook: Notebook | None) -> None:
    text = request.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("a note needs words")
    if len(text) > LONGEST_NOTE:
        raise ValueError(f"a note has at most {LONGEST_NOTE} letters, this one has {len(text)}")
    if notebook is None or not notebook.on_note(" ".join(text.split()), now.now_s):
        raise ValueError("no exam is held on this drone, so nobody keeps notes")


def _kind(request: Mapping[str, object]) -> FaultKind:
    name = request.get("kind")
    if name not in set(FaultKind):
        raise ValueError(f"there is no fault {name!r}; there are {', '.join(FaultKind)}")
    return FaultKind(str(name))


def _number(request: Mapping[str, object], field: str) -> float | None:
    value = request.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{field} must be a number, got {value!r}")
    return float(value)


def _state(now: Situation, injection: Injection) -> dict[str, object]:
    faults = []
    for kind, span in now.faults.active.items():
        measured, words, works = injection.effect(kind)
        faults.append({
            "kind": kind, "value": span.fault.value, "direction_deg": span.fault.direction_deg,
            "since_s": round(span.since_s, 2), "until_s": span.until_s,
            "measured": round(measured, 3), "measured_words": words, "active": works,
        })  # fmt: skip
    return {"simulated_s": round(now.now_s, 2), "faults": faults}


def call(host: str, port: int, request: Mapping[str, object]) -> dict[str, object]:
    """Asks the practice vehicle at this address; its answer.

    Raises:
        BadInput: nobody answers there, what answers is no practice vehicle, or it refuses.
    """
    where = f"tcp:{host}:{port}"
    try:
        link = socket.create_connection((host, port), timeout=_PATIENCE_S)
    except OSError as error:
        raise BadInput("--to", f"nothing answers at {where} ({error.strerror or error}); is it running?") from None
    reply = None
    with link, contextlib.suppress(OSError):
        link.sendall(json.dumps(request).encode() + b"\n")
        reply = _read_answer(link)
    if reply is None:
        raise BadInput("--to", f"{where} is no practice vehicle: faults are refused on anything else")
    if not reply.get("ok"):
        raise BadInput("fault", str(reply.get("why")))
    return reply


def _read_answer(link: socket.socket) -> dict[str, object] | None:
    """The answer among whatever else is said; None if none comes."""
    until, heard = time.monotonic() + _PATIENCE_S, b""
    while (left := until - time.monotonic()) > 0 and len(heard) < 1_000_000:
        link.settimeout(left)
        try:
            data = link.recv(65536)
        except TimeoutError:
            return None
        if not data:
            return None
        heard += data
        at = heard.find(MARK)
        if at >= 0 and (end := heard.find(b"\n", at)) >= 0:
            found = json.loads(heard[at:end])
            return found if isinstance(found, dict) else None
    return None
