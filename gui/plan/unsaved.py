"""What is planned and not saved yet, kept on the disk: after a crash or a power cut the next start finds it again.

Each window has a file and a lock of its own in the folder. The system lets the lock go when a process ends, however
it ends; so a file whose lock is free was left behind. No Qt.
"""

import contextlib
import fcntl
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from gui.plan.draft import Draft, Drawn, Foreign, Ids, Kept, draft_of, kept_of
from gui.work import Work
from planner.formats.fields import Fields
from planner.formats.files import parse_json, read_text, write_whole
from planner.formats.parameters import value_from, value_json
from planner.formats.plan_data import plan_from, plan_json
from planner.formats.qgc_read import mission_from_plan
from planner.formats.qgc_write import plan_text
from planner.geo.points import LatLon
from planner.model.errors import BadInput, QuaywatchError
from planner.model.mission import Mission
from planner.model.patterns import PARAMETERS, Parameters
from planner.model.plan import Area, AreaKind, Pattern

VERSION = 1
KEEP_AFTER_MS = 800
_STAND_IN = Area("nothing drawn yet", AreaKind.POLYGON, (LatLon(0, 0), LatLon(0, 0.001), LatLon(0.001, 0)))


@dataclass(frozen=True, slots=True)
class Left:
    """A draft that was left behind, the file it belongs to (None: never saved), and when it was kept."""

    draft: Draft
    path: Path | None
    at_utc: datetime
    source: Path

    def told(self, *, opened: bool) -> str:
        """What is said of it: it was opened, or it waits because another plan is open."""
        when = f"{self.at_utc:%Y-%m-%d %H:%M} UTC"
        if not opened:
            return f"Plan '{self.draft.name}' of {when} was left unsaved. It is kept, and opens at the next start."
        return (
            f"Plan '{self.draft.name}' was not saved when Quaywatch ended without being closed. It is open again as "
            f"it was at {when}: save it (Ctrl+S), or begin a new plan (Ctrl+N)."
        )


def draft_text(draft: Draft, path: Path | None) -> str:
    """A draft as JSON, complete or not."""
    mission = Mission((), home=draft.home) if draft.foreign is None else draft.foreign.mission
    own: dict[str, object]
    try:
        own, whole = plan_json(draft.plan()), True
    except ValueError:  # not enough yet to be a plan
        areas = draft.areas or (Drawn("", _STAND_IN),)
        stand_in = replace(draft, areas=areas, pattern=Pattern.AREA, foreign=None)
        own, whole = plan_json(stand_in.plan()), False
    document = {
        "quaywatch_unsaved": VERSION,
        "file": None if path is None else str(path),
        "whole": whole,
        "pattern": draft.pattern.value,
        "has_home": mission.home is not None,
        "has_areas": bool(draft.areas),
        "foreign": None if draft.foreign is None else [draft.foreign.name, *draft.foreign.notes],
        "own": [[_pattern_of(given).value, value_json(given)] for given in draft.own],
        "speeds_m_s": [mission.cruise_speed_m_s, mission.hover_speed_m_s],
        "mission": json.loads(plan_text(draft.kept.on(mission), autopilot=draft.drone.autopilot, own=None)),
        "plan": own,
    }
    return json.dumps(document)


def read_left(source: Path) -> Left:
    """A draft that was left behind.

    Raises:
        BadInput: damaged; names what.
    """
    document = parse_json(read_text(source), source)
    given = Fields(document, source, "unsaved plan")
    if given.whole("quaywatch_unsaved") != VERSION:
        raise given.refuse("was kept by another version of Quaywatch")
    draft = draft_of(plan_from(given.raw("plan"), source), Ids())
    draft = draft if given.raw("has_areas") else replace(draft, areas=())
    draft = draft if given.raw("whole") else replace(draft, pattern=Pattern(given.text("pattern")))
    mission, _ = mission_from_plan(given.raw("mission"), source)
    speeds = given.raw("speeds_m_s")
    cruise, hover = speeds if isinstance(speeds, list) and len(speeds) == 2 else (None, None)
    kept = kept_of(mission)
    mission = replace(
        Kept().on(mission, always=True),
        home=mission.home if given.raw("has_home") else None,
        cruise_speed_m_s=cruise,
        hover_speed_m_s=hover,
    )
    if "own" in given:  # else it was kept before this was
        draft = replace(draft, own=tuple(_own_from(row, source) for row in given.rows("own", most=len(PARAMETERS))))
    foreign = given.raw("foreign")
    if isinstance(foreign, list) and foreign:
        draft = replace(draft, foreign=Foreign(str(foreign[0]), mission, tuple(str(note) for note in foreign[1:])))
    path = given.raw("file")
    at_utc = datetime.fromtimestamp(source.stat().st_mtime, UTC)
    return Left(replace(draft, kept=kept), Path(path) if isinstance(path, str) else None, at_utc, source)


def _pattern_of(own: Parameters) -> Pattern:
    """A pattern that takes parameters of that class."""
    return next(pattern for pattern, known in PARAMETERS.items() if known is type(own))


def _own_from(row: object, source: Path) -> Parameters:
    if not (isinstance(row, list) and len(row) == 2 and row[0] in PARAMETERS):
        raise BadInput(source, "unsaved plan: 'own' has an entry that is no pattern with its parameters")
    return value_from(PARAMETERS[Pattern(row[0])], row[1], source, f"unsaved plan: parameters of {row[0]}")


class Keeper:
    """Keeps the draft of one window in `folder`; `failed` hears a sentence when it cannot."""

    def __init__(self, folder: Path, work: Work, failed: Callable[[Exception], None]) -> None:
        self._folder = folder
        self._work = work
        self._failed = failed
        self._path = folder / f"unsaved-{uuid4().hex}.json"
        self._lock_file: IO[bytes] | None = None
        self._guard = threading.Lock()
        self._turn = 0
        self._kept: tuple[Draft, Path | None, bool] | None = None

    def keep(self, draft: Draft, path: Path | None, *, unsaved: bool) -> None:
        """Keep this draft from now on; one that is saved needs no keeping."""
        if (draft, path, unsaved) == self._kept or (self._kept is None and not unsaved):
            return
        self._kept = (draft, path, unsaved)
        self._turn += 1
        turn = self._turn

        def write() -> None:
            with self._guard:
                if turn == self._turn:
                    self._write(draft_text(draft, path) if unsaved else None)

        self._work.latest("unsaved", write, lambda _: None, self._failed, after_ms=KEEP_AFTER_MS if unsaved else 0)

    def find_left(self) -> Left | None:
        """The newest draft that a window left behind when it did not end as it should; None for none.

        It stays on the disk until `take_over`. One that cannot be read is put aside as .damaged.

        Raises:
            BadInput: there is one, and it cannot be read.
        """
        found = sorted(self._folder.glob("unsaved-*.json"), key=lambda p: p.stat().st_mtime, reverse=True)
        for source in found:
            if source == self._path or _is_held(source.with_suffix(".lock")):
                continue
            try:
                return read_left(source)
            except (QuaywatchError, ValueError):
                source.replace(source.with_suffix(".damaged"))
                raise
        return None

    def take_over(self, left: Left) -> None:
        """Go on with a draft that was left behind: it is kept as this window's own, then the old file goes."""

        def move() -> None:
            with self._guard:
                self._write(draft_text(left.draft, left.path))
                left.source.unlink(missing_ok=True)
                left.source.with_suffix(".lock").unlink(missing_ok=True)

        self._work.run(move, lambda _: None, self._failed)

    def close(self) -> None:
        """The window ends as it should: nothing is left behind."""
        with self._guard:
            self._turn += 1
            self._write(None)
            if self._lock_file is not None:
                self._lock_file.close()
                self._path.with_suffix(".lock").unlink(missing_ok=True)
                self._lock_file = None
                with contextlib.suppress(OSError):  # others keep something there
                    self._folder.rmdir()

    def _write(self, text: str | None) -> None:
        if text is None:
            self._path.unlink(missing_ok=True)
            return
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._lock_file is None:
            self._lock_file = self._path.with_suffix(".lock").open("wb")
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        write_whole(self._path, text)


def _is_held(lock: Path) -> bool:
    """Whether a running window holds a lock."""
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
