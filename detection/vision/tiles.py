"""How a large image is cut for a network that sees one small square at a time.

Pixels throughout; x to the right, y down, from the image's left top corner.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]

PADDING = 114
"""Grey level around a picture that does not fill the network's square: the one ultralytics trains with."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of an image, in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    def of(self, image: Image) -> Image:
        """The pixels of this tile, a view."""
        return image[self.y : self.y + self.height, self.x : self.x + self.width]


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a picture lies in the network's square: `network = picture * scale + (left, top)`."""

    scale: float
    left: int
    top: int

    def back(self, xyxy: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Boxes of the network's square in the picture's pixels."""
        shift = np.array([self.left, self.top, self.left, self.top], np.float32)
        return ((xyxy - shift) / np.float32(self.scale)).astype(np.float32)


def tiles_of(width_px: int, height_px: int, *, tile_px: int, overlap: float) -> tuple[Tile, ...]:
    """The tiles that cover an image, row by row, neighbours sharing at least `overlap` of a tile's side.

    Tiles are spread evenly, the outer ones flush with the image's edges. An image smaller than a tile makes a tile of its own size.

    >>> len(tiles_of(1920, 1080, tile_px=640, overlap=0.2)), len(tiles_of(3840, 2160, tile_px=640, overlap=0.2))
    (8, 32)
    """  # noqa: E501
    columns = _starts(width_px, tile_px, overlap)
    rows = _starts(height_px, tile_px, overlap)
    width, height = min(width_px, tile_px), min(height_px, tile_px)
    return tuple(Tile(x, y, width, height) for y in rows for x in columns)


def _starts(length_px: int, tile_px: int, overlap: float) -> list[int]:
    """Where tiles along one side begin."""
    if length_px <= tile_px:
        return [0]
    step = max(1.0, tile_px * (1 - overlap))
    count = int(np.ceil((length_px - tile_px) / step)) + 1
    return [round(start) for start in np.linspace(0, length_px - tile_px, count)]


def letterboxed(picture: Image, *, width_px: int, height_px: int) -> tuple[Image, Fit]:
    """A picture scaled to fit the network's input, centred on grey, rounded as ultralytics rounds (LetterBox)."""
    import cv2

    height, width = picture.shape[:2]
    scale = min(height_px / height, width_px / width)
    new_width, new_height = max(round(width * scale), 1), max(round(height * scale), 1)
    if (new_width, new_height) != (width, height):
        picture = np.asarray(cv2.resize(picture, (new_width, new_height), interpolation=cv2.INTER_LINEAR), np.uint8)
    left, top = round((width_px - new_width) / 2 - 0.1), round((height_px - new_height) / 2 - 0.1)
    return _on_grey(picture, width_px=width_px, height_px=height_px, left=left, top=top), Fit(scale, left, top)


def fitted(picture: Image, *, tile_px: int, width_px: int, height_px: int) -> tuple[Image, Fit]:
    """A tile in the network's input. A tile cut smaller by the image's edge keeps the scale of a whole one."""
    height, width = picture.shape[:2]
    if (width, height) == (tile_px, tile_px):
        return letterboxed(picture, width_px=width_px, height_px=height_px)
    whole = _on_grey(picture, width_px=tile_px, height_px=tile_px, left=0, top=0)
    return letterboxed(whole, width_px=width_px, height_px=height_px)


def _on_grey(picture: Image, *, width_px: int, height_px: int, left: int, top: int) -> Image:
    """A picture pasted on a grey one; the picture itself where it fills it."""
    height, width = picture.shape[:2]
    if (width, height) == (width_px, height_px):
        return np.ascontiguousarray(picture)
    canvas: np.ndarray[Any, np.dtype[np.uint8]] = np.full((height_px, width_px, 3), PADDING, np.uint8)
    canvas[top : top + height, left : left + width] = picture
    return canvas
