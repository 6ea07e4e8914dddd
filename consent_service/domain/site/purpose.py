"""A purpose: one thing a person can say yes or no to, and the cookies it needs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from consent_service.domain.basics.duration import Duration, Unit, add_duration, parse_duration

Translations = dict[str, str]
"""One text per language code, for example ``{"en": "Marketing", "de": "Werbung"}``."""


class Kind(StrEnum):
    """What a purpose governs: storage on the device, or messages to a person."""

    COOKIES = "cookies"
    MESSAGES = "messages"


class Basis(StrEnum):
    """Why the processing is lawful; only consent is ever asked for.

    Soft opt-in covers electronic mail about the shop's own similar goods to the address given with a purchase, where
    the person could say no then and can in every message (ePrivacy Directive, article 13(2)).
    """

    CONSENT = "consent"
    SOFT_OPT_IN = "soft_opt_in"
    NECESSARY = "necessary"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"


class Channel(StrEnum):
    """How a message reaches a person."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    PUSH = "push"
    PHONE = "phone"
    POST = "post"


class Party(StrEnum):
    """Whose cookie it is, seen from the shop's origin."""

    FIRST = "first"
    THIRD = "third"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """One cookie, or a family of cookies when ``name`` ends in ``*``.

    ``duration`` is ``session`` or a whole number and a unit, such as ``13 months``.
    ``domain`` is empty for a host-only cookie.
    """

    name: str
    provider: str
    party: Party
    duration: str
    does: Translations
    domain: str = ""
    path: str = "/"

    def matches(self, name: str) -> bool:
        """Say whether a cookie of this name belongs to this entry."""
        if self.name.endswith("*"):
            return name.startswith(self.name[:-1])
        return name == self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """One purpose as the site file describes it.

    ``letter`` stands for the purpose in the visitor cookie. ``recipients`` are keys of the site's recipient
    register, ``retention`` is the key of a retention class. ``category`` is a purpose name of the W3C Data
    Privacy Vocabulary. ``signal`` says that the browser's opt-out signal covers this purpose. ``revision`` is
    raised by the operator when the texts change in meaning, which outdates the grants of this purpose;
    ``wording_only`` marks the present texts as meaning the same as those before.

    The rest is for messages: ``topic`` is the name of the list in mail headers, ``public`` is off for topics that are
    shown only to people who have them, ``tracks_opens`` says that the opening of mail is measured, and
    ``own_similar_goods`` that the messages are about the shop's own goods, similar to those bought. A yes ends by
    itself after ``ends_after``, such as ``24 months``, or after ``ends_after_days``; without either it does not.
    """

    key: str
    basis: Basis
    title: Translations
    description: Translations
    data: tuple[str, ...]
    recipients: tuple[str, ...]
    retention: str
    kind: Kind = Kind.COOKIES
    letter: str = ""
    channel: Channel | None = None
    impact: Translations = field(default_factory=dict)
    category: str = "ServiceProvision"
    storage: str = ""
    sensitive: bool = False
    signal: bool = False
    revision: int = 1
    wording_only: str = ""
    topic: str = ""
    public: bool = True
    tracks_opens: bool = False
    own_similar_goods: bool = False
    ends_after: str | None = None
    ends_after_days: int = 0
    cookies: tuple[Cookie, ...] = field(default=(), metadata={"name": "cookie"})

    @property
    def lifetime(self) -> Duration | None:
        """After how long a yes ends by itself; None where it does not."""
        if self.ends_after:
            return parse_duration(self.ends_after)
        return Duration(self.ends_after_days, Unit.DAY) if self.ends_after_days else None

    @property
    def asked(self) -> bool:
        """Say whether a person is asked at all: only where consent is the basis."""
        return self.basis is Basis.CONSENT

    @property
    def decided_by_person(self) -> bool:
        """Say whether a person's own act decides: consent is given, or soft opt-in may be refused."""
        return self.basis is Basis.CONSENT or self.basis is Basis.SOFT_OPT_IN

    @property
    def transactional(self) -> bool:
        """Say whether these are messages that an order or a duty needs, so that no marketing refusal stops them."""
        return self.kind is Kind.MESSAGES and not self.decided_by_person

    @property
    def topic_name(self) -> str:
        """The topic as mail headers name it: the one given, else the usual one."""
        return self.topic or self.usual_topic

    @property
    def usual_topic(self) -> str:
        """The topic that needs no mention: the key with hyphens."""
        return self.key.replace("_", "-")

    def needs_own_yes(self, *, signal: bool) -> bool:
        """Say whether accepting all leaves this out: it is sensitive, or the browser's opt-out signal covers it."""
        return self.sensitive or (signal and self.signal)


def find_ends(purposes: Iterable[Purpose], at: int) -> dict[str, int]:
    """Tell when a yes that was given at a time ends, for the purposes for which it ends by itself."""
    lasting = ((purpose.key, purpose.lifetime) for purpose in purposes)
    return {key: add_duration(at, lifetime) for key, lifetime in lasting if lifetime}
