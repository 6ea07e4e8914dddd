"""The rules of messages: who sends them, by what topics and channels, and what soft opt-in asks for."""

import re
from collections.abc import Iterator, Sequence

from consent_service.domain.basics.duration import Duration, Unit
from consent_service.domain.basics.web_origin import is_domain
from consent_service.domain.messages.link_token import make_purpose_code
from consent_service.domain.messages.list_id import MAX_LENGTH, find_list_host, write_list_id
from consent_service.domain.messages.mail_message import parse_mailbox
from consent_service.domain.site.purpose import Basis, Channel, Kind, Purpose
from consent_service.domain.site.site import Messages, Site
from consent_service.domain.site_check.field_rules import require_known, require_length, require_within
from consent_service.domain.site_check.site_fault import Fault, quote_value

ELECTRONIC_MAIL = (Channel.EMAIL, Channel.SMS)
"""The channels that soft opt-in reaches (ePrivacy Directive, article 2(h))."""
MAX_YES = 3650
"""The most days after which a yes may end by itself: ten years."""
MAX_LIFETIME = Duration(10, Unit.YEAR)
MAX_UNSUBSCRIBE_HOST = 189
"""What 254 characters of an address leave beside a local part of 64 and the @."""

Placed = Sequence[tuple[str, Purpose]]
"""Purposes with their places."""

_TOPIC = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_REGION = re.compile(r"[A-Z]{2}")


def find_message_faults(site: Site) -> Iterator[Fault]:
    """Find what is wrong with the messages of a site and the purposes they have."""
    for index, purpose in enumerate(site.purposes):
        place = f"purpose[{index}]"
        yield from _find_soft_opt_in_faults(place, purpose)
        yield from _find_tracking_faults(place, purpose)
        yield from _refuse_message_settings(place, purpose)
    placed = [(f"purpose[{index}]", p) for index, p in enumerate(site.purposes) if p in site.message_purposes]
    yield from _find_topic_faults(placed)
    yield from _find_code_faults(placed)
    if site.messages:
        yield from _find_setting_faults(site, site.messages)
        yield from _find_list_id_faults(site, [(place, p) for place, p in placed if p.channel is Channel.EMAIL])
    elif placed:
        message = "is missing: messages that people can say yes or no to need a sender"
        yield Fault("messages", message, (f"{placed[0][0]}.kind", f"{placed[0][0]}.basis"))


def _find_soft_opt_in_faults(place: str, purpose: Purpose) -> Iterator[Fault]:
    relies_on = (f"{place}.basis", f"{place}.kind", f"{place}.channel")
    if purpose.basis is not Basis.SOFT_OPT_IN:
        if purpose.own_similar_goods:
            yield Fault(f"{place}.own_similar_goods", "is only for the basis soft_opt_in", relies_on)
        return
    if purpose.kind is not Kind.MESSAGES or purpose.channel not in ELECTRONIC_MAIL:
        message = "soft opt-in is only for messages by " + " or ".join(ELECTRONIC_MAIL)
        yield Fault(f"{place}.basis", message, relies_on)
    if not purpose.own_similar_goods:
        message = "is not set: soft opt-in is only for a shop's own goods, similar to those bought"
        yield Fault(f"{place}.own_similar_goods", message, relies_on)


def _find_tracking_faults(place: str, purpose: Purpose) -> Iterator[Fault]:
    fitting = purpose.kind is Kind.MESSAGES and purpose.channel is Channel.EMAIL and purpose.asked
    if purpose.tracks_opens and not fitting:
        message = "is only for messages by e-mail with consent: opening is measured after a yes of its own"
        yield Fault(f"{place}.tracks_opens", message, (f"{place}.basis", f"{place}.kind", f"{place}.channel"))


def _refuse_message_settings(place: str, purpose: Purpose) -> Iterator[Fault]:
    if purpose.ends_after is not None:
        yield from require_length(f"{place}.ends_after", purpose.ends_after, MAX_LIFETIME)
        if purpose.ends_after_days:
            message = "says once more what ends_after says; keep one of them"
            yield Fault(f"{place}.ends_after_days", message, (f"{place}.ends_after",))
    yield from require_within(f"{place}.ends_after_days", purpose.ends_after_days, 0, MAX_YES, "days, 0 for no end")
    if purpose.decided_by_person and purpose.kind is Kind.MESSAGES:
        return
    given = {
        "topic": purpose.topic,
        "public": not purpose.public,
        "ends_after": purpose.ends_after,
        "ends_after_days": purpose.ends_after_days,
    }
    for name in filter(given.get, given):
        message = "is only for messages that people can say yes or no to"
        yield Fault(f"{place}.{name}", message, (f"{place}.kind", f"{place}.basis"))


def _find_topic_faults(placed: Placed) -> Iterator[Fault]:
    taken: dict[tuple[Channel | None, str], str] = {}
    for place, purpose in placed:
        name = purpose.topic_name
        relies_on = (f"{place}.key", f"{place}.kind", f"{place}.channel")
        first = taken.setdefault((purpose.channel, name), place)
        if not _TOPIC.fullmatch(name):
            message = f"{quote_value(name)} is not a topic: up to 32 of a-z, 0-9 and -, no - at the ends"
            yield Fault(f"{place}.topic", message, relies_on)
        elif first != place:
            message = f"{quote_value(name)} is already the topic of {first}, by the same channel"
            yield Fault(f"{place}.topic", message, (*relies_on, first))


def _find_code_faults(placed: Placed) -> Iterator[Fault]:
    taken: dict[int, str] = {}
    for place, purpose in placed:
        first = taken.setdefault(make_purpose_code(purpose.key), purpose.key)
        if first != purpose.key:
            alike = f"{quote_value(purpose.key)} looks like {quote_value(first)}"
            yield Fault(f"{place}.key", f"{alike} in the links of messages; change one of them")


def _find_setting_faults(site: Site, messages: Messages) -> Iterator[Fault]:
    yield from _find_mailbox_faults("messages.sender", messages.sender)
    if messages.reply_to:
        yield from _find_mailbox_faults("messages.reply_to", messages.reply_to)
    for name in ("unsubscribe_host", "list_host"):
        host = getattr(messages, name)
        if host and not is_domain(host):
            yield Fault(f"messages.{name}", f"{quote_value(host)} is not a host name, such as mail.shop.example")
    if len(messages.unsubscribe_host) > MAX_UNSUBSCRIBE_HOST:
        yield Fault("messages.unsubscribe_host", f"is longer than {MAX_UNSUBSCRIBE_HOST} characters")
    if messages.phone_region and not _REGION.fullmatch(messages.phone_region):
        message = f"{quote_value(messages.phone_region)} is not a country code of two capital letters"
        yield Fault("messages.phone_region", message)
    if messages.public_origin:
        yield from require_known("messages.public_origin", messages.public_origin, site.origins, ("origins",))


def _find_mailbox_faults(place: str, text: str) -> Iterator[Fault]:
    try:
        mailbox = parse_mailbox(text)
    except ValueError as error:
        yield Fault(place, f"{quote_value(text)}: {error}")
        return
    if not is_domain(mailbox.domain):
        yield Fault(place, f"{quote_value(mailbox.addr_spec)} is at no host name, such as shop.example")
    if '"' in mailbox.display_name:
        yield Fault(place, "write the name without quotes; they would be shown")


def _find_list_id_faults(site: Site, mailed: Placed) -> Iterator[Fault]:
    if mailed and not find_list_host(site):
        message = "is missing: there is no https origin with a host name to take it from"
        yield Fault("messages.list_host", message, ("origins", f"{mailed[0][0]}.channel"))
    for place, purpose in mailed:
        if len(f"<{write_list_id(site, purpose)}>") > MAX_LENGTH:
            message = f"is too long: with the topic {quote_value(purpose.topic_name)} it passes {MAX_LENGTH} characters"
            yield Fault("messages.list_host", message, ("origins", place))
