"""`quaywatch sim fault`: faults of a running practice vehicle."""

import json
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.model.errors import BadInput
from sitl.cli.places import address_of
from sitl.faults import SPECS, Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONFIRM_S = 5.0
_NEEDS = {
    FaultKind.LINK_LOSS: ": a link fault needs a connected ground station",
    FaultKind.LINK_DELAY: ": a link fault needs a connected ground station",
    FaultKind.LINK_DROP: ": a link fault needs a connected ground station",
    FaultKind.LINK_DUPLICATE: ": a link fault needs a connected ground station",
    FaultKind.CAMERA: " until a picture is to be taken",
    FaultKind.GIMBAL_STUCK: " until the gimbal is told to look elsewhere",
    FaultKind.AIS_SILENCE: " until a vessel reports; a drone without pictures (--footage) has no receiver",
    FaultKind.WIND: ": it is not felt under water",
    FaultKind.GUSTS: ": they are not felt under water",
}
"""What a fault that shows no effect is waiting for."""


def fault(
    what: Annotated[
        str | None, typer.Argument(help="KIND, KIND=VALUE or KIND=VALUE@DIRECTION, as wind=8@270; none: only list.")
    ] = None,
    to: Annotated[str, typer.Option(help="The practice vehicle's address.")] = "tcp:127.0.0.1:5760",
    for_s: Annotated[float | None, typer.Option(help="End it after so many simulated seconds.")] = None,
    *,
    end: Annotated[bool, typer.Option("--end", help="End the fault; without WHAT all of them.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Begin, end or list faults of a running practice vehicle; tell what the vehicle measures of each.

    Exit code 1: the fault was begun, but shows no effect yet. Refused on anything that is not a practice vehicle.
    """
    from sitl.control import call

    host, port = address_of(to, "--to")
    one = None if what is None else parsed(what, "WHAT")
    reply = call(host, port, _request(one, for_s, end=end))
    if one is not None and not end:
        reply = _confirmed(host, port, one.kind, reply)
    active = _active(reply)
    if as_json:
        typer.echo(json.dumps(reply))
    else:
        _tell(active)
    if one is not None and not end and not active.get(one.kind, {}).get("active"):
        typer.echo(f"{one.kind} was begun, but shows no effect{_NEEDS.get(one.kind, '')}", err=True)
        raise typer.Exit(1)


def parsed(text: str, option: str) -> Fault:
    """The fault that `text` names.

    Raises:
        BadInput: it names none.
    """
    try:
        return Fault.parse(text)
    except ValueError as error:
        raise BadInput(option, str(error)) from None


def _request(one: Fault | None, for_s: float | None, *, end: bool) -> dict[str, object]:
    if one is None:
        if for_s is not None:
            raise BadInput("--for-s", "needs a fault")
        return {"do": "end all" if end else "list"}
    if end:
        return {"do": "end", "kind": one.kind}
    spec = SPECS[one.kind]
    return {
        "do": "begin",
        "kind": one.kind,
        "value": one.value if spec.unit else None,
        "direction_deg": one.direction_deg if spec.directed else None,
        "for_s": for_s,
    }


def _confirmed(host: str, port: int, kind: FaultKind, reply: "Mapping[str, object]") -> dict[str, object]:
    """Asks again until the vehicle measures the fault, five seconds at most."""
    from sitl.control import call

    until = time.monotonic() + _CONFIRM_S
    found = dict(reply)
    while not _active(found).get(kind, {}).get("active") and time.monotonic() < until:
        time.sleep(0.1)
        found = call(host, port, {"do": "list"})
    return found


def _active(reply: "Mapping[str, object]") -> dict[str, dict[str, Any]]:
    faults = reply.get("faults")
    return {str(f["kind"]): f for f in faults} if isinstance(faults, list) else {}


def _tell(active: "Mapping[str, Mapping[str, Any]]") -> None:
    if not active:
        typer.echo("no faults")
    for kind, found in active.items():
        spec = SPECS[FaultKind(kind)]
        asked = f" {found['value']:g} {spec.unit}" if spec.unit else ""
        where = (
            f" {'from' if kind == FaultKind.WIND else 'towards'} {found['direction_deg']:g}" if spec.directed else ""
        )
        works = "active" if found["active"] else "no effect yet"
        typer.echo(f"{kind}{asked}{where}: {works}, measured {found['measured']:g} {found['measured_words']}")
