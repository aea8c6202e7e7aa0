from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from detection.ais.match import Association, Outcome
from detection.case.values import QueueItem, Review, Verdict
from detection.footage.frames import Frame
from detection.locate.sightings import Ellipse, Fix, Sighting
from detection.track.contacts import Contact
from detection.triage.flags import Flag
from gui.review.presenter import Filter, ReviewPresenter
from planner.geo.points import LatLon
from planner.model.errors import QuaywatchError

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HERE = LatLon(54.1, 7.0)


def sighting(name: str, frame: str) -> Sighting:
    box = (10.0, 10.0, 50.0, 40.0)
    ellipse = Ellipse(3, 2, 0)
    return Sighting(
        name, frame, NOON, box, 0.9, 0, Fix.POINT, HERE, ellipse, 0, (90, 95), (11.6, 12.2), truncated=False
    )


def contact(name: str, *sightings: str) -> Contact:
    return Contact(name, sightings, sightings[0], NOON, NOON, NOON, HERE, Ellipse(3, 2, 0), (11.6, 12.2))


def flag(contact_id: str, rule: str, score: float) -> Flag:
    return Flag(f"{contact_id}-{rule}", contact_id, rule, score, f"{rule} because", {}, ("f1",))


@dataclass
class FakeCase:
    contacts: tuple[Contact, ...]
    flags: tuple[Flag, ...] = ()
    stored: list[Review] = field(default_factory=list)
    full: bool = False
    ais: dict[str, Association] = field(default_factory=dict)

    def queue(self) -> tuple[QueueItem, ...]:
        return tuple(self._item(c) for c in self.contacts)

    def _item(self, one: Contact) -> QueueItem:
        flags = tuple(f for f in self.flags if f.contact_id == one.contact_id)
        reviews = self.reviews_of(one.contact_id)
        score = max((f.score for f in flags), default=0.0)
        return QueueItem(one, score, flags, reviews[-1] if reviews else None, len(reviews), len(one.sighting_ids))

    def sightings_of(self, contact_id: str) -> tuple[Sighting, ...]:
        one = next(c for c in self.contacts if c.contact_id == contact_id)
        return tuple(sighting(s, f"f{s[-1]}") for s in one.sighting_ids)

    def sightings_in(self, frame_id: str) -> tuple[Sighting, ...]:
        every = [sighting(s, f"f{s[-1]}") for c in self.contacts for s in c.sighting_ids]
        return tuple(s for s in every if s.frame_id == frame_id)

    def association_of(self, contact_id: str) -> Association | None:
        return self.ais.get(contact_id)

    def frame(self, frame_id: str) -> Frame:
        return Frame(frame_id, Path(f"{frame_id}.jpg"), "", 1920, 1080, NOON, None, None)

    def reviews_of(self, contact_id: str) -> tuple[Review, ...]:
        return tuple(r for r in self.stored if r.contact_id == contact_id)

    def review(self, contact_id: str, verdict: Verdict, *, note: str, by: str, at_utc: datetime) -> Review:
        if self.full:
            raise QuaywatchError("The disk is full.")
        made = Review(len(self.stored), contact_id, (), verdict, note, by, at_utc)
        self.stored.append(made)
        return made


@dataclass
class FakePage:
    said: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("show_"):
            raise AttributeError(name)

        def show(*args: Any, **named: Any) -> None:
            self.said[name.removeprefix("show_")] = args[0] if len(args) == 1 and not named else (*args, named)

        return show


def opened(case: FakeCase, **options: Any) -> tuple[ReviewPresenter, FakePage]:
    page = FakePage()
    ticks = iter(range(1000))
    presenter = ReviewPresenter(page, "ann", lambda: NOON + timedelta(seconds=next(ticks)), **options)
    presenter.open(case)
    return presenter, page


def three() -> FakeCase:
    contacts = (contact("A", "a1", "a2"), contact("B", "b1"), contact("C", "c3"))
    return FakeCase(contacts, (flag("A", "no-ais", 0.9), flag("B", "restricted-zone", 0.6)))


def current(page: FakePage) -> str:
    return str(page.said["contact"].contact_id)


def test_an_empty_case_says_what_to_do() -> None:
    _, page = opened(FakeCase(()))
    assert "Drop footage" in page.said["empty"]


def test_a_case_opens_at_the_first_contact_that_nobody_reviewed() -> None:
    case = three()
    case.review("A", Verdict.CLEARED, note="", by="bob", at_utc=NOON)
    _, page = opened(case)
    assert current(page) == "B"


def test_a_verdict_is_on_the_disk_before_the_page_moves_on() -> None:
    case = three()
    presenter, page = opened(case)
    presenter.decide(Verdict.SUSPICIOUS, "  no name on the hull ")
    assert [(r.contact_id, r.verdict, r.note, r.by) for r in case.stored] == [
        ("A", Verdict.SUSPICIOUS, "no name on the hull", "ann")
    ]
    assert current(page) == "B"
    assert page.said["queue"][1] == {"left": 2, "total": 3}


def test_a_verdict_that_cannot_be_stored_stays_on_the_contact_and_says_so() -> None:
    case = three()
    presenter, page = opened(case)
    case.full = True
    presenter.decide(Verdict.CLEARED, "")
    assert page.said["problem"] == "The verdict is not stored. The disk is full."
    assert current(page) == "A"


def test_taking_a_verdict_back_appends_and_never_removes() -> None:
    case = three()
    presenter, page = opened(case)
    presenter.decide(Verdict.CLEARED, "")
    presenter.undo()
    assert [r.verdict for r in case.stored] == [Verdict.CLEARED, Verdict.WITHDRAWN]
    assert current(page) == "A"
    assert page.said["queue"][1] == {"left": 3, "total": 3}


def test_only_verdicts_of_this_session_can_be_taken_back() -> None:
    presenter, page = opened(three())
    presenter.undo()
    assert "no verdict" in page.said["done"]


def test_next_unreviewed_goes_round_and_ends_in_words() -> None:
    presenter, page = opened(three())
    presenter.select("C")
    presenter.decide(Verdict.UNSURE, "")
    assert current(page) == "A"
    presenter.decide(Verdict.UNSURE, "")
    presenter.decide(Verdict.UNSURE, "")
    presenter.next_unreviewed()
    assert page.said["done"] == "Every contact in this list is reviewed."


@pytest.mark.parametrize(("wanted", "left"), [(Filter.DARK, ["A"]), (Filter.ZONE, ["B"]), (Filter.FLAGGED, ["A", "B"])])
def test_filters_narrow_the_queue(wanted: Filter, left: list[str]) -> None:
    presenter, page = opened(three())
    presenter.set_filters(frozenset({wanted}))
    assert [row.contact_id for row in page.said["queue"][0]] == left


def test_arrows_go_through_the_sightings_and_stop_at_the_ends() -> None:
    presenter, page = opened(three())
    presenter.step_sighting(1)
    presenter.step_sighting(1)
    assert [item.current for item in page.said["strip"]] == [False, True]
    assert page.said["frame"][0] == Path("f2.jpg")


def test_a_click_on_another_box_goes_to_its_contact() -> None:
    presenter, page = opened(three())
    presenter.show_sighting("b1")
    assert current(page) == "B"


def test_a_reason_shows_the_frame_that_proves_it() -> None:
    presenter, page = opened(three())
    presenter.step_sighting(1)
    presenter.show_reason("f1")
    assert page.said["frame"][0] == Path("f1.jpg")


def test_a_frame_shows_the_boxes_of_all_contacts_in_it() -> None:
    _, page = opened(three())
    boxes = page.said["frame"][1]
    assert [(b.sighting_id, b.mark, b.current) for b in boxes] == [("a1", "flagged", True), ("b1", "flagged", False)]


def test_the_card_speaks_in_units() -> None:
    _, page = opened(three())
    card = page.said["contact"]
    assert ("Length", "12 m") in card.facts
    assert card.position == "54.10000° N  7.00000° E"
    assert card.reasons[0].text == "no-ais because"


def test_triage_that_added_contacts_keeps_the_place() -> None:
    case = three()
    presenter, page = opened(case)
    presenter.select("B")
    case.contacts = (*case.contacts, contact("D", "d4"))
    presenter.refresh()
    assert current(page) == "B"
    assert page.said["queue"][1]["total"] == 4


@pytest.mark.parametrize(
    ("found", "says", "rows"),
    [
        (None, "No AIS log was given.", 0),
        (Association("A", Outcome.DARK), "No AIS report that was heard fits this vessel.", 0),
        (Association("A", Outcome.MATCHED, mmsi=244200000, name="HOPE"), "This vessel's AIS was heard.", 8),
        (Association("A", Outcome.AMBIGUOUS, mmsi=244200000), "decide by eye", 8),
    ],
)
def test_the_card_says_what_ais_declares_against_what_was_measured(
    found: Association | None, says: str, rows: int
) -> None:
    case = three()
    case.ais = {} if found is None else {"A": found}
    _, page = opened(case)
    assert says in page.said["contact"].identity
    assert len(page.said["contact"].declared) == rows
