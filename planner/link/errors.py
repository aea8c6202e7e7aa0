"""What can go wrong on the link, as a tree.

QuaywatchError
└── LinkError            the link could not do what was asked
    ├── BadAddress       the address cannot be understood (exit code 2)
    ├── NoVehicle        nobody answers there
    ├── SeveralVehicles  more than one is heard and none was chosen (exit code 2)
    ├── LinkBusy         another transfer is running
    ├── LinkTooPoor      the link cannot carry what was asked; nothing was sent
    └── NotDone          the vehicle refused, or did not confirm, a command
"""

from planner.model.errors import QuaywatchError


class LinkError(QuaywatchError):
    """The link could not do what was asked; the answer is no."""

    exit_code = 1


class BadAddress(LinkError):
    """An address that names no transport."""

    exit_code = 2

    def __init__(self, address: str, problem: str) -> None:
        super().__init__(
            f"address {address!r}: {problem}; write for example tcp:127.0.0.1:5760, udpin:127.0.0.1:14550 "
            "or serial:/dev/ttyACM0:115200"
        )
        self.address = address


class NoVehicle(LinkError):
    """Nobody answers at an address."""

    def __init__(self, address: str, problem: str) -> None:
        super().__init__(f"{address}: {problem}")
        self.address = address


class SeveralVehicles(LinkError):
    """More than one vehicle is heard on a link, and none of them was chosen."""

    exit_code = 2

    def __init__(self, address: str, heard: str, first: int) -> None:
        super().__init__(f"{address}: {heard}; choose the one that is meant, for example with --vehicle {first}")
        self.address = address


class LinkBusy(LinkError):
    """Another mission transfer is running for this vehicle."""

    def __init__(self) -> None:
        super().__init__("another transfer is running for this vehicle; wait for it or cancel it")


class LinkTooPoor(LinkError):
    """The link cannot carry what was asked: a high-latency link, or MAVLink 1. Nothing was sent."""


class NotDone(LinkError):
    """The vehicle refused, or did not confirm, a command."""
