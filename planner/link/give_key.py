"""A vehicle's signing key set or taken away (SETUP_SIGNING), over a wire only, and what came of it.

https://mavlink.io/en/guide/message_signing.html: the key goes in the clear and is not acknowledged. So it is sent over
USB or inside this computer alone, is written into no log, and is believed to be set only when the vehicle is heard
signing with it and does what a signed command asks.
"""

import re
import time
from dataclasses import dataclass, replace
from typing import Any

from planner.link.commands import Command
from planner.link.errors import NotDone, NoVehicle, SeveralVehicles
from planner.link.fitting import AUTOPILOT_VERSION, REQUEST_MESSAGE
from planner.link.jobs import CommandsJob
from planner.link.keys import Signing
from planner.link.messages import Received
from planner.link.services import SetupSigning
from planner.link.signing import KEY_BYTES, SigningKey, ticks
from planner.link.state import VehicleState
from planner.link.station import HEARD_S, Station, heard
from planner.link.transports import parse_address

TIMES, EVERY_S = 3, 0.3
SETTLE_S = 1.5
"""A vehicle sends a heartbeat each second; after this the last one came after the key."""
_USB = re.compile(r"/dev/(ttyACM\d+|cu\.usbmodem.*)")
_HERE = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1|\[::1\]")


def why_not_wired(address: str) -> str:
    """Why a key must not be sent there, in a sentence; "" for USB and for this computer itself.

    A USB serial adapter may be a radio, and a network may be listened to: of those the address tells nothing.

    Raises:
        BadAddress: it cannot be understood.
    """
    end = parse_address(address)
    if _USB.fullmatch(end.host) if end.kind == "serial" else _HERE.fullmatch(end.host):
        return ""
    return (
        f"{address}: the key would go in the clear over what may be a radio or a network; connect the vehicle by USB, "
        "or say --wired if this is a cable."
    )


@dataclass(frozen=True, slots=True)
class SetupSigningJob:
    """Sends the key some times, because nothing acknowledges it. None: no signing any more."""

    key: SigningKey | None
    at_us: int
    sent: int = 0
    deadline_s: float = 0.0
    done: bool = False

    def begin(self, state: VehicleState, now_s: float) -> tuple["SetupSigningJob", tuple[Any, ...]]:
        """Sends it."""
        secret = bytes(KEY_BYTES) if self.key is None else self.key.secret
        begin = 0 if self.key is None else ticks(self.at_us)
        one = SetupSigning(state.address.system, state.address.component, tuple(secret), begin)
        sent = self.sent + 1
        return replace(self, sent=sent, deadline_s=now_s + EVERY_S, done=sent >= TIMES), (one,)

    def on_received(
        self,
        received: Received,  # noqa: ARG002 - one shape for all
        state: VehicleState,  # noqa: ARG002
        now_s: float,  # noqa: ARG002
    ) -> tuple["SetupSigningJob", tuple[Any, ...]]:
        """Nothing answers it."""
        return self, ()

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["SetupSigningJob", tuple[Any, ...]]:
        """Sends it again."""
        return (self, ()) if self.done or now_s < self.deadline_s else self.begin(state, now_s)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["SetupSigningJob", tuple[Any, ...]]:  # noqa: ARG002
        """Sends it no more."""
        return replace(self, done=True), ()


def give_key(
    address: str, key: Signing | None, *, old: Signing | None, timeout_s: float, vehicle: int | None = None
) -> str:
    """Makes the vehicle sign with `key` and heed only what is signed with it (None: no longer); what was seen of it.

    `old`: the key that it signs with now, if any. `vehicle`: its system id, where the link has several.

    Raises:
        SeveralVehicles: more than one is heard and none was chosen; nothing was sent.
        NotDone: it is armed, speaks MAVLink 1, is not heard to sign (or still is), or does not heed what is signed.
        NoVehicle: nobody answers there.
    """
    with Station.connect(address, timeout_s=timeout_s, signing=old, vehicle=vehicle) as station:
        others = station.listen_for_others(HEARD_S) if vehicle is None else ()
        if len(others) > 1:
            raise SeveralVehicles(address, heard(others), others[0].system)
        state, system = station.snapshot(), station.system
        if state is not None and state.armed:
            raise NotDone("Nothing was sent: the vehicle is armed and takes no key then; land and disarm it first.")
        if state is not None and state.mavlink == 1:
            raise NotDone("Nothing was sent: the vehicle speaks MAVLink 1, which cannot be signed.")
        for _ in station.run(SetupSigningJob(None if key is None else key.key, time.time_ns() // 1000)):
            pass
    if key is None:
        return _seen_unsigned(address, system, timeout_s)
    return _seen_signed(address, system, key, timeout_s)


def _seen_signed(address: str, system: int, key: Signing, timeout_s: float) -> str:
    try:
        with Station.connect(address, timeout_s=timeout_s, signing=key, vehicle=system) as station:
            station.order("Signing", lambda _: CommandsJob(_WAYS))
    except NoVehicle as error:
        told = "The vehicle was sent the key, but is not heard to sign with it"
        raise NotDone(f"{told}: it may take none, or be armed. {error}") from error
    except NotDone as error:
        told = "The vehicle signs with the key, but does not do what is signed with it"
        raise NotDone(f"{told}: {error}") from error
    return "The vehicle signs with the key, and does what a command signed with it asks."


def _seen_unsigned(address: str, system: int, timeout_s: float) -> str:
    with Station.connect(address, timeout_s=timeout_s, vehicle=system) as station:
        time.sleep(SETTLE_S)
        if station.hears_signed:
            raise NotDone("The vehicle was told to stop signing, but still signs; name its key with --sign.")
        station.order("Signing", lambda _: CommandsJob(_WAYS))
    return "The vehicle no longer signs, and does what an unsigned command asks."


def _ask(state: VehicleState) -> Command:
    return Command(state.address, REQUEST_MESSAGE, (float(AUTOPILOT_VERSION),))


_WAYS = (_ask, _ask, _ask)
"""Other messages are asked for with the same command, and a refusal does not say which is meant: it is asked again."""
