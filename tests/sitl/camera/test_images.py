from pathlib import Path

import numpy as np
import pytest
import shapely
from PIL import Image

from planner.model.errors import QuaywatchError
from sitl.camera.practice import random_scene
from sitl.cli.images import Order, label, make

SIZE = (320, 320)
ORDER = Order(Path(), 0, 0, 640, 640, "train")


def test_a_data_set_has_pictures_labels_and_a_description(tmp_path: Path) -> None:
    made = list(make(tmp_path, count=10, seed=4, size=SIZE, split=0.8))
    pictures = sorted(tmp_path.glob("images/*/*.jpg"))
    assert len(made) == len(pictures) == 10
    assert len(list(tmp_path.glob("images/train/*.jpg"))) == 8
    assert "0: vessel" in (tmp_path / "data.yaml").read_text()
    for picture in pictures:
        with Image.open(picture) as image:
            assert image.size == SIZE
        lines = (tmp_path / "labels" / picture.parent.name / f"{picture.stem}.txt").read_text().splitlines()
        for line in lines:
            which, x, y, w, h = (float(v) for v in line.split())
            assert which in {0.0, 1.0}
            assert x - w / 2 + 1e-5 >= 0
            assert x + w / 2 <= 1 + 1e-5
            assert y - h / 2 + 1e-5 >= 0
            assert y + h / 2 <= 1 + 1e-5
    assert sum(made) > 0


def test_the_same_seed_makes_the_same_pictures(tmp_path: Path) -> None:
    for name in ("a", "b"):
        list(make(tmp_path / name, count=3, seed=8, size=SIZE, split=1.0))
    first, second = ([p.read_bytes() for p in sorted((tmp_path / n).rglob("sim-*"))] for n in ("a", "b"))
    assert first == second


def test_boxes_too_small_or_too_hidden_are_left_out() -> None:
    assert label("tug", (10, 10, 15, 14), 1.0, ORDER) is None
    assert label("tug", (10, 10, 40, 30), 0.2, ORDER) is None
    assert label("tug", (0, 10, 640, 300), 0.2, ORDER) == "0 0.500000 0.242188 1.000000 0.453125"
    assert label("swimmer", (10, 10, 20, 20), 1.0, ORDER) == "1 0.023438 0.023438 0.015625 0.015625"


def test_vessels_of_a_random_scene_do_not_overlap() -> None:
    for index in range(40):
        harbour, _, _ = random_scene(np.random.default_rng([1, index]), width_px=640, height_px=640)
        hulls = []
        for vessel in harbour.vessels:
            state = vessel.motion.state_at(0)
            hull = shapely.affinity.rotate(
                shapely.Polygon(vessel.body.waterline[:, ::-1]), -state.heading_deg, origin=(0, 0)
            )
            hulls.append(shapely.affinity.translate(hull, state.east_m, state.north_m))
        assert not any(a.intersects(b) for i, a in enumerate(hulls) for b in hulls[:i])


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(QuaywatchError, match="file: cannot write the pictures"):
        list(make(tmp_path / "file", count=1, seed=0, size=SIZE, split=1.0))
