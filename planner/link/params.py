"""Parameters read and set by name (https://mavlink.io/en/services/parameter.html); machines without I/O.

PX4 puts the bits of a whole number into the message's float, ArduPilot the number itself; `value_of` undoes that.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from planner.link.messages import Message, ParamRequestRead, ParamSet, ParamValue, Received
from planner.link.stack import Stack
from planner.link.state import VehicleState

ASK_AGAIN_S = 1.0
MOST_ASKED = 5
AT_ONCE = 12
REAL32 = 9
_BITS = {1: "<B3x", 2: "<b3x", 3: "<H2x", 4: "<h2x", 5: "<I", 6: "<i"}
"""struct formats of MAV_PARAM_TYPE, in the four bytes of the float."""

Out = tuple[Any, ...]
NOTHING: Mapping[str, ParamValue] = MappingProxyType({})


def value_of(told: ParamValue, stack: Stack) -> float:
    """The parameter's number."""
    if stack is not Stack.PX4 or told.param_type not in _BITS:
        return told.param_value
    form = _BITS[told.param_type]
    return float(struct.unpack(form, struct.pack("<f", told.param_value))[0])


def on_wire(value: float, param_type: int, stack: Stack) -> float:
    """The number as PARAM_SET carries it.

    Raises:
        ValueError: a number that the type cannot hold.
    """
    if not math.isfinite(value):
        raise ValueError(f"a parameter must be a finite number, got {value}")
    if param_type in _BITS and value != int(value):
        raise ValueError(f"this parameter is a whole number, got {value:g}")
    if stack is not Stack.PX4 or param_type not in _BITS:
        return value
    try:
        bits = struct.pack(_BITS[param_type], int(value))
    except struct.error as error:
        raise ValueError(f"{value:g} does not fit this parameter ({error})") from None
    made = float(struct.unpack("<f", bits)[0])
    if struct.pack("<f", made) != bits:  # a signalling NaN: Python makes it a quiet one
        raise ValueError(f"{value:g} cannot be sent as the bits of a float")
    return made


@dataclass(frozen=True, slots=True)
class ParamsRead:
    """What was told: the values by name, and the names to which nothing came."""

    values: Mapping[str, float]
    silent: tuple[str, ...]
    types: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadParamsJob:
    """Reads parameters by name; tells one ParamsRead. A vehicle does not answer for a name that it does not know."""

    names: tuple[str, ...]
    told: Mapping[str, ParamValue] = field(default_factory=lambda: NOTHING)
    asked: int = 0
    deadline_s: float = 0.0
    done: bool = False

    def begin(self, state: VehicleState, now_s: float) -> tuple["ReadParamsJob", Out]:
        """Asks for the first ones."""
        if not self.names:
            return replace(self, done=True), (ParamsRead({}, ()),)
        return self._ask(state, now_s)

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["ReadParamsJob", Out]:
        """Takes a value."""
        message = received.message
        if self.done or not isinstance(message, ParamValue) or received.source != state.address:
            return self, ()
        if message.param_id not in self.names or message.param_id in self.told:
            return self, ()
        after = replace(self, told={**self.told, message.param_id: message}, asked=0)
        if len(after.told) == len(set(self.names)):
            return after._end(state)  # noqa: SLF001 - its own successor
        if all(name in after.told for name in self._wave()):
            return after._ask(state, now_s)  # noqa: SLF001 - its own successor
        return after, ()

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["ReadParamsJob", Out]:
        """Asks again for what did not come; after five times in silence it is not there."""
        if self.done or now_s < self.deadline_s:
            return self, ()
        return self._end(state) if self.asked >= MOST_ASKED else self._ask(state, now_s)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["ReadParamsJob", Out]:  # noqa: ARG002 - one shape
        """Tells what there is."""
        return self._end(state)

    def _wave(self) -> tuple[str, ...]:
        return tuple(name for name in dict.fromkeys(self.names) if name not in self.told)[:AT_ONCE]

    def _ask(self, state: VehicleState, now_s: float) -> tuple["ReadParamsJob", Out]:
        missing = tuple(name for name in dict.fromkeys(self.names) if name not in self.told)
        first = AT_ONCE * self.asked % max(1, len(missing))  # so that unknown names do not keep out the others
        wave = (missing[first:] + missing[:first])[:AT_ONCE]
        target = state.address
        out: tuple[Message, ...] = tuple(ParamRequestRead(target.system, target.component, name) for name in wave)
        return replace(self, asked=self.asked + 1, deadline_s=now_s + ASK_AGAIN_S), out

    def _end(self, state: VehicleState) -> tuple["ReadParamsJob", Out]:
        values = {name: value_of(one, state.stack) for name, one in self.told.items()}
        types = {name: one.param_type for name, one in self.told.items()}
        silent = tuple(name for name in dict.fromkeys(self.names) if name not in self.told)
        return replace(self, done=True), (ParamsRead(values, silent, types),)


@dataclass(frozen=True, slots=True)
class ParamSetEnd:
    """`value`: what the vehicle says that it holds now; None if it did not answer."""

    value: float | None


@dataclass(frozen=True, slots=True)
class SetParamJob:
    """Sets one parameter; tells a ParamSetEnd with what the vehicle then says that it holds."""

    name: str
    value: float
    param_type: int
    asked: int = 0
    deadline_s: float = 0.0
    done: bool = False

    def begin(self, state: VehicleState, now_s: float) -> tuple["SetParamJob", Out]:
        """Sends it."""
        target = state.address
        wire = on_wire(self.value, self.param_type, state.stack)
        one = ParamSet(target.system, target.component, self.name, wire, self.param_type)
        return replace(self, asked=self.asked + 1, deadline_s=now_s + ASK_AGAIN_S), (one,)

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["SetParamJob", Out]:  # noqa: ARG002
        """The vehicle's echo is the answer."""
        message = received.message
        if self.done or not isinstance(message, ParamValue) or received.source != state.address:
            return self, ()
        if message.param_id != self.name:
            return self, ()
        return replace(self, done=True), (ParamSetEnd(value_of(message, state.stack)),)

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["SetParamJob", Out]:
        """Sends it again."""
        if self.done or now_s < self.deadline_s:
            return self, ()
        if self.asked >= MOST_ASKED:
            return self.cancel(state, now_s)
        return self.begin(state, now_s)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["SetParamJob", Out]:  # noqa: ARG002 - one shape
        """No answer."""
        return replace(self, done=True), (ParamSetEnd(None),)
