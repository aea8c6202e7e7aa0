"""How an area is flown, and what each pattern needs to know beside the plan's common fields.

A pattern with fields of its own has one frozen class here, named in PARAMETERS. Its fields are numbers, whole numbers,
flags, texts, StrEnums, LatLon, datetimes, tuples of these, other such classes, or one of these or None: then the plan
file keeps them without more code (planner/formats/parameters.py). Every field has a default, so that files written
before a field came in still open.
"""

from dataclasses import dataclass
from enum import StrEnum

from planner.geo.points import LatLon


class Pattern(StrEnum):
    """How an area is flown."""

    AREA = "area"
    CORRIDOR = "corridor"
    PERIMETER = "perimeter"
    PATROL = "patrol"
    EXPANDING_SQUARE = "expanding-square"
    SECTOR = "sector"
    PARALLEL = "parallel"
    CREEPING = "creeping"
    ORBIT = "orbit"
    HULL = "hull"


@dataclass(frozen=True, slots=True)
class Parameters:
    """What one pattern needs beside the common fields of a Plan; the subclasses are the patterns'."""

    def outline(self) -> tuple[LatLon, ...]:
        """About where it is flown, for a plan made without an area; empty where an area is needed."""
        return ()


@dataclass(frozen=True, slots=True)
class PerimeterParameters(Parameters):
    """Round a port or an anchorage, looking inward; the stand-off is the Plan's, outside positive, inside negative.

    `laps` times round. The camera looks across the way to the side on which the outline lies, `camera_pitch_deg` from
    the horizon (negative: down); None: at the outline as seen from the flying height.
    """

    laps: int = 1
    camera_pitch_deg: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.laps <= 50:
            raise ValueError(f"laps must lie in 1..50, got {self.laps}")
        if self.camera_pitch_deg is not None and not -90 <= self.camera_pitch_deg <= 0:
            raise ValueError(f"camera pitch must lie in [-90, 0] degrees, got {self.camera_pitch_deg}")


PARAMETERS: dict[Pattern, type[Parameters]] = {
    Pattern.PERIMETER: PerimeterParameters,
}
"""The class of each pattern's parameters; patterns that are not here have none."""


def checked(pattern: Pattern, parameters: Parameters | None) -> None:
    """Whether `parameters` belong to `pattern`.

    Raises:
        ValueError: they are another pattern's.
    """
    if parameters is None:
        return
    wanted = PARAMETERS.get(pattern)
    if wanted is None or not isinstance(parameters, wanted):
        needed = "takes no parameters" if wanted is None else f"takes {wanted.__name__}"
        raise ValueError(f"pattern {pattern} {needed}, got {type(parameters).__name__}")
