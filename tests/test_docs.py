"""The documents, held to the program: links lead somewhere, command lines parse, buttons are called what they are."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

import quaywatch

ROOT = Path(__file__).parents[1]
PAGES = sorted(path for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")) if path.is_file())
GROUP = get_command(quaywatch.app)

FENCE = re.compile(r"^[ \t]*```\w*\n(.*?)^[ \t]*```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
PROMPT = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?(quaywatch(?: .*)?)$")
INLINE = re.compile(r"`(?:\.venv/bin/)?(quaywatch(?: [^`]*)?)`")
GUIDES = [ROOT / "docs" / f"{name}.md" for name in ("pilot", "analyst", "trainer")]
SENTENCE = re.compile(r"[.:,]$|^[a-z]")
EMPHASIS = {
    "Again, with more", "Ambiguous", "Front overlap", "Hand over",
    "Side overlap", "Stopped or killed", "The detector misses vessels", "Your own camera or drone",
}  # fmt: skip
"""Bold words of the guides that are no buttons; those that end in a stop or begin small are not looked at."""
SHELL_ENDS = {"|", ">", "2>", ">>", "&", "&&", ";"}


def outside_fences(text: str) -> str:
    return FENCE.sub("", text)


def links(page: Path) -> list[str]:
    return LINK.findall(outside_fences(page.read_text()))


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub names them."""
    titles = re.findall(r"^#+ +(.+?) *$", outside_fences(page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def words(line: str) -> list[str]:
    """The words of a command line up to a pipe, a redirection or a comment."""
    found = shlex.split(line, comments=True)
    end = next((n for n, word in enumerate(found) if word in SHELL_ENDS), len(found))
    return found[1:end]


def full_lines(page: Path) -> Iterator[str]:
    """Command lines in code blocks; a line may go on after a backslash."""
    for block in FENCE.findall(page.read_text()):
        for line in block.replace("\\\n", " ").splitlines():
            if found := PROMPT.match(line):
                yield found[1]


def mentions(page: Path) -> Iterator[str]:
    """Commands named in a sentence; they may leave out arguments and write `...` for them."""
    for found in INLINE.findall(outside_fences(page.read_text())):
        if " " in found:
            yield found


def cases(kind: str) -> list[object]:
    find = {"link": links, "line": full_lines, "mention": mentions}[kind]
    pairs = {(page, found) for page in PAGES for found in find(page)}
    return [pytest.param(page, found, id=f"{page.name}: {found}") for page, found in sorted(pairs)]


def leaf(given: list[str]) -> tuple[object, list[str]]:
    """The command that the first words name, and the words after it."""
    command: object = GROUP
    rest = list(given)
    while isinstance(command, TyperGroup) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        assert name in command.commands, f"there is no command {name!r}; there are {', '.join(command.commands)}"
        command = command.commands[name]
    return command, rest


@pytest.mark.parametrize(("page", "link"), cases("link"))
def test_a_link_leads_to_a_file_that_exists(page: Path, link: str) -> None:
    if re.match(r"[a-z]+:", link):
        pytest.skip("leads out of the project")
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.exists(), f"{page.name} links to {link}, which does not exist"
    if anchor and target.suffix == ".md":
        assert anchor in anchors(target), f"{target.name} has no heading #{anchor}"


@pytest.mark.parametrize(("page", "line"), cases("line"))
def test_a_command_line_in_a_code_block_parses(page: Path, line: str) -> None:
    command, rest = leaf(words(line))
    if isinstance(command, TyperGroup) and not rest:
        assert command is GROUP, "a group of commands does nothing by itself"
        return
    command.make_context("quaywatch", rest)  # type: ignore[attr-defined]  # a click command; raises what is wrong


@pytest.mark.parametrize(("page", "mention"), cases("mention"))
def test_a_command_named_in_a_sentence_exists_with_its_options(page: Path, mention: str) -> None:
    command, rest = leaf([word for word in words(mention) if word != "..."])
    known = {"--help"} | {o for p in command.params for o in (*p.opts, *p.secondary_opts)}  # type: ignore[attr-defined]  # a click command
    used = {word.partition("=")[0] for word in rest if word.startswith("-") and not re.match(r"-\d", word)}
    assert used <= known


def test_a_bold_word_of_a_guide_stands_in_the_window() -> None:
    window = "\n".join(path.read_text() for path in sorted((ROOT / "gui").rglob("*.py"))).lower()
    bold = {word for page in GUIDES for word in re.findall(r"\*\*([^*]+)\*\*", outside_fences(page.read_text()))}
    buttons = {re.sub(r"^\d ", "", word) for word in bold if word not in EMPHASIS and not SENTENCE.search(word)}
    assert sorted(word for word in buttons if f'"{word.lower()}"' not in window and len(word) > 1) == []


def test_every_guide_stands_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    missing = [p.name for p in (ROOT / "docs").glob("*.md") if p.name != "README.md" and f"({p.name})" not in index]
    assert missing == []
