"""The harbour that a recorded flight was flown over, as it looked then."""

from dataclasses import replace
from datetime import datetime

from planner.model.errors import BadInput
from sitl.cli.places import in_weather
from sitl.flight_record import FlownFlight
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
