"""Whole pictures in strips of rows: what is worked on at a time stays in the processor's cache.

A picture of 1920 x 1080 in float32 is 25 MB; each pass over it waits for the memory. Over a strip of some rows the same
passes take a third of the time.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from sitl.camera.view import Field

Bgr = npt.NDArray[np.float32]
"""An image, blue first, 1.0 the white of the sky."""
STRIP_PX = 60_000
"""About so many pixels at a time."""


def strips(rows: int, cols: int) -> Iterator[slice]:
    """The rows of a picture, a strip at a time."""
    high = max(1, STRIP_PX // cols)
    for top in range(0, rows, high):
        yield slice(top, min(rows, top + high))


class Grown:
    """Coarse fields (K, R, C) or (K, R, C, 3), sampled at the middles of their blocks, grown to a whole picture.

    Between the middles it is linear, as OpenCV's resize.
    """

    def __init__(self, fields: Sequence[npt.NDArray[np.floating]], shape: tuple[int, int]) -> None:
        self._fields = np.asarray(fields, dtype=np.float32)
        self._cols = shape[1]
        coarse = self._fields.shape[1]
        y = np.clip((np.arange(shape[0]) + 0.5) * coarse / shape[0] - 0.5, 0, coarse - 1)
        self._above = np.minimum(y.astype(int), max(0, coarse - 2))
        self._below = np.minimum(self._above + 1, coarse - 1)
        part = (y - self._above).astype(np.float32)
        self._part = part.reshape(-1, *(1,) * (self._fields.ndim - 2))

    def at(self, rows: slice) -> list[npt.NDArray[np.float32]]:
        """The fields over some rows of the picture."""
        import cv2

        above = self._fields[:, self._above[rows]]
        between = self._fields[:, self._below[rows]]
        between -= above
        between *= self._part[rows]
        between += above
        size = (self._cols, between.shape[1])
        return [cv2.resize(one, size, interpolation=cv2.INTER_LINEAR) for one in between]

    def greatest(self, which: int, rows: slice) -> float:
        """About the greatest value of a field over some rows."""
        first, last = self._above[rows.start], self._below[rows.stop - 1]
        return float(self._fields[which, first : last + 1].max())


def blend(image: Bgr, cover: Field, colour: Sequence[float] | npt.NDArray[np.floating]) -> None:
    """Covers a part of a picture with a colour: from 0, nothing, to 1, nothing else shows."""
    import cv2

    tone = np.tile(np.asarray(colour, dtype=np.float32), image.shape[1])
    for rows in strips(*cover.shape):
        part = flat(image[rows])
        whole = flat(np.asarray(cv2.merge([cover[rows]] * 3), np.float32))
        part += whole * (tone - part)


def lay(image: Bgr, colour: Bgr, cover: Field) -> None:
    """Lays a part of a picture, already multiplied by its cover, over what is there."""
    import cv2

    for rows in strips(*cover.shape):
        part = flat(image[rows])
        part *= flat(np.asarray(cv2.merge([1.0 - cover[rows]] * 3), np.float32))
        part += flat(colour[rows])


def darken(image: Bgr, left: Field) -> None:
    """Multiplies a part of a picture by what is left of its light."""
    import cv2

    for rows in strips(*left.shape):
        part = flat(image[rows])
        part *= flat(np.asarray(cv2.merge([left[rows]] * 3), np.float32))


def flat(image: Bgr) -> npt.NDArray[np.float32]:
    """The same pixels with their three channels side by side in a row, (H, 3 W): what numpy walks through fast."""
    return image.reshape(image.shape[0], -1)  # a view, also of a window: a row's pixels lie side by side
