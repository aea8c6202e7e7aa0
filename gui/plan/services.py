"""What the Plan page needs of the planner, in one place, so that tests can give it something else."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from planner.geo.points import LatLon
from planner.model.mission import Home
from planner.model.plan import Area, Plan
from planner.model.planned import PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.model.zone import Zone
from planner.route.check_values import Verdict


@dataclass(frozen=True, slots=True)
class Sample:
    """A port to begin with."""

    name: str
    areas: tuple[Area, ...]
    home: Home
    zones: tuple[Zone, ...]
    quays: tuple[tuple[LatLon, ...], ...]


class Planning(Protocol):
    """Profiles, planning, files."""

    def drones(self) -> tuple[DroneProfile, ...]:
        """The drones that can be chosen, by name."""
        ...

    def cameras(self) -> tuple[CameraProfile, ...]:
        """The cameras that can be chosen, by name."""
        ...

    def make(self, plan: Plan) -> PlannedMission:
        """The mission of a plan. Slow: call it off the window's thread."""
        ...

    def check(self, planned: PlannedMission, plan: Plan) -> Verdict:
        """Whether it may be flown, with every reason against it. Slow: call it off the window's thread."""
        ...

    def read_areas(self, path: Path) -> tuple[Area, ...]:
        """The areas in a GeoJSON or KML file."""
        ...

    def read_plan(self, path: Path) -> Plan:
        """The plan in a file that Quaywatch wrote."""
        ...

    def write(self, planned: PlannedMission, plan: Plan, path: Path) -> None:
        """Write a plan file, whole or not at all."""
        ...

    def sample(self) -> Sample:
        """The practice harbour."""
        ...


class QuaywatchPlanning:
    """The real thing."""

    def drones(self) -> tuple[DroneProfile, ...]:
        """The drones that come along."""
        from planner.formats.profiles import drones

        return drones()

    def cameras(self) -> tuple[CameraProfile, ...]:
        """The cameras that come along."""
        from planner.formats.profiles import cameras

        return cameras()

    def make(self, plan: Plan) -> PlannedMission:
        """The mission of a plan."""
        from planner.route.make import make_mission

        return make_mission(plan)

    def check(self, planned: PlannedMission, plan: Plan) -> Verdict:
        """The verdict in still air, without zones, under the rules that come along."""
        from planner.formats.rules import read_rules
        from planner.route.check import check

        return check(planned, plan.drone, rules=read_rules())

    def read_areas(self, path: Path) -> tuple[Area, ...]:
        """The areas in a GeoJSON or KML file."""
        from planner.formats.areas import read_areas

        return read_areas(path)

    def read_plan(self, path: Path) -> Plan:
        """The plan in a file."""
        from planner.formats.missions import read_plan

        return read_plan(path)

    def write(self, planned: PlannedMission, plan: Plan, path: Path) -> None:
        """Write a plan file."""
        from planner.formats.missions import write_plan

        write_plan(planned, plan, path)

    def sample(self) -> Sample:
        """The practice harbour of the simulator."""
        from sitl.world.harbour import practice_harbour

        harbour = practice_harbour()
        quays = tuple(tuple(harbour.frame.to_places(quay.outline)) for quay in harbour.quays)
        home = Home(harbour.launch, harbour.takeoff_height_m)
        return Sample(harbour.name, (harbour.area,), home, harbour.zones, quays)
