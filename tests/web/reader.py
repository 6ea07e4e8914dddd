"""A reader of a shop's messages: a person with an address, some decisions, and the links from a message."""

from typing import Any

from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.messages.link_token import (
    LinkKind,
    LinkToken,
    make_purpose_code,
    write_base32_token,
    write_base64url_token,
    write_token,
)
from consent_service.domain.site.purpose import Channel
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.message_decision import decide_message
from consent_service.services.subject.identifying_subjects import identify_email, identify_phone, seal_address
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.records import list_latest_records
from consent_service.storage.standings import find_standing
from consent_service.storage.subjects import StoredSubject, keep_subject
from tests.web.service import Service


class Reader:
    """A person whom a shop knows by an e-mail address or a phone number."""

    def __init__(self, service: Service, address: str, *, site: str = "demo") -> None:
        self.service, self.site = service, service.sites[site]
        identify = identify_email if "@" in address else identify_phone
        self.person = identify(service.resources, self.site, address)
        self.key, self.principal = self.person.key, self.person.principal

    @property
    def resources(self) -> Any:
        return self.service.resources

    def say_yes(self, *purposes: str, method: Method = Method.SUBSCRIBE_CONFIRM) -> "Reader":
        """Confirm some purposes just now."""
        self.service.clock.advance(1)
        states = dict.fromkeys(purposes, State.GRANTED)
        self.act(method=method, states=states, revives=True)
        return self

    def act(self, **told: Any) -> None:
        """Record an act of this person, now."""
        act = Act(**({"method": Method.API, "actor": "subject", "at": self.service.clock.now} | told))
        record_act(self.resources, self.site, self.principal, act)

    def keep_address(self) -> "Reader":
        """Let the shop keep the address, sealed."""
        address = self.person.address
        assert address
        sealed = seal_address(self.resources, address, self.principal)
        with self.resources.database.write():
            kept = StoredSubject(self.principal, address.kind, sealed, None, "en", self.service.clock.now)
            keep_subject(self.resources.database, kept)
        return self

    def token(self, purpose: str = "", channel: Channel | None = None, kind: LinkKind = LinkKind.UNSUBSCRIBE) -> bytes:
        """Make the token of a link that names a purpose, a channel or everything."""
        code = make_purpose_code(purpose) if purpose else 0
        token = LinkToken(kind, self.key, channel, code)
        return write_token(self.resources.keys.secrets.links, self.site.id, token)

    def unsubscribe_path(self, purpose: str = "", channel: Channel | None = Channel.EMAIL) -> str:
        """Tell the path of an unsubscribe link."""
        return f"/consent/u/{write_base64url_token(self.token(purpose, channel))}"

    def unsubscribe_address(self, purpose: str = "", channel: Channel | None = Channel.EMAIL) -> str:
        """Tell the mail address that unsubscribes."""
        return f"unsub+{write_base32_token(self.token(purpose, channel))}@{self.site.messages.unsubscribe_host}"

    @property
    def centre_path(self) -> str:
        """Tell the path of the preference centre."""
        return f"/consent/p/{write_base64url_token(self.token(kind=LinkKind.PREFERENCES))}"

    def reasons(self, *purposes: str) -> list[str]:
        """Tell the reason of the present answer for each of these purposes."""
        standing, prints = find_standing(self.resources.database, self.principal), make_fingerprints(self.site)
        now = self.service.clock.now
        found = [self.site.purpose_by_key[key] for key in purposes]
        return [str(decide_message(p, standing, fingerprint=prints[p.key], now=now).reason) for p in found]

    def records(self) -> int:
        """Count the records."""
        return len(list_latest_records(self.resources.database, self.principal, 2000))


def jobs(service: Service) -> list[str]:
    """List the kinds of the jobs that wait."""
    return [kind for (kind,) in service.resources.database.rows("SELECT kind FROM job ORDER BY id")]


def note(page: Any) -> list[str]:
    """Read what a page says came of a form."""
    return [line.get_text() for line in page.html.select("#saved p, #saved li")]


def answers(**given: str) -> list[tuple[str, str]]:
    """Write the fields of a form of the preference centre that shows just these topics."""
    shown = [(name, value) for key, answer in given.items() for name, value in (("shown", key), (f"p.{key}", answer))]
    return [("act", "save"), *shown]
