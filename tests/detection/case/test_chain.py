from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from detection.case.chain import Event, broken_links, next_event

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DATA = st.dictionaries(st.text(), st.text() | st.integers() | st.booleans() | st.none(), max_size=4)


def chain_of(entries: list[dict[str, object]]) -> list[Event]:
    events: list[Event] = []
    for data in entries:
        events.append(next_event(events[-1] if events else None, at_utc=NOW, kind="note", data=data))  # type: ignore[arg-type]
    return events


@given(st.lists(DATA, max_size=8))
def test_a_chain_as_it_was_written_is_sound(entries: list[dict[str, object]]) -> None:
    assert broken_links(chain_of(entries)) == ()


@given(st.lists(DATA, min_size=1, max_size=8), st.data())
def test_any_changed_field_shows(entries: list[dict[str, object]], data: st.DataObject) -> None:
    events = chain_of(entries)
    n = data.draw(st.integers(0, len(events) - 1))
    name = data.draw(st.sampled_from(["at_utc", "kind", "data", "previous_sha256", "sha256"]))
    changed = replace(events[n], **{name: getattr(events[n], name) + "x"})
    assert broken_links([*events[:n], changed, *events[n + 1 :]])


@given(st.lists(DATA, min_size=2, max_size=8), st.data())
def test_taking_one_out_before_the_end_shows(entries: list[dict[str, object]], data: st.DataObject) -> None:
    events = chain_of(entries)
    n = data.draw(st.integers(0, len(events) - 2))
    assert broken_links(events[:n] + events[n + 1 :])


@given(st.lists(DATA, min_size=2, max_size=8, unique_by=repr), st.randoms())
def test_another_order_shows(entries: list[dict[str, object]], random: object) -> None:
    events = chain_of(entries)
    mixed = events[1:] + events[:1]
    assert broken_links(mixed)
