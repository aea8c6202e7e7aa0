"""Reads what a vessel does from a scenario file: `behaviour`, and the shorter `way` and `does`."""

from typing import TypeVar

from sitl.scenario.acts import STAYS, Act, Doing, Drop, Enter, Go, Meet, PickUp, Stay, When
from sitl.scenario.node import Node
from sitl.world.handling import HANDLING, KNOT_M_S

AnAct = TypeVar("AnAct", Stay, Go, Meet, Drop, PickUp, Enter)
LONGEST_S = 1e5
USUAL_SHARE = 0.6
"""The part of a kind's top speed that is its usual one."""


def read_acts(node: Node, kind: str) -> tuple[Act, ...]:
    """The acts of a vessel of a kind; empty: it lies where it is.

    Raises:
        BadInput: an act that cannot be; names the place and the field.
    """
    given = [key for key in ("behaviour", "way", "does") if key in node]
    if len(given) > 1:
        raise node.refuse(f"has both '{given[1]}' and '{given[0]}': give one of them")
    if "way" in node:
        return tuple(_go(row, kind, fast=False) for row in node.nodes("way"))
    if "does" in node:
        return (Stay(_stay_word(node, "does")),)
    if node.is_text("behaviour"):
        return (Stay(_stay_word(node, "behaviour")),)
    acts = tuple(_act(row, kind) for row in node.nodes("behaviour"))
    for act in acts[:-1]:
        if isinstance(act, Stay) and act.for_s is None:
            raise node.refuse(f"'behaviour': '{act.doing}' lasts to the end; give it 'for_s', or put it last")
    return acts


def _stay_word(node: Node, key: str) -> Doing:
    word = node.word(key, Doing)
    if word not in STAYS:
        raise node.refuse(
            f"'{key}': {word.value!r} needs more than a word; give a list of acts, as - {{do: {word.value}, ...}}"
        )
    return word


def _act(node: Node, kind: str) -> Act:
    match node.word("do", Doing):
        case Doing.TRANSIT:
            return _go(node, kind, fast=False)
        case Doing.SPEED_RUN:
            return _go(node, kind, fast=True)
        case Doing.RENDEZVOUS:
            at = node.place("at") if "at" in node else None
            lasts = node.maybe("for_s", 1, LONGEST_S)
            return _done(node, Meet(node.text("with"), _speed(node, kind), lasts, at, _when(node)))
        case Doing.DROP:
            return _drop(node, kind)
        case Doing.PICK_UP:
            return _done(node, PickUp(node.text("object"), _speed(node, kind), _lasts(node, 20), _when(node)))
        case Doing.ENTER:
            to = node.place("to") if "to" in node else None
            return _done(node, Enter(node.text("zone"), _speed(node, kind), _lasts(node, 60), to, _when(node)))
        case Doing.LIE | Doing.MOORED | Doing.ANCHORED | Doing.LOITER | Doing.DRIFT as word:
            return _stay(node, word, kind)


def _stay(node: Node, word: Doing, kind: str) -> Stay:
    for_s = node.maybe("for_s", 1, LONGEST_S)
    begins = When(from_s=node.maybe("from_s", 0, LONGEST_S))
    if word is not Doing.LOITER:
        return _done(node, Stay(word, for_s, when=begins))
    speed = _speed(node, kind) if "knots" in node else min(1.5, 0.8 * HANDLING[kind].top_knots * KNOT_M_S)
    return _done(node, Stay(word, for_s, node.maybe("radius_m", 5, 2000), speed, begins))


def _go(node: Node, kind: str, *, fast: bool) -> Go:
    speed = _speed(node, kind) if "knots" in node or not fast else HANDLING[kind].top_knots * KNOT_M_S
    return _done(node, Go(node.place("to"), speed, node.number("wait_s", 0, LONGEST_S, 0), fast, _when(node)))


def _drop(node: Node, kind: str) -> Drop:
    size = node.place("size_m") if "size_m" in node else (1.2, 0.8)
    if not (0.3 <= size[1] <= size[0] <= 4.0):
        raise node.refuse(f"'size_m' must be [length, width] with 0.3 <= width <= length <= 4, got {list(size)}")
    why = node.text("why") if "why" in node else None
    made = Drop(node.text("object"), node.place("to"), _speed(node, kind), _lasts(node, 10), size, why, _when(node))
    return _done(node, made)


def _speed(node: Node, kind: str) -> float:
    """The speed under `knots`, in m/s; without it the usual one of the kind."""
    top = HANDLING[kind].top_knots
    knots = node.number("knots", 0.2, 60, max(0.2, round(USUAL_SHARE * top)))
    if knots > top:
        raise node.refuse(f"'knots': a {kind} does {top:g} knots at most, got {knots:g}")
    return knots * KNOT_M_S


def _lasts(node: Node, usual_s: float) -> float:
    return node.number("for_s", 1, LONGEST_S, usual_s)


def _when(node: Node) -> When:
    return When(node.maybe("from_s", 0, LONGEST_S), node.maybe("at_s", 0, LONGEST_S))


def _done(node: Node, act: AnAct) -> AnAct:
    node.done()
    return act
