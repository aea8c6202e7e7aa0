import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings
from PyQt6.QtWebEngineCore import QWebEngineProfile

from gui.main_window import MainWindow
from gui.map.scheme import Guard
from gui.plan.draft import Draft, Drawn, DrawnZone, Foreign, Kept
from gui.plan.page import PlanPage
from gui.plan.unsaved import Keeper, draft_text, read_left
from gui.work import AtOnce
from planner.model.errors import BadInput
from planner.model.mission import FenceCircle, Home, Mission
from planner.model.patterns import PatrolParameters, PerimeterParameters, WatchPlace
from planner.model.plan import Area, AreaKind, Pattern
from planner.model.zone import Zone, ZoneRule
from tests.gui.hands import wait_for
from tests.gui.planning import SQUARE, camera, drone
from tests.planner.test_route_profile import OUT_AND_BACK

BLANK = Draft(drone(), camera())
AREA = Drawn("area-1", Area("Basin", AreaKind.POLYGON, tuple(SQUARE)))
ZONE = DrawnZone("area-2", Zone("Tower", ZoneRule.NO_FLY, tuple(SQUARE)))
DRAFTS = {
    "an area": replace(BLANK, areas=(AREA,), name="Watch", home=Home(SQUARE[0], 3.0)),
    "a zone alone": replace(BLANK, zones=(ZONE,)),
    "a pattern that is not complete": replace(BLANK, zones=(ZONE,), pattern=Pattern.PATROL),
    "settings of patterns that are not chosen": replace(
        BLANK,
        areas=(AREA,),
        own=(PerimeterParameters(laps=3), PatrolParameters((WatchPlace("w", (SQUARE[0],), 3.0),), regularity=0.5)),
    ),
    "settings of a pattern that is not complete": replace(
        BLANK, zones=(ZONE,), pattern=Pattern.PATROL, own=(PatrolParameters(patrol_min=12.0),)
    ),
    "a fence of a file": replace(BLANK, areas=(AREA,), kept=Kept(fence_circles=(FenceCircle(SQUARE[0], 500.0),))),
    "a mission made elsewhere": replace(
        BLANK, name="theirs", foreign=Foreign("theirs.waypoints", Mission(OUT_AND_BACK.items), ("a note",))
    ),
}


def no_failure(error: Exception) -> None:
    raise error


def without_ids(draft: Draft) -> Draft:
    return replace(
        draft,
        areas=tuple(replace(d, id="") for d in draft.areas),
        zones=tuple(replace(d, id="") for d in draft.zones),
    )


@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS.keys())
def test_a_draft_comes_back_as_it_was(draft: Draft, tmp_path: Path) -> None:
    kept = tmp_path / "unsaved-1.json"
    kept.write_text(draft_text(draft, tmp_path / "a.plan"))
    left = read_left(kept)
    assert without_ids(left.draft) == without_ids(draft)
    assert left.path == tmp_path / "a.plan"


def test_what_a_running_window_keeps_is_not_taken_from_it(tmp_path: Path) -> None:
    running, other = (Keeper(tmp_path, AtOnce(), no_failure) for _ in range(2))
    running.keep(DRAFTS["an area"], None, unsaved=True)
    assert len(list(tmp_path.glob("*.json"))) == 1
    assert other.find_left() is None
    running.close()


def test_a_saved_draft_and_a_closed_window_leave_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "unsaved"
    keeper = Keeper(folder, AtOnce(), no_failure)
    keeper.keep(DRAFTS["an area"], None, unsaved=True)
    assert len(list(folder.glob("*.json"))) == 1
    keeper.keep(DRAFTS["an area"], tmp_path / "a.plan", unsaved=False)
    assert list(folder.glob("*.json")) == []
    keeper.keep(DRAFTS["a zone alone"], None, unsaved=True)
    keeper.close()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_put_aside_and_told(tmp_path: Path) -> None:
    (tmp_path / "unsaved-1.json").write_text('{"quaywatch_unsaved": 1, "pl')
    with pytest.raises(BadInput, match="not valid JSON"):
        Keeper(tmp_path, AtOnce(), no_failure).find_left()
    assert (tmp_path / "unsaved-1.damaged").is_file()
    assert Keeper(tmp_path, AtOnce(), no_failure).find_left() is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told: list[Exception] = []
    Keeper(tmp_path / "file", AtOnce(), told.append).keep(DRAFTS["an area"], None, unsaved=True)
    assert len(told) == 1


KILLED = """
import sys
from pathlib import Path
from gui.app import make_application, make_window
from gui.plan.page import PlanPage
from PyQt6.QtCore import QSettings, QTimer
from tests.gui.planning import SQUARE
application = make_application(["quaywatch"])
settings = QSettings(sys.argv[1], QSettings.Format.IniFormat)
window, guard = make_window(application, settings, [PlanPage])
window.show_page("plan")
page = window.page("plan")
page.presenter.add_drawn("polygon", SQUARE)
page.presenter.rename("Night watch")
folder = Path(settings.fileName()).parent / "unsaved"
look = QTimer()
look.timeout.connect(lambda: print("kept", flush=True) if list(folder.glob("*.json")) else None)
look.start(20)
application.exec()
"""


def killed_while_planning(settings_file: str) -> None:
    """A real window in a process of its own, ended by SIGKILL once its plan is kept."""
    process = subprocess.Popen([sys.executable, "-c", KILLED, settings_file], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "kept\n"
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        process.stdout.close()


def test_after_kill_9_the_next_start_opens_the_plan_again(
    guarded: tuple[QWebEngineProfile, Guard], settings: QSettings, tmp_path: Path
) -> None:
    killed_while_planning(settings.fileName())
    window = MainWindow(guarded[0], [PlanPage], settings)
    window.show_page("plan")
    page = window.page("plan")
    assert isinstance(page, PlanPage)
    wait_for(lambda: bool(page.presenter.draft.areas))
    assert page.title() == "Plan 'Night watch'"
    assert page.unsaved()
    assert "open again" in window.messages()[0]
    folder = tmp_path / "unsaved"
    wait_for(lambda: len(list(folder.glob("*.json"))) == 1)
    window.discard_changes()
    window.close()
    assert list(folder.glob("*.json")) == []
