"""Odd and hostile input of `quaywatch plan`: one sentence that says what is wrong, and nothing is lost."""

import json
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.model.errors import BadInput
from planner.model.profiles import CameraProfile, DroneProfile
from quaywatch import app

RING = [[4.04, 51.95], [4.06, 51.95], [4.06, 51.96], [4.04, 51.96], [4.04, 51.95]]
AREA = {"type": "Polygon", "coordinates": [RING]}
COAST = {"type": "LineString", "coordinates": RING[:3]}
PLAIN = ("--no-tighten", "--force")


@pytest.fixture
def area(tmp_path: Path) -> Path:
    return written(tmp_path / "area.geojson", AREA)


def written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value))
    return path


def refused(*words: str | Path) -> str:
    """The sentence with which a command refuses."""
    done = CliRunner().invoke(app, ["plan", *map(str, words)])
    assert isinstance(done.exception, BadInput), done.output
    return str(done.exception)


def said(*words: str | Path) -> str:
    done = CliRunner().invoke(app, ["plan", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_name_that_is_too_long_is_refused(area: Path, tmp_path: Path) -> None:
    long = "x" * 300
    assert "File name too long" in refused("new", area, "-o", tmp_path / f"{long}.plan", *PLAIN)
    assert "File name too long" in refused("info", tmp_path / f"{long}.plan")


def test_a_folder_that_takes_no_files_is_not_said_to_be_missing(area: Path) -> None:
    assert "does not exist" not in refused("new", area, "-o", "/proc/x.plan", *PLAIN)


def test_land_that_is_only_a_line_is_refused_and_lines_among_land_are_told(area: Path, tmp_path: Path) -> None:
    line, out = written(tmp_path / "coast.geojson", COAST), tmp_path / "p.plan"
    assert "land to keep out of needs polygons" in refused("new", area, "-o", out, "--land", line, *PLAIN)
    island = [[x + 1, y] for x, y in RING]
    both = {"type": "GeometryCollection", "geometries": [COAST, {"type": "Polygon", "coordinates": [island]}]}
    mixed = written(tmp_path / "both.geojson", both)
    assert "1 line in it passed over" in said("new", area, "-o", out, "--land", mixed, *PLAIN)


def test_a_launch_place_the_wrong_way_round_is_asked_about(area: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.plan"
    assert "is it LAT,LON, in this order?" in said("new", area, "-o", out, "--home", "4.05,51.95", *PLAIN)
    assert "in this order" not in said("new", area, "-o", out, "--home", "51.95,4.05", *PLAIN)


def test_places_south_and_west_are_no_options() -> None:
    assert "km" in said("measure", "-33.9,18.4", "-34.1,18.5")
    assert "position" in said("places", "-33.9,18.4")


def test_an_empty_zip_and_a_number_of_thousands_of_digits_are_named_so(tmp_path: Path) -> None:
    empty, great = tmp_path / "a.kmz", tmp_path / "a.geojson"
    zipfile.ZipFile(empty, "w").close()
    great.write_text('{"type": "Polygon", "coordinates": [[[1' + "0" * 5000 + ", 51]]]}")
    assert "is a zip file" in refused("new", empty, "-o", tmp_path / "p.plan")
    assert "thousands of digits" in refused("new", great, "-o", tmp_path / "p.plan")


def test_figures_of_profiles_that_cannot_be_reckoned_with_are_refused() -> None:
    with pytest.raises(ValueError, match="max_speed_m_s must be at most"):
        DroneProfile("d", 10, 1e308, 3, 2, 100, 300, 300, 12)
    with pytest.raises(ValueError, match="width_px must be at most"):
        CameraProfile("c", 6.4, 3.6, 4.57, 10**30, 900)


def on_a_full_disk(most_bytes: int, *words: str | Path) -> str:
    """What a command says where no file can grow beyond so many bytes."""

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    command = [sys.executable, "quaywatch.py", "plan", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=full, check=False)
    assert done.returncode == 2, done.stdout
    return done.stderr


def test_where_the_disk_is_full_the_old_plan_stays(area: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.plan"
    said("new", area, "-o", out, *PLAIN)
    before = out.read_bytes()
    assert "nothing was changed" in on_a_full_disk(len(before) // 2, "new", area, "-o", out, *PLAIN)
    assert out.read_bytes() == before
    assert list(tmp_path.glob(".*")) == []


def test_sorties_of_which_not_all_could_be_written_are_told(area: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.plan"
    said("new", area, "-o", out, "--home", "51.951,4.047", *PLAIN)
    said("split", out, "-o", tmp_path / "all")
    sizes = [file.stat().st_size for file in sorted((tmp_path / "all").glob("*.plan"))]
    first = sizes.index(max(sizes))
    told = on_a_full_disk(max(sizes) - 1, "split", out, "-o", tmp_path / "some")
    assert len(list((tmp_path / "some").glob("*.plan"))) == first
    assert first == 0 or f"{first} of {len(sizes)} sorties are written: do not fly them" in told
