"""Options and the connection that all commands of `quaywatch link` share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.model.errors import BadInput

if TYPE_CHECKING:
    from planner.geo.points import LatLon
    from planner.link.keys import Signing
    from planner.link.station import Station

To = Annotated[str, typer.Option("--to", help="The vehicle: tcp:HOST:PORT, udpin:HOST:PORT, serial:DEVICE:BAUD.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Wait = Annotated[float, typer.Option("--wait-s", help="How long to wait for a vehicle's heartbeat, in seconds.")]
Plan = Annotated[Path, typer.Argument(help="A plan or waypoint file.")]
Sign = Annotated[str | None, typer.Option("--sign", help="Sign with the key of this name ('link key set NAME').")]
SignFile = Annotated[
    Path | None, typer.Option("--sign-file", help="Sign with the key in a file that only you can read.")
]
HOME = "tcp:127.0.0.1:5760"


Operator = Annotated[
    str | None, typer.Option("--operator", metavar="LAT,LON", help="Where you stand, for remote identification.")
]


@contextmanager
def connected(
    to: str,
    wait_s: float,
    *,
    tlog: Path | None = None,
    signing: "Signing | None" = None,
    operator: "LatLon | None" = None,
) -> "Iterator[Station]":
    """A station that has heard a vehicle, until the block ends."""
    from planner.link.memory import Memory
    from planner.link.station import Station

    with Station.connect(
        to, tlog=tlog, timeout_s=wait_s, signing=signing, memory=Memory(), operator=operator
    ) as station:
        yield station


def place_of(text: str, name: str = "LAT,LON") -> "LatLon":
    """The place that an argument or option names.

    Raises:
        BadInput: it is none.
    """
    from planner.geo.points import LatLon

    try:
        lat, lon = (float(part) for part in text.split(","))
        return LatLon(lat, lon)
    except ValueError as error:
        raise BadInput(name, f"{text!r} is no place in degrees such as 51.95,4.05 ({error})") from None
