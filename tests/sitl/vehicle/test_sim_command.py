import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pymavlink import mavutil
from typer.testing import CliRunner

from planner.model.errors import BadInput
from sitl.cli.sim import app

ROOT = Path(__file__).parents[3]
RUN = "from sitl.cli.sim import app; app()"


def test_it_says_where_to_connect_and_stops_on_an_interrupt() -> None:
    command = [sys.executable, "-c", RUN, "run", "--port", "0", "--speedup", "30", "--home", "51.95,4.05,7", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        said = json.loads(running.stdout.readline())
        link = mavutil.mavlink_connection(said["address"])
        assert link.wait_heartbeat(timeout=20) is not None
        link.close()
        running.send_signal(signal.SIGINT)
        rest, errors = running.communicate(timeout=20)
    assert (running.returncode, rest) == (0, "")
    assert "Traceback" not in errors
    assert (said["lat_deg"], said["msl_m"], said["footage"]) == (pytest.approx(51.95), 7.0, None)


def test_beside_the_pictures_lie_the_ais_log_and_the_zones_of_that_time(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN, "run", "--port", "0", "--footage", str(tmp_path / "frames"), "--json"]
    start = ["--start-utc", "2026-05-01T10:00:00Z", "--speedup", "50"]
    with subprocess.Popen(
        [*command, *start], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        said = json.loads(running.stdout.readline())
        harbour = Path(said["harbour"])
        before = json.loads((harbour / "scene.json").read_text())
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=20)
    after = json.loads((harbour / "scene.json").read_text())
    assert harbour == tmp_path / "frames" / "harbour"
    assert f"truth are in {harbour}" in errors
    assert before["start_utc"] == after["start_utc"] == "2026-05-01T10:00:00+00:00"
    assert after["end_utc"] > before["end_utc"]
    assert {path.name for path in harbour.iterdir()} >= {
        *(after["ais"], after["zones"], after["area"], "vessels.json", "flight.jsonl")
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["--home", "51.95"],
        ["--home", "here,there"],
        ["--home", "99,4"],
        ["--home", "51,4,nan"],
        ["--home", "nan,4"],
        ["--speedup", "0"],
        ["--speedup", "nan"],
        ["--wind", "strong"],
        ["--wind", "99@270"],
        ["--start-utc", "tomorrow"],
        ["--armable-s", "-1"],
        ["--armable-s", "nan"],
    ],
)
def test_bad_options_are_one_sentence(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["run", "--port", "0", *arguments])
    assert isinstance(result.exception, BadInput)
    assert "\n" not in str(result.exception)
