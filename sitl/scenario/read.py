"""Reads scenario files: YAML, version 1. See docs/scenario-format.md for every field."""

import json
import re
from dataclasses import replace
from pathlib import Path

from planner.model.errors import BadInput
from sitl.faults import Fault, FaultKind
from sitl.scenario.node import Node
from sitl.scenario.read_acts import read_acts
from sitl.scenario.values import (
    Answer,
    Check,
    Expectation,
    FootageFlight,
    Mark,
    PlannedFault,
    Role,
    Scenario,
    Task,
    Traffic,
    WatchPoint,
    Weather,
)
from sitl.world.choice import beside
from sitl.world.hulls import SIZES
from sitl.world.looks import THERMAL_PALETTES
from sitl.world.vessels import Ais, AisClass, Alias

VERSION = 1
LARGEST_BYTES = 1 << 20
FOLDER = Path(__file__).parent / "library"
KNOT_M_S = 1852.0 / 3600.0


def library() -> tuple[Scenario, ...]:
    """The scenarios that come along, by role, level and id."""
    found = [read_scenario(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return tuple(sorted(found, key=lambda s: (s.role is Role.ANALYST, s.level, s.id)))


def scenario(name: str) -> Scenario:
    """The scenario of that id among those that come along, or the one in the file of that path.

    Raises:
        BadInput: neither; or a file that is no scenario.
    """
    path = Path(name)
    if path.suffix.lower() in {".yaml", ".yml"}:
        return read_scenario(path)
    known = library()
    for one in known:
        if one.id == name:
            return one
    raise BadInput("scenario", f"{name!r} is not known; use one of {', '.join(s.id for s in known)}, or a .yaml file")


def text_of(name: str) -> str:
    """The file's text of a scenario that `scenario(name)` gives, the harbour's file named by its whole path.

    So a record that keeps this text elsewhere still finds the harbour.

    Raises:
        BadInput: as `scenario`.
    """
    path = Path(name)
    if path.suffix.lower() not in {".yaml", ".yml"}:
        path = FOLDER / f"{scenario(name).id}.yaml"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror or error}") from None
    harbour = read_scenario(path).harbour
    return re.sub(r"(?m)^harbour:.*$", lambda _: f"harbour: {json.dumps(harbour)}", text, count=1)


def weather_of(text: str, option: str) -> Weather:
    """The weather of NAME=VALUE,...; names as in scenario files, what is left out as there.

    Raises:
        BadInput: not such a text, or a value that cannot be; names `option`.
    """
    told: dict[str, object] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, equals, value = part.partition("=")
        try:
            told[name.strip()] = int(value) if re.fullmatch(r"\s*\d+\s*", value) else float(value)
        except ValueError:
            raise BadInput(option, f"must be NAME=NUMBER,... as cloud=0.9,rain_mm_h=4, got {part!r}") from None
        if not equals:
            raise BadInput(option, f"must be NAME=NUMBER,... as cloud=0.9,rain_mm_h=4, got {part!r}")
    return _weather(Node(told, option, ""))


def read_scenario(path: Path) -> Scenario:
    """The scenario in a YAML file.

    Raises:
        BadInput: missing, not readable, not YAML, or a field that cannot be; names it.
    """
    root = Node(_parsed(path), str(path), "")
    version = root.whole("format", 1, 1_000_000)
    if version != VERSION:
        raise root.refuse(f"has format {version}; this version reads format {VERSION}")
    try:
        made = _scenario(root)
    except ValueError as error:
        raise BadInput(path, str(error)) from None
    root.done()
    return replace(made, harbour=beside(made.harbour, path.parent))


def _parsed(path: Path) -> object:
    import yaml

    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise BadInput(path, f"has {path.stat().st_size / 1e6:.1f} MB; a scenario has at most 1 MB")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(path, "does not exist") from None
    except UnicodeDecodeError:
        raise BadInput(path, "is not a text file in UTF-8") from None
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror or error}") from None
    try:
        # aliases can blow a small file up to gigabytes; a scenario needs none
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise BadInput(path, "uses YAML aliases (*name); write the values out")
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark is not None else ""
        raise BadInput(path, f"is not YAML: {line}{getattr(error, 'problem', None) or 'cannot be read'}") from None
    except (RecursionError, ValueError) as error:
        raise BadInput(path, f"is not a scenario: {error}"[:200]) from None


def _scenario(root: Node) -> Scenario:
    id_ = root.text("id")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", id_):
        raise root.refuse(f"'id' must be small letters, digits and hyphens, got {id_!r}")
    return Scenario(
        id=id_,
        title=root.text("title"),
        role=root.word("role", Role),
        level=root.whole("level", 1, 9),
        summary=root.text("summary"),
        seed=root.whole("seed", 0, 2**31 - 1),
        start_utc=root.moment("start_utc"),
        time_limit_s=60.0 * root.number("time_limit_min", 1, 240),
        task=_task(root.node("task")),
        rubric=root.points("rubric", Mark),
        harbour=root.text("harbour", "practice"),
        thermal=_thermal(root),
        weather=_weather(root.node("weather")) if "weather" in root else Weather(),
        leave_out=root.texts("leave_out"),
        traffic=_traffic(root),
        suspicious=_suspicious(root),
        faults=tuple(_fault(node) for node in root.nodes("faults")),
        checklist=root.words("checklist", Check),
        footage=_footage(root.node("footage")) if "footage" in root else None,
        pass_share=root.number("pass_percent", 1, 100, 70) / 100,
        good_crew=root.texts("good_crew"),
    )


def _task(node: Node) -> Task:
    outline = node.rows("area")
    made = Task(
        brief=node.text("brief"),
        area=node.outline(list(outline), "'area'") if outline else (),
        watch=tuple(_watch(n) for n in node.nodes("watch")),
        look_for=node.texts("look_for"),
        ceiling_m=node.number("ceiling_m", 10, 500, 120),
        no_fly=tuple(node.outline(row, f"'no_fly' {n}") for n, row in enumerate(node.rows("no_fly"), start=1)),
        keep_clear_m=node.number("keep_clear_m", 0, 1000, 0),
        reserve_share=node.number("reserve_percent", 0, 90, 25) / 100,
        least_px=node.number("least_px", 5, 1000, 40),
    )
    node.done()
    return made


def _watch(node: Node) -> WatchPoint:
    east, north = node.place("at")
    made = WatchPoint(node.text("name"), east, north, 60 * node.number("every_min", 0.5, 240))
    node.done()
    return made


def _weather(node: Node) -> Weather:
    made = Weather(
        wind_m_s=node.number("wind_m_s", 0, 25, 3),
        wind_from_deg=node.number("wind_from_deg", 0, 360, 240),
        gust_m_s=node.maybe("gust_m_s", 0, 35),
        sea_state=node.whole("sea_state", 0, 6, 2),
        visibility_m=node.number("visibility_m", 100, 60_000, 20_000),
        cloud=node.number("cloud", 0, 1, 0.3),
        rain_mm_h=node.number("rain_mm_h", 0, 60, 0),
    )
    node.done()
    return made


def _traffic(root: Node) -> tuple[Traffic, ...]:
    found = tuple(_vessel(node) for node in root.nodes("traffic"))
    ids = [t.id for t in found]
    if twice := {i for i in ids if ids.count(i) > 1}:
        raise root.refuse(f"two vessels of 'traffic' have the id {sorted(twice)[0]!r}")
    return found


def _vessel(node: Node) -> Traffic:
    kind = node.text("kind")
    if kind not in SIZES:
        raise node.refuse(f"'kind': {kind!r} is not one of {', '.join(SIZES)}")
    east, north = node.place("at")
    made = Traffic(
        id=node.text("id"),
        kind=kind,
        length_m=node.number("length_m", 0.5, 400),
        beam_m=node.number("beam_m", 0.3, 60),
        east_m=east,
        north_m=north,
        heading_deg=node.number("heading_deg", 0, 360, 0),
        acts=read_acts(node, kind),
        ais=_ais(node.node("ais")) if "ais" in node else None,
        why=node.text("why") if "why" in node else None,
        lit=node.text("lights", "on") == "on" or _dark(node),
    )
    node.done()
    return made


def _thermal(root: Node) -> str | None:
    palette = root.text("thermal") if "thermal" in root else None
    if palette is not None and palette not in THERMAL_PALETTES:
        raise root.refuse(f"'thermal' must be one of {', '.join(THERMAL_PALETTES)}, got {palette!r}")
    return palette


def _dark(node: Node) -> bool:
    if (told := node.text("lights")) != "off":
        raise node.refuse(f'\'lights\' must be "on" or "off" in quotes, got {told!r}')
    return False


def _ais(node: Node) -> Ais:
    shift = node.place("says_shifted_m") if "says_shifted_m" in node else (0.0, 0.0)
    made = Ais(
        mmsi=node.whole("mmsi", 200_000_000, 799_999_999),
        name=node.text("name"),
        ais_class=AisClass(node.text("class", "B")) if node.text("class", "B") in {"A", "B"} else _no_class(node),
        ship_type=node.whole("ship_type", 0, 99),
        callsign=node.text("callsign", "-").strip("-"),
        nav_status=node.whole("nav_status", 0, 15, 0),
        silent_s=node.spans("silent_s"),
        shift_east_m=shift[0],
        shift_north_m=shift[1],
        declared_length_m=node.maybe("declared_length_m", 1, 500),
        shifted_s=node.spans("shifted_s"),
        aliases=tuple(_alias(n) for n in node.nodes("aliases")),
    )
    node.done()
    return made


def _alias(node: Node) -> Alias:
    from_s, mmsi = node.number("from_s", 0, 1e5), node.whole("mmsi", 200_000_000, 799_999_999)
    made = Alias(from_s, mmsi, node.text("name"), node.text("callsign", "-").strip("-"))
    node.done()
    return made


def _no_class(node: Node) -> AisClass:
    raise node.refuse(f"'class' must be A or B, got {node.text('class')!r}")


def _suspicious(root: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in root.nodes("suspicious"):
        found[node.text("id")] = node.text("why")
        node.done()
    return found


def _fault(node: Node) -> PlannedFault:
    expected = None
    if "expect" in node:
        inner = node.node("expect")
        answers = inner.words("do", Answer)
        if not answers:
            raise inner.refuse("'do' names no answer")
        expected = Expectation(answers, inner.number("within_s", 1, 600), inner.text("because"))
        inner.done()
    try:
        value, direction = node.maybe("value", -1e6, 1e6), node.maybe("direction_deg", 0, 359.999)
        fault = Fault.usual(_fault_kind(node.text("fault")), value, direction)
    except ValueError as error:
        raise node.refuse(str(error)) from None
    made = PlannedFault(
        fault=fault,
        after_takeoff_s=node.number("after_takeoff_s", 0, 14_400),
        for_s=node.maybe("for_s", 1, 14_400),
        expected=expected,
    )
    node.done()
    return made


def _fault_kind(name: str) -> FaultKind:
    if name not in set(FaultKind):
        raise ValueError(f"there is no fault {name!r}; there are {', '.join(FaultKind)}")
    return FaultKind(name)


def _footage(node: Node) -> FootageFlight:
    made = FootageFlight(
        height_m=node.number("height_m", 20, 300, 70),
        spacing_m=node.number("spacing_m", 10, 500, 80),
        speed_m_s=node.number("speed_m_s", 1, 30, 10),
        every_m=node.number("every_m", 5, 500, 30),
    )
    node.done()
    return made
