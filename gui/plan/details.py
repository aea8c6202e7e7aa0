"""A pattern's own figures in words: what a search finds, how well a patrol surprises, when a vessel is met."""

from collections.abc import Callable, Mapping

from gui.plan.values import time_text
from gui.units import height_text, length_text
from planner.model.planned import PlannedMission

_PERCENT: Callable[[float], str] = lambda v: f"{100 * v:.0f} %"  # noqa: E731 - one of a table
_WH: Callable[[float], str] = lambda v: f"{v:.0f} Wh"  # noqa: E731 - one of a table
_ROWS: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("pod", "Found, usual conditions", _PERCENT),
    ("pod_ideal", "Found, ideal conditions", _PERCENT),
    ("poc", "In the water searched", _PERCENT),
    ("pos", "Found at all", _PERCENT),
    ("coverage_factor", "Coverage factor", lambda v: f"{v:.2f}"),
    ("drift_m", "Drift since then", length_text),
    ("drift_deg", "Drift towards", lambda v: f"{v:03.0f}°"),
    ("error_m", "Error of the datum", length_text),
    ("radius_m", "Searched to", length_text),
    ("sweep_width_m", "Sweep width", length_text),
    ("track_spacing_m", "Track spacing", length_text),
    ("search_area_m2", "Water searched", lambda v: f"{v / 1e6:.2f} km²"),
    ("patrol_s", "Patrol lasts", time_text),
    ("visit_s", "Against a stay of", time_text),
    ("visits", "Visits", lambda v: f"{v:.0f}"),
    ("meets_after_s", "Meets the vessel after", time_text),
    ("looks_for_s", "Looks for", time_text),
    ("stand_off_m", "Stand-off", length_text),
    ("vessel_px", "The vessel is", lambda v: f"{v:,.0f} px long"),
    ("lanes", "Lanes", lambda v: f"{v:.0f}"),
    ("deepest_m", "Deepest", lambda v: height_text(v, digits=1)),
    ("scanned_m", "Hull scanned", length_text),
    ("bearing_deg", "Most lines at", lambda v: f"{v:03.0f}°"),
    ("pattern_wh", "Pattern in the wind", _WH),
    ("pattern_wh_shortest", "Shortest way in it", _WH),
    ("glint_share", "Pictures in glint", _PERCENT),
    ("glint_share_shortest", "Of the shortest way", _PERCENT),
    ("outline_m", "Outline", length_text),
    ("outline_passed", "Outline passed", _PERCENT),
)
_SCORES: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("unseen", "A stay goes unseen", _PERCENT),
    ("unseen_timed", "One well timed", _PERCENT),
    ("foretold", "Next visit foretold", _PERCENT),
    ("worst_gap_s", "Longest alone", time_text),
    ("return_entropy", "Spread", lambda v: f"{v:.1f} bit"),
)
"""Scores of a patrol, each beside that of a fixed tour."""


def details_of(planned: PlannedMission) -> tuple[tuple[str, str], ...]:
    """The pattern's own figures, each with its words."""
    given = planned.details
    rows = [(words, text(float(value))) for key, words, text in _ROWS if (value := _number(given, key)) is not None]
    ours, fixed = given.get("scores"), given.get("fixed_tour")
    if isinstance(ours, Mapping) and isinstance(fixed, Mapping):
        rows.append(("Scores", "(fixed tour)"))
        for key, words, text in _SCORES:
            mine, other = _number(ours, key), _number(fixed, key)
            if mine is not None and other is not None:
                rows.append((words, f"{text(mine)} ({text(other)})"))
    return tuple(rows)


def _number(given: Mapping[str, object], key: str) -> float | None:
    value = given.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
