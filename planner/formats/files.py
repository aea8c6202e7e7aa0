"""Files in and out: size limits and clear refusals on reading, all or nothing on writing."""

import contextlib
import json
import os
import tempfile
from pathlib import Path

from planner.model.errors import BadInput

LARGEST_BYTES = 64 * 1024 * 1024


def read_text(path: Path) -> str:
    """The text of a file (UTF-8, with or without byte order mark).

    Raises:
        BadInput: missing, a folder, not readable, empty, too large, or not text.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise BadInput(path, "is a folder; name a file")
        if size > LARGEST_BYTES:
            raise BadInput(
                path, f"has {size / 1e6:.0f} MB; plans of more than {LARGEST_BYTES // 2**20} MB are not read"
            )
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise BadInput(path, "does not exist") from None
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror or error}") from None
    if len(data) > LARGEST_BYTES:
        raise BadInput(path, f"is longer than {LARGEST_BYTES // 2**20} MB; that is no plan")
    return _decoded(data, path)


def _decoded(data: bytes, path: Path) -> str:
    if not data.strip():
        raise BadInput(path, "is empty")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise BadInput(path, "is a zip file without anything that is read here; unpack it first")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput(path, "is text in UTF-16; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(path, f"is not a text file (byte {error.start} is not UTF-8)") from None
    if "\0" in text:
        raise BadInput(path, "is not a text file (it holds zero bytes)")
    return text


def parse_json(text: str, path: Path) -> object:
    """The JSON value in `text`.

    Raises:
        BadInput: not JSON, NaN or Infinity or a key twice in one object, nested too deep, or cut off; names the line.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        raise BadInput(path, f"is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise BadInput(path, "is nested too deep to be a plan") from None
    except ValueError as error:
        said = "it has a number of thousands of digits" if "digits" in str(error) else str(error)
        raise BadInput(path, f"is not valid JSON: {said}") from None


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that a reader finds the old one or the new one, never a part.

    Raises:
        BadInput: it cannot be written; the old file is as it was.
    """
    write_whole_bytes(path, text.encode("utf-8", "replace"))


def write_whole_bytes(path: Path, data: bytes) -> None:
    """Write a file so that a reader finds the old one or the new one, never a part.

    Raises:
        BadInput: it cannot be written; the old file is as it was.
    """
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_mode_for(path))
        Path(temporary).replace(path)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not path.parent.is_dir():
            raise BadInput(path, f"cannot be written: the folder {path.parent} does not exist") from None
        raise BadInput(path, f"cannot be written: {error.strerror or error}; nothing was changed") from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)


def _mode_for(path: Path) -> int:
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number that JSON knows")


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys all differ: of two values for one key programs take different ones."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"an object has the key {twice[:40]!r} twice")
    return found
