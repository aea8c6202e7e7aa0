"""Fine-tuning on crops of labelled pictures: ultralytics' network and loss in a plain loop that suits a processor.

bf16 arithmetic and channels-last memory make a step about three times as fast on processors that compute in bf16.
A running mean of the weights is what is saved, after each epoch.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detection.vision.boxes import CLASS_NAMES
from detection.vision.checkpoint import SHIPPED_PT, may_open, sha256_of
from detection.vision.classes import label_of
from detection.vision.crops import Sample, Sampler
from detection.vision.dataset import labelled_pictures
from detection.vision.errors import DataError, WeightsError
from detection.vision.offline import ultralytics

WARM_UP_STEPS = 40
WEIGHT_DECAY = 5e-4
EMA_DECAY = 0.995


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to learn. `samples` crops of `side_px` make an epoch; `rate` falls off as a cosine.
    `minutes` ends training early, the rate being led down to that time. The first `frozen` layers stay as they are,
    which costs a third less time for the first five.
    """  # noqa: D205

    epochs: int = 6
    samples: int = 1600
    side_px: int = 640
    batch: int = 16
    rate: float = 0.001
    seed: int = 0
    minutes: float | None = None
    frozen: int = 0

    def __post_init__(self) -> None:
        if self.side_px % 32:
            raise DataError("--imgsz", f"a crop's side is a multiple of 32 px, got {self.side_px}")


def trained(
    folders: Sequence[Path],
    out: Path,
    *,
    start: Path | None,
    shares: Mapping[str, float],
    turnable: frozenset[str],
    schedule: Schedule,
    trust: bool,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Trains from `start` (None: what ships) on the train part of `folders`, writes `out`, and says how it went.

    Raises:
        WeightsError: weights to start from that cannot be used.
        DataError: pictures or labels that cannot be used.
    """
    start = start or SHIPPED_PT
    may_open(start, trust=trust)
    pictures = [p for folder in folders for p in labelled_pictures(folder, part="train")]
    sampler = Sampler.of(pictures, shares=shares, side_px=schedule.side_px, turnable=turnable)
    model = _network(start)
    learner = _Learner(model, schedule)
    begun_s = time.monotonic()
    losses: list[float] = []
    for epoch in range(schedule.epochs):
        losses.append(_epoch(learner, sampler, epoch, begun_s, say))
        learner.save(out, {**asdict(schedule), "epochs_done": epoch + 1})
        say(f"epoch {epoch + 1}/{schedule.epochs}: loss {losses[-1]:.3f}, {time.monotonic() - begun_s:.0f} s")
        if learner.progress(epoch + 1, 0, time.monotonic() - begun_s) >= 1:
            break
    return {
        "out": str(out),
        "sha256": sha256_of(out),
        "start_sha256": sha256_of(start),
        "pictures": len(pictures),
        "epochs": len(losses),
        "loss": [round(v, 4) for v in losses],
        "seconds": round(time.monotonic() - begun_s),
    }


def _epoch(learner: "_Learner", sampler: Sampler, epoch: int, begun_s: float, say: Callable[[str], None]) -> float:
    """One epoch; the mean loss."""
    schedule = learner.schedule
    total, steps = 0.0, schedule.samples // schedule.batch
    for step, batch in enumerate(_batches(sampler, schedule, epoch)):
        elapsed_s = time.monotonic() - begun_s
        done = learner.progress(epoch, step / steps, elapsed_s)
        total += learner.step(batch, done)
        if step % 10 == 0:
            say(f"  {epoch + 1}: {step}/{steps}, loss {total / (step + 1):.3f}, {done:.0%}, {elapsed_s:.0f} s")
        if done >= 1:
            return total / (step + 1)
    return total / max(steps, 1)


class _Learner:
    """The network, its optimiser, and the running mean of its weights."""

    def __init__(self, model: Any, schedule: Schedule) -> None:  # noqa: ANN401 - torch's
        import torch
        from ultralytics.utils import torch_utils

        tools: Any = torch_utils

        torch.manual_seed(schedule.seed)
        self.schedule = schedule
        self.model = model.to(memory_format=torch.channels_last).train()
        for layer in model.model[: schedule.frozen]:
            layer.eval().requires_grad_(requires_grad=False)
        self.ema = tools.ModelEMA(model, decay=EMA_DECAY, tau=100)
        parameters = [p for p in model.parameters() if p.requires_grad]
        groups = [
            {"params": [p for p in parameters if p.ndim > 1], "weight_decay": WEIGHT_DECAY},
            {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=schedule.rate, betas=(0.9, 0.999))
        self.steps = 0

    def progress(self, epoch: int, part: float, elapsed_s: float) -> float:
        """How far training is, 0 to 1, by epochs or by time, whichever is further."""
        by_epochs = (epoch + part) / self.schedule.epochs
        return max(by_epochs, elapsed_s / (60 * self.schedule.minutes)) if self.schedule.minutes else by_epochs

    def step(self, samples: list[Sample], done: float) -> float:
        """One step of the optimiser; the loss."""
        import torch

        rate = self.schedule.rate * (0.02 + 0.98 * (1 + math.cos(math.pi * min(done, 1.0))) / 2)
        for group in self.optimiser.param_groups:
            group["lr"] = rate * min(1.0, (self.steps + 1) / WARM_UP_STEPS)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            predicted = self.model(images := _images(samples))
        predicted = _in_f32(predicted)
        loss, _ = self.model.loss(_targets(samples) | {"img": images}, predicted)
        loss.sum().backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 10.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.ema.update(self.model)
        self.steps += 1
        return float(loss.sum().detach()) / len(samples)

    def save(self, out: Path, settings: dict[str, Any]) -> None:
        """Writes the mean weights as ultralytics does, in half precision."""
        from copy import deepcopy

        import torch

        ultra = ultralytics()
        ema: Any = deepcopy(self.ema.ema).half()
        ema.criterion = None
        ema.args = dict(vars(ema.args)) if not isinstance(ema.args, dict) else ema.args
        out.parent.mkdir(parents=True, exist_ok=True)
        torch.save(
            {
                "epoch": -1,
                "model": None,
                "ema": ema,
                "optimizer": None,
                "train_args": {"task": "detect", "imgsz": self.schedule.side_px},
                "quaywatch": settings,
                "version": ultra.__version__,
                "license": "AGPL-3.0",
            },
            out,
        )


def _network(start: Path) -> Any:  # noqa: ANN401 - torch's
    """The network to train, with our two classes; another head is replaced by a fresh one."""
    ultra = ultralytics()
    from ultralytics.cfg import get_cfg
    from ultralytics.nn import tasks

    try:
        model = ultra.YOLO(str(start)).model.float()
    except Exception as error:  # noqa: BLE001 - a foreign file can make the loader raise anything
        raise WeightsError(start, f"ultralytics cannot open these weights ({error!r:.120})") from None
    if [label_of(model.names[k]) for k in sorted(model.names)] != list(range(len(CLASS_NAMES))):
        architectures: Any = tasks
        fresh = architectures.DetectionModel(model.yaml, nc=len(CLASS_NAMES), verbose=False)
        fresh.load(model)
        model = fresh
    model.names = dict(enumerate(CLASS_NAMES))
    model.nc = len(CLASS_NAMES)
    model.args = get_cfg()
    model.criterion = None
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(".dfl" not in name)
    return model


def _batches(sampler: Sampler, schedule: Schedule, epoch: int) -> Iterator[list[Sample]]:
    """The batches of one epoch, drawn ahead by one thread. The same seed draws the same."""

    def draw(step: int) -> list[Sample]:
        return [sampler.draw(np.random.default_rng([schedule.seed, epoch, step, i])) for i in range(schedule.batch)]

    steps = schedule.samples // schedule.batch
    with ThreadPoolExecutor(1) as pool:
        ahead: list[Future[list[Sample]]] = [pool.submit(draw, step) for step in range(min(3, steps))]
        for step in range(steps):
            yield ahead.pop(0).result()
            if step + 3 < steps:
                ahead.append(pool.submit(draw, step + 3))


def _images(samples: list[Sample]) -> Any:  # noqa: ANN401 - torch's
    """A batch of pictures as the network takes them: red first, 0 to 1, channels last in memory."""
    import torch

    stacked = np.stack([s.image[:, :, ::-1] for s in samples])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).float().div_(255).contiguous(memory_format=torch.channels_last)


def _targets(samples: list[Sample]) -> dict[str, Any]:
    """The labels of a batch as ultralytics' loss takes them."""
    import torch

    side = samples[0].image.shape[0]
    xyxy = np.concatenate([s.boxes.xyxy for s in samples]) / side
    centred = np.concatenate([(xyxy[:, :2] + xyxy[:, 2:]) / 2, xyxy[:, 2:] - xyxy[:, :2]], axis=1)
    index = np.concatenate([np.full(len(s.boxes), i) for i, s in enumerate(samples)])
    label = np.concatenate([s.boxes.label for s in samples])
    return {
        "bboxes": torch.from_numpy(centred.astype(np.float32)),
        "batch_idx": torch.from_numpy(index.astype(np.float32)),
        "cls": torch.from_numpy(label.astype(np.float32))[:, None],
    }


def _in_f32(value: Any) -> Any:  # noqa: ANN401 - torch's
    """What the network gave, in full precision for the loss."""
    if isinstance(value, dict):
        return {key: _in_f32(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_in_f32(item) for item in value)
    return value.float() if hasattr(value, "float") else value
