"""Ground heights that the vehicle asks its ground station for: https://mavlink.io/en/services/terrain.html.

It asks for the block about its place, four by four heights at a time, until it has all 56; nothing depends on them.
"""

from planner.geo.points import LatLon
from sitl.autopilot.messages import Message, Value

SPACING_M = 100
_ALL = (1 << 56) - 1
_BLOCK_DEG = 0.02


class Terrain:
    """Which parts of the block about the vehicle have come; a new block is begun about 2 km on."""

    def __init__(self) -> None:
        self._corner = (0, 0)
        self._missing = _ALL

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


def _corner(degrees: float) -> int:
    """The block's south or west edge, degrees times 1e7."""
    return round(degrees // _BLOCK_DEG * _BLOCK_DEG * 1e7)
