"""What is really in a picture."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from planner.geo.points import LatLon, LocalFrame
from sitl.camera.raster import Face, Samples
from sitl.camera.view import View
from sitl.world.motion import VesselState
from sitl.world.vessels import Vessel


@dataclass(frozen=True, slots=True)
class VesselTruth:
    """A vessel in a picture.

    `box` is (left, top, right, bottom) in pixels (the top left pixel reaches from 0 to 1) around the part of hull and
    superstructure that shows, masts left out; `visible` is that part of its whole silhouette, from 0 to 1; `at` is
    the middle of its waterline; `touches_edge` says that the picture's edge cuts it.
    """

    vessel_id: str
    kind: str
    box: tuple[float, float, float, float]
    visible: float
    at: LatLon
    length_m: float
    beam_m: float
    heading_deg: float
    speed_m_s: float
    course_deg: float
    mmsi: int | None
    touches_edge: bool

    def as_json(self) -> dict[str, object]:
        """Plain values for a JSON file."""
        plain: dict[str, object] = asdict(self)
        plain["at"] = {"lat_deg": self.at.lat_deg, "lon_deg": self.at.lon_deg}
        plain["box"] = list(self.box)
        return plain


def truth_of(
    view: View, frame: LocalFrame, who: tuple[Vessel, VesselState, int], faces: Sequence[Face], drawn: Sequence[Samples]
) -> VesselTruth | None:
    """The truth about one vessel, None if nothing of it shows."""
    vessel, state, number = who
    faces = [f for f in faces if f.owner == number]
    if not faces:
        return None
    found = _visible(number, faces, drawn)
    if found is None:
        return None
    box, pixels = found
    whole = _silhouette_px(faces)
    w, h = view.camera.width_px, view.camera.height_px
    edge = box[0] <= 0 or box[1] <= 0 or box[2] >= w or box[3] >= h
    return VesselTruth(
        vessel_id=vessel.vessel_id,
        kind=vessel.kind,
        box=box,
        visible=min(1.0, pixels / whole) if whole > 0 else 1.0,
        at=frame.to_place(state.east_m, state.north_m),
        length_m=vessel.length_m,
        beam_m=vessel.beam_m,
        heading_deg=state.heading_deg,
        speed_m_s=state.speed_m_s,
        course_deg=state.course_deg,
        mmsi=vessel.ais.mmsi if vessel.ais else None,
        touches_edge=edge,
    )


def _visible(
    number: int, faces: Sequence[Face], drawn: Sequence[Samples]
) -> tuple[tuple[float, float, float, float], float] | None:
    """Box and area in pixels of the samples that an owner has."""
    points = np.concatenate([f.pixels for f in faces])
    low, high = points.min(axis=0), points.max(axis=0)
    for samples in drawn:
        p, n = samples.patch, samples.per_axis
        x0, y0 = max(0, int((low[0] - p.left) * n) - 2), max(0, int((low[1] - p.top) * n) - 2)
        x1, y1 = int((high[0] - p.left) * n) + 3, int((high[1] - p.top) * n) + 3
        if x1 <= 0 or y1 <= 0 or low[0] > p.right or low[1] > p.bottom:
            continue
        mine = samples.of(number, slice(y0, y1), slice(x0, x1))
        count = int(np.count_nonzero(mine))
        if count:
            xs, ys = np.flatnonzero(mine.any(axis=0)), np.flatnonzero(mine.any(axis=1))
            left, top = p.left + (x0 + xs[0]) / n, p.top + (y0 + ys[0]) / n
            right, bottom = p.left + (x0 + xs[-1] + 1) / n, p.top + (y0 + ys[-1] + 1) / n
            return (float(left), float(top), float(right), float(bottom)), count / (n * n)
    return None


def _silhouette_px(faces: Sequence[Face]) -> float:
    """Area in pixels of all faces together, hidden or outside the picture or not."""
    import cv2

    points = np.concatenate([f.pixels for f in faces])
    low, high = points.min(axis=0), points.max(axis=0)
    scale = 400.0 / max(float((high - low).max()), 1e-6)
    size = np.ceil((high - low) * scale).astype(int) + 3
    mask: npt.NDArray[np.uint8] = np.zeros((size[1], size[0]), np.uint8)
    for face in faces:
        corners = np.round(((face.pixels - low) * scale + 0.5) * 16).astype(np.int32)
        cv2.fillPoly(mask, [corners], 1, cv2.LINE_8, 4)
    return float(np.count_nonzero(mask)) / scale**2
