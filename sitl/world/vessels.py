"""Vessels: kinds, dimensions, paint, motion and AIS equipment."""

import math
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import numpy as np

from sitl.world.course import Course
from sitl.world.hulls import SIZES, body_of
from sitl.world.motion import Motion as Lasting
from sitl.world.motion import VesselState
from sitl.world.solids import Body

Motion = Lasting | Course


class AisClass(StrEnum):
    """Class of an AIS transponder."""

    A = "A"
    B = "B"


@dataclass(frozen=True, slots=True)
class Alias:
    """Another identity that a transponder uses from a moment on (seconds since 1970)."""

    from_s: float
    mmsi: int
    name: str
    callsign: str = ""


@dataclass(frozen=True, slots=True)
class Ais:
    """An AIS transponder: identity and static data as ITU-R M.1371 has them. The antenna stands amidships.

    What makes it lie: `silent_s` are spans of seconds since 1970 in which nothing is sent; `shift_east_m` and
    `shift_north_m` are added to every position, or to those in the spans of `shifted_s`; `declared_length_m` is told in
    place of the vessel's length; from the times of `aliases` on it goes by another MMSI, name and call sign.
    """

    mmsi: int
    name: str
    ais_class: AisClass
    ship_type: int
    callsign: str = ""
    nav_status: int = 0
    silent_s: tuple[tuple[float, float], ...] = ()
    shift_east_m: float = 0.0
    shift_north_m: float = 0.0
    declared_length_m: float | None = None
    shifted_s: tuple[tuple[float, float], ...] = ()
    aliases: tuple[Alias, ...] = ()

    def told_at(self, unix_s: float) -> "Ais":
        """What it says at a moment: the identity that it uses then, and the position shifted or not."""
        if not self.aliases and not self.shifted_s:
            return self
        worn = [a for a in self.aliases if a.from_s <= unix_s]
        mmsi, name, callsign = (worn[-1].mmsi, worn[-1].name, worn[-1].callsign) if worn else _identity(self)
        shifts = not self.shifted_s or any(first <= unix_s < last for first, last in self.shifted_s)
        east, north = (self.shift_east_m, self.shift_north_m) if shifts else (0.0, 0.0)
        return replace(self, mmsi=mmsi, name=name, callsign=callsign, shift_east_m=east, shift_north_m=north)

    def is_silent(self, unix_s: float) -> bool:
        """Whether nothing is sent at a moment (seconds since 1970)."""
        return any(first <= unix_s < last for first, last in self.silent_s)


def _identity(ais: Ais) -> tuple[int, str, str]:
    return ais.mmsi, ais.name, ais.callsign


@dataclass(frozen=True)
class Vessel:
    """A vessel: its kind (a key of sitl.world.hulls.SIZES), overall length and beam in metres, motion, AIS or None.

    `look` seeds its paint and fittings; `lit` says whether it shows lights in the dark; `there_s` is the span in which
    it is there at all (seconds since 1970), as a package between being dropped and picked up.

    Raises:
        ValueError: an unknown kind or a size that is none.
    """

    vessel_id: str
    kind: str
    length_m: float
    beam_m: float
    motion: Motion
    ais: Ais | None = None
    look: int = 0
    lit: bool = True
    there_s: tuple[float, float] = (-math.inf, math.inf)

    def __post_init__(self) -> None:
        if self.kind not in SIZES:
            raise ValueError(f"vessel {self.vessel_id!r}: unknown kind {self.kind!r}; known: {', '.join(SIZES)}")
        if not (self.length_m > 0 and self.beam_m > 0):
            raise ValueError(f"vessel {self.vessel_id!r}: size must be positive, got {self.length_m} x {self.beam_m}")

    def is_there(self, t_utc: datetime) -> bool:
        """Whether it is in the harbour at a time."""
        return self.there_s[0] <= t_utc.timestamp() < self.there_s[1]

    def state_at(self, t_utc: datetime) -> VesselState:
        """Place, heading and speed at a time."""
        return self.motion.state_at(t_utc.timestamp())

    @cached_property
    def body(self) -> Body:
        """Its solids, about the middle of its waterline."""
        rng = np.random.default_rng([self.look, 77])
        return body_of(self.kind, length_m=self.length_m, beam_m=self.beam_m, rng=rng)


KINDS = tuple(SIZES)
"""All kinds of vessel that can be built."""

__all__ = ["KINDS", "Ais", "AisClass", "Alias", "Vessel"]
