import contextlib
import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyais import encode_dict

from detection.ais import read_ais
from planner.model.errors import BadInput
from tests.shared import DATA, needs_shared

WHEN = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def position(mmsi: int = 244000001, lat: float = 51.97, lon: float = 4.05, **more: float) -> str:
    fields = {"type": 1, "mmsi": mmsi, "lat": lat, "lon": lon, "speed": 7.4, "course": 91.0, "heading": 90}
    return str(encode_dict({**fields, **more}, talker_id="AI")[0])


def static(mmsi: int = 244000001, name: str = "NOORDZEE") -> list[str]:
    size = {"to_bow": 20, "to_stern": 10, "to_port": 4, "to_starboard": 3}
    return encode_dict({"type": 5, "mmsi": mmsi, "shipname": name, "ship_type": 70, **size}, talker_id="AI")


def tag(moment: float | int) -> str:
    return f"\\s:st1,c:{moment:.0f}*00\\"


@pytest.mark.parametrize(
    "head",
    [
        tag(WHEN.timestamp()),
        tag(WHEN.timestamp() * 1000),
        "$PGHP,1,2026,5,4,10,0,0,0,244,,2190067,1,62*26\n",
        f"{WHEN.timestamp():.0f} ",
        "2026-05-04T10:00:00Z,",
        "2026-05-04 12:00:00+02:00\t",
        "[2026-05-04T10:00:00Z] ",
    ],
)
def test_a_time_is_found_wherever_the_log_has_it(tmp_path: Path, head: str) -> None:
    log = tmp_path / "log.nmea"
    log.write_text(f"{head}{position()}\n")
    (track,) = read_ais(log).by_mmsi.values()
    assert track.time_utc_s.tolist() == [WHEN.timestamp()]
    assert track.lat_deg[0] == pytest.approx(51.97, abs=1e-5)
    assert (track.speed_kn[0], track.heading_deg[0]) == (pytest.approx(7.4), 90.0)


def test_a_time_after_the_sentence_is_read_too(tmp_path: Path) -> None:
    log = tmp_path / "log.nmea"
    log.write_text(f"{position()},{WHEN.timestamp():.0f}\n")
    assert read_ais(log).fixes == 1


def test_name_type_and_antenna_come_from_static_reports_of_two_sentences(tmp_path: Path) -> None:
    log = tmp_path / "log.nmea"
    log.write_text(tag(WHEN.timestamp()) + position() + "\n" + "\n".join(static()) + "\n")
    known = read_ais(log).by_mmsi[244000001].static
    assert (known.name, known.ship_type, known.length_m, known.width_m) == ("NOORDZEE", 70, 30.0, 7.0)
    assert (known.a_m, known.b_m, known.c_m, known.d_m) == (20, 10, 4, 3)


def test_what_a_report_does_not_tell_is_not_a_number(tmp_path: Path) -> None:
    log = tmp_path / "log.nmea"
    log.write_text(tag(WHEN.timestamp()) + position(speed=102.3, course=360.0, heading=511) + "\n")
    (track,) = read_ais(log).by_mmsi.values()
    assert str(track.speed_kn[0]) == str(track.course_deg[0]) == str(track.heading_deg[0]) == "nan"


def test_broken_lines_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    good = tag(WHEN.timestamp()) + position()
    log = tmp_path / "log.nmea"
    log.write_text(f"# comment\n{good}\n{position()[:-1]}0\n!AIVDM,1,1,,A,,0*26\n!AIVDM,garbage\n$GPGGA,1*00\n")
    found = read_ais(log)
    assert found.fixes == 1
    assert found.bad_lines == 3
    assert "3 of 6 lines" in found.notes[0]


def test_a_log_without_times_is_refused_with_the_reason(tmp_path: Path) -> None:
    log = tmp_path / "log.nmea"
    log.write_text(position() + "\n")
    with pytest.raises(BadInput, match="no times"):
        read_ais(log)


def test_the_same_report_heard_by_two_stations_is_one(tmp_path: Path) -> None:
    log = tmp_path / "log.nmea"
    log.write_text("".join(tag(WHEN.timestamp() + s) + position() + "\n" for s in (0, 1)))
    assert read_ais(log).fixes == 1


def test_positions_that_are_not_available_are_left_out(tmp_path: Path) -> None:
    log = tmp_path / "log.nmea"
    log.write_text(tag(WHEN.timestamp()) + position(lat=91.0, lon=181.0) + "\n")
    with pytest.raises(BadInput, match="no AIS position"):
        read_ais(log)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no AIS position"),
        (b"\x1f\x8bnot gzip at all", "broken gzip"),
        (b"MMSI,LAT,LON\n1,2,3\n", "no column BaseDateTime"),
        (b"\0" * 5000, "no AIS position"),
    ],
)
def test_what_is_no_log_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    log = tmp_path / "log"
    log.write_bytes(content)
    with pytest.raises(BadInput, match=said):
        read_ais(log)


def test_a_log_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_ais(tmp_path / "none")


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detection.ais.read.MAX_BYTES", 10_000)
    log = tmp_path / "bomb.gz"
    log.write_bytes(gzip.compress(b"\n" * 1_000_000))
    with pytest.raises(BadInput, match="larger than"):
        read_ais(log)


def test_a_table_of_marinecadastre_is_read_and_bad_rows_counted(tmp_path: Path) -> None:
    log = tmp_path / "ais.csv"
    log.write_text(
        "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,VesselType,Length,Width\n"
        "367752440,2023-01-11T00:00:00,43.07917,-70.75733,0.5,360.0,95.0,SAN JOSE,31,24.0,8.0\n"
        "x,2023-01-11T00:00:00,43.0,-70.7,0,0,0,,,,\n"
        "367752441,nan,inf,nan,,,,,,,\n"
    )
    found = read_ais(log)
    assert found.bad_lines == 2
    assert found.by_mmsi[367752440].static.length_m == 24.0
    assert str(found.by_mmsi[367752440].course_deg[0]) == "nan"


LINE = st.sampled_from([position(), *static(), "$PGHP,1,2026,13,4,10,0,0,0", "MMSI,BaseDateTime,LAT,LON", tag(1e9)])
FUZZ = st.lists(st.binary(max_size=80) | LINE.map(str.encode), max_size=12).map(b"\n".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(content=FUZZ, cut=st.integers(0, 500))
def test_whatever_is_in_the_file_it_is_read_or_refused(tmp_path: Path, content: bytes, cut: int) -> None:
    log = tmp_path / "fuzz"
    log.write_bytes(content[: len(content) - cut % (len(content) + 1)])
    with contextlib.suppress(BadInput):
        assert read_ais(log).fixes > 0


@needs_shared
@pytest.mark.parametrize(
    ("name", "vessels", "fixes"),
    [
        ("denmark-2013-11-12.txt.gz", 1438, 23698),
        ("drift-212123000.ais", 1, 901),
        ("marinecadastre-2023-01-01.csv", 1000, 1000),
    ],
)
def test_real_logs_are_read_whole(name: str, vessels: int, fixes: int) -> None:
    found = read_ais(DATA / "ais" / name)
    assert (len(found), found.fixes, found.bad_lines) == (vessels, fixes, 0)
