from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.vision.tiles import fitted, letterboxed, tiles_of

sides = st.integers(1, 5000)


@given(width=sides, height=sides, overlap=st.floats(0, 0.6))
def test_every_pixel_lies_in_some_tile_and_no_tile_leaves_the_image(width: int, height: int, overlap: float) -> None:
    tiles = tiles_of(width, height, tile_px=640, overlap=overlap)
    columns = sorted({(t.x, t.x + t.width) for t in tiles})
    rows = sorted({(t.y, t.y + t.height) for t in tiles})
    for spans, length in ((columns, width), (rows, height)):
        assert spans[0][0] == 0
        assert spans[-1][1] == length
        assert all(after[0] <= before[1] for before, after in pairwise(spans))
    assert len(tiles) == len(columns) * len(rows)


@given(width=st.integers(641, 9000))
def test_neighbouring_tiles_share_at_least_the_overlap(width: int) -> None:
    starts = [t.x for t in tiles_of(width, 100, tile_px=640, overlap=0.2)]
    shared = 640 - np.diff(starts)
    assert (shared >= 128 - 1).all()


@pytest.mark.parametrize(
    ("width", "height", "count"),
    [(640, 640, 1), (300, 200, 1), (1920, 1080, 8), (3840, 2160, 32), (4000, 3000, 48)],
)
def test_no_more_tiles_than_the_overlap_asks_for(width: int, height: int, count: int) -> None:
    assert len(tiles_of(width, height, tile_px=640, overlap=0.2)) == count


@given(width=st.integers(1, 3000), height=st.integers(1, 3000))
def test_a_box_comes_back_from_the_letterbox_where_it_was(width: int, height: int) -> None:
    picture = np.zeros((height, width, 3), np.uint8)
    square, fit = letterboxed(picture, width_px=640, height_px=640)
    assert square.shape == (640, 640, 3)
    box = np.array([[0.1 * width, 0.2 * height, 0.7 * width, 0.9 * height]], np.float32)
    there = box * fit.scale + np.array([fit.left, fit.top, fit.left, fit.top], np.float32)
    assert fit.back(there) == pytest.approx(box, abs=0.01 * max(width, height))


def test_a_narrow_tile_keeps_the_scale_of_a_whole_one() -> None:
    square, fit = fitted(np.zeros((640, 200, 3), np.uint8), tile_px=640, width_px=640, height_px=640)
    assert (fit.scale, fit.left, fit.top) == (1.0, 0, 0)
    assert (square[:, :200] == 0).all()
    assert (square[:, 200:] == 114).all()
