from pathlib import Path
from time import monotonic

from gui.fly.practice import PracticeDrone
from planner.link.station import Station


def test_ships_round_the_practice_drone_are_heard_by_their_ais(tmp_path: Path) -> None:
    drone = PracticeDrone.start(tmp_path, None, speedup=40, workers=0)
    try:
        with Station.connect(drone.address) as station:
            end_s = monotonic() + 30
            heard: set[str] = set()
            while "PRACTICE GUARD" not in heard and monotonic() < end_s:
                drone.wait_for_a_picture(timeout_s=0.1)
                state = station.snapshot()
                heard = set() if state is None else {one.name for one in state.traffic}
    finally:
        drone.stop()
    assert "PRACTICE GUARD" in heard
