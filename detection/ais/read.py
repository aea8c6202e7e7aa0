r"""AIS logs: NMEA sentences with times from tag blocks, receivers or the line itself, and MarineCadastre's CSV.

Where a sentence's time comes from, in this order: the tag block `\c:...\\` on the line (IEC 61162-450), the
`$PGHP` receive time on a line before it (Gatehouse), a time at the start of the line (Unix seconds or ISO 8601), a
Unix time after the checksum. AIS itself tells only the second of the minute. A sentence without a time is counted
and left out. Lines that are no AIS at all (comments, other talkers) are passed over; broken ones are counted.
"""

import csv
import gzip
import io
import math
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from detection.ais.tracks import AisStatic, AisTrack, AisTracks
from planner.model.errors import BadInput

MAX_BYTES = 1 << 30
"""A log that is larger than this, unpacked, is refused: cut it to the hours of the flight."""

MAX_LINE = 1024

REPEAT_S = 10.0
"""The same report heard again within this time, by another station, is one report."""

_PGHP = re.compile(rb"\$PGHP,\d+,(\d{4}),(\d{1,2}),(\d{1,2}),(\d{1,2}),(\d{1,2}),(\d{1,2}),(\d{1,4})")
_TAG_TIME = re.compile(rb"(?:^|[\\,])c:(\d{9,16})")
_SENTENCE = re.compile(rb"[!$]..VD[MO],(\d),(\d),(\d?),([AB12]?),([^,]*),(\d)\*([0-9A-Fa-f]{2})")
_LEADING = re.compile(
    rb"^\W?(\d{9,10}(?:\.\d+)?|\d{13}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)\W"
)
_TRAILING = re.compile(rb"\*[0-9A-Fa-f]{2},(?:[^!$]*,)?(\d{9,10}(?:\.\d+)?)\s*$")
_POSITIONS = (1, 2, 3, 18, 19, 27)
_STATICS = (5, 19, 24)


@dataclass
class _Log:
    """What has been read so far: rows by vessel, and counts."""

    rows: dict[int, list[tuple[float, ...]]] = field(default_factory=dict)
    statics: dict[int, dict[str, Any]] = field(default_factory=dict)
    lines: int = 0
    bad: int = 0
    undated: int = 0
    clock_s: float | None = None
    parts: dict[tuple[bytes, bytes, bytes], list[bytes]] = field(default_factory=dict)


def read_ais(path: Path) -> AisTracks:
    """The tracks of an AIS log; gz is unpacked as it is read.

    Raises:
        BadInput: no such file, larger than `MAX_BYTES`, a broken archive, or no AIS report in it at all.
    """
    log = _Log()
    try:
        with _opened(path) as stream:
            lines = _lines(stream, path)
            first = next(lines, b"")
            if first.lstrip(b"\xef\xbb\xbf").upper().startswith(b"MMSI,"):
                _read_csv(log, first, lines, path)
            else:
                _read_nmea(log, _chain(first, lines))
    except FileNotFoundError:
        raise BadInput(path, "no such file; name an AIS log (NMEA or MarineCadastre CSV)") from None
    except IsADirectoryError:
        raise BadInput(path, "is a folder; name one AIS log file") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInput(path, f"is a broken gzip archive ({error}); copy the file again") from None
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror or error}") from None
    if not log.rows:
        raise BadInput(path, _nothing(log))
    return _tracks(log, path)


def _nothing(log: _Log) -> str:
    if log.undated:
        return (
            f"holds {log.undated} AIS sentences but no times; AIS alone does not tell the date, so use a log with "
            "tag blocks (c:), $PGHP lines or a time at the start of each line"
        )
    return "holds no AIS position report; use an NMEA log (!AIVDM) or a MarineCadastre CSV"


def _opened(path: Path) -> io.BufferedReader | gzip.GzipFile:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")


def _lines(stream: io.BufferedReader | gzip.GzipFile, path: Path) -> Iterator[bytes]:
    seen = 0
    while line := stream.readline(MAX_LINE):
        seen += len(line)
        if seen > MAX_BYTES:
            raise BadInput(path, f"is larger than {MAX_BYTES >> 20} MiB unpacked; cut it to the hours of the flight")
        yield line


def _chain(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


# NMEA


def _read_nmea(log: _Log, lines: Iterable[bytes]) -> None:
    for line in lines:
        log.lines += 1
        stamp = _PGHP.search(line)
        if stamp:
            log.clock_s = _pghp_seconds(stamp)
        found = _SENTENCE.search(line)
        if found is None:
            log.bad += b"VDM," in line or b"VDO," in line
        elif not _checksum_right(found):
            log.bad += 1
        else:
            _sentence(log, line, found)


def _pghp_seconds(stamp: re.Match[bytes]) -> float | None:
    try:
        year, month, day, hour, minute, second, millis = (int(g) for g in stamp.groups())
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return (moment + timedelta(milliseconds=millis)).timestamp()


def _checksum_right(found: re.Match[bytes]) -> bool:
    total = 0
    for byte in found.group(0)[1:-3]:
        total ^= byte
    return total == int(found.group(7), 16)


def _sentence(log: _Log, line: bytes, found: re.Match[bytes]) -> None:
    count, number, sequence, channel = found.group(1), found.group(2), found.group(3), found.group(4)
    if count == b"1":
        _message(log, (found.group(0),), _time_of(log, line, found))
        return
    key = (count, sequence, channel)
    if number == b"1":
        log.parts[key] = [found.group(0)]
        return
    parts = log.parts.get(key)
    if parts is None or len(parts) != int(number) - 1:
        log.parts.pop(key, None)
        log.bad += 1
        return
    parts.append(found.group(0))
    if len(parts) == int(count):
        del log.parts[key]
        _message(log, tuple(parts), _time_of(log, line, found))


def _time_of(log: _Log, line: bytes, found: re.Match[bytes]) -> float | None:
    head = line[: found.start()]
    if b"c:" in head and (tag := _TAG_TIME.search(head)):
        log.clock_s = _unix(float(tag.group(1)))
    elif head and (leading := _LEADING.match(head)):
        log.clock_s = _written(leading.group(1).decode("ascii"))
    elif trailing := _TRAILING.search(line):
        log.clock_s = float(trailing.group(1))
    return log.clock_s


def _unix(value: float) -> float:
    return value / 1000.0 if value >= 1e11 else value


def _written(text: str) -> float | None:
    if "-" not in text:
        return _unix(float(text))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _message(log: _Log, parts: tuple[bytes, ...], seconds: float | None) -> None:
    from pyais import decode
    from pyais.exceptions import AISBaseException

    try:
        fields = decode(*parts).asdict()
    except (AISBaseException, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError):
        log.bad += 1
        return
    kind = fields.get("msg_type")
    if kind in _STATICS:
        _take_static(log, fields)
    if kind in _POSITIONS:
        if seconds is None:
            log.undated += 1
        else:
            _take_position(log, fields, seconds)


def _take_static(log: _Log, fields: dict[str, Any]) -> None:
    known = log.statics.setdefault(int(fields["mmsi"]), {})
    for name in ("shipname", "callsign", "ship_type", "to_bow", "to_stern", "to_port", "to_starboard"):
        value = fields.get(name)
        if isinstance(value, str):
            value = value.strip("@ \0").strip()
        if value:
            known[name] = value


def _take_position(log: _Log, fields: dict[str, Any], seconds: float) -> None:
    lat, lon = fields.get("lat"), fields.get("lon")
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return
    _add(
        log,
        int(fields["mmsi"]),
        (
            seconds,
            float(lat),
            float(lon),
            _below(fields.get("speed"), 102.25),
            _below(fields.get("course"), 360.0),
            _below(fields.get("heading"), 360.0),
        ),
    )


def _below(value: object, limit: float) -> float:
    """The value, or NaN where it is the code for "not available" (at or over the limit)."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return math.nan
    return float(value) if 0 <= value < limit else math.nan


def _add(log: _Log, mmsi: int, row: tuple[float, ...]) -> None:
    seconds, lat, lon = row[:3]
    sound = math.isfinite(seconds) and -90 <= lat <= 90 and -180 <= lon <= 180 and 0 < mmsi < 10**9
    if sound:
        log.rows.setdefault(mmsi, []).append(row)


# MarineCadastre (https://coast.noaa.gov/data/marinecadastre/ais/data-dictionary.pdf)


def _read_csv(log: _Log, first: bytes, lines: Iterable[bytes], path: Path) -> None:
    text = (line.decode("utf-8", "replace").lstrip("\ufeff").replace("\0", "") for line in _chain(first, lines))
    reader = csv.DictReader(text)
    missing = {"MMSI", "BaseDateTime", "LAT", "LON"} - set(reader.fieldnames or ())
    if missing:
        raise BadInput(path, f"has no column {', '.join(sorted(missing))}; MarineCadastre's AIS columns are needed")
    try:
        for row in reader:
            log.lines += 1
            _csv_row(log, row)
    except csv.Error as error:
        raise BadInput(path, f"is no sound CSV in row {log.lines + 1}: {error}") from None


def _csv_row(log: _Log, row: dict[str, Any]) -> None:
    try:
        mmsi = int(row["MMSI"])
        moment = datetime.fromisoformat(row["BaseDateTime"])
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        lat, lon = float(row["LAT"]), float(row["LON"])
    except (ValueError, TypeError, OverflowError):
        log.bad += 1
        return
    motion = (_csv_below(row, "SOG", 102.25), _csv_below(row, "COG", 360.0), _csv_below(row, "Heading", 360.0))
    _add(log, mmsi, (seconds, lat, lon, *motion))
    length, width = _csv_number(row, "Length"), _csv_number(row, "Width")
    kind = _csv_number(row, "VesselType")
    known = {
        "shipname": str(row.get("VesselName") or "").strip(),
        "callsign": str(row.get("CallSign") or "").strip(),
        "ship_type": None if kind is None else int(kind),
        # the table gives no antenna: its middle is the best guess
        "to_bow": length and length / 2,
        "to_stern": length and length / 2,
        "to_port": width and width / 2,
        "to_starboard": width and width / 2,
    }
    log.statics.setdefault(mmsi, {}).update({k: v for k, v in known.items() if v})


def _csv_number(row: dict[str, Any], name: str) -> float | None:
    try:
        value = float(row.get(name) or "nan")
    except (ValueError, TypeError):
        return None
    return value if math.isfinite(value) and 0 <= value < 1e6 else None


def _csv_below(row: dict[str, Any], name: str, limit: float) -> float:
    return _below(_csv_number(row, name), limit)


# both


def _tracks(log: _Log, path: Path) -> AisTracks:
    by_mmsi = {mmsi: _track(_static(mmsi, log.statics.get(mmsi, {})), rows) for mmsi, rows in log.rows.items()}
    notes = []
    if log.bad:
        notes.append(f"{log.bad} of {log.lines} lines of {path.name} are broken and were left out")
    if log.undated:
        notes.append(f"{log.undated} reports of {path.name} stand before the first time and were left out")
    return AisTracks(path.name, dict(sorted(by_mmsi.items())), log.lines, log.bad, log.undated, tuple(notes))


def _static(mmsi: int, known: dict[str, Any]) -> AisStatic:
    return AisStatic(
        mmsi=mmsi,
        name=str(known.get("shipname", "")),
        call_sign=str(known.get("callsign", "")),
        ship_type=int(known["ship_type"]) if "ship_type" in known else None,
        a_m=float(known.get("to_bow", 0.0)),
        b_m=float(known.get("to_stern", 0.0)),
        c_m=float(known.get("to_port", 0.0)),
        d_m=float(known.get("to_starboard", 0.0)),
    )


def _track(static: AisStatic, rows: list[tuple[float, ...]]) -> AisTrack:
    table = np.array(rows, dtype=float)
    table = table[np.argsort(table[:, 0], kind="stable")]
    keep = np.ones(len(table), bool)
    if len(table) > 1:
        apart = np.diff(table[:, 0])
        again = (apart < REPEAT_S) & (table[1:, 1:3] == table[:-1, 1:3]).all(axis=1)
        keep[1:] = (apart > 0) & ~again
    table = table[keep]
    return AisTrack(static, *(table[:, column].copy() for column in range(6)))
