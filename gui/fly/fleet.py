"""The vehicles that the Fly page knows, on all its links: a presenter for each, and one of them shown. Knows no Qt.

What happens to a vehicle that is not shown is kept until it is; its alarms and its problems are shown at once, with its
name before them.
"""

from collections.abc import Sequence
from typing import Any

from gui.fly.checks import Check
from gui.fly.presenter import FlyPresenter
from gui.fly.seam import Controls, Deck, FleetView, Instruments, Landed, Order, Progress, Row, Step
from gui.work import Work
from planner.geo.points import LatLon
from planner.link.traffic import Traffic
from planner.model.mission import Mission

BUSY = {Step.CONNECTING, Step.UPLOADING, Step.STARTING, Step.FLYING}


class Seat:
    """One vehicle's place: its presenter, and the page as far as it shows this vehicle."""

    def __init__(self, page: FleetView, deck: Deck, work: Work) -> None:
        self.deck = deck
        self.alarms: tuple[str, ...] = ()
        self.shown = False
        self._page = page
        self._last: dict[str, tuple[Any, ...]] = {}
        self.presenter = FlyPresenter(self, deck, work)

    @property
    def name(self) -> str:
        """System id, kind and link; "New connection" before that."""
        state = self.deck.state()
        if state is None:
            return "New connection"
        return f"Vehicle {state.address.system}, {state.what}, {self.deck.address}"

    @property
    def short_name(self) -> str:
        """For before a sentence."""
        state = self.deck.state()
        return "New connection" if state is None else f"Vehicle {state.address.system}"

    def show_again(self) -> None:
        """Puts all that was last shown of this vehicle on the page, in the order in which it came."""
        self.shown = True
        self._page.show_vehicle("")
        self._page.show_plan("", None)
        for name, values in tuple(self._last.items()):
            if name != "show_landed" or self.presenter.step is Step.LANDED:  # not of a flight before this one
                getattr(self._page, name)(*values)

    # -- FlyView

    def show_step(self, step: Step, controls: Controls) -> None:
        """The cards of a step."""
        self._keep("show_step", step, controls)

    def show_vehicle(self, name: str) -> None:
        """What is connected."""
        self._keep("show_vehicle", name)

    def show_plan(self, name: str, mission: Mission | None) -> None:
        """The plan to fly; it takes an old verdict away."""
        self._last.pop("show_verdict", None)
        self._keep("show_plan", name, mission)

    def show_checks(self, checks: Sequence[Check]) -> None:
        """The pre-flight list."""
        self._keep("show_checks", checks)

    def show_progress(self, progress: Progress) -> None:
        """The upload's bar; it takes an old verdict away."""
        self._last.pop("show_verdict", None)
        self._keep("show_progress", progress)

    def show_verdict(self, word: str, reason: str) -> None:
        """How the upload ended."""
        self._last.pop("show_progress", None)
        self._keep("show_verdict", word, reason)

    def show_instruments(self, instruments: Instruments) -> None:
        """The strip."""
        self._keep("show_instruments", instruments)

    def show_drone(self, at: LatLon | None, heading_deg: float | None, flown: Sequence[LatLon]) -> None:
        """The drone and its way on the map."""
        self._keep("show_drone", at, heading_deg, flown)

    def show_camera(self, drone: LatLon | None, looks_at: LatLon | None) -> None:
        """Where the camera looks, from the drone."""
        self._keep("show_camera", drone, looks_at)

    def show_traffic(self, traffic: Sequence[Traffic]) -> None:
        """Ships and aircraft that the drone's receivers hear."""
        self._keep("show_traffic", traffic)

    def show_alarms(self, alarms: Sequence[str]) -> None:
        """What needs the pilot now; the fleet shows them with those of the other vehicles."""
        self.alarms = tuple(alarms)

    def show_done(self, text: str) -> None:
        """What just happened."""
        self._page.show_done(text if self.shown else f"{self.short_name}: {text}")

    def show_problem(self, text: str) -> None:
        """What went wrong and what to do."""
        self._page.show_problem(text if self.shown else f"{self.short_name}: {text}")

    def show_landed(self, landed: Landed) -> None:
        """The end of a flight."""
        self._keep("show_landed", landed)
        if not self.shown:
            self._page.show_done(f"{self.short_name}: {landed.text}")

    def _keep(self, name: str, *values: Any) -> None:  # noqa: ANN401 - as the page's methods take them
        self._last.pop(name, None)
        self._last[name] = values
        if self.shown:
            getattr(self._page, name)(*values)


class Fleet:
    """All vehicles; there is always one shown, if only a place for a new connection."""

    def __init__(self, page: FleetView, deck: Deck, work: Work) -> None:
        self._page = page
        self._work = work
        self._practice: tuple[Seat, str] | None = None
        self.current = Seat(page, deck, work)
        self.current.shown = True
        self.seats = [self.current]

    @property
    def busy(self) -> bool:
        """Whether one of them must not be disturbed."""
        return any(seat.presenter.step in BUSY for seat in self.seats)

    def choose(self, index: int) -> None:
        """Shows another vehicle."""
        if 0 <= index < len(self.seats) and self.seats[index] is not self.current:
            self._show(self.seats[index])

    def another(self) -> None:
        """A place for a further connection, beside those that are open."""
        free = next((seat for seat in self.seats if seat.presenter.step is Step.CONNECT), None)
        if free is None:
            free = Seat(self._page, self.current.deck.blank(), self._work)
            self.seats.append(free)
        self._show(free)

    def connect(self, address: str) -> None:
        """Connects the vehicle shown; a link that is open already is not opened again."""
        if address.strip() and any(seat.deck.address == address.strip() for seat in self.seats):
            self._page.show_problem(f"{address.strip()} is open already; choose its vehicle in the list.")
            return
        self.current.presenter.connect(address)

    def practise(self) -> None:
        """Starts the practice drone; this and what follows is for the vehicle shown."""
        self.current.presenter.practise()

    def upload(self) -> None:
        """Sends the mission."""
        self.current.presenter.upload()

    def cancel_upload(self) -> None:
        """Ends a running upload."""
        self.current.presenter.cancel_upload()

    def restore(self) -> None:
        """Puts back what the vehicle shown held before."""
        self.current.presenter.restore()

    def clear(self) -> None:
        """Takes all lists out of the vehicle shown."""
        self.current.presenter.clear()

    def start(self) -> None:
        """Arms and starts."""
        self.current.presenter.start()

    def order(self, order: Order) -> None:
        """Pause, resume, return or land."""
        self.current.presenter.order(order)

    def tick_check(self, check_id: str, *, ticked: bool) -> None:
        """A person ticked a line of the pre-flight list, or took the tick away."""
        self.current.presenter.tick_check(check_id, ticked=ticked)

    def connect_practice(self, address: str) -> None:
        """Connects to an exam's drone."""
        if self.current.presenter.step is not Step.CONNECT:
            self.another()
        self._practice = (self.current, address)
        self.connect(address)

    def practice_over(self) -> None:
        """The exam's drone is gone for good; a place that has another vehicle by now is left alone."""
        if self._practice is None:
            return
        (seat, address), self._practice = self._practice, None
        if seat.deck.address not in {"", address}:
            return
        for one in self._of_link(seat):
            one.presenter.let_go()
        self._without_empty(seat)

    def disconnect(self) -> None:
        """Closes the link of the vehicle shown, with all vehicles on it; not while one of them is busy."""
        mine = self._of_link(self.current)
        busy = [seat for seat in mine if seat.presenter.step in BUSY]
        if busy:
            self._page.show_problem(f"{busy[0].short_name} on this link is busy; let it land before you disconnect.")
            return
        for seat in mine:
            seat.presenter.disconnect()
        self._without_empty(self.current)

    def tick(self) -> None:
        """Called a few times a second: follows all vehicles, shows one, and finds those that are newly heard."""
        for seat in tuple(self.seats):
            seat.presenter.tick()
            for deck in seat.deck.newcomers():
                joined = Seat(self._page, deck, self._work)
                joined.presenter.join(deck.address)
                self.seats.append(joined)
                self._page.show_done(f"{joined.name} is heard as well; choose it in the list to fly it.")
        others = [
            f"{seat.short_name}: {text}" for seat in self.seats if seat is not self.current for text in seat.alarms
        ]
        self._page.show_alarms((*self.current.alarms, *others))
        self._list()

    def close(self) -> None:
        """Lets go of all of them."""
        for seat in self.seats:
            seat.deck.close()

    def _of_link(self, seat: Seat) -> list[Seat]:
        address = seat.deck.address
        return [one for one in self.seats if one is seat or (address and one.deck.address == address)]

    def _without_empty(self, kept: Seat) -> None:
        """Takes away the places without a vehicle, but for one if there is nothing else."""
        full = [seat for seat in self.seats if seat.presenter.step is not Step.CONNECT]
        self.seats = full or [kept]
        self._show(self.current if self.current in self.seats else self.seats[0])

    def _show(self, seat: Seat) -> None:
        self.current.shown = False
        self.current = seat
        seat.show_again()
        seat.presenter.tick()
        self._list()

    def _list(self) -> None:
        rows = []
        for seat in self.seats:
            state = seat.deck.state()
            at, heading_deg = (None, None) if state is None else (state.at, state.yaw_deg)
            rows.append(Row(seat.name, at, heading_deg))
        self._page.show_vehicles(tuple(rows), self.seats.index(self.current))
