"""Identifying: from an address, or the key made of it, to the principal that everything is kept under."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from consent_service.addressing.email_address import read_email
from consent_service.addressing.phone_number import list_phone_forms, read_phone
from consent_service.domain.errors import AddressFault
from consent_service.domain.identifier import SUBJECT_KEY, name_subject, read_subject_key
from consent_service.domain.site.site import Site
from consent_service.domain.subject.standing import Standing, join_standings
from consent_service.domain.subject.subject import Address, AddressKind, make_subject_key
from consent_service.services.resources import Resources
from consent_service.storage.standings import find_standing, list_known_principals
from consent_service.storage.subject_export import SubjectRow
from consent_service.storage.subjects import StoredSubject, find_subject, keep_subject


class Identified(NamedTuple):
    """A subject: its key, its principal, and the address where that was given.

    ``others`` are principals under which other forms of the same phone number are known.
    """

    key: str
    principal: str
    address: Address | None = None
    others: tuple[str, ...] = ()


def identify_address(resources: Resources, site: Site, address: Address) -> Identified:
    """Name the owner of an address on a site, whether or not anything is known of them."""
    principals = list_form_principals(resources, site, address)
    known = list_known_principals(resources.database, principals) if len(principals) > 1 else principals
    first, *others = known or principals[:1]
    return Identified(read_subject_key(first), first, address, tuple(others))


def list_form_principals(resources: Resources, site: Site, address: Address) -> list[str]:
    """List the principals of every form that an address ever had, today's first; most have one."""
    number, secret = resources.keys.secrets.subject
    forms = list_phone_forms(address.normal) if address.kind is AddressKind.PHONE else (address.normal,)
    keys = (make_subject_key(secret, number, site.id, address._replace(normal=form)) for form in forms)
    return [name_subject(site.id, key) for key in keys]


def list_other_principals(resources: Resources, site: Site, principal: str) -> tuple[str, ...]:
    """List the other principals under which somebody is known whose phone number is kept."""
    subject = find_subject(resources.database, principal)
    if subject is None or subject.kind != AddressKind.PHONE or subject.sealed is None:
        return ()
    address = open_address(resources, subject.kind, bytes(subject.sealed), principal)
    forms = list_form_principals(resources, site, address) if address else []
    known = list_known_principals(resources.database, forms) if len(forms) > 1 else []
    return tuple(one for one in known if one != principal)


def read_standing_of(resources: Resources, site: Site, principal: str, others: Sequence[str] | None = None) -> Standing:
    """Read where somebody stands under every form of their number; ``others`` are found where they are not given."""
    if others is None:
        others = list_other_principals(resources, site, principal)
    return join_standings([find_standing(resources.database, one) for one in (principal, *others)])


def join_exported_rows(resources: Resources, site: Site, rows: Iterable[SubjectRow]) -> Iterator[SubjectRow]:
    """Let a no that stands under another form of a kept phone number count in the rows of an export."""
    for row in rows:
        others = list_other_principals(resources, site, row.principal) if row.kind == AddressKind.PHONE else ()
        standings = [find_standing(resources.database, one) for one in others]
        yield row._replace(standing=join_standings([row.standing, *standings])) if others else row


def identify_email(resources: Resources, site: Site, text: str) -> Identified:
    """Name the owner of an e-mail address; raises AddressFault."""
    return identify_address(resources, site, read_email(text))


def identify_phone(resources: Resources, site: Site, text: str, *, from_gateway: bool = False) -> Identified:
    """Name the owner of a phone number, read in the site's default region; raises AddressFault.

    ``from_gateway`` is for the sender that a text provider names.
    """
    region = site.messages.phone_region if site.messages else ""
    return identify_address(resources, site, read_phone(text, region, from_gateway=from_gateway))


def identify_key(resources: Resources, site: Site, key: str) -> Identified:
    """Name the subject of a key, under every form of their number; raises AddressFault for what is no key."""
    person = name_key_owner(site, key)
    return person._replace(others=list_other_principals(resources, site, person.principal))


def name_key_owner(site: Site, key: str) -> Identified:
    """Name the subject of a key whose address is no phone number; raises AddressFault for what is no key."""
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
