"""AIS tracks: what each vessel reported, and where it was between its reports.

Positions are those of the vessel's antenna on WGS 84; speeds in knots as reported, course and heading true degrees.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats, LatLon, destination

KNOT_M_S = 1852 / 3600

DEAD_RECKON_S = 600.0
"""How far from a fix a position is still worked out: 10 minutes, as dma-ais/AisAbnormal does for predicted tracks."""

FIX_SIGMA_M = 10.0
"""One standard deviation of a reported position: ITU-R M.1371 calls better than 10 m "high accuracy"."""

DRIFT_SHARE = 0.2
"""Own assumption: away from its fixes a vessel's velocity is known to a fifth of its speed (one sigma) ..."""

DRIFT_FLOOR_M_S = 0.5
"""... or to half a metre per second, whichever is more (a moored vessel swings, a drifting one moves)."""


CURVE_S = 60.0
"""Between reports no farther apart than this a vessel is taken to have followed a curve, not the chord."""

BOW_SHARE = 0.5
"""Own assumption: one sigma of how far the true curve lies from the one worked out, as a share of its bow."""


@dataclass(frozen=True, slots=True)
class AisStatic:
    """What a vessel says of itself. `a_m`, `b_m` bow and stern from the antenna, `c_m`, `d_m` port and starboard."""

    mmsi: int
    name: str = ""
    call_sign: str = ""
    ship_type: int | None = None
    a_m: float = 0.0
    b_m: float = 0.0
    c_m: float = 0.0
    d_m: float = 0.0

    @property
    def length_m(self) -> float | None:
        """Declared length; None where it is not declared."""
        return self.a_m + self.b_m or None

    @property
    def width_m(self) -> float | None:
        """Declared width; None where it is not declared."""
        return self.c_m + self.d_m or None


@dataclass(frozen=True, slots=True)
class AisPosition:
    """A vessel's antenna at one moment. `sigma_m`: one standard deviation in each direction.

    `source`: "interpolated" between two reports or "dead reckoned" from one; `age_s`: seconds to the nearest report.
    Motion is None where not reported.
    """

    at: LatLon
    sigma_m: float
    source: str
    age_s: float
    speed_kn: float | None
    course_deg: float | None
    heading_deg: float | None


@dataclass(frozen=True, slots=True, eq=False)
class AisTrack:
    """One vessel's reports as columns in strictly rising time; NaN where a report left something out.

    Raises:
        ValueError: columns of different lengths, or times that do not rise.
    """

    static: AisStatic
    time_utc_s: Floats
    lat_deg: Floats
    lon_deg: Floats
    speed_kn: Floats
    course_deg: Floats
    heading_deg: Floats

    def __post_init__(self) -> None:
        columns = (self.time_utc_s, self.lat_deg, self.lon_deg, self.speed_kn, self.course_deg, self.heading_deg)
        if len({len(c) for c in columns}) != 1:
            raise ValueError(f"AIS columns of {self.mmsi} differ in length: {[len(c) for c in columns]}")
        if len(self.time_utc_s) > 1 and not (np.diff(self.time_utc_s) > 0).all():
            raise ValueError(f"AIS times of {self.mmsi} must rise")

    def __len__(self) -> int:
        return len(self.time_utc_s)

    @property
    def mmsi(self) -> int:
        """The vessel's number."""
        return self.static.mmsi

    def where(self, keep: npt.NDArray[np.bool_]) -> "AisTrack":
        """The reports that a mask keeps."""
        return AisTrack(
            self.static,
            self.time_utc_s[keep],
            self.lat_deg[keep],
            self.lon_deg[keep],
            self.speed_kn[keep],
            self.course_deg[keep],
            self.heading_deg[keep],
        )

    def at(self, moment: datetime) -> AisPosition | None:
        """The vessel at `moment`; None where no report lies within `DEAD_RECKON_S` of it.

        Between two reports (each within that limit) the place is interpolated, on a curve where both courses are
        known; else it is
        carried on from the nearest one at its speed and course. Uncertainty grows with the time to the reports.
        """
        seconds = moment.timestamp()
        after = int(np.searchsorted(self.time_utc_s, seconds))
        before = after - 1
        since = seconds - self.time_utc_s[before] if before >= 0 else math.inf
        until = self.time_utc_s[after] - seconds if after < len(self) else math.inf
        if min(since, until) > DEAD_RECKON_S:
            return None
        if until == 0 or max(since, until) <= DEAD_RECKON_S:
            return self._between(before if until else after, after, float(since if until else 0.0), float(until))
        nearest = before if since <= until else after
        return self._carried_on(nearest, float(seconds - self.time_utc_s[nearest]))

    def _between(self, before: int, after: int, since: float, until: float) -> AisPosition:
        span = since + until
        share = since / span if span > 0 else 0.0
        lat = self.lat_deg[before] + share * (self.lat_deg[after] - self.lat_deg[before])
        step = (self.lon_deg[after] - self.lon_deg[before] + 180.0) % 360.0 - 180.0
        place = LatLon(float(lat), float((self.lon_deg[before] + share * step + 180.0) % 360.0 - 180.0))
        nearest = before if since <= until else after
        loose = since * until / span if span > 0 else 0.0
        bow = self._bow(before, after, share, span)
        bow_m = math.hypot(*bow)
        if bow_m > 0:
            place = destination(place, towards_deg=math.degrees(math.atan2(*bow)) % 360.0, range_m=bow_m)
        position = self._position(place, "interpolated", nearest, loose, min(since, until))
        return replace(position, sigma_m=math.hypot(position.sigma_m, BOW_SHARE * bow_m))

    def _bow(self, before: int, after: int, share: float, span: float) -> tuple[float, float]:
        """East and north, metres, from the straight line between two reports to the curve that has their courses.

        The curve is a cubic Hermite spline (Rodger and Guida, Remote Sensing 13(1):104, 2021). (0, 0) where courses or
        speeds are missing, the reports are far apart, or the way made does not fit the speeds reported.
        """
        speed, course = self.speed_kn[[before, after]] * KNOT_M_S, np.radians(self.course_deg[[before, after]])
        if not 0 < span <= CURVE_S or not (np.isfinite(speed).all() and np.isfinite(course).all()):
            return 0.0, 0.0
        ways = np.column_stack([np.sin(course), np.cos(course)]) * speed[:, None] * span
        step = (self.lon_deg[after] - self.lon_deg[before] + 180.0) % 360.0 - 180.0
        north = (self.lat_deg[after] - self.lat_deg[before]) * 111_320.0
        chord = np.array([step * 111_320.0 * math.cos(math.radians(self.lat_deg[before])), north])
        # a vessel that turned steadily between makes about the mean of both ways
        if np.linalg.norm(chord - ways.mean(axis=0)) > 0.5 * speed.max() * span:
            return 0.0, 0.0
        off = share * (1 - share) * ((1 - share) * (ways[0] - chord) - share * (ways[1] - chord))
        return float(off[0]), float(off[1])

    def _carried_on(self, index: int, seconds: float) -> AisPosition:
        place = LatLon(float(self.lat_deg[index]), float(self.lon_deg[index]))
        speed, course = self.speed_kn[index], self.course_deg[index]
        if np.isfinite(speed) and np.isfinite(course) and speed > 0:
            place = destination(place, towards_deg=float(course), range_m=float(speed) * KNOT_M_S * seconds)
        return self._position(place, "dead reckoned", index, abs(seconds), abs(seconds))

    def _position(self, place: LatLon, source: str, nearest: int, loose_s: float, age_s: float) -> AisPosition:
        speed = float(self.speed_kn[nearest])
        rate = max(DRIFT_FLOOR_M_S, DRIFT_SHARE * speed * KNOT_M_S) if math.isfinite(speed) else 5.0
        return AisPosition(
            at=place,
            sigma_m=math.hypot(FIX_SIGMA_M, rate * loose_s),
            source=source,
            age_s=age_s,
            speed_kn=_known(speed),
            course_deg=_known(float(self.course_deg[nearest])),
            heading_deg=_known(float(self.heading_deg[nearest])),
        )


@dataclass(frozen=True, slots=True, eq=False)
class AisTracks:
    """All vessels of a log. `notes` say in sentences what the reader could not use."""

    source: str
    by_mmsi: Mapping[int, AisTrack]
    lines: int = 0
    bad_lines: int = 0
    undated: int = 0
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.by_mmsi)

    @property
    def fixes(self) -> int:
        """How many positions there are."""
        return sum(len(track) for track in self.by_mmsi.values())

    def during(self, from_utc_s: float, until_utc_s: float) -> "AisTracks":
        """The tracks with only the reports of a span of time; vessels without any in it are left out."""
        kept: dict[int, AisTrack] = {}
        for mmsi, track in self.by_mmsi.items():
            first, last = np.searchsorted(track.time_utc_s, [from_utc_s, until_utc_s + 1e-9])
            if last > first:
                mask = np.zeros(len(track), bool)
                mask[first:last] = True
                kept[mmsi] = track.where(mask)
        return replace(self, by_mmsi=kept)

    def heard(self, moment: datetime, *, around_s: float, near: LatLon, within_m: float) -> tuple[int, ...]:
        """The vessels that the receiver heard within `around_s` of a moment and `within_m` of a place."""
        centre = moment.timestamp()
        found = []
        for mmsi, track in self.by_mmsi.items():
            first, last = np.searchsorted(track.time_utc_s, [centre - around_s, centre + around_s])
            if last > first and _any_within(track, int(first), int(last), near, within_m):
                found.append(mmsi)
        return tuple(sorted(found))


def _any_within(track: AisTrack, first: int, last: int, near: LatLon, within_m: float) -> bool:
    """Whether any report lies within a range: small-angle metres, right to a per cent at the ranges asked for."""
    north = (track.lat_deg[first:last] - near.lat_deg) * 111_320.0
    east_deg = (track.lon_deg[first:last] - near.lon_deg + 180.0) % 360.0 - 180.0
    east = east_deg * 111_320.0 * math.cos(math.radians(near.lat_deg))
    return bool((np.hypot(east, north) <= within_m).any())


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
