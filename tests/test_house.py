"""Rules of the house that no tool checks."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("planner", "detection", "gui", "sitl")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_fits_in_the_head(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 450


def test_the_top_level_holds_only_what_the_house_names() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode != 0:
        pytest.skip("not a git checkout, so what belongs to the project cannot be listed")
    top = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    named = {"pyproject.toml", "README.md", "planner", "detection", "gui", "sitl", "tests", "Makefile", "quaywatch.py"}
    assert top <= named | {"docs", "bench", ".ci", "LICENSE", "CHANGELOG.md", ".gitignore"}


@pytest.mark.parametrize("heavy", ["torch", "ultralytics", "openvino", "cv2", "PyQt6", "pymavlink", "folium", "scipy"])
def test_help_opens_without_heavy_libraries(heavy: str) -> None:
    code = (
        "import sys, typer.testing, quaywatch\n"
        "result = typer.testing.CliRunner().invoke(quaywatch.app, ['--help'])\n"
        "assert result.exit_code == 0, result.output\n"
        f"sys.exit('{heavy}' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
