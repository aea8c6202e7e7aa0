"""What a crew is given before an exam: the task in words, the area, the zones, the launch place."""

import json
from pathlib import Path

from planner.model.errors import QuaywatchError
from planner.model.zone import ZoneRule
from sitl.scenario.stage import harbour_of
from sitl.scenario.values import Scenario


def write_briefing(scenario: Scenario, folder: Path) -> dict[str, Path]:
    """Writes brief.txt, area.geojson, zones.geojson (all zones) and no-fly.geojson (if there are any) into `folder`.

    Raises:
        QuaywatchError: it cannot be written.
    """
    harbour = harbour_of(scenario)
    documents = {
        "brief.txt": brief_text(scenario),
        "area.geojson": json.dumps(harbour.area_geojson(), indent=1),
        "zones.geojson": json.dumps(harbour.zones_geojson(), indent=1),
    }
    if any(zone.rule is ZoneRule.NO_FLY for zone in harbour.zones):
        kept = [f for f in _features(harbour.zones_geojson()) if f["properties"]["rule"] == ZoneRule.NO_FLY.value]
        documents["no-fly.geojson"] = json.dumps({"type": "FeatureCollection", "features": kept}, indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in documents.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise QuaywatchError(f"{folder}: cannot write the brief: {error.strerror or error}") from None
    return {Path(name).stem: folder / name for name in documents}


def brief_text(scenario: Scenario) -> str:
    """The task in words, with weather, limits and points."""
    rows = [*brief_lines(scenario), ("Points", ", ".join(f"{mark} {most}" for mark, most in scenario.rubric.items()))]
    told = "\n".join(f"{name:<12}{text}" for name, text in rows)
    return f"{scenario.title}\n\n{scenario.task.brief}\n\n{told}\n"


def brief_lines(scenario: Scenario) -> list[tuple[str, str]]:
    """Time, launch place, wind, limits and watched places: the name of each, and what is told of it."""
    harbour, w, task = harbour_of(scenario), scenario.weather, scenario.task
    gust = "" if w.gust_m_s is None else f", gusts {w.gust_m_s:g} m/s"
    launch = f"{harbour.launch.lat_deg:.6f}, {harbour.launch.lon_deg:.6f}"
    wind = f"{w.wind_m_s:g} m/s from {w.wind_from_deg:03.0f}{gust}"
    lines = [
        ("Time", f"{scenario.start_utc:%Y-%m-%d %H:%M} UTC, {scenario.time_limit_s / 60:.0f} min"),
        ("Launch", f"{launch}, {harbour.takeoff_height_m:g} m above the water"),
        ("Wind", f"{wind}; sea state {w.sea_state}; visibility {w.visibility_m / 1000:g} km"),
        ("Limits", f"{task.ceiling_m:g} m above the water; {100 * task.reserve_share:.0f} % of the battery stay"),
    ]
    for point in task.watch:
        place = harbour.frame.to_place(point.east_m, point.north_m)
        every = f"{point.every_s / 60:g} min"
        lines.append(("Watch", f"{point.name}: {place.lat_deg:.6f}, {place.lon_deg:.6f}, a picture every {every}"))
    return lines


def _features(collection: dict[str, object]) -> list[dict[str, dict[str, object]]]:
    features = collection["features"]
    return features if isinstance(features, list) else []
