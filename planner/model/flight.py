"""One execution of a mission: where the vehicle was, how it hung in the air, and when it took pictures."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from planner.geo.points import Floats, LatLon


@dataclass(frozen=True, slots=True)
class Capture:
    """One picture that the vehicle reported taking.

    Attitude is the vehicle's (autopilots report no gimbal here): yaw from true north, pitch nose up, roll right
    side down, degrees. Heights in metres, above home and above mean sea level.
    """

    index: int
    at_utc: datetime
    at: LatLon
    height_m: float
    msl_m: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Columns over the flight, equally long, in time order.

    `time_utc_s` seconds since 1970 UTC, strictly rising; `height_m` above home; `msl_m` above mean sea level;
    attitude as in Capture.
    `gimbal_*` are the camera's attitude against the earth where the log has it, else NaN.

    Raises:
        ValueError: columns of different lengths, or times that do not rise.
    """

    time_utc_s: Floats
    lat_deg: Floats
    lon_deg: Floats
    height_m: Floats
    msl_m: Floats
    yaw_deg: Floats
    pitch_deg: Floats
    roll_deg: Floats
    gimbal_yaw_deg: Floats
    gimbal_pitch_deg: Floats
    gimbal_roll_deg: Floats

    def __post_init__(self) -> None:
        lengths = {name: len(getattr(self, name)) for name in self.__slots__}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"track columns differ in length: {lengths}")
        if len(self.time_utc_s) > 1 and not (np.diff(self.time_utc_s) > 0).all():
            raise ValueError("track times must rise")

    def __len__(self) -> int:
        return len(self.time_utc_s)


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """The track at one moment; see Track for frames and units."""

    at: LatLon
    height_m: float
    msl_m: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    gimbal_yaw_deg: float | None
    gimbal_pitch_deg: float | None
    gimbal_roll_deg: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Flight:
    """A flight as read from its log."""

    source: str
    track: Track
    captures: tuple[Capture, ...] = ()
    home: LatLon | None = None
    vehicle: str = ""
    messages: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """What the reader had to leave out or guess, in sentences."""

    def at(self, moment: datetime, *, max_gap_s: float = 2.0) -> TrackPoint | None:
        """The vehicle at `moment`, interpolated; None outside the flight or in a gap longer than `max_gap_s`."""
        t = self.track
        seconds = moment.timestamp()
        if len(t) == 0 or not t.time_utc_s[0] <= seconds <= t.time_utc_s[-1]:
            return None
        after = int(np.searchsorted(t.time_utc_s, seconds))
        before = max(after - 1, 0) if t.time_utc_s[min(after, len(t) - 1)] != seconds else after
        if t.time_utc_s[after] - t.time_utc_s[before] > max_gap_s:
            return None
        return self._between(before, after, seconds)

    def _between(self, before: int, after: int, seconds: float) -> TrackPoint:
        t = self.track
        span = t.time_utc_s[after] - t.time_utc_s[before]
        share = 0.0 if span == 0 else float((seconds - t.time_utc_s[before]) / span)

        def line(column: Floats) -> float:
            return float(column[before] + share * (column[after] - column[before]))

        def turn(column: Floats) -> float:
            step = (column[after] - column[before] + 180.0) % 360.0 - 180.0
            return float((column[before] + share * step) % 360.0)

        def maybe(value: float) -> float | None:
            return None if np.isnan(value) else value

        return TrackPoint(
            at=LatLon(line(t.lat_deg), line(t.lon_deg)),
            height_m=line(t.height_m),
            msl_m=line(t.msl_m),
            yaw_deg=turn(t.yaw_deg),
            pitch_deg=line(t.pitch_deg),
            roll_deg=line(t.roll_deg),
            gimbal_yaw_deg=maybe(turn(t.gimbal_yaw_deg)),
            gimbal_pitch_deg=maybe(line(t.gimbal_pitch_deg)),
            gimbal_roll_deg=maybe(line(t.gimbal_roll_deg)),
        )

    @property
    def started_utc(self) -> datetime | None:
        """Time of the first position; None for an empty track."""
        return datetime.fromtimestamp(float(self.track.time_utc_s[0]), UTC) if len(self.track) else None
