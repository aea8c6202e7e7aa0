"""The vessel detector: an image of any size in, one box for each vessel and person out."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from detection.vision.boxes import Boxes, Detector
from detection.vision.checkpoint import find_weights
from detection.vision.merge import Parts, merged, nms, seen_in
from detection.vision.network import Network, Precision
from detection.vision.tiles import Fit, Image, Tile, fitted, letterboxed, tiles_of

DEFAULT_SCORE = 0.45
"""Boxes under this score are not reported. Chosen on held-out frames; see weights/MODEL_CARD.md."""
TILE_NMS_IOU = 0.7
"""Within one tile: what ultralytics uses."""
MOST_PER_TILE = 300
SMALLEST_IN_FULL_FRAME = 0.5
"""Of the full-frame pass, boxes whose longer side is shorter than this share of the overlap between tiles are left out:
some tile shows such a vessel whole and larger, and the coarse box would only count it twice."""
VERSION = 2
"""Raise when the same weights and settings give other boxes than before."""


class VesselDetector(Detector):
    """YOLO on tiles of `tile_px` that overlap by the share `overlap`, and on the whole frame scaled down, which sees
    ships larger than a tile. Boxes are in the image's pixels.

    Args:
        weights: an OpenVINO export (folder or .xml), .onnx, or .pt; None for the weights that ship.
        tile_px: side of a tile in the image's pixels; scaled to the network's input where that differs.
        overlap: share of a tile's side that neighbours have in common at least.
        tiled: whether to look at tiles at all.
        full_frame: whether to look at the whole frame too.
        score: smallest score reported, 0 to 1.
        nms_iou: boxes of one class that overlap more than this count as one vessel.
        precision: numbers that the network computes in; auto takes bf16 where the processor has it.
        trust: open a .pt although it is a pickle.
        threads: processor threads; None for all.

    Raises:
        WeightsError: weights that cannot be used.
        ValueError: settings out of range.
    """  # noqa: D205

    def __init__(  # noqa: PLR0913 - settings, all named, all with defaults
        self,
        weights: Path | str | None = None,
        *,
        tile_px: int = 640,
        overlap: float = 0.2,
        tiled: bool = True,
        full_frame: bool = True,
        score: float = DEFAULT_SCORE,
        nms_iou: float = 0.5,
        precision: Precision = "auto",
        trust: bool = False,
        threads: int | None = None,
    ) -> None:
        if not (tiled or full_frame):
            raise ValueError("a detector looks at tiles, at the full frame, or at both")
        if not (tile_px >= 32 and 0 <= overlap < 1 and 0 <= score <= 1 and 0 < nms_iou <= 1):
            raise ValueError(
                f"settings out of range: tile {tile_px} px, overlap {overlap}, score {score}, IoU {nms_iou}"
            )
        found = find_weights(weights, trust=trust)
        self._network = Network(found, precision=precision, threads=threads)
        self._sha256 = found.sha256
        self._tile_px, self._overlap = tile_px, overlap
        self._tiled, self._full_frame = tiled, full_frame
        self._score, self._nms_iou = score, nms_iou
        passes = [f"tiles {tile_px} px {overlap:.0%}"] * tiled + ["full frame"] * full_frame
        self._fingerprint = (
            f"{found.name} {found.sha256} {self._network.precision}; {' + '.join(passes)}; "
            f"score {score:g}; IoU {nms_iou:g}; merge {VERSION}"
        )

    @property
    @override
    def fingerprint(self) -> str:
        """Weights (SHA-256), precision, tiles, thresholds and version of the merging."""
        return self._fingerprint

    @property
    def names(self) -> tuple[str, ...]:
        """The network's own class names."""
        return self._network.names

    @property
    def weights_sha256(self) -> str:
        """What names the weights, in hex."""
        return self._sha256

    @property
    def score(self) -> float:
        """Smallest score reported."""
        return self._score

    @override
    def detect(self, image_bgr: npt.NDArray[np.uint8]) -> Boxes:
        """Boxes of an image, shape (H, W, 3), blue first; best first."""
        return self.merge(self.look(image_bgr))

    def merge(self, seen: Parts, *, score: float = 0.0) -> Boxes:
        """One box for each vessel or person out of what `look` saw with at least `score`."""
        return merged(seen.where(seen.boxes.score >= score), nms_iou=self._nms_iou)

    def look(self, image_bgr: npt.NDArray[np.uint8]) -> Parts:
        """What the network sees in each tile and in the whole frame, before the tiles are put together."""
        if image_bgr.ndim != 3 or image_bgr.shape[2] != 3 or image_bgr.dtype != np.uint8:
            raise ValueError(f"a colour image of bytes has shape (H, W, 3), got {image_bgr.shape} of {image_bgr.dtype}")
        height, width = image_bgr.shape[:2]
        if not (height and width):
            return Parts.joined([])
        views = self._views(width, height)
        fits: list[Fit] = []
        outputs = self._network.run(self._pictures(image_bgr, views, fits))
        parts = [
            self._parts(output, fit, tile, index, width_px=width, height_px=height)
            for index, (output, fit, tile) in enumerate(zip(outputs, fits, views, strict=True))
        ]
        return Parts.joined(parts)

    def _views(self, width_px: int, height_px: int) -> list[Tile | None]:
        """What the network looks at: tiles, and None for the full frame."""
        if max(width_px, height_px) <= self._tile_px or not self._tiled:
            return [None]
        tiles = tiles_of(width_px, height_px, tile_px=self._tile_px, overlap=self._overlap)
        return [*tiles, *([None] if self._full_frame else [])]

    def _pictures(self, image: Image, views: list[Tile | None], fits: list[Fit]) -> Iterator[Image]:
        """The network's inputs; says in `fits` how each lies in it."""
        width, height = self._network.width_px, self._network.height_px
        for tile in views:
            if tile is None:
                picture, fit = letterboxed(image, width_px=width, height_px=height)
            else:
                picture, fit = fitted(tile.of(image), tile_px=self._tile_px, width_px=width, height_px=height)
            fits.append(fit)
            yield picture

    def _parts(
        self,
        output: npt.NDArray[np.float32],
        fit: Fit,
        tile: Tile | None,
        index: int,
        *,
        width_px: int,
        height_px: int,
    ) -> Parts:
        """Boxes of one view in the image's pixels."""
        boxes = self._network.boxes(output, score=self._score)
        if len(boxes) > 10 * MOST_PER_TILE:
            boxes = boxes.where(np.argsort(-boxes.score, kind="stable")[: 10 * MOST_PER_TILE])
        boxes = nms(boxes, iou=TILE_NMS_IOU)
        boxes = boxes.where(np.arange(min(len(boxes), MOST_PER_TILE)))
        xyxy = fit.back(boxes.xyxy)
        if tile is not None:
            xyxy += np.array([tile.x, tile.y, tile.x, tile.y], np.float32)
        boxes = Boxes(xyxy, boxes.score, boxes.label)
        if tile is None and self._tiled and max(width_px, height_px) > self._tile_px:
            longer = np.maximum(xyxy[:, 2] - xyxy[:, 0], xyxy[:, 3] - xyxy[:, 1])
            boxes = boxes.where(longer >= SMALLEST_IN_FULL_FRAME * self._overlap * self._tile_px)
        return seen_in(tile, index, boxes, width_px=width_px, height_px=height_px)
