"""Foreign .pt weights, training and export: what needs torch."""

import json
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner
from typing_extensions import override

import detection.vision.checkpoint as room
from detection.cli.model import app
from detection.vision.checkpoint import SHIPPED_PT
from detection.vision.dataset import lines_of
from detection.vision.detector import VesselDetector
from detection.vision.errors import WeightsError
from tests.detection.vision.pictures import sea, with_boat
from tests.detection.vision.test_scores import boxes

pytestmark = pytest.mark.model


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("something tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def a_data_set(folder: Path) -> Path:
    import cv2

    for kind in ("images", "labels"):
        (folder / kind / "train").mkdir(parents=True)
    for i in range(3):
        image = sea(160, 120, seed=i)
        box = with_boat(image, x=50 + 20 * i, y=60, length_px=50, heading_deg=60 * i)
        cv2.imwrite(str(folder / "images" / "train" / f"drawn-{i}.png"), image)
        label = lines_of(boxes((*box, 1.0)), width_px=160, height_px=120)  # type: ignore[arg-type] # four of them
        (folder / "labels" / "train" / f"drawn-{i}.txt").write_text(label)
    return folder


def test_trained_weights_can_be_exported_once_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "mine.pt"
    args = ["train", "--data", str(a_data_set(tmp_path / "data")), "-o", str(out), "--epochs", "1"]
    done = CliRunner().invoke(app, [*args, "--samples", "2", "--batch", "2", "--imgsz", "64", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["pictures"] == 3

    cache = tmp_path / "cache"
    monkeypatch.setattr(room, "cache_folder", lambda: cache)
    with pytest.raises(WeightsError, match="pickle"):
        VesselDetector(out)
    detector = VesselDetector(out, trust=True)
    assert detector.weights_sha256 == room.sha256_of(out)
    made = {p: p.stat().st_mtime_ns for p in cache.rglob("*.xml")}
    assert len(made) == 1
    VesselDetector(out, trust=True)
    assert {p: p.stat().st_mtime_ns for p in cache.rglob("*.xml")} == made


def test_a_pt_that_is_no_network_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "cache_folder", lambda: tmp_path / "cache")
    (tmp_path / "bad.pt").write_bytes(SHIPPED_PT.read_bytes()[:5000])
    with pytest.raises(WeightsError, match=r"bad\.pt: ultralytics cannot open these weights"):
        VesselDetector(tmp_path / "bad.pt", trust=True)
    assert not list((tmp_path / "cache").rglob("*.xml"))


def test_a_hostile_pickle_does_not_run_even_when_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    import torch

    class Hostile:
        @override
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "ran"),)

    monkeypatch.setattr(room, "cache_folder", lambda: tmp_path / "cache")
    torch.save({"model": Hostile()}, tmp_path / "evil.pt")
    with pytest.raises(WeightsError):
        VesselDetector(tmp_path / "evil.pt", trust=True)
    assert not (tmp_path / "ran").exists()
