"""Where the real files lie that some tests read; they are not part of the project."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("QUAYWATCH_SHARED", Path(__file__).parents[2] / "shared"))
DATA = SHARED / "data"

needs_shared = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the real test files are not at {DATA}; set QUAYWATCH_SHARED to their folder"
)
