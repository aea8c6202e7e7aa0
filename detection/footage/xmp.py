"""The XMP packet of a picture, read safely, as plain (namespace, name) -> text.

XMP says the same thing as attributes or as elements, with any prefix, and nested where a value has parts; all of these
come out alike: `CameraOrientationNED/Pitch` is the `Pitch` in `CameraOrientationNED`. ISO 16684-1.
"""

import math
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

LONGEST_PACKET = 1_000_000
"""Bytes; real packets are a few thousand (without the extended part)."""
MOST_VALUES = 5_000
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"

DJI = "dji.com/drone-dji"
"""Also Autel's since 2021, under the prefix `drone:`."""
SKYDIO = "skydio.com/drone-skydio"
PARROT = "parrot.com/drone-parrot"
PIX4D = "pix4d.com/camera"
SENSEFLY = "sensefly.com/camera"
XMP = "ns.adobe.com/xap/1.0"
TIFF = "ns.adobe.com/tiff"


@dataclass(frozen=True, slots=True)
class Xmp:
    """Values of a packet by lower-case namespace and name; `notes` says what could not be read."""

    values: dict[tuple[str, str], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def text(self, space: str, *names: str) -> str | None:
        """The first of some names in a namespace that contains `space`; None where absent or empty."""
        for name in names:
            for (namespace, local), value in self.values.items():
                if local == name and space in namespace and value:
                    return value
        return None

    def number(self, space: str, *names: str) -> float | None:
        """A finite number, also where written as a fraction (446/1000); None otherwise."""
        return to_number(self.text(space, *names))

    def has(self, space: str) -> bool:
        """Whether any value is of a namespace that contains `space`."""
        return any(space in namespace for namespace, _ in self.values)


def to_number(text: str | None) -> float | None:
    """A finite number or fraction written as text, else None."""
    if text is None or len(text) > 64:
        return None
    upper, _, lower = text.strip().partition("/")
    try:
        value = float(upper) / (float(lower) if lower else 1.0)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def find_packet(data: bytes) -> bytes | None:
    """The first XMP packet in a file's bytes, cut to its outermost element; None where there is none."""
    for opening, closing in ((b"<x:xmpmeta", b"</x:xmpmeta>"), (b"<rdf:RDF", b"</rdf:RDF>")):
        start = data.find(opening)
        if start >= 0:
            end = data.find(closing, start)
            return data[start : end + len(closing)] if end >= 0 else data[start : start + LONGEST_PACKET + 1]
    return None


def read_xmp(packet: bytes | None) -> Xmp:
    """A packet's values. Never raises: a packet that is broken, hostile or too large gives a note instead."""
    if not packet:
        return Xmp()
    if len(packet) > LONGEST_PACKET:
        return Xmp(notes=(f"The XMP packet is larger than {LONGEST_PACKET:,} bytes and was left unread.",))
    try:
        root = SafeTree.fromstring(packet.strip(b"\x00 \t\r\n"), forbid_dtd=True)
    except DefusedXmlException:
        return Xmp(notes=("The XMP packet declares entities or a document type and was left unread.",))
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        return Xmp(notes=(f"The XMP packet is not well formed ({error}).",))
    return _flat(root)


def _flat(root: Element) -> Xmp:
    values: dict[tuple[str, str], str] = {}
    todo: list[tuple[Element, str]] = [(node, "") for node in root.iter(_RDF + "Description")]
    while todo:
        node, above = todo.pop()
        for key, value in node.attrib.items():
            _keep(values, key, above, value)
        for child in node:
            if child.tag.startswith(_RDF):  # Description inside a value, Seq, Bag, Alt, li
                todo.append((child, above))
                _keep(values, f"{_space(node.tag)}item", above, child.text or "")
            elif len(child) or any(not key.startswith(_RDF) for key in child.attrib):
                todo.append((child, f"{above}{_local(child.tag)}/" if above.count("/") < 8 else above))
            else:
                _keep(values, child.tag, above, child.text or "")
        if len(values) > MOST_VALUES:
            return Xmp(notes=(f"The XMP packet holds more than {MOST_VALUES:,} values and was left unread.",))
    return Xmp(values)


def _keep(values: dict[tuple[str, str], str], tag: str, above: str, text: str) -> None:
    if not tag.startswith(_RDF) and text.strip():
        values.setdefault((_space(tag).strip("{}").lower(), above + _local(tag)), text.strip().strip("\x00"))


def _space(tag: str) -> str:
    return tag[: tag.find("}") + 1]


def _local(tag: str) -> str:
    return tag[tag.find("}") + 1 :]
