"""Boxes in one image, as columns."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

CLASS_NAMES = ("vessel", "person")
VESSEL, PERSON = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Detections of one image: `xyxy` (N, 4) float pixels (left, top, right, bottom), `score` (N,) in [0, 1],
    `label` (N,) indices into CLASS_NAMES.

    Raises:
        ValueError: columns whose shapes do not fit.
    """  # noqa: D205

    xyxy: npt.NDArray[np.float32]
    score: npt.NDArray[np.float32]
    label: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        n = len(self.score)
        if self.xyxy.shape != (n, 4) or self.label.shape != (n,):
            raise ValueError(
                f"boxes {self.xyxy.shape}, scores {self.score.shape}, labels {self.label.shape} do not fit"
            )

    def __len__(self) -> int:
        return len(self.score)

    def where(self, keep: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Boxes":
        """The boxes that a mask keeps, or those at some indices, in that order."""
        return Boxes(self.xyxy[keep], self.score[keep], self.label[keep])

    @classmethod
    def none(cls) -> "Boxes":
        """No boxes."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))

    @classmethod
    def joined(cls, parts: "list[Boxes]") -> "Boxes":
        """The boxes of several parts, one after the other."""
        if not parts:
            return cls.none()
        return cls(
            np.concatenate([p.xyxy for p in parts]),
            np.concatenate([p.score for p in parts]),
            np.concatenate([p.label for p in parts]),
        )


class Detector(Protocol):
    """Finds vessels and people in an image. `fingerprint` names weights and settings: equal ones give equal boxes."""

    @property
    def fingerprint(self) -> str:
        """What the boxes depend on: SHA-256 of weights, tile size, thresholds."""
        ...

    def detect(self, image_bgr: npt.NDArray[np.uint8]) -> Boxes:
        """Boxes of an image, shape (H, W, 3), blue first."""
        ...
