"""`quaywatch link signing`: the vehicle's own signing key, set or taken away over a wire."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.link_keys import signing
from planner.cli.link_options import AsJson, Sign, SignFile, Wait, Which
from planner.model.errors import BadInput, QuaywatchError

if TYPE_CHECKING:
    from planner.link.keys import Signing

signing_app = typer.Typer(no_args_is_help=True, help="Set or take away the vehicle's signing key, over USB.")

Wired = Annotated[bool, typer.Option("--wired", help="I know that this address is reached by a cable, not by radio.")]
Where = Annotated[str, typer.Option("--to", help="The vehicle, over USB: serial:/dev/ttyACM0:115200.")]


@signing_app.command("set")
def set_(  # noqa: PLR0913 -- one parameter per option of the command
    name: Annotated[str | None, typer.Argument(help="A key of the keyring ('link key set NAME').")] = None,
    *,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="The key in a file that only you can read.")
    ] = None,
    to: Where,
    wired: Wired = False,
    vehicle: Which = None,
    wait_s: Wait = 20.0,
    sign: Sign = None,
    sign_file: SignFile = None,
    as_json: AsJson = False,
) -> None:
    """Make the vehicle sign with the key NAME, and heed only what is signed with it. --sign: its key until now."""
    if (name is None) == (key_file is None):
        raise BadInput("NAME", "give either a key of the keyring or --key-file")
    _give(signing(name, key_file), signing(sign, sign_file), _Link(to, wait_s, vehicle, wired=wired), as_json=as_json)


@signing_app.command()
def off(
    *,
    to: Where,
    wired: Wired = False,
    vehicle: Which = None,
    wait_s: Wait = 20.0,
    sign: Sign = None,
    sign_file: SignFile = None,
    as_json: AsJson = False,
) -> None:
    """Make the vehicle sign no longer, and heed what is not signed. --sign: its key until now."""
    _give(None, signing(sign, sign_file), _Link(to, wait_s, vehicle, wired=wired), as_json=as_json)


class _Link:
    def __init__(self, to: str, wait_s: float, vehicle: int | None, *, wired: bool) -> None:
        self.to, self.wait_s, self.vehicle, self.wired = to, wait_s, vehicle, wired


def _give(key: "Signing | None", old: "Signing | None", link: _Link, *, as_json: bool) -> None:
    from planner.link.give_key import give_key, why_not_wired

    why_not = why_not_wired(link.to)
    if why_not and not link.wired:
        raise BadInput("--to", why_not)
    result: dict[str, object] = {"signing": "off" if key is None else "on", "done": False, "reason": ""}
    try:
        seen = give_key(link.to, key, old=old, timeout_s=link.wait_s, vehicle=link.vehicle)
        result |= {"reason": seen, "done": True}
    except QuaywatchError as error:
        if error.exit_code != 1:
            raise
        result["reason"] = str(error)
    if as_json:
        typer.echo(json.dumps(result))
    else:
        typer.echo(f"signing: {result['reason']}", err=not result["done"])
    raise typer.Exit(0 if result["done"] else 1)
