import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.vision.boxes import PERSON, VESSEL, Boxes
from detection.vision.merge import BORDER_PX, Parts, merged, nms, overlaps, seen_in
from detection.vision.tiles import tiles_of

SIZE = (1920, 1080)
TILES = tiles_of(*SIZE, tile_px=640, overlap=0.2)


def boxes(*rows: tuple[float, float, float, float, float], label: int = VESSEL) -> Boxes:
    table = np.array(rows, np.float32).reshape(-1, 5)
    return Boxes(table[:, :4], table[:, 4], np.full(len(table), label, np.int64))


def as_tiles_see(*vessels: tuple[float, float, float, float], full_frame: bool = False) -> Parts:
    """What a perfect network sees of some vessels: in each tile the part that shows there, if 8 px of it do."""
    parts = []
    for index, tile in enumerate(TILES):
        shown = []
        for left, top, right, bottom in vessels:
            x0, y0 = max(left, tile.x), max(top, tile.y)
            x1, y1 = min(right, tile.x + tile.width), min(bottom, tile.y + tile.height)
            if x1 - x0 >= 8 and y1 - y0 >= 8:
                shown.append((x0, y0, x1, y1, 0.9))
        parts.append(seen_in(tile, index, boxes(*shown), width_px=SIZE[0], height_px=SIZE[1]))
    if full_frame:
        parts.append(seen_in(None, -1, boxes(*[(*v, 0.6) for v in vessels]), width_px=SIZE[0], height_px=SIZE[1]))
    return Parts.joined(parts)


@given(x=st.integers(0, 1800), y=st.integers(0, 1000), width=st.integers(12, 1400), height=st.integers(12, 120))
def test_a_vessel_anywhere_ends_as_one_box_however_tiles_cut_it(x: int, y: int, width: int, height: int) -> None:
    vessel = (x, y, min(x + width, 1920), min(y + height, 1080))
    found = merged(as_tiles_see(vessel), nms_iou=0.5)
    assert len(found) == 1
    assert found.xyxy[0] == pytest.approx(np.array(vessel, np.float32), abs=BORDER_PX)


def test_a_ship_cut_by_two_borders_is_joined_from_three_tiles() -> None:
    ship = (100.0, 200.0, 1500.0, 330.0)
    found = merged(as_tiles_see(ship), nms_iou=0.5)
    assert found.xyxy.tolist() == [list(ship)]


def test_a_high_ship_is_joined_across_a_level_border() -> None:
    ship = (700.0, 30.0, 820.0, 1000.0)
    assert merged(as_tiles_see(ship), nms_iou=0.5).xyxy.tolist() == [list(ship)]


def test_two_ships_that_the_same_border_cuts_stay_two() -> None:
    upper, lower = (300.0, 100.0, 900.0, 180.0), (350.0, 200.0, 950.0, 270.0)
    found = merged(as_tiles_see(upper, lower), nms_iou=0.5)
    assert sorted(found.xyxy.tolist()) == sorted([list(upper), list(lower)])


def test_a_boat_alongside_a_ship_is_not_swallowed_by_it() -> None:
    ship, boat = (300.0, 100.0, 900.0, 220.0), (500.0, 200.0, 560.0, 230.0)
    assert len(merged(as_tiles_see(ship, boat, full_frame=True), nms_iou=0.5)) == 2


def test_the_whole_frame_and_the_tiles_together_count_a_ship_once() -> None:
    ship = (300.0, 100.0, 1700.0, 900.0)
    assert len(merged(as_tiles_see(ship, full_frame=True), nms_iou=0.5)) == 1


def test_a_whole_box_takes_the_place_and_the_score_of_its_cut_part() -> None:
    tile = TILES[0]
    part = seen_in(tile, 0, boxes((560, 100, 640, 160, 0.9)), width_px=1920, height_px=1080)
    whole = seen_in(TILES[1], 1, boxes((560, 100, 700, 160, 0.5)), width_px=1920, height_px=1080)
    found = merged(Parts.joined([part, whole]), nms_iou=0.5)
    assert found.xyxy.tolist() == [[560, 100, 700, 160]]
    assert found.score.tolist() == pytest.approx([0.9])


def test_a_person_on_a_vessel_is_kept() -> None:
    both = Boxes.joined([boxes((10, 10, 50, 50, 0.9)), boxes((10, 10, 50, 50, 0.8), label=PERSON)])
    assert len(nms(both, iou=0.5)) == 2


def test_boxes_are_kept_inside_the_image() -> None:
    seen = seen_in(None, -1, boxes((-5, -7, 2000, 1100, 0.5)), width_px=1920, height_px=1080)
    assert seen.boxes.xyxy.tolist() == [[0, 0, 1920, 1080]]
    assert not seen.cut.any()


def test_the_image_s_own_edge_does_not_cut() -> None:
    seen = seen_in(TILES[0], 0, boxes((0, 0, 640, 50, 0.5)), width_px=1920, height_px=1080)
    assert seen.cut.tolist() == [[False, False, True, False]]


@given(seed=st.integers(0, 10**6), count=st.integers(0, 40))
def test_what_nms_keeps_does_not_overlap_and_what_it_drops_overlaps_something_better(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 100, (count, 2))
    table = np.concatenate([corner, corner + rng.uniform(1, 60, (count, 2))], axis=1).astype(np.float32)
    some = Boxes(table, rng.random(count).astype(np.float32), rng.integers(0, 2, count))
    kept = nms(some, iou=0.5)
    apart = overlaps(kept.xyxy) <= 0.5
    same = kept.label[:, None] == kept.label[None, :]
    assert (apart | ~same | np.eye(len(kept), dtype=bool)).all()
    assert (np.diff(kept.score) <= 0).all()


def test_no_boxes_are_no_boxes() -> None:
    assert len(merged(Parts.joined([]), nms_iou=0.5)) == 0
    assert len(nms(Boxes.none(), iou=0.5)) == 0
