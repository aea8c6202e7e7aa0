"""The real SITL's launcher, against a program that behaves at the door like ArduCopter, and without a network."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from sitl.arducopter import Launch, RealArduCopter, binary_of
from sitl.cli.sim import app

pytestmark = [  # dronekit-sitl leaves the binary open after it has looked into it
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ROOT = Path(__file__).parents[3]
FAKE = Path(__file__).with_name("fake_arducopter.py")
RUN = [sys.executable, "-c", "from sitl.cli.sim import app; app()", "arducopter"]


def start(**changes: object) -> RealArduCopter:
    return RealArduCopter(Launch(FAKE, LatLon(54.1, 7.0), 3.0, **changes))  # type: ignore[arg-type]


def hear(port: int) -> list[str]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        heard = b""
        while not heard.endswith(b"\n.\n"):
            heard += link.recv(4096)
    return heard.decode().splitlines()


def test_it_starts_at_home_with_parameters_that_arm_and_leaves_nothing_behind() -> None:
    with start(speedup=5) as running:
        said = hear(running.port)
        folder = Path(next(line for line in said if line.startswith("/") and not line.endswith(".parm")))
        assert (folder / "eeprom.bin").exists()
        assert not running.listens_beyond_this_computer()
    assert "--home=54.1000000,7.0000000,3,0" in said
    assert {"FRAME_CLASS 1", "-w", "--model=quad"} <= set(said)
    assert said[said.index("--speedup") + 1] == "5"
    assert not folder.exists()
    assert not running.folder.exists()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", running.port), timeout=2).close()


def test_two_at_a_time_have_ports_and_folders_of_their_own() -> None:
    with start() as one, start() as two:
        assert abs(one.port - two.port) % 10 == 0
        assert one.port != two.port
        assert one.folder != two.folder
        with pytest.raises(BadInput, match="in use"):
            start(instance=(one.port - 5760) // 10).__enter__()


def test_a_binary_that_dies_is_one_sentence_with_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_ARDUCOPTER", "dies")
    with pytest.raises(BadInput, match=r"ended with code 1 at its start: 'no such model'"), start():
        pass


def test_a_binary_that_never_waits_for_a_client_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_ARDUCOPTER", "mute")
    running = start(patience_s=1.5)
    with pytest.raises(BadInput, match=r"within 1.5 s"), running:
        pass
    assert not running.folder.exists()


def test_the_command_announces_its_address_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    plan = tmp_path / "a.plan"
    plan.write_text(json.dumps({"mission": {"plannedHomePosition": [54.2, 7.1, 4]}}))
    command = [*RUN, "--binary", str(FAKE), "--plan", str(plan), "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        port = json.loads(running.stdout.readline())["port"]
        assert "--home=54.2000000,7.1000000,4,0" in hear(port)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=20)
    assert running.returncode == 0
    assert "Traceback" not in errors


@pytest.mark.parametrize("version", [[], ["--version", "3.3"]])
def test_without_binary_and_network_it_says_what_to_do(version: list[str], tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this computer lets nobody make an empty network (unshare -rn)")
    script = (
        "import sys\nfrom planner.model.errors import QuaywatchError\nfrom sitl.cli.sim import app\n"
        "try: app(standalone_mode=False)\nexcept QuaywatchError as e: print(e); sys.exit(2)"
    )
    command = [unshare, "-rn", sys.executable, "-c", script, "arducopter", *version]
    env = os.environ | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "name a binary with --binary PATH" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--binary", "no/such/file"],
        ["--binary", "/bin/true"],
        ["--binary", str(Path(__file__))],
        ["--binary", "x", "--version", "3.3"],
        ["--plan", "none.plan"],
        ["--plan", str(FAKE)],
        ["--home", "1"],
    ],
)
def test_bad_options_are_one_sentence(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["arducopter", *arguments])
    assert isinstance(result.exception, BadInput)
    assert "\n" not in str(result.exception)


def test_a_named_binary_is_taken_as_it_is() -> None:
    assert binary_of(FAKE, None) == FAKE
