import json
from pathlib import Path

import pytest

from detection.vision.checkpoint import SHIPPED, SHIPPED_IR, SHIPPED_PT, find_weights, may_open, sha256_of
from detection.vision.errors import WeightsError


def test_the_weights_that_ship_are_whole() -> None:
    listed = json.loads((SHIPPED / "sha256.json").read_text())
    assert set(listed) == {"vessel.pt", "vessel_openvino_model/vessel.bin", "vessel_openvino_model/vessel.xml"}
    assert {name: sha256_of(SHIPPED / name) for name in listed} == listed
    assert find_weights(None, trust=False).path == SHIPPED_IR / "vessel.xml"


def test_a_foreign_pickle_is_not_opened_unasked(tmp_path: Path) -> None:
    foreign = tmp_path / "model.pt"
    foreign.write_bytes(b"whatever")
    with pytest.raises(WeightsError, match=r"model\.pt: a \.pt file is a pickle.*--trust-weights"):
        find_weights(foreign, trust=False)


def test_the_pickle_that_ships_needs_no_trust() -> None:
    assert may_open(SHIPPED_PT, trust=False) == sha256_of(SHIPPED_PT)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gone.pt", "no such weights"),
        ("notes.txt", "not weights"),
        ("empty", "holds one .xml file, this folder 0"),
        ("alone.xml", "its other half, alone.bin, is missing"),
    ],
)
def test_what_are_no_weights_is_said_in_a_sentence(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "empty").mkdir()
    (tmp_path / "alone.xml").write_text("<net/>")
    with pytest.raises(WeightsError, match=words):
        find_weights(tmp_path / name, trust=True)


def test_damaged_weights_that_ship_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import detection.vision.checkpoint as room

    folder = tmp_path / "vessel_openvino_model"
    folder.mkdir()
    for name in ("vessel.xml", "vessel.bin"):
        (folder / name).write_bytes(b"not what was shipped")
    (tmp_path / "sha256.json").write_text((SHIPPED / "sha256.json").read_text())
    monkeypatch.setattr(room, "SHIPPED", tmp_path)
    monkeypatch.setattr(room, "SHIPPED_IR", folder)
    with pytest.raises(WeightsError, match="damaged; install quaywatch again"):
        find_weights(None, trust=False)
