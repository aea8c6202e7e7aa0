import runpy
from pathlib import Path

from tests.shared import DATA, needs_shared

BENCH = Path(__file__).parents[3] / "bench" / "positions.py"


@needs_shared
def test_boats_that_lie_still_seem_to_move_no_more_than_the_view_explains() -> None:
    steep, shallow = runpy.run_path(str(BENCH))["drifts"](DATA / "poses" / "seadronessee-two-clips.json")
    assert steep.clip == "DJI_0063"
    assert len(steep.speeds_m_s) > 300
    assert steep.median_step_m < 0.20  # metres from one frame to the next, half a second later
    assert steep.median_m_s < 0.40
    assert shallow.median_m_s < 10.0  # 8 to 10 degrees down, while the drone turns
