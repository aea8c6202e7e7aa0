"""`quaywatch link do`: one order to a vehicle, done or not, with the vehicle's own reason."""

import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.link_options import AsJson, Link, connected, linked, place_of
from planner.model.errors import BadInput, QuaywatchError

if TYPE_CHECKING:
    from planner.link.jobs import Job
    from planner.link.state import VehicleState
    from planner.link.station import Station

do_app = typer.Typer(no_args_is_help=True, help="Give a vehicle one order: arm, pause, resume, return, go to, ...")

Anyway = Annotated[
    bool, typer.Option("--anyway", help="Also where the mission is no longer the one that was stored from here.")
]
Place = Annotated[str, typer.Argument(metavar="LAT,LON", help="The place in degrees, such as 51.95,4.05.")]


@do_app.command()
@linked
def arm(
    *,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Motors on; a copter in AUTO goes to GUIDED first."""
    from planner.link import orders

    _give("arm", orders.arm, link, as_json=as_json)


@do_app.command()
@linked
def disarm(
    *,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Motors off, on the ground only."""
    from planner.link import orders

    _give("disarm", orders.disarm, link, as_json=as_json)


@do_app.command()
@linked
def start(
    *,
    anyway: Anyway = False,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Start the mission that an armed vehicle holds ('link fly' does all in order)."""
    from planner.link import orders

    _give("start", orders.start, link, anyway=anyway, as_json=as_json)


@do_app.command()
@linked
def pause(
    *,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Stop and wait in the air."""
    from planner.link import jobs

    _give("pause", jobs.pause_job, link, as_json=as_json)


@do_app.command()
@linked
def resume(
    *,
    anyway: Anyway = False,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Go on with the mission."""
    from planner.link import jobs

    _give("resume", jobs.resume_job, link, anyway=anyway, as_json=as_json)


@do_app.command("return")
@linked
def return_(
    *,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Fly home and land."""
    from planner.link import jobs

    _give("return", jobs.return_job, link, as_json=as_json)


@do_app.command()
@linked
def land(
    *,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Land where it is."""
    from planner.link import jobs

    _give("land", jobs.land_job, link, as_json=as_json)


@do_app.command()
@linked
def skip(
    item: Annotated[int, typer.Argument(help="The item of the plan, from 1.")],
    *,
    anyway: Anyway = False,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Go on at another item of the mission."""
    from planner.link import orders

    _give("skip", lambda state: orders.skip(state, item), link, anyway=anyway, as_json=as_json)


@do_app.command()
@linked
def goto(
    at: Place,
    *,
    height_m: Annotated[float | None, typer.Option(help="Height above home; default the present one.")] = None,
    speed_m_s: Annotated[float | None, typer.Option(help="Speed over ground.")] = None,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Fly to a place and wait there; 'resume' goes on with the mission."""
    from planner.link import orders

    place = place_of(at)
    _must_be("--height-m", height_m, 0.5, 10_000)
    _must_be("--speed-m-s", speed_m_s, 0.1, 100)
    _give(
        "goto",
        lambda state: orders.go_to(state, place, height_m, speed_m_s),
        link,
        as_json=as_json,
    )


@do_app.command()
@linked
def orbit(
    at: Place,
    *,
    radius_m: Annotated[float, typer.Option(help="Radius of the circle.")] = 60.0,
    turns: Annotated[float, typer.Option(help="How many times round.")] = 1.0,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Circle a place (PX4; for ArduPilot see 'link look')."""
    from planner.link import orders

    place = place_of(at)
    _must_be("--radius-m", radius_m, 5, 2_000)
    _must_be("--turns", turns, 0.1, 100)
    _give(
        "orbit",
        lambda state: orders.orbit(state, place, radius_m, turns=turns),
        link,
        as_json=as_json,
    )


@do_app.command()
@linked
def speed(
    metres_s: Annotated[float, typer.Argument(metavar="M/S", help="Speed over ground.")],
    *,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Fly faster or slower over ground."""
    from planner.link import orders

    _must_be("speed", metres_s, 0.1, 100)
    _give("speed", lambda state: orders.change_speed(state, metres_s), link, as_json=as_json)


@do_app.command()
@linked
def height(
    metres: Annotated[float, typer.Argument(metavar="M", help="Height above home.")],
    *,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Climb or sink where it is and wait there; 'resume' goes on with the mission."""
    from planner.link import orders

    _must_be("height", metres, 0.5, 10_000)
    _give("height", lambda state: orders.change_height(state, metres), link, as_json=as_json)


@do_app.command()
@linked
def photo(
    *,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Take one picture now."""
    from planner.link import orders

    _give("photo", orders.photo, link, as_json=as_json)


@do_app.command()
@linked
def video(
    on: Annotated[bool, typer.Argument(help="true or false.")],
    *,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Video on or off."""
    from planner.link import orders

    _give("video", lambda state: orders.video(state, on=on), link, as_json=as_json)


@do_app.command()
@linked
def trigger(
    metres: Annotated[float, typer.Argument(metavar="M", help="Metres between pictures.")],
    *,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """A picture each so many metres; 0 ends it."""
    from planner.link import orders

    _must_be("trigger", metres, 0, 10_000)
    _give("trigger", lambda state: orders.trigger(state, metres), link, as_json=as_json)


@do_app.command()
@linked
def gimbal(
    *,
    pitch_deg: Annotated[float, typer.Option(help="-90 is straight down, 0 the horizon.")],
    yaw_deg: Annotated[float, typer.Option(help="From the nose to the right.")] = 0.0,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Turn the camera; asks for its limits, heeds them, and claims control of the gimbal first."""
    from planner.link.gimbal import turn

    _must_be("--pitch-deg", pitch_deg, -90, 90)
    _must_be("--yaw-deg", yaw_deg, -180, 180)
    _run("gimbal", lambda station: turn(station, pitch_deg, yaw_deg), link, as_json=as_json)


@do_app.command()
@linked
def fence(
    *,
    link: Link,
    as_json: AsJson = False,
) -> None:
    """Make an ArduPilot heed the drawn fence that it holds, and no other (FENCE_TYPE 4)."""
    from planner.link.preflight import enable_fence

    _run("fence", enable_fence, link, as_json=as_json)


def _give(
    name: str, make: "Callable[[VehicleState], Job]", link: Link, *, anyway: bool | None = None, as_json: bool
) -> None:
    """`anyway`: whether to go on in a mission that is not what was stored; None: the order does not depend on it."""
    from planner.link.errors import NotDone

    def give(station: "Station") -> str:
        changed = "" if anyway is not False else _changed(station)
        if changed:
            raise NotDone(f"{name.capitalize()}: {changed} --anyway does it all the same.")
        station.order(name.capitalize(), make)
        return "The vehicle did it."

    _run(name, give, link, as_json=as_json)


def _changed(station: "Station") -> str:
    """What the vehicle holds otherwise than what was stored in it last."""
    station.listen(mission=True)
    state = station.snapshot()
    return "" if state is None else state.mission_changed


def _run(name: str, give: "Callable[[Station], str]", link: Link, *, as_json: bool) -> None:
    result: dict[str, object] = {"order": name, "done": False, "reason": "", "mode": None, "armed": None}
    try:
        with connected(link) as station:
            station.listen()
            try:
                result |= {"reason": give(station), "done": True}
            finally:
                state = station.snapshot()
                if state is not None:
                    result |= {"mode": state.mode, "armed": state.armed}
    except QuaywatchError as error:
        if error.exit_code != 1:
            raise
        result["reason"] = str(error)
    if as_json:
        typer.echo(json.dumps(result))
    else:
        typer.echo(f"{name}: {result['reason']}", err=not result["done"])
    raise typer.Exit(0 if result["done"] else 1)


def _must_be(name: str, value: float | None, least: float, most: float) -> None:
    if value is not None and not (math.isfinite(value) and least <= value <= most):
        raise BadInput(name, f"must lie in {least:g}..{most:g}, got {value:g}")
