"""The whole job on the practice harbour, on three days: what is found, missed and false, where, and how fast.

Run: python -m bench.demo [SEED...]. Each is `quaywatch demo --headless --json --seed N` into a folder of its own.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SEEDS = (0, 1, 2)
COLUMNS = (
    *("vessels", "found", "missed", "false"),
    *("median_error_m", "p90_error_m", "flags", "seconds"),
)


def demo(seed: int, folder: Path) -> dict[str, object]:
    """The figures of one day.

    Raises:
        SystemExit: the demo failed; says with which words.
    """
    words = ("demo", "--headless", "--json", "--seed", str(seed), "--out", str(folder))
    done = subprocess.run(
        [sys.executable, "-m", "quaywatch", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"demo with seed {seed} ended with exit code {done.returncode}:\n{done.stderr[-2000:]}")
    found: dict[str, object] = json.loads(done.stdout)
    return found


def row(name: str, figures: dict[str, object]) -> str:
    """A line of the table; a dash where there is no figure."""
    cells = (figures.get(column) for column in COLUMNS)
    return f"{name:6}" + "".join(f"{'-' if cell is None else str(cell):>16}" for cell in cells)


def main(seeds: tuple[int, ...]) -> None:
    print("vessels: those over 5 m that a picture shows at least by half; errors in metres, seconds for the whole job")
    print(row("seed", {column: column.removesuffix("_m").replace("_", " ") for column in COLUMNS}))
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            print(row(str(seed), demo(seed, Path(folder) / "demo")), flush=True)


if __name__ == "__main__":
    main(tuple(int(word) for word in sys.argv[1:]) or SEEDS)
