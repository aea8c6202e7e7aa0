"""Ground heights that the vehicle asks its ground station for: https://mavlink.io/en/services/terrain.html.

It asks for the block about its place, four by four heights at a time, until it has all 56, and tells what it knows of a
place (TERRAIN_CHECK); nothing else depends on them.
"""

import math

from planner.geo.points import LatLon
from sitl.autopilot.messages import Message, Value

SPACING_M = 100
_ALL = (1 << 56) - 1
_BLOCK_DEG = 0.02
_DEGREE_M = 111_319.5


class Terrain:
    """Which parts of the block about the vehicle have come; a new block is begun about 2 km on."""

    def __init__(self) -> None:
        self._corner = (0, 0)
        self._missing = _ALL
        self._heights: dict[tuple[tuple[int, int], int], list[int]] = {}

    def request(self, at: LatLon) -> dict[str, Value] | None:
        """The fields of TERRAIN_REQUEST; None if nothing is missing."""
        corner = (_corner(at.lat_deg), _corner(at.lon_deg))
        if corner != self._corner:
            self._corner, self._missing = corner, _ALL
        if not self._missing:
            return None
        return {"lat": corner[0], "lon": corner[1], "grid_spacing": SPACING_M, "mask": self._missing}

    def take(self, message: Message) -> None:
        """Notes what a TERRAIN_DATA brings, if it was asked for."""
        bit = message.whole("gridbit")
        if (message.whole("lat"), message.whole("lon")) == self._corner and 0 <= bit < 56:
            self._missing &= ~(1 << bit)
            told = message.fields.get("data")
            self._heights[self._corner, bit] = [int(h) for h in told] if isinstance(told, list) else [0] * 16

    def report(self, lat: int, lon: int) -> dict[str, Value]:
        """The fields of the TERRAIN_REPORT on a place, degrees times 1e7; spacing 0 where nothing is known."""
        corner = (_corner(lat / 1e7), _corner(lon / 1e7))
        north_m = (lat - corner[0]) / 1e7 * _DEGREE_M
        east_m = (lon - corner[1]) / 1e7 * _DEGREE_M * math.cos(math.radians(lat / 1e7))
        north, east = int(north_m // SPACING_M), int(east_m // SPACING_M)
        heights = self._heights.get((corner, north // 4 * 8 + east // 4))
        known = 0.0 if heights is None else float(heights[north % 4 * 4 + east % 4])
        return {
            "lat": lat,
            "lon": lon,
            "spacing": 0 if heights is None else SPACING_M,
            "terrain_height": known,
            "current_height": 0.0,
            "pending": self._missing.bit_count(),
            "loaded": len(self._heights),
        }


def _corner(degrees: float) -> int:
    """The block's south or west edge, degrees times 1e7."""
    return round(degrees // _BLOCK_DEG * _BLOCK_DEG * 1e7)
