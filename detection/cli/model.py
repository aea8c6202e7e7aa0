"""`quaywatch model`: predict, evaluate, train and export the vessel detector."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.model.errors import BadInput
from planner.model.words import counted

if TYPE_CHECKING:
    from detection.vision.detector import VesselDetector

app = typer.Typer(help="The vessel detector: predict, evaluate, train, export.", no_args_is_help=True)

Weights = Annotated[
    Path | None, typer.Option("--model", help="OpenVINO export (folder or .xml), .onnx or .pt; default: as shipped.")
]
Trust = Annotated[bool, typer.Option("--trust-weights", help="Open a .pt file, which can run code when it is opened.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def predict(
    images: Annotated[list[Path], typer.Argument(help="Pictures, or folders of pictures.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where to write the boxes.")],
    model: Weights = None,
    *,
    tiled: Annotated[bool, typer.Option("--tiled/--full-frame", help="Tiles and the frame, or the frame only.")] = True,
    score: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Smallest score written.")] = None,
    trust_weights: Trust = False,
    as_json: AsJson = False,
) -> None:
    """Writes the boxes of pictures as COCO results: a list of {image_id, file_name, category_id, bbox, score}.

    `image_id` counts the pictures from 1 in sorted order of their paths; `file_name` is the path as given;
    `category_id` is 0 vessel, 1 person; `bbox` is left, top, width, height in pixels of the picture as stored.
    """
    from detection.vision.images import read_image
    from detection.vision.scores import coco_boxes

    paths = _pictures(images)
    detector = _detector(model, tiled=tiled, score=score, trust=trust_weights)
    results: list[dict[str, Any]] = []
    for image_id, path in enumerate(paths, 1):
        boxes = detector.detect(read_image(path))
        for (bbox, _), value, label in zip(coco_boxes(boxes), boxes.score, boxes.label, strict=True):
            results.append(
                {
                    "image_id": image_id,
                    "file_name": str(path),
                    "category_id": int(label),
                    "bbox": [round(v, 2) for v in bbox],
                    "score": round(float(value), 5),
                }
            )
    _write(out, json.dumps(results, indent=1))
    summary = {"images": len(paths), "boxes": len(results), "out": str(out), "detector": detector.fingerprint}
    _say(
        summary,
        f"{counted(len(results), 'box', 'boxes')} in {counted(len(paths), 'picture')}, written to {out}",
        as_json=as_json,
    )


@app.command("eval")
def evaluate(
    data: Annotated[Path, typer.Option(help="Folder with images/ and labels/ (or images/val and labels/val).")],
    model: Weights = None,
    *,
    part: Annotated[str, typer.Option(help="Which part of the data.")] = "val",
    threshold: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Score for recall and alarms.")] = None,
    trust_weights: Trust = False,
    as_json: AsJson = False,
) -> None:
    """Scores the detector on labelled pictures, full frame and tiled: AP50, AP50-95, recall, false alarms per frame."""
    from detection.vision.detector import DEFAULT_SCORE
    from detection.vision.evaluate import evaluated

    at = DEFAULT_SCORE if threshold is None else threshold
    report: dict[str, Any] = {"data": str(data), "part": part, "threshold": at}
    for name, tiled in (("full_frame", False), ("tiled", True)):
        detector = _detector(model, tiled=tiled, score=0.005, trust=trust_weights)
        run = evaluated(detector, data, part=part, threshold=at)
        report["images"] = run.images
        report["weights_sha256"] = detector.weights_sha256
        groups = {group: {cls: asdict(s) for cls, s in by.items()} for group, by in run.scores.items()}
        report[name] = groups.pop("all") | {"by_source": groups, "ms_per_image": round(run.ms_per_image, 1)}
    _say(_rounded(report), _table(report), as_json=as_json)


@app.command()
def train(  # noqa: PLR0913 - options of a command
    data: Annotated[list[Path], typer.Option(help="Folder with images/train and labels/train; may be repeated.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The weights to write (.pt).")],
    start: Annotated[Path | None, typer.Option(help="Weights (.pt) to start from; default: as shipped.")] = None,
    *,
    share: Annotated[
        list[str] | None,
        typer.Option(help="SOURCE=SHARE of the samples for pictures SOURCE-...; the rest is even."),
    ] = None,
    frozen: Annotated[int, typer.Option(min=0, max=20, help="How many first layers to leave as they are.")] = 0,
    nadir: Annotated[
        list[str] | None, typer.Option(help="SOURCE whose pictures look straight down: they are turned any way.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1)] = 6,
    samples: Annotated[int, typer.Option(min=1, help="Crops in an epoch.")] = 1600,
    imgsz: Annotated[int, typer.Option(min=64, max=1280, help="Side of a crop in pixels, a multiple of 32.")] = 640,
    batch: Annotated[int, typer.Option(min=1)] = 16,
    rate: Annotated[float, typer.Option(help="Highest learning rate (AdamW, cosine).")] = 0.001,
    seed: Annotated[int, typer.Option()] = 0,
    minutes: Annotated[float | None, typer.Option(help="End after this time, whatever the epochs.")] = None,
    trust_weights: Trust = False,
    as_json: AsJson = False,
) -> None:
    """Fine-tunes the detector on random crops of labelled pictures; works without a network and without a GPU."""
    from detection.vision.training import Schedule, trained

    schedule = Schedule(
        epochs, samples, side_px=imgsz, batch=batch, rate=rate, seed=seed, minutes=minutes, frozen=frozen
    )
    result = trained(
        data,
        out,
        start=start,
        shares=dict(_share(text) for text in share or []),
        turnable=frozenset(nadir or []),
        schedule=schedule,
        trust=trust_weights,
        say=lambda line: typer.echo(line, err=True),
    )
    _say(result, f"weights written to {out}", as_json=as_json)


@app.command()
def export(
    weights: Annotated[Path, typer.Argument(help="Weights (.pt).")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder to write; default: beside them.")] = None,
    *,
    trust_weights: Trust = False,
    as_json: AsJson = False,
) -> None:
    """Exports .pt weights to OpenVINO (half precision), which opens without trust and without torch."""
    from detection.vision.checkpoint import export_openvino, may_open, sha256_of

    may_open(weights, trust=trust_weights)
    folder = out or weights.with_name(f"{weights.stem}_openvino_model")
    export_openvino(weights, folder)
    files = sorted(folder.glob("*.xml")) + sorted(folder.glob("*.bin"))
    summary = {"out": str(folder), "sha256": {f.name: sha256_of(f) for f in files}}
    _say(summary, f"exported to {folder}", as_json=as_json)


def _detector(model: Path | None, *, tiled: bool, score: float | None, trust: bool) -> "VesselDetector":
    """The detector that the options ask for."""
    from detection.vision.detector import DEFAULT_SCORE, VesselDetector

    return VesselDetector(model, tiled=tiled, score=DEFAULT_SCORE if score is None else score, trust=trust)


def _pictures(given: list[Path]) -> list[Path]:
    """Pictures in sorted order, folders opened."""
    from detection.vision.images import SUFFIXES

    found: set[Path] = set()
    for path in given:
        inside = [p for p in path.iterdir() if p.suffix.lower() in SUFFIXES] if path.is_dir() else [path]
        if not inside:
            raise BadInput(path, "holds no pictures")
        found.update(inside)
    return sorted(found)


def _share(text: str) -> tuple[str, float]:
    """SOURCE=SHARE."""
    source, _, share = text.partition("=")
    try:
        value = float(share)
    except ValueError:
        value = -1.0
    if not (source and 0 <= value <= 1):
        raise BadInput("--share", f"{text!r} is not SOURCE=SHARE with a share of 0 to 1, such as aerial=0.2")
    return source, value


def _write(path: Path, text: str) -> None:
    """A text file."""
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(path, f"cannot be written ({error.strerror})") from None


def _say(report: dict[str, Any], text: str, *, as_json: bool) -> None:
    """The result, for a program or a person."""
    typer.echo(json.dumps(report) if as_json else text)


def _rounded(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Figures with four decimals."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def _table(report: dict[str, Any]) -> str:
    """The figures as lines of text."""
    lines = [f"{counted(report['images'], 'picture')}, threshold {report['threshold']:g}"]
    lines.append(f"{'':24}{'class':8}{'labels':>7}{'AP50':>8}{'AP50-95':>9}{'recall':>8}{'false/frame':>13}")
    for view in ("full_frame", "tiled"):
        block = report[view]
        groups = {"all": block} | block["by_source"]
        for group, by_class in groups.items():
            for cls in ("vessel", "person"):
                s = by_class[cls]
                if s["labelled"] or s["false_per_frame"]:
                    figures = "".join(f"{_figure(s[k]):>{w}}" for k, w in (("ap50", 8), ("ap50_95", 9), ("recall", 8)))
                    name = f"{view.replace('_', ' ')}, {group}"
                    lines.append(f"{name:24}{cls:8}{s['labelled']:7d}{figures}{s['false_per_frame']:13.2f}")
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    """A share with three decimals, or a dash."""
    return "-" if value is None else f"{value:.3f}"
