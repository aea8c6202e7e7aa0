"""Time and accuracy of the vessel detector beside the peers' figures.

Run: python -m bench.detection. Accuracy needs the real pictures (see tests/shared.py) and is left out without them.
Peers' figures are quoted: they were measured on two threads of another machine of the same kind.
"""

import statistics
import time

import numpy as np

from detection.vision.boxes import CLASS_NAMES
from detection.vision.checkpoint import find_weights
from detection.vision.detector import DEFAULT_SCORE, VesselDetector
from detection.vision.evaluate import evaluated
from detection.vision.network import Network, Precision
from detection.vision.tiles import tiles_of
from tests.shared import DATA

TILES, ROUNDS = 12, 5
FRAMES = {"1080p": (1920, 1080), "4K": (3840, 2160), "12 MP": (4000, 3000)}
QUOTED_S = {  # one tile at a time through OpenVINO; SAHI 0.12.8 with torch
    "4K": (1.5, 4.6),
    "12 MP": (2.1, 4.8),
}


def net_ms(precision: Precision) -> float:
    """Milliseconds for one 640 px tile, network alone, tiles in a row; the best of several rounds."""
    network = Network(find_weights(None, trust=False), precision=precision)
    tile = np.random.default_rng(0).integers(0, 255, (640, 640, 3), np.uint8)
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        network.run([tile] * TILES)
        times.append((time.perf_counter() - begun) / TILES)
    return 1000 * min(times)


def frame_s(detector: VesselDetector, width: int, height: int) -> tuple[float, float]:
    """Seconds for one frame, best and median of several rounds."""
    image = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        detector.detect(image)
        times.append(time.perf_counter() - begun)
    return min(times), statistics.median(times)


def main() -> None:
    print("network alone, ms per 640 px tile (quoted: torch 100, ONNX Runtime 68, OpenVINO f32 76, bf16 30)")
    for precision in ("f32", "bf16"):
        print(f"  {precision:5} {net_ms(precision):6.1f}")
    detector = VesselDetector()
    print(f"\n{'frame':8}{'tiles':>6}{'ours s, best':>14}{'median':>8}{'one at a time':>16}{'SAHI, torch':>13}")
    for name, (width, height) in FRAMES.items():
        best, median = frame_s(detector, width, height)
        tiles = len(tiles_of(width, height, tile_px=640, overlap=0.2)) + 1
        quoted = "".join(f"{v:>{w}.1f}" for v, w in zip(QUOTED_S.get(name, ()), (16, 13), strict=False))
        print(f"{name:8}{tiles:>6}{best:>14.2f}{median:>8.2f}{quoted}")
    accuracy()


def accuracy() -> None:
    """AP50 and the like on the real validation pictures."""
    if not DATA.is_dir():
        print("\nno real pictures here: accuracy not measured")
        return
    print(f"\nreal pictures (val), threshold {DEFAULT_SCORE:g}")
    print(f"{'':22}{'class':8}{'labels':>7}{'AP50':>7}{'AP50-95':>9}{'recall':>8}{'false/frame':>13}")
    for view, tiled in (("full frame", False), ("tiled", True)):
        run = evaluated(VesselDetector(tiled=tiled, score=0.005), DATA / "vessels", part="val", threshold=DEFAULT_SCORE)
        for source, by_class in run.scores.items():
            for name in CLASS_NAMES:
                s = by_class[name]
                if s.labelled:
                    figures = f"{s.ap50 or 0:7.3f}{s.ap50_95 or 0:9.3f}{s.recall or 0:8.3f}{s.false_per_frame:13.2f}"
                    print(f"{view + ', ' + source:22}{name:8}{s.labelled:7d}{figures}")
    print("quoted, COCO nano networks, boats, full frame / tiled: port cameras 0.014/0.127 and 0.044/0.185,")
    print("SeaDronesSee 0.238/0.340 and 0.324/0.418 (other pictures of the same sources)")


if __name__ == "__main__":
    main()
