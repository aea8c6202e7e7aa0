from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detection.vision.boxes import Boxes
from detection.vision.dataset import boxes_of, labelled_pictures, lines_of
from detection.vision.errors import DataError


def a_data_set(folder: Path, *names: str, part: str = "") -> Path:
    for kind in ("images", "labels"):
        (folder / kind / part).mkdir(parents=True, exist_ok=True)
    for name in names:
        Image.new("RGB", (64, 48)).save(folder / "images" / part / f"{name}.png")
        (folder / "labels" / part / f"{name}.txt").write_text("0 0.5 0.5 0.25 0.5\n")
    return folder


def test_labels_are_shares_of_the_picture(tmp_path: Path) -> None:
    label = tmp_path / "a.txt"
    label.write_text("0 0.5 0.5 0.25 0.5\n\n1 0.1 0.1 0.2 0.2\n")
    found = boxes_of(label, width_px=64, height_px=48)
    assert found.xyxy[0].tolist() == [24, 12, 40, 36]
    assert found.label.tolist() == [0, 1]


def test_a_picture_without_a_label_file_shows_nothing(tmp_path: Path) -> None:
    assert len(boxes_of(tmp_path / "none.txt", width_px=10, height_px=10)) == 0


def test_boxes_written_and_read_are_the_same(tmp_path: Path) -> None:
    some = Boxes(np.array([[1, 2, 30, 40.5]], np.float32), np.ones(1, np.float32), np.array([1]))
    (tmp_path / "a.txt").write_text(lines_of(some, width_px=64, height_px=48))
    again = boxes_of(tmp_path / "a.txt", width_px=64, height_px=48)
    assert again.xyxy == pytest.approx(some.xyxy, abs=1e-3)
    assert again.label.tolist() == [1]


@pytest.mark.parametrize("line", ["0 0.5 0.5 0.2", "2 .5 .5 .1 .1", "0 nan .5 .1 .1", "a b c d e", "0 40 30 10 10"])
def test_a_line_that_is_no_label_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.1 0.1\n" + line)
    with pytest.raises(DataError, match=r"a\.txt: line 2"):
        boxes_of(tmp_path / "a.txt", width_px=10, height_px=10)


@pytest.mark.parametrize("part", ["", "val"])
def test_both_layouts_of_folders_are_read(tmp_path: Path, part: str) -> None:
    found = labelled_pictures(a_data_set(tmp_path, "coast-2", "aerial-1", part=part), part="val")
    assert [p.source for p in found] == ["aerial", "coast"]
    assert all(p.labels.is_file() for p in found)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds neither images/val nor images"):
        labelled_pictures(tmp_path, part="val")
