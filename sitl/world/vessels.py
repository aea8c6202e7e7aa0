"""Vessels: kinds, dimensions, paint, motion and AIS equipment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import numpy as np

from sitl.world.hulls import SIZES, body_of
from sitl.world.motion import Motion as Lasting
from sitl.world.motion import VesselState
from sitl.world.solids import Body
from sitl.world.voyage import Voyage

Motion = Lasting | Voyage


class AisClass(StrEnum):
    """Class of an AIS transponder."""

    A = "A"
    B = "B"


@dataclass(frozen=True, slots=True)
class Ais:
    """An AIS transponder: identity and static data as ITU-R M.1371 has them. The antenna stands amidships.

    What makes it lie: `silent_s` are spans of seconds since 1970 in which nothing is sent; `shift_east_m` and
    `shift_north_m` are added to every position; `declared_length_m` is told in place of the vessel's length.
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

    def is_silent(self, unix_s: float) -> bool:
        """Whether nothing is sent at a moment (seconds since 1970)."""
        return any(first <= unix_s < last for first, last in self.silent_s)


@dataclass(frozen=True)
class Vessel:
    """A vessel: its kind (a key of sitl.world.hulls.SIZES), overall length and beam in metres, motion, AIS or None.

    `look` seeds its paint and fittings; `lit` says whether it shows lights in the dark.

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

    def __post_init__(self) -> None:
        if self.kind not in SIZES:
            raise ValueError(f"vessel {self.vessel_id!r}: unknown kind {self.kind!r}; known: {', '.join(SIZES)}")
        if not (self.length_m > 0 and self.beam_m > 0):
            raise ValueError(f"vessel {self.vessel_id!r}: size must be positive, got {self.length_m} x {self.beam_m}")

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

__all__ = ["KINDS", "Ais", "AisClass", "Vessel"]
