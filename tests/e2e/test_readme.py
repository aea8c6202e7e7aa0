"""The examples of README.md, typed as they stand there.

Every block fenced as ```console is typed into one shell, in a temporary folder, with `quaywatch` on its path: a line
that begins with `$ ` is a command, the lines that follow it are what must appear on stdout, or on stderr and stdout.
`...` stands for anything, and runs of blanks count as one. Without such lines the command must just succeed; a line
`# exit code N` says how it ends if not with 0. A command that ends with `&` runs on until the page ends, and the next
one is typed when it has said something. Other fences (```sh, ```text) are not run.
"""

import doctest
import os
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.support import QUAYWATCH, environment, until

README = Path(__file__).parents[2] / "README.md"
FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT_CODE = re.compile(r"# exit code (\d+)")
RELAXED = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Example:
    """One command and what it must show."""

    command: str
    wanted: str
    code: int


def examples(page: str) -> list[Example]:
    """The commands of all console blocks, in order."""
    found = []
    for block in FENCE.findall(page):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, rest = _joined(part).partition("\n")
            ends = EXIT_CODE.search(rest)
            wanted = EXIT_CODE.sub("", rest).strip("\n")
            found.append(Example(command.strip(), f"{wanted}\n" if wanted.strip() else "", int(ends[1]) if ends else 0))
    return found


def _joined(part: str) -> str:
    """A command that goes on in the next line, after a backslash, as one line."""
    return re.sub(r"\\\n>? *", " ", part)


class Shell:
    """One shell for the whole page, so that what runs in the background is there for the next command."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        path = f"{QUAYWATCH.parent}{os.pathsep}{os.environ['PATH']}"
        self._bash = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env=environment() | {"PATH": path, "XDG_DATA_HOME": str(folder / ".data")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> "Shell":
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._bash.pid, signal.SIGTERM)
        self._bash.communicate(timeout=30)

    def type(self, example: Example) -> tuple[str, str]:
        """Types one command; gives what it showed on stdout and stderr."""
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._count += 1
        out, err = (self._folder / f".{kind}{self._count}" for kind in ("out", "err"))
        self._bash.stdin.write(f"{{ {example.command}\n}} >{out} 2>{err} </dev/null; echo $?\n")
        self._bash.stdin.flush()
        code = int(self._bash.stdout.readline())
        if example.command.endswith("&"):
            until(lambda: out.stat().st_size + err.stat().st_size > 0, self._bash)
        shown = out.read_text(), err.read_text()
        assert code == example.code, f"$ {example.command}\n{''.join(shown)}"
        return shown


def test_a_page_is_taken_apart_into_commands_and_what_they_show() -> None:
    page = (
        "```bash\n$ not run\n```\n```console\n$ one \\\n>   --two\nout ...\n$ three\n```\n"
        "text\n```console\n$ four\n# exit code 1\nno\n```\n"
    )
    assert examples(page) == [
        Example("one  --two", "out ...\n", 0),
        Example("three", "", 0),
        Example("four", "no\n", 1),
    ]


@pytest.mark.model
@pytest.mark.timeout(600)
@pytest.mark.skipif(not README.is_file(), reason="README.md is not part of this copy")
def test_the_examples_of_the_readme_do_what_it_says(tmp_path: Path) -> None:
    listed = examples(README.read_text("utf-8"))
    assert listed, "README.md shows no example"
    checker = doctest.OutputChecker()
    with Shell(tmp_path) as shell:
        for example in listed:
            out, err = shell.type(example)
            fits = any(checker.check_output(example.wanted, got, RELAXED) for got in (out, err + out))
            assert fits or not example.wanted, f"$ {example.command}\nwanted:\n{example.wanted}\ngot:\n{err}{out}"
