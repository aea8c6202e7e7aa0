"""Places on WGS 84, and metres about a place.

Heights are not part of a place: they always come with their own name and datum (`height_m`, `msl_m`).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer

Floats = npt.NDArray[np.float64]
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class LatLon:
    """A place in degrees on WGS 84; north and east positive.

    Raises:
        ValueError: latitude outside [-90, 90], longitude outside [-180, 180], or not finite.
    """

    lat_deg: float
    lon_deg: float

    def __post_init__(self) -> None:
        if not -90 <= self.lat_deg <= 90:
            raise ValueError(f"latitude must lie in [-90, 90] degrees, got {self.lat_deg}")
        if not -180 <= self.lon_deg <= 180:
            raise ValueError(f"longitude must lie in [-180, 180] degrees, got {self.lon_deg}")


def distance_m(a: LatLon, b: LatLon) -> float:
    """Length of the geodesic from `a` to `b` in metres (Karney 2013, through PROJ)."""
    return float(_GEOD.inv(a.lon_deg, a.lat_deg, b.lon_deg, b.lat_deg)[2])


def lengths_m(starts: Sequence[LatLon], ends: Sequence[LatLon]) -> Floats:
    """Lengths of the geodesics between places, pair by pair, in metres."""
    from_lon, from_lat = [p.lon_deg for p in starts], [p.lat_deg for p in starts]
    to_lon, to_lat = [p.lon_deg for p in ends], [p.lat_deg for p in ends]
    return np.asarray(_GEOD.inv(from_lon, from_lat, to_lon, to_lat)[2], dtype=float)


def bearing_deg(a: LatLon, b: LatLon) -> float:
    """Initial true bearing from `a` to `b`, in [0, 360) degrees."""
    return float(_GEOD.inv(a.lon_deg, a.lat_deg, b.lon_deg, b.lat_deg)[0]) % 360.0


def destination(start: LatLon, *, towards_deg: float, range_m: float) -> LatLon:
    """The place `range_m` metres from `start` along the geodesic that leaves at true bearing `towards_deg`.

    >>> destination(LatLon(52.0, 4.0), towards_deg=0.0, range_m=1000.0).lat_deg > 52.008
    True
    """
    lon, lat, _ = _GEOD.fwd(start.lon_deg, start.lat_deg, towards_deg, range_m)
    return LatLon(float(lat), float(lon))


@dataclass(frozen=True)
class LocalFrame:
    """East/north metres about `origin` (azimuthal equidistant on WGS 84).

    Distances and bearings from the origin are those of the geodesic; between any two points within 20 km of it
    lengths are right to 2 parts in a million.
    """

    origin: LatLon
    _there: Transformer = field(init=False, repr=False, compare=False)
    _back: Transformer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        local = f"+proj=aeqd +lat_0={self.origin.lat_deg} +lon_0={self.origin.lon_deg} +ellps=WGS84 +units=m"
        wgs84 = "+proj=longlat +ellps=WGS84 +no_defs"
        object.__setattr__(self, "_there", Transformer.from_crs(wgs84, local, always_xy=True))
        object.__setattr__(self, "_back", Transformer.from_crs(local, wgs84, always_xy=True))

    def to_metres(self, places: Sequence[LatLon]) -> Floats:
        """East and north of each place, shape (N, 2)."""
        lat = np.array([p.lat_deg for p in places], dtype=float)
        lon = np.array([p.lon_deg for p in places], dtype=float)
        return self.degrees_to_metres(lat, lon)

    def degrees_to_metres(self, lat_deg: Floats, lon_deg: Floats) -> Floats:
        """East and north of columns of degrees, shape (N, 2)."""
        east, north = self._there.transform(lon_deg, lat_deg)
        return np.column_stack([np.atleast_1d(east), np.atleast_1d(north)]).astype(float)

    def to_places(self, east_north_m: npt.ArrayLike, *, as_sent: bool = False) -> list[LatLon]:
        """The places of rows (east, north) in metres; `as_sent`: to 1e-7 degrees, as a vehicle stores them."""
        rows = np.asarray(east_north_m, dtype=float).reshape(-1, 2)
        degrees = np.column_stack(self._back.transform(rows[:, 0], rows[:, 1]))
        if as_sent:
            degrees = degrees.round(7)
        return [LatLon(lat, lon) for lon, lat in degrees.tolist()]

    def to_place(self, east_m: float, north_m: float) -> LatLon:
        """The place `east_m` and `north_m` metres from the origin."""
        return self.to_places([(east_m, north_m)])[0]


def centroid(places: Iterable[LatLon]) -> LatLon:
    """The mean of some places, right for places within a few hundred kilometres, also across longitude 180.

    Raises:
        ValueError: no places.
    """
    all_places = list(places)
    if not all_places:
        raise ValueError("a centroid needs at least one place")
    first = all_places[0].lon_deg
    lat = sum(p.lat_deg for p in all_places) / len(all_places)
    lon = first + sum(_wrap_deg(p.lon_deg - first) for p in all_places) / len(all_places)
    return LatLon(lat, _wrap_deg(lon))


def _wrap_deg(angle: float) -> float:
    wrapped = math.fmod(angle + 180.0, 360.0)
    return wrapped - 180.0 if wrapped >= 0 else wrapped + 180.0
