"""Which purposes a request of the JSON API is about: by their keys, or by channel, topic and class."""

from collections.abc import Sequence
from enum import StrEnum

from consent_service.domain.api_key import ApiKey
from consent_service.domain.basics.nearest_name import suggest_name
from consent_service.domain.site.purpose import Channel, Kind, Purpose
from consent_service.domain.site.site import Site
from consent_service.web.api.decision_answer import list_visible_purposes
from consent_service.web.frame.key_gate import make_hidden_problem
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
    """List the purposes to answer for; with nothing named, all messages the key may see.

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
        visible = [one.key for one in site.purposes if one.kind is Kind.MESSAGES and key.sees(one.key)]
        hint = "" if known else suggest_name(names, visible)
        detail = f"A list is checked for one messages purpose, this names {names[:200]}{hint}."
        raise Problem(422, "purpose_unclear", detail)
    return known[0]


def name_message_class(purpose: Purpose) -> MessageClass:
    """Tell the class of a messages purpose."""
    return MessageClass.TRANSACTIONAL if purpose.transactional else MessageClass.MARKETING


def find_named_purposes(
    site: Site, key: ApiKey, keys: Sequence[str] | None, topics: Sequence[str] | None, channel: Channel | None
) -> tuple[Purpose, ...]:
    """Find purposes by their keys, or by their topics and a channel, in the order of the site file.

    Raises Problem 403 for one that the key may not see, and 422 for a name that the site does not have or for neither
    or both ways of naming.
    """
    if (keys is None) == (topics is None) or (topics is None) != (channel is None):
        raise Problem(422, "purposes_missing", "Send either 'purposes', or 'topics' with their 'channel'.")
    given = keys if keys is not None else topics or ()
    names = {p.key if keys is not None else p.topic_name: p for p in _list_offered_purposes(site, channel)}
    for name in given:
        if name not in names:
            hint = suggest_name(name, (one for one, purpose in names.items() if key.sees(purpose.key)))
            detail = f"The site has no messages named {name[:64]!r} to say yes or no to{hint}."
            raise Problem(422, "purpose_unknown", detail)
        if not key.sees(names[name].key):
            raise make_hidden_problem(key, names[name].key)
    return tuple(purpose for name, purpose in names.items() if name in given)


def _list_offered_purposes(site: Site, channel: Channel | None) -> Sequence[Purpose]:
    return [p for p in site.message_purposes if channel is None or p.channel is channel]
