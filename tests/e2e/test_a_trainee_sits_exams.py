"""A trainee flies an exam with the real commands, and reviews one; both are scored and open the next level."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.support import command, environment, refusal, run, told

HOME = "54.098275,6.996408,3"


@contextmanager
def exam(*words: object) -> "Iterator[tuple[str, subprocess.Popen[str]]]":
    """`quaywatch train run` on a free port; gives the drone's address and the running command."""
    started = command("train", "run", *words, "--port", 0, "--speedup", 60, "--no-camera", "--json")
    with subprocess.Popen(
        started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        try:
            assert process.stderr is not None
            ready = next((line for line in process.stderr if line.startswith('{"event": "ready"')), "")
            assert ready, process.communicate()
            yield str(json.loads(ready)["address"]), process
        finally:
            process.kill()


def test_a_pilot_flies_the_first_patrol_passes_and_opens_the_next_level(tmp_path: Path) -> None:
    data, folder, plan = tmp_path / "records", tmp_path / "exam", tmp_path / "p.plan"
    given = told("train", "brief", "first-patrol", "-o", tmp_path / "brief")
    told("plan", "new", given["area"], "-o", plan, "--home", HOME, "--gsd-m", "0.05")
    assert "locked" in refusal("train", "run", "keep-clear", "--data", data)
    with exam("first-patrol", "--out", folder, "--data", data, "--trainee", "Kim") as (address, process):
        told("link", "fly", plan, "--to", address, "--tlog", tmp_path / "f.tlog")
        out, said = process.communicate(timeout=60)
    score = json.loads(out)
    assert (process.returncode, score["passed"], score["total"]) == (0, True, 100.0), said
    assert "const D = {" in (folder / "debrief.html").read_text()
    standings = told("train", "list", "--data", data, "--trainee", "Kim")["scenarios"]
    assert {s["id"]: s["standing"] for s in standings}["keep-clear"] == "open"
    assert told("train", "score", folder, "--data", data)["total"] == 100.0
    assert (folder / "flight.jsonl").read_text().count("\n") > 100


def test_a_fault_that_nobody_answers_fails_the_exam_with_its_moment(tmp_path: Path) -> None:
    plan = tmp_path / "p.plan"
    given = told("train", "brief", "weak-battery", "-o", tmp_path / "brief")
    told("plan", "new", given["area"], "-o", plan, "--home", HOME, "--gsd-m", "0.04")
    options = ("--out", tmp_path / "exam", "--data", tmp_path / "records", "--locked")
    with exam("weak-battery", *options) as (address, process):
        flying = subprocess.Popen(
            command("link", "fly", plan, "--to", address, "--tlog", tmp_path / "f.tlog"), env=environment()
        )
        try:
            out, said = process.communicate(timeout=90)
        finally:
            flying.kill()
            flying.wait()
    score = json.loads(out)
    reaction = next(m for m in score["marks"] if m["mark"] == "reaction")
    assert (process.returncode, reaction["got"]) == (1, 0.0), said
    assert re.match(r"battery-sag at \d+:\d\d: no answer", reaction["moments"][0]["text"])


@pytest.mark.model
def test_an_analyst_reviews_the_pictures_of_an_exam_and_is_scored(tmp_path: Path) -> None:
    data, folder, case = tmp_path / "records", tmp_path / "exam", tmp_path / "case"
    made = told("train", "run", "inside-the-line", "--out", folder, "--data", data)
    assert not list(Path(made["footage"]).glob("**/truth"))
    assert not (Path(made["harbour"]) / "vessels.json").exists()
    scene = Path(made["harbour"])
    told(
        "triage", made["footage"], "--case", case, "--ais", scene / "ais.nmea",
        "--zones", scene / "zones.geojson", "--takeoff-height-m", 3, timeout_s=200,
    )  # fmt: skip
    assert "name the reviewed case with --case" in refusal("train", "score", folder, "--data", data)
    before = told("train", "score", folder, "--case", case, "--data", data, code=1)
    assert before["total"] < 60
    inside = [c for c in told("case", "list", case)["contacts"] if "zone" in json.dumps(c["flags"])]
    assert inside
    for contact in inside:
        why = ("--note", "Inside the naval berth without AIS.", "--by", "Kim")
        ran = run("case", "review", case, contact["contact"], "--verdict", "suspicious", *why)
        assert ran.code == 0, ran
    after = told("train", "score", folder, "--case", case, "--data", data)
    assert after["passed"]
