"""The real command, as a user starts it, and the practice vehicle beside it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

QUAYWATCH = Path(sys.executable).with_name("quaywatch")
REMOTE = re.compile(r"(?:https?|wss?|ftp):/(?!/www\.w3\.org/)|[\"'(=]//[a-z]|@import", re.IGNORECASE)
"""An address outside the page; the names of XML's own spaces are none."""


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, Any]:
        """The one object on stdout."""
        assert self.out.count("\n") == 1, self.out
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def run(*words: object, timeout_s: float = 100.0, cwd: Path | None = None) -> Ran:
    """Runs `quaywatch` to its end."""
    done = subprocess.run(
        command(*words), capture_output=True, text=True, timeout=timeout_s, cwd=cwd, env=environment(), check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def told(*words: object, code: int = 0, timeout_s: float = 100.0) -> dict[str, Any]:
    """What `quaywatch ... --json` says; it must end with `code`."""
    ran = run(*words, "--json", timeout_s=timeout_s)
    assert ran.code == code, ran
    return ran.json()


def refusal(*words: object, code: int = 2, cwd: Path | None = None) -> str:
    """The one sentence with which `quaywatch` refuses."""
    ran = run(*words, cwd=cwd)
    assert (ran.code, ran.out) == (code, ""), ran
    assert ran.err.startswith("quaywatch: "), ran.err
    assert ran.err.count("\n") == 1, ran.err
    return ran.err.removeprefix("quaywatch: ").rstrip()


def command(*words: object) -> list[str]:
    """The command line."""
    return [str(QUAYWATCH), *(str(word) for word in words)]


def environment() -> dict[str, str]:
    """Ours, on a terminal of a fixed width without colours."""
    return os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "QT_QPA_PLATFORM": "offscreen"}


def until(is_so: Callable[[], bool], process: "subprocess.Popen[str]", patience_s: float = 60.0) -> None:
    """Waits until something is so while a process works; fails if that ends first or it takes too long."""
    end_s = monotonic() + patience_s
    while not is_so():
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            assert monotonic() < end_s, "waited in vain"
        else:
            raise AssertionError(f"ended with {process.returncode} before it was so")


@contextmanager
def practice_vehicle(*words: object) -> Iterator[str]:
    """`quaywatch sim run` on a free port; gives its address and stops it with Ctrl-C."""
    started = command("sim", "run", "--port", 0, "--speedup", 50, "--armable-s", 2, "--no-camera", "--json", *words)
    with subprocess.Popen(
        started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            yield str(json.loads(line)["address"])
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
            assert (process.returncode, "Traceback" in said) == (0, False), said
        finally:
            process.kill()


def geojson(path: Path, kind: str, coordinates: object) -> Path:
    """Writes one GeoJSON feature."""
    feature = {
        "type": "Feature",
        "properties": {"name": path.stem},
        "geometry": {"type": kind, "coordinates": coordinates},
    }
    path.write_text(json.dumps(feature))
    return path
