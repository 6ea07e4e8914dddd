"""The rules of purposes: keys, letters, channels, and what each refers to."""

import re
from collections.abc import Iterator

from consent_service.domain.site.data_category import DATA_CATEGORIES
from consent_service.domain.site.purpose import Kind, Purpose
from consent_service.domain.site.purpose_category import PURPOSE_CATEGORIES
from consent_service.domain.site.site import Site
from consent_service.domain.site_check.cookie_rules import find_cookie_faults
from consent_service.domain.site_check.field_rules import (
    require_good_keys,
    require_known,
    require_unique,
    require_within,
)
from consent_service.domain.site_check.site_fault import Fault, quote_value

MAX_REVISIONS = 1_000_000

_LETTER = re.compile(r"[a-z]")


def find_purpose_faults(site: Site) -> Iterator[Fault]:
    """Find what is wrong with the purposes of a site and their cookies."""
    if not site.purposes:
        yield Fault("purpose", "list at least one purpose")
    yield from require_good_keys("purpose", [purpose.key for purpose in site.purposes])
    letters: dict[str, str] = {}
    for index, purpose in enumerate(site.purposes):
        place = f"purpose[{index}]"
        yield from _find_letter_faults(place, purpose, letters)
        yield from _find_asking_faults(place, purpose)
        yield from _find_reference_faults(place, purpose, site)
    yield from find_cookie_faults(site)


def _find_letter_faults(place: str, purpose: Purpose, taken: dict[str, str]) -> Iterator[Fault]:
    relies_on = (f"{place}.kind", f"{place}.basis")
    needed = purpose.asked and purpose.kind is Kind.COOKIES
    if needed and not _LETTER.fullmatch(purpose.letter):
        yield Fault(f"{place}.letter", f"expected one letter from a to z, got {quote_value(purpose.letter)}", relies_on)
    elif not needed and purpose.letter:
        yield Fault(f"{place}.letter", "only cookie purposes that need consent have a letter", relies_on)
    elif purpose.letter in taken:
        yield Fault(
            f"{place}.letter", f"{quote_value(purpose.letter)} is already the letter of {taken[purpose.letter]}"
        )
    elif needed:
        taken[purpose.letter] = place


def _find_asking_faults(place: str, purpose: Purpose) -> Iterator[Fault]:
    kind, basis = (f"{place}.kind",), (f"{place}.basis",)
    if purpose.kind is Kind.MESSAGES and purpose.channel is None:
        yield Fault(f"{place}.channel", "is missing: a purpose of kind messages says how they reach a person", kind)
    if purpose.kind is not Kind.MESSAGES and purpose.channel is not None:
        yield Fault(f"{place}.channel", "is only for purposes of kind messages", kind)
    if purpose.kind is Kind.MESSAGES and purpose.cookies:
        yield Fault(
            f"{place}.cookie",
            "a purpose of kind messages sets no cookies; give them a purpose of their own",
            kind,
        )
    if purpose.decided_by_person and not purpose.impact:
        yield Fault(f"{place}.impact", "is missing: say what changes for a person who takes a yes back", basis)
    if purpose.signal and not purpose.asked:
        yield Fault(f"{place}.signal", "the browser's signal can only cover a purpose that needs consent", basis)


def _find_reference_faults(place: str, purpose: Purpose, site: Site) -> Iterator[Fault]:
    for index, key in enumerate(purpose.recipients):
        yield from require_known(f"{place}.recipients[{index}]", key, site.recipient_by_key, ("recipient",))
    yield from require_unique(f"{place}.recipients", purpose.recipients)
    yield from require_known(f"{place}.retention", purpose.retention, site.retention_by_key, ("retention",))
    if not purpose.data:
        yield Fault(f"{place}.data", "name at least one data category")
    for index, key in enumerate(purpose.data):
        yield from require_known(f"{place}.data[{index}]", key, DATA_CATEGORIES)
    yield from require_unique(f"{place}.data", purpose.data)
    yield from require_known(f"{place}.category", purpose.category, sorted(PURPOSE_CATEGORIES))
    yield from require_within(f"{place}.revision", purpose.revision, 1, MAX_REVISIONS, "")
