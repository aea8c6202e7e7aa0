"""Parameters, read and set over a lossy link, and the settings that do not fit a plan."""

import struct
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typing_extensions import override

from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link.messages import Message
from planner.link.params import ParamSetEnd, ParamsRead, ReadParamsJob, SetParamJob, on_wire, value_of
from planner.link.settings import Reach, names_for, reach_of, settings_of
from planner.link.stack import Stack
from planner.model.mission import Command, FencePolygon, Home, Mission, item
from tests.planner.link.copter import Copter, Rig

FAR = Reach(farthest_m=3000.0, highest_m=110.0, lowest_m=40.0, has_fence=True)
SAFE = {
    "FS_GCS_ENABLE": 1.0, "FS_OPTIONS": 16.0, "FENCE_ENABLE": 1.0, "FENCE_TYPE": 4.0, "FENCE_ALT_MAX": 100.0,
    "FENCE_RADIUS": 150.0, "FENCE_ALT_MIN": -10.0, "RTL_ALT": 5000.0, "BATT_MONITOR": 4.0, "BATT_FS_LOW_ACT": 2.0,
    "BATT_FS_CRT_ACT": 1.0, "BATT_LOW_VOLT": 21.0, "BATT_LOW_MAH": 0.0,
}  # fmt: skip


@dataclass
class Keeper(Copter):
    """A copter with parameters; it does not answer for names that it does not know, as ArduPilot."""

    held: dict[str, tuple[float, int]] = field(default_factory=dict)
    stubborn: bool = False

    @override
    def hear(self, message: Message, now_s: float) -> tuple[Message, ...]:
        if isinstance(message, m.ParamRequestRead):
            one = self.held.get(message.param_id)
            return () if one is None else (m.ParamValue(message.param_id, *one),)
        if isinstance(message, m.ParamSet):
            if not self.stubborn:
                self.held[message.param_id] = (message.param_value, message.param_type)
            return (m.ParamValue(message.param_id, *self.held[message.param_id]),)
        return super().hear(message, now_s)


def problems(values: dict[str, float], reach: Reach = FAR) -> dict[str, str]:
    return {s.name: s.problem for s in settings_of(tuple(values), values, reach) if s.problem}


def test_forty_parameters_are_read_over_a_link_that_loses_every_third_message() -> None:
    held = {f"P{n}": (float(n), 9) for n in range(40)}
    count = [0]

    def lose(_way: str, message: Message) -> bool:
        if not isinstance(message, m.ParamRequestRead | m.ParamValue):
            return False
        count[0] += 1
        return count[0] % 3 == 0

    (read,) = Rig(Keeper(held=held), lose=lose).run(ReadParamsJob((*held, "NO_SUCH")))
    assert isinstance(read, ParamsRead)
    assert read.values == {name: value for name, (value, _) in held.items()}
    assert read.silent == ("NO_SUCH",)


def test_unknown_names_do_not_keep_out_known_ones() -> None:
    names = (*(f"NONE{n}" for n in range(30)), "FENCE_TYPE")
    (read,) = Rig(Keeper(held={"FENCE_TYPE": (7.0, 2)})).run(ReadParamsJob(names))
    assert read.values == {"FENCE_TYPE": 7.0}


def test_a_value_counts_as_set_only_when_the_vehicle_says_that_it_holds_it() -> None:
    keeper = Keeper(held={"FENCE_TYPE": (7.0, 2)})
    assert Rig(keeper).run(SetParamJob("FENCE_TYPE", 4.0, 2)) == [ParamSetEnd(4.0)]
    stubborn = Keeper(held={"FENCE_TYPE": (7.0, 2)}, stubborn=True)
    assert Rig(stubborn).run(SetParamJob("FENCE_TYPE", 4.0, 2)) == [ParamSetEnd(7.0)]


@given(st.integers(-(2**31), 2**31 - 1))
@example(-4194305)
@example(-1)
def test_whole_numbers_of_px4_travel_as_bits(value: int) -> None:
    if value & 0x7FC00000 == 0x7F800000 and value & 0x3FFFFF:  # the bits of a signalling NaN
        with pytest.raises(ValueError, match="cannot be sent"):
            on_wire(value, 6, Stack.PX4)
        return
    told = m.ParamValue("X", on_wire(value, 6, Stack.PX4), 6)
    again = struct.unpack("<f", struct.pack("<f", told.param_value))[0]
    assert value_of(replace(told, param_value=again), Stack.PX4) == value


def test_a_fraction_for_a_whole_parameter_is_refused() -> None:
    with pytest.raises(ValueError, match="whole number"):
        on_wire(1.5, 6, Stack.PX4)
    with pytest.raises(ValueError, match="does not fit"):
        on_wire(300, 2, Stack.PX4)


def test_settings_that_fit_have_no_problem() -> None:
    assert problems(SAFE) == {}


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("FS_GCS_ENABLE", {"FS_GCS_ENABLE": 0.0}),
        ("FS_OPTIONS", {"FS_OPTIONS": 18.0}),
        ("FENCE_ENABLE", {"FENCE_ENABLE": 0.0}),
        ("FENCE_ALT_MAX", {"FENCE_TYPE": 5.0}),
        ("FENCE_RADIUS", {"FENCE_TYPE": 6.0}),
        ("FENCE_ALT_MIN", {"FENCE_TYPE": 12.0, "FENCE_ALT_MIN": 45.0}),
        ("FENCE_TYPE", {"FENCE_TYPE": 8.0}),
        ("BATT_MONITOR", {"BATT_MONITOR": 0.0}),
        ("BATT_FS_LOW_ACT", {"BATT_FS_LOW_ACT": 0.0, "BATT_FS_CRT_ACT": 0.0}),
        ("BATT_LOW_VOLT", {"BATT_LOW_VOLT": 0.0}),
    ],
)
def test_each_setting_that_does_not_fit_is_named_alone(name: str, changed: dict[str, float]) -> None:
    assert set(problems(SAFE | changed)) == {name}


def test_a_return_height_under_the_obstacles_is_told_where_they_are_known() -> None:
    assert set(problems(SAFE, replace(FAR, obstacle_m=60.0))) == {"RTL_ALT"}
    assert problems(SAFE, replace(FAR, obstacle_m=50.0)) == {}


def test_a_plan_within_sight_may_do_without_a_link_failsafe() -> None:
    assert problems({"FS_GCS_ENABLE": 0.0}, Reach(farthest_m=300.0)) == {}
    assert problems({"NAV_DLL_ACT": 0.0}, Reach(farthest_m=300.0)) == {}


def test_px4_settings_that_do_not_fit() -> None:
    values = {
        "COM_DL_LOSS_T": 10.0, "NAV_DLL_ACT": 0.0, "COM_LOW_BAT_ACT": 0.0, "GF_ACTION": 1.0, "GF_MAX_HOR_DIST": 900.0,
        "GF_MAX_VER_DIST": 80.0, "RTL_RETURN_ALT": 30.0,
    }  # fmt: skip
    found = problems(values, replace(FAR, obstacle_m=40.0))
    assert set(found) == set(values) - {"COM_DL_LOSS_T"}
    assert problems(values | {"GF_MAX_HOR_DIST": 0.0, "GF_MAX_VER_DIST": 0.0}, Reach()).keys() == {"COM_LOW_BAT_ACT"}


def test_the_reach_of_a_mission_is_measured_from_home_and_above_it() -> None:
    home = LatLon(52.0, 4.0)
    fence = FencePolygon((home, LatLon(52.1, 4.0), LatLon(52.1, 4.1)), inclusion=True)
    mission = Mission(
        (
            item(Command.NAV_TAKEOFF, at=home, height_m=30.0),
            item(Command.NAV_WAYPOINT, at=LatLon(52.01, 4.0), height_m=60.0),
            item(Command.DO_SET_ROI_LOCATION, at=LatLon(53.0, 4.0)),
            item(Command.NAV_RETURN_TO_LAUNCH),
        ),
        home=Home(home, 5.0),
        fence_polygons=(fence,),
    )
    reach = reach_of(mission)
    assert reach.farthest_m == pytest.approx(1112.5, abs=1.0)
    assert (reach.highest_m, reach.lowest_m, reach.has_fence) == (60.0, 30.0, True)


def test_each_stack_has_its_own_names() -> None:
    assert "FS_GCS_ENABLE" in names_for(Stack.ARDUPILOT, 2)
    assert "FS_GCS_ENABL" in names_for(Stack.ARDUPILOT, 1)
    assert "NAV_DLL_ACT" in names_for(Stack.PX4, 2)
    assert names_for(Stack.OTHER, 2) == ()
