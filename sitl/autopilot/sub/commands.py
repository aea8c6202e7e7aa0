"""Commands as ArduSub takes them."""

from typing_extensions import override

from sitl.autopilot.commands import Commands, Order
from sitl.autopilot.injection import Injection
from sitl.autopilot.messages import Mode, Result
from sitl.autopilot.pilot import Pilot
from sitl.autopilot.situation import Situation
from sitl.autopilot.telemetry import Telemetry


class SubCommands(Commands):
    """No take-off and no return; LOITER holds the place, LAND surfaces."""

    def __init__(self, now: Situation, pilot: Pilot, telemetry: Telemetry, injection: Injection) -> None:
        super().__init__(now, pilot, telemetry, injection)
        self._table |= {
            17: lambda _: pilot.set_mode(Mode.POSHOLD),
            20: lambda _: Result.UNSUPPORTED,
            22: lambda _: Result.UNSUPPORTED,
        }

    @override
    def _reposition(self, order: Order) -> Result:
        if order.is_int and order.z > 0 and order.frame not in {0, 5}:
            return Result.DENIED
        return super()._reposition(order)
