"""From what a person calls weights to a file that OpenVINO can open.

OpenVINO exports and ONNX files are data and opened as they are. A `.pt` file is a pickle: it is opened only if the caller says that it can
be trusted (or if it is the one that ships), exported once, and kept in the user's cache under its SHA-256.
"""  # noqa: E501

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from detection.vision.errors import WeightsError
from detection.vision.offline import cache_folder, ultralytics

SHIPPED = Path(__file__).parent / "weights"
SHIPPED_PT = SHIPPED / "vessel.pt"
SHIPPED_IR = SHIPPED / "vessel_openvino_model"


@dataclass(frozen=True, slots=True)
class Weights:
    """A network ready to be opened. `sha256` is that of the file; for an OpenVINO export, of its two files in a row."""

    path: Path
    sha256: str
    name: str


def find_weights(weights: Path | str | None, *, trust: bool) -> Weights:
    """The network that `weights` stands for: None (the one that ships), an OpenVINO folder or .xml, .onnx, or .pt.

    Raises:
        WeightsError: missing, of an unknown kind, damaged, or a .pt that nobody vouched for.
    """
    if weights is None:
        return _shipped()
    path = Path(weights)
    if path.is_dir():
        return _openvino_folder(path)
    if not path.is_file():
        raise WeightsError(path, "no such weights")
    match path.suffix.lower():
        case ".xml":
            return _openvino(path)
        case ".onnx":
            return Weights(path, sha256_of(path), path.stem)
        case ".pt":
            return _exported(path, trust=trust)
        case _:
            raise WeightsError(path, "not weights: give an OpenVINO export (folder or .xml), .onnx or .pt")


def sha256_of(*paths: Path) -> str:
    """SHA-256 of files, one after the other, in hex."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def may_open(pt: Path, *, trust: bool) -> str:
    """The SHA-256 of a .pt file that may be opened.

    Raises:
        WeightsError: nobody vouched for it and it is not the one that ships; or there is no such file.
    """
    if not pt.is_file():
        raise WeightsError(pt, "no such weights")
    digest = sha256_of(pt)
    if not trust and not _is_shipped(digest):
        raise WeightsError(
            pt,
            "a .pt file is a pickle, which can run code when it is opened: "
            "use its OpenVINO export, or say that you trust where it came from (--trust-weights)",
        )
    return digest


def export_openvino(pt: Path, folder: Path) -> Path:
    """Writes the OpenVINO export (FP16, one 640 px square at a time) of a trusted .pt as `folder`, and returns it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        copy = Path(scratch) / f"{folder.name.removesuffix('_openvino_model')}.pt"
        shutil.copyfile(pt, copy)
        made = Path(_export(pt, copy))
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)
    return folder


def _export(pt: Path, copy: Path) -> str:
    """Runs ultralytics' exporter; its many ways to fail become one sentence."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch.jit's deprecation, inside ultralytics
            model = ultralytics().YOLO(str(copy))
            return str(model.export(format="openvino", half=True, imgsz=640, verbose=False))
    except Exception as error:  # noqa: BLE001 - a foreign file can make the loader raise anything
        reason = str(error).strip().splitlines()
        raise WeightsError(pt, f"ultralytics cannot open these weights ({reason[0] if reason else error!r})") from None


def _shipped() -> Weights:
    """The network that ships, checked against the sums recorded beside it."""
    try:
        sums = _sums()
        files = sorted(SHIPPED_IR.glob("vessel.*"))
        whole = [sums.get(f.relative_to(SHIPPED).as_posix()) == sha256_of(f) for f in files]
    except (OSError, ValueError) as error:
        raise WeightsError(
            SHIPPED, f"the weights that ship are unreadable ({error}); install quaywatch again"
        ) from None
    if whole != [True, True]:
        raise WeightsError(SHIPPED, "the weights that ship are damaged; install quaywatch again")
    return _openvino(SHIPPED_IR / "vessel.xml")


def _sums() -> dict[str, str]:
    """The SHA-256 recorded for each file that ships."""
    return dict(json.loads((SHIPPED / "sha256.json").read_text(encoding="utf-8")))


def _openvino_folder(folder: Path) -> Weights:
    """The one network in an OpenVINO export."""
    found = sorted(folder.glob("*.xml"))
    if len(found) != 1:
        raise WeightsError(folder, f"an OpenVINO export holds one .xml file, this folder {len(found)}")
    return _openvino(found[0])


def _openvino(xml: Path) -> Weights:
    """An OpenVINO network of two files."""
    binary = xml.with_suffix(".bin")
    if not binary.is_file():
        raise WeightsError(xml, f"its other half, {binary.name}, is missing")
    return Weights(xml, sha256_of(xml, binary), xml.stem)


def _exported(pt: Path, *, trust: bool) -> Weights:
    """The OpenVINO export of a .pt, from the cache or made now."""
    digest = may_open(pt, trust=trust)
    folder = cache_folder() / "weights" / digest / f"{pt.stem}_openvino_model"
    if not folder.is_dir():
        export_openvino(pt, folder)
    return Weights(_openvino_folder(folder).path, digest, pt.stem)


def _is_shipped(digest: str) -> bool:
    """Whether a file is the .pt that ships."""
    try:
        return _sums().get(SHIPPED_PT.name) == digest
    except (OSError, ValueError):
        return False
