"""What the station can run for a caller: each job wraps a machine in one shape.

`(job, event, vehicle, now) -> (job, out)`, where `out` are messages for the vehicle and events for the caller.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, TypeAlias

from planner.link.commands import UNSUPPORTED, Command, CommandEnd, Rejected, Unanswered
from planner.link.download import Download
from planner.link.flying import DO_SET_MODE, RETURN_TO_LAUNCH, mode_command
from planner.link.messages import AvailableModes, Message, Received, RequestDataStream
from planner.link.stack import Modes
from planner.link.state import VehicleState
from planner.link.store import Store, UploadProgress

Out: TypeAlias = tuple[Any, ...]
STEPS_TOLD = 100
"""How many steps of a transfer's progress are told at the most, about."""


class Job(Protocol):
    """A machine in the station's shape."""

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        ...

    @property
    def deadline_s(self) -> float:
        """When `on_tick` is wanted at the latest."""
        ...

    def begin(self, state: VehicleState, now_s: float) -> tuple["Job", Out]:
        """Starts."""
        ...

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["Job", Out]:
        """A message came; `state` already contains it."""
        ...

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["Job", Out]:
        """Time passed."""
        ...

    def cancel(self, state: VehicleState, now_s: float) -> tuple["Job", Out]:
        """The caller does not want it any more."""
        ...


class StoreJob(NamedTuple):
    """Stores a list; tells UploadProgress (`told` is the last), and at the end the verdict."""

    store: Store
    told: UploadProgress | None = None

    @property
    def done(self) -> bool:
        """Whether the verdict stands."""
        return self.store.done

    @property
    def deadline_s(self) -> float:
        """The store's."""
        return self.store.deadline_s

    def begin(self, state: VehicleState, now_s: float) -> tuple["StoreJob", Out]:  # noqa: ARG002 - one shape for all
        """Starts."""
        return self._after(*self.store.begin(now_s))

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["StoreJob", Out]:  # noqa: ARG002
        """Passes it on."""
        return self._after(*self.store.on_received(received, now_s))

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["StoreJob", Out]:  # noqa: ARG002 - one shape for all
        """Passes it on."""
        return self._after(*self.store.on_tick(now_s))

    def cancel(self, state: VehicleState, now_s: float) -> tuple["StoreJob", Out]:  # noqa: ARG002 - one shape for all
        """Passes it on."""
        return self._after(*self.store.cancel(now_s))

    def _after(self, store: Store, out: tuple[Message, ...]) -> tuple["StoreJob", Out]:
        if store is self.store:
            return self, out
        if store.verdict is None and not self._is_news(store):
            return StoreJob(store, self.told), out
        progress = store.progress
        if store.verdict is None:
            return StoreJob(store, progress), (*out, progress)
        return StoreJob(store, progress), (*out, progress, store.verdict)

    def _is_news(self, store: Store) -> bool:
        """Whether a person would see a difference to what was told last."""
        told = self.told
        if told is None or store.phase != told.phase or store.silent_s != told.silent_s:
            return True
        step = max(1, told.total // STEPS_TOLD)
        return store.done_items // step != told.done // step


class DownloadJob(NamedTuple):
    """Reads a list; tells the DownloadEnd."""

    download: Download

    @property
    def done(self) -> bool:
        """Whether it ended."""
        return self.download.end is not None

    @property
    def deadline_s(self) -> float:
        """The download's."""
        return self.download.deadline_s

    def begin(self, state: VehicleState, now_s: float) -> tuple["DownloadJob", Out]:  # noqa: ARG002 - one shape for all
        """Starts."""
        return self._after(*self.download.begin(now_s))

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["DownloadJob", Out]:  # noqa: ARG002
        """Passes it on."""
        return self._after(*self.download.on_received(received, now_s))

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["DownloadJob", Out]:  # noqa: ARG002
        """Passes it on."""
        return self._after(*self.download.on_tick(now_s))

    def cancel(self, state: VehicleState, now_s: float) -> tuple["DownloadJob", Out]:  # noqa: ARG002
        """Passes it on."""
        return self._after(*self.download.cancel(now_s))

    def _after(self, download: Download, out: tuple[Message, ...]) -> tuple["DownloadJob", Out]:
        ended = download.end if self.download.end is None else None
        return DownloadJob(download), out if ended is None else (*out, ended)


@dataclass(frozen=True, slots=True)
class CommandsJob:
    """Gives the first of several commands that the vehicle takes; tells its CommandEnd."""

    ways: tuple[Callable[[VehicleState], Command], ...]
    way: int = 0
    command: Command | None = None
    end: CommandEnd | None = None

    @property
    def done(self) -> bool:
        """Whether it is decided."""
        return self.end is not None

    @property
    def deadline_s(self) -> float:
        """The running command's."""
        return self.command.deadline_s if self.command else 0.0

    def begin(self, state: VehicleState, now_s: float) -> tuple["CommandsJob", Out]:
        """Gives the first."""
        command, out = replace(self.ways[self.way](state), slow=state.high_latency).begin(now_s)
        return replace(self, command=command), out

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["CommandsJob", Out]:
        """Passes it on."""
        if self.command is None:
            return self, ()
        command, out = self.command.on_received(received, state, now_s)
        return self._after(command, out, state, now_s)

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["CommandsJob", Out]:
        """Passes it on."""
        if self.command is None:
            return self, ()
        command, out = self.command.on_tick(state, now_s)
        return self._after(command, out, state, now_s)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["CommandsJob", Out]:  # noqa: ARG002
        """Stops waiting for the answer."""
        return replace(self, end=Unanswered("was not waited for")), (Unanswered("was not waited for"),)

    def _after(self, command: Command, out: Out, state: VehicleState, now_s: float) -> tuple["CommandsJob", Out]:
        if command.end is None or self.end is not None:
            return replace(self, command=command), out
        if isinstance(command.end, Rejected) and self.way + 1 < len(self.ways):
            after, more = replace(self, way=self.way + 1, command=None).begin(state, now_s)
            return after, (*out, *more)
        return replace(self, command=command, end=command.end), (*out, command.end)


SET_MESSAGE_INTERVAL, REQUEST_MESSAGE, PAUSE_CONTINUE, LAND = 511, 512, 193, 21
HOME_POSITION, AUTOPILOT_VERSION = 242, 148
# message and rate in Hz: position, attitude, sensors, GPS, EKF, speed, mission, time, gimbal twice, where it looks
STREAMS = (
    (33, 5.0),
    (30, 5.0),
    (1, 1.0),
    (24, 1.0),
    (193, 1.0),
    (74, 2.0),
    (42, 2.0),
    (2, 1.0),
    (285, 2.0),
    (265, 2.0),
    (271, 2.0),
)
_FIRST = 33


@dataclass(frozen=True, slots=True)
class StreamsJob:
    """Asks for telemetry: SET_MESSAGE_INTERVAL one by one, or REQUEST_DATA_STREAM where that is not supported."""

    index: int = 0
    command: Command | None = None
    done: bool = False

    @property
    def deadline_s(self) -> float:
        """The running command's."""
        return self.command.deadline_s if self.command else 0.0

    def begin(self, state: VehicleState, now_s: float) -> tuple["StreamsJob", Out]:
        """Asks for the first message."""
        if self.index >= len(STREAMS):
            _, out = Command(state.address, REQUEST_MESSAGE, (float(HOME_POSITION),)).begin(now_s)
            return replace(self, done=True, command=None), out
        number, rate_hz = STREAMS[self.index]
        command, out = Command(state.address, SET_MESSAGE_INTERVAL, (float(number), 1e6 / rate_hz)).begin(now_s)
        if self.index == 0 and state.capabilities is None:  # what it can do: an upload asks again if this is lost
            _, version = Command(state.address, REQUEST_MESSAGE, (float(AUTOPILOT_VERSION),)).begin(now_s)
            out = (*out, *version)
        return replace(self, command=command), out

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["StreamsJob", Out]:
        """Passes it on."""
        if self.command is None:
            return self, ()
        command, out = self.command.on_received(received, state, now_s)
        return self._after(command, out, state, now_s)

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["StreamsJob", Out]:
        """Passes it on."""
        if self.command is None:
            return self, ()
        command, out = self.command.on_tick(state, now_s)
        return self._after(command, out, state, now_s)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["StreamsJob", Out]:  # noqa: ARG002 - one shape for all
        """Stops asking."""
        return replace(self, done=True, command=None), ()

    def _after(self, command: Command, out: Out, state: VehicleState, now_s: float) -> tuple["StreamsJob", Out]:
        if command.end is None:
            return replace(self, command=command), out
        if isinstance(command.end, Unanswered):  # a poor link: the core asks again while nothing is told
            return replace(self, done=True, command=None), out
        if command.end == Rejected(UNSUPPORTED) and STREAMS[self.index][0] == _FIRST:
            target = state.address
            old = RequestDataStream(target.system, target.component, 0, 4, 1)
            return replace(self, done=True, command=None), (*out, old)
        after, more = replace(self, index=self.index + 1, command=None).begin(state, now_s)
        return after, (*out, *more)


AVAILABLE_MODES = 435
MODES_AFTER_S, MODES_AGAIN_S, MODES_TRIES = 1.5, 1.5, 3


@dataclass(frozen=True, slots=True)
class ModesJob:
    """Asks for the vehicle's own list of modes, and then for those of it that were lost; tells nothing.

    Many vehicles do not know it. It listens for the list, not for acknowledgements: REQUEST_MESSAGE is asked for other
    messages too, and an acknowledgement does not say which is meant.
    """

    got: frozenset[int] = frozenset()
    total: int = 0
    tries: int = 0
    deadline_s: float = 0.0
    done: bool = False

    def begin(self, state: VehicleState, now_s: float) -> tuple["ModesJob", Out]:  # noqa: ARG002 - one shape for all
        """Lets the telemetry be asked for first."""
        return replace(self, deadline_s=now_s + MODES_AFTER_S), ()

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["ModesJob", Out]:
        """Counts them."""
        message = received.message
        if not isinstance(message, AvailableModes) or received.source != state.address:
            return self, ()
        got = self.got | {message.mode_index}
        wanted = frozenset(range(1, message.number_modes + 1))
        after = replace(self, got=got, total=message.number_modes, tries=0, deadline_s=now_s + MODES_AGAIN_S)
        return replace(after, done=wanted <= got), ()

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["ModesJob", Out]:
        """Asks, for all or for the first that is missing."""
        if self.done or now_s < self.deadline_s:
            return self, ()
        if self.tries >= MODES_TRIES:
            return replace(self, done=True), ()
        missing = next((index for index in range(1, self.total + 1) if index not in self.got), 0)
        _, out = Command(state.address, REQUEST_MESSAGE, (float(AVAILABLE_MODES), float(missing))).begin(now_s)
        return replace(self, tries=self.tries + 1, deadline_s=now_s + MODES_AGAIN_S), out

    def cancel(self, state: VehicleState, now_s: float) -> tuple["ModesJob", Out]:  # noqa: ARG002 - one shape for all
        """Stops asking."""
        return replace(self, done=True), ()


def pause_job(state: VehicleState) -> CommandsJob:
    """Stop and wait in the air; DO_PAUSE_CONTINUE where it works, else the stack's hold mode."""
    return CommandsJob((_plain(PAUSE_CONTINUE, 0.0), *_mode(state, "hold")))


def resume_job(state: VehicleState) -> CommandsJob:
    """Go on with the mission."""
    modes = state.modes
    if modes is not None and state.custom_mode != modes.mission:
        return CommandsJob(_mode(state, "mission"))
    return CommandsJob((_plain(PAUSE_CONTINUE, 1.0), *_mode(state, "mission")))


def return_job(state: VehicleState) -> CommandsJob:
    """Fly home and land."""
    return CommandsJob((*_mode(state, "home"), _plain(RETURN_TO_LAUNCH)))


def land_job(state: VehicleState) -> CommandsJob:
    """Land where it is."""
    return CommandsJob((*_mode(state, "land"), _plain(LAND)))


def _plain(number: int, *params: float) -> Callable[[VehicleState], Command]:
    return lambda state: Command(state.address, number, params)


def _mode(state: VehicleState, name: str) -> tuple[Callable[[VehicleState], Command], ...]:
    modes: Modes | None = state.modes
    if modes is None:
        return ()
    custom_mode: int = getattr(modes, name)

    def way(now: VehicleState) -> Command:
        params, check = mode_command(now, custom_mode)
        return Command(now.address, DO_SET_MODE, params, check=check)

    return (way,)
