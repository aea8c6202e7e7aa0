"""Runs a detector over labelled pictures and scores it."""

import time
from dataclasses import dataclass
from pathlib import Path

from detection.vision.dataset import boxes_of, labelled_pictures
from detection.vision.detector import VesselDetector
from detection.vision.images import read_image
from detection.vision.scores import ClassScore, Pair, scores


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores by source ("all" first) and class; time is of the detector alone, without reading the pictures."""

    images: int
    ms_per_image: float
    scores: dict[str, dict[str, ClassScore]]


def evaluated(detector: VesselDetector, folder: Path, *, part: str, threshold: float) -> Evaluation:
    """Scores of a detector (made with a low score, for the precision curve) on the pictures of a folder."""
    pairs, spent_s = [], 0.0
    for picture in labelled_pictures(folder, part=part):
        image = read_image(picture.image)
        height, width = image.shape[:2]
        begun_s = time.perf_counter()
        seen = detector.look(image)
        found = detector.merge(seen)
        spent_s += time.perf_counter() - begun_s
        likely = detector.merge(seen, score=threshold)
        labelled = boxes_of(picture.labels, width_px=width, height_px=height)
        pairs.append(Pair(found, likely, labelled, picture.source))
    return Evaluation(len(pairs), 1000 * spent_s / len(pairs), scores(pairs))
