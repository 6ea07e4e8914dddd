"""A record as a page shows it, in the visitor's language."""

from dataclasses import dataclass

from consent_service.domain.basics.moment import read_time
from consent_service.domain.ledger.consent_record import ConsentRecord
from consent_service.domain.site.site import Site
from consent_service.services.ledger.reading_records import SignedRecord

SHORT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """One decision in the visitor's language."""

    title: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """A record as a page shows it; times in microseconds."""

    id: str
    number: str
    at: int
    method: str
    actor: str
    decisions: list[DecisionView]
    notice: str
    policy: str
    valid_until: int
    kid: str
    signed: str


def make_receipt_view(site: Site, language: str, statement: SignedRecord) -> ReceiptView:
    """Prepare a record for a page in the visitor's language."""
    record = statement.record

    def title(key: str) -> str:
        purpose = site.purpose_by_key.get(key)
        return purpose.title.get(language, key) if purpose else key

    return ReceiptView(
        id=record.id,
        number=record.id[-SHORT:].upper(),
        at=read_time(record.at),
        method=record.method,
        actor=record.actor,
        decisions=[DecisionView(title=title(key), state=record.decisions[key]) for key in _sort_purposes(site, record)],
        notice=record.notice,
        policy=record.policy,
        valid_until=read_time(record.valid_until),
        kid=statement.kid,
        signed=statement.signed,
    )


def _sort_purposes(site: Site, record: ConsentRecord) -> list[str]:
    """List a record's purposes as the site file orders them; one that has gone since comes last."""
    listed = list(site.purpose_by_key)
    return sorted(record.decisions, key=lambda key: listed.index(key) if key in listed else len(listed))
