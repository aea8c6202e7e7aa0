"""The store of a case: everything that was found, reviews, evidence."""

from detection.case.errors import (
    CaseBusy,
    CaseDamaged,
    CaseError,
    CaseFull,
    CaseReadOnly,
    CaseTooNew,
    FootageMissing,
    NotACase,
    UnknownItem,
)
from detection.case.store import Case, Evidence, Results
from detection.case.values import Counts, Input, QueueItem, Review, Run, Verdict, Verified
from detection.case.verify import verify
from detection.case.view import CaseView

__all__ = [
    "Case",
    "CaseBusy",
    "CaseDamaged",
    "CaseError",
    "CaseFull",
    "CaseReadOnly",
    "CaseTooNew",
    "CaseView",
    "Counts",
    "Evidence",
    "FootageMissing",
    "Input",
    "NotACase",
    "QueueItem",
    "Results",
    "Review",
    "Run",
    "UnknownItem",
    "Verdict",
    "Verified",
    "verify",
]
