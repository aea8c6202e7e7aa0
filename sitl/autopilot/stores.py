"""The three lists that a vehicle keeps: mission, fence and rally points, and what it says while they change."""

from collections.abc import Callable

from sitl.autopilot.messages import MissionResult, MissionType, Severity
from sitl.autopilot.situation import Situation
from sitl.missions import (
    MAX_FENCE_ITEMS,
    MAX_MISSION_ITEMS,
    MAX_RALLY_POINTS,
    Item,
    Refused,
    fence_item,
    fence_problem,
    mission_item,
    rally_item,
)

LIMITS = {
    MissionType.MISSION: MAX_MISSION_ITEMS,
    MissionType.FENCE: MAX_FENCE_ITEMS,
    MissionType.RALLY: MAX_RALLY_POINTS,
}


class Stores:
    """Mission items overwrite the old ones as they come; fence and rally points change only as a whole."""

    def __init__(self, now: Situation, *, mission_changed: Callable[[], None]) -> None:
        self._now = now
        self._mission_changed = mission_changed
        self.mission: list[Item] = []
        self.fence: tuple[Item, ...] = ()
        self.rally: tuple[Item, ...] = ()
        self._coming: list[Item] = []

    def count(self, kind: MissionType) -> int:
        """How many items a list has; a mission's home slot is counted."""
        match kind:
            case MissionType.MISSION:
                return len(self.mission)
            case MissionType.FENCE:
                return len(self.fence)
            case MissionType.RALLY:
                return len(self.rally)

    def item(self, kind: MissionType, sequence: int) -> Item | None:
        """One item as it reads back; item 0 of a mission is the live home."""
        items = {MissionType.FENCE: self.fence, MissionType.RALLY: self.rally}.get(kind, self.mission)
        if not 0 <= sequence < len(items):
            return None
        return self._home() if kind is MissionType.MISSION and sequence == 0 else items[sequence]

    def begin(self, kind: MissionType, count: int) -> None:
        """A new list of `count` items is about to come."""
        self._coming = []
        if kind is MissionType.MISSION and count < len(self.mission):
            del self.mission[count:]
            self._totals()

    def put(self, kind: MissionType, sequence: int, item: Item, *, count: int) -> Refused | None:
        """Keeps one item of a list being uploaded, or says why not."""
        if kind is MissionType.MISSION:
            kept = mission_item(item, count=count)
        else:
            kept = fence_item(item) if kind is MissionType.FENCE else rally_item(item)
        if isinstance(kept, Refused):
            return kept
        if kind is not MissionType.MISSION:
            self._coming.append(kept)
            return None
        if sequence < len(self.mission):
            self.mission[sequence] = kept
        elif sequence == len(self.mission):
            self.mission.append(kept)
        else:
            return Refused(MissionResult.ERROR)
        self._totals()
        self._mission_changed()
        return None

    def finish(self, kind: MissionType) -> Refused | None:
        """The last item has come: fence and rally points are checked as a whole and replaced."""
        match kind:
            case MissionType.MISSION:
                self._now.say(Severity.INFO, "Flight plan received")
            case MissionType.FENCE:
                problem = fence_problem(tuple(self._coming))
                if problem is not None:
                    self._now.say(Severity.WARNING, problem)
                    return Refused(MissionResult.ERROR, problem)
                self.fence = tuple(self._coming)
                self._now.say(Severity.DEBUG, "Fence Indexed OK")
            case MissionType.RALLY:
                self.rally = tuple(self._coming)
        self._totals()
        return None

    def clear(self, kind: MissionType) -> None:
        """Forgets a list."""
        match kind:
            case MissionType.MISSION:
                self.mission.clear()
                self._mission_changed()
            case MissionType.FENCE:
                self.fence = ()
            case MissionType.RALLY:
                self.rally = ()
        self._totals()

    def replace_mission(self, items: list[Item]) -> None:
        """A whole new mission, home slot first; empty for none."""
        self.mission = items
        self._totals()
        self._mission_changed()

    def _totals(self) -> None:
        self._now.parameters.keep("MIS_TOTAL", len(self.mission))
        self._now.parameters.keep("FENCE_TOTAL", len(self.fence) + 2 if self.fence else 0)
        self._now.parameters.keep("RALLY_TOTAL", len(self.rally))

    def _home(self) -> Item:
        if self._now.home is None:
            return Item(command=16)
        at = self._now.place_of(self._now.home)
        return Item(
            command=16,
            x=round(at.lat_deg * 1e7),
            y=round(at.lon_deg * 1e7),
            z=round(self._now.msl_of(self._now.home.up_m), 2),
        )
