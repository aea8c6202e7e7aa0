"""From the boxes of many tiles to one box for each vessel.

A vessel on the border of a tile shows in two tiles, in each cut off at the border. `merged` joins such halves into one box, drops a part
where another tile shows the whole, and then drops what overlaps a better box of the same class.
"""  # noqa: E501

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components

from detection.vision.boxes import Boxes
from detection.vision.tiles import Tile

BORDER_PX = 3.0
"""A box that ends this near to a tile's border is taken as cut by it."""
PART_INSIDE = 0.6
"""A cut box of which this share lies in a whole one is a part of it."""
WITHIN = 0.9
WEAKER = 0.2
"""A whole box of which WITHIN lies in another whole one is a part of that vessel if its score is lower by WEAKER.

A boat alongside, in the corner of a ship's box, mostly scores as high as the ship."""
MOST_BOXES = 4000
"""More than this many boxes in one image are not looked at: the weakest go."""

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Boxes of an image with where they were seen: `tile` (N,) says in which tile, -1 for the whole frame;
    `cut` (N, 4) whether the tile's border cuts the box off at its left, top, right, bottom.
    """  # noqa: D205

    boxes: Boxes
    tile: npt.NDArray[np.int64]
    cut: Mask

    def where(self, keep: Mask | npt.NDArray[np.int64]) -> "Parts":
        """The boxes that a mask keeps, or those at some indices, in that order."""
        return Parts(self.boxes.where(keep), self.tile[keep], self.cut[keep])

    @property
    def cut_anywhere(self) -> Mask:
        """Which boxes a tile's border cuts off at some side."""
        return np.asarray(self.cut.any(axis=1), np.bool_)

    @classmethod
    def joined(cls, parts: "list[Parts]") -> "Parts":
        """The boxes of several tiles, one after the other."""
        return cls(
            Boxes.joined([p.boxes for p in parts]),
            np.concatenate([np.zeros(0, np.int64), *(p.tile for p in parts)]),
            np.concatenate([np.zeros((0, 4), np.bool_), *(p.cut for p in parts)]),
        )


def seen_in(tile: Tile | None, index: int, boxes: Boxes, *, width_px: int, height_px: int) -> Parts:
    """Boxes (in the image's pixels) seen in one tile, each kept inside the image; None: seen in the whole frame."""
    xyxy = boxes.xyxy.copy()
    xyxy[:, 0::2] = xyxy[:, 0::2].clip(0, width_px)
    xyxy[:, 1::2] = xyxy[:, 1::2].clip(0, height_px)
    inside = replace(boxes, xyxy=xyxy)
    cut = np.zeros((len(boxes), 4), np.bool_)
    if tile is not None:
        right, bottom = tile.x + tile.width, tile.y + tile.height
        cut[:, 0] = (xyxy[:, 0] < tile.x + BORDER_PX) & (tile.x > 0)
        cut[:, 1] = (xyxy[:, 1] < tile.y + BORDER_PX) & (tile.y > 0)
        cut[:, 2] = (xyxy[:, 2] > right - BORDER_PX) & (right < width_px)
        cut[:, 3] = (xyxy[:, 3] > bottom - BORDER_PX) & (bottom < height_px)
    return Parts(inside, np.full(len(boxes), index if tile is not None else -1, np.int64), cut)


def merged(parts: Parts, *, nms_iou: float) -> Boxes:
    """One box for each vessel or person, best first."""
    if len(parts.boxes) > MOST_BOXES:
        parts = parts.where(np.argsort(-parts.boxes.score, kind="stable")[:MOST_BOXES])
    parts = join_cut(parts)
    kept = _suppressed(parts, nms_iou=nms_iou)
    return kept.where(np.argsort(-kept.score, kind="stable"))


def nms(boxes: Boxes, *, iou: float) -> Boxes:
    """Boxes that no better one of the same class overlaps by more than `iou`, best first, as ultralytics does."""
    boxes = boxes.where(np.argsort(-boxes.score, kind="stable"))
    clash = (overlaps(boxes.xyxy) > iou) & (boxes.label[:, None] == boxes.label[None, :])
    return boxes.where(_greedy(clash))


def overlaps(xyxy: Floats) -> Floats:
    """Intersection over union of each box with each, (N, N)."""
    area = _areas(xyxy)
    shared = _shared(xyxy)
    union = area[:, None] + area[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.float32)


def join_cut(parts: Parts) -> Parts:
    """Parts with the halves of one vessel, cut by a border between tiles, made into one box with the better score."""
    cut_at_all = parts.cut_anywhere
    if cut_at_all.sum() < 2:
        return parts
    halves, whole = parts.where(cut_at_all), parts.where(~cut_at_all)
    pairs = _halves(halves, axis=0) | _halves(halves, axis=1)
    count, group = connected_components(pairs, directed=False)
    return Parts.joined([whole, *(_union(halves.where(group == g)) for g in range(count))])


def _halves(parts: Parts, *, axis: int) -> Mask:
    """Which boxes are first and second half of one vessel cut across `axis` (0: by an upright border, 1: by a level one).

    The first ends where its tile ends, the second begins where its tile begins, in the strip that both tiles see they agree,
    and each is the other's best counterpart.
    """  # noqa: E501
    box, n = parts.boxes.xyxy, len(parts.boxes)
    start, end = box[:, axis], box[:, axis + 2]
    low, high = box[:, 1 - axis], box[:, 3 - axis]
    faces = parts.cut[:, axis + 2][:, None] & parts.cut[:, axis][None, :]
    other_tile = parts.tile[:, None] != parts.tile[None, :]
    same_class = parts.boxes.label[:, None] == parts.boxes.label[None, :]
    in_line = (start[:, None] <= start[None, :] + BORDER_PX) & (end[None, :] >= end[:, None] - BORDER_PX)
    touching = start[None, :] <= end[:, None] + BORDER_PX
    shared = np.minimum(high[:, None], high[None, :]) - np.maximum(low[:, None], low[None, :])
    span = np.maximum(high[:, None], high[None, :]) - np.minimum(low[:, None], low[None, :])
    narrower = np.minimum((high - low)[:, None], (high - low)[None, :])
    fits = faces & other_tile & same_class & in_line & touching & (shared > 0.5 * narrower)
    agreement = np.where(fits, shared / np.maximum(span, 1e-9), 0.0)
    best = np.zeros((n, n), np.bool_)
    rows = np.arange(n)
    best[rows, agreement.argmax(axis=1)] = True
    mutual = np.zeros((n, n), np.bool_)
    mutual[agreement.argmax(axis=0), rows] = True
    return best & mutual & (agreement > 0)


def _union(group: Parts) -> Parts:
    """One box around a group; it stays cut on a side where its outermost part is."""
    if len(group.boxes) == 1:
        return group
    box = group.boxes.xyxy
    outermost = np.concatenate([box[:, :2].argmin(axis=0), box[:, 2:].argmax(axis=0)])
    sides = np.arange(4)
    return Parts(
        Boxes(box[outermost, sides][None, :], group.boxes.score.max(keepdims=True), group.boxes.label[:1]),
        group.tile[:1],
        group.cut[outermost, sides][None, :],
    )


def _suppressed(parts: Parts, *, nms_iou: float) -> Boxes:
    """The boxes that stay: the least cut first, then by score. A box inherits the score of its cut parts."""
    parts = parts.where(np.lexsort((-parts.boxes.score, parts.cut.sum(axis=1))))
    boxes, cut = parts.boxes, parts.cut_anywhere
    same_class = boxes.label[:, None] == boxes.label[None, :]
    shared = _shared(boxes.xyxy)
    inside = shared / np.maximum(_areas(boxes.xyxy)[None, :], 1e-9)
    part_of = same_class & cut[None, :] & (inside > PART_INSIDE)
    lower = boxes.score[:, None] - boxes.score[None, :] > WEAKER
    clash = part_of | (same_class & lower & (inside > WITHIN)) | (same_class & (overlaps(boxes.xyxy) > nms_iou))
    keep = _greedy(clash)
    score = np.maximum(boxes.score, np.where(part_of, boxes.score[None, :], 0.0).max(axis=1, initial=0.0))
    return replace(boxes, score=score.astype(np.float32)).where(keep)


def _greedy(clash: Mask) -> npt.NDArray[np.int64]:
    """Indices kept when each box, in order, removes the later ones that it clashes with."""
    alive = np.ones(len(clash), np.bool_)
    kept = []
    for i in range(len(clash)):
        if alive[i]:
            kept.append(i)
            alive &= ~clash[i]
    return np.array(kept, np.int64)


def _areas(xyxy: Floats) -> Floats:
    """Areas of boxes, square pixels."""
    return np.asarray((xyxy[:, 2] - xyxy[:, 0]) * (xyxy[:, 3] - xyxy[:, 1]), np.float32)


def _shared(xyxy: Floats) -> Floats:
    """Area that each box shares with each, (N, N)."""
    width = np.minimum(xyxy[:, None, 2], xyxy[None, :, 2]) - np.maximum(xyxy[:, None, 0], xyxy[None, :, 0])
    height = np.minimum(xyxy[:, None, 3], xyxy[None, :, 3]) - np.maximum(xyxy[:, None, 1], xyxy[None, :, 1])
    return np.asarray(width.clip(0) * height.clip(0), np.float32)
