"""Pictures of a report: frames with their boxes drawn in, as data that stands inside the page."""

import base64
import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from detection.case.crops import Box, open_image
from detection.footage.frames import Frame

FRAME_WIDTH_PX = 1100
SUBJECT = (214, 40, 57)
OTHERS = (11, 127, 145)


def data_uri(jpeg: bytes) -> str:
    """A JPEG as an address that carries it."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def frame_picture(frame: Frame, subject: Box, others: Sequence[Box]) -> bytes:
    """JPEG of a whole frame, scaled down, the subject's box thick and red, the others' thin.

    Raises:
        FootageMissing: the file is gone or cannot be read.
    """
    image = open_image(frame.path).convert("RGB")
    scale = min(1.0, FRAME_WIDTH_PX / image.width)
    small = image.resize((round(image.width * scale), max(1, round(image.height * scale))), Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(small)
    for box in others:
        draw.rectangle(_grown(box, scale, 2), outline=OTHERS, width=1)
    draw.rectangle(_grown(subject, scale, 6), outline=(255, 255, 255), width=5)
    draw.rectangle(_grown(subject, scale, 5), outline=SUBJECT, width=3)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _grown(box: Box, scale: float, by_px: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = (edge * scale for edge in box)
    return left - by_px, top - by_px, max(right, left) + by_px, max(bottom, top) + by_px
