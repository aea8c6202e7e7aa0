"""Small pictures with whatever metadata a test wants, and flights to match them."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from planner.geo.points import LatLon
from planner.model.flight import Capture, Flight, Track

START = datetime(2026, 5, 4, 10, 0, 0, tzinfo=UTC)
DJI_NS = 'xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/"'


def packet(attributes: str, *, namespaces: str = DJI_NS, inside: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {namespaces} {attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def dji(**values: object) -> bytes:
    given = {"GimbalYawDegree": "+30.00", "GimbalPitchDegree": "-60.00", "GimbalRollDegree": "+0.00"}
    given |= {"RelativeAltitude": "+50.00", "AbsoluteAltitude": "+52.00"} | {k: str(v) for k, v in values.items()}
    return packet(" ".join(f'drone-dji:{k}="{v}"' for k, v in given.items() if v != "None"))


def exif_of(
    *,
    make: str = "DJI",
    model: str = "FC6310",
    taken: str | None = "2026:05:04 12:00:10",
    zone: str | None = "+02:00",
    at: tuple[float, float] | None = (51.95, 4.05),
    detail: dict[int, object] | None = None,
    gps: dict[int, object] | None = None,
) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = make, model
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.FocalLength] = IFDRational(88, 10)
    if taken:
        inner[ExifTags.Base.DateTimeOriginal] = taken
    if zone:
        inner[ExifTags.Base.OffsetTimeOriginal] = zone
    inner.update(detail or {})
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    if at:
        place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (at[0], 0.0, 0.0)
        place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", (at[1], 0.0, 0.0)
    place.update(gps or {})
    return exif.tobytes()


def jpeg(path: Path, *, exif: bytes | None = None, xmp: bytes | None = None, size: tuple[int, int] = (64, 48)) -> Path:
    buffer = BytesIO()
    # a path-dependent colour, so that two pictures differ
    shade = sum(path.name.encode()) % 256
    Image.new("RGB", size, (shade, 80, 120)).save(buffer, "JPEG", exif=exif_of() if exif is None else exif)
    data = buffer.getvalue()
    if xmp is not None:
        body = b"http://ns.adobe.com/xap/1.0/\x00" + xmp
        data = data[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + data[2:]
    path.write_bytes(data)
    return path


def flight(
    *, gimbal_pitch_deg: float | None = None, capture_times_s: tuple[float, ...] = (), roll_deg: float = 0.0
) -> Flight:
    """Thirty seconds northward at 5 m/s, 60 m above home."""
    t = np.arange(0.0, 30.5, 0.5)
    zero = np.zeros_like(t)
    gimbal = np.full_like(t, np.nan if gimbal_pitch_deg is None else gimbal_pitch_deg)
    track = Track(
        time_utc_s=START.timestamp() + t,
        lat_deg=51.95 + t * 5 / 111_200,
        lon_deg=zero + 4.05,
        height_m=zero + 60.0,
        msl_m=zero + 63.0,
        yaw_deg=zero + 350.0,
        pitch_deg=zero + 2.0,
        roll_deg=zero + roll_deg,
        gimbal_yaw_deg=np.where(np.isnan(gimbal), np.nan, 355.0),
        gimbal_pitch_deg=gimbal,
        gimbal_roll_deg=np.where(np.isnan(gimbal), np.nan, 0.0),
    )
    captures = tuple(
        Capture(
            i, START + timedelta(seconds=s), LatLon(51.95 + s * 5 / 111_200, 4.05), 60.0, 63.0, 350.0, 2.0, roll_deg
        )
        for i, s in enumerate(capture_times_s)
    )
    return Flight("fake.tlog", track, captures)
