"""Faults that a trainer gives the practice vehicle: what there is, in which units, and which are active now. No I/O."""

import math
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What can go wrong."""

    WIND = "wind"
    GUSTS = "gusts"
    GPS_LOSS = "gps-loss"
    GPS_DRIFT = "gps-drift"
    COMPASS = "compass"
    MOTOR = "motor"
    BATTERY_SAG = "battery-sag"
    LINK_LOSS = "link-loss"
    LINK_DELAY = "link-delay"
    LINK_DUPLICATE = "link-duplicate"
    LINK_DROP = "link-drop"
    CAMERA = "camera"
    GIMBAL_STUCK = "gimbal-stuck"
    AIS_SILENCE = "ais-silence"


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """What a fault's value means and where it lies; `unit` is empty for faults that are on or off."""

    words: str
    unit: str = ""
    least: float = 1.0
    most: float = 1.0
    usual: float = 1.0
    directed: bool = False


SPECS: dict[FaultKind, FaultSpec] = {
    FaultKind.WIND: FaultSpec("steady wind from a direction", "m/s", 0.0, 30.0, 8.0, directed=True),
    FaultKind.GUSTS: FaultSpec("gusts of this standard deviation on top of the wind", "m/s", 0.1, 10.0, 2.0),
    FaultKind.GPS_LOSS: FaultSpec("no satellites"),
    FaultKind.GPS_DRIFT: FaultSpec("the measured place drifts towards a direction", "m/s", 0.05, 20.0, 1.0,
                                   directed=True),
    FaultKind.COMPASS: FaultSpec("the measured heading is off, clockwise", "degrees", -180.0, 180.0, 20.0),
    FaultKind.MOTOR: FaultSpec("share of the lift that is lost", "0 to 1", 0.05, 1.0, 0.4),
    FaultKind.BATTERY_SAG: FaultSpec("the battery gives less voltage", "V", 0.1, 15.0, 3.0),
    FaultKind.LINK_LOSS: FaultSpec("nothing passes, in either direction"),
    FaultKind.LINK_DELAY: FaultSpec("each message is late, in either direction", "s", 0.01, 30.0, 1.0),
    FaultKind.LINK_DUPLICATE: FaultSpec("share of the messages that come twice", "0 to 1", 0.01, 1.0, 0.3),
    FaultKind.LINK_DROP: FaultSpec("share of the messages that are lost", "0 to 1", 0.01, 0.99, 0.3),
    FaultKind.CAMERA: FaultSpec("the shutter does not release"),
    FaultKind.GIMBAL_STUCK: FaultSpec("the gimbal stays where it is"),
    FaultKind.AIS_SILENCE: FaultSpec("no AIS message is received"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `value` is in its kind's unit; `direction_deg` is where wind comes from, or where a drift goes."""

    kind: FaultKind
    value: float = 1.0
    direction_deg: float = 0.0

    def __post_init__(self) -> None:
        spec = SPECS[self.kind]
        if not spec.least <= self.value <= spec.most:
            unit = f" {spec.unit}" if spec.unit else ""
            raise ValueError(f"{self.kind} must lie in {spec.least:g}..{spec.most:g}{unit}, got {self.value:g}")
        if not 0 <= self.direction_deg < 360:
            raise ValueError(f"the direction of {self.kind} must lie in 0..360 degrees, got {self.direction_deg:g}")

    @classmethod
    def usual(cls, kind: FaultKind, value: float | None = None, direction_deg: float | None = None) -> "Fault":
        """The fault with its usual value where none is given.

        Raises:
            ValueError: the value does not fit the kind, or the kind has no value or no direction.
        """
        spec = SPECS[kind]
        if value is not None and not spec.unit:
            raise ValueError(f"{kind} is on or off and takes no value, got {value:g}")
        if direction_deg is not None and not spec.directed:
            raise ValueError(f"{kind} has no direction, got {direction_deg:g}")
        return cls(kind, spec.usual if value is None else value, direction_deg or 0.0)

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """KIND, KIND=VALUE or KIND=VALUE@DIRECTION, for example wind=8@270.

        Raises:
            ValueError: not such a text.
        """
        name, _, rest = text.strip().partition("=")
        if name not in set(FaultKind):
            raise ValueError(f"there is no fault {name!r}; there are {', '.join(FaultKind)}")
        value, _, direction = rest.partition("@")
        try:
            numbers = [float(part) if part else None for part in (value, direction)]
        except ValueError:
            raise ValueError(f"a fault reads KIND, KIND=VALUE or KIND=VALUE@DIRECTION, got {text!r}") from None
        if any(n is not None and not math.isfinite(n) for n in numbers):
            raise ValueError(f"the numbers of a fault must be finite, got {text!r}")
        return cls.usual(FaultKind(name), *numbers)


@dataclass(frozen=True, slots=True)
class Span:
    """An active fault: since when, until when (None: until it is ended), in simulated seconds."""

    fault: Fault
    since_s: float
    until_s: float | None = None


class Faults:
    """The faults that are active now, at most one of each kind; a new one replaces the old."""

    def __init__(self) -> None:
        self.active: dict[FaultKind, Span] = {}
        self.ended: list[tuple[Span, float]] = []
        self.version = 0

    def begin(self, fault: Fault, now_s: float, *, for_s: float | None = None) -> None:
        """Starts `fault` now; for ever, or for so many simulated seconds.

        Raises:
            ValueError: `for_s` is not positive.
        """
        if for_s is not None and not 0 < for_s < math.inf:
            raise ValueError(f"a fault must last a positive number of seconds, got {for_s:g}")
        self.end(fault.kind, now_s)
        self.active[fault.kind] = Span(fault, now_s, None if for_s is None else now_s + for_s)
        self.version += 1

    def end(self, kind: FaultKind, now_s: float) -> bool:
        """Ends the fault of this kind; False if there is none."""
        span = self.active.pop(kind, None)
        if span is None:
            return False
        self.ended.append((span, now_s))
        self.version += 1
        return True

    def step(self, now_s: float) -> None:
        """Ends what has lasted its time."""
        if not self.active:
            return
        for kind, span in list(self.active.items()):
            if span.until_s is not None and now_s >= span.until_s:
                self.end(kind, span.until_s)

    def value(self, kind: FaultKind) -> float:
        """The active fault's value; 0 where there is none."""
        span = self.active.get(kind)
        return 0.0 if span is None else span.fault.value

    def __contains__(self, kind: object) -> bool:
        return kind in self.active

    def spans_s(self, kind: FaultKind, now_s: float) -> list[tuple[float, float]]:
        """When faults of this kind were active up to now, in simulated seconds."""
        past = [(span.since_s, at_s) for span, at_s in self.ended if span.fault.kind is kind]
        return past + [(span.since_s, now_s) for k, span in self.active.items() if k is kind]
