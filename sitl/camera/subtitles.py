"""DJI's subtitles of a video: where each frame was taken from, in the manner of a Mini 4 Pro."""

from sitl.shots import Shot


def subtitle(shot: Shot, frames_per_s: int, number: int | None = None) -> str:
    """The entry of one frame; `number` counts frames from 1, default the shot's. Altitude is above the water."""
    count = shot.index if number is None else number
    begin, end = (round(1000 * (count - 1 + n) / frames_per_s) for n in (0, 1))
    when = f"{shot.at_utc:%Y-%m-%d %H:%M:%S}.{shot.at_utc.microsecond // 1000:03d}"
    yaw = (shot.camera.yaw_deg + 180.0) % 360.0 - 180.0
    return (
        f"{count}\n{_clock(begin)} --> {_clock(end)}\n"
        f'<font size="28">FrameCnt: {count}, DiffTime: {end - begin}ms\n{when}\n'
        f"[latitude: {shot.at.lat_deg:.6f}] [longitude: {shot.at.lon_deg:.6f}] "
        f"[rel_alt: {shot.height_above_home_m:.3f} abs_alt: {shot.height_m:.3f}] "
        f"[gb_yaw: {yaw:.1f} gb_pitch: {shot.camera.pitch_deg:.1f} gb_roll: {shot.camera.roll_deg:.1f}]</font>\n\n"
    )


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d},{rest:03d}"
