"""A survey flight over vessels whose truth is known: lines, overlapping stills, errors, misses and false alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from detection.footage.frames import Frame
from detection.locate.place import locate
from detection.locate.sightings import Sighting
from detection.track.contacts import Contact
from detection.vision.boxes import Boxes
from planner.geo.camera import Attitude, Intrinsics, pixels_of
from planner.geo.points import Floats, LatLon, LocalFrame
from planner.model.pose import Pose, PoseSigma

HERE = LocalFrame(LatLon(51.95, 4.05))
START = datetime(2026, 5, 4, 10, 0, 0, tzinfo=UTC)
SIGMA = PoseSigma(position_m=1.5, height_m=1.5, yaw_deg=2.0, pitch_deg=0.7, roll_deg=0.7)


@dataclass(frozen=True)
class Vessel:
    """Middle at the start, metres east and north; heading in degrees; speed in m/s."""

    east_m: float
    north_m: float
    heading_deg: float = 0.0
    length_m: float = 12.0
    beam_m: float = 4.0
    speed_m_s: float = 0.0
    top_m: float = 2.0

    def at(self, seconds: float) -> Floats:
        turn = np.radians(self.heading_deg)
        return np.array([self.east_m, self.north_m]) + self.speed_m_s * seconds * np.array([np.sin(turn), np.cos(turn)])

    def corners(self, seconds: float) -> Floats:
        turn = np.radians(self.heading_deg)
        ahead, aside = np.array([np.sin(turn), np.cos(turn)]), np.array([np.cos(turn), -np.sin(turn)])
        sides = [(a, b) for a in (-0.5, 0.5) for b in (-0.5, 0.5)]
        ground = [self.at(seconds) + ahead * self.length_m * a + aside * self.beam_m * b for a, b in sides]
        return np.array([[*g, z] for g in ground for z in (0.0, self.top_m)])


@dataclass(frozen=True)
class Survey:
    """Lines flown north and south; `pitch_deg` of the camera, which looks ahead."""

    lines: int = 6
    spacing_m: float = 60.0
    length_m: float = 360.0
    speed_m_s: float = 8.0
    interval_s: float = 2.0
    turn_s: float = 12.0
    height_m: float = 80.0
    pitch_deg: float = -90.0
    width_px: int = 2000
    height_px: int = 1500
    focal_px: float = 1450.0
    missed: float = 0.15
    false_per_frame: float = 0.03
    timed: bool = True

    def shots(self) -> list[tuple[float, Floats, float]]:
        """Seconds, place and heading of each still."""
        found = []
        now = 0.0
        for line in range(self.lines):
            steps = int(self.length_m / self.speed_m_s / self.interval_s)
            for k in range(steps + 1):
                north = k * self.interval_s * self.speed_m_s
                up = line % 2 == 0
                place = np.array([line * self.spacing_m, north if up else self.length_m - north])
                found.append((now, place, 0.0 if up else 180.0))
                now += self.interval_s
            now += self.turn_s
        return found


def seen(survey: Survey, vessels: Sequence[Vessel], seed: int = 0) -> tuple[list[Sighting], set[int]]:
    """All sightings of a survey, and which vessels were wholly or partly in view of at least one still."""
    draw = np.random.default_rng(seed)
    bias = draw.normal(0, 0.7, 2)
    camera = Intrinsics.centred(width_px=survey.width_px, height_px=survey.height_px, focal_px=survey.focal_px)
    sightings: list[Sighting] = []
    shown: set[int] = set()
    for k, (now, place, heading) in enumerate(survey.shots()):
        true = Attitude(heading, survey.pitch_deg, 0.0)
        rows, scores = [], []
        for i, vessel in enumerate(vessels):
            box = _box(camera, true, survey.height_m, place, vessel.corners(now))
            if box is None:
                continue
            shown.add(i)
            if draw.random() >= survey.missed:
                rows.append([*(np.array(box) + draw.normal(0, 1.5, 4))])
                scores.append(draw.uniform(0.5, 0.95))
        if draw.random() < survey.false_per_frame:
            x, y = draw.uniform(50, survey.width_px - 100), draw.uniform(50, survey.height_px - 100)
            rows.append([x, y, x + draw.uniform(10, 60), y + draw.uniform(10, 60)])
            scores.append(draw.uniform(0.25, 0.4))
        told = HERE.to_place(*(place + bias + draw.normal(0, 1.0, 2)))
        tilt = Attitude(heading + draw.normal(0, 1.5), survey.pitch_deg + draw.normal(0, 0.5), draw.normal(0, 0.5))
        pose = Pose(told, survey.height_m + draw.normal(0, 1.0), tilt, "test", SIGMA)
        at = START + timedelta(seconds=now) if survey.timed else None
        frame = Frame(f"{k:016d}", Path(f"{k}.jpg"), "", survey.width_px, survey.height_px, at, pose, camera)
        sightings += locate(frame, _boxes(survey, rows, scores))
    return sightings, shown


def _box(
    camera: Intrinsics, attitude: Attitude, height_m: float, place: Floats, corners: Floats
) -> tuple[float, float, float, float] | None:
    offsets = corners - np.array([*place, height_m])
    pixels = pixels_of(camera, attitude, offsets)
    if not np.isfinite(pixels).all():
        return None
    (left, top), (right, bottom) = pixels.min(axis=0), pixels.max(axis=0)
    inside = (max(left, 0), max(top, 0), min(right, camera.width_px), min(bottom, camera.height_px))
    area = max(inside[2] - inside[0], 0) * max(inside[3] - inside[1], 0)
    return inside if area > 0.25 * (right - left) * (bottom - top) or area > 40_000 else None


def _boxes(survey: Survey, rows: list[list[float]], scores: list[float]) -> Boxes:
    xyxy = np.array(rows, np.float32).reshape(-1, 4)
    xyxy = np.clip(xyxy, 0, [survey.width_px, survey.height_px, survey.width_px, survey.height_px]).astype(np.float32)
    return Boxes(xyxy, np.array(scores, np.float32), np.zeros(len(rows), np.int64))


@dataclass(frozen=True)
class Count:
    """What became of the vessels: found by one contact, split into further ones, merged with another, missed; contacts
    that are no vessel; position errors of the found ones.
    """

    true: int
    found: int
    split: int
    merged: int
    missed: int
    false: int
    errors_m: Floats

    def line(self) -> str:
        return (
            f"{self.true} vessels: {self.found} found, {self.split} split, {self.merged} merged, {self.missed} missed, "
            f"{self.false} false; error median {np.median(self.errors_m):.1f} m, "
            f"90th percentile {np.percentile(self.errors_m, 90):.1f} m"
        )


def count(contacts: Sequence[Contact], vessels: Sequence[Vessel], shown: set[int], gate_m: float = 12.0) -> Count:
    """Each confident contact given to the nearest vessel at the contact's own time."""
    homes: dict[int, list[float]] = {i: [] for i in shown}
    false = 0
    for contact in contacts:
        if contact.score < 0.4 or contact.at is None:
            continue
        now = (contact.at_utc - START).total_seconds() if contact.at_utc else 0.0
        spot = HERE.to_metres([contact.at])[0]
        gaps = {i: _gap(vessels[i], now, spot) for i in shown}
        nearest = min(gaps, key=lambda i: gaps[i])
        if gaps[nearest] <= gate_m:
            homes[nearest].append(float(np.linalg.norm(vessels[nearest].at(now) - spot)))
        else:
            false += 1
    found = {i for i, errors in homes.items() if errors}
    split = sum(len(errors) - 1 for errors in homes.values() if errors)
    lost = shown - found
    merged = sum(
        any(np.linalg.norm(vessels[i].at(0.0) - vessels[j].at(0.0)) < 25 for j in shown if j != i) for i in lost
    )
    errors = np.array([min(errors) for errors in homes.values() if errors])
    return Count(len(shown), len(found), split, merged, len(lost) - merged, false, errors)


def _gap(vessel: Vessel, now: float, spot: Floats) -> float:
    """Metres from the vessel's middle line, so that a large ship is not missed for its size."""
    turn = np.radians(vessel.heading_deg)
    ahead = np.array([np.sin(turn), np.cos(turn)])
    off = spot - vessel.at(now)
    along = float(np.clip(off @ ahead, -vessel.length_m / 2, vessel.length_m / 2))
    return float(np.linalg.norm(off - along * ahead))
