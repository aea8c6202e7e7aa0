"""What each maker's XMP says about the camera's pose, in one convention (see planner/geo/camera.py for the signs).

| maker | where | pitch 0 | source |
|---|---|---|---|
| DJI, Autel since 2021 | drone-dji GimbalYaw/Pitch/RollDegree | horizon | DJI Mavic 3M user manual, photo file fields |
| Skydio | drone-skydio CameraOrientationNED | horizon | files |
| Parrot ANAFI | drone-parrot CameraYaw/Pitch/RollDegree | horizon | developer.parrot.com, photo metadata |
| Pix4D, senseFly, Autel before 2021 | Camera:Yaw/Pitch/Roll | straight down | support.pix4d.com, yaw pitch roll |

`Camera:Yaw/Pitch/Roll` in any other namespace (Parrot Disco, Teal) states no zero point: without the option that says
it, no attitude is taken from it.
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from detection.footage.exif import plausible_place
from detection.footage.mounts import from_nadir_zero, unflipped
from detection.footage.xmp import DJI, PARROT, PIX4D, SENSEFLY, SKYDIO, Xmp
from planner.geo.camera import Attitude
from planner.geo.points import LatLon

PitchZero: TypeAlias = Literal["nadir", "horizon"]


@dataclass(frozen=True, slots=True)
class XmpPose:
    """The parts of a pose that an XMP packet tells; heights above take-off and above mean sea level, metres."""

    attitude: Attitude | None = None
    at: LatLon | None = None
    above_takeoff_m: float | None = None
    msl_m: float | None = None
    position_sigma_m: float | None = None
    lens: str = ""
    """Which of a camera's lenses: "wide", "zoom", "thermal", or empty where not said."""
    notes: tuple[str, ...] = ()


def read_pose(xmp: Xmp, pitch_zero: PitchZero | None = None) -> XmpPose:
    """What the packet tells about the pose, from the first dialect in it that is known."""
    if xmp.has(DJI):
        found = _dji(xmp)
    elif xmp.has(SKYDIO):
        found = _skydio(xmp)
    elif xmp.text(PARROT, "CameraPitchDegree", "CameraYawDegree") is not None:
        found = _parrot(xmp)
    else:
        found = XmpPose(above_takeoff_m=xmp.number("camera/", "AboveGroundAltitude"))
    if found.attitude is not None or found.notes:
        return found
    return _camera_angles(xmp, found, pitch_zero)


def _dji(xmp: Xmp) -> XmpPose:
    angles = [xmp.number(DJI, f"Gimbal{axis}Degree") for axis in ("Yaw", "Pitch", "Roll")]
    attitude, notes = _attitude(angles)
    if angles[0] is None and xmp.text(DJI, "FlightYawDegree") is not None:
        notes = ("The XMP gives the aircraft's attitude but not the gimbal's, so it was not used.",)
    at, why = _place(
        xmp.number(DJI, "GpsLatitude", "Latitude"), xmp.number(DJI, "GpsLongitude", "GpsLongtitude", "Longitude")
    )
    return XmpPose(
        attitude=attitude,
        at=at,
        above_takeoff_m=xmp.number(DJI, "RelativeAltitude"),
        msl_m=xmp.number(DJI, "AbsoluteAltitude"),
        position_sigma_m=0.1 if xmp.number(DJI, "RtkFlag") == 50 else None,
        lens={"WideCamera": "wide", "VisibleCamera": "wide", "ZoomCamera": "zoom", "InfraredCamera": "thermal"}.get(
            xmp.text(DJI, "ImageSource") or "", ""
        ),
        notes=notes + why,
    )


def _skydio(xmp: Xmp) -> XmpPose:
    attitude, notes = _attitude([xmp.number(SKYDIO, f"CameraOrientationNED/{a}") for a in ("Yaw", "Pitch", "Roll")])
    at, why = _place(xmp.number(SKYDIO, "Latitude"), xmp.number(SKYDIO, "Longitude"))
    above = xmp.number(SKYDIO, "RelativeAltitude")
    if above is None:
        above = xmp.number(SKYDIO, "CameraPositionFLU/Z", "VehiclePositionFLU/Z")
        if above is not None:
            why += ("The height above take-off is that above the origin of the vehicle's own frame.",)
    return XmpPose(
        attitude=attitude,
        at=at,
        above_takeoff_m=above,
        msl_m=xmp.number(SKYDIO, "AbsoluteAltitude"),
        lens="thermal" if "INFRARED" in (xmp.text(SKYDIO, "CameraSource") or "").upper() else "",
        notes=notes + why,
    )


def _parrot(xmp: Xmp) -> XmpPose:
    attitude, notes = _attitude([xmp.number(PARROT, f"Camera{axis}Degree") for axis in ("Yaw", "Pitch", "Roll")])
    return XmpPose(attitude=attitude, above_takeoff_m=xmp.number("camera/", "AboveGroundAltitude"), notes=notes)


def _camera_angles(xmp: Xmp, found: XmpPose, pitch_zero: PitchZero | None) -> XmpPose:
    """`Camera:Yaw/Pitch/Roll`, which every maker took over from Pix4D, not always with its meaning."""
    known = next((space for space in (PIX4D, SENSEFLY) if xmp.text(space, "Pitch") is not None), None)
    space = known or "camera"
    yaw, pitch, roll = (xmp.number(space, axis) for axis in ("Yaw", "Pitch", "Roll"))
    if yaw is None or pitch is None:
        return found
    zero = pitch_zero or ("nadir" if known else None)
    if zero is None:
        note = (
            f"The XMP gives Camera:Pitch {pitch:g} without saying whether 0 is straight down or the horizon, or "
            "whether it is the camera's or the aircraft's, so it was not used; name the zero point "
            "(quaywatch triage --pitch-zero) to use it."
        )
        return replace(found, notes=(*found.notes, note))
    if zero == "nadir":
        return replace(found, attitude=from_nadir_zero(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll or 0.0))
    return replace(found, attitude=unflipped(Attitude(yaw % 360.0, pitch, roll or 0.0)))


def _attitude(angles: list[float | None]) -> tuple[Attitude | None, tuple[str, ...]]:
    """Yaw, pitch, roll with 0 at the horizon."""
    yaw, pitch, roll = angles
    if yaw is None or pitch is None:
        return None, ()
    if abs(pitch) > 180 or abs(yaw) > 720 or abs(roll or 0.0) > 360:
        return None, (f"The XMP's camera angles are impossible (yaw {yaw:g}, pitch {pitch:g}); they were left out.",)
    if yaw == 0 and pitch == 0 and not roll:
        return None, ("The XMP's camera angles are all exactly 0, which is what a gimbal without data writes.",)
    told = Attitude(yaw % 360.0, pitch, roll or 0.0)
    turned = unflipped(told)
    if turned is told:
        return told, ()
    return turned, (f"The XMP's camera roll of {roll:g} degrees was read as a yaw turned over by 180 degrees.",)


def _place(lat_deg: float | None, lon_deg: float | None) -> tuple[LatLon | None, tuple[str, ...]]:
    if lat_deg is None or lon_deg is None:
        return None, ()
    return plausible_place(lat_deg, lon_deg, "The XMP")
