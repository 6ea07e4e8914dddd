"""Cells with an address as mail programs and address books write it: in brackets behind a name, or as a link."""

import re

_BEHIND_A_NAME = re.compile(r"[^<>]*<([^<>]+)>[\s,;]*")
_BEFORE_A_NAME = re.compile(r"([^\s()<>]+@[^\s()<>]+)\s*\([^()]*\)[\s,;]*")
_SCHEME = re.compile(r"(?:mailto|tel):", re.IGNORECASE)


def take_out_address(text: str) -> str:
    """Take the address out of what stands around it in a cell; a cell that holds nothing else stays as it is."""
    found = _BEHIND_A_NAME.fullmatch(text) or _BEFORE_A_NAME.fullmatch(text)
    address = (found[1] if found else text).strip()
    return _SCHEME.sub("", address, count=1) if _SCHEME.match(address) else address
