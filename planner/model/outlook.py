"""What is expected of the day: when and in which wind a plan is flown, and under which rules it is checked."""

from dataclasses import dataclass
from datetime import datetime

from planner.geo.points import LatLon
from planner.model.drift import Flow


@dataclass(frozen=True, slots=True)
class Outlook:
    """The conditions that a plan is checked in. What is None is not known, and the check says so.

    `wind` (from) and `current` (to) in m/s and degrees true, `gust_m_s` at least the wind. `surface_msl_m` is the
    height of the ground flown over, `return_height_m` the least height of a return above home. `authorised` are
    identifiers or names of zones that leave was given for. `operation` and `rules_file` name the rules (None: EASA's
    and their usual operation). `contacts` go on the briefing, each "NAME: how to reach".

    Raises:
        ValueError: gusts without a wind or below it, a time without its zone, a height or a range that cannot be meant.
    """

    wind: Flow | None = None
    gust_m_s: float | None = None
    current: Flow | None = None
    start_utc: datetime | None = None
    pilot: LatLon | None = None
    surface_msl_m: float | None = None
    return_height_m: float | None = None
    radio_range_m: float | None = None
    land_allowed: bool = True
    authorised: tuple[str, ...] = ()
    operation: str | None = None
    rules_file: str | None = None
    contacts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.gust_m_s is not None:
            if self.wind is None:
                raise ValueError("gusts need the wind that they are in")
            if not self.wind.speed_m_s <= self.gust_m_s <= 200:
                raise ValueError(f"gusts must lie between the mean wind and 200 m/s, got {self.gust_m_s:g}")
        if self.start_utc is not None and self.start_utc.tzinfo is None:
            raise ValueError("the take-off time needs its time zone")
        for name, value in (
            ("the ground's height", self.surface_msl_m),
            ("the return height", self.return_height_m),
            ("the radio range", self.radio_range_m),
        ):
            if value is not None and not -500 <= value <= 1_000_000:
                raise ValueError(f"{name} must lie in [-500, 1000000] m, got {value:g}")
