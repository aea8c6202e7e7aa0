"""A transport opened with patience: the vehicle or the simulator was perhaps only just started."""

import time

from planner.link.errors import NoVehicle
from planner.link.transports import Transport, open_transport

OPEN_AGAIN_S = 0.2


def open_patiently(address: str, patience_s: float) -> Transport:
    """As `open_transport`, but a port may refuse for so long.

    Raises:
        BadAddress: the address cannot be understood.
        NoVehicle: it cannot be opened.
    """
    give_up_s = time.monotonic() + patience_s
    while True:
        try:
            return open_transport(address)
        except NoVehicle as error:
            if not isinstance(error.__cause__, ConnectionRefusedError) or time.monotonic() >= give_up_s:
                raise
            time.sleep(OPEN_AGAIN_S)
