"""The frames of a film along a flown flight: where the camera really was, and what the drone told, frame by frame."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from planner.geo.camera import Attitude
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from sitl.flight_record import FlownFlight, Moment
from sitl.shots import Shot

LEAST_UP_M = 2.0
"""Filmed is what the drone sees from this height above its launch place on."""
LONGEST_GAP_S = 2.0
"""Between two states further apart there is no film."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Which part of a record is filmed.

    Its flight `number`, from 1 (None: the last), from so many seconds after that flight's first frame, for so many
    seconds (None: to its end).

    Raises:
        ValueError: a figure outside its range.
    """

    from_s: float = 0.0
    seconds: float | None = None
    number: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.from_s < 1e6:
            raise ValueError(f"the film must begin at 0 s or later in the flight, got {self.from_s:g}")
        if self.seconds is not None and not 0.1 <= self.seconds <= 7200:
            raise ValueError(f"its length must lie in 0.1..7200 s, got {self.seconds:g}")


def flown_frames(flight: FlownFlight, frames_per_s: int, cut: Cut) -> tuple[list[Shot], list[Shot]]:
    """The frames of a flight, true and told, so many in each of its seconds, at the flight's own times.

    Raises:
        BadInput: there is no such flight, or nothing of it in that part, or it never rose.
    """
    part = _chosen(flight, cut.number)
    begin = part[0].true.at_utc + timedelta(seconds=cut.from_s)
    end = None if cut.seconds is None else begin + timedelta(seconds=cut.seconds)
    frames = [m for m in _frames(part, frames_per_s) if begin <= m.true.at_utc and (end is None or m.true.at_utc < end)]
    if not frames:
        lasted_s = (part[-1].true.at_utc - part[0].true.at_utc).total_seconds()
        raise BadInput(flight.path, f"the flight's film is over after {lasted_s:.1f} s, before {cut.from_s:g} s")
    numbered = [(replace(m.true, index=n), replace(m.told, index=n)) for n, m in enumerate(frames, start=1)]
    return [true for true, _ in numbered], [told for _, told in numbered]


def _chosen(flight: FlownFlight, number: int | None) -> list[Moment]:
    """One flight of a record, from where it has risen to where it comes down again."""
    flights = []
    for part in _stretches(flight.moments):
        up = [n for n, m in enumerate(part) if m.true.height_above_home_m >= LEAST_UP_M]
        if up:
            flights.append(part[up[0] : up[-1] + 1])
    if not flights:
        raise BadInput(flight.path, f"the drone never rose {LEAST_UP_M:g} m: there is nothing to film")
    if number is not None and not 1 <= number <= len(flights):
        held = "1 flight" if len(flights) == 1 else f"{len(flights)} flights"
        raise BadInput(flight.path, f"holds {held}; there is no flight {number}")
    return flights[-1 if number is None else number - 1]


def _stretches(moments: Sequence[Moment]) -> Iterator[list[Moment]]:
    """Parts of a record without a gap: from arming to disarming."""
    part = [moments[0]]
    for moment in moments[1:]:
        if (moment.true.at_utc - part[-1].true.at_utc).total_seconds() > LONGEST_GAP_S:
            yield part
            part = []
        part.append(moment)
    yield part


def _frames(part: Sequence[Moment], frames_per_s: int) -> Iterator[Moment]:
    first, last = part[0].true.at_utc, part[-1].true.at_utc
    after, step = 0, timedelta(seconds=1) / frames_per_s
    for number in range(int((last - first) / step) + 1):
        at_utc = first + number * step
        while after < len(part) - 1 and part[after].true.at_utc < at_utc:
            after += 1
        before = max(0, after - 1) if part[after].true.at_utc > at_utc else after
        yield Moment(
            between(part[before].true, part[after].true, (at_utc - part[before].true.at_utc).total_seconds()),
            between(part[before].told, part[after].told, (at_utc - part[before].told.at_utc).total_seconds()),
        )


def between(first: Shot, second: Shot, after_s: float) -> Shot:
    """The drone so many seconds after one state, on the straight way to another."""
    span_s = (second.at_utc - first.at_utc).total_seconds()
    part = after_s / span_s if span_s > 0 else 0.0

    def line(a: float, b: float) -> float:
        return a + part * (b - a)

    def turn(a: float, b: float) -> float:
        return (a + part * ((b - a + 180.0) % 360.0 - 180.0)) % 360.0

    def attitude(a: Attitude, b: Attitude) -> Attitude:
        return Attitude(turn(a.yaw_deg, b.yaw_deg), line(a.pitch_deg, b.pitch_deg), line(a.roll_deg, b.roll_deg))

    return Shot(
        index=first.index,
        at_utc=first.at_utc + timedelta(seconds=after_s),
        at=LatLon(line(first.at.lat_deg, second.at.lat_deg), line(first.at.lon_deg, second.at.lon_deg)),
        height_m=line(first.height_m, second.height_m),
        height_above_home_m=line(first.height_above_home_m, second.height_above_home_m),
        camera=attitude(first.camera, second.camera),
        vehicle=attitude(first.vehicle, second.vehicle),
        speed_m_s=line(first.speed_m_s, second.speed_m_s),
    )
