"""The vessels of the practice harbour: moored, anchored, adrift and under way, with AIS and without.

MMSIs begin with 200, a country code that the ITU has assigned to nobody.
"""

from sitl.world.motion import Round, Still
from sitl.world.vessels import Ais, AisClass, Vessel

RENDEZVOUS = ("workboat", "go-fast")
"""The two that lie alongside each other in open water."""
INTRUDER = "rib-in-zone"
"""The one inside the restricted zone."""


def practice_fleet(seed: int = 0) -> tuple[Vessel, ...]:
    """All vessels; `seed` changes paint and where the moving ones are on their rounds."""
    shift = 37.0 * (seed % 101)
    return tuple(
        Vessel(v.vessel_id, v.kind, v.length_m, v.beam_m, v.motion, v.ais, seed * 1000 + number)
        for number, v in enumerate((*_moored(), *_lying(), *_under_way(shift)))
    )


def _a(number: int, name: str, ship_type: int, status: int) -> Ais:
    return Ais(200_001_000 + number, name, AisClass.A, ship_type, f"QW{number:03d}", status)


def _b(number: int, name: str, ship_type: int) -> Ais:
    return Ais(200_002_000 + number, name, AisClass.B, ship_type, f"QB{number:03d}")


def _moored() -> tuple[Vessel, ...]:
    return (
        Vessel("coaster", "coaster", 82.0, 12.4, Still(-195, -157.6, 90), _a(1, "PRACTICE COASTER", 70, 5)),
        Vessel("feeder", "feeder", 89.0, 13.6, Still(68, -157.0, 270), _a(2, "PRACTICE FEEDER", 71, 5)),
        Vessel("tug", "tug", 28.0, 9.2, Still(-64.8, -125, 0), _a(3, "PRACTICE TUG", 52, 5)),
        Vessel("trawler", "trawler", 24.0, 7.0, Still(-42.6, -90, 180), _a(4, "PRACTICE TRAWLER", 30, 5)),
        Vessel("motor-yacht", "motor yacht", 13.0, 4.0, Still(175.9, -128, 0), _b(1, "PRACTICE BREEZE", 37)),
    )


def _lying() -> tuple[Vessel, ...]:
    return (
        Vessel("barge", "barge", 58.0, 9.6, Still(60, 110, 250), _a(5, "PRACTICE BARGE", 79, 1)),
        Vessel("yacht", "sailing yacht", 11.5, 3.6, Still(-215, 40, 235), _b(2, "PRACTICE SWIFT", 36)),
        Vessel("small-fisher", "trawler", 13.0, 4.2, Still(-150, -75, 240), _b(3, "PRACTICE HOPE", 30)),
        Vessel(RENDEZVOUS[0], "workboat", 17.0, 5.4, Still(-95, 85, 20)),
        Vessel(RENDEZVOUS[1], "motor boat", 8.6, 2.6, Still(-89.9, 86.4, 20)),
        Vessel(INTRUDER, "rib", 7.2, 2.6, Still(190, 52, 130)),
        Vessel("low-profile", "low-profile craft", 13.5, 2.6, Still(35, 20, 75)),
        Vessel("motor-boat", "motor boat", 6.4, 2.3, Still(110, -60, 305)),
        Vessel("kayak", "kayak", 4.4, 0.7, Still(-20, 130, 110)),
        Vessel("skiff", "skiff", 6.0, 2.0, Still(-245, -110, 15)),
    )


def _under_way(shift_m: float) -> tuple[Vessel, ...]:
    patrol = ((-260, 110), (-170, 125), (-60, 30), (-100, -10), (-255, -10))
    pilot = ((90, -100), (225, -85), (235, -10), (120, -20))
    fast = ((-20, 60), (120, 62), (118, 140), (-10, 145))
    work = ((-20, -130), (60, -125), (70, -40), (-15, -30))
    return (
        Vessel("patrol", "patrol boat", 23.0, 5.6, Round(patrol, 3.6, shift_m), _a(6, "PRACTICE GUARD", 55, 0)),
        Vessel("pilot", "pilot boat", 14.5, 4.4, Round(pilot, 4.6, shift_m), _a(7, "PRACTICE PILOT", 50, 0)),
        Vessel("rib", "rib", 8.2, 2.9, Round(fast, 6.2, shift_m)),
        Vessel("launch", "workboat", 11.0, 3.7, Round(work, 2.6, shift_m), _b(4, "PRACTICE LAUNCH", 37)),
    )
