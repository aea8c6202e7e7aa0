"""The practice camera."""

from planner.model.profiles import CameraProfile

PRACTICE_LENS = CameraProfile(
    name="practice-1080p",
    sensor_width_mm=6.4,
    sensor_height_mm=3.6,
    focal_mm=4.57,
    width_px=1920,
    height_px=1080,
    min_interval_s=0.5,
    source="Quaywatch's simulator",
)
"""70 degrees wide: 5 cm per pixel from 68.6 m."""
