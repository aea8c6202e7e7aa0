"""Records of exams made by hand: a drone that flies where it is told, without a simulator."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from planner.geo.points import LatLon
from sitl.exam.record import Header, Record, Recorder, read_record
from sitl.scenario.read import read_scenario, text_of
from sitl.scenario.stage import harbour_of
from sitl.world.harbour import Harbour

STARTED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
Row = dict[str, object]


class Script:
    """Builds a timeline. East and north in metres of the harbour; seconds of the scenario."""

    def __init__(self, scenario: str) -> None:
        self.text = text_of(scenario)
        self.name = scenario
        self.rows: list[Row] = []
        self.harbour: Harbour | None = None

    def state(self, s: float, east: float, north: float, up: float = 60.0, **more: object) -> "Script":
        """One state in the air; `more` changes fields."""
        at = self._at(east, north)
        fields: Row = {
            "lat_deg": at.lat_deg, "lon_deg": at.lon_deg, "height_m": up, "msl_m": up + 3.0, "speed_m_s": 8.0,
            "yaw_deg": 0.0, "mode": "AUTO", "armed": True, "landed": False, "item": 1, "battery": 0.8,
        }  # fmt: skip
        self.rows.append({"s": s, "what": "state", **fields, **more})
        return self

    def flight(
        self, way: Sequence[tuple[float, float]], *, up: float = 60.0, battery: float = 0.6, **more: object
    ) -> "Script":
        """From the ground along places, one every 10 s, back to the ground with the motors off."""
        first = way[0]
        self.state(0, *first, up=0.0, armed=False, landed=True, mode="GUIDED")
        for number, place in enumerate(way, start=1):
            self.state(10.0 * number, *place, up=up)
        end = 10.0 * len(way)
        self.state(end + 10, *way[-1], up=0.0, landed=True, mode="LAND", battery=battery)
        self.state(end + 11, *way[-1], up=0.0, armed=False, landed=True, mode="LAND", battery=battery)
        return self

    def heard(self, s: float, message: str, **fields: object) -> "Script":
        """A message of the crew."""
        self.rows.append({"s": s, "what": "heard", "message": message, "system": 255, **fields})
        return self

    def fault(self, s: float, fault: str, *, active: bool = True) -> "Script":
        """A fault begins or ends."""
        self.rows.append({"s": s, "what": "fault", "fault": fault, "active": active})
        return self

    def shot(self, s: float, index: int, east: float, north: float, height: float = 70.0) -> "Script":
        """A picture straight down, north up."""
        at = self._at(east, north)
        self.rows.append({
            "s": s, "what": "shot", "index": index, "at_utc": STARTED.isoformat(), "lat_deg": at.lat_deg,
            "lon_deg": at.lon_deg, "height_m": height, "yaw_deg": 0.0, "pitch_deg": -90.0, "roll_deg": 0.0,
        })  # fmt: skip
        return self

    def record(self, folder: Path) -> Record:
        """The exam in `folder`, as read back."""
        recorder = Recorder(folder, self.text, Header(self.name, "Kim", STARTED, 1))
        recorder.close()
        rows = sorted(self.rows, key=lambda row: float(str(row["s"])))
        (folder / "timeline.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        return read_record(folder)

    @property
    def the_harbour(self) -> Harbour:
        """The scenario's harbour."""
        if self.harbour is None:
            import tempfile

            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                file.write(self.text)
                file.flush()
                self.harbour = harbour_of(read_scenario(Path(file.name)))
        return self.harbour

    def _at(self, east: float, north: float) -> LatLon:
        return self.the_harbour.frame.to_place(east, north)
