from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from detection.vision.boxes import Boxes
from detection.vision.crops import Sampler, cut, mirrored, turned
from detection.vision.dataset import Labelled
from detection.vision.errors import DataError


def a_white_box_on_black(left: int, top: int, right: int, bottom: int) -> tuple[np.ndarray, Boxes]:
    image = np.zeros((300, 400, 3), np.uint8)
    image[top:bottom, left:right] = 255
    box = np.array([[left, top, right, bottom]], np.float32)
    return image, Boxes(box, np.ones(1, np.float32), np.zeros(1, np.int64))


def where_it_is_white(image: np.ndarray) -> list[int]:
    ys, xs = np.nonzero((image > 180).all(axis=2))
    return [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]


@given(scale=st.floats(0.4, 1.8), x=st.floats(20, 140), y=st.floats(20, 90), seed=st.integers(0, 1000))
def test_boxes_follow_the_pixels_through_crop_and_turns(scale: float, x: float, y: float, seed: int) -> None:
    image, boxes = a_white_box_on_black(150, 100, 230, 180)
    sample = cut(image, boxes, corner=np.array([x, y]), scale=scale, side_px=512)
    if len(sample.boxes):
        sample = turned(mirrored(sample, np.random.default_rng(seed)), np.random.default_rng(seed))
        assert sample.boxes.xyxy[0] == pytest.approx(where_it_is_white(sample.image), abs=2.5)


def test_a_label_that_hardly_shows_is_left_out() -> None:
    image, boxes = a_white_box_on_black(100, 100, 200, 200)
    assert len(cut(image, boxes, corner=np.array([180.0, 0.0]), scale=1.0, side_px=200).boxes) == 0
    assert len(cut(image, boxes, corner=np.array([150.0, 0.0]), scale=1.0, side_px=200).boxes) == 1


def pictures(folder: Path, *names: str) -> list[Labelled]:
    for name in names:
        Image.new("RGB", (100, 80)).save(folder / f"{name}.png")
    return [Labelled(folder / f"{name}.png", folder / f"{name}.txt") for name in names]


def test_a_source_gets_its_share_however_few_pictures_it_has(tmp_path: Path) -> None:
    some = pictures(tmp_path, "aerial-1", *[f"coast-{i}" for i in range(9)])
    sampler = Sampler.of(some, shares={"aerial": 0.6}, side_px=64, turnable=frozenset())
    assert sampler.weight[0] == pytest.approx(0.6)
    assert sampler.weight.sum() == pytest.approx(1)


def test_a_share_of_nothing_is_refused(tmp_path: Path) -> None:
    some = pictures(tmp_path, "coast-1")
    with pytest.raises(DataError, match="no picture is named drone-"):
        Sampler.of(some, shares={"drone": 0.5}, side_px=64, turnable=frozenset())
    with pytest.raises(DataError, match="more than 1"):
        Sampler.of(some, shares={"coast": 1.5}, side_px=64, turnable=frozenset())


def test_the_same_seed_draws_the_same_sample(tmp_path: Path) -> None:
    sampler = Sampler.of(pictures(tmp_path, "a-1", "b-2"), shares={}, side_px=64, turnable=frozenset(["a"]))
    first, second = (sampler.draw(np.random.default_rng(7)) for _ in range(2))
    assert (first.image == second.image).all()
    assert first.image.shape == (64, 64, 3)
