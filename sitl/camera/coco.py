"""Ground truth as COCO: boxes, with each vessel's identity, place and motion.

Format: the object detection annotations of cocodataset.org; what it does not know (`track_id`, `vessel_id`, `mmsi`,
place, heading ...) stands in further keys of the same objects, which its readers pass over.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from planner.model.errors import QuaywatchError
from sitl.world.hulls import NO_VESSELS, SIZES

CATEGORIES = {kind: number for number, kind in enumerate(SIZES, start=1)}


def coco_of(truths: Iterable[Mapping[str, Any]], description: str) -> dict[str, object]:
    """The COCO document of truth files' contents, in their order; `frame` counts from 1."""
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    tracks: dict[str, int] = {}
    for number, truth in enumerate(truths, start=1):
        images.append({
            "id": number, "file_name": truth["image"], "width": truth["width_px"], "height": truth["height_px"],
            "frame": number, "date_captured": truth["at_utc"], "focal_px": truth["focal_px"], "camera": truth["camera"],
        })  # fmt: skip
        for vessel in truth["vessels"]:
            left, top, right, bottom = vessel["box"]
            track = tracks.setdefault(vessel["vessel_id"], len(tracks) + 1)
            further = {k: v for k, v in vessel.items() if k not in {"box", "kind", "at"}}
            annotations.append({
                "id": len(annotations) + 1, "image_id": number, "category_id": CATEGORIES[vessel["kind"]],
                "bbox": [left, top, right - left, bottom - top], "area": (right - left) * (bottom - top), "iscrowd": 0,
                "track_id": track, **further, **vessel["at"],
            })  # fmt: skip
    categories = [
        {"id": n, "name": kind, "supercategory": "other" if kind in NO_VESSELS else "vessel"}
        for kind, n in CATEGORIES.items()
    ]
    info = {"description": description, "version": "1"}
    return {"info": info, "images": images, "annotations": annotations, "categories": categories}


def write_coco(truth_folder: Path, out: Path, description: str) -> int:
    """Gathers the truth files of a folder into `out`; gives the number of boxes.

    Raises:
        QuaywatchError: a file cannot be read or written.
    """
    try:
        found = sorted(p for p in truth_folder.glob("*.json") if not p.name.startswith("."))
        document = coco_of([json.loads(p.read_text(encoding="utf-8")) for p in found], description)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(document), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise QuaywatchError(f"{out}: cannot write the truth as COCO: {error}") from error
    annotations = document["annotations"]
    return len(annotations) if isinstance(annotations, list) else 0
