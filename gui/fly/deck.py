"""The Fly page's vehicle: one on a link, and the practice drone where that is asked for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gui.fly.practice import PracticeDrone
from gui.fly.seam import Cleared, Landed, Looked, Looking, Order, Progress
from gui.fly.shared_link import LINK_LOG, SharedLink
from planner.link.before import cleared, held_now, in_words, lists_of, put_back
from planner.link.errors import LinkError, NotDone
from planner.link.events import Armed, Flown, LinkSilent, LostSight, NotFlown, NotReady, Said
from planner.link.items import FENCE, MISSION, RALLY
from planner.link.memory import Memory
from planner.link.preflight import ground_unknown, safety_settings
from planner.link.retask import retask
from planner.link.settings import Setting, reach_of
from planner.link.stack import Stack
from planner.link.state import VehicleState
from planner.link.store import UploadProgress, empty_figures
from planner.link.vehicle import Vehicle
from planner.link.verdict import NotStored, Stored, Verdict, may_have_changed
from planner.model.mission import Mission
from planner.route.look_now import look_now

__all__ = ["LINK_LOG", "SCENE", "StationDeck"]

SCENE = "harbour"
"""Folder beside a practice flight's footage with AIS, zones and the quay's height."""


class StationDeck:
    """Flies one vehicle; each connection's logs go into a folder of their own below `flights`."""

    def __init__(self, flights: Path, *, speedup: float = 4.0) -> None:
        self._flights = flights
        self._speedup = speedup
        self._link: SharedLink | None = None
        self._vehicle: Vehicle | None = None
        self._before: Mission | None = None
        self._touched: tuple[int, ...] = ()
        self._cancelled = False

    @property
    def is_practice(self) -> bool:
        """Whether it is the embedded practice drone."""
        return self._link is not None and self._link.drone is not None

    @property
    def address(self) -> str:
        """Of the link that is open; empty without one."""
        return "" if self._link is None else self._link.station.address

    def connect(self, address: str) -> None:
        """Connects, to the vehicle that is heard first."""
        self.close()
        link = SharedLink.open(address, self._new_folder(), memory=Memory())
        self._hold(link, link.station.system)

    def practise(self, mission: Mission | None) -> str:
        """Starts the practice drone at the plan's home, or in its own harbour, and connects."""
        self.close()
        folder = self._new_folder()
        drone = PracticeDrone.start(folder, mission, speedup=self._speedup)
        try:
            link = SharedLink.open(drone.address, folder, drone)  # it is a new one each time: nothing to remember
        except Exception:
            drone.stop()
            raise
        self._hold(link, link.station.system)
        return drone.address

    def blank(self) -> "StationDeck":
        """Another one, without a vehicle."""
        return StationDeck(self._flights, speedup=self._speedup)

    def newcomers(self) -> tuple["StationDeck", ...]:
        """A deck for each vehicle that is heard on the same link and has none yet."""
        found: list[StationDeck] = []
        if self._link is not None:
            for system in self._link.newcomers():
                one = self.blank()
                one._hold(self._link, system)  # noqa: SLF001 - its own kind
                found.append(one)
        return tuple(found)

    def state(self) -> VehicleState | None:
        """The vehicle as last heard."""
        vehicle = self._vehicle
        return None if vehicle is None else vehicle.snapshot()

    def upload(self, mission: Mission, progress: Callable[[Progress], None]) -> Verdict:
        """Uploads, reads back and compares; what the vehicle held before is read first, where it could be lost."""
        vehicle = self._connected()
        self._before, self._cancelled, unread = None, False, ""
        progress(Progress(0, len(mission), "Reading what the drone holds"))
        try:
            self._before = held_now(vehicle)
        except NotDone:
            unread = " What it held before could not be read, so it cannot be put back."
        if self._cancelled:
            reason = "Cancelled before anything was sent; the drone holds what it held."
            return NotStored(reason, empty_figures(len(mission)), sent=False)
        self._touched = lists_of(mission)
        verdict = vehicle.upload(mission, _telling(progress))
        if not may_have_changed(verdict):
            self._before = None
            return verdict
        return replace(verdict, reason=f"{verdict.reason}{unread}")

    @property
    def before(self) -> str | None:
        """What the vehicle held before it was changed last."""
        return None if self._before is None else in_words(self._before)

    def restore(self, progress: Callable[[Progress], None]) -> Verdict:
        """Makes the vehicle hold again what it held before.

        Raises:
            LinkError: nothing is known of before.
        """
        if self._before is None:
            raise LinkError("What the drone held before is not known; send the plan again.")
        verdict = put_back(self._connected(), self._before, self._touched, _telling(progress))
        if isinstance(verdict, Stored):
            self._before = None
        return verdict

    def clear(self) -> Cleared:
        """Takes all lists out of the vehicle; what was there is read first.

        Raises:
            LinkError: it could not be read, or the vehicle is still starting.
        """
        vehicle = self._connected()
        before = held_now(vehicle, any_stack=True)
        if before is None:
            raise LinkError("The drone is still starting; clear it in some seconds.")
        state = vehicle.snapshot()
        # others, and MAVLink 1, may take fence and rally for the mission
        known = state is not None and state.stack is not Stack.OTHER and state.mavlink != 1
        self._touched = (MISSION, FENCE, RALLY) if known else (MISSION,)
        ends = vehicle.clear(self._touched)
        self._before = before if lists_of(before) else None
        return Cleared(cleared(ends), " ".join(end.reason for end in ends))

    def cancel_upload(self) -> None:
        """Ends a running upload; `upload` then returns the verdict that this leaves."""
        self._cancelled = True
        self._connected().cancel()

    def fly(self, say: Callable[[str], None]) -> Landed:
        """Flies the mission that the vehicle holds, until it disarms.

        Raises:
            LinkError: it did not fly, or was lost from sight.
        """
        for event in self._connected().fly():
            match event:
                case Flown():
                    return self._landed(event)
                case NotFlown() | LostSight():
                    raise LinkError(event.reason)
                case NotReady(reasons=reasons):
                    say(f"Waiting: {'; '.join(reasons)}.")
                case Armed():
                    say("Armed.")
                case LinkSilent(seconds=0.0):
                    say("The drone is heard again.")
                case Said(severity=severity, text=text) if severity <= 4:
                    say(text)
                case _:
                    pass
        raise LinkError("The link ended before the flight did; what the drone does now is not known.")

    def order(self, order: Order) -> None:
        """Tells the flying vehicle."""
        vehicle = self._connected()
        match order:
            case Order.PAUSE:
                vehicle.pause()
            case Order.RESUME:
                vehicle.resume()
            case Order.RETURN:
                vehicle.return_home()
            case Order.LAND:
                vehicle.land()

    def settings(self, mission: Mission) -> tuple[Setting, ...]:
        """The vehicle's failsafe, fence and battery settings, held against the plan."""
        vehicle = self._connected()
        unknown = ground_unknown(vehicle, mission)
        ground = (Setting("ground", None, "not known", unknown),) if unknown else ()
        return (*safety_settings(vehicle, reach_of(mission)), *ground)

    def look(self, looking: Looking) -> Looked:
        """Sends the flying drone round a vessel and back to its patrol; says what it does now.

        Raises:
            QuaywatchError: it does not, and why.
        """
        vehicle = self._connected()
        way = look_now(looking.mission, looking.drone, looking.vessel, looking.now, name="This flight", sky=looking.sky)
        done = retask(vehicle, way.mission, way.looks_from_item, back=(looking.mission, looking.now.item))
        if not done.done:
            raise NotDone(done.reason)
        on = "returns" if way.rejoins_item is None else "goes on with its patrol"
        text = f"The drone looks at the vessel in {way.meets_after_s:.0f} s, then {on} ({way.adds_s:+.0f} s)."
        return Looked(text, way.mission)

    def close(self) -> None:
        """Lets go of the vehicle; the last one of a link closes it, and stops the practice drone."""
        link, self._link, self._vehicle, self._before = self._link, None, None, None
        if link is not None:
            link.let_go()

    def _hold(self, link: SharedLink, system: int) -> None:
        link.take(system)
        self._link, self._vehicle = link, link.station.vehicle(system)

    def _landed(self, flown: Flown) -> Landed:
        link, vehicle = self._link, self._vehicle
        if link is None or vehicle is None:
            return Landed(flown.reason, flown.captures, None, None)
        footage = link.write_scene(Path(SCENE))
        return Landed(flown.reason, flown.captures, link.finished_log(vehicle.system), footage)

    def _connected(self) -> Vehicle:
        if self._vehicle is None:
            raise LinkError("No drone is connected.")
        return self._vehicle

    def _new_folder(self) -> Path:
        stem = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        for number in range(100):
            folder = self._flights / (stem if number == 0 else f"{stem}-{number}")
            try:
                folder.mkdir(parents=True)
            except FileExistsError:
                continue
            except OSError as error:
                raise LinkError(f"{folder}: the flight log cannot be kept there ({error.strerror})") from error
            return folder
        raise LinkError(f"{self._flights}: holds too many flights of this second")


def _telling(progress: Callable[[Progress], None]) -> Callable[[UploadProgress], None]:
    return lambda p: progress(Progress(p.done, p.total, p.words.capitalize()))
