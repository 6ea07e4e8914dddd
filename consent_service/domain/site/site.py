"""A site: one shop, everything its site file says about it."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from consent_service.domain.basics.duration import Duration, Unit, parse_duration
from consent_service.domain.site.purpose import Channel, Kind, Purpose, Translations

SIX_MONTHS = Duration(6, Unit.MONTH)


class ClockKind(StrEnum):
    """When a new version of the privacy policy takes effect."""

    IMMEDIATE = "immediate"
    PUBLICITY = "publicity"
    FIXED_DATE = "fixed_date"
    PUBLICITY_OR_CONFIRMATION = "publicity_or_confirmation"


class Placement(StrEnum):
    """Where the banner stands on a wide screen."""

    TOP = "top"
    BOTTOM = "bottom"
    CARD = "card"


class ContactTopic(StrEnum):
    """What a contact is for."""

    PRIVACY = "privacy"
    SECURITY = "security"
    COMPLAINTS = "complaints"
    ORDERS = "orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One way to reach the controller, for example ``email`` and an address, and what it is for."""

    channel: str
    address: str
    topic: ContactTopic = ContactTopic.PRIVACY


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """Who answers for the processing."""

    name: str
    address: str
    jurisdiction: str
    contacts: tuple[Contact, ...] = field(metadata={"name": "contact"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One party that receives data, named and not described by category."""

    key: str
    name: str
    role: str
    country: str
    policy: str
    transfer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionClass:
    """How long a class of data is kept, counted from ``after``, and why."""

    key: str
    duration: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyClock:
    """How a change of the policy comes into force.

    ``days`` is the length of the publicity period. ``mail_core_changes`` says that a core change is also mailed
    to everybody it concerns. ``channels`` are the places where a change is made public.
    """

    kind: ClockKind
    days: int = 0
    channels: tuple[str, ...] = ()
    mail_core_changes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The shop's privacy policy: where it stands, its version and how it may change.

    ``claims`` names clauses that promise less than the law asks, so that the site check can warn about them.
    """

    title: Translations
    url: Translations
    version: str
    clock: PolicyClock
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestClocks:
    """The time limits a shop promises for people's requests."""

    access_days: int = 30
    correction_working_days: int = 0
    complaint_contact_working_days: int = 0
    incident_hours: int = 72


class ConfirmBy(StrEnum):
    """Who mails the link that confirms a subscription: the service by SMTP, or the shop that a webhook tells."""

    SMTP = "smtp"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """How a shop's messages are sent.

    ``sender`` and ``reply_to`` are mail addresses, with or without a name. ``unsubscribe_host`` takes mail to the
    unsubscribe addresses; without it no header names one. ``list_host`` ends the List-Id. ``phone_region`` is the
    country of phone numbers written without one, such as ``DE``; without it every number needs its ``+``.
    ``keep_addresses`` says whether addresses are kept, sealed. ``public_origin`` is where links in messages lead.
    """

    sender: str
    reply_to: str = ""
    unsubscribe_host: str = ""
    list_host: str = ""
    phone_region: str = ""
    keep_addresses: bool = True
    confirm_by: ConfirmBy = ConfirmBy.SMTP
    public_origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours and shape of everything a visitor sees; the ``_dark`` twins serve dark screens."""

    bg: str = "#ffffff"
    fg: str = "#1b1f24"
    muted: str = "#47505b"
    soft: str = "#f4f6f9"
    line: str = "#c9ced6"
    control: str = "#767f8c"
    action: str = "#1a45bd"
    on_action: str = "#ffffff"
    focus: str = "#1a45bd"
    bg_dark: str = "#16191f"
    fg_dark: str = "#eceff4"
    muted_dark: str = "#b4bcc9"
    soft_dark: str = "#1f242c"
    line_dark: str = "#3a424f"
    control_dark: str = "#8b95a5"
    action_dark: str = "#9db8ff"
    on_action_dark: str = "#0c1430"
    focus_dark: str = "#c9d8ff"
    radius: str = "12px"
    font: str = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif'
    width: str = "72em"
    placement: Placement = Placement.BOTTOM


@dataclass(frozen=True, kw_only=True, eq=False)
class Site:
    """One shop; two sites are the same only when they are the same object.

    ``origins`` are those the service is mounted on; one of loopback may end in ``:*`` for any port. ``trusted_origins``
    may also post our forms and be returned to. The first language is the default. ``valid_days`` tells ``validity`` in
    days. ``checkpoints_to`` is an address outside, of mail or https. ``texts`` overrides texts by language and key.
    """

    id: str
    name: Translations
    origins: tuple[str, ...]
    languages: tuple[str, ...]
    controller: Controller
    policy: Policy
    purposes: tuple[Purpose, ...] = field(metadata={"name": "purpose"})
    recipients: tuple[Recipient, ...] = field(default=(), metadata={"name": "recipient"})
    retention: tuple[RetentionClass, ...] = ()
    trusted_origins: tuple[str, ...] = ()
    validity: str | None = None
    valid_days: int | None = None
    age_limit: int = 0
    checkpoints_to: str = ""
    shop_path: str = "/"
    requests: RequestClocks = RequestClocks()
    messages: Messages | None = None
    theme: Theme = Theme()
    texts: dict[str, Translations] = field(default_factory=dict)

    @cached_property
    def choice_validity(self) -> Duration:
        """How long a choice is valid: as the file says it, else six months."""
        if self.valid_days is not None:
            return Duration(self.valid_days, Unit.DAY)
        return (self.validity and parse_duration(self.validity)) or SIX_MONTHS

    @cached_property
    def purpose_by_key(self) -> dict[str, Purpose]:
        """Every purpose under its key."""
        return {purpose.key: purpose for purpose in self.purposes}

    @cached_property
    def recipient_by_key(self) -> dict[str, Recipient]:
        """Every recipient under its key."""
        return {recipient.key: recipient for recipient in self.recipients}

    def recipients_of(self, purpose: Purpose) -> tuple[Recipient, ...]:
        """The recipients of a purpose, in the order it names them."""
        return tuple(self.recipient_by_key[key] for key in purpose.recipients)

    @cached_property
    def retention_by_key(self) -> dict[str, RetentionClass]:
        """Every retention class under its key."""
        return {retention.key: retention for retention in self.retention}

    @cached_property
    def cookie_purposes(self) -> tuple[Purpose, ...]:
        """The purposes of kind cookies that a visitor is asked about, in the order of the site file."""
        return tuple(p for p in self.purposes if p.asked and p.kind is Kind.COOKIES)

    @cached_property
    def message_purposes(self) -> tuple[Purpose, ...]:
        """The purposes of kind messages that a person's own act decides, in the order of the site file."""
        return tuple(p for p in self.purposes if p.decided_by_person and p.kind is Kind.MESSAGES)

    @cached_property
    def newsletter_purposes(self) -> tuple[Purpose, ...]:
        """What the newsletter form asks for: the public messages by e-mail that rest on consent.

        The measuring of mail is asked where the messages are had already, never on the way to them.
        """
        asked = (p for p in self.message_purposes if p.asked and p.public and not p.tracks_opens)
        return tuple(p for p in asked if p.channel is Channel.EMAIL) if self.messages else ()

    @property
    def default_language(self) -> str:
        """The language used when a visitor's languages are not offered."""
        return self.languages[0]
