"""What a recorded flight saw: the harbour that it was flown over, as it looked then, and its film."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from planner.model.errors import BadInput
from sitl.camera.film import Film, Metadata
from sitl.camera.flown import Cut, flown_frames
from sitl.cli.places import in_weather
from sitl.flight_record import FlownFlight, find_record, read_record
from sitl.scenario.read import read_scenario
from sitl.scenario.stage import harbour_of
from sitl.world.choice import harbour_named
from sitl.world.harbour import Harbour


def harbour_flown_over(flight: FlownFlight) -> Harbour:
    """The harbour with its vessels and its weather.

    Raises:
        BadInput: the harbour's or the scenario's file is gone, or is none.
    """
    scenery = flight.scenery
    if scenery.scenario is not None:
        path = flight.path.parent / scenery.scenario
        if not path.is_file():
            raise BadInput(flight.path, f"was flown in an exam whose {scenery.scenario} is no longer beside it")
        return harbour_of(replace(read_scenario(path), seed=scenery.seed))
    try:
        start = None if scenery.start_utc is None else datetime.fromisoformat(scenery.start_utc)
    except ValueError:
        raise BadInput(flight.path, f"line 1: start_utc is {scenery.start_utc!r}, no time") from None
    harbour = harbour_named(scenery.harbour, scenery.seed)
    return in_weather(harbour, scenery.weather, scenery.thermal, scenery.wind, start or flight.moments[0].true.at_utc)


def film_of_flight(
    path: Path,
    frames_per_s: int = 10,
    cut: Cut | None = None,
    *,
    metadata: Metadata = Metadata.SRT,
    weather: str | None = None,
    thermal: str | None = None,
    seed: int | None = None,
) -> Film:
    """The film of a practice flight, by its folder or record: what it saw, and what the drone told.

    Weather and thermal camera are the flight's, unless others are asked for; so is the seed of the grain.

    Raises:
        BadInput: there is no such record or flight; no such weather.
    """
    if not 1 <= frames_per_s <= 60:
        raise BadInput("sim film", f"frames_per_s must lie in 1..60, got {frames_per_s}")
    flown = read_record(find_record(path))
    true, told = flown_frames(flown, frames_per_s, cut or Cut())
    harbour = harbour_flown_over(flown)
    if weather is not None or thermal is not None:
        harbour = in_weather(harbour, weather, thermal, None, true[0].at_utc)
    grain = flown.scenery.seed if seed is None else seed
    return Film(harbour, true, frames_per_s, told=told, metadata=metadata, seed=grain)
