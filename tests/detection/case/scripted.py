"""A small made-up flight: pictures whose vessels are known, and a detector, a reader and a joiner that know them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from detection.footage.frames import Frame
from detection.locate.place import locate
from detection.locate.sightings import Sighting
from detection.pipeline import Job, Steps
from detection.track.contacts import Contact
from detection.vision.boxes import Boxes
from planner.geo.camera import Attitude, Intrinsics
from planner.geo.points import LatLon, distance_m
from planner.model.pose import Pose

START = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
HOME = LatLon(51.97, 4.05)
CAMERA = Intrinsics.centred(width_px=320, height_px=240, focal_px=300.0)
WHITE = 250


def paint(folder: Path, count: int = 3, vessels: Sequence[tuple[int, int, int, int]] = ((140, 100, 180, 116),)) -> None:
    """Pictures of dark water with white vessels at `vessels` (left, top, right, bottom)."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        pixels = np.full((240, 320, 3), 20 + number, np.uint8)
        for left, top, right, bottom in vessels:
            pixels[top:bottom, left:right] = WHITE
        Image.fromarray(pixels).save(folder / f"{number:03d}.png")


def read(path: Path) -> Frame:
    """The frame of a painted picture: 100 m up, straight down, one second apart by the number in its name."""
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    at_utc = START + timedelta(seconds=int(path.stem))
    pose = Pose(HOME, 100.0, Attitude(0.0, -90.0), "simulator")
    return Frame(sha[:16], path, sha, 320, 240, at_utc, pose, CAMERA)


def pixels(path: Path) -> npt.NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])


@dataclass
class WhiteDetector:
    """Finds the white rectangles. `looked` counts frames."""

    fingerprint: str = "white-1"
    looked: int = 0

    def detect(self, image_bgr: npt.NDArray[np.uint8]) -> Boxes:
        self.looked += 1
        from scipy import ndimage

        marks, _ = ndimage.label(image_bgr[:, :, 0] > 200)
        spans = ndimage.find_objects(marks)
        boxes = [(x.start, y.start, x.stop, y.stop) for y, x in spans]
        n = len(boxes)
        return Boxes(np.array(boxes, np.float32).reshape(n, 4), np.full(n, 0.9, np.float32), np.zeros(n, np.int64))


def join(sightings: Sequence[Sighting]) -> tuple[Contact, ...]:
    """Sightings within 3 m of a contact's first are that contact."""
    groups: list[list[Sighting]] = []
    for s in sightings:
        near = next((g for g in groups if s.at and g[0].at and distance_m(s.at, g[0].at) < 3), None)
        if near is None:
            groups.append([s])
        else:
            near.append(s)
    return tuple(contact_of(group) for group in groups)


def contact_of(group: Sequence[Sighting]) -> Contact:
    first, ids = group[0], tuple(s.sighting_id for s in group)
    times = (group[0].at_utc, group[-1].at_utc)
    return Contact(
        f"c-{ids[0]}", ids, ids[0], times[0], times[1], first.at_utc, first.at, first.ellipse, first.length_m, 0.0, 0.1
    )


@dataclass
class Clock:
    """One second later at each look."""

    now: datetime = START + timedelta(days=1)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Made:
    """A job on painted pictures."""

    footage: Path
    detector: WhiteDetector = field(default_factory=WhiteDetector)

    def job(self, **changes: object) -> Job:
        steps = Steps(read=lambda paths: (read(path) for path in paths), pixels=pixels, locate=locate, join=join)
        given: dict[str, object] = {
            "footage": [self.footage],
            "detector": self.detector,
            "steps": steps,
            "clock": Clock(),
        }
        return Job(**{**given, **changes})  # type: ignore[arg-type]  # tests name the fields
