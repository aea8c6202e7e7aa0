"""Which of a network's classes are vessels and which are people."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from detection.vision.boxes import PERSON, VESSEL

_VESSELS = frozenset(
    ["ship", "ferry", "barge", "tug", "tanker", "yacht", "jetski", "kayak", "canoe", "catamaran", "dinghy", "trawler"]
)
_PEOPLE = frozenset(["person", "people", "human", "swimmer", "pedestrian"])


def label_of(name: str) -> int | None:
    """VESSEL, PERSON, or None for a class of neither sort.

    >>> label_of("boat"), label_of("cargo_ship"), label_of("swimmer"), label_of("kite")
    (0, 0, 1, None)
    """
    words = name.lower().replace("_", " ").replace("-", " ").split()
    if any(word in _VESSELS or word.endswith(("boat", "boats", "vessel", "ship", "ships")) for word in words):
        return VESSEL
    return PERSON if any(word in _PEOPLE for word in words) else None


def label_columns(names: Iterable[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Indices of the network's classes that count, and the label that each stands for."""
    known = [(column, label) for column, name in enumerate(names) if (label := label_of(name)) is not None]
    return np.array([c for c, _ in known], np.int64), np.array([label for _, label in known], np.int64)
