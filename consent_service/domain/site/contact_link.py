"""Contact links: an address or a number that a tap opens, where the way to reach somebody has such a link."""

import re
from urllib.parse import quote

from consent_service.domain.site.site import Contact

_NUMBER = re.compile(r"\+?[0-9(). /\u00a0-]*[0-9]")
_TRUNK_ZERO = "(0)"
"""Dialled inside the country alone, never behind a country code."""


def make_contact_link(contact: Contact) -> str:
    """Make the address of a link for a contact: mail, a call or a page; nothing where there is none to make."""
    match contact.channel:
        case "email":
            return f"mailto:{quote(contact.address, safe='@+')}"
        case "phone" if _NUMBER.fullmatch(contact.address):
            return "tel:" + re.sub(r"[^+0-9]", "", contact.address.replace(_TRUNK_ZERO, ""))
        case "web":
            return contact.address
    return ""
