"""`quaywatch link watch`: what the vehicles of one or several links tell, one JSON line a second for each."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.link_figures import state_figures
from planner.cli.link_keys import signing
from planner.cli.link_options import HOME, Sign, SignFile, Wait, Which
from planner.model.errors import QuaywatchError

if TYPE_CHECKING:
    from planner.link.alarms import Alarm
    from planner.link.keys import Signing
    from planner.link.settings import Setting
    from planner.link.state import VehicleState
    from planner.link.station import Station
    from planner.link.vehicle import Vehicle
    from planner.model.plan import Plan

EVERY_S = 1.0


def watch(
    *,
    to: Annotated[
        list[str] | None, typer.Option("--to", help="A link; may be repeated for several.", show_default=HOME)
    ] = None,
    vehicle: Which = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="The plan that is flown: for what the way home needs, and for settings."),
    ] = None,
    wait_s: Wait = 20.0,
    seconds: Annotated[float | None, typer.Option(help="Stop after so long; without it, Ctrl-C stops.")] = None,
    sign: Sign = None,
    sign_file: SignFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="It prints nothing else; scripts may say so.")] = True,  # noqa: ARG001
) -> None:
    """Print what the vehicles tell and what is alarming: one JSON object a second for each vehicle."""
    watched = _Watched(plan)
    with _links(to or [HOME], vehicle, wait_s, signing(sign, sign_file)) as stations:
        began = time.monotonic()
        while seconds is None or time.monotonic() - began < seconds:
            time.sleep(EVERY_S)
            for station in tuple(stations):
                meant = station.vehicles() if vehicle is None else (station.vehicle(vehicle),)
                for one in meant:
                    watched.show(station, one)


class _Watched:
    """The plan, and the settings read from each vehicle once."""

    def __init__(self, plan: Path | None) -> None:
        from planner.formats.missions import read_mission
        from planner.link.settings import reach_of

        imported = None if plan is None else read_mission(plan)
        self._plan: Plan | None = None if imported is None else imported.plan
        self._reach = None if imported is None else reach_of(imported.mission)
        self._settings: dict[tuple[str, int], tuple[Setting, ...]] = {}
        self._changed: dict[tuple[str, int], str] = {}

    def show(self, station: "Station", one: "Vehicle") -> None:
        """Prints a line."""
        state = one.snapshot()
        if state is None:
            return
        key = (station.address, one.system)
        if key not in self._settings:
            self._settings[key] = ()
            if self._reach is not None:  # without a plan nothing can be said of them
                threading.Thread(target=self._read, args=(key, one), daemon=True).start()
        if state.mission_changed not in {"", self._changed.get(key)}:
            typer.echo(f"! Vehicle {one.system}: {state.mission_changed}", err=True)
        self._changed[key] = state.mission_changed
        line: dict[str, Any] = {"link": station.address} | state_figures(state, self._alarms(state, key))
        typer.echo(json.dumps(line))

    def _alarms(self, state: "VehicleState", key: tuple[str, int]) -> "tuple[Alarm, ...]":
        from planner.link.alarms import alarms_of
        from planner.route.way_home import way_home_in

        home = way_home_in(self._plan, state.at, state.height_m, state.home)
        return alarms_of(
            state,
            in_flight=state.armed,
            home_percent=None if home is None else home.percent,
            reserve_percent=0.0 if self._plan is None else 100 * self._plan.drone.reserve_fraction,
            settings=self._settings[key],
        )

    def _read(self, key: tuple[str, int], one: "Vehicle") -> None:
        from planner.link.preflight import safety_settings

        try:
            self._settings[key] = safety_settings(one, self._reach)
        except QuaywatchError as error:
            typer.echo(f"note: the settings of vehicle {one.system} could not be read: {error}", err=True)


@contextmanager
def _links(to: list[str], vehicle: int | None, wait_s: float, key: "Signing | None") -> "Iterator[list[Station]]":
    """The stations that have heard a vehicle; it yields as soon as there is one, others join later.

    Raises:
        LinkError: there is none.
    """
    from planner.link.memory import Memory
    from planner.link.station import Station

    stations: list[Station] = []
    failed: list[QuaywatchError] = []
    with ExitStack() as open_links:
        changed, over = threading.Condition(), threading.Event()

        def open_one(address: str) -> None:
            try:
                station = Station.connect(address, timeout_s=wait_s, signing=key, vehicle=vehicle, memory=Memory())
            except QuaywatchError as error:
                with changed:
                    failed.append(error)
                    changed.notify()
                if len(to) > 1 and not over.is_set():
                    typer.echo(f"note: {error}", err=True)
                return
            with changed:
                if over.is_set():
                    station.close()
                    return
                open_links.callback(station.close)
                stations.append(station)
                changed.notify()

        for address in dict.fromkeys(to):
            threading.Thread(target=open_one, args=(address,), daemon=True).start()
        with changed:
            changed.wait_for(lambda: stations or len(failed) == len(set(to)))
        if not stations:
            raise failed[0]
        try:
            yield stations
        finally:
            with changed:
                over.set()
