"""`quaywatch link key`: signing keys, and the key that an option names."""

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.model.errors import BadInput

if TYPE_CHECKING:
    from planner.link.keys import Signing

key_app = typer.Typer(no_args_is_help=True, help="Signing keys in the system's keyring.")


@key_app.command("set")
def key_set(name: Annotated[str, typer.Argument(help="What to call the key.")]) -> None:
    """Keep a signing key: 64 hexadecimal digits or a pass phrase, asked for or read from standard input."""
    from planner.link import keys

    text = getpass.getpass("Key or pass phrase: ") if sys.stdin.isatty() else sys.stdin.readline()
    keys.keep_key(name, text)
    typer.echo(f"key {name!r} is in the keyring", err=True)


@key_app.command("remove")
def key_remove(name: Annotated[str, typer.Argument(help="Which key.")]) -> None:
    """Take a signing key out of the keyring."""
    from planner.link import keys

    keys.drop_key(name)
    typer.echo(f"key {name!r} is gone", err=True)


def signing(name: str | None, path: Path | None) -> "Signing | None":
    """The key to sign with; None without one."""
    from planner.link import keys

    if name is not None and path is not None:
        raise BadInput("--sign", "does not go with --sign-file; give one of them")
    if path is not None:
        return keys.Signing(keys.key_in(path))
    return None if name is None else keys.Signing(keys.kept_key(name))
