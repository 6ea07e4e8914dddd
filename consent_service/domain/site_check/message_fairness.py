"""The fairness lint of messages: marketing that calls itself something else, hidden measuring, a nameless sender."""

from collections.abc import Iterator

from consent_service.domain.messages.mail_message import parse_mailbox
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.purpose_category import MARKETING
from consent_service.domain.site.site import Site
from consent_service.domain.site_check.site_finding import FairnessRule, Finding

OPENING = "messages_opened"
"""The data category of who opened which message."""


def find_unfair_messages(site: Site) -> Iterator[Finding]:
    """Judge the messages of a site whose file has no faults."""
    if site.messages and not parse_mailbox(site.messages.sender).display_name:
        message = "is an address alone; name the shop, as in Shop <news@shop.example>, so that people know who writes"
        yield Finding("messages.sender", message, FairnessRule.NAMED_SENDER)
    for index, purpose in enumerate(site.purposes):
        yield from _judge_marketing(f"purpose[{index}]", purpose)
        yield from _judge_measuring(f"purpose[{index}]", purpose)


def _judge_marketing(place: str, purpose: Purpose) -> Iterator[Finding]:
    if purpose.transactional and purpose.category in MARKETING:
        message = f"messages for {purpose.category} are no part of an order or a duty; they need consent or soft opt-in"
        yield Finding(f"{place}.basis", message, FairnessRule.MARKETING_CONSENT)


def _judge_measuring(place: str, purpose: Purpose) -> Iterator[Finding]:
    if OPENING in purpose.data and not purpose.tracks_opens:
        message = f"{OPENING} is for a purpose of its own with tracks_opens = true, so that mail can be had without it"
        yield Finding(f"{place}.data[{purpose.data.index(OPENING)}]", message, FairnessRule.MEASURED_MAIL)
    if purpose.tracks_opens and OPENING not in purpose.data:
        message = f"measures the opening of mail, but does not list {OPENING} among its data"
        yield Finding(f"{place}.data", message, FairnessRule.MEASURED_MAIL)
