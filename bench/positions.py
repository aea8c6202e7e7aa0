"""How far labelled boats seem to move from one frame to the next, on two real clips: `python -m bench.positions`.

The boats of the SeaDronesSee clips lie still or drift, so their apparent speed is the error of the relative position.
Poses as logged (`gimbal_pitch` positive down), horizontal field of view assumed 66 degrees, labels as drawn by hand.
"""

import itertools
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from detection.footage.frames import Frame
from detection.locate.place import locate
from detection.locate.sightings import Fix, Sighting
from detection.vision.boxes import VESSEL, Boxes
from planner.geo.camera import Attitude, Intrinsics
from planner.geo.points import Floats, LatLon, LocalFrame
from planner.model.pose import Pose
from tests.shared import DATA

HFOV_DEG = 66.0
BOAT = 2


@dataclass(frozen=True)
class Drift:
    """Apparent speeds of the boats of one clip, metres per second, over pairs of neighbouring frames."""

    clip: str
    height_m: float
    pitch_down_deg: float
    speeds_m_s: Floats
    steps_m: Floats
    lengths_m: Floats
    points: int
    wedges: int

    def line(self) -> str:
        """What was measured, in one line."""
        p90 = float(np.percentile(self.speeds_m_s, 90))
        length = float(np.median(self.lengths_m))
        return (
            f"{self.clip}: height {self.height_m:.0f} m, {self.pitch_down_deg:.0f} degrees down, "
            f"{len(self.speeds_m_s)} pairs: median {self.median_m_s:.2f} m/s ({self.median_step_m:.2f} m per pair), "
            f"90th percentile {p90:.2f} m/s; longest length median {length:.1f} m; "
            f"{self.points} points, {self.wedges} wedges"
        )

    @property
    def median_m_s(self) -> float:
        """Median of the apparent speeds."""
        return float(np.median(self.speeds_m_s))

    @property
    def median_step_m(self) -> float:
        """Median of the displacements from one frame to the next."""
        return float(np.median(self.steps_m))


def drifts(path: Path) -> list[Drift]:
    """The drift of each clip of a SeaDronesSee annotation file."""
    data = json.loads(path.read_text())
    boxes: dict[int, list[list[float]]] = defaultdict(list)
    for note in data["annotations"]:
        if note["category_id"] == BOAT:
            x, y, w, h = note["bbox"]
            boxes[note["image_id"]].append([x, y, x + w, y + h])
    clips: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for image in data["images"]:
        clips[image["source"]["folder_name"]].append(image)
    return [_drift(clip, sorted(images, key=_frame_number), boxes) for clip, images in sorted(clips.items())]


def _frame_number(image: dict[str, Any]) -> int:
    return int(image["source"]["frame_no"])


def _drift(clip: str, images: list[dict[str, Any]], boxes: dict[int, list[list[float]]]) -> Drift:
    seen = [(_moment(i), locate(_frame(i), _boxes(boxes[i["id"]]))) for i in images]
    moves = [m for before, after in itertools.pairwise(seen) for m in _moves(before, after)]
    every = [s for _, sightings in seen for s in sightings]
    meta = images[0]["meta"]
    return Drift(
        clip=clip,
        height_m=float(meta["height_above_takeoff(meter)"]),
        pitch_down_deg=float(meta["gimbal_pitch(degrees)"]),
        speeds_m_s=np.array([step / seconds for step, seconds in moves]),
        steps_m=np.array([step for step, _ in moves]),
        lengths_m=np.array([s.length_m[1] for s in every if s.length_m]),
        points=sum(s.fix is Fix.POINT for s in every),
        wedges=sum(s.fix is Fix.WEDGE for s in every),
    )


def _moment(image: dict[str, Any]) -> float:
    return datetime.fromisoformat(image["date_time"] + "+02:00").timestamp()


def _frame(image: dict[str, Any]) -> Frame:
    meta, width, height = image["meta"], image["width"], image["height"]
    pose = Pose(
        LatLon(meta["latitude"], meta["longitude"]),
        meta["height_above_takeoff(meter)"],
        Attitude(meta["gimbal_heading(degrees)"], -meta["gimbal_pitch(degrees)"]),
        "log",
    )
    focal = width / 2 / math.tan(math.radians(HFOV_DEG / 2))
    camera = Intrinsics.centred(width_px=width, height_px=height, focal_px=focal)
    name = image["file_name"]
    return Frame(f"{image['id']:016d}", Path(name), "", width, height, None, pose, camera)


def _boxes(rows: list[list[float]]) -> Boxes:
    n = len(rows)
    return Boxes(np.array(rows, np.float32).reshape(n, 4), np.ones(n, np.float32), np.full(n, VESSEL, np.int64))


def _moves(
    before: tuple[float, tuple[Sighting, ...]], after: tuple[float, tuple[Sighting, ...]]
) -> Iterator[tuple[float, float]]:
    """Metres and seconds between nearest pairs of fully visible boats of two frames."""
    (t0, first), (t1, second) = before, after
    a = [s.at for s in first if s.at is not None and not s.truncated]
    b = [s.at for s in second if s.at is not None and not s.truncated]
    if not a or not b or not 0 < t1 - t0 < 2.0:
        return
    ground = LocalFrame(a[0])
    gap = np.linalg.norm(ground.to_metres(a)[:, None] - ground.to_metres(b)[None], axis=2)
    for i, j in zip(*linear_sum_assignment(gap), strict=True):
        yield float(gap[i, j]), t1 - t0


def main() -> int:
    path = DATA / "poses" / "seadronessee-two-clips.json"
    if not path.is_file():
        print(f"{path}: not there; set QUAYWATCH_SHARED", file=sys.stderr)
        return 2
    for drift in drifts(path):
        print(drift.line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
