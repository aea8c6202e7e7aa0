"""What the trainer's side needs of a reviewed case. Knows no Qt."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sitl.exam.analyst_marks import Decision


def read_decisions(case: Path) -> "Sequence[Decision]":
    """The last verdict on every contact of a case.

    Raises:
        CaseError: no case there, or one that cannot be read.
    """
    from detection.case.values import Verdict
    from detection.case.view import CaseView
    from sitl.exam.analyst_marks import Decided, Decision

    words = {
        Verdict.SUSPICIOUS: Decided.SUSPICIOUS,
        Verdict.CLEARED: Decided.CLEARED,
        Verdict.UNSURE: Decided.UNSURE,
        Verdict.WITHDRAWN: Decided.NOTHING,
    }
    with CaseView.open_read_only(case) as view:
        found = []
        for item in view.queue():
            last = item.last_review
            found.append(
                Decision(
                    contact_id=item.contact.contact_id,
                    at=item.contact.at,
                    at_utc=item.contact.at_utc,
                    decided=Decided.NOTHING if last is None else words[last.verdict],
                    note="" if last is None else last.note,
                    decided_utc=None if last is None else last.at_utc,
                )
            )
    return found
