"""The practice harbour: a fictional port in the open North Sea, so that nobody takes it for a real one."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from planner.geo.points import LatLon, LocalFrame
from planner.model.plan import Area, AreaKind
from planner.model.zone import Zone, ZoneRule
from sitl.world.ais import ais_nmea
from sitl.world.events import Event
from sitl.world.fleet import practice_fleet
from sitl.world.looks import Look
from sitl.world.motion import VesselState
from sitl.world.quays import GREEN, RED, YELLOW, Fixture, Quay, bollard, buoy, containers, crane, lorry, shed
from sitl.world.vessels import Vessel

ORIGIN = LatLon(54.10, 7.00)
LAUNCH_EN_M = (-235.0, -192.0)
AREA_EN_M = (
    (-275.0, -164.0), (-60.0, -164.0), (-60.0, -59.0), (-46.0, -59.0), (-46.0, -164.0), (252.0, -164.0),
    (252.0, 80.0), (205.0, 150.0), (-275.0, 150.0),
)  # fmt: skip
"""What to patrol: the water, with a notch around the jetty; 527 x 314 m."""
RESTRICTED_EN_M = ((140.0, 20.0), (235.0, 20.0), (235.0, 88.0), (140.0, 88.0))


@dataclass(frozen=True)
class Harbour:
    """A harbour and everything in it. East and north are metres from `origin`; water is at height 0.

    `launch` is where the drone takes off, on a quay whose top is `takeoff_height_m` above the water; `events` is what
    happens that a crew should notice.
    """

    name: str
    origin: LatLon
    launch: LatLon
    takeoff_height_m: float
    quays: tuple[Quay, ...]
    fixtures: tuple[Fixture, ...]
    vessels: tuple[Vessel, ...]
    zones: tuple[Zone, ...]
    area: Area
    look: Look
    events: tuple[Event, ...] = ()
    frame: LocalFrame = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "frame", LocalFrame(self.origin))

    def vessel(self, vessel_id: str) -> Vessel:
        """The vessel of that id.

        Raises:
            KeyError: there is none.
        """
        for vessel in self.vessels:
            if vessel.vessel_id == vessel_id:
                return vessel
        raise KeyError(vessel_id)

    def without(self, *vessel_ids: str) -> "Harbour":
        """The same harbour less some vessels."""
        return replace(self, vessels=tuple(v for v in self.vessels if v.vessel_id not in vessel_ids))

    def states_at(self, t_utc: datetime) -> list[tuple[Vessel, VesselState]]:
        """Every vessel that is there, and where."""
        return [(v, v.state_at(t_utc)) for v in self.vessels if v.is_there(t_utc)]

    def place_of(self, vessel: Vessel, t_utc: datetime) -> LatLon:
        """Where the middle of a vessel's waterline is."""
        state = vessel.state_at(t_utc)
        return self.frame.to_place(state.east_m, state.north_m)

    def ais_nmea(self, start_utc: datetime, end_utc: datetime) -> list[str]:
        """What a receiver hears from `start_utc` to `end_utc`: AIVDM sentences with tag blocks, in order of time."""
        return ais_nmea(self.vessels, self.frame, start_utc, end_utc)

    def area_geojson(self) -> dict[str, object]:
        """The patrol area as a GeoJSON FeatureCollection."""
        return _collection([_feature({"name": self.area.name}, self.area.outline)])

    def zones_geojson(self) -> dict[str, object]:
        """The zones as a GeoJSON FeatureCollection with the properties `name` and `rule`."""
        return _collection([_feature({"name": z.name, "rule": z.rule.value}, z.outline) for z in self.zones])

    def land_geojson(self) -> dict[str, object]:
        """The quays and moles as GeoJSON polygons with the rule `shore`: where no vessel can be."""
        outlines = [[self.frame.to_place(*corner) for corner in quay.outline] for quay in self.quays]
        return _collection(
            [_feature({"name": q.name, "rule": "shore"}, o) for q, o in zip(self.quays, outlines, strict=True)]
        )


def practice_harbour(seed: int = 0) -> Harbour:
    """The practice harbour. `seed` changes paint, cargo, phases and light, never the layout or the fleet."""
    rng = np.random.default_rng([seed, 1])
    frame = LocalFrame(ORIGIN)
    return Harbour(
        name="Practice harbour",
        origin=ORIGIN,
        launch=frame.to_place(*LAUNCH_EN_M),
        takeoff_height_m=3.0,
        quays=_quays(),
        fixtures=_fixtures(rng),
        vessels=practice_fleet(seed),
        zones=(Zone("Naval berth", ZoneRule.RESTRICTED_WATER, tuple(frame.to_places(RESTRICTED_EN_M))),),
        area=Area("Practice harbour", AreaKind.POLYGON, tuple(frame.to_places(AREA_EN_M))),
        look=Look.practice(rng),
    )


def _quays() -> tuple[Quay, ...]:
    return (
        Quay("South quay", ((-350, -225), (350, -225), (350, -165), (-350, -165)), 3.0),
        Quay("West mole", ((-350, -165), (-328, -165), (-328, 90), (-320, 125), (-350, 125)), 3.5, "rubble"),
        Quay("East mole", ((322, -165), (350, -165), (350, 135), (285, 200), (270, 185), (322, 130)), 3.5, "asphalt"),
        Quay("Jetty", ((-59, -165), (-47, -165), (-47, -60), (-59, -60)), 2.2),
        Quay("Yacht pontoon", ((170, -165), (173, -165), (173, -95), (170, -95)), 0.6, "wood"),
    )


def _fixtures(rng: np.random.Generator) -> tuple[Fixture, ...]:
    found = [
        Fixture("shed", shed(rng, 60, 22), -130, -200, 90, 3),
        Fixture("shed", shed(rng, 44, 20), 40, -203, 90, 3),
        Fixture("shed", shed(rng, 30, 16), 260, -205, 90, 3),
        Fixture("containers", containers(rng, 9, 5), 95, -185, 90, 3),
        Fixture("containers", containers(rng, 4, 3), -310, -195, 90, 3),
        Fixture("crane", crane(rng), -190, -176, 0, 3),
        Fixture("crane", crane(rng), 125, -176, 0, 3),
        Fixture("shed", shed(rng, 14, 9), 336, -60, 0, 3.5),
    ]
    free = (x for x in range(-330, 331, 20) if not -62 < x < -44)
    found += [Fixture("bollard", bollard(), x, -166.0, 0, 3) for x in free]
    found += [Fixture("bollard", bollard(), x, y, 0, 2.2) for x in (-58.2, -47.8) for y in range(-155, -60, 15)]
    for x in (-280, -60, -20, 75, 220, 300):
        found.append(Fixture("lorry", lorry(rng), x, -174 - float(rng.uniform(0, 6)), float(rng.uniform(0, 360)), 3))
    marks = (
        (-230, 175, GREEN),
        (-120, 175, RED),
        (130, 10, YELLOW),
        (245, 95, YELLOW),
        (130, 98, YELLOW),
        (-20, 200, RED),
    )
    return (*found, *(Fixture("buoy", buoy(colour), x, y) for x, y, colour in marks))


def _feature(properties: dict[str, object], outline: Sequence[LatLon]) -> dict[str, object]:
    ring = [[p.lon_deg, p.lat_deg] for p in outline]
    if ring[0] != ring[-1]:
        ring.append(ring[0])
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def _collection(features: list[dict[str, object]]) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": features}
