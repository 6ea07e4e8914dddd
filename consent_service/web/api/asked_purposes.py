"""Which purposes a check of a person asks about: by their keys, or by channel, topic and class."""

from collections.abc import Sequence
from enum import StrEnum

from consent_service.domain.api_key import ApiKey
from consent_service.domain.site.purpose import Channel, Kind, Purpose
from consent_service.domain.site.site import Site
from consent_service.web.check.check_endpoint import list_visible_purposes
from consent_service.web.frame.problems import Problem


class MessageClass(StrEnum):
    """Whether messages are wanted by a person's own act, or an order or a duty needs them."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"


def list_asked_purposes(
    site: Site,
    key: ApiKey,
    purposes: Sequence[str] | None,
    channel: Channel | None,
    topic: str | None,
    kind: MessageClass | None,
) -> Sequence[str]:
    """List the purposes to answer for; what is not told leaves it open, down to all messages the key may see.

    Raises Problem 403 for a purpose that the key may not see, and 422 for both ways of naming at once and for a
    channel, topic and class that no purpose has.
    """
    if purposes is not None:
        if channel or topic or kind:
            raise Problem(422, "purpose_unclear", "Name either purposes, or channel, topic and class.")
        return list_visible_purposes(site, key, purposes)
    found = [
        purpose.key
        for purpose in site.purposes
        if purpose.kind is Kind.MESSAGES
        and key.sees(purpose.key)
        and channel in (None, purpose.channel)
        and topic in (None, purpose.topic_name)
        and kind in (None, name_message_class(purpose))
    ]
    if not found and (channel or topic or kind):
        raise Problem(422, "purpose_unclear", "No purpose that this key may see has this channel, topic and class.")
    return found


def find_asked_purpose(
    site: Site,
    key: ApiKey,
    purpose: str | None,
    channel: Channel | None,
    topic: str | None,
    kind: MessageClass | None,
) -> Purpose:
    """Find the one purpose that a list is checked for; raises Problem 403 or 422 where it is not exactly one."""
    asked = list_asked_purposes(site, key, None if purpose is None else [purpose], channel, topic, kind)
    known = [site.purpose_by_key[name] for name in asked if name in site.purpose_by_key]
    if len(known) != 1 or known[0].kind is not Kind.MESSAGES:
        names = ", ".join(asked) or "none"
        raise Problem(422, "purpose_unclear", f"A list is checked for one messages purpose; this names {names[:200]}.")
    return known[0]


def name_message_class(purpose: Purpose) -> MessageClass:
    """Tell the class of a messages purpose."""
    return MessageClass.TRANSACTIONAL if purpose.transactional else MessageClass.MARKETING
