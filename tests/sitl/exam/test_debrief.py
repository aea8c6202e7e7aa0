import json
import re
from itertools import pairwise
from pathlib import Path

from sitl.exam.debrief import debrief_html, debrief_json, write_debrief
from sitl.exam.footage import shots_over
from sitl.exam.score import score_pilot
from sitl.scenario.read import scenario
from sitl.scenario.stage import harbour_of
from tests.sitl.exam.recorded import Script

LAUNCH = (-235.0, -192.0)


def test_the_debrief_holds_track_faults_and_points_and_names_no_address(tmp_path: Path) -> None:
    script = Script("lost-position").flight([LAUNCH, (0, 0), LAUNCH]).fault(15, "gps-loss").shot(16, 1, 0, 0)
    record = script.heard(17, "COMMAND_LONG", command=20).record(tmp_path)
    page = write_debrief(record, score_pilot(record)).read_text()
    found = re.search(r"const D = (\{.*\});\n", page)
    assert found is not None
    told = json.loads(found[1])
    assert len(told["track"]) == 6
    assert told["faults"] == [{"fault": "gps-loss", "from": 15.0, "to": 41.0}]
    assert told["decisions"] == [{"s": 17.0, "text": "return"}]
    assert not re.search(r"https?://", page)


def test_it_tells_what_happened_in_the_harbour_up_to_the_end(tmp_path: Path) -> None:
    script = Script("watch-the-berths").flight([LAUNCH] * 70)
    record = script.record(tmp_path)
    told = debrief_json(record, score_pilot(record))
    assert told["events"] == [
        {"s": 0.0, "to": None, "text": "entry: rib-in-zone (Naval berth)"},
        {"s": 660.0, "to": 780.0, "text": "drop: bringer, delivery"},
    ]
    vessels = told["vessels"]
    assert isinstance(vessels, list)
    (package,) = [v for v in vessels if v["id"] == "delivery"]
    assert package["there"] == [720.0, package["there"][1]]


def test_a_name_with_markup_stays_text(tmp_path: Path) -> None:
    script = Script("first-patrol").flight([LAUNCH, LAUNCH])
    script.text = script.text.replace("First patrol", "</script><script>alert(1)")
    record = script.record(tmp_path)
    assert "</script><script>" not in debrief_html(record, score_pilot(record))


def test_the_footage_of_an_analysts_exam_covers_the_area_and_is_the_same_each_time() -> None:
    chosen = scenario("inside-the-line")
    harbour = harbour_of(chosen)
    shots = tuple(shots_over(harbour, chosen))
    assert shots == tuple(shots_over(harbour, chosen))
    assert len(shots) > 40
    assert [s.index for s in shots] == list(range(1, len(shots) + 1))
    assert all(b.at_utc > a.at_utc for a, b in pairwise(shots))
