"""The rules, all in one list. A rule is a pure function of a scene and thresholds that yields flags."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from detection.triage import alongside, silent, zones
from detection.triage.flags import Flag
from detection.triage.scene import Scene
from detection.triage.thresholds import Thresholds

Rule: TypeAlias = Callable[[Scene, Thresholds], Iterator[Flag]]

RULES: dict[str, Rule] = {
    zones.RULE: zones.restricted_zone,
    silent.RULE: silent.no_ais,
    alongside.RULE: alongside.alongside,
}


def flags_of(scene: Scene, limits: Thresholds | None = None) -> tuple[Flag, ...]:
    """All flags of a scene, strongest first; equal scenes give equal flags in equal order."""
    used = limits or Thresholds()
    found = [flag for rule in RULES.values() for flag in rule(scene, used)]
    return tuple(sorted(found, key=lambda f: (-f.score, f.contact_id, f.flag_id)))
