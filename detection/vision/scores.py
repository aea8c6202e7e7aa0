"""How good detections are against labels: average precision by pycocotools, recall and false alarms at a threshold.

A detection finds a label of its class when they overlap by at least half (intersection over union), as in COCO's AP50.
"""

import contextlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detection.vision.boxes import CLASS_NAMES, Boxes

MOST_BOXES = 300
"""Detections of one picture that count, best first. COCO counts 100; port cameras show more vessels than that."""
FOUND_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """Detections and labels of one picture, and the group that the picture belongs to.

    `found` holds all detections down to a low score, for the precision curve; `likely` those at the threshold in use
    (not the same with the weak ones left out: weak boxes take part when tiles are put together).
    """

    found: Boxes
    likely: Boxes
    labelled: Boxes
    source: str = ""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class over some pictures. None: no such label there, so nothing to measure."""

    labelled: int
    ap50: float | None
    ap50_95: float | None
    recall: float | None
    precision: float | None
    false_per_frame: float


def scores(pairs: Sequence[Pair]) -> dict[str, dict[str, ClassScore]]:
    """Scores over all pictures (under "all") and for each source, by class name."""
    sources = sorted({pair.source for pair in pairs} - {""})
    groups = {"all": list(pairs)} | {source: [p for p in pairs if p.source == source] for source in sources}
    return {
        name: {cls: class_score(group, label=label) for label, cls in enumerate(CLASS_NAMES)}
        for name, group in groups.items()
    }


def class_score(pairs: Sequence[Pair], *, label: int) -> ClassScore:
    """One class over some pictures."""
    mine = [Pair(_of(p.found, label), _of(p.likely, label), _of(p.labelled, label)) for p in pairs]
    labelled = sum(len(p.labelled) for p in mine)
    hits = reported = 0
    for pair in mine:
        reported += len(pair.likely)
        hits += int(hit_labels(pair.likely, pair.labelled).sum())
    ap50, ap50_95 = average_precision(mine) if labelled else (None, None)
    return ClassScore(
        labelled=labelled,
        ap50=ap50,
        ap50_95=ap50_95,
        recall=hits / labelled if labelled else None,
        precision=hits / reported if reported else None,
        false_per_frame=(reported - hits) / max(len(mine), 1),
    )


def hit_labels(found: Boxes, labelled: Boxes, *, iou: float = FOUND_IOU) -> npt.NDArray[np.bool_]:
    """Which labels are found: detections, best first, each take the free label that they overlap most."""
    hit = np.zeros(len(labelled), np.bool_)
    if not (len(found) and len(labelled)):
        return hit
    overlap = _overlap(found.xyxy, labelled.xyxy)
    for row in overlap[np.argsort(-found.score, kind="stable")]:
        free = np.where(hit, 0.0, row)
        best = int(free.argmax())
        hit[best] |= bool(free[best] >= iou)
    return hit


def average_precision(pairs: Sequence[Pair]) -> tuple[float, float]:
    """AP50 and AP50-95 of one class (labels are not looked at), as pycocotools computes them."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth: Any = COCO()
    truth.dataset = {
        "images": [{"id": i} for i in range(len(pairs))],
        "annotations": _numbered({"iscrowd": 0}, ((i, p.labelled) for i, p in enumerate(pairs))),
        "categories": [{"id": 0}],
    }
    found = _numbered({}, ((i, p.found) for i, p in enumerate(pairs)))
    if not found:
        return 0.0, 0.0
    with contextlib.redirect_stdout(io.StringIO()):  # it talks
        truth.createIndex()
        run: Any = COCOeval(truth, truth.loadRes(found), "bbox")
        run.params.maxDets = [MOST_BOXES]
        run.params.areaRng, run.params.areaRngLbl = [run.params.areaRng[0]], ["all"]
        run.evaluate()
        run.accumulate()
    precision = run.eval["precision"][:, :, 0, 0, 0]
    return float(precision[0].mean()), float(precision.mean())


def coco_boxes(boxes: Boxes) -> list[tuple[list[float], float]]:
    """Each box as COCO writes it: left, top, width, height in pixels; and its area."""
    size = boxes.xyxy[:, 2:] - boxes.xyxy[:, :2]
    rows = np.concatenate([boxes.xyxy[:, :2], size], axis=1).astype(float)
    return [([float(v) for v in row], float(row[2] * row[3])) for row in rows]


def _numbered(extra: dict[str, Any], pictures: Iterable[tuple[int, Boxes]]) -> list[dict[str, Any]]:
    """COCO records of the boxes of several pictures. Ids start at 1: pycocotools takes 0 for none."""
    records: list[dict[str, Any]] = []
    for image_id, boxes in pictures:
        for (bbox, area), score in zip(coco_boxes(boxes), boxes.score, strict=True):
            record = {"id": len(records) + 1, "image_id": image_id, "category_id": 0, "bbox": bbox, "area": area}
            records.append(record | {"score": float(score)} | extra)
    return records


def _of(boxes: Boxes, label: int) -> Boxes:
    """The boxes of one class."""
    return boxes.where(boxes.label == label)


def _overlap(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Intersection over union of each box of `a` with each of `b`, (len(a), len(b))."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = (high - low).clip(0).prod(axis=2)
    area_a, area_b = (a[:, 2:] - a[:, :2]).prod(axis=1), (b[:, 2:] - b[:, :2]).prod(axis=1)
    return np.asarray(shared / np.maximum(area_a[:, None] + area_b[None, :] - shared, 1e-9), np.float32)
