"""Every benchmark in turn; the figures go to the screen and, with the machine they came from, to docs/benchmarks.md.

`python -m bench` runs all, `python -m bench NAME...` some (the page then keeps the others' last figures).
"""

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
TITLES = {
    "area_coverage": "Area coverage against the best-angle sweep and opencoverage",
    "zone_check": "Zones against legs, and a whole verdict",
    "patrol": "Randomised patrols against a fixed tour and a naive random one of equal length",
    "upload_loss": "Mission upload over a bad link, against MAVSDK",
    "simulator": "The practice drone's speed",
    "detection": "Detection speed and accuracy",
    "positions": "Positions on real clips",
    "demo": "The whole job on the practice harbour",
}
HEAD = """# Benchmarks

Latest figures of `make bench`; each section is what `python -m bench NAME` printed.
Compare ratios, not seconds: the machine is named with each.
Peers' figures that could not be run here are marked as quoted.
"""


def machine() -> str:
    """One line that names this machine."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in _read("/proc/cpuinfo").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return (
        f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def run(name: str) -> str:
    """Runs one benchmark; returns its section of the page.

    Raises:
        SystemExit: the benchmark failed; its output is on the screen.
    """
    print(f"== {name}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    print(done.stdout, flush=True)
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
        raise SystemExit(f"bench.{name} ended with exit code {done.returncode}")
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    return f"## {name}\n\n{TITLES[name]}. {when}, {machine()}.\n\n```text\n{done.stdout.strip()}\n```\n"


def main(names: list[str]) -> None:
    there = [name for name in TITLES if (ROOT / "bench" / f"{name}.py").is_file()]
    wrong = [name for name in names if name not in there]
    if wrong:
        raise SystemExit(f"no benchmark {', '.join(wrong)}; there are {', '.join(there)}")
    sections = _sections()
    for name in names or there:
        sections[name] = run(name)
        PAGE.write_text(HEAD + "\n" + "\n".join(sections[n] for n in TITLES if n in sections))
    print(f"written to {PAGE.relative_to(ROOT)}")


def _sections() -> dict[str, str]:
    if not PAGE.is_file():
        return {}
    parts = re.split(r"^(?=## )", PAGE.read_text(), flags=re.MULTILINE)[1:]
    return {part.split()[1]: part.rstrip() + "\n" for part in parts}


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    main(sys.argv[1:])
