"""XML in, without document types and entities, and small helpers to read and write it."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from planner.model.errors import BadInput

_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def parsed_xml(text: str, source: Path) -> Element:
    """The root element of an XML text.

    Raises:
        BadInput: not well-formed, nested too deep, or with a document type or entities.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(text.encode(), forbid_dtd=True)
    except DefusedXmlException:
        raise BadInput(
            source, "declares a document type or entities, which no plan and no area needs; it is not read"
        ) from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        before = text.partition("<")[0].strip()
        if before:
            raise BadInput(
                source, f"is not well-formed XML: line 1 begins with {before[:40]!r} where the first element is due"
            ) from None
        raise BadInput(source, f"is not well-formed XML: {error}") from None
    return root


def root_name(text: str, source: Path) -> str:
    """The name of the root element, without its namespace.

    Raises:
        BadInput: as `parsed_xml`.
    """
    return tag(parsed_xml(text, source))


def tag(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rsplit("}", 1)[-1]


def every(parent: Element, name: str) -> Iterator[Element]:
    """All elements below `parent` (and itself) of that name, any namespace, in document order."""
    return (child for child in parent.iter() if tag(child) == name)


def child(parent: Element, name: str) -> Element | None:
    """The first direct child of that name; None without one."""
    return next((one for one in parent if tag(one) == name), None)


def text_of(parent: Element, name: str) -> str | None:
    """The stripped text of the first direct child of that name; None where it is absent or empty."""
    one = child(parent, name)
    return None if one is None or not (one.text or "").strip() else str(one.text).strip()


def put(parent: Element, name: str, text: str | float | None = None, **attributes: str) -> Element:
    """A new child with a text; numbers are written so that reading gives the same number."""
    one = SubElement(parent, name, attributes)
    if text is not None:
        one.text = text if isinstance(text, str) else plain(text)
    return one


def plain(value: float) -> str:
    """A number as short text that reads back as the same number."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def xml_text(root: Element) -> str:
    """The document with its declaration, indented."""
    indent(root, space="  ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def clean(text: str) -> str:
    """`text` without the control characters that XML cannot hold."""
    return _NOT_XML.sub("", text)
