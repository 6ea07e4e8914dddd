"""Identifying: from an address, or the key made of it, to the principal that everything is kept under."""

from typing import NamedTuple

from consent_service.addressing import read_email, read_phone
from consent_service.domain.errors import AddressFault
from consent_service.domain.identifier import SUBJECT_KEY, name_subject
from consent_service.domain.site.site import Site
from consent_service.domain.subject.subject import Address, AddressKind, make_subject_key
from consent_service.services.resources import Resources
from consent_service.storage.subjects import StoredSubject, find_subject, keep_subject


class Identified(NamedTuple):
    """A subject: its key, its principal, and the address where that was given."""

    key: str
    principal: str
    address: Address | None = None


def identify_address(resources: Resources, site: Site, address: Address) -> Identified:
    """Name the owner of an address on a site, whether or not anything is known of them."""
    number, secret = resources.keys.secrets.subject
    key = make_subject_key(secret, number, site.id, address)
    return Identified(key, name_subject(site.id, key), address)


def identify_email(resources: Resources, site: Site, text: str) -> Identified:
    """Name the owner of an e-mail address; raises AddressFault."""
    return identify_address(resources, site, read_email(text))


def identify_phone(resources: Resources, site: Site, text: str) -> Identified:
    """Name the owner of a phone number, read in the site's default region; raises AddressFault."""
    region = site.messages.phone_region if site.messages else ""
    return identify_address(resources, site, read_phone(text, region))


def identify_key(site: Site, key: str) -> Identified:
    """Name the subject of a key; raises AddressFault for what is no key."""
    if not SUBJECT_KEY.fullmatch(key):
        raise AddressFault("subject_malformed", "expected a subject key such as 1.AAAAAAAAAAAAAAAAAAAAAA")
    return Identified(key, name_subject(site.id, key))


def open_kept_address(resources: Resources, principal: str) -> Address | None:
    """Open the address that is kept of a subject; None where none is kept."""
    subject = find_subject(resources.database, principal)
    return open_address(resources, subject.kind, subject.sealed, principal) if subject and subject.sealed else None


def keep_address(
    resources: Resources, site: Site, principal: str, address: Address, *, language: str, ref: str | None, now: int
) -> None:
    """Keep whose address it is, sealed, or without the address where the site keeps none; runs inside a write."""
    keeps = site.messages is not None and site.messages.keep_addresses
    sealed = seal_address(resources, address, principal) if keeps else None
    keep_subject(resources.database, StoredSubject(principal, address.kind, sealed, ref, language, now))


def seal_address(resources: Resources, address: Address, about: str) -> bytes:
    """Seal an address so that it opens only together with what it is about."""
    return resources.keys.secrets.seal.close(f"{address.normal}\n{address.entered}".encode(), about)


def open_address(resources: Resources, kind: str, sealed: bytes, about: str) -> Address | None:
    """Open a sealed address; None where it was changed, moved, or sealed with another secret."""
    content = resources.keys.secrets.seal.open(sealed, about)
    if content is None:
        return None
    normal, _, entered = content.decode().partition("\n")
    return Address(AddressKind(kind), normal, entered)
