"""Subjects: persons known by an address, named by a keyed hash that does not tell it."""

import base64
import hmac
import re
from enum import StrEnum
from typing import NamedTuple

HASH_BYTES = 16

_COUNTRY_CODE = re.compile(r"\+(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3})")
"""Country codes have one to three digits, and none begins another (ITU-T E.164, annex D)."""


class AddressKind(StrEnum):
    """What sort of address a person is known by."""

    EMAIL = "email"
    PHONE = "phone"


class Address(NamedTuple):
    """One checked address, free of control characters.

    ``normal`` is one text for all spellings of an address and makes the key. ``entered`` is what a message goes to:
    an e-mail address in the letters the person typed, its domain in ASCII; a phone number in E.164.
    """

    kind: AddressKind
    normal: str
    entered: str


def make_subject_key(secret: bytes, number: int, site: str, address: Address) -> str:
    """Name the owner of an address on one site: the number of the secret, a dot and half an HMAC-SHA-256."""
    text = f"{site}\0{address.kind}\0{address.normal}".encode()
    half = hmac.digest(secret, text, "sha256")[:HASH_BYTES]
    return f"{number}.{base64.urlsafe_b64encode(half)[:-2].decode()}"


def find_country_code(number: str) -> str:
    """Find the country code that a number in E.164 begins with, plus sign included; empty for none."""
    found = _COUNTRY_CODE.match(number)
    return found[0] if found else ""


def is_email_like(text: str) -> bool:
    """Say whether a text must be meant as an e-mail address, also one typed in full-width characters."""
    return any(sign in text for sign in "@\uff20\ufe6b")


def mask_address(address: Address) -> str:
    """Write an address so that its owner knows it again and a passer-by learns little."""
    if address.kind is AddressKind.PHONE:
        return f"{find_country_code(address.normal) or '+'} •••• {address.normal[-3:]}"
    return f"{address.entered[0]}•••@{_decode_domain(address.normal.rpartition('@')[2])}"


def _decode_domain(domain: str) -> str:
    return ".".join(
        label[4:].encode().decode("punycode") if label.startswith("xn--") else label for label in domain.split(".")
    )
