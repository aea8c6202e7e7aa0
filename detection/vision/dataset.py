"""Labelled pictures in YOLO's folders: `images/` beside `labels/`, one text file for each picture.

A label line is `class x_centre y_centre width height`, the last four as shares of the picture. A picture without a
label file, or with an empty one, shows nothing. Classes are 0 vessel, 1 person (boxes.CLASS_NAMES).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from detection.vision.boxes import CLASS_NAMES, Boxes
from detection.vision.errors import DataError
from detection.vision.images import SUFFIXES


@dataclass(frozen=True, slots=True)
class Labelled:
    """One picture and where its labels should be. `source` is the name up to its first dash: what made the picture."""

    image: Path
    labels: Path

    @property
    def source(self) -> str:
        """The name's first part, `coast` of coast-0001.jpg; empty where the name has no dash."""
        head, dash, _ = self.image.name.partition("-")
        return head if dash else ""


def labelled_pictures(folder: Path, *, part: str) -> list[Labelled]:
    """The pictures of `folder/images/<part>` with labels in `folder/labels/<part>`, or of `images` and `labels` themselves.

    Raises:
        DataError: no such folders, or no picture in them.
    """  # noqa: E501
    for images, labels in (
        (folder / "images" / part, folder / "labels" / part),
        (folder / "images", folder / "labels"),
    ):
        if images.is_dir():
            found = sorted(p for p in images.iterdir() if p.suffix.lower() in SUFFIXES)
            if not found:
                raise DataError(images, "holds no pictures")
            if not labels.is_dir():
                raise DataError(labels, "no such folder of labels")
            return [Labelled(p, labels / f"{p.stem}.txt") for p in found]
    raise DataError(folder, f"holds neither images/{part} nor images")


def boxes_of(path: Path, *, width_px: int, height_px: int) -> Boxes:
    """The labelled boxes of one picture in pixels, with score 1.

    Raises:
        DataError: a line that is no label.
    """
    if not path.is_file():
        return Boxes.none()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(path, f"cannot be read ({error})") from None
    rows = [_row(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        return Boxes.none()
    table = np.array(rows, np.float64)
    size = np.array([width_px, height_px])
    centre, half = table[:, 1:3] * size, table[:, 3:5] * size / 2
    xyxy = np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)
    return Boxes(xyxy, np.ones(len(table), np.float32), table[:, 0].astype(np.int64))


def lines_of(boxes: Boxes, *, width_px: int, height_px: int) -> str:
    """Boxes as the text of a label file."""
    size: npt.NDArray[np.float64] = np.array([width_px, height_px] * 2, np.float64)
    xyxy = boxes.xyxy / size
    rows = np.concatenate([(xyxy[:, :2] + xyxy[:, 2:]) / 2, xyxy[:, 2:] - xyxy[:, :2]], axis=1)
    return "".join(
        f"{label} {' '.join(f'{v:.6f}' for v in row)}\n" for label, row in zip(boxes.label, rows, strict=True)
    )


def _row(path: Path, number: int, line: str) -> list[float]:
    """One label: class, centre, size."""
    try:
        row = [float(word) for word in line.split()]
    except ValueError:
        row = []
    if len(row) != 5 or not np.isfinite(row).all() or row[0] not in range(len(CLASS_NAMES)):
        raise DataError(path, f"line {number} is no label (class 0 or 1, centre and size as shares): {line[:60]!r}")
    if not all(-0.01 <= v <= 1.01 for v in row[1:]):
        raise DataError(path, f"line {number}: centre and size are shares of the picture, 0 to 1: {line[:60]!r}")
    return row
