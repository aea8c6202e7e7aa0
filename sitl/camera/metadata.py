"""What a practice picture says about itself: EXIF and XMP, in the dialect of DJI's files.

Standards: JEITA CP-3451 (Exif 2.31); XMP part 3 for the JPEG segment. The attributes of the `drone-dji` namespace are
those of real files: signed decimals, angles in degrees with the gimbal's against the earth, heights in metres.
"""

from fractions import Fraction

from planner.model.profiles import CameraProfile
from sitl.shots import Shot

MAKE = "Quaywatch"
_EXIF, _GPS = 0x8769, 0x8825
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\x00"
_SOI = b"\xff\xd8"


def with_metadata(jpeg: bytes, shot: Shot, lens: CameraProfile) -> bytes:
    """The JPEG with an Exif and an XMP segment put in front.

    Raises:
        ValueError: not a JPEG.
    """
    if not jpeg.startswith(_SOI):
        raise ValueError("not a JPEG: it does not begin with FF D8")
    return _SOI + _segment(exif_bytes(shot, lens)) + _segment(_XMP_HEADER + xmp_bytes(shot, lens)) + jpeg[2:]


def _segment(payload: bytes) -> bytes:
    return b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload


def exif_bytes(shot: Shot, lens: CameraProfile) -> bytes:
    """The Exif block of a shot, beginning with "Exif" and two zero bytes."""
    from PIL import Image
    from PIL.TiffImagePlugin import IFDRational

    def rational(value: float | Fraction, denominator: int) -> IFDRational:
        return IFDRational(round(value * denominator), denominator)

    when = shot.at_utc.strftime("%Y:%m:%d %H:%M:%S")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131], exif[0x0132], exif[0x0112] = (
        MAKE,
        lens.name,
        "Quaywatch simulator",
        when,
        1,
    )
    photo = exif.get_ifd(_EXIF)
    photo[0x9000] = b"0231"
    photo[0x9003], photo[0x9004] = when, when  # DateTimeOriginal, DateTimeDigitized
    photo[0x9010] = photo[0x9011] = photo[0x9012] = "+00:00"
    photo[0x9290] = photo[0x9291] = photo[0x9292] = f"{shot.at_utc.microsecond:06d}"
    photo[0x920A] = rational(Fraction(str(lens.focal_mm)), 1000)
    photo[0xA002], photo[0xA003] = lens.width_px, lens.height_px
    photo[0xA20E] = rational(lens.width_px / lens.sensor_width_mm * 10, 10000)
    photo[0xA20F] = rational(lens.height_px / lens.sensor_height_mm * 10, 10000)
    photo[0xA210] = 3  # pixels per centimetre of the sensor
    diagonal = (lens.sensor_width_mm**2 + lens.sensor_height_mm**2) ** 0.5
    photo[0xA405] = round(lens.focal_mm * 43.2666 / diagonal)
    gps = exif.get_ifd(_GPS)
    gps[0] = b"\x02\x03\x00\x00"
    gps[1], gps[2] = ("N" if shot.at.lat_deg >= 0 else "S"), _sexagesimal(shot.at.lat_deg)
    gps[3], gps[4] = ("E" if shot.at.lon_deg >= 0 else "W"), _sexagesimal(shot.at.lon_deg)
    gps[5], gps[6] = (b"\x00" if shot.height_m >= 0 else b"\x01"), rational(abs(shot.height_m), 1000)
    clock = shot.at_utc
    gps[7] = (
        rational(clock.hour, 1),
        rational(clock.minute, 1),
        rational(clock.second + clock.microsecond / 1e6, 1_000_000),
    )
    gps[16], gps[17] = "T", rational(shot.camera.yaw_deg % 360.0, 1000)
    gps[18], gps[29] = "WGS-84", shot.at_utc.strftime("%Y:%m:%d")
    content: bytes = exif.tobytes()
    return content if content.startswith(b"Exif\x00\x00") else b"Exif\x00\x00" + content


def _sexagesimal(degrees: float) -> tuple[object, object, object]:
    """Degrees, minutes and seconds as rationals; seconds to 1e-7, which is 3 micrometres."""
    from PIL.TiffImagePlugin import IFDRational

    ticks = round(abs(degrees) * 3600 * 10**7)
    whole, rest = divmod(ticks, 3600 * 10**7)
    minutes, seconds = divmod(rest, 60 * 10**7)
    return IFDRational(whole, 1), IFDRational(minutes, 1), IFDRational(seconds, 10**7)


def xmp_bytes(shot: Shot, lens: CameraProfile) -> bytes:
    """The XMP packet of a shot. RelativeAltitude is above take-off, AbsoluteAltitude above the water."""
    turn = (shot.camera.yaw_deg + 180.0) % 360.0 - 180.0
    nose = (shot.vehicle.yaw_deg + 180.0) % 360.0 - 180.0
    drone = {
        "Version": "1.2",
        "GpsStatus": "RTK",
        "AltitudeType": "GpsFusionAlt",
        "GpsLatitude": f"{shot.at.lat_deg:+.9f}",
        "GpsLongitude": f"{shot.at.lon_deg:+.9f}",
        "AbsoluteAltitude": f"{shot.height_m:+.3f}",
        "RelativeAltitude": f"{shot.height_above_home_m:+.3f}",
        "GimbalRollDegree": f"{shot.camera.roll_deg:+.4f}",
        "GimbalYawDegree": f"{turn:+.4f}",
        "GimbalPitchDegree": f"{shot.camera.pitch_deg:+.4f}",
        "FlightRollDegree": f"{shot.vehicle.roll_deg:+.4f}",
        "FlightYawDegree": f"{nose:+.4f}",
        "FlightPitchDegree": f"{shot.vehicle.pitch_deg:+.4f}",
        "CamReverse": "0",
        "GimbalReverse": "0",
    }
    lines = "\n".join(f'   drone-dji:{name}="{value}"' for name, value in drone.items())
    when = shot.at_utc.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
    text = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="Quaywatch Meta Data"
    xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/"
   xmp:ModifyDate="{when}"
   xmp:CreateDate="{when}"
   tiff:Make="{MAKE}"
   tiff:Model="{lens.name}"
   dc:format="image/jpeg"
{lines}>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
    return text.encode()
