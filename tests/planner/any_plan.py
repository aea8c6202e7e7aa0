"""Plans of every pattern, with everything that a plan can hold, for round trips."""

from datetime import UTC, datetime, time

from hypothesis import strategies as st

from planner.geo.points import LatLon, LocalFrame
from planner.model.drift import Adrift, Flow
from planner.model.mission import Home
from planner.model.outlook import Outlook
from planner.model.patterns import (
    AreaParameters,
    CorridorParameters,
    HullLanes,
    HullParameters,
    HullSides,
    OrbitParameters,
    Parameters,
    PatrolParameters,
    Pattern,
    PerimeterParameters,
    SearchParameters,
    Side,
    WatchPlace,
)
from planner.model.plan import Area, AreaKind, Plan, ZoneSet
from planner.model.profiles import CameraProfile, DroneProfile
from planner.model.zone import Datum, HeightLimit, Window, Zone, ZoneRule

FRAME = LocalFrame(LatLon(54.1, 7.0))
DRONE = DroneProfile("any", 10, 15, 3, 2, 100, 300, 280, 10)
CAMERA = CameraProfile("any", 6.4, 3.6, 4.57, 1920, 1080)

metres = st.floats(-500, 500).map(lambda m: round(m, 1))
places = st.builds(FRAME.to_place, metres, metres)
rings = st.lists(places, min_size=3, max_size=6, unique=True).map(tuple)
lines = st.lists(places, min_size=2, max_size=6, unique=True).map(tuple)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
flows = st.builds(Flow, st.floats(0, 30), st.floats(0, 359))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
limits = st.none() | st.builds(HeightLimit, st.floats(0, 600), st.sampled_from(Datum))
windows = st.builds(
    Window, st.none() | moments, st.none() | moments, st.frozensets(st.integers(1, 7)),
    st.none() | st.times(), st.none() | st.just(time(18, 30)),
)  # fmt: skip
zones = st.builds(
    Zone, names, st.sampled_from(ZoneRule), rings, st.lists(rings, max_size=1).map(tuple), limits, limits,
    st.lists(windows, max_size=2).map(tuple), names, names,
)  # fmt: skip
polygons = st.builds(Area, names, st.just(AreaKind.POLYGON), rings)
areas = polygons | st.builds(Area, names, st.just(AreaKind.LINE), lines)
watches = st.builds(WatchPlace, names, lines, st.floats(0.1, 100))
maybe_m = st.none() | st.floats(10, 5000)

PARAMETERS: dict[type[Parameters], st.SearchStrategy[Parameters]] = {
    AreaParameters: st.builds(AreaParameters, st.booleans()),
    CorridorParameters: st.builds(CorridorParameters, st.sampled_from(Side)),
    PerimeterParameters: st.builds(PerimeterParameters, st.integers(1, 5), st.none() | st.floats(-90, 0)),
    PatrolParameters: st.builds(
        PatrolParameters, st.lists(watches, max_size=3).map(tuple), st.none() | st.floats(1, 90),
        st.none() | st.floats(1, 90), st.floats(0, 60),
    ),
    OrbitParameters: st.builds(
        OrbitParameters, st.none() | places, st.floats(0, 359), st.floats(0, 20), st.floats(1, 300),
        st.integers(1, 3), flows, st.floats(0, 60), maybe_m,
    ),
    HullParameters: st.builds(
        HullParameters, st.none() | places, st.floats(0, 359), st.floats(5, 300), st.floats(2, 40), st.floats(1, 20),
        st.sampled_from(HullLanes), st.sampled_from(HullSides),
    ),
    SearchParameters: st.builds(
        SearchParameters, st.none() | places, maybe_m, maybe_m, flows, flows, st.floats(0, 600),
        st.sampled_from(Adrift), st.floats(0, 1000), maybe_m,
    ),
}  # fmt: skip
outlooks = st.builds(
    Outlook, wind=flows, gust_m_s=st.none() | st.floats(30, 60), current=st.none() | flows,
    start_utc=st.none() | moments, pilot=st.none() | places, surface_msl_m=st.none() | st.floats(0, 100),
    return_height_m=st.none() | st.floats(10, 100), radio_range_m=maybe_m, land_allowed=st.booleans(),
    authorised=st.lists(names, max_size=2).map(tuple), operation=st.none() | st.just("open"),
    rules_file=st.none() | names, contacts=st.lists(names, max_size=2).map(tuple),
)  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    from planner.model.patterns import PARAMETERS as CLASSES

    pattern = draw(st.sampled_from(Pattern))
    return Plan(
        name=draw(names),
        areas=tuple(draw(st.lists(areas, min_size=1, max_size=3))),
        pattern=pattern,
        drone=DRONE,
        camera=CAMERA,
        gsd_m=draw(st.floats(0.01, 0.5)),
        home=draw(st.none() | st.builds(Home, places, st.floats(0, 50))),
        side_overlap=draw(st.floats(0, 0.9)),
        front_overlap=draw(st.floats(0, 0.9)),
        speed_m_s=draw(st.none() | st.floats(1, 15)),
        angle_deg=draw(st.none() | st.floats(0, 359)),
        stand_off_m=draw(st.floats(-100, 100)),
        passes=draw(st.integers(1, 5)),
        seed=draw(st.integers(0, 10**6)),
        swath_m=draw(st.none() | st.floats(1, 500)),
        keep_out=tuple(draw(st.lists(polygons, max_size=2))),
        parameters=draw(st.none() | PARAMETERS[CLASSES[pattern]]),
        zones=tuple(draw(st.lists(zones, max_size=2))),
        zone_sets=tuple(draw(st.lists(st.builds(ZoneSet, names, st.lists(zones, max_size=2).map(tuple)), max_size=2))),
        outlook=draw(outlooks),
    )
