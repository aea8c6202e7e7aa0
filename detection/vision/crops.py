"""Training samples: random squares cut from labelled pictures, varied as cameras and weather vary them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from detection.vision.boxes import Boxes
from detection.vision.dataset import Labelled, boxes_of
from detection.vision.errors import DataError
from detection.vision.images import read_image
from detection.vision.tiles import PADDING, Image

ZOOM = (0.55, 1.6)
"""A crop is a square of the picture between side/1.6 and side/0.55 pixels, scaled to the side."""
FULL_FRAME_SHARE = 0.12
"""Share of the samples that show a whole picture, as the full-frame pass sees it."""
NEAR_LABEL_SHARE = 0.75
"""Share of the other samples that are laid around a label, where the picture has one."""
VISIBLE = 0.3
"""A label of which less than this share is in the crop is left out, and so is one under SMALLEST_PX on either side."""
SMALLEST_PX = 3.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A square picture, blue first, and its boxes in pixels."""

    image: Image
    boxes: Boxes


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws samples of `side_px`; each source gets its share however many pictures it has.

    `shares` names the share of some sources; the others divide the rest by the square root of how many pictures they
    have. Pictures of a source in `turnable` have no upside (nadir views) and are turned and mirrored any way;
    all others are mirrored left to right only.
    """

    pictures: tuple[Labelled, ...]
    weight: npt.NDArray[np.float64]
    side_px: int
    turnable: frozenset[str]

    @classmethod
    def of(
        cls, pictures: Sequence[Labelled], *, shares: Mapping[str, float], side_px: int, turnable: frozenset[str]
    ) -> "Sampler":
        """A sampler over pictures.

        Raises:
            DataError: a share of a source that has no picture, or shares above 1 in all.
        """
        counts: dict[str, int] = {}
        for picture in pictures:
            counts[picture.source] = counts.get(picture.source, 0) + 1
        if unknown := set(shares) - set(counts):
            raise DataError("--share", f"no picture is named {sorted(unknown)[0]}-...; there are {sorted(counts)}")
        rest = {source: count**0.5 for source, count in counts.items() if source not in shares}
        left = 1 - sum(shares.values())
        if left < -1e-9:
            raise DataError("--share", f"the shares come to {sum(shares.values()):g}, more than 1")
        share = dict(shares) | {source: left * w / sum(rest.values()) for source, w in rest.items()}
        weight = np.array([share[p.source] / counts[p.source] for p in pictures])
        return cls(tuple(pictures), weight / weight.sum(), side_px, turnable)

    def draw(self, rng: np.random.Generator) -> Sample:
        """One sample."""
        picture = self.pictures[int(rng.choice(len(self.pictures), p=self.weight))]
        image = read_image(picture.image)
        height, width = image.shape[:2]
        boxes = boxes_of(picture.labels, width_px=width, height_px=height)
        if rng.random() < FULL_FRAME_SHARE:
            scale = self.side_px / max(width, height) * rng.uniform(0.75, 1.0)
            corner = np.array([width, height]) / 2 - self.side_px / scale / 2
        else:
            scale = float(np.exp(rng.uniform(*np.log(ZOOM))))
            corner = _corner(boxes, width, height, self.side_px / scale, rng)
        sample = cut(image, boxes, corner=corner, scale=scale, side_px=self.side_px)
        sample = turned(sample, rng) if picture.source in self.turnable else mirrored(sample, rng)
        return replace(sample, image=_weathered(sample.image, rng))


def cut(image: Image, boxes: Boxes, *, corner: npt.NDArray[np.float64], scale: float, side_px: int) -> Sample:
    """The square from `corner` (x, y in the picture), `side_px / scale` of its pixels wide, scaled to `side_px`; grey
    where the picture ends.
    """  # noqa: D205
    import cv2

    matrix = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]])
    method = cv2.INTER_AREA if scale < 0.8 else cv2.INTER_LINEAR
    if scale < 0.8:  # warping alone would skip pixels
        x0, y0 = np.maximum(np.floor(corner).astype(int), 0)
        x1, y1 = np.ceil(corner + side_px / scale).astype(int)
        part = image[y0:y1, x0:x1]
        size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        small = cv2.resize(part, size, interpolation=method)
        matrix = np.array([[1, 0, (x0 - corner[0]) * scale], [0, 1, (y0 - corner[1]) * scale]])
        image = np.asarray(small, np.uint8)
    picture = cv2.warpAffine(
        image, matrix, (side_px, side_px), flags=cv2.INTER_LINEAR, borderValue=(PADDING, PADDING, PADDING)
    )
    xyxy = (boxes.xyxy - np.tile(corner, 2).astype(np.float32)) * np.float32(scale)
    return Sample(np.asarray(picture, np.uint8), _visible(replace(boxes, xyxy=xyxy.astype(np.float32)), side_px))


def mirrored(sample: Sample, rng: np.random.Generator) -> Sample:
    """The sample, or its mirror image left to right."""
    if rng.random() < 0.5:
        return sample
    side = sample.image.shape[1]
    left, top, right, bottom = sample.boxes.xyxy.T
    flipped = np.stack([side - right, top, side - left, bottom], axis=1)
    return Sample(np.ascontiguousarray(sample.image[:, ::-1]), replace(sample.boxes, xyxy=flipped))


def turned(sample: Sample, rng: np.random.Generator) -> Sample:
    """The sample turned by a multiple of 90 degrees, mirrored or not."""
    sample = mirrored(sample, rng)
    for _ in range(int(rng.integers(4))):
        side = sample.image.shape[0]
        left, top, right, bottom = sample.boxes.xyxy.T
        box = np.stack([top, side - right, bottom, side - left], axis=1)  # a quarter turn against the clock
        sample = Sample(np.ascontiguousarray(np.rot90(sample.image)), replace(sample.boxes, xyxy=box))
    return sample


def _corner(boxes: Boxes, width: int, height: int, span: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Left top of a crop: around some label, or anywhere; inside the picture where that is large enough."""
    if len(boxes) and rng.random() < NEAR_LABEL_SHARE:
        box = boxes.xyxy[int(rng.integers(len(boxes)))].astype(float)
        corner = (box[:2] + box[2:]) / 2 - span * rng.uniform(0.05, 0.95, 2)
    else:
        corner = rng.uniform(0, 1, 2) * (np.array([width, height]) - span)
    room = np.array([width, height]) - span
    return np.asarray(np.where(room > 0, np.clip(corner, 0, np.maximum(room, 0)), room / 2), np.float64)


def _visible(boxes: Boxes, side_px: int) -> Boxes:
    """What of the boxes is inside the square."""
    inside = boxes.xyxy.clip(0, side_px)
    size, whole = inside[:, 2:] - inside[:, :2], boxes.xyxy[:, 2:] - boxes.xyxy[:, :2]
    share = size.prod(axis=1) / np.maximum(whole.prod(axis=1), 1e-9)
    return replace(boxes, xyxy=inside).where((share >= VISIBLE) & (size >= SMALLEST_PX).all(axis=1))


def _weathered(image: Image, rng: np.random.Generator) -> Image:
    """Other light, colour, sharpness and noise."""
    import cv2

    hue, colour, light = 1 + rng.uniform(-1, 1, 3) * (0.02, 0.5, 0.35)
    steps = np.arange(256)
    tables = (steps * hue % 180, (steps * colour).clip(0, 255), (steps * light).clip(0, 255))
    hsv = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2HSV))
    changed = [cv2.LUT(channel, table.astype(np.uint8)) for channel, table in zip(hsv, tables, strict=True)]
    image = np.asarray(cv2.cvtColor(cv2.merge(changed), cv2.COLOR_HSV2BGR), np.uint8)
    if rng.random() < 0.15:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.4, 1.3))), np.uint8)
    if rng.random() < 0.15:
        noise = rng.standard_normal(image.shape, np.float32) * np.float32(rng.uniform(2, 9))
        image = (image + noise).clip(0, 255).astype(np.uint8)
    if rng.random() < 0.04:
        image = np.repeat(image.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    return image
