"""A pilot's exam as it runs: the scenario's vehicle on a port, its camera, the record."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sitl.camera.shutter import HarbourShutter
from sitl.dataflash import DataflashLog
from sitl.exam.faulting import Director
from sitl.exam.record import Header, Recorder
from sitl.faults import FaultKind
from sitl.flight_record import NAME, FlightRecord, Scenery
from sitl.scenario.stage import gusts_of, harbour_of, vehicle_of
from sitl.scenario.values import Scenario
from sitl.server import SimulatedVehicle
from sitl.tlog import TelemetryLog
from sitl.world.harbour import Harbour
from sitl.world.receiver import AisReceiver
from sitl.world.scene import write_scene

FOOTAGE, SCENE = "footage", "harbour"
TLOG, DATAFLASH = "flight.tlog", "flight.BIN"
LINGER_S, LEAST_LINGER_S = 4.0, 0.5
"""How long the drone still answers after the landing: simulated seconds, but on the wall never less than so many."""


@dataclass(frozen=True)
class Setting:
    """How an exam is run: for whom, where it is kept, on which port, how fast, with pictures or without."""

    trainee: str
    folder: Path
    port: int = 0
    speedup: float = 1.0
    camera: bool = True


@dataclass
class PilotExam:
    """A running exam. `address` is where the pilot connects."""

    scenario: Scenario
    setting: Setting
    harbour: Harbour
    vehicle: SimulatedVehicle
    director: Director
    recorder: Recorder
    shutter: HarbourShutter | None

    @property
    def address(self) -> str:
        """The vehicle's connection string."""
        return f"tcp:127.0.0.1:{self.vehicle.port}"

    @property
    def is_over(self) -> bool:
        """Whether the flight has ended, or the time is up."""
        return self.director.is_over or self.vehicle.truth().simulated_s >= self.scenario.time_limit_s

    @property
    def left_s(self) -> float:
        """Simulated seconds that are left."""
        return max(0.0, self.scenario.time_limit_s - self.vehicle.truth().simulated_s)

    def wait(
        self,
        *,
        tick_s: float = 0.1,
        sleep: Callable[[float], None] = time.sleep,
        ended: Callable[[], bool] = lambda: False,
    ) -> None:
        """Returns when the exam is over, or when `ended` says that it is to be broken off.

        After the landing it waits a little longer, so that the ground station hears of it.

        Raises:
            RuntimeError: the vehicle failed by an error of its own.
        """
        while not self.is_over and not ended() and not self.vehicle.wait(0):
            sleep(tick_s)
        if not self.director.is_over:
            now_s = self.vehicle.truth().simulated_s
            up = now_s >= self.scenario.time_limit_s
            self.recorder.note("The time was up before the landing." if up else "The exam was broken off.", now_s)
            return
        left_s = max(LEAST_LINGER_S, LINGER_S / self.setting.speedup)
        while left_s > 0 and not ended():
            sleep(tick_s)
            left_s -= tick_s

    @property
    def pictures_waiting(self) -> int:
        """Pictures taken and not yet written."""
        return 0 if self.shutter is None else self.shutter.pending


@contextmanager
def pilot_exam(scenario: Scenario, text: str, setting: Setting, now_utc: datetime) -> Iterator[PilotExam]:
    """Starts the vehicle, and at the end stops it, writes the scene and waits for the pictures.

    Raises:
        BadInput: the folder holds an exam already, the port is in use, the scenario names what does not exist.
    """
    harbour = harbour_of(scenario)
    recorder = Recorder(setting.folder, text, Header(scenario.id, setting.trainee, now_utc, scenario.seed))
    tlog, dataflash = TelemetryLog(setting.folder / TLOG), DataflashLog(setting.folder / DATAFLASH)
    shutter = None
    if setting.camera:
        shutter = HarbourShutter(harbour, setting.folder / FOOTAGE, workers=1, seed=scenario.seed)
    director = Director(recorder, scenario.faults)
    config = vehicle_of(scenario, harbour)
    vehicle = SimulatedVehicle(config, port=setting.port, speedup=setting.speedup, shutter=shutter, witness=director)
    scenery = Scenery(scenario="scenario.yaml", seed=scenario.seed)
    record = FlightRecord(setting.folder / NAME, scenery, water_msl_m=config.water_msl_m)
    try:
        vehicle.log_to(dataflash=dataflash, tlog=tlog, record=record)
        vehicle.carry(AisReceiver(harbour))
        director.direct(vehicle)
        if (gusts := gusts_of(scenario.weather)) is not None:
            vehicle.begin_fault(gusts)
        vehicle.start()
        write_scene(setting.folder / SCENE, harbour, scenario.start_utc, scenario.start_utc)
        yield PilotExam(scenario, setting, harbour, vehicle, director, recorder, shutter)
    finally:
        vehicle.stop()
        for log in (recorder, tlog, dataflash, record):
            log.close()
        if shutter is not None:
            shutter.close()
    silent_s = vehicle.fault_spans_s(FaultKind.AIS_SILENCE)
    write_scene(setting.folder / SCENE, harbour, scenario.start_utc, vehicle.truth().at_utc, ais_silent_s=silent_s)
