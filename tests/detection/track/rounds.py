"""A survey over vessels at rest and on closed rounds, with AIS on some: boxes as a detector would give them, no pixels.

Harbours are drawn anew for each seed; jitter, misses, split boxes, edges, changing light and look-alikes are in them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from detection.ais import AisTracks, Ledger, match, read_ais
from detection.ais.identity import united
from detection.footage.frames import Frame
from detection.locate.place import locate
from detection.locate.sightings import Sighting
from detection.track.contacts import Contact
from detection.track.join import join
from detection.track.looks import SIZE, Looks
from detection.vision.boxes import Boxes
from planner.geo.camera import Attitude, Intrinsics, pixels_of
from planner.geo.points import Floats, LatLon, LocalFrame
from planner.model.pose import Pose, PoseSigma
from sitl.world.ais import ais_nmea
from sitl.world.motion import Round, Still
from sitl.world.vessels import Ais, AisClass, Vessel

HERE = LocalFrame(LatLon(54.1, 7.0))
START = datetime(2026, 6, 1, 12, tzinfo=UTC)
CAMERA = Intrinsics.centred(width_px=1920, height_px=1080, focal_px=1371.0)
HEIGHT_M = 85.0
SIGMA = PoseSigma(position_m=1.0, height_m=1.0, yaw_deg=1.0, pitch_deg=0.3, roll_deg=0.3)
WIDE_M, HIGH_M = 460.0, 300.0


@dataclass(frozen=True)
class Flown:
    """What a survey gave: sightings, whose each is (None: nobody's), and what AIS said."""

    sightings: list[Sighting]
    owner: dict[str, str]
    vessels: dict[str, Vessel]
    ais: AisTracks

    def contacts(self, *, with_ais: bool) -> tuple[tuple[Contact, ...], Ledger | None]:
        if not with_ais:
            return join(self.sightings), None
        parts = join(self.sightings, reunite=False)
        ledger = match(parts, self.ais, (), self.sightings)
        return united(parts, self.sightings, self.ais, ledger)


def harbour(draw: np.random.Generator, *, moving: int = 4, still: int = 10) -> list[Vessel]:
    """Vessels at rest in their own places, and others on closed rounds of four to six corners."""
    found: list[Vessel] = []
    spots: list[Floats] = []
    while len(found) < still:
        spot = draw.uniform([0, 0], [WIDE_M, HIGH_M])
        length = float(draw.uniform(6, 30))
        if all(np.linalg.norm(spot - s) > 20 for s in spots):
            spots.append(spot)
            name = f"still-{len(found)}"
            motion = Still(float(spot[0]), float(spot[1]), float(draw.uniform(0, 360)))
            found.append(Vessel(name, "workboat", length, 0.3 * length, motion, _ais(draw, len(found), 0.5)))
    for n in range(moving):
        middle, size = draw.uniform([100, 80], [WIDE_M - 100, HIGH_M - 80]), draw.uniform(40, 110)
        angles = np.sort(draw.uniform(0, 2 * np.pi, draw.integers(4, 7)))
        ring = [(float(middle[0] + size * np.cos(a)), float(middle[1] + 0.7 * size * np.sin(a))) for a in angles]
        length = float(draw.uniform(7, 24))
        motion_on = Round(tuple(ring), float(draw.uniform(2, 7)), float(draw.uniform(0, 500)))
        found.append(Vessel(f"round-{n}", "patrol boat", length, 0.28 * length, motion_on, _ais(draw, 50 + n, 0.6)))
    return found


def _ais(draw: np.random.Generator, number: int, share: float) -> Ais | None:
    if draw.random() > share:
        return None
    kind = AisClass.A if draw.random() < 0.5 else AisClass.B
    return Ais(200_005_000 + number, f"VESSEL {number}", kind, 37)


def fly(seed: int, folder: Path, *, looks: bool = True) -> Flown:
    """A survey of one harbour: lines north and south, a still each three seconds, straight down."""
    draw = np.random.default_rng(seed)
    vessels = harbour(draw)
    colours = [draw.dirichlet(np.full(SIZE, 0.4)) for _ in vessels]
    colours[1], colours[-1] = colours[0], colours[-2]  # two pairs of look-alikes
    sightings: list[Sighting] = []
    owner: dict[str, str] = {}
    now, bias = 0.0, draw.normal(0, 0.5, 2)
    for line in range(7):
        up = line % 2 == 0
        for step in np.arange(-20.0, HIGH_M + 21.0, 24.0):
            spot = np.array([line * WIDE_M / 6, step if up else HIGH_M - step])
            at_utc = START + timedelta(seconds=now)
            rows, whose = _boxes(draw, vessels, spot, 0.0 if up else 180.0, at_utc)
            frame = _frame(draw, len(owner), now, spot + bias, 0.0 if up else 180.0)
            n = len(rows)
            boxes = Boxes(np.array(rows, np.float32).reshape(n, 4), np.full(n, 0.8, np.float32), np.zeros(n, np.int64))
            for sighting, i in zip(locate(frame, boxes), whose, strict=True):
                look = _look(draw, colours[i]) if looks else None
                sightings.append(replace(sighting, looks=look))
                owner[sighting.sighting_id] = vessels[i].vessel_id
            now += 3.0
        now += 12.0
    log = folder / f"{seed}.nmea"
    log.write_text("\n".join(ais_nmea(vessels, HERE, START - timedelta(minutes=7), START + timedelta(seconds=now))))
    return Flown(sightings, owner, {v.vessel_id: v for v in vessels}, read_ais(log))


def _look(draw: np.random.Generator, colours: Floats) -> Looks:
    """The colours in other light: some of them pass for their neighbours, and a little of anything is in."""
    mixed = 0.8 * colours + 0.1 * np.roll(colours, 1) + 0.1 * np.roll(colours, -1)
    shares = draw.dirichlet(60 * mixed + 0.05)
    return tuple(float(v) for v in shares / shares.sum())


def _frame(draw: np.random.Generator, number: int, now: float, spot: Floats, heading: float) -> Frame:
    told = HERE.to_place(*(spot + draw.normal(0, 0.5, 2)))
    tilt = Attitude(heading + draw.normal(0, 0.7), -90.0 + draw.normal(0, 0.2), draw.normal(0, 0.2))
    pose = Pose(told, HEIGHT_M + draw.normal(0, 0.7), tilt, "test", SIGMA)
    at_utc = START + timedelta(seconds=now)
    return Frame(f"{number:06d}{int(now):010d}", Path("x.jpg"), "", 1920, 1080, at_utc, pose, CAMERA)


def _boxes(
    draw: np.random.Generator, vessels: Sequence[Vessel], spot: Floats, heading: float, at_utc: datetime
) -> tuple[list[Floats], list[int]]:
    """Boxes with a few pixels of jitter; one in twenty is missed, one in fifty comes in two halves."""
    rows: list[Floats] = []
    whose: list[int] = []
    for i, vessel in enumerate(vessels):
        box = _box(vessel, spot, heading, at_utc)
        if box is None or draw.random() < 0.05:
            continue
        box = np.clip(box + draw.normal(0, 2.5, 4), 0, [1920, 1080, 1920, 1080])
        halves = [box]
        if draw.random() < 0.02:
            k = int(box[3] - box[1] > box[2] - box[0])
            middle = (box[k] + box[k + 2]) / 2
            halves = [np.where(np.arange(4) == k + 2, middle + 4, box), np.where(np.arange(4) == k, middle - 4, box)]
        rows += halves
        whose += [i] * len(halves)
    return rows, whose


def _box(vessel: Vessel, spot: Floats, heading: float, at_utc: datetime) -> Floats | None:
    state = vessel.state_at(at_utc)
    turn = np.radians(state.heading_deg)
    ahead, aside = np.array([np.sin(turn), np.cos(turn)]), np.array([np.cos(turn), -np.sin(turn)])
    sides = [(a, b) for a in (-0.5, 0.5) for b in (-0.5, 0.5)]
    here = np.array([state.east_m, state.north_m])
    ground = [here + ahead * vessel.length_m * a + aside * vessel.beam_m * b - spot for a, b in sides]
    corners = np.array([[*g, z - HEIGHT_M] for g in ground for z in (0.0, 1.5)])
    pixels = pixels_of(CAMERA, Attitude(heading, -90.0, 0.0), corners)
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    seen = np.array([*np.maximum(low, 0), *np.minimum(high, [1920, 1080])])
    if (seen[2:] <= seen[:2]).any() or np.prod(seen[2:] - seen[:2]) < 0.3 * np.prod(high - low):
        return None
    return seen


@dataclass(frozen=True)
class Count:
    """Vessels seen and found; contacts beyond one for each vessel; contacts of two vessels; error of the found ones."""

    seen: int
    found: int
    second: int
    mixed: int
    errors_m: tuple[float, ...]


def count(flown: Flown, contacts: Sequence[Contact]) -> Count:
    """Each contact is the vessel that most of its sightings show."""
    of = [Counter(flown.owner[i] for i in c.sighting_ids) for c in contacts]
    homes: dict[str, list[float]] = {}
    for contact, owners in zip(contacts, of, strict=True):
        name = owners.most_common(1)[0][0]
        assert contact.at is not None
        assert contact.at_utc is not None
        state = flown.vessels[name].state_at(contact.at_utc)
        away = np.linalg.norm(HERE.to_metres([contact.at])[0] - [state.east_m, state.north_m])
        homes.setdefault(name, []).append(float(away))
    seen = len(set(flown.owner.values()))
    second = sum(len(errors) - 1 for errors in homes.values())
    mixed = sum(len(owners) > 1 for owners in of)
    return Count(seen, len(homes), second, mixed, tuple(min(errors) for errors in homes.values()))
