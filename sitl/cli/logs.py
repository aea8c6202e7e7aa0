"""The logs that `quaywatch sim run` writes beside a flight."""

from pathlib import Path

import typer

from sitl.autopilot.situation import VehicleConfig
from sitl.dataflash import DataflashLog
from sitl.flight_record import FlightRecord, Scenery
from sitl.tlog import TelemetryLog

_FIRMWARE = {
    ("ardupilot", "copter"): "ArduCopter V4.6.3",
    ("ardupilot", "sub"): "ArduSub V4.5.3",
    ("px4", "copter"): "PX4 1.15.2",
}


class FlightLogs:
    """The dataflash log, the telemetry log and the flight's record, as far as they are asked for.

    Raises:
        QuaywatchError: one of them cannot be written.
    """

    def __init__(
        self,
        config: VehicleConfig,
        *,
        dataflash: Path | None,
        tlog: Path | None,
        record: tuple[Path, Scenery] | None = None,
    ) -> None:
        firmware = _FIRMWARE[config.autopilot, config.vehicle]
        water_m = config.water_msl_m
        self.dataflash = None if dataflash is None else DataflashLog(dataflash, water_msl_m=water_m, firmware=firmware)
        self.tlog = None if tlog is None else TelemetryLog(tlog, system_id=config.system_id)
        self.record = None if record is None else FlightRecord(*record, water_msl_m=water_m)

    def close(self) -> None:
        """Ends them, and says what went wrong."""
        for log in (self.dataflash, self.tlog, self.record):
            if log is not None:
                log.close()
                if log.problem:
                    typer.echo(log.problem, err=True)
