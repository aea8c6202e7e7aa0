"""Missions under water, as ArduSub's commands_logic.cpp runs them.

Heights must be relative to home (frame 3) and not above it; an item that is not so, or that ArduSub does not know, is
passed over with a text. NAV_LAND goes to its place at the present depth and surfaces; RTL goes home to the surface.
The vehicle stays armed at the end and holds its place.
"""

from typing_extensions import override

from sitl.autopilot.actions import spot_of
from sitl.autopilot.messages import Severity
from sitl.autopilot.runner import Runner
from sitl.autopilot.sub.tasks import Surface
from sitl.autopilot.tasks import Hold, Leg, Steps, Task, replace_up
from sitl.missions import Item

_KNOWN = frozenset({16, 17, 18, 19, 20, 21, 82, 92, 93})
_RELATIVE = 3


class SubRunner(Runner):
    """Where the mission stands."""

    @override
    def _begin(self, item: Item, index: int, previous: Task | None) -> Task:
        if item.command not in _KNOWN:
            self._now.say(Severity.WARNING, f"Skipping invalid cmd #{item.command}")
            return _Skipped()
        if item.has_place or item.z != 0:
            problem = _problem(item)
            if problem is not None:
                self._now.say(Severity.WARNING, problem)
                return _Skipped()
        if item.command == 20:
            home = self._now.home_or_launch
            return Leg(self._now.here, home, self._actions.cruise_m_s())
        if item.command == 21:
            return self._surface(item)
        return super()._begin(item, index, previous)

    @override
    def _tell_reached(self, index: int) -> None:
        if not isinstance(self.task, _Skipped):
            super()._tell_reached(index)

    def _surface(self, item: Item) -> Task:
        here = self._now.here
        if not item.has_place:
            return Surface()
        over = replace_up(spot_of(self._now, item, default_up_m=here.up_m) or here, here.up_m)
        return Steps([Leg(here, over, self._actions.cruise_m_s()), Surface(over)])


class _Skipped(Hold):
    """An item that is passed over at once."""

    def __init__(self) -> None:
        super().__init__(done=True)


def _problem(item: Item) -> str | None:
    """Why ArduSub does not go there; None if it does."""
    if item.z > 0:
        return f"BAD NAV ALT {item.z * 100:.2f}"
    if item.frame != _RELATIVE:
        return f"BAD NAV AltFrame {item.frame}"
    return None
