"""Fonts of this computer with letters that the page's own font lacks: Chinese, Japanese, Korean, Thai and so on."""

import contextlib
import importlib.util
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
)
_DEJAVU = (
    "/usr/share/fonts/truetype/dejavu",
    "/usr/share/fonts/dejavu-sans-fonts",
    "/usr/share/fonts/TTF",
)
MOST_FILES = 2_000
"""Font files looked at, the likely ones first."""
_ENDINGS = frozenset({".ttf", ".ttc", ".otf"})
_LIKELY = re.compile(r"cjk|fallback|wqy|unicode|gothic|ming|song|heiti|pingfang|hiragino|ipa|noto", re.IGNORECASE)
_BENT = re.compile(r"bold|italic|oblique|light|thin|black|medium|mono|condensed|serif", re.IGNORECASE)


def fonts_for(letters: str, folders: Sequence[Path] = FOLDERS) -> Iterator[Path]:
    """Font files that together show as many of `letters` as there are; each shows some that those before it lack."""
    lacking = {ord(letter) for letter in letters}
    for path in sorted(_files(folders), key=_rank)[:MOST_FILES]:
        if not lacking:
            return
        found = lacking & _letters_of(path)
        if found:
            lacking -= found
            yield path


def dejavu_folders() -> list[Path]:
    """Where DejaVu Sans may lie: with the system, or with matplotlib."""
    found = [Path(place) for place in _DEJAVU]
    spec = importlib.util.find_spec("matplotlib")
    if spec is not None and spec.origin is not None:
        found.append(Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf")
    return found


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        with contextlib.suppress(OSError):
            yield from (path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS)


def _rank(path: Path) -> tuple[bool, bool, str]:
    return not _LIKELY.search(path.name), bool(_BENT.search(path.name.replace("sans-serif", ""))), str(path)


def _letters_of(path: Path) -> set[int]:
    """The code points that a font file (the first face in it) has; none where it cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with path.open("rb") as file, TTFont(file, fontNumber=0, lazy=True) as font:
            return set(font.getBestCmap() or ())
    except (TTLibError, OSError, ValueError, KeyError, AssertionError):  # a damaged file is no font
        return set()
