from pathlib import Path

import pytest

from sitl.exam.points import Points, Score
from sitl.exam.score import score_pilot
from sitl.scenario.values import Mark
from sitl.world.events import EventKind
from tests.sitl.exam.recorded import Script

LAUNCH = (-235.0, -192.0)


def of(score: Score, mark: Mark) -> Points:
    return next(p for p in score.marks if p.mark is mark)


def everywhere(script: Script) -> Script:
    number = 0
    for east in range(-270, 280, 60):
        for north in range(-160, 160, 40):
            number += 1
            script.shot(20 + number * 0.1, number, east, north)
    return script


def test_a_flight_that_saw_all_and_landed_at_home_gets_all_points(tmp_path: Path) -> None:
    script = everywhere(Script("first-patrol")).flight([LAUNCH, (0, 0), LAUNCH])
    script.heard(1, "MISSION_COUNT", mission_type=0, count=9).heard(2, "MISSION_REQUEST_LIST", mission_type=0)
    score = score_pilot(script.record(tmp_path))
    assert score.total == pytest.approx(100.0)
    assert score.passed


def test_half_of_the_area_gives_half_of_the_points_for_it(tmp_path: Path) -> None:
    script = Script("first-patrol").flight([LAUNCH, (0, 0), LAUNCH]).shot(15, 1, -100, 0)
    mark = of(score_pilot(script.record(tmp_path)), Mark.COVERAGE)
    assert 0 < mark.got < 10
    assert mark.moments[0].text.endswith("% of the area is in a picture.")


def test_a_mission_that_was_not_read_back_after_it_was_sent_is_told(tmp_path: Path) -> None:
    script = Script("first-patrol").flight([LAUNCH, LAUNCH])
    script.heard(1, "MISSION_REQUEST_LIST", mission_type=0).heard(2, "MISSION_COUNT", mission_type=0, count=9)
    mark = of(score_pilot(script.record(tmp_path)), Mark.CHECKLIST)
    assert mark.got == pytest.approx(7.5)
    assert "not done" in mark.moments[0].text


def test_a_refused_attempt_to_arm_costs_its_points(tmp_path: Path) -> None:
    script = Script("first-patrol").flight([LAUNCH, LAUNCH]).heard(0.5, "COMMAND_LONG", command=400, param1=1)
    mark = of(score_pilot(script.record(tmp_path)), Mark.CHECKLIST)
    assert not mark.moments[1].good


def test_each_entry_into_a_no_fly_zone_costs_half_and_is_told_with_its_moment(tmp_path: Path) -> None:
    script = Script("keep-clear").flight([LAUNCH, (-100, 30), (20, 30), (150, 30), LAUNCH])
    mark = of(score_pilot(script.record(tmp_path)), Mark.MARGINS)
    assert mark.got == pytest.approx(mark.most / 2)
    assert "entered the no-fly zone" in mark.moments[0].text
    assert mark.moments[0].at_s == 30


def test_passing_within_the_margin_is_a_breach_too(tmp_path: Path) -> None:
    script = Script("keep-clear").flight([LAUNCH, (-40, -100), (-40, 120), LAUNCH])
    mark = of(score_pilot(script.record(tmp_path)), Mark.MARGINS)
    assert "came nearer than 15 m" in mark.moments[0].text


def test_rising_above_the_ceiling_is_told(tmp_path: Path) -> None:
    mark = of(score_pilot(Script("first-patrol").flight([LAUNCH, LAUNCH], up=130).record(tmp_path)), Mark.MARGINS)
    assert "above the ceiling of 120 m" in mark.moments[0].text


def test_without_a_flight_nothing_is_given_for_margins_or_landing(tmp_path: Path) -> None:
    score = score_pilot(Script("first-patrol").state(0, *LAUNCH, up=0, armed=False).record(tmp_path))
    assert of(score, Mark.MARGINS).got == 0
    assert of(score, Mark.LANDING).got == 0
    assert not score.passed


def test_an_answer_in_time_gives_all_points_and_a_late_one_fewer(tmp_path: Path) -> None:
    def after(seconds: float, name: str) -> float:
        script = Script("lost-position").flight([LAUNCH] * 20).fault(110, "gps-loss")
        script.heard(110 + seconds, "COMMAND_LONG", command=20)
        return of(score_pilot(script.record(tmp_path / name)), Mark.REACTION).got

    assert after(5, "a") == 40
    assert after(30, "b") == pytest.approx(20)
    assert after(60, "c") == 0


def test_a_fault_without_an_answer_says_what_was_expected(tmp_path: Path) -> None:
    script = Script("lost-position").flight([LAUNCH] * 20).fault(110, "gps-loss")
    mark = of(score_pilot(script.record(tmp_path)), Mark.REACTION)
    assert "no answer (pause or return or land expected)" in mark.moments[0].text


def test_the_reserve_is_scored_in_proportion(tmp_path: Path) -> None:
    script = Script("patrol-in-wind").flight([LAUNCH, LAUNCH], battery=0.2)
    assert of(score_pilot(script.record(tmp_path)), Mark.RESERVE).got == pytest.approx(15)


def test_watch_points_are_scored_by_how_long_they_were_left_alone(tmp_path: Path) -> None:
    script = Script("watch-the-berths").flight([LAUNCH] * 36)
    for n, s in enumerate(range(20, 360, 60)):
        for east, north in ((-195, -140), (180, -120), (190, 54)):
            script.shot(s + n / 10, n, east, north)
    mark = of(score_pilot(script.record(tmp_path)), Mark.REVISIT)
    assert mark.got == pytest.approx(mark.most)
    assert all(m.good for m in mark.moments)


def met(script: Script) -> tuple[float, float]:
    """Where the two of the night's rendezvous lie together."""
    event = next(e for e in script.the_harbour.events if e.kind is EventKind.RENDEZVOUS)
    return event.east_m, event.north_m


def test_an_event_counts_when_a_picture_shows_all_who_take_part_while_it_goes_on(tmp_path: Path) -> None:
    def got(name: str, s: float, off_m: float = 0.0) -> Points:
        script = Script("night-rendezvous")
        east, north = met(script)
        script.flight([LAUNCH] * 40).shot(s, 1, east + off_m, north)
        return of(score_pilot(script.record(tmp_path / name)), Mark.EVENTS)

    seen = got("in time", 300)
    assert seen.got == 10
    assert seen.moments[0].text == "rendezvous of runner, dawn, from 4:00 to 19:00: in picture 1."
    assert got("too early", 200).got == 0
    assert got("beside them", 300, off_m=300).got == 0


def test_a_run_and_what_began_just_before_the_landing_are_not_asked_for(tmp_path: Path) -> None:
    script = Script("watch-the-berths").flight([LAUNCH] * 66)  # the drop begins at 660 s
    mark = of(score_pilot(script.record(tmp_path / "a")), Mark.EVENTS)
    assert mark.moments[0].text == "Nothing happened while the drone was in the air."
    longer = of(score_pilot(Script("watch-the-berths").flight([LAUNCH] * 95).record(tmp_path / "b")), Mark.EVENTS)
    assert [m.text[:4] for m in longer.moments] == ["drop"]


def test_what_happens_before_the_start_or_after_the_landing_is_not_asked_for(tmp_path: Path) -> None:
    mark = of(score_pilot(Script("night-rendezvous").flight([LAUNCH] * 9).record(tmp_path)), Mark.EVENTS)
    assert (mark.got, mark.moments[0].text) == (10, "Nothing happened while the drone was in the air.")


def test_the_end_of_a_flight_cut_off_by_a_crash_can_still_be_read(tmp_path: Path) -> None:
    record = Script("first-patrol").flight([LAUNCH, LAUNCH]).record(tmp_path)
    path = tmp_path / "timeline.jsonl"
    path.write_text(path.read_text() + '{"s": 99, "wha')
    from sitl.exam.record import read_record

    assert read_record(tmp_path).lines == record.lines
