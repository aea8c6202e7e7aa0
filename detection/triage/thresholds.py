"""What the rules go by. Each figure names its source; `own` marks a proposal of this project, to be tuned per port."""

from dataclasses import dataclass, fields, replace

from planner.model.errors import BadInput


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The figures behind the rules; see `SOURCES` for where each comes from."""

    zone_probability: float = 0.5
    zone_moving_probability: float = 0.8
    moving_m_s: float = 0.5
    ais_heard_s: float = 900.0
    ais_heard_within_m: float = 20_000.0
    ais_carriage_length_m: float = 20.0
    alongside_hull_widths: float = 2.0
    alongside_speed_m_s: float = 1.03
    alongside_apart_s: float = 60.0
    same_vessel_overlap: float = 0.3
    same_vessel_length_ratio: float = 0.5
    hull_slimness: float = 4.0
    hull_width_least_m: float = 2.0
    berth_neighbours: int = 3

    def __post_init__(self) -> None:
        for entry in fields(self):
            if not getattr(self, entry.name) >= 0:
                raise ValueError(f"{entry.name} must not be negative, got {getattr(self, entry.name)}")

    def changed(self, source: str, values: dict[str, float]) -> "Thresholds":
        """These thresholds with some of them replaced.

        Raises:
            BadInput: a name that is no threshold, or a value that cannot be one; names `source`.
        """
        known = {entry.name for entry in fields(self)}
        for name in values:
            if name not in known:
                raise BadInput(source, f"{name!r} is no threshold; known are {', '.join(sorted(known))}")
        try:
            return replace(self, **values)  # type: ignore[arg-type]  # names were checked above
        except (TypeError, ValueError) as error:
            raise BadInput(source, str(error)) from None


SOURCES: dict[str, str] = {
    "zone_probability": "own: more likely inside than outside, by the error ellipse",
    "zone_moving_probability": "own: for a single sighting of a moving vessel",
    "moving_m_s": "own: 1 kn; below it a contact counts as lying still",
    "ais_heard_s": "own: 15 minutes, five of the longest reporting interval at rest (3 min, ITU-R M.1371)",
    "ais_heard_within_m": "own: 20 km, well inside the range of a shore receiver",
    "ais_carriage_length_m": (
        "own: 20 m, near 65 ft (33 CFR 164.46); SOLAS V/19 says 300 GT international, 500 GT domestic cargo, all "
        "passenger ships (help.fleetmon.com), EU fishing vessels 15 m (2002/59/EC)"
    ),
    "alongside_hull_widths": "own: less than two hull widths apart (no published figure for a drone's view)",
    "alongside_speed_m_s": "2 kn, as in Global Fishing Watch's encounters (median speed under 2 kn)",
    "alongside_apart_s": "own: positions further apart in time than this are not compared",
    "same_vessel_overlap": "own: a box covered by this share or more may be the other vessel detected again",
    "same_vessel_length_ratio": "own: of boxes over each other, lengths more alike than this are one vessel",
    "hull_slimness": "own: length over beam where only length is measured (work boats 3 to 4, ships 6 to 7)",
    "hull_width_least_m": "own: beam of the smallest craft considered",
    "berth_neighbours": "own: with this many close neighbours a vessel more likely lies at a berth",
}
"""Where each threshold comes from, for the report's table."""
