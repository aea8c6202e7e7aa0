"""From the samples of a log to a Flight: one clock, one track, attitude and gimbal at the track's times. Pure."""

from dataclasses import dataclass, field

import numpy as np

from planner.geo.points import Floats, LatLon
from planner.link.pictures import Reports
from planner.model.flight import Capture, Flight, Track

MAX_GAP_S = 2.0
"""Attitude is not carried across a longer gap."""


@dataclass
class Samples:
    """What a log reader collects. All times in seconds since 1970 UTC; rows as commented; angles in degrees."""

    positions: list[tuple[float, float, float, float, float]] = field(default_factory=list)  # time, lat, lon, home, msl
    attitudes: list[tuple[float, float, float, float]] = field(default_factory=list)  # time, yaw, pitch, roll
    gimbal: list[tuple[float, float, float, float]] = field(default_factory=list)  # the same, against the earth
    gimbal_body: list[tuple[float, float, float, float]] = field(default_factory=list)  # yaw against the airframe
    captures: list[Capture] = field(default_factory=list)
    reports: Reports = field(default_factory=Reports)
    home: LatLon | None = None
    vehicle: str = ""
    messages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def flight_of(source: str, samples: Samples) -> Flight:
    """The flight that the samples tell."""
    captures = {(c.index, c.at_utc): c for c in samples.captures}
    return Flight(
        source=source,
        track=track_of(samples),
        captures=tuple(sorted(captures.values(), key=lambda c: c.at_utc)),
        home=samples.home,
        vehicle=samples.vehicle,
        messages=tuple(samples.messages),
        notes=tuple(samples.notes),
    )


def track_of(samples: Samples) -> Track:
    """Positions in time order without repeats, each with the attitude interpolated to its time."""
    rows = np.array(samples.positions, dtype=float).reshape(-1, 5)
    places = (np.abs(rows[:, 1]) <= 90) & (np.abs(rows[:, 2]) <= 180) & ((rows[:, 1] != 0) | (rows[:, 2] != 0))
    rows = rows[places & np.isfinite(rows).all(axis=1)]
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    keep = np.concatenate([[True], np.diff(rows[:, 0]) > 0]) if len(rows) else np.zeros(0, dtype=bool)
    rows = rows[keep]
    time = rows[:, 0]
    yaw, pitch, roll = _angles_at(time, samples.attitudes)
    if samples.gimbal:
        gimbal = _angles_at(time, samples.gimbal)
    else:
        body_yaw, gimbal_pitch, gimbal_roll = _angles_at(time, samples.gimbal_body)
        gimbal = ((body_yaw + yaw) % 360.0, gimbal_pitch, gimbal_roll)
    return Track(time, rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4], yaw, pitch, roll, *gimbal)


def _angles_at(time: Floats, samples: list[tuple[float, float, float, float]]) -> tuple[Floats, Floats, Floats]:
    rows = np.array(samples, dtype=float).reshape(-1, 4)
    rows = rows[np.isfinite(rows).all(axis=1)]
    if not len(rows) or not len(time):
        empty = np.full(len(time), np.nan)
        return empty, empty.copy(), empty.copy()
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    at = rows[:, 0]
    after = np.clip(np.searchsorted(at, time), 1, max(1, len(at) - 1))
    after = np.minimum(after, len(at) - 1)
    near = np.minimum(np.abs(at[after] - time), np.abs(time - at[np.maximum(after - 1, 0)])) <= MAX_GAP_S
    turned = np.degrees(np.unwrap(np.radians(rows[:, 1])))
    columns = (np.interp(time, at, turned) % 360.0, np.interp(time, at, rows[:, 2]), np.interp(time, at, rows[:, 3]))
    yaw, pitch, roll = (np.where(near, column, np.nan) for column in columns)
    return yaw, pitch, roll
