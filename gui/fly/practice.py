"""The embedded practice drone: a simulated vehicle with a camera over the practice harbour."""

import time
from datetime import UTC, datetime
from pathlib import Path

from planner.model.mission import Mission
from sitl.autopilot.situation import VehicleConfig
from sitl.camera.shutter import HarbourShutter
from sitl.faults import FaultKind
from sitl.flight_record import NAME, FlightRecord, Scenery
from sitl.server import SimulatedVehicle
from sitl.world.harbour import Harbour, practice_harbour
from sitl.world.receiver import AisReceiver
from sitl.world.scene import write_scene


class PracticeDrone:
    """A running practice drone; its pictures lie in `footage`."""

    def __init__(
        self,
        vehicle: SimulatedVehicle,
        shutter: HarbourShutter,
        harbour: Harbour,
        footage: Path,
        record: FlightRecord,
    ) -> None:
        self._vehicle = vehicle
        self._record = record
        self._shutter = shutter
        self.harbour = harbour
        self.footage = footage
        self.address = f"tcp:127.0.0.1:{vehicle.port}"
        self._began_utc = self.now_utc()

    @classmethod
    def start(
        cls,
        folder: Path,
        mission: Mission | None,
        *,
        speedup: float,
        seed: int = 0,
        start_utc: datetime | None = None,
        workers: int = 1,
    ) -> "PracticeDrone":
        """Starts it at the plan's home, or on the harbour's quay if the plan has none; the camera sees the harbour."""
        harbour = practice_harbour(seed)
        footage = folder / "footage"
        home = mission.home if mission is not None else None
        config = VehicleConfig(
            home=harbour.launch if home is None else home.at,
            home_msl_m=harbour.takeoff_height_m if home is None else home.msl_m,
            seed=seed,
            start_utc=start_utc or datetime.now(UTC),
        )
        shutter = HarbourShutter(harbour, footage, workers=workers, seed=seed)
        vehicle = SimulatedVehicle(config, speedup=speedup, shutter=shutter)
        vehicle.carry(AisReceiver(harbour))
        record = FlightRecord(folder / "harbour" / NAME, Scenery(seed=seed), water_msl_m=config.water_msl_m)
        vehicle.log_to(record=record)
        vehicle.start()
        return cls(vehicle, shutter, harbour, footage, record)

    @property
    def pictures_waiting(self) -> int:
        """Pictures taken and not yet written."""
        return self._shutter.pending

    def write_scene(self, folder: Path) -> None:
        """Writes what a real crew would bring along: what AIS receiver and chart say, and the quay's height."""
        silent_s = self._vehicle.fault_spans_s(FaultKind.AIS_SILENCE)
        write_scene(folder, self.harbour, self._began_utc, self.now_utc(), ais_silent_s=silent_s)

    def now_utc(self) -> datetime:
        """The drone's clock, which runs as fast as it flies."""
        return self._vehicle.truth().at_utc

    def wait_for_a_picture(self, timeout_s: float) -> None:
        """Returns when fewer pictures wait than now, or after `timeout_s`."""
        waiting, end_s = self.pictures_waiting, time.monotonic() + timeout_s
        while self.pictures_waiting >= waiting and time.monotonic() < end_s:
            time.sleep(0.02)

    @property
    def camera_failures(self) -> tuple[str, ...]:
        """What the camera could not write."""
        return self._shutter.failures

    def finish_pictures(self) -> None:
        """Waits until every picture of the flight is written; the camera takes no more after this."""
        self._shutter.close()

    def stop(self) -> None:
        """Stops the vehicle and the camera."""
        self._vehicle.stop()
        self._record.close()
        self._shutter.close()
