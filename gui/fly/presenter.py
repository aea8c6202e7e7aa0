"""What the Fly page decides: which step comes next, what may be pressed, what is alarming. Knows no Qt."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gui.fly.checks import Check, checks_of
from gui.fly.seam import Cleared, Controls, Deck, FlyView, Instruments, Landed, Looked, Looking, Order, Progress, Step
from gui.units import height_text, length_text, speed_text
from gui.work import Work
from planner.geo.points import LatLon, distance_m
from planner.link.alarms import alarms_of, twins_sentence
from planner.link.settings import Setting
from planner.link.state import VehicleState
from planner.link.traffic import Traffic
from planner.link.verdict import Stored, Verdict
from planner.model.drift import Flow
from planner.model.errors import QuaywatchError
from planner.model.mission import Mission
from planner.model.patterns import OrbitParameters
from planner.model.plan import Plan
from planner.route.divert import Sky
from planner.route.look_now import Now
from planner.route.way_home import WayHome, way_home_in


@dataclass(slots=True, weakref_slot=True)  # Qt holds its receivers weakly
class FlyPresenter:
    """Leads from a plan to a landed drone, one step at a time."""

    page: FlyView
    deck: Deck
    work: Work
    step: Step = Step.CONNECT
    _plan_name: str = ""
    _mission: Mission | None = None
    _ticked: set[str] = field(default_factory=set)
    _flown: list[LatLon] = field(default_factory=list)
    _checks: tuple[Check, ...] = ()
    _unfollowed: bool = False
    _plan: Plan | None = None
    _own: Mission | None = None
    _looking: bool = False
    _settings: tuple[Setting, ...] | None = None
    _restore_offer: str = ""

    def set_plan(self, name: str, mission: Mission, plan: Plan | None = None) -> None:
        """Takes a mission, and the plan that it was made from; one that was stored before must be sent again."""
        if self.step in {Step.UPLOADING, Step.STARTING, Step.FLYING}:
            self.page.show_problem("A mission is under way; the new plan can be taken after it has ended.")
            return
        self._plan_name, self._mission, self._plan, self._settings = name, mission, plan, None
        self._own = mission
        if self.step in {Step.STORED, Step.LANDED}:
            self.step = Step.READY
        self.page.show_plan(name, mission)
        self.refresh()

    def connect(self, address: str) -> None:
        """Connects to a vehicle at an address."""
        if not address.strip():
            self.page.show_problem("Enter an address, for example tcp:127.0.0.1:5760 or udpin:127.0.0.1:14550.")
            return
        self._connecting(lambda: self.deck.connect(address.strip()), address.strip())

    def join(self, what: str) -> None:
        """The deck has a vehicle from the start: one that was heard on an open link."""
        self.page.show_vehicle(what)
        self._go(Step.READY)

    def practise(self) -> None:
        """Starts the practice drone."""
        self._connecting(lambda: self.deck.practise(self._mission), "the practice drone")

    def disconnect(self) -> None:
        """Lets go of the vehicle; not while it flies."""
        if self.step in {Step.STARTING, Step.FLYING, Step.UPLOADING}:
            self.page.show_problem("The vehicle is busy; let it land before you disconnect.")
            return
        self.deck.close()
        self.step = Step.CONNECT
        self._flown, self._restore_offer = [], ""
        self.page.show_vehicle("")
        self.refresh()

    def let_go(self) -> None:
        """The vehicle is gone for good, as that of an exam that is over: lets go of it, whatever it did."""
        self._unfollowed = False
        self.step = Step.CONNECT
        self.deck.close()
        self._flown, self._restore_offer = [], ""
        self.page.show_vehicle("")
        self.refresh()

    def tick_check(self, check_id: str, *, ticked: bool) -> None:
        """A person ticked a line of the pre-flight list, or took the tick away."""
        (self._ticked.add if ticked else self._ticked.discard)(check_id)
        self.refresh()

    def upload(self) -> None:
        """Sends the mission, reads it back and shows the verdict."""
        mission = self._mission
        if mission is None or self._why_not_upload() is not None:
            return
        self._go(Step.UPLOADING)
        self.page.show_progress(Progress(0, len(mission), "Sending"))

        def report(progress: Progress) -> None:
            self.work.post(lambda: self.page.show_progress(progress))

        self.work.run(
            lambda: self.deck.upload(mission, report),
            done=self._uploaded,
            failed=lambda error: self._failed(error, Step.READY),
        )

    def cancel_upload(self) -> None:
        """Ends a running upload; the verdict says what the drone may hold now."""
        if self.step is Step.UPLOADING:
            self.deck.cancel_upload()

    def restore(self) -> None:
        """Puts back what the drone held before an upload that failed, or before it was cleared."""
        held = self._restore_offer
        if not held or self._why_not_clear() is not None:
            return
        self._go(Step.UPLOADING)
        self.page.show_progress(Progress(0, 0, f"Putting back what the drone held before ({held})"))

        def report(progress: Progress) -> None:
            self.work.post(lambda: self.page.show_progress(progress))

        self.work.run(
            lambda: self.deck.restore(report),
            done=self._restored,
            failed=lambda error: self._failed(error, Step.READY),
        )

    def clear(self) -> None:
        """Takes mission, fence and rally points out of the drone; what was there can be put back."""
        if self._why_not_clear() is not None:
            return
        self._go(Step.UPLOADING)
        self.page.show_progress(Progress(0, 0, "Clearing the drone"))
        self.work.run(self.deck.clear, done=self._cleared, failed=lambda error: self._failed(error, Step.READY))

    def start(self) -> None:
        """Arms and starts; only with a stored mission and a full list."""
        if self._why_not_start() is not None:
            return
        self._flown = []
        self._go(Step.STARTING)

        def say(text: str) -> None:
            self.work.post(lambda: self.page.show_done(text))

        self.work.run(
            lambda: self.deck.fly(say),
            done=self._landed,
            failed=self._flight_failed,
        )

    def order(self, order: Order) -> None:
        """Pause, resume, return or land."""
        if self._why_not_order() is not None:
            return
        changed = self._changed()
        if order is Order.RESUME and changed:
            self.page.show_problem(f"Not gone on: {changed} Make it return.")
            return
        said = {
            Order.PAUSE: "The drone holds its place.",
            Order.RESUME: "The drone goes on.",
            Order.RETURN: "The drone returns.",
            Order.LAND: "The drone lands where it is.",
        }[order]

        def give() -> None:
            self.deck.order(order)

        self.work.run(
            give,
            done=lambda _: self.page.show_done(said),
            failed=lambda error: self.page.show_problem(_sentence(error)),
        )

    def why_not_look(self) -> str | None:
        """Why the drone cannot be sent round a vessel now; None: it can."""
        state = self.deck.state()
        if self._plan is None:
            return "The plan is not one of Quaywatch's: its drone and zones are not known."
        if self.step is not Step.FLYING or state is None or not state.is_flying or state.mission_item is None:
            return "The drone is not on its mission."
        modes = state.modes
        if modes is not None and state.custom_mode != modes.mission:
            return f"The drone is not on its mission but in {state.mode}."
        if self._looking:
            return "The drone is being sent round another vessel."
        return None

    def look_at(self, at: LatLon, ship: Traffic | None = None) -> None:
        """Sends the drone round what is at a place, with course, speed and length as a ship itself tells them."""
        state, mission, plan = self.deck.state(), self._mission, self._plan
        why_not = self.why_not_look()
        if why_not is not None or mission is None or plan is None or state is None:
            self.page.show_problem(why_not or "The drone is not on its mission.")
            return
        if state.at is None or state.height_m is None or state.mission_item is None:
            self.page.show_problem("The drone does not tell where it is.")
            return
        vessel = OrbitParameters(
            at=at if ship is None else ship.at,
            course_deg=0.0 if ship is None else ship.course_deg or 0.0,
            vessel_speed_m_s=0.0 if ship is None else ship.speed_m_s or 0.0,
            length_m=20.0 if ship is None else ship.length_m or 20.0,
            elapsed_min=0.0 if ship is None else ship.age_s(state.heard_s + state.link_age_s) / 60,
            wind=plan.outlook.wind or Flow(),
        )
        now = Now(state.at, state.height_m, state.mission_item, state.battery_percent)
        looking = Looking(mission, plan.drone, vessel, now, Sky(plan.out_of, plan.camera))
        self._looking = True
        self.page.show_done("The look is planned and sent; the drone waits meanwhile.")
        self.work.run(
            lambda: self.deck.look(looking),
            done=self._looked,
            failed=self._not_looked,
        )

    def tick(self) -> None:
        """Called a few times a second: shows what the vehicle says."""
        state = self.deck.state()
        if self.step is Step.STARTING and state is not None and state.armed:
            self._go(Step.FLYING)
        if self._unfollowed and state is not None and not state.armed:
            self._unfollowed = False
            self._own_mission_again()
            self._go(Step.READY)
            self.page.show_done("The drone has disarmed.")
        if state is not None and state.at is not None and state.armed:
            self._follow(state.at)
        at, yaw_deg, camera_at = (None, None, None) if state is None else (state.at, state.yaw_deg, state.camera_at)
        self.page.show_drone(at, yaw_deg, tuple(self._flown))
        self.page.show_camera(at, camera_at)
        self.page.show_instruments(self._instruments(state))
        self.page.show_traffic(() if state is None else state.traffic)
        reserve = 0.0 if self._plan is None else 100 * self._plan.drone.reserve_fraction
        in_flight = self.step in {Step.STARTING, Step.FLYING}
        home = self._way_home(state)
        needs = None if home is None else home.percent
        found = alarms_of(state, in_flight=in_flight, home_percent=needs, reserve_percent=reserve)
        self.page.show_alarms(tuple(one.message for one in found))
        self.refresh()

    def refresh(self) -> None:
        """Shows the step, the list and what may be pressed."""
        stored = self.step in {Step.STORED, Step.STARTING, Step.FLYING} and not self._changed()
        self._checks = checks_of(
            self.deck.state(), self._mission, ticked=frozenset(self._ticked), stored=stored, settings=self._settings
        )
        self.page.show_checks(self._checks)
        self.page.show_step(self.step, self._controls())

    def _connecting(self, work: Callable[[], object], what: str) -> None:
        if self.step not in {Step.CONNECT, Step.READY, Step.STORED, Step.LANDED}:
            return
        self._go(Step.CONNECTING)

        def done(_: object) -> None:
            if self.step is not Step.CONNECTING:  # it was let go of meanwhile
                self.deck.close()
                return
            self.page.show_vehicle(what)
            self._go(Step.READY)

        self.work.run(work, done=done, failed=lambda error: self._failed(error, Step.CONNECT))

    def _uploaded(self, verdict: Verdict) -> None:
        if self.step is not Step.UPLOADING:  # the vehicle was let go of meanwhile
            return
        self.page.show_verdict(verdict.word, verdict.reason)
        self._restore_offer = self.deck.before or ""
        self._go(Step.STORED if isinstance(verdict, Stored) else Step.READY)
        mission = self._mission
        if isinstance(verdict, Stored) and mission is not None:
            self._settings = None
            self.work.run(
                lambda: self.deck.settings(mission),
                done=self._settings_read,
                failed=lambda error: self.page.show_problem(_sentence(error)),
            )

    def _restored(self, verdict: Verdict) -> None:
        if self.step is not Step.UPLOADING:
            return
        done = isinstance(verdict, Stored)
        more = "Send the plan before you start." if done else "It may hold a mixture: do not start."
        self.page.show_verdict("restored" if done else "not_restored", f"{verdict.reason} {more}")
        self._restore_offer = self.deck.before or ""
        self._go(Step.READY)

    def _cleared(self, cleared: Cleared) -> None:
        if self.step is not Step.UPLOADING:
            return
        self.page.show_verdict(cleared.word, cleared.reason)
        self._restore_offer = self.deck.before or ""
        self._go(Step.READY)

    def _changed(self) -> str:
        """What the drone holds otherwise than what was stored in it."""
        state = self.deck.state()
        return "" if state is None else state.mission_changed

    def _settings_read(self, settings: tuple[Setting, ...]) -> None:
        self._settings = settings
        self._ticked.discard("settings-accepted")
        self.refresh()

    def _landed(self, landed: Landed) -> None:
        if self.step is Step.CONNECT:
            return
        self._ticked.clear()
        self._own_mission_again()
        self._go(Step.LANDED)
        self.page.show_landed(landed)

    def _flight_failed(self, error: Exception) -> None:
        if self.step is Step.CONNECT:
            return
        state = self.deck.state()
        self._unfollowed = state is not None and state.armed
        back_to = Step.STORED
        if self._unfollowed:
            back_to = Step.FLYING
        elif self._mission is not self._own:  # the drone holds the mission with the look
            self._own_mission_again()
            back_to = Step.READY
        self._failed(error, back_to)

    def _failed(self, error: Exception, back_to: Step) -> None:
        if self.step is Step.CONNECT:
            return
        self.page.show_problem(_sentence(error))
        self._go(back_to)

    def _go(self, step: Step) -> None:
        self.step = step
        self.refresh()

    def _follow(self, at: LatLon) -> None:
        if not self._flown or distance_m(self._flown[-1], at) > 1.0:
            self._flown.append(at)

    def _looked(self, looked: Looked) -> None:
        """The drone holds another mission now; a further look counts its items in that."""
        self._looking = False
        self._mission = looked.mission
        self.page.show_plan(self._plan_name, looked.mission)
        self.page.show_done(looked.text)

    def _not_looked(self, error: Exception) -> None:
        self._looking = False
        self.page.show_problem(_sentence(error))

    def _own_mission_again(self) -> None:
        """After a flight with a look in it, the plan itself is what would be sent again."""
        if self._own is not None and self._mission is not self._own:
            self._mission = self._own
            self.page.show_plan(self._plan_name, self._own)

    def _way_home(self, state: VehicleState | None) -> WayHome | None:
        """What the way home needs, where plan, place and home are known."""
        return None if state is None else way_home_in(self._plan, state.at, state.height_m, state.home)

    def _controls(self) -> Controls:
        state = self.deck.state()
        paused = state is not None and state.mission_state == 4
        why_not = (self._why_not_upload(), self._why_not_start(), self._why_not_order())
        return Controls(*why_not, paused, why_not_clear=self._why_not_clear(), restore=self._restore_offer)

    def _why_not_upload(self) -> str | None:
        if self._mission is None:
            return "Open a plan first, or make one on the Plan page."
        state = self.deck.state()
        if state is not None and state.high_latency:
            return "The drone is heard over a high-latency link: missions are not sent over it."
        if state is not None and state.is_two:
            return twins_sentence(state.address.system)
        match self.step:
            case Step.CONNECT | Step.CONNECTING:
                return "Connect to a vehicle first."
            case Step.READY | Step.STORED | Step.LANDED:
                return None
            case Step.UPLOADING:
                return "The mission is being sent."
            case Step.STARTING | Step.FLYING:
                return "A mission is under way."

    def _why_not_clear(self) -> str | None:
        state = self.deck.state()
        if self.step not in {Step.READY, Step.STORED, Step.LANDED} or state is None:
            return "No drone is connected, or it is busy."
        if state.high_latency:
            return "The drone is heard over a high-latency link: missions are not sent over it."
        if state.is_two:
            return twins_sentence(state.address.system)
        return "The drone is armed: what it flies by is not taken away." if state.armed else None

    def _why_not_start(self) -> str | None:
        if self.step is not Step.STORED:
            return "Send the mission first: the drone must hold exactly this plan."
        waiting = [check.text for check in self._checks if not check.ok]
        return f"Still open: {waiting[0]}." if waiting else None

    def _why_not_order(self) -> str | None:
        state = self.deck.state()
        return None if state is not None and state.armed else "The drone is not flying."

    def _instruments(self, state: VehicleState | None) -> Instruments:
        if state is None:
            return Instruments("—", "—", "—", "—", "—", "—", "—", "—", link_is_stale=False)
        home = state.home.at if state.home is not None else None
        away = distance_m(home, state.at) if home is not None and state.at is not None else None
        item = "—"
        if state.mission_item is not None and self._mission is not None:
            item = f"{min(state.mission_item, len(self._mission))} of {len(self._mission)}"
        needs = self._way_home(state) if state.armed else None
        missing = len(state.pictures.missing)
        return Instruments(
            height="—" if state.height_m is None else height_text(state.height_m),
            speed="—" if state.speed_m_s is None else speed_text(state.speed_m_s),
            battery=_figure(state.battery_percent, "%") + ("" if needs is None else f", home {needs.percent:.0f} %"),
            link=f"{state.link_age_s:.0f} s, slow link" if state.high_latency else f"{state.link_age_s:.1f} s",
            distance="—" if away is None else length_text(away),
            progress=item,
            pictures=str(len(state.captures)) + (f", {missing} missing" if missing else ""),
            mode=state.mode,
            link_is_stale=state.link_age_s > state.lost_after_s,
        )


def _figure(value: float | None, unit: str, *, digits: int = 0) -> str:
    if value is None:
        return "—"
    return f"{round(value, digits) + 0.0:,.{digits}f} {unit}"  # + 0.0: never "-0"


def _sentence(error: Exception) -> str:
    if isinstance(error, QuaywatchError):
        return str(error)
    return f"Something went wrong that should not: {error}. What the drone does now is not known; watch it."
