"""What the Review page decides: which contact, which frame, what a key does. Knows no Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from detection.ais.match import Association
from detection.case.values import QueueItem, Review, Verdict
from detection.footage.frames import Frame
from detection.locate.sightings import Sighting
from detection.report.content import ais_rows
from detection.track.contacts import Contact
from detection.triage.flags import Flag
from gui.review.words import clock, detail, facts, identity, position, review_line, rule_words
from planner.model.errors import QuaywatchError


class CaseReader(Protocol):
    """What the page needs of a case; see detection.case."""

    def queue(self) -> tuple[QueueItem, ...]:
        """Every contact with its flags and last review, the most suspicious first."""
        ...

    def sightings_of(self, contact_id: str) -> tuple[Sighting, ...]:
        """A contact's sightings in time order."""
        ...

    def sightings_in(self, frame_id: str) -> tuple[Sighting, ...]:
        """All sightings of a frame."""
        ...

    def frame(self, frame_id: str) -> Frame:
        """A frame."""
        ...

    def association_of(self, contact_id: str) -> Association | None:
        """What AIS says about a contact; None where no AIS log was given."""
        ...

    def reviews_of(self, contact_id: str) -> tuple[Review, ...]:
        """All reviews of a contact, oldest first."""
        ...

    def review(self, contact_id: str, verdict: Verdict, *, note: str, by: str, at_utc: datetime) -> Review:
        """Appends a review; returns only when it is on the disk."""
        ...


class Filter(StrEnum):
    """Which contacts the queue shows."""

    UNREVIEWED = "unreviewed"
    FLAGGED = "flagged"
    DARK = "dark"
    ZONE = "zone"


FILTER_RULES = {Filter.DARK: "no-ais", Filter.ZONE: "restricted-zone"}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue. `mark` is the verdict, or "flagged" or "plain" without one."""

    contact_id: str
    title: str
    detail: str
    score: float
    mark: str
    thumbnail_sighting_id: str
    current: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a contact was flagged: the sentence, its score, and the frame that shows it (None: none stored)."""

    title: str
    text: str
    score: float
    frame_id: str | None


@dataclass(frozen=True, slots=True)
class ContactCard:
    """What the side panel says of a contact."""

    contact_id: str
    title: str
    score: float
    reasons: tuple[Reason, ...]
    facts: tuple[tuple[str, str], ...]
    identity: str
    """What AIS says of it, in a sentence."""
    declared: tuple[tuple[str, str, str], ...]
    """AIS: what, declared, measured."""
    reviews: tuple[str, ...]
    position: str


@dataclass(frozen=True, slots=True)
class StripItem:
    """One sighting in the strip."""

    sighting_id: str
    caption: str
    current: bool


@dataclass(frozen=True, slots=True)
class FrameBox:
    """A box over the frame; `mark` as in QueueRow."""

    sighting_id: str
    box: tuple[float, float, float, float]
    text: str
    mark: str
    current: bool


class ReviewView(Protocol):
    """What the page can show."""

    def show_empty(self, text: str) -> None:
        """Nothing to review: says what to do."""
        ...

    def show_queue(self, rows: Sequence[QueueRow], *, left: int, total: int) -> None:
        """The list, and how many are not reviewed yet."""
        ...

    def show_contact(self, card: ContactCard) -> None:
        """The side panel."""
        ...

    def show_strip(self, items: Sequence[StripItem]) -> None:
        """The contact's sightings."""
        ...

    def show_frame(self, path: Path, boxes: Sequence[FrameBox], caption: str) -> None:
        """The frame with its boxes; the current box is brought near."""
        ...

    def show_places(self, contacts: Sequence[tuple[Contact, str]], current_id: str | None) -> None:
        """All contacts on the map with their marks."""
        ...

    def show_done(self, text: str) -> None:
        """What just happened, in one sentence."""
        ...

    def show_problem(self, text: str) -> None:
        """What went wrong and what to do."""
        ...


@dataclass(slots=True, weakref_slot=True)  # Qt holds its receivers weakly
class ReviewPresenter:
    """Keeps the analyst's place in a case. First the disk, then the screen."""

    page: ReviewView
    by: str
    now_utc: Callable[[], datetime]
    advance_after_verdict: bool = True
    _case: CaseReader | None = None
    _items: tuple[QueueItem, ...] = ()
    _filters: frozenset[Filter] = frozenset()
    _current: str | None = None
    _sightings: tuple[Sighting, ...] = ()
    _sighting: int = 0
    _undo: list[str] = field(default_factory=list)
    _owner_of: dict[str, str] = field(default_factory=dict)

    def open(self, case: CaseReader, *, select: str | None = None) -> None:
        """Shows a case, at `select` or at the first contact that nobody reviewed."""
        self._case = case
        self._undo = []
        self._reload()
        if not self._items:
            self.page.show_empty("This case holds no contacts yet. Drop footage here to look for vessels.")
            return
        first = next((i.contact.contact_id for i in self._items if _verdict(i) is None), None)
        self.select(select or first or self._items[0].contact.contact_id)

    def refresh(self) -> None:
        """Reads the case again, after triage added to it; keeps the place where possible."""
        if self._case is None:
            return
        self._reload()
        if not self._items:
            self.page.show_empty("This case holds no contacts yet. Drop footage here to look for vessels.")
            return
        known = {i.contact.contact_id for i in self._items}
        self.select(self._current if self._current in known else self._items[0].contact.contact_id)

    def set_filters(self, filters: frozenset[Filter]) -> None:
        """Shows only contacts that pass all the filters."""
        self._filters = filters
        self._show_queue()

    def select(self, contact_id: str | None, *, sighting_id: str | None = None) -> None:
        """Shows a contact at its best sighting, or at `sighting_id`."""
        item = self._item(contact_id)
        if item is None or self._case is None:
            return
        self._current = item.contact.contact_id
        self._sightings = self._case.sightings_of(item.contact.contact_id)
        wanted = sighting_id or item.contact.best_sighting_id
        ids = [s.sighting_id for s in self._sightings]
        self._sighting = ids.index(wanted) if wanted in ids else 0
        self._show_queue()
        self.page.show_contact(self._card(item))
        self._show_sighting()
        self.page.show_places([(i.contact, _mark(i)) for i in self._items], self._current)

    def step(self, by: int) -> None:
        """Goes to the next (1) or previous (-1) contact of the queue, if there is one."""
        order = [i.contact.contact_id for i in self._visible()]
        if self._current in order:
            there = order.index(self._current) + by
            if 0 <= there < len(order):
                self.select(order[there])
        elif order:
            self.select(order[0])

    def step_sighting(self, by: int) -> None:
        """Goes to the next (1) or previous (-1) sighting of the contact."""
        if 0 <= self._sighting + by < len(self._sightings):
            self._sighting += by
            self._show_sighting()

    def show_sighting(self, sighting_id: str) -> None:
        """Shows a sighting by its id: of this contact, or of the contact whose box was clicked."""
        owner = self._owner_of.get(sighting_id)
        if owner is not None:
            self.select(owner, sighting_id=sighting_id)

    def show_reason(self, frame_id: str) -> None:
        """Shows the frame that proves a reason."""
        for number, sighting in enumerate(self._sightings):
            if sighting.frame_id == frame_id:
                self._sighting = number
                self._show_sighting()
                return

    def next_unreviewed(self) -> None:
        """Goes to the next contact without a review, after the current one and round again."""
        order = [i for i in self._visible() if _verdict(i) is None or i.contact.contact_id == self._current]
        ids = [i.contact.contact_id for i in order]
        start = ids.index(self._current) if self._current in ids else -1
        for item in [*order[start + 1 :], *order[: max(start, 0)]]:
            if _verdict(item) is None:
                self.select(item.contact.contact_id)
                return
        self.page.show_done("Every contact in this list is reviewed.")

    def decide(self, verdict: Verdict, note: str) -> None:
        """Appends a verdict on the current contact and moves on."""
        if self._case is None or self._current is None:
            return
        contact_id = self._current
        if not self._append(contact_id, verdict, note):
            return
        self._undo.append(contact_id)
        title = self._title(contact_id)
        self._reload()
        if self.advance_after_verdict and any(_verdict(i) is None for i in self._visible()):
            self.next_unreviewed()
        else:
            self.select(contact_id)
        self.page.show_done(f"{title}: {verdict.value}, stored.")

    def undo(self) -> None:
        """Takes the last verdict of this session back, by appending that it is withdrawn."""
        if not self._undo:
            self.page.show_done("There is no verdict of this session to take back.")
            return
        contact_id = self._undo[-1]
        if not self._append(contact_id, Verdict.WITHDRAWN, "taken back"):
            return
        self._undo.pop()
        self._reload()
        self.select(contact_id)
        self.page.show_done(f"{self._title(contact_id)}: the verdict is withdrawn; both stay in the history.")

    def _append(self, contact_id: str, verdict: Verdict, note: str) -> bool:
        assert self._case is not None  # noqa: S101  both callers checked
        try:
            self._case.review(contact_id, verdict, note=note.strip(), by=self.by, at_utc=self.now_utc())
        except QuaywatchError as error:
            self.page.show_problem(f"The verdict is not stored. {error}")
            return False
        return True

    def _reload(self) -> None:
        assert self._case is not None  # noqa: S101  callers checked
        self._items = self._case.queue()
        self._owner_of = {s: i.contact.contact_id for i in self._items for s in i.contact.sighting_ids}

    def _item(self, contact_id: str | None) -> QueueItem | None:
        return next((i for i in self._items if i.contact.contact_id == contact_id), None)

    def _visible(self) -> list[QueueItem]:
        return [i for i in self._items if all(_passes(i, f) for f in self._filters)]

    def _title(self, contact_id: str) -> str:
        numbers = {i.contact.contact_id: n for n, i in enumerate(self._items, start=1)}
        item = self._item(contact_id)
        name = f" · {item.contact.name}" if item is not None and item.contact.name else ""
        return f"Contact {numbers.get(contact_id, 0)}{name}"

    def _show_queue(self) -> None:
        rows = [
            QueueRow(
                contact_id=i.contact.contact_id,
                title=self._title(i.contact.contact_id),
                detail=detail(i),
                score=i.score,
                mark=_mark(i),
                thumbnail_sighting_id=i.contact.best_sighting_id,
                current=i.contact.contact_id == self._current,
            )
            for i in self._visible()
        ]
        left = sum(_verdict(i) is None for i in self._items)
        self.page.show_queue(rows, left=left, total=len(self._items))

    def _show_sighting(self) -> None:
        self.page.show_strip(
            [StripItem(s.sighting_id, clock(s.at_utc), n == self._sighting) for n, s in enumerate(self._sightings)]
        )
        if self._case is None or not self._sightings:
            return
        sighting = self._sightings[self._sighting]
        frame = self._case.frame(sighting.frame_id)
        boxes = [
            self._frame_box(s, current=s.sighting_id == sighting.sighting_id)
            for s in self._case.sightings_in(frame.frame_id)
        ]
        caption = f"{frame.path.name} · {clock(frame.at_utc)} · sighting {self._sighting + 1} of {len(self._sightings)}"
        self.page.show_frame(frame.path, boxes, caption)

    def _frame_box(self, sighting: Sighting, *, current: bool) -> FrameBox:
        owner = self._item(self._owner_of.get(sighting.sighting_id))
        if owner is None:
            return FrameBox(sighting.sighting_id, sighting.box, "", "plain", current)
        title = self._title(owner.contact.contact_id)
        return FrameBox(sighting.sighting_id, sighting.box, title, _mark(owner), current)

    def _card(self, item: QueueItem) -> ContactCard:
        assert self._case is not None  # noqa: S101  select checked
        contact = item.contact
        found = self._case.association_of(contact.contact_id)
        return ContactCard(
            contact_id=contact.contact_id,
            title=self._title(contact.contact_id),
            score=item.score,
            reasons=tuple(_reason(f) for f in sorted(item.flags, key=lambda f: -f.score)),
            facts=facts(item),
            identity=identity(found),
            declared=tuple(ais_rows(contact, found)),
            reviews=tuple(review_line(r) for r in reversed(self._case.reviews_of(contact.contact_id))),
            position=position(contact),
        )


def _verdict(item: QueueItem) -> Verdict | None:
    review = item.last_review
    return None if review is None or review.verdict is Verdict.WITHDRAWN else review.verdict


def _mark(item: QueueItem) -> str:
    verdict = _verdict(item)
    if verdict is not None:
        return verdict.value
    return "flagged" if item.flags else "plain"


def _passes(item: QueueItem, wanted: Filter) -> bool:
    match wanted:
        case Filter.UNREVIEWED:
            return _verdict(item) is None
        case Filter.FLAGGED:
            return bool(item.flags)
        case Filter.DARK | Filter.ZONE:
            return any(f.rule == FILTER_RULES[wanted] for f in item.flags)


def _reason(flag: Flag) -> Reason:
    return Reason(rule_words(flag.rule), flag.reason, flag.score, flag.frame_ids[0] if flag.frame_ids else None)
