"""Options and the connection that all commands of `quaywatch link` share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
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


@contextmanager
def connected(
    to: str, wait_s: float, *, tlog: Path | None = None, signing: "Signing | None" = None
) -> "Iterator[Station]":
    """A station that has heard a vehicle, until the block ends."""
    from planner.link.memory import Memory
    from planner.link.station import Station

    with Station.connect(to, tlog=tlog, timeout_s=wait_s, signing=signing, memory=Memory()) as station:
        yield station
