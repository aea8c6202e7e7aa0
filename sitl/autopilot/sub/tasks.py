"""What a submersible does that an aircraft does not: drift, keep its depth, surface."""

from dataclasses import dataclass

from sitl.autopilot.situation import Situation, Spot
from sitl.autopilot.tasks import accelerate, climb_to, hold_at
from sitl.vehicle import Demand


@dataclass
class Drift:
    """Nobody at the sticks in MANUAL or STABILIZE: no thrust; the vehicle floats where drag leaves it."""

    done: bool = False

    def step(self, now: Situation, dt_s: float) -> Demand:  # noqa: ARG002 -- a task's signature
        """No thrust."""
        return Demand(motors=False)


@dataclass
class DepthHold:
    """ALT_HOLD with nobody at the sticks: brakes and keeps the depth, not the place."""

    up_m: float | None = None
    done: bool = False

    def step(self, now: Situation, dt_s: float) -> Demand:  # noqa: ARG002 -- a task's signature
        """Keeps the depth of its beginning."""
        if self.up_m is None:
            self.up_m = now.here.up_m
        a_east, a_north = accelerate(now, 0.0, 0.0)
        return Demand(a_east, a_north, climb_to(now, min(self.up_m, 0.0)))


@dataclass
class Surface:
    """Rises straight up until it is within SURFACE_DEPTH of the surface; done then."""

    goal: Spot | None = None
    done: bool = False

    def step(self, now: Situation, dt_s: float) -> Demand:  # noqa: ARG002 -- a task's signature
        """Up, over the place where it began."""
        self.goal = self.goal or now.here
        self.done = self.done or now.body.up_m >= now.parameters["SURFACE_DEPTH"] / 100 - 0.02
        return hold_at(now, self.goal, climb_to(now, 0.0))
