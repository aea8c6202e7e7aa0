"""What can be wrong with a case.

BadInput
└── CaseError          the folder is named; nothing in it was changed
    ├── NotACase       no case there, or another kind of file
    ├── CaseTooNew     written by a newer Quaywatch
    ├── CaseDamaged    the file cannot be read as a database any more
    ├── CaseReadOnly   no right to write there
    ├── CaseBusy       another program writes in it
    ├── CaseFull       no space left on the disk
    ├── UnknownItem    no contact, frame or sighting of that id
    └── FootageMissing a frame's file is not where it was
"""

from pathlib import Path

from planner.model.errors import BadInput


class CaseError(BadInput):
    """Something about a case that a person has to act on."""


class NotACase(CaseError):
    """The folder holds no case."""


class CaseTooNew(CaseError):
    """The case was written by a newer version."""


class CaseDamaged(CaseError):
    """The case file is not a readable database."""


class CaseReadOnly(CaseError):
    """The case cannot be written."""


class CaseBusy(CaseError):
    """Another program is writing in the case."""


class CaseFull(CaseError):
    """The disk is full."""


class UnknownItem(CaseError):
    """The case has no such contact, frame or sighting."""


class FootageMissing(CaseError):
    """A frame's file is not where the case expects it."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path, problem)
        self.path = path
