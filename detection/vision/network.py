"""A YOLO network run by OpenVINO: pictures in, raw boxes out."""

import ast
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from detection.vision.boxes import Boxes
from detection.vision.checkpoint import Weights
from detection.vision.classes import label_columns
from detection.vision.errors import WeightsError
from detection.vision.offline import openvino
from detection.vision.tiles import Image

Precision = Literal["auto", "f32", "bf16"]


class Network:
    """A network of ultralytics' detection family, ready to run on pictures of `width_px` x `height_px`.

    Takes pictures as bytes, blue first. `precision` auto is bf16 where the processor computes in it, else f32.
    """

    def __init__(self, weights: Weights, *, precision: Precision = "auto", threads: int | None = None) -> None:
        ov = openvino()
        core = ov.Core()
        if precision == "auto":
            precision = "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"
        self.precision = precision
        model = _opened(core, weights.path)
        self.names = _names(model, weights.path)
        self._columns, self._labels = label_columns(self.names)
        if not len(self._columns):
            raise WeightsError(
                weights.path, f"none of its classes is a vessel or a person ({', '.join(self.names[:8])})"
            )
        self.height_px, self.width_px = _input_size(model, weights.path)
        self._check_output(model, weights.path)
        threads = threads or os.cpu_count() or 1
        compiled = _compiled(ov, core, model, weights.path, precision=precision, threads=threads)
        self._queue = ov.AsyncInferQueue(compiled, threads + 1)
        self._lock = threading.Lock()

    def run(self, pictures: Iterable[Image]) -> list[npt.NDArray[np.float32]]:
        """The raw output for each picture, in order. Pictures are taken one by one as the network gets free."""
        outputs: dict[int, npt.NDArray[np.float32]] = {}

        def keep(request: Any, index: int) -> None:  # noqa: ANN401 - openvino's
            outputs[index] = request.get_output_tensor(0).data[0].astype(np.float32)

        with self._lock:
            self._queue.set_callback(keep)
            for index, picture in enumerate(pictures):
                self._queue.start_async({0: picture[None]}, index)
            self._queue.wait_all()
        return [outputs[index] for index in sorted(outputs)]

    def boxes(self, output: npt.NDArray[np.float32], *, score: float) -> Boxes:
        """Boxes in the network's pixels that score more than `score`, each of its best class; overlaps stay."""
        if self._rows_are_boxes:
            return self._from_rows(output, score=score)
        scores = output[4 + self._columns]
        best = scores.argmax(axis=0)
        top = scores[best, np.arange(scores.shape[1])]
        keep = top > score
        centre, half = output[:2, keep].T, output[2:4, keep].T / 2
        xyxy = np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)
        return Boxes(xyxy, top[keep], self._labels[best[keep]])

    def _from_rows(self, output: npt.NDArray[np.float32], *, score: float) -> Boxes:
        """Boxes of a head that has removed overlaps itself: rows of left, top, right, bottom, score, class."""
        column = output[:, 5].astype(np.int64)
        label = np.full(len(self.names), -1, np.int64)
        label[self._columns] = self._labels
        keep = (output[:, 4] > score) & (label[column.clip(0, len(label) - 1)] >= 0)
        return Boxes(output[keep, :4].astype(np.float32), output[keep, 4].astype(np.float32), label[column[keep]])

    def _check_output(self, model: Any, path: Path) -> None:  # noqa: ANN401 - openvino's
        """Whether the output is that of a detection head, and of which kind."""
        shape = tuple(int(n) for n in model.output(0).partial_shape.get_max_shape())
        self._rows_are_boxes = len(shape) == 3 and shape[2] == 6
        if len(shape) != 3 or not (self._rows_are_boxes or shape[1] == 4 + len(self.names)):
            raise WeightsError(path, f"not a detection network of ultralytics' family: its output has shape {shape}")


def _opened(core: Any, path: Path) -> Any:  # noqa: ANN401 - openvino's
    """The network of a file."""
    try:
        model = core.read_model(path)
    except Exception as error:  # noqa: BLE001 - openvino raises RuntimeError and worse on a damaged file
        raise WeightsError(path, f"cannot be opened as a network ({_reason(error)})") from None
    if len(model.inputs) != 1:
        raise WeightsError(path, f"a detection network has one input, this one {len(model.inputs)}")
    return model


def _names(model: Any, path: Path) -> tuple[str, ...]:  # noqa: ANN401 - openvino's
    """The class names that ultralytics wrote into the file."""
    if model.has_rt_info(["model_info", "labels"]):
        return tuple(str(model.get_rt_info(["model_info", "labels"]).astype(str)).split())
    if model.has_rt_info(["framework", "names"]):
        try:
            names = ast.literal_eval(str(model.get_rt_info(["framework", "names"]).astype(str)))
            return tuple(str(names[key]) for key in sorted(names))
        except (ValueError, SyntaxError, TypeError, KeyError):
            raise WeightsError(path, "its list of class names cannot be read") from None
    raise WeightsError(path, "does not say its class names: export it with ultralytics")


def _input_size(model: Any, path: Path) -> tuple[int, int]:  # noqa: ANN401 - openvino's
    """Height and width of the input in pixels; a network that leaves them open gets 640."""
    shape = model.input(0).partial_shape
    if shape.rank.is_dynamic or len(shape) != 4 or not (shape[1].is_dynamic or shape[1].get_length() == 3):
        raise WeightsError(path, f"takes no colour pictures: its input has shape {shape}")
    height, width = (640 if side.is_dynamic else side.get_length() for side in (shape[2], shape[3]))
    model.reshape([1, 3, height, width])
    return int(height), int(width)


def _compiled(
    ov: Any,  # noqa: ANN401 - openvino's, as the next two
    core: Any,  # noqa: ANN401
    model: Any,  # noqa: ANN401
    path: Path,
    *,
    precision: Precision,
    threads: int,
) -> Any:  # noqa: ANN401
    """The network made ready for this processor: one stream for each thread, so that tiles run side by side."""
    options = {
        "INFERENCE_PRECISION_HINT": precision,
        "PERFORMANCE_HINT": "THROUGHPUT",
        "NUM_STREAMS": threads,
        "INFERENCE_NUM_THREADS": threads,
    }
    try:
        return core.compile_model(_taking_bytes(ov, model), "CPU", options)
    except RuntimeError as error:
        raise WeightsError(path, f"cannot be run on this processor ({_reason(error)})") from None


def _reason(error: Exception) -> str:
    """The first line of openvino's message that says something."""
    lines = [line.strip() for line in str(error).splitlines()]
    return next((line for line in lines if line and not line.startswith("Exception from")), "damaged file")


def _taking_bytes(ov: Any, model: Any) -> Any:  # noqa: ANN401 - openvino's
    """The network with conversion from bytes, blue first, built in."""
    steps = ov.preprocess.PrePostProcessor(model)
    colour = ov.preprocess.ColorFormat
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC")).set_color_format(colour.BGR)
    steps.input().preprocess().convert_element_type(ov.Type.f32).convert_color(colour.RGB).scale(255.0)
    steps.input().model().set_layout(ov.Layout("NCHW"))
    return steps.build()
