"""Small pictures of vessels, cut once and kept beside the case file.

They are named by what they show (frame hash, box, size), so a cut is never stale and may be deleted at any time.
"""

import hashlib
import io
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from detection.case.errors import FootageMissing

Box = tuple[float, float, float, float]

DEFAULT_SIZE = 256
"""Longest side, in pixels, of the crops that a triage cuts while it has the image open anyway."""

MARGIN = 0.35
"""How much of the box's longer side is shown around it."""

LEAST_PX = 48
"""Smallest side of what is cut: a vessel of a few pixels is shown with its surroundings."""


def crop_path(folder: Path, frame_sha256: str, box: Box, size: int) -> Path:
    """Where a crop is kept."""
    edges = ",".join(f"{float(np.float32(edge)):.2f}" for edge in box)
    name = hashlib.sha256(f"{frame_sha256}:{edges}:{size}".encode()).hexdigest()[:32]
    return folder / "crops" / f"{name}.jpg"


def window(box: Box, *, width_px: int, height_px: int) -> tuple[int, int, int, int]:
    """What is cut for a box: with a margin, inside the image, at least `LEAST_PX` wide where the image allows."""
    left, top, right, bottom = box
    side = max(right - left, bottom - top)
    half_w = max((right - left) / 2 + MARGIN * side, LEAST_PX / 2)
    half_h = max((bottom - top) / 2 + MARGIN * side, LEAST_PX / 2)
    x, y = (left + right) / 2, (top + bottom) / 2
    west, north = max(0, int(x - half_w)), max(0, int(y - half_h))
    east, south = min(width_px, int(x + half_w) + 1), min(height_px, int(y + half_h) + 1)
    return min(west, width_px - 1), min(north, height_px - 1), max(east, west + 1), max(south, north + 1)


def jpeg_of(image: Image.Image, size: int, *, quality: int = 88) -> bytes:
    """The image as JPEG, its longer side at most `size` (small ones are enlarged up to four times)."""
    scale = min(size / max(image.size), 4.0)
    wanted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    out = io.BytesIO()
    image.convert("RGB").resize(wanted, Image.Resampling.LANCZOS).save(out, "JPEG", quality=quality)
    return out.getvalue()


def cut(image: Image.Image, box: Box, size: int) -> bytes:
    """The JPEG of a box with its surroundings."""
    return jpeg_of(image.crop(window(box, width_px=image.width, height_px=image.height)), size)


def from_pixels(image_bgr: npt.NDArray[np.uint8], box: Box, size: int) -> bytes:
    """As `cut`, from pixels in memory (blue first)."""
    west, north, east, south = window(box, width_px=image_bgr.shape[1], height_px=image_bgr.shape[0])
    part = np.ascontiguousarray(image_bgr[north:south, west:east, ::-1])
    return jpeg_of(Image.fromarray(part), size)


def open_image(path: Path) -> Image.Image:
    """A decoded image.

    Raises:
        FootageMissing: the file is gone, or cannot be decoded any more.
    """
    try:
        image: Image.Image = Image.open(path)
        image.load()
    except FileNotFoundError:
        raise FootageMissing(path, "the picture is not there any more; give the case its new folder") from None
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError) as error:
        raise FootageMissing(path, f"the picture cannot be read: {error}") from None
    return image


def keep(path: Path, jpeg: bytes) -> None:
    """Writes a crop whole or not at all; a disk that refuses costs only the speed of the next look."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(exist_ok=True)
        part.write_bytes(jpeg)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
