"""When a picture was taken, in UTC, and how far a camera's clock is off the flight log's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from detection.footage.exif import ExifFacts
from detection.footage.xmp import DJI, XMP, Xmp
from planner.geo.points import Floats
from planner.model.flight import Capture

_IN_NAME = re.compile(
    r"(?<!\d)(\d{4})[-_:.]?(\d\d)[-_:.]?(\d\d)[T _-]?(\d\d)[-_:.]?(\d\d)[-_:.]?(\d\d)"
    r"(?:[.,_-]?(\d{1,6}))?Z(?![A-Za-z0-9])"
)


@dataclass(frozen=True, slots=True)
class StillTime:
    """`at_utc` is None where nothing tells the zone; `local` is then the camera's wall clock, if it has one."""

    at_utc: datetime | None
    local: datetime | None = None
    notes: tuple[str, ...] = ()


def still_time(exif: ExifFacts, xmp: Xmp, name: str, zone_h: float | None = None) -> StillTime:
    """A picture's time from the best source: EXIF with its zone (or `zone_h` hours ahead of UTC), the exposure's UTC
    in DJI's XMP, GPS time, a UTC time in the file's name, an XMP date with zone.
    """  # noqa: D205
    exposed = _iso(xmp.text(DJI, "UTCAtExposure"), assume=UTC)
    if exposed is not None:
        return StillTime(exposed)
    local = exif.taken_local
    zone = exif.zone or (timezone(timedelta(hours=zone_h)) if zone_h is not None and abs(zone_h) <= 14 else None)
    if local is not None and zone is not None:
        return StillTime(local.replace(tzinfo=zone).astimezone(UTC))
    if exif.gps_utc is not None:
        return StillTime(exif.gps_utc, notes=("The time is the GPS's, to the whole second.",))
    named = time_in_name(name)
    if named is not None:
        return StillTime(named)
    dated = _iso(xmp.text(XMP, "CreateDate"), assume=None)
    if dated is not None:
        return StillTime(dated, notes=("The time is the XMP's creation date.",))
    if local is not None:
        note = (
            f"EXIF gives {local:%Y-%m-%d %H:%M:%S} without a time zone, so the time in UTC is not known; give the zone."
        )
        return StillTime(None, local, (note,))
    return StillTime(None, notes=("Nothing tells when the picture was taken.",))


def time_in_name(name: str) -> datetime | None:
    """A UTC time in a file's name, digits and Z: 2018080501004480Z (hundredths), 2018-08-05T01-00-44.800Z and alike.

    >>> time_in_name("2018080501004480Z.jpg").isoformat()
    '2018-08-05T01:00:44.800000+00:00'
    """
    for found in _IN_NAME.finditer(name):
        try:
            moment = datetime.strptime("".join(found.groups()[:6]), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            continue
        if 1990 <= moment.year <= 2100:
            return moment.replace(microsecond=int((found[7] or "0").ljust(6, "0")))
    return None


def _iso(text: str | None, *, assume: timezone | None) -> datetime | None:
    if text is None or not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=assume) if assume is not None else None
    return moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class TimeOffset:
    """Seconds to add to the camera's clock; `residual_s` is the root mean square of what remains over `matched`
    pictures. `ambiguous`: another offset fits as many, as happens with evenly spaced triggers.
    """  # noqa: D205

    offset_s: float
    residual_s: float
    matched: int
    ambiguous: bool


def best_time_offset(
    frame_times: Sequence[datetime],
    captures: Sequence[Capture],
    *,
    max_residual_s: float = 0.3,
    max_offset_s: float = 60_000.0,
) -> TimeOffset | None:
    """The constant offset that puts most pictures on a trigger of the log; None where no offset fits.

    An offset fits if at least three pictures and half of the smaller list match one trigger each within
    `max_residual_s`. Of offsets that fit as many, the one nearest to zero is told.
    """
    frames = np.sort([t.timestamp() for t in frame_times])[:2000]
    triggers = np.sort([c.at_utc.timestamp() for c in captures])[:4000]
    if len(frames) < 3 or len(triggers) < 3:
        return None
    gaps = np.sort((triggers[None, :] - frames[:, None]).ravel())
    gaps = gaps[np.abs(gaps) <= max_offset_s]
    if len(gaps) == 0:
        return None
    counts = np.searchsorted(gaps, gaps + 2 * max_residual_s, side="right") - np.arange(len(gaps))
    starts = np.argsort(-counts, kind="stable")[:120]
    fits = [_fit(frames, triggers, float(np.median(gaps[i : i + counts[i]])), max_residual_s) for i in starts]
    need = max(3, -(-min(len(frames), len(triggers)) // 2))
    good = [f for f in fits if f is not None and f.matched >= need and f.residual_s <= max_residual_s]
    if not good:
        return None
    most = max(f.matched for f in good)
    rivals = [f for f in good if f.matched == most]
    tight = min(f.residual_s for f in rivals) + 0.05
    best = min((f for f in rivals if f.residual_s <= tight), key=lambda f: abs(f.offset_s))
    others = any(abs(f.offset_s - best.offset_s) > 2 * max_residual_s for f in rivals if f.residual_s <= tight)
    return TimeOffset(best.offset_s, best.residual_s, best.matched, others)


def _fit(frames: Floats, triggers: Floats, guess_s: float, max_residual_s: float) -> TimeOffset | None:
    """Each trigger taken by its nearest picture only; two rounds, so that the guess may be off by the tolerance."""
    offset = guess_s
    errors = np.empty(0)
    for _ in range(3):
        right = np.clip(np.searchsorted(triggers, frames + offset), 1, len(triggers) - 1)
        left = right - 1
        nearest = np.where(
            np.abs(triggers[left] - frames - offset) <= np.abs(triggers[right] - frames - offset), left, right
        )
        errors = triggers[nearest] - frames - offset
        order = np.argsort(np.abs(errors), kind="stable")
        _, first = np.unique(nearest[order], return_index=True)
        kept = order[first]
        errors = errors[kept][np.abs(errors[kept]) <= max_residual_s]
        if len(errors) == 0:
            return None
        offset += float(np.median(errors))
        errors = errors - float(np.median(errors))
    return TimeOffset(offset, float(np.sqrt(np.mean(errors**2))), len(errors), ambiguous=False)
