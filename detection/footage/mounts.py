"""Attitudes put together: a camera fixed to an airframe, and angles told from other zero points."""

import math

import numpy as np

from planner.geo.camera import Attitude, camera_to_world
from planner.geo.points import Floats


def attitude_of(rotation: Floats) -> Attitude:
    """The attitude whose `camera_to_world` is this rotation, shape (3, 3). Straight up or down roll is 0."""
    ahead, right, up = rotation[:, 2], rotation[:, 0], -rotation[:, 1]
    pitch = math.degrees(math.asin(float(np.clip(ahead[2], -1.0, 1.0))))
    if math.hypot(ahead[0], ahead[1]) < 1e-6:
        top = up * (1.0 if ahead[2] < 0 else -1.0)
        return Attitude(math.degrees(math.atan2(top[0], top[1])) % 360.0, pitch, 0.0)
    yaw = math.degrees(math.atan2(ahead[0], ahead[1])) % 360.0
    level = camera_to_world(Attitude(yaw, pitch, 0.0))
    roll = math.degrees(math.atan2(float(right @ level[:, 1]), float(right @ level[:, 0])))
    return Attitude(yaw, pitch, roll)


def mounted(vehicle: Attitude, *, pitch_deg: float = -90.0, yaw_deg: float = 0.0) -> Attitude:
    """The camera's attitude against the earth when it is fixed to a vehicle with that attitude.

    `pitch_deg` -90 looks at the ground with the top of the image forward, 0 looks forward; `yaw_deg` turns the camera
    to the right of forward first.

    >>> round(mounted(Attitude(30.0, 5.0, 0.0), pitch_deg=-45.0).pitch_deg, 6)
    -40.0
    """
    level = camera_to_world(Attitude(0.0, 0.0, 0.0))
    on_body = level.T @ camera_to_world(Attitude(yaw_deg, pitch_deg, 0.0))
    return attitude_of(camera_to_world(vehicle) @ on_body)


def from_nadir_zero(*, yaw_deg: float, pitch_deg: float, roll_deg: float) -> Attitude:
    """Angles that are all zero for a camera looking down with the top of its image north (Pix4D's convention)."""
    return mounted(Attitude(yaw_deg, pitch_deg, roll_deg), pitch_deg=-90.0)


def unflipped(attitude: Attitude) -> Attitude:
    """DJI's roll of about 180 degrees read as what it is: the gimbal passed straight down and its yaw turned over."""
    if abs(attitude.roll_deg) <= 90.0:
        return attitude
    roll = attitude.roll_deg - math.copysign(180.0, attitude.roll_deg)
    return Attitude((attitude.yaw_deg + 180.0) % 360.0, attitude.pitch_deg, roll)
