"""Errors that a person can act on.

QuaywatchError             what was asked could not be done; the message is for the operator
├── BadInput               a file, option or value that cannot be used (exit code 2)
└── (each package adds its own, see planner/link/errors.py, detection/case/errors.py ...)

The message names the file, the item and the field, and says what to do. The attributes are for the code.
"""

from pathlib import Path


class QuaywatchError(Exception):
    """What was asked could not be done; `str(error)` is one sentence for the operator."""

    exit_code = 2


class BadInput(QuaywatchError):
    """A file, option or value that cannot be used."""

    def __init__(self, source: str | Path, problem: str) -> None:
        super().__init__(f"{source}: {problem}")
        self.source = str(source)
        self.problem = problem
