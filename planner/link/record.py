"""Flight logs read as a Flight: MAVLink telemetry logs (.tlog) and ArduPilot dataflash logs (.bin, .log).

Only the messages that a Flight is made of are decoded. Times are UTC from the vehicle (SYSTEM_TIME, GPS) where that is
plausible, else from the clock of the computer that wrote the log; `Flight.notes` says which.
"""

import contextlib
import io
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from pymavlink import DFReader
from pymavlink.dialects.v20 import ardupilotmega as dialect

from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link.angles import euler_deg
from planner.link.messages import Address
from planner.link.pictures import in_words
from planner.link.stack import AUTOPILOT_INVALID
from planner.link.state import capture_of
from planner.link.texts import TextJoiner
from planner.link.tracks import Samples, flight_of
from planner.model.errors import BadInput
from planner.model.flight import Capture, Flight

_DATAFLASH_MARK = b"\xa3\x95"
_EARLIEST_S, _LATEST_S = 1_104_537_600.0, 4_102_444_800.0  # 2005 to 2100
_GPS_EPOCH_S = 315_964_800.0
_LEAPS = ((1_483_228_800.0, 18), (1_435_708_800.0, 17), (1_341_100_800.0, 16), (0.0, 15))  # IERS bulletin C
_BANNERS = ("ArduCopter V", "ArduPlane V", "ArduRover V", "ArduSub V", "Rover V", "Blimp V")
_MARKS = (0xFD, 0xFE)
_WANTED = frozenset({0, 2, 30, 33, 148, 158, 180, 242, 253, 263, 265, 285})
_GIMBALS = (285, 265, 158)  # GIMBAL_DEVICE_ATTITUDE_STATUS, MOUNT_ORIENTATION, MOUNT_STATUS; best first
_YAW_IN_VEHICLE, _YAW_IN_EARTH, _YAW_LOCK = 32, 64, 16

Rows: TypeAlias = list[tuple[float, float, float, float]]
Gimbals: TypeAlias = dict[int, tuple[Rows, Rows]]
"""By message: rows against the earth, and rows whose yaw is against the airframe."""


def read_flight(path: Path) -> Flight:
    """The flight in a log file.

    Raises:
        BadInput: the file is missing, empty, no log, or holds no position.
    """
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise BadInput(path, f"cannot be read ({error.strerror or error})") from error
    if not head:
        raise BadInput(path, "the file is empty; choose a .tlog or a dataflash .bin log")
    if head.startswith((_DATAFLASH_MARK, b"FMT,")):
        samples = _read_dataflash(path, text=head.startswith(b"FMT,"))
    else:
        samples = _read_tlog(path)
    flight = flight_of(str(path), samples)
    if len(flight.track) == 0 and not flight.captures:
        raise BadInput(path, "the log holds no position; the vehicle had no GPS fix, or telemetry was not recorded")
    return flight


# telemetry logs


@dataclass(frozen=True, slots=True)
class _Entry:
    """One decoded frame: time of writing, sender, message, and how often the vehicle had restarted by then."""

    at_s: float
    source: Address
    decoded: Any


def _read_tlog(path: Path) -> Samples:
    entries = list(_tlog_entries(path.read_bytes()))
    vehicles = Counter(
        e.source for e in entries if e.decoded.get_msgId() == 0 and e.decoded.autopilot != AUTOPILOT_INVALID
    )
    if not vehicles:
        raise BadInput(path, "not a flight log: it holds no heartbeat of an autopilot")
    vehicle = vehicles.most_common(1)[0][0]
    samples = Samples()
    systems = sorted({source.system for source in vehicles})
    if len(systems) > 1:
        several = ", ".join(str(one) for one in systems)
        samples.notes.append(
            f"The log holds the vehicles {several}; this is the flight of vehicle {vehicle.system}, heard most."
        )
    gimbals: Gimbals = {number: ([], []) for number in _GIMBALS}
    for part in _between_restarts([e for e in entries if e.source.system == vehicle.system], vehicle):
        _take_part(part, vehicle, samples, gimbals)
    told = next((number for number in _GIMBALS if any(gimbals[number])), None)
    if samples.reports.missing:
        samples.notes.append(in_words(samples.reports.missing))
    if told is not None:  # several messages may tell the same gimbal: the best one alone is used
        samples.gimbal, samples.gimbal_body = gimbals[told]
    if not samples.vehicle:
        samples.vehicle = _vehicle_name([e.decoded for e in entries if e.source == vehicle])
    return samples


def _vehicle_name(told: list[Any]) -> str:
    beat = next(one for one in told if one.get_msgId() == 0)
    stack = {3: "ArduPilot", 12: "PX4"}.get(beat.autopilot, "")
    versions = [one.flight_sw_version for one in told if one.get_msgId() == 148 and one.flight_sw_version]
    version = ".".join(str(versions[0] >> shift & 0xFF) for shift in (24, 16, 8)) if versions else ""
    kind = dialect.enums["MAV_TYPE"].get(beat.type)
    name = kind.name.removeprefix("MAV_TYPE_").replace("_", " ").lower() if kind else ""
    return " ".join(part for part in (stack, version, name) if part)


def _tlog_entries(data: bytes) -> Iterator[_Entry]:
    parser = dialect.MAVLink(None)
    at, end = 0, len(data)
    while at + 17 < end:
        frame = at + 8
        mark = data[frame]
        if mark == 0xFD:
            length = data[frame + 1] + 12 + (13 if data[frame + 2] & 1 else 0)
            number, source = data[frame + 7] | data[frame + 8] << 8 | data[frame + 9] << 16, (frame + 5, frame + 6)
        elif mark == 0xFE:
            length, number, source = data[frame + 1] + 8, data[frame + 5], (frame + 3, frame + 4)
        else:
            at += 1
            continue
        after = frame + length + 8
        if frame + length > end or (number not in _WANTED and after < end and data[after] not in _MARKS):
            at += 1  # no frame, or one that nobody needs and that no other follows: perhaps noise
            continue
        if number in _WANTED:
            try:
                decoded = parser.decode(bytearray(data[frame : frame + length]))
            except (dialect.MAVError, ValueError, TypeError, IndexError):
                at += 1
                continue
            at_s = int.from_bytes(data[at:frame], "big") / 1e6
            yield _Entry(at_s, Address(data[source[0]], data[source[1]]), decoded)
        at = frame + length


def _between_restarts(entries: list[_Entry], vehicle: Address) -> Iterator[list[_Entry]]:
    part: list[_Entry] = []
    last_ms = 0
    for entry in entries:
        boot_ms = getattr(entry.decoded, "time_boot_ms", None) if entry.source == vehicle else None
        if boot_ms is not None:
            if boot_ms < last_ms - 10_000:
                yield part
                part = []
            last_ms = boot_ms
        part.append(entry)
    yield part


def _take_part(part: list[_Entry], vehicle: Address, samples: Samples, gimbals: Gimbals) -> None:
    offset_s = _utc_minus_boot_s(part, vehicle, samples)
    joiner = TextJoiner()
    for entry in part:
        one, number = entry.decoded, entry.decoded.get_msgId()
        if number in {180, 263}:
            _take_capture(one, number, offset_s, samples)
        elif number in _GIMBALS:
            at_s = entry.at_s if offset_s is None or number == 158 else offset_s + one.time_boot_ms / 1e3
            _take_gimbal(one, number, at_s, gimbals)
        elif entry.source != vehicle:
            continue
        elif number == 253:
            text = m.StatusText(one.severity, _text(one), one.id, one.chunk_seq)
            joiner, whole = joiner.on_text(entry.source, text, entry.at_s)
            for done in whole:
                _take_text(done.message, samples)
        elif number == 33:
            at_s = entry.at_s if offset_s is None else offset_s + one.time_boot_ms / 1e3
            row = (at_s, one.lat / 1e7, one.lon / 1e7, one.relative_alt / 1e3, one.alt / 1e3)
            samples.positions.append(row)
        elif number == 30:
            at_s = entry.at_s if offset_s is None else offset_s + one.time_boot_ms / 1e3
            yaw, pitch, roll = (math.degrees(angle) for angle in (one.yaw, one.pitch, one.roll))
            samples.attitudes.append((at_s, yaw, pitch, roll))
        elif number == 242 and (one.latitude, one.longitude) != (0, 0):
            with contextlib.suppress(ValueError):
                samples.home = LatLon(one.latitude / 1e7, one.longitude / 1e7)


def _utc_minus_boot_s(part: list[_Entry], vehicle: Address, samples: Samples) -> float | None:
    mine = [e for e in part if e.source == vehicle]
    clocks = [e for e in mine if e.decoded.get_msgId() == 2 and e.decoded.time_unix_usec > 0]
    told = np.array([e.decoded.time_unix_usec / 1e6 - e.decoded.time_boot_ms / 1e3 for e in clocks])
    plausible = [_EARLIEST_S < e.decoded.time_unix_usec / 1e6 < _LATEST_S for e in clocks]
    if any(plausible):
        return float(np.median(told[plausible]))
    written = [e.at_s - e.decoded.time_boot_ms / 1e3 for e in mine if hasattr(e.decoded, "time_boot_ms")]
    if not written:
        return None
    why = "the vehicle's own clock is wrong" if clocks else "the vehicle told no time"
    samples.notes.append(f"Times are those of the computer that wrote the log, because {why}.")
    # the frame that was delayed least tells the clock best; the hundredth part is left out as outliers
    return float(np.percentile(written, 1))


def _take_capture(one: Any, number: int, offset_s: float | None, samples: Samples) -> None:  # noqa: ANN401 - pymavlink
    if number == 180:
        samples.reports = samples.reports.told(one.img_idx, one.time_usec, None)
        at_us = one.time_usec
        if not _EARLIEST_S < at_us / 1e6 < _LATEST_S and offset_s is not None and at_us < 1e14:
            at_us = round((offset_s + at_us / 1e6) * 1e6)
        angles = (one.roll, one.pitch, one.yaw)
        capture = capture_of(m.CameraFeedback(at_us, one.img_idx, one.lat, one.lng, one.alt_msl, one.alt_rel, *angles))
    else:
        samples.reports = samples.reports.told(one.image_index, one.time_utc, None)
        at_us = one.time_utc
        if not _EARLIEST_S < at_us / 1e6 < _LATEST_S and offset_s is not None:
            at_us = round((offset_s + one.time_boot_ms / 1e3) * 1e6)
        place = (one.lat, one.lon, one.alt, one.relative_alt)
        capture = capture_of(m.CameraImageCaptured(at_us, *place, tuple(one.q), one.image_index, one.capture_result))
    if capture is not None and capture.at_utc.timestamp() > _EARLIEST_S:
        samples.captures.append(capture)


def _take_gimbal(one: Any, number: int, at_s: float, gimbals: Gimbals) -> None:  # noqa: ANN401 - pymavlink
    earth, body = gimbals[number]
    if number == 265:
        absolute = getattr(one, "yaw_absolute", math.nan)
        if math.isfinite(absolute):
            earth.append((at_s, absolute, one.pitch, one.roll))
        else:
            body.append((at_s, one.yaw, one.pitch, one.roll))
    elif number == 158:
        body.append((at_s, one.pointing_c / 100, one.pointing_a / 100, one.pointing_b / 100))
    else:
        in_earth = one.flags & _YAW_IN_EARTH or (one.flags & _YAW_LOCK and not one.flags & _YAW_IN_VEHICLE)
        (earth if in_earth else body).append((at_s, *euler_deg(one.q)))


def _text(one: Any) -> str:  # noqa: ANN401 - pymavlink
    return bytes(getattr(one, "_text_raw", b"")).rstrip(b"\x00").decode("utf-8", "replace")


def _take_text(message: m.Message, samples: Samples) -> None:
    if isinstance(message, m.StatusText):
        samples.messages.append(message.text)
        if not samples.vehicle and message.text.startswith(_BANNERS):
            samples.vehicle = message.text


# dataflash logs


def _read_dataflash(path: Path, *, text: bool) -> Samples:
    samples = Samples()
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            reader = _open_dataflash(path, text=text)
            try:
                rows = _dataflash_rows(reader)
            finally:
                _let_go(reader)
    except Exception as error:
        raise BadInput(path, f"the dataflash log is damaged from its beginning ({error})") from error
    offset_s = _utc_minus_boot_of_gps(rows)
    if offset_s is None:
        raise BadInput(path, "the log holds no GPS time, so its moments cannot be told in UTC")
    _take_dataflash(rows, offset_s, samples)
    return samples


def _open_dataflash(path: Path, *, text: bool) -> Any:  # noqa: ANN401 - pymavlink
    kind = DFReader.DFReader_text if text else DFReader.DFReader_binary
    reader = kind.__new__(kind)
    try:
        reader.__init__(str(path))
    except BaseException:  # the constructor opens the file and does not close it when it stumbles
        _let_go(reader)
        raise
    return reader


def _let_go(reader: Any) -> None:  # noqa: ANN401 - pymavlink
    for name in ("filehandle", "data_map"):
        held = getattr(reader, name, None)
        if held is not None:
            with contextlib.suppress(BufferError):  # the map is still looked into by a half-made reader
                held.close()


def _dataflash_rows(reader: Any) -> dict[str, list[dict[str, Any]]]:  # noqa: ANN401 - pymavlink
    wanted = ["POS", "ATT", "GPS", "CAM", "TRIG", "MNT", "ORGN", "MSG", "VER"]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in wanted}
    while True:
        one = reader.recv_match(type=wanted)
        if one is None:
            return rows
        rows[one.get_type()].append(one.to_dict())


def _utc_minus_boot_of_gps(rows: dict[str, list[dict[str, Any]]]) -> float | None:
    offsets = []
    for gps in rows["GPS"]:
        if gps.get("Status", 0) >= 3 and gps.get("GWk", 0) > 1000:
            gps_s = _GPS_EPOCH_S + gps["GWk"] * 604_800 + gps["GMS"] / 1e3
            leap = next(seconds for since, seconds in _LEAPS if gps_s >= since)
            offsets.append(gps_s - leap - gps["TimeUS"] / 1e6)
    # a fix is logged a little after its moment, never before it
    return float(np.percentile(offsets, 95)) if offsets else None


def _take_dataflash(rows: dict[str, list[dict[str, Any]]], offset_s: float, samples: Samples) -> None:
    for pos in rows["POS"]:
        place = (pos["Lat"], pos["Lng"], pos.get("RelHomeAlt", math.nan), pos["Alt"])
        samples.positions.append((offset_s + pos["TimeUS"] / 1e6, *place))
    for att in rows["ATT"]:
        samples.attitudes.append((offset_s + att["TimeUS"] / 1e6, att["Yaw"], att["Pitch"], att["Roll"]))
    for mount in rows["MNT"]:
        at_s = offset_s + mount["TimeUS"] / 1e6
        yaw = mount.get("YawE", math.nan)
        angles = (mount.get("Pitch", math.nan), mount.get("Roll", math.nan))
        if math.isfinite(yaw):
            samples.gimbal.append((at_s, yaw, *angles))
        else:
            samples.gimbal_body.append((at_s, mount.get("YawB", math.nan), *angles))
    for shot in rows["CAM"] or rows["TRIG"]:
        with contextlib.suppress(KeyError, ValueError):
            samples.captures.append(_capture_of_row(shot, offset_s, len(samples.captures) + 1))
    for origin in rows["ORGN"]:
        if origin.get("Type") == 1:
            with contextlib.suppress(KeyError, ValueError):
                samples.home = LatLon(origin["Lat"], origin["Lng"])
    samples.messages = [str(one["Message"]) for one in rows["MSG"]]
    named = [str(one.get("FWS", "")) for one in rows["VER"]]
    named += [text for text in samples.messages if text.startswith(_BANNERS)]
    samples.vehicle = next((name for name in named if name), "")


def _capture_of_row(shot: dict[str, Any], offset_s: float, number: int) -> Capture:
    return Capture(
        index=int(shot.get("Img", number)),
        at_utc=datetime.fromtimestamp(offset_s + shot["TimeUS"] / 1e6, UTC),
        at=LatLon(shot["Lat"], shot["Lng"]),
        height_m=float(shot["RelAlt"]),
        msl_m=float(shot["Alt"]),
        yaw_deg=float(shot.get("Y", shot.get("Yaw", math.nan))) % 360.0,
        pitch_deg=float(shot.get("P", shot.get("Pitch", math.nan))),
        roll_deg=float(shot.get("R", shot.get("Roll", math.nan))),
    )
