"""Pictures as the detector sees them."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from detection.vision.errors import ImageError
from detection.vision.tiles import Image

MOST_PIXELS = 170_000_000
"""Larger pictures are refused unopened: a small file can claim any size (the largest drone cameras have 100 MP)."""
FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP")
"""JPEG includes the multi-picture kind (MPO) that drones write."""
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"})


def read_image(path: Path) -> Image:
    """A picture as (H, W, 3) bytes, blue first; grey, 16-bit, palette and transparent ones are converted.

    EXIF orientation is not applied: a pose speaks of the pixels as the sensor stored them. Of several pictures in one
    file the first is read.

    Raises:
        ImageError: missing, damaged, cut short, of another format, or larger than MOST_PIXELS.
    """
    Pillow.init()  # all formats, once: `formats` knows only those that are loaded
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            picture = Pillow.open(path, formats=FORMATS)
        with picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise ImageError(
                    path, f"{width} x {height} pixels are more than the {MOST_PIXELS // 10**6} million read"
                )
            return _bytes_bgr(picture)
    except FileNotFoundError:
        raise ImageError(path, "no such picture") from None
    except UnidentifiedImageError:
        raise ImageError(path, f"not a picture that can be read ({', '.join(FORMATS)})") from None
    except Pillow.DecompressionBombError:
        raise ImageError(path, f"claims more than the {MOST_PIXELS // 10**6} million pixels read") from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ImageError(path, f"damaged or cut short ({error})") from None


def _bytes_bgr(picture: Pillow.Image) -> Image:
    """Pixels of an opened picture, blue first."""
    if picture.mode.startswith("I;16") or picture.mode in {"I", "F"}:
        grey = np.asarray(picture, np.float64)
        top = grey.max(initial=0.0)
        scaled = np.nan_to_num(grey * (255.0 / top if top > 255 else 1.0)).clip(0, 255).astype(np.uint8)
        return np.repeat(scaled[:, :, None], 3, axis=2)
    rgb = np.asarray(picture.convert("RGB"), np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])
