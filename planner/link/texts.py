"""STATUSTEXT chunks joined into whole sentences (https://mavlink.io/en/messages/common.html#STATUSTEXT).

A text of 50 bytes without a terminator may go on in the next chunk of the same `id`; id 0 means a text of one chunk.
A missing chunk is shown as "...", because half a warning is better than none.
"""

from dataclasses import dataclass, replace

from planner.link.messages import Address, Received, StatusText

CHUNK = 50
LONGEST_WAIT_S = 1.0
ARMING = ("PreArm:", "Arm:", "Preflight Fail:", "Arming denied")
"""How texts begin that say why a vehicle cannot be armed: ArduPilot's, and PX4's."""
MOST_CHUNKS = 20


@dataclass(frozen=True, slots=True)
class _Open:
    """A text whose end has not arrived."""

    source: Address
    severity: int
    id: int
    parts: tuple[tuple[int, str], ...]
    at_s: float

    @property
    def whole(self) -> Received:
        """What has arrived of it, as one text."""
        words, expected = "", 0
        for number, part in sorted(dict(self.parts).items()):
            words += part if number == expected else "..." + part
            expected = number + 1
        return Received(self.source, StatusText(self.severity, words, 0, 0))


@dataclass(frozen=True, slots=True)
class TextJoiner:
    """Joins chunks; give it every STATUSTEXT and call `on_tick` now and then."""

    open: tuple[_Open, ...] = ()

    def on_text(self, source: Address, text: StatusText, now_s: float) -> tuple["TextJoiner", tuple[Received, ...]]:
        """The texts that are complete now."""
        if text.id == 0:
            return self, (Received(source, StatusText(text.severity, text.text, 0, 0)),)
        mine = next((o for o in self.open if o.source == source and o.id == text.id), None)
        others = tuple(o for o in self.open if o is not mine)
        done: tuple[Received, ...] = ()
        if mine is None:  # a new text of the same sender ends the one before
            done = tuple(o.whole for o in others if o.source == source)
            others = tuple(o for o in others if o.source != source)
            mine = _Open(source, text.severity, text.id, (), now_s)
        mine = replace(mine, parts=(*mine.parts, (text.chunk_seq, text.text)))
        if len(text.text.encode()) < CHUNK or len(mine.parts) >= MOST_CHUNKS:
            return TextJoiner(others), (*done, mine.whole)
        return TextJoiner((*others, mine)), done

    def on_tick(self, now_s: float) -> tuple["TextJoiner", tuple[Received, ...]]:
        """Gives up waiting for chunks that did not come within a second."""
        late = tuple(o for o in self.open if now_s - o.at_s >= LONGEST_WAIT_S)
        if not late:
            return self, ()
        return TextJoiner(tuple(o for o in self.open if o not in late)), tuple(o.whole for o in late)
