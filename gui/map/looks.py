"""How things look on the map: one colour and one shape for each meaning (drawn by web/symbols.js)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

JSON = dict[str, Any]


class Look(StrEnum):
    """What a feature is; the map page knows the colour, the line and the shape for each."""

    AREA = "area"
    LINE = "line"
    PLANNED = "planned"
    TRANSIT = "transit"
    """Planned, but not for pictures: to and from home, and between legs."""
    FLOWN = "flown"
    NO_FLY = "no-fly"
    RESTRICTED_WATER = "restricted-water"
    ANCHORAGE = "anchorage"
    WATER = "water"
    LAND = "land"
    QUAY = "quay"
    UNCERTAINTY = "uncertainty"
    FOOTPRINT = "footprint"
    FENCE = "fence"
    WAYPOINT = "waypoint"
    CAPTURE = "capture"
    HOME = "home"
    DRONE = "drone"
    CAMERA_AT = "camera-at"
    """Where the camera looks: a small ring, and a thin line to it."""
    VESSEL = "vessel"
    """By AIS: green outline along its heading."""
    DARK = "dark"
    """A contact without AIS: red dashed outline."""
    CONTACT = "contact"
    SUSPICIOUS = "suspicious"
    UNSURE = "unsure"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class LayerStyle:
    """How a whole layer is shown; a feature's own property `look` goes before `look`."""

    look: Look = Look.AREA
    interactive: bool = True
    editable: bool = False
    names: bool = False
    """Write each feature's property `name` on the map."""
    z: int | None = None
    """Order of drawing, higher above; None for the look's own."""
    options: JSON = field(default_factory=dict)
    """Leaflet path options that go before the look's."""

    def as_json(self) -> JSON:
        """As the map page reads it."""
        return {
            "look": self.look.value,
            "interactive": self.interactive,
            "editable": self.editable,
            "names": self.names,
            "z": self.z,
            "options": self.options,
        }
