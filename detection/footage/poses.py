"""A still's pose, from its own XMP and EXIF or from the flight's log.

Height above the water = take-off height above the water + height above take-off - tide. Altitudes over mean sea level
or the ellipsoid are used only where nothing else is there: consumer drones get them wrong by tens of metres.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from detection.footage.dialects import PitchZero, XmpPose
from detection.footage.exif import ExifFacts
from detection.footage.mounts import mounted
from planner.geo.camera import Attitude
from planner.geo.points import distance_m
from planner.model.flight import Capture, Flight, TrackPoint
from planner.model.pose import Pose, PoseSigma

MATCH_S = 0.5
"""A picture and a trigger of the log nearer than this are the same event."""
ABSURD_M = 50.0
"""Relative and absolute altitude that disagree by more than this are reported."""


@dataclass(frozen=True, slots=True)
class StillOptions:
    """What the user knows and the pictures do not say.

    `takeoff_height_m`: the launch point above the water at the tide's zero; None: not known, 0 is assumed and noted.
    `tide_m`: water level above that zero. `time_offset_s`: added to the camera's clock; None: found by matching the
    log's triggers, if there are any. `camera_zone_h`: hours ahead of UTC of an EXIF time without zone. `hfov_deg`:
    horizontal field of view where nothing else tells it. `mount_pitch_deg`, `mount_yaw_deg`: of a camera fixed to the
    airframe. `pitch_zero`: what Camera:Pitch 0 means where the XMP does not say. `turned_deg`: how far a viewer or
    editor has turned the pixels clockwise since they were taken (0, 90, 180 or 270).
    """

    takeoff_height_m: float | None = None
    tide_m: float = 0.0
    time_offset_s: float | None = None
    camera_zone_h: float | None = None
    hfov_deg: float | None = None
    mount_pitch_deg: float = -90.0
    mount_yaw_deg: float = 0.0
    pitch_zero: PitchZero | None = None
    turned_deg: int = 0

    def __post_init__(self) -> None:
        for name in ("takeoff_height_m", "tide_m", "time_offset_s", "camera_zone_h", "hfov_deg", "mount_pitch_deg"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ValueError(f"{name} must be a finite number, got {value}")
        if self.hfov_deg is not None and not 1 <= self.hfov_deg <= 170:
            raise ValueError(f"hfov_deg must lie in [1, 170] degrees, got {self.hfov_deg}")
        if self.turned_deg not in (0, 90, 180, 270):
            raise ValueError(f"turned_deg must be 0, 90, 180 or 270, got {self.turned_deg}")


Noted = tuple[Pose | None, tuple[str, ...]]


def pose_of_still(
    xmp: XmpPose, exif: ExifFacts, at_utc: datetime | None, flight: Flight | None, options: StillOptions
) -> Noted:
    """The pose and notes: from the still's own angles where it has them, else from the flight's log at its time."""
    found, notes = _own_pose(xmp, exif, options)
    if found is None and flight is not None:
        found, why = pose_from_flight(flight, at_utc, options)
        notes = (*(xmp.notes if found is not None else notes), *why)
    if found is not None and options.turned_deg:
        found = replace(found, attitude=replace(found.attitude, roll_deg=found.attitude.roll_deg - options.turned_deg))
    return found, notes


def _own_pose(xmp: XmpPose, exif: ExifFacts, options: StillOptions) -> Noted:
    notes = list(xmp.notes)
    at = xmp.at or exif.at
    if xmp.attitude is None:
        if not xmp.notes:
            notes.append("The picture does not say where its camera looked.")
        return None, tuple(notes)
    if at is None:
        return None, (*notes, "The picture does not say where it was taken.")
    height, sigma_m, why = _height(xmp, exif, options)
    notes += why
    if height is None:
        return None, tuple(notes)
    if height <= 0:
        notes.append(f"The camera would be {height:.1f} m above the water; check the take-off height and the tide.")
        return None, tuple(notes)
    sigma = PoseSigma(position_m=xmp.position_sigma_m or exif.gps_error_m or 2.5, height_m=sigma_m)
    return Pose(at, height, xmp.attitude, "xmp", sigma), tuple(notes)


def _height(xmp: XmpPose, exif: ExifFacts, options: StillOptions) -> tuple[float | None, float, list[str]]:
    """Height above the water, its sigma, and notes."""
    notes: list[str] = []
    msl = xmp.msl_m if xmp.msl_m is not None else exif.gps_msl_m
    above = xmp.above_takeoff_m
    if above is not None and abs(above) < 20_000:
        start, sigma = _takeoff(options, notes)
        if msl is not None and abs(msl - above - start) > ABSURD_M:
            notes.append(
                f"The absolute altitude of {msl:.1f} m and the height above take-off of {above:.1f} m disagree: they "
                f"put the take-off at {msl - above:.1f} m instead of {start:.1f} m. The height above take-off is used."
            )
        return start + above - options.tide_m, sigma, notes
    if msl is None or abs(msl) >= 20_000:
        return None, 0.0, [*notes, "The picture does not say how high it was taken."]
    notes.append(
        f"Only an absolute altitude of {msl:.1f} m is given, whose datum is not sure; the height above the water may "
        "be off by tens of metres."
    )
    return msl - options.tide_m, 15.0, notes


def _takeoff(options: StillOptions, notes: list[str]) -> tuple[float, float]:
    """Take-off height above the water and one sigma of the height that results."""
    if options.takeoff_height_m is not None:
        return options.takeoff_height_m, 1.5
    notes.append("The take-off height above the water was not given; 0 m is assumed.")
    return 0.0, 3.0


def pose_from_flight(flight: Flight, at_utc: datetime | None, options: StillOptions) -> Noted:
    """The camera's pose at a moment of a flight: at the trigger nearest to it, else on the track.

    Angles are the gimbal's where the log has them; else the vehicle's, for a camera fixed to it as the options say.
    """
    if at_utc is None:
        return None, ("Without a time the picture cannot be matched to the flight log.",)
    capture = _nearest(flight.captures, at_utc)
    moment = capture.at_utc if capture else at_utc
    point = flight.at(moment)
    if point is None and capture is None:
        return None, (f"The flight log says nothing of {at_utc:%Y-%m-%d %H:%M:%S} UTC{_span(flight)}.",)
    notes: list[str] = []
    attitude, steady = _logged_attitude(point, capture, options, notes)
    start, height_sigma = _takeoff(options, notes)
    at, above = (capture.at, capture.height_m) if capture else (_some(point).at, _some(point).height_m)
    height = start + above - options.tide_m
    if height <= 0:
        return None, (
            *notes,
            f"The vehicle was {height:.1f} m above the water at that moment; check the take-off height.",
        )
    sigma = _logged_sigma(flight, moment, 0.05 if capture else 0.2, height_sigma, steady=steady)
    return Pose(at, height, attitude, "tlog", sigma), tuple(notes)


def _some(point: TrackPoint | None) -> TrackPoint:
    if point is None:
        raise ValueError("neither a capture nor a point of the track")
    return point


def _nearest(captures: tuple[Capture, ...], at_utc: datetime) -> Capture | None:
    nearest = min(captures, key=lambda c: abs((c.at_utc - at_utc).total_seconds()), default=None)
    if nearest is None or abs((nearest.at_utc - at_utc).total_seconds()) > MATCH_S:
        return None
    return nearest


def _span(flight: Flight) -> str:
    start = flight.started_utc
    if start is None:
        return "; it holds no positions"
    end = start + timedelta(seconds=float(flight.track.time_utc_s[-1] - flight.track.time_utc_s[0]))
    return f"; it covers {start:%Y-%m-%d %H:%M:%S} to {end:%H:%M:%S}"


def _logged_attitude(
    point: TrackPoint | None, capture: Capture | None, options: StillOptions, notes: list[str]
) -> tuple[Attitude, bool]:
    """The camera's attitude, and whether a gimbal held it."""
    if point is not None and point.gimbal_pitch_deg is not None and point.gimbal_yaw_deg is not None:
        return Attitude(point.gimbal_yaw_deg, point.gimbal_pitch_deg, point.gimbal_roll_deg or 0.0), True
    body = capture or _some(point)
    vehicle = Attitude(body.yaw_deg, body.pitch_deg, body.roll_deg)
    where = "straight down" if options.mount_pitch_deg == -90 else f"at {options.mount_pitch_deg:g} degrees"
    notes.append(f"The log has no gimbal angles; the camera is taken as fixed to the vehicle, looking {where}.")
    return mounted(vehicle, pitch_deg=options.mount_pitch_deg, yaw_deg=options.mount_yaw_deg), False


def _logged_sigma(flight: Flight, moment: datetime, clock_s: float, height_m: float, *, steady: bool) -> PoseSigma:
    """The log's own errors and what a clock that is off by `clock_s` adds at the vehicle's speed and turn rates."""
    before = flight.at(moment - timedelta(seconds=0.4))
    after = flight.at(moment + timedelta(seconds=0.4))
    moved, turned, tilted = 10.0, 5.0, 5.0  # per second, where the track does not tell
    if before is not None and after is not None:
        moved = distance_m(before.at, after.at) / 0.8
        turned = abs((after.yaw_deg - before.yaw_deg + 180.0) % 360.0 - 180.0) / 0.8
        rolled = abs((after.roll_deg - before.roll_deg + 180.0) % 360.0 - 180.0)
        tilted = max(abs(after.pitch_deg - before.pitch_deg), rolled) / 0.8
    tilt = 0.5 if steady else math.hypot(1.0, tilted * clock_s)
    return PoseSigma(
        position_m=math.hypot(2.0, moved * clock_s),
        height_m=height_m,
        yaw_deg=math.hypot(2.0, turned * clock_s),
        pitch_deg=tilt,
        roll_deg=tilt,
    )
