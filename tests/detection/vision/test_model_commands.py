import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detection.cli.model import app
from detection.vision.dataset import lines_of
from detection.vision.errors import DataError, WeightsError
from planner.model.errors import BadInput
from tests.detection.vision.pictures import sea, with_boat
from tests.detection.vision.test_scores import boxes
from tests.shared import DATA, needs_shared


def run(*args: object) -> dict[str, object]:
    done = CliRunner().invoke(app, [str(a) for a in args], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    import cv2

    for kind in ("images", "labels"):
        (tmp_path / kind).mkdir()
    for name, x in (("coast-1", 300), ("aerial-2", 420)):
        image = sea(800, 700, seed=x)
        box = with_boat(image, x=x, y=350, length_px=110, heading_deg=x)
        cv2.imwrite(str(tmp_path / "images" / f"{name}.jpg"), image)
        label = lines_of(boxes((*box, 1.0)), width_px=800, height_px=700)  # type: ignore[arg-type] # four of them
        (tmp_path / "labels" / f"{name}.txt").write_text(label)
    return tmp_path


@pytest.mark.model
def test_predict_writes_coco_results_with_the_file_s_name(pictures: Path) -> None:
    out = pictures / "boxes.json"
    summary = run("predict", pictures / "images", "-o", out, "--json")
    assert summary["images"] == 2
    found = json.loads(out.read_text())
    assert {(f["image_id"], Path(f["file_name"]).name) for f in found} == {(1, "aerial-2.jpg"), (2, "coast-1.jpg")}
    assert set(found[0]) == {"image_id", "file_name", "category_id", "bbox", "score"}


@pytest.mark.model
def test_eval_scores_full_frame_and_tiled_by_source(pictures: Path) -> None:
    report = run("eval", "--data", pictures, "--json")
    assert report["images"] == 2
    for view in ("full_frame", "tiled"):
        block = report[view]
        assert isinstance(block, dict)
        assert block["vessel"]["labelled"] == 2
        assert set(block["by_source"]) == {"aerial", "coast"}
        assert {"ap50", "ap50_95", "recall", "false_per_frame"} <= set(block["vessel"])


@pytest.mark.model
@needs_shared
def test_real_photographs_are_predicted_and_scored(tmp_path: Path) -> None:
    images = sorted((DATA / "vessels" / "images" / "val").glob("*.jpg"))[:3]
    assert run("predict", *images, "-o", tmp_path / "boxes.json", "--json")["images"] == 3


def test_a_picture_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("no picture")
    with pytest.raises(BadInput, match=r"a\.jpg"):
        run("predict", tmp_path / "a.jpg", "-o", tmp_path / "boxes.json", "--json")


def test_foreign_weights_without_trust_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(b"")
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(WeightsError, match="--trust-weights"):
        run("predict", tmp_path / "a.jpg", "-o", tmp_path / "b.json", "--model", tmp_path / "a.pt")
    with pytest.raises(WeightsError, match="--trust-weights"):
        run("export", tmp_path / "a.pt")


def test_a_share_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="SOURCE=SHARE"):
        run("train", "--data", tmp_path, "-o", tmp_path / "w.pt", "--share", "aerial")


def test_data_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds neither"):
        run("eval", "--data", tmp_path, "--json")
