"""The real ArduCopter SITL through dronekit-sitl: started to arm, watched until ready, stopped cleanly.

dronekit-sitl waits for ever for a binary that says nothing, kills with SIGKILL, leaves its folder behind, and answers
a missing network with whatever went wrong last; here each of these has its own answer.
"""

import contextlib
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.geo.points import LatLon
from planner.model.errors import BadInput, QuaywatchError

HOST = "127.0.0.1"
FIRST_PORT, PORTS_APART, INSTANCES = 5760, 10, 20
_SERIALS = (0, 2, 3)
_NETWORK_S = 10.0
_TERM_S = 5.0
PARAMETERS: tuple[tuple[str, float], ...] = (
    ("FRAME_CLASS", 1),
    ("FRAME_TYPE", 0),
    ("ARMING_CHECK", 1),
    ("BATT_MONITOR", 4),
    ("BATT_CAPACITY", 5000),
    ("FS_THR_ENABLE", 0),
    ("FS_GCS_ENABLE", 0),
    ("FENCE_TYPE", 4),
    ("CAM1_TYPE", 1),
    ("MNT1_TYPE", 1),
    ("WP_YAW_BEHAVIOR", 2),
    ("COMPASS_OFS_X", 5),
    ("COMPASS_OFS_Y", 13),
    ("COMPASS_OFS_Z", -18),
    ("COMPASS_OFS2_X", 5),
    ("COMPASS_OFS2_Y", 13),
    ("COMPASS_OFS2_Z", -18),
    ("COMPASS_OFS3_X", 5),
    ("COMPASS_OFS3_Y", 13),
    ("COMPASS_OFS3_Z", -18),
    ("INS_ACCOFFS_X", 0.001),
    ("INS_ACCOFFS_Y", 0.001),
    ("INS_ACCOFFS_Z", 0.001),
    ("INS_ACCSCAL_X", 1.001),
    ("INS_ACCSCAL_Y", 1.001),
    ("INS_ACCSCAL_Z", 1.001),
    ("INS_ACC2OFFS_X", 0.001),
    ("INS_ACC2OFFS_Y", 0.001),
    ("INS_ACC2OFFS_Z", 0.001),
    ("INS_ACC2SCAL_X", 1.001),
    ("INS_ACC2SCAL_Y", 1.001),
    ("INS_ACC2SCAL_Z", 1.001),
)
"""A frame, and calibrations as if they had been done: without them a fresh SITL never arms."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start it: the binary, home (height above the sea in metres), heading, speed, and which instance."""

    binary: Path
    home: LatLon
    home_msl_m: float
    heading_deg: float = 0.0
    speedup: float = 1.0
    instance: int | None = None
    patience_s: float = 30.0


class RealArduCopter:
    """A real SITL that runs as a process of its own, in a folder of its own; use it with `with`.

    Raises:
        BadInput: on entering: the binary does not do what an ArduCopter SITL does, or no ports are free.
    """

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self.port = 0
        self.folder = Path()
        self._sitl: Any = None

    def __enter__(self) -> "RealArduCopter":
        instance = self._instance()
        self.port = FIRST_PORT + PORTS_APART * instance
        self.folder = Path(tempfile.mkdtemp(prefix=f"quaywatch-sitl-{instance}-"))
        try:
            self._start(instance)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self, timeout_s: float) -> bool:
        """Waits until it has ended by itself; False after `timeout_s`."""
        until = time.monotonic() + timeout_s
        while self._sitl.poll() is None:
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        return True

    def stop(self) -> None:
        """Ends it (it may close its logs first) and takes its folders away; may be called more than once."""
        sitl, self._sitl = self._sitl, None
        if sitl is not None and sitl.p is not None:
            _end(sitl)
        folders = [self.folder] if sitl is None or sitl.wd is None else [self.folder, Path(sitl.wd)]
        for folder in folders:
            if folder != Path():
                shutil.rmtree(folder, ignore_errors=True)

    def listens_beyond_this_computer(self) -> bool:
        """Whether the binary opened its port for other computers too (what ArduPilot does is its own choice)."""
        import psutil

        try:
            found = psutil.Process(self._sitl.p.pid).net_connections(kind="tcp")
        except psutil.Error:
            return False
        return any(c.status == psutil.CONN_LISTEN and c.laddr.ip not in {HOST, "::1"} for c in found)

    def _instance(self) -> int:
        wanted = self._launch.instance
        for instance in range(INSTANCES) if wanted is None else [wanted]:
            if all(_is_free(FIRST_PORT + PORTS_APART * instance + serial) for serial in _SERIALS):
                return instance
        which = "all instances" if wanted is None else f"instance {wanted}"
        raise BadInput("--instance", f"the ports of {which} are in use; stop the other simulator or choose another")

    def _start(self, instance: int) -> None:
        from dronekit_sitl import SITL, ArdupilotCapabilities

        launch = self._launch
        defaults = self.folder / "defaults.parm"
        defaults.write_text("".join(f"{name} {value:g}\n" for name, value in PARAMETERS))
        home = f"{launch.home.lat_deg:.7f},{launch.home.lon_deg:.7f},{launch.home_msl_m:g},{launch.heading_deg:g}"
        try:
            able = ArdupilotCapabilities(str(launch.binary))
        except OSError as error:
            raise BadInput("--binary", f"{launch.binary} cannot be run: {error.strerror or error}") from None
        if able.using_sim:
            raise BadInput("--binary", f"{launch.binary} is no ArduCopter SITL, or too old a one: it knows no --home")
        # builds before --defaults come with an eeprom that arms, which dronekit-sitl copies
        own = str(defaults) if able.has_defaults_path else None
        self._sitl = SITL(path=str(launch.binary), instance=instance, defaults_filepath=own)
        try:
            with contextlib.redirect_stdout(sys.stderr):
                self._sitl.launch([f"--home={home}", "--model=quad"], speedup=launch.speedup)
        except Exception as error:  # noqa: BLE001 -- whatever dronekit-sitl stumbled over
            raise BadInput("--binary", f"{launch.binary} is no ArduCopter SITL ({error})") from None
        self._await()

    def _await(self) -> None:
        """Waits until it says that it waits for a client, and listens."""
        until, said = time.monotonic() + self._launch.patience_s, b""
        while time.monotonic() < until:
            ended = self._sitl.poll()
            line = self._sitl.stdout.readline(0.05)
            said = line or said
            if line and b"Waiting for connection" in line:
                return
            if ended is not None and line is None:
                last = (self._sitl.stderr.readline(0.2) or said).decode(errors="replace").strip()
                raise BadInput("--binary", f"{self._launch.binary} ended with code {ended} at its start: {last!r}")
        s = self._launch.patience_s
        raise BadInput("--binary", f"{self._launch.binary} did not wait for a connection within {s:g} s")


def binary_of(binary: Path | None, version: str | None) -> Path:
    """The binary to start: the given one, or the one of a version that dronekit-sitl has or downloads.

    Raises:
        BadInput: there is none; the sentence says what to do.
    """
    if binary is not None:
        if not binary.is_file() or not os.access(binary, os.X_OK):
            raise BadInput("--binary", f"{binary} is not a program; name an ArduCopter SITL binary")
        return binary.resolve()
    from dronekit_sitl import SITL

    sitl, wanted = SITL(), version or "stable"
    try:
        with _limited_network(), contextlib.redirect_stdout(sys.stderr):
            sitl.download("copter", wanted)
    except (Exception, SystemExit):  # noqa: BLE001 -- it raises whatever went wrong last, and exits for a wrong version
        _forget_partial(sitl.path)
        raise QuaywatchError(
            f"ArduCopter {wanted} is not here and could not be downloaded: name a binary with --binary PATH, or give "
            "--version with a network that reaches dronekit's downloads, or practise with quaywatch sim run"
        ) from None
    return Path(sitl.path)


@contextlib.contextmanager
def _limited_network() -> Iterator[None]:
    """Network calls that set no time limit themselves get one."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_NETWORK_S)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _forget_partial(path: str | None) -> None:
    """An interrupted download would pass for a whole one the next time."""
    if path is not None and not Path(path).is_file():
        shutil.rmtree(Path(path).parent, ignore_errors=True)


def _is_free(port: int) -> bool:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, port))
        except OSError:
            return False
    return True


def _end(sitl: Any) -> None:  # noqa: ANN401 -- dronekit_sitl has no types
    import psutil

    try:
        process = psutil.Process(sitl.p.pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        family = []
    for one in family:
        with contextlib.suppress(psutil.Error):
            one.terminate()
    _, stubborn = psutil.wait_procs(family, timeout=_TERM_S)
    for one in stubborn:
        with contextlib.suppress(psutil.Error):
            one.kill()
    sitl.p.wait()
    for stream in (sitl.p.stdout, sitl.p.stderr):
        stream.close()
