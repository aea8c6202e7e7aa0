"""What was stored in which vehicle, kept in a small file, so that another run can tell whether it still holds that.

A vehicle is known by the address that it was reached at, and by its system and component.
"""

import json
import os
import threading
from pathlib import Path
from typing import Any

from planner.link.held import Held
from planner.link.messages import Address

MOST = 100
"""So many vehicles are remembered, those stored to last."""
_ONE_AT_A_TIME = threading.Lock()
"""Several vehicles may be sent to at once."""


class Memory:
    """The file. What cannot be read counts as nothing; what cannot be written is not remembered."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or _usual()

    def held(self, to: str, vehicle: Address) -> Held | None:
        """What was stored in a vehicle last; None: nothing, or it is not known any more."""
        try:
            row = self._all()[_key(to, vehicle)]
            first, second, third = (None if one is None else int(one) for one in row["ids"])
            return Held(int(row["items"]), (first, second, third))
        except (KeyError, TypeError, ValueError):
            return None

    def keep(self, to: str, vehicle: Address, held: Held | None) -> None:
        """Remembers what was stored; None: what is there now is not known."""
        with _ONE_AT_A_TIME:
            self._keep(_key(to, vehicle), held)

    def _keep(self, key: str, held: Held | None) -> None:
        known = self._all()
        known.pop(key, None)
        if held is not None:
            known[key] = {"items": held.items, "ids": list(held.ids)}
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(dict(list(known.items())[-MOST:])), encoding="utf-8")
            part.replace(self._path)
        except OSError:
            return

    def _all(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _key(to: str, vehicle: Address) -> str:
    return f"{to} {vehicle.system}.{vehicle.component}"


def _usual() -> Path:
    from platformdirs import user_state_path

    return user_state_path("quaywatch") / "stored.json"
