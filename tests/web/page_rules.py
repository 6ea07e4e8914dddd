"""The rules that every page and fragment of ours keeps, whatever it is about."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

FORBIDDEN = {"script", "style", "iframe", "object", "embed", "applet", "base", "template", "svg", "math"}
ADDRESSES = ("href", "src", "action", "formaction", "poster", "data", "srcset")
ASSETS = {"link", "img", "source", "audio", "video", "input"}
CONTACTS = ("mailto", "tel")
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls")


def page_faults(html: str) -> list[str]:
    """Say in which ways a page breaks the rules."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    faults = [f"{code} at {position}" for position, code, _ in parser.errors]
    faults += [] if len(list(tree.iter("h1"))) == 1 else ["not exactly one h1"]
    faults += [] if text_of(tree.find("head/title")) else ["no title"]
    faults += [f"the page has no {name}" for name in ("lang", "dir") if not tree.get(name)]
    return faults + _common(tree)


def fragment_faults(html: str) -> list[str]:
    """Say in which ways a fragment, which is pasted into another page, breaks the rules."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parseFragment(html)
    faults = [f"{code} at {position}" for position, code, _ in parser.errors]
    section = tree.find("section")
    faults += (
        ["no section with lang and dir"] if section is None or not (section.get("lang") and section.get("dir")) else []
    )
    faults += ["a fragment has no h1"] if list(tree.iter("h1")) else []
    return faults + _common(tree)


def text_of(element: Element | None) -> str:
    """Join the text inside an element, with single spaces."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _common(tree: Element) -> list[str]:
    ids = Counter(element.get("id") for element in _elements(tree) if element.get("id") is not None)
    faults = [f"the id {name!r} stands there {count} times" for name, count in ids.items() if count > 1]
    for element in _elements(tree):
        faults += _element_faults(element, set(ids))
    return [*faults, *_unlabelled(tree)]


def _element_faults(element: Element, ids: set[str | None]) -> Iterator[str]:
    if element.tag in FORBIDDEN:
        yield f"<{element.tag}> is not allowed"
    for name, value in element.items():
        if name == "style" or name.startswith("on"):
            yield f"<{element.tag}> has the attribute {name}"
        if name in ADDRESSES:
            yield from _address_faults(element.tag, value, ids)
        if name in REFERENCES:
            yield from (f"{name} names {one!r}, which is not there" for one in value.split() if one not in ids)
    if element.tag in ("button", "a", "h1", "h2", "h3", "legend", "label", "summary") and not text_of(element):
        yield f"<{element.tag}> says nothing"
    if element.tag == "fieldset" and element.find("legend") is None:
        yield "a fieldset has no legend"


def _address_faults(tag: str, address: str, ids: set[str | None]) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme not in ("", "https", *(CONTACTS if tag == "a" else ())) or (not parts.scheme and parts.netloc):
        yield f"<{tag}> leads to {address!r}"
    if tag in ASSETS and parts.netloc:
        yield f"<{tag}> loads {address!r} from elsewhere"
    if tag == "form" and not address.startswith("/consent/"):
        yield f"a form goes to {address!r}"
    if address.startswith("#") and address[1:] not in ids:
        yield f"<{tag}> leads to {address!r}, which is not there"


def _unlabelled(tree: Element) -> Iterator[str]:
    named = {label.get("for") for label in tree.iter("label")}
    inside = {field for label in tree.iter("label") for field in label.iter("input")}
    for field in tree.iter("input"):
        if field.get("type") != "hidden" and field not in inside and field.get("id") not in named:
            yield f"the input {field.get('name')!r} has no label"


def _elements(tree: Element) -> Iterator[Element]:
    return (element for element in tree.iter() if isinstance(element.tag, str))
