"""`quaywatch sim images`: labelled pictures of random scenes, as a YOLO data set."""

import json
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer

from planner.model.errors import BadInput, QuaywatchError
from planner.model.words import counted

VESSEL, PERSON = 0, 1
LEAST_SIDE_PX = 6.0
LEAST_VISIBLE = 0.25
LARGE_SIDE_PX = 32.0
"""A vessel of which less than a quarter shows is labelled all the same if what shows is at least so large both ways."""


@dataclass(frozen=True, slots=True)
class Order:
    """One picture to make."""

    folder: Path
    index: int
    seed: int
    width_px: int
    height_px: int
    part: str


def images(
    out: Annotated[Path, typer.Argument(help="Folder for images/, labels/ and data.yaml; made if missing.")],
    count: Annotated[int, typer.Option("--count", "-n", help="How many pictures.", min=1)] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same pictures.", min=0)] = 0,
    tile: Annotated[
        int, typer.Option(help="Side of the square pictures in pixels; 0 makes full 1920 x 1080 frames.", min=0)
    ] = 640,
    split: Annotated[
        float, typer.Option(help="Part of the pictures that goes to train; the rest goes to val.", min=0.0, max=1.0)
    ] = 0.9,
    jobs: Annotated[int, typer.Option(help="Processes that render at the same time.", min=1)] = 1,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Make labelled pictures of random simulated scenes to train a detector on (YOLO format; 0 vessel, 1 person)."""
    if 0 < tile < 64:
        raise BadInput("--tile", f"must be 0 or at least 64 pixels, got {tile}")
    size = (tile, tile) if tile else (1920, 1080)
    made = boxes = 0
    for labels in make(out, count=count, seed=seed, size=size, split=split, jobs=jobs):
        made, boxes = made + 1, boxes + labels
        if made % 50 == 0 or made == count:
            typer.echo(f"{made} of {counted(count, 'picture')}, {counted(boxes, 'box', 'boxes')}", err=True)
    if as_json:
        typer.echo(json.dumps({"images": made, "boxes": boxes, "data": str(out / "data.yaml")}))
    else:
        typer.echo(f"{counted(made, 'picture')} with {counted(boxes, 'box', 'boxes')} in {out}")


def make(out: Path, *, count: int, seed: int, size: tuple[int, int], split: float, jobs: int = 1) -> Iterable[int]:
    """Makes the data set, yields the number of boxes of each picture as it is done.

    Raises:
        QuaywatchError: the folder or a picture cannot be written.
    """
    orders = [Order(out, i, seed, *size, "train" if _is_train(i, split) else "val") for i in range(count)]
    try:
        for part in ("train", "val"):
            (out / "images" / part).mkdir(parents=True, exist_ok=True)
            (out / "labels" / part).mkdir(parents=True, exist_ok=True)
        names = "names:\n  0: vessel\n  1: person\n"
        (out / "data.yaml").write_text(f"path: {out.resolve()}\ntrain: images/train\nval: images/val\n{names}")
        if jobs == 1:
            yield from map(one, orders)
            return
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            yield from pool.map(one, orders, chunksize=8)
    except OSError as error:
        raise QuaywatchError(f"{out}: cannot write the pictures: {error.strerror or error}") from error


def _is_train(index: int, split: float) -> bool:
    return int((index + 1) * split + 1e-9) > int(index * split + 1e-9)


def one(order: Order) -> int:
    """Renders and writes one picture and its labels; gives the number of boxes."""
    from datetime import UTC, datetime

    import cv2
    import numpy as np

    from sitl.camera.practice import random_scene
    from sitl.camera.render import render

    cv2.setNumThreads(1)
    rng = np.random.default_rng([order.seed, order.index])
    harbour, pose, lens = random_scene(rng, width_px=order.width_px, height_px=order.height_px)
    picture = render(harbour, datetime.fromtimestamp(0, UTC), pose, lens)
    lines = [
        line for truth in picture.truth if (line := label(truth.kind, truth.box, truth.visible, order)) is not None
    ]
    stem = f"sim-{order.seed}-{order.index:06d}"
    done, jpeg = cv2.imencode(".jpg", picture.image_bgr, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(62, 96))])
    if not done:
        raise QuaywatchError(f"{stem}: the picture could not be coded as JPEG")
    _write(order.folder / "images" / order.part / f"{stem}.jpg", jpeg.tobytes())
    _write(order.folder / "labels" / order.part / f"{stem}.txt", "".join(f"{line}\n" for line in lines).encode())
    return len(lines)


def label(kind: str, box: tuple[float, float, float, float], visible: float, order: Order) -> str | None:
    """A line of a YOLO label file, None for what is too small or too hidden to learn from.

    Dropped are boxes whose longer side is under 6 px, and vessels of which under 25 % shows, unless what shows is at
    least 32 px both ways (the middle of a large ship that a tile cuts on both sides is still a vessel).
    """
    width, height = box[2] - box[0], box[3] - box[1]
    if max(width, height) < LEAST_SIDE_PX or (visible < LEAST_VISIBLE and min(width, height) < LARGE_SIDE_PX):
        return None
    x, y = (box[0] + box[2]) / 2 / order.width_px, (box[1] + box[3]) / 2 / order.height_px
    which = PERSON if kind == "swimmer" else VESSEL
    return f"{which} {x:.6f} {y:.6f} {width / order.width_px:.6f} {height / order.height_px:.6f}"


def _write(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
