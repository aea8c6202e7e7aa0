"""Which contact is which AIS vessel: matched, dark, or reported without a vessel to see.

A contact is compared, at the time of its best sighting, with the hull that each vessel declares: the rectangle about
its antenna (A, B, C, D) along its heading. What lies outside the 99 % gate of both error ellipses together is no
candidate; the rest is assigned all at once (Jonker-Volgenant, scipy), not each to its nearest. Where another
assignment would fit almost as well the outcome is "ambiguous" and a person decides (DETECTION.md, section 2).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from detection.ais.assign import (
    AMBIGUITY_RATIO,
    GATE,
    Candidate,
    Costs,
    Moments,
    assigned,
    best_alternative,
    loser_is_close,
)
from detection.ais.tracks import (
    DRIFT_FLOOR_M_S,
    DRIFT_SHARE,
    FIX_SIGMA_M,
    KNOT_M_S,
    AisPosition,
    AisStatic,
    AisTracks,
)
from detection.footage.frames import Frame
from detection.locate.sightings import Ellipse, Sighting
from detection.track.contacts import Contact
from planner.geo.camera import REFRACTION_RADIUS_M, pixels_of
from planner.geo.points import Floats, LatLon, LocalFrame

LENGTH_SHARE = 0.3
"""One sigma of a measured length, as a share of the declared one (own assumption, after the 0.7 to 1.4 rule)."""

MEASURED_SIGMA_M = 5.0
"""Used for a contact that comes without an ellipse."""

MOVING_KN = 1.0
"""Above this speed the course stands in for a heading that is not reported."""

SPEED_CHANGE_M_S2 = 0.02
"""Own assumption: how fast a vessel's speed drifts away from the one last reported."""


class Outcome(StrEnum):
    """What a contact is to AIS."""

    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    DARK = "dark"
    UNPLACED = "unplaced"
    """Without a position or a time it cannot be compared."""


@dataclass(frozen=True, slots=True)
class Association:
    """What AIS says about a contact. `mmsi` and what follows describe the best candidate, if there is one.

    `gap_m` metres from the contact to the declared hull (0: inside). `cost` grows with the misfit; `rival_ratio` is
    the cheapest alternative's cost over it (None: no alternative).
    """

    contact_id: str
    outcome: Outcome
    mmsi: int | None = None
    name: str = ""
    call_sign: str = ""
    ship_type: int | None = None
    declared_length_m: float | None = None
    declared_width_m: float | None = None
    at: LatLon | None = None
    sigma_m: float | None = None
    source: str = ""
    age_s: float | None = None
    speed_kn: float | None = None
    course_deg: float | None = None
    heading_deg: float | None = None
    gap_m: float | None = None
    cost: float | None = None
    rival_ratio: float | None = None
    rival_mmsi: int | None = None


@dataclass(frozen=True, slots=True)
class Unseen:
    """A vessel whose AIS position lay in the picture where no contact was found: missed, or not there at all."""

    mmsi: int
    name: str
    at: LatLon
    at_utc: datetime
    sigma_m: float
    range_m: float
    frame_ids: tuple[str, ...]
    declared_length_m: float | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The three outcomes: one association per contact, and the vessels that nobody saw."""

    associations: tuple[Association, ...]
    unseen: tuple[Unseen, ...] = ()

    def of(self, contact_id: str) -> Association | None:
        """The association of a contact."""
        return next((a for a in self.associations if a.contact_id == contact_id), None)


def match(
    contacts: Sequence[Contact],
    tracks: AisTracks,
    frames: Sequence[Frame] = (),
    sightings: Sequence[Sighting] = (),
) -> Ledger:
    """Associates contacts with AIS vessels; `frames` with pose and time tell which vessels should have been seen.

    Several contacts may be one vessel under way that was seen at several times; never two that one picture shows
    (by `sightings`; without them, two whose times overlap).
    """
    costs = Costs(Moments(contacts, sightings))
    for contact in contacts:
        for candidate in _candidates(contact, tracks):
            costs.add(contact.contact_id, candidate)
    chosen = assigned(costs)
    associations = tuple(_association(contact, chosen.get(contact.contact_id), chosen, costs) for contact in contacts)
    claimed = {mmsi for (_, mmsi) in costs.by_pair}
    return Ledger(associations, _unseen(frames, tracks, claimed))


def _candidates(contact: Contact, tracks: AisTracks) -> Iterable[Candidate]:
    if contact.at is None or contact.at_utc is None:
        return
    frame = LocalFrame(contact.at)
    for mmsi in _nearby(tracks, contact.at, contact.at_utc.timestamp()):
        track = tracks.by_mmsi[mmsi]
        position = track.at(contact.at_utc)
        if position is None:
            continue
        candidate = _compared(contact, frame, track.static, position)
        if candidate is not None:
            yield candidate


def _nearby(tracks: AisTracks, near: LatLon, seconds: float) -> list[int]:
    """Vessels with a report within ten minutes and about twenty kilometres: the rest cannot be candidates."""
    moment = datetime.fromtimestamp(seconds).astimezone()
    return list(tracks.heard(moment, around_s=600.0, near=near, within_m=20_000.0))


def _compared(contact: Contact, frame: LocalFrame, static: AisStatic, position: AisPosition) -> Candidate | None:
    antenna = frame.to_metres([position.at])[0]
    centre, along, half_length, half_width = declared_hull(antenna, static, position)
    to_contact = -centre  # the contact is the origin
    across = np.array([-along[1], along[0]])
    on_axes = np.array([to_contact @ along, to_contact @ across])
    inside = np.clip(on_axes, [-half_length, -half_width], [half_length, half_width])
    miss = (on_axes[0] - inside[0]) * along + (on_axes[1] - inside[1]) * across
    spread = covariance(contact.ellipse) + np.eye(2) * position.sigma_m**2
    speeds = _speed_cost(contact, position)
    if float(miss @ np.linalg.solve(spread, miss)) > GATE or speeds > GATE:
        return None
    # the waterline seen may be any part of the hull: uniform over it, so a twelfth of each side squared
    body = spread + np.outer(along, along) * half_length**2 / 3 + np.outer(across, across) * half_width**2 / 3
    cost = 1.0 + float(to_contact @ np.linalg.solve(body, to_contact)) + _length_cost(contact, static) + speeds
    loose = covariance(contact.ellipse) + np.eye(2) * max(position.sigma_m**2 - FIX_SIGMA_M**2, 0.0)
    return Candidate(static, position, float(np.hypot(*miss)), cost, to_contact, loose, MOVING_KN)


def declared_hull(antenna: Floats, static: AisStatic, position: AisPosition) -> tuple[Floats, Floats, float, float]:
    """Middle of the hull (east, north), unit vector along it, half length and half width."""
    heading = position.heading_deg
    if heading is None and (position.speed_kn or 0.0) >= MOVING_KN:
        heading = position.course_deg
    length, width = static.a_m + static.b_m, static.c_m + static.d_m
    ahead, aside = (static.a_m - static.b_m) / 2, (static.d_m - static.c_m) / 2
    if static.a_m == 0 and static.c_m == 0:  # ITU-R M.1371: size declared, place of the antenna not
        ahead = aside = 0.0
    if heading is None:  # the hull may lie any way round: a square that holds it
        reach = max(static.a_m, static.b_m, static.c_m, static.d_m)
        return antenna, np.array([0.0, 1.0]), reach, reach
    angle = math.radians(heading)
    along = np.array([math.sin(angle), math.cos(angle)])
    to_starboard = np.array([math.cos(angle), -math.sin(angle)])
    middle = antenna + along * ahead + to_starboard * aside
    return middle, along, length / 2, width / 2


def covariance(ellipse: Ellipse | None) -> Floats:
    """Covariance of an error ellipse in east and north, square metres."""
    if ellipse is None:
        return np.eye(2) * MEASURED_SIGMA_M**2
    angle = math.radians(ellipse.bearing_deg)
    major = np.array([math.sin(angle), math.cos(angle)])
    minor = np.array([math.cos(angle), -math.sin(angle)])
    spread = np.outer(major, major) * ellipse.major_m**2 + np.outer(minor, minor) * ellipse.minor_m**2
    return np.asarray(spread + np.eye(2) * 0.01, dtype=float)


def _length_cost(contact: Contact, static: AisStatic) -> float:
    declared = static.length_m
    if declared is None or contact.length_m is None:
        return 0.0
    shortest, longest = contact.length_m
    outside = max(shortest - declared, declared - longest, 0.0)
    return min((outside / (LENGTH_SHARE * declared)) ** 2, GATE)


def _speed_cost(contact: Contact, position: AisPosition) -> float:
    """Misfit of the speed seen and the speed reported, in squared sigmas; 0 where either is not known."""
    if contact.speed_m_s is None or position.speed_kn is None:
        return 0.0
    reported = position.speed_kn * KNOT_M_S
    loose = max(DRIFT_FLOOR_M_S, DRIFT_SHARE * max(reported, contact.speed_m_s)) + SPEED_CHANGE_M_S2 * position.age_s
    spread = loose**2 + (contact.speed_sigma_m_s or 0.0) ** 2
    return (contact.speed_m_s - reported) ** 2 / spread


def _association(contact: Contact, mmsi: int | None, chosen: Mapping[str, int], costs: Costs) -> Association:
    contact_id = contact.contact_id
    if contact.at is None or contact.at_utc is None:
        return Association(contact_id, Outcome.UNPLACED)
    if mmsi is None:
        # candidates there were, but others fitted them better: not proven dark
        rivals = sorted(costs.of_contact.get(contact_id, ()), key=lambda m: costs.cost(contact_id, m))
        if rivals and loser_is_close(contact_id, rivals[0], chosen, costs):
            return _described(contact_id, Outcome.AMBIGUOUS, costs.by_pair[contact_id, rivals[0]], (None, None))
        return Association(contact_id, Outcome.DARK)
    ratio, rival = best_alternative(contact_id, mmsi, chosen, costs)
    outcome = Outcome.AMBIGUOUS if ratio is not None and ratio < AMBIGUITY_RATIO else Outcome.MATCHED
    return _described(contact_id, outcome, costs.by_pair[contact_id, mmsi], (ratio, rival))


def _described(
    contact_id: str, outcome: Outcome, best: Candidate, rival: tuple[float | None, int | None]
) -> Association:
    static, position = best.static, best.position
    return Association(
        contact_id=contact_id,
        outcome=outcome,
        mmsi=static.mmsi,
        name=static.name,
        call_sign=static.call_sign,
        ship_type=static.ship_type,
        declared_length_m=static.length_m,
        declared_width_m=static.width_m,
        at=position.at,
        sigma_m=position.sigma_m,
        source=position.source,
        age_s=position.age_s,
        speed_kn=position.speed_kn,
        course_deg=position.course_deg,
        heading_deg=position.heading_deg,
        gap_m=best.gap_m,
        cost=best.cost,
        rival_ratio=rival[0],
        rival_mmsi=rival[1],
    )


def _unseen(frames: Sequence[Frame], tracks: AisTracks, claimed: set[int]) -> tuple[Unseen, ...]:
    views: dict[int, list[tuple[float, Frame, AisPosition]]] = {}
    for frame in frames:
        if frame.pose is None or frame.intrinsics is None or frame.at_utc is None:
            continue
        local = LocalFrame(frame.pose.at)
        for mmsi in _nearby(tracks, frame.pose.at, frame.at_utc.timestamp()):
            position = None if mmsi in claimed else tracks.by_mmsi[mmsi].at(frame.at_utc)
            if position is not None and (range_m := _range_in_view(frame, local, position)) is not None:
                views.setdefault(mmsi, []).append((range_m, frame, position))
    found = []
    for mmsi, seen in sorted(views.items()):
        seen.sort(key=lambda view: (view[0], view[1].frame_id))
        range_m, frame, position = seen[0]
        static = tracks.by_mmsi[mmsi].static
        if frame.at_utc is not None:
            ids = tuple(view[1].frame_id for view in seen)
            sight = (position.at, frame.at_utc, position.sigma_m, range_m, ids, static.length_m)
            found.append(Unseen(mmsi, static.name, *sight))
    return tuple(found)


def _range_in_view(frame: Frame, local: LocalFrame, position: AisPosition) -> float | None:
    """Metres from below the camera to the antenna, if that place on the sea lies in the picture by two sigma."""
    pose, camera = frame.pose, frame.intrinsics
    if pose is None or camera is None:
        return None
    east, north = (float(v) for v in local.to_metres([position.at])[0])
    range_m = math.hypot(east, north)
    drop = range_m * range_m / (2 * REFRACTION_RADIUS_M)
    x, y = pixels_of(camera, pose.attitude, [[east, north, -pose.height_m - drop]])[0]
    slant = max(math.hypot(range_m, pose.height_m), 1.0)
    margin = 2 * position.sigma_m * camera.focal_px / slant
    inside = margin <= x <= camera.width_px - margin and margin <= y <= camera.height_px - margin
    return range_m if inside else None
