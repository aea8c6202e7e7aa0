import json
from pathlib import Path

from typer.testing import CliRunner

import quaywatch
from gui.plan.planning import QuaywatchPlanning
from gui.plan.presenter import PlanPresenter
from gui.plan.services import Sorties
from gui.work import AtOnce
from planner.model.drift import Flow
from tests.gui.planning import FRAME, SQUARE, FakePage, FakePlanning, presenter

WIDE = FRAME.to_places([(-1200, -1200), (1200, -1200), (1200, 1200), (-1200, 1200)])


def real(save_to: Path) -> tuple[PlanPresenter, FakePage]:
    page = FakePage(save_to=save_to)
    return PlanPresenter(page, QuaywatchPlanning(), AtOnce()), page


def test_a_briefing_is_written_as_the_command_writes_it(tmp_path: Path) -> None:
    p, page = real(tmp_path / "a.html")
    p.add_drawn("polygon", SQUARE)
    p.set_home(SQUARE[0])
    p.set_outlook("wind", Flow(6, 250))
    p.set_outlook("contacts", ("Port control: VHF 12",))
    p.brief()
    assert "its verdict is" in page.said[-1]
    text = (tmp_path / "a.html").read_text()
    assert "Port control" in text
    assert "6 m/s from 250" in text


def test_a_briefing_with_a_contact_that_cannot_be_reached_is_refused_in_a_sentence(tmp_path: Path) -> None:
    p, page = real(tmp_path / "a.pdf")
    p.add_drawn("polygon", SQUARE)
    p.set_outlook("contacts", ("Port control",))
    p.brief()
    assert "is not NAME: how to reach" in page.said[-1]
    assert not (tmp_path / "a.pdf").exists()


def test_sorties_are_written_as_the_command_writes_them(tmp_path: Path) -> None:
    p, page = real(tmp_path / "wide.plan")
    p.add_drawn("polygon", WIDE)
    p.rename("wide")
    p.set_home(WIDE[0])
    p.save()
    p.split(Sorties(drones=2, height_step_m=20), tmp_path)
    ours = sorted(file.name for file in tmp_path.glob("wide-drone*.plan"))
    command = ["plan", "split", str(tmp_path / "wide.plan"), "-o", str(tmp_path / "by-command"), "--drones", "2"]
    done = CliRunner().invoke(quaywatch.app, [*command, "--height-step-m", "20", "--json"])
    theirs = sorted(Path(row["plan"]).name for row in json.loads(done.stdout)["sorties"])
    assert ours == theirs
    assert len(ours) > 1
    assert all((tmp_path / name).read_text() == (tmp_path / "by-command" / name).read_text() for name in ours)
    p.split(Sorties(drones=2), tmp_path)
    assert "exists already" in page.said[-1]


def test_the_page_and_the_command_give_one_verdict_on_a_saved_plan(tmp_path: Path) -> None:
    p, page = real(tmp_path / "a.plan")
    p.add_drawn("polygon", SQUARE)
    p.set_home(SQUARE[0])
    p.add_drawn("polygon", FRAME.to_places([(-20, -20), (20, -20), (20, 20)]))
    p.set_role("area-2", p._shown().rows[1].role.NO_FLY)
    p.set_outlook("wind", Flow(9.5, 250))
    p.set_outlook("gust_m_s", 16.0)
    p.save()
    done = CliRunner().invoke(quaywatch.app, ["plan", "check", str(tmp_path / "a.plan"), "--json"])
    told = json.loads(done.stdout)
    assert told["flyable"] == page.now().can_send
    errors = [row["message"] for row in told["problems"] if row["severity"] == "error"]
    assert list(page.now().problems) == errors
    assert errors


def test_nothing_is_written_where_there_is_nothing() -> None:
    p, page, planning = presenter()
    page.save_to = Path("a.plan")
    p.brief()
    p.save()
    assert planning.files == {}
    assert planning.briefed == []
    assert "draw an area first" in page.said[-1]


def test_what_a_format_cannot_hold_is_said() -> None:
    p, page, _ = presenter(FakePlanning(lost=("areas are not part of a waypoint file",)))
    page.save_to = Path("a.waypoints")
    p.add_drawn("polygon", SQUARE)
    p.save()
    assert page.said[-1] == "Saved as a.waypoints: areas are not part of a waypoint file."
