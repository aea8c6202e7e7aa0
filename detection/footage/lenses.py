"""What a pixel means: the focal length in pixels, from the best source that a picture gives."""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from detection.footage.exif import ExifFacts
from detection.footage.xmp import DJI, PIX4D, SENSEFLY, SKYDIO, Xmp, to_number
from planner.geo.camera import Distortion, Intrinsics

FULL_FRAME_DIAGONAL_MM = 43.267
"""Diagonal of 36 x 24 mm, which "35 mm equivalent" refers to (CIPA DCG-001)."""


@dataclass(frozen=True, slots=True)
class CameraEntry:
    """One lens of a known camera; see cameras.json."""

    make: str
    models: tuple[str, ...]
    name: str
    sensor_mm: tuple[float, float]
    focal_mm: float | None
    pixels: tuple[int, int]
    source: str
    lens: str = ""
    fisheye: bool = False

    def is_of(self, make: str, model: str) -> bool:
        """Whether EXIF's make and model mean this camera; some makers write DJI for Hasselblad's and the reverse."""
        maker, wanted = make.upper(), model.upper()
        same = self.make.upper() in maker or {self.make.upper(), maker} <= {"DJI", "HASSELBLAD"}
        suffixed = self.make == "GoPro" and any(wanted.startswith(m.upper() + " ") for m in self.models)
        return same and (suffixed or wanted in {m.upper() for m in self.models})


@cache
def known_cameras() -> tuple[CameraEntry, ...]:
    """The table of known cameras."""
    rows: list[dict[str, Any]] = json.loads(resources.files(__package__).joinpath("cameras.json").read_text())[
        "cameras"
    ]
    return tuple(_camera_entry(row) for row in rows)


def _camera_entry(row: dict[str, Any]) -> CameraEntry:
    return CameraEntry(
        make=row["make"],
        models=tuple(row["models"]),
        name=row["name"],
        sensor_mm=(row["sensor_mm"][0], row["sensor_mm"][1]),
        focal_mm=row["focal_mm"],
        pixels=(row["pixels"][0], row["pixels"][1]),
        source=row["source"],
        lens=row.get("lens", ""),
        fisheye=row.get("fisheye", False),
    )


@dataclass(frozen=True, slots=True)
class Picture:
    """What the search for a lens goes by."""

    width_px: int
    height_px: int
    exif: ExifFacts
    xmp: Xmp
    lens: str = ""


def find_intrinsics(picture: Picture, hfov_deg: float | None = None) -> tuple[Intrinsics | None, tuple[str, ...]]:
    """The camera and notes on how it was found.

    Sources in order: calibrated values in the XMP; EXIF's sensor size and focal length; the table of known cameras;
    the 35 mm equivalent; `hfov_deg`, the horizontal field of view as told by the user. None where all are silent.
    """
    notes: list[str] = []
    for source in (_calibrated, _from_focal_plane, _from_table, _from_35mm):
        camera, said = source(picture)
        notes += said
        if camera is not None:
            return camera, tuple(notes)
    if hfov_deg is not None and 1.0 <= hfov_deg <= 170.0:
        focal = picture.width_px / 2 / math.tan(math.radians(hfov_deg / 2))
        return _centred(picture, focal), tuple(notes)
    notes.append("Nothing tells the camera's field of view, so nothing can be measured in this picture; give it.")
    return None, tuple(notes)


def _centred(picture: Picture, focal_px: float, distortion: Distortion | None = None) -> Intrinsics:
    return Intrinsics.centred(
        width_px=picture.width_px, height_px=picture.height_px, focal_px=focal_px, distortion=distortion
    )


def _plausible(picture: Picture, focal_px: float, centre: tuple[float, float] | None = None) -> bool:
    width, height = picture.width_px, picture.height_px
    if not 0.15 * width < focal_px < 40 * width:
        return False
    return centre is None or (abs(centre[0] / width - 0.5) < 0.1 and abs(centre[1] / height - 0.5) < 0.1)


def _calibrated(picture: Picture) -> tuple[Intrinsics | None, tuple[str, ...]]:
    for source in (_dji_dewarp, _calibrated_pixels, _pix4d):
        found = source(picture)
        if found is None:
            continue
        if _plausible(picture, found.focal_px, (found.centre_x_px, found.centre_y_px)):
            return found, ()
        size = f"{picture.width_px} x {picture.height_px}"
        note = f"The XMP's calibrated focal length, {found.focal_px:.0f} pixels, is not of this picture ({size})."
        return None, (note,)
    return None, ()


def _dji_dewarp(picture: Picture) -> Intrinsics | None:
    """DewarpData: `date;fx,fy,cx,cy,k1,k2,p1,p2,k3`, the centre from the middle of the picture (DJI M3M manual)."""
    text = picture.xmp.text(DJI, "DewarpData") or ""
    values = [to_number(v) for v in text.partition(";")[2].split(",")]
    if len(values) != 9 or picture.xmp.number(DJI, "DewarpFlag") == 1:
        return None
    numbers = [v for v in values if v is not None]
    if len(numbers) != 9 or numbers[0] <= 0 or numbers[1] <= 0:
        return None
    fx, fy, cx, cy, k1, k2, p1, p2, k3 = numbers
    width, height = picture.width_px, picture.height_px
    return Intrinsics(width, height, (fx + fy) / 2, width / 2 + cx, height / 2 + cy, Distortion(k1, k2, p1, p2, k3))


def _calibrated_pixels(picture: Picture) -> Intrinsics | None:
    xmp, width, height = picture.xmp, picture.width_px, picture.height_px
    fx = xmp.number(DJI, "CalibratedFocalLength") or xmp.number(SKYDIO, "CalibratedFocalLength/X")
    if fx is None or fx <= 0:
        return None
    fy = xmp.number(SKYDIO, "CalibratedFocalLength/Y") or fx
    cx = xmp.number(DJI, "CalibratedOpticalCenterX") or xmp.number(SKYDIO, "CalibratedOpticalCenter/X") or width / 2
    cy = xmp.number(DJI, "CalibratedOpticalCenterY") or xmp.number(SKYDIO, "CalibratedOpticalCenter/Y") or height / 2
    return Intrinsics(width, height, (fx + fy) / 2, cx, cy)


def _pix4d(picture: Picture) -> Intrinsics | None:
    """Pix4D's tags, in millimetres on the sensor; distortion R1, R2, R3, T1, T2."""
    space = next((s for s in (PIX4D, SENSEFLY) if picture.xmp.text(s, "PerspectiveFocalLength")), None)
    sensor = picture.exif.sensor_width_mm or _sensor_of_table(picture)
    if space is None or sensor is None or (picture.xmp.text(space, "ModelType") or "perspective") != "perspective":
        return None
    focal_mm = picture.xmp.number(space, "PerspectiveFocalLength") or 0.0
    per_mm = max(picture.width_px, picture.height_px) / sensor
    if focal_mm <= 0:
        return None
    terms = [to_number(v) for v in (picture.xmp.text(space, "PerspectiveDistortion") or "").split(",")]
    known = [t for t in terms if t is not None]
    r1, r2, r3, t1, t2 = known if len(known) == 5 and len(terms) == 5 else (0.0,) * 5
    centre = [to_number(v) for v in (picture.xmp.text(space, "PrincipalPoint") or "").split(",")]
    x, y = (centre[0], centre[1]) if len(centre) == 2 else (None, None)
    return Intrinsics(
        picture.width_px,
        picture.height_px,
        focal_mm * per_mm,
        x * per_mm if x else picture.width_px / 2,
        y * per_mm if y else picture.height_px / 2,
        Distortion(r1, r2, t1, t2, r3),
    )


def _sensor_of_table(picture: Picture) -> float | None:
    entry, _ = _entry(picture)
    return entry.sensor_mm[0] if entry else None


def _from_focal_plane(picture: Picture) -> tuple[Intrinsics | None, tuple[str, ...]]:
    sensor, focal = picture.exif.sensor_width_mm, picture.exif.focal_mm
    if sensor is None or focal is None:
        return None, ()
    focal_px = focal * max(picture.width_px, picture.height_px) / sensor * picture.exif.digital_zoom
    if not _plausible(picture, focal_px):
        return None, (f"EXIF's focal length of {focal:g} mm on a sensor {sensor:.1f} mm wide is not plausible.",)
    return _centred(picture, focal_px), ()


def _from_table(picture: Picture) -> tuple[Intrinsics | None, tuple[str, ...]]:
    entry, notes = _entry(picture)
    if entry is None:
        return None, notes
    if entry.fisheye:
        return None, (f"{entry.name} has a fisheye lens, which a straight-line camera does not describe.",)
    focal = picture.exif.focal_mm or entry.focal_mm
    if focal is None:
        return None, (f"{entry.name} takes several lenses and EXIF does not tell the focal length.",)
    long_side, short_side = max(picture.width_px, picture.height_px), min(picture.width_px, picture.height_px)
    # a picture of another shape is a crop of the full one, possibly scaled down
    scale = max(long_side / entry.pixels[0], short_side / entry.pixels[1])
    focal_px = focal * entry.pixels[0] / entry.sensor_mm[0] * scale * picture.exif.digital_zoom
    if not _plausible(picture, focal_px):
        return None, (f"EXIF's focal length of {focal:g} mm does not fit {entry.name}.",)
    return _centred(picture, focal_px), notes


def _entry(picture: Picture) -> tuple[CameraEntry | None, tuple[str, ...]]:
    """The table's entry for the picture's camera and, of several lenses, for the one that took it."""
    exif = picture.exif
    found = [c for c in known_cameras() if c.is_of(exif.make, exif.model)]
    if picture.lens:
        found = [c for c in found if c.lens in ("", picture.lens)]
    if len(found) > 1:
        size = (picture.width_px, picture.height_px)
        found = [c for c in found if c.pixels == size] or found
    if len(found) > 1 and exif.focal_mm is not None:
        focal = exif.focal_mm
        found.sort(key=lambda c: abs(math.log((c.focal_mm or focal) / focal)))
    elif len(found) > 1:
        return None, (f"{exif.make} {exif.model} has several lenses and nothing tells which took this picture.",)
    return (found[0], ()) if found else (None, ())


def _from_35mm(picture: Picture) -> tuple[Intrinsics | None, tuple[str, ...]]:
    """The equivalent refers to diagonals; a picture wider than 3:2 is taken for a crop of a 4:3 one as wide."""
    equivalent = picture.exif.focal_35mm
    entry, _ = _entry(picture)
    if equivalent is None or (entry is not None and entry.fisheye):
        return None, ()
    long_side, short_side = max(picture.width_px, picture.height_px), min(picture.width_px, picture.height_px)
    diagonal = math.hypot(long_side, short_side if long_side / short_side < 1.6 else 0.75 * long_side)
    focal_px = equivalent / FULL_FRAME_DIAGONAL_MM * diagonal
    if not _plausible(picture, focal_px):
        return None, (f"EXIF's 35 mm equivalent of {equivalent:g} mm is not plausible and was left out.",)
    return _centred(picture, focal_px), ("The field of view comes from the 35 mm equivalent, a rounded figure.",)
