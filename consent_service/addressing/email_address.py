"""E-mail addresses: what a person typed, checked and brought to one normal form."""

import re
import string
import unicodedata

from consent_service.addressing.entered_text import is_misread, trim_entered
from consent_service.domain.errors import AddressFault
from consent_service.domain.subject.subject import Address, AddressKind

MAX_EMAIL_LENGTH = 254
"""In octets (RFC 5321, 4.5.3.1.3, less the angle brackets)."""
MAX_PLAIN_LENGTH = 64
"""So short that no label of the domain can be too long."""

_PLAIN = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?!(?:arpa|invalid|local|localhost|onion)\Z)[a-z]{2,}"
)
"""What nearly everybody types: ASCII, no hyphens in a row, no special-use domain (RFC 6761)."""

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]"
_DOTTED = re.compile(rf"{_ATOM}(?:{_ATOM}|\.)*@(?:docomo\.ne\.jp|ezweb\.ne\.jp|au\.com)", re.ASCII | re.IGNORECASE)
"""Addresses of Japanese phone companies, which gave out some with dots in a row and before the @."""

_WIDE_AT = str.maketrans({"\uff20": "@", "\ufe6b": "@"})
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def read_email(text: str) -> Address:
    """Read an e-mail address; raises AddressFault.

    Plain addresses are read here, all others by the full rules, which would read the plain ones the same.
    """
    entered = text.strip()
    if normal := _find_plain_address(entered):
        return Address(AddressKind.EMAIL, normal, entered)
    return read_email_by_full_rules(entered)


def read_normal_email(text: str) -> str:
    """Read an e-mail address like ``read_email``, for lists, that want its normal form alone."""
    entered = text.strip()
    return _find_plain_address(entered) or read_email_by_full_rules(entered).normal


def _find_plain_address(entered: str) -> str:
    normal = entered.lower()
    return normal if len(entered) <= MAX_PLAIN_LENGTH and entered.isascii() and _PLAIN.fullmatch(normal) else ""


def read_email_by_full_rules(text: str) -> Address:
    """Read an e-mail address with all that RFC 6531 and IDNA allow; raises AddressFault.

    Nothing under ``.test`` can exist (RFC 6761), so accepting it lets nobody be mailed by mistake.
    """
    from email_validator import EmailNotValidError, validate_email

    entered = trim_entered(text, MAX_EMAIL_LENGTH)
    if "@" not in entered:
        entered = entered.translate(_WIDE_AT)
    if len(entered.encode()) > MAX_EMAIL_LENGTH:
        raise AddressFault("too_long", f"more than {MAX_EMAIL_LENGTH} octets")
    if _DOTTED.fullmatch(entered):
        return Address(AddressKind.EMAIL, entered.translate(_LOWER), entered)
    if is_misread(entered):
        raise AddressFault("email_malformed", "it holds letters of a file that was read in the wrong encoding")
    try:
        domain = validate_email(entered, check_deliverability=False, test_environment=True).ascii_domain
    except EmailNotValidError:
        domain = ""
    if "." not in domain:
        raise AddressFault("email_malformed", "expected an e-mail address such as name@example.org")
    typed, _, typed_domain = entered.rpartition("@")
    local_part = unicodedata.normalize("NFC", typed)
    # A lower-case letter may join its accent where the capital could not, as in J and caron.
    normal = unicodedata.normalize("NFC", local_part.translate(_LOWER))
    mailed_domain = typed_domain if typed_domain.isascii() else domain
    return Address(AddressKind.EMAIL, f"{normal}@{domain}", f"{local_part}@{mailed_domain}")
