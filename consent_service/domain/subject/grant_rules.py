"""Rules of grants: how a yes that a shop was given comes to count, and what has to be proven for it."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from consent_service.domain.basics.moment import write_time
from consent_service.domain.errors import ActFault
from consent_service.domain.ledger.notice import Notice
from consent_service.domain.site.purpose import Basis, Channel, Purpose
from consent_service.domain.subject.subject import Address, AddressKind

NEEDS = {
    Channel.EMAIL: AddressKind.EMAIL,
    Channel.SMS: AddressKind.PHONE,
    Channel.WHATSAPP: AddressKind.PHONE,
    Channel.PHONE: AddressKind.PHONE,
}
"""The sort of address that a channel needs; letters and push notifications go to what the shop holds itself."""
SOFT_CONDITIONS = {"own_similar_goods": True, "objection_offered": True, "objected": False}


class Way(Enum):
    """How a yes comes to count: confirmed by mail, by soft opt-in in a sale, or with the shop's own proof."""

    CONFIRMED = "confirmed"
    SOFT = "soft"
    PROVEN = "proven"


class Purchase(NamedTuple):
    """The purchase with which an address was given: when, in microseconds, and the shop's number of it."""

    at: int
    reference: str


def find_way(purposes: Sequence[Purpose]) -> Way:
    """Find the one way by which a yes to these purposes comes to count; raises ActFault where they differ."""
    ways = {_find_way_of(purpose) for purpose in purposes}
    if len(ways) > 1:
        detail = "E-mail with consent, soft opt-in and other channels need different things; send one call for each"
        raise ActFault("purposes_mixed", detail)
    return ways.pop()


def _find_way_of(purpose: Purpose) -> Way:
    if purpose.basis is Basis.SOFT_OPT_IN:
        return Way.SOFT
    return Way.CONFIRMED if purpose.channel is Channel.EMAIL else Way.PROVEN


def require_reach(address: Address | None, purposes: Sequence[Purpose]) -> None:
    """Raise ActFault where the channel of a purpose needs another sort of address than the one that is given."""
    for purpose in purposes:
        needed = NEEDS.get(purpose.channel) if purpose.channel else None
        if needed and (address is None or address.kind is not needed):
            raise ActFault("address_needed", f"{purpose.key!r} needs the person's {needed}")


def require_asked(notice: Notice, purposes: Sequence[Purpose]) -> None:
    """Raise ActFault where a notice does not ask for one of the purposes."""
    if missing := [purpose.key for purpose in purposes if purpose.key not in notice.purposes]:
        raise ActFault("notice_unknown", f"This notice does not ask for {missing[0]!r}")


def require_soft_evidence(
    purchase: Purchase | None, conditions: Mapping[str, bool | None], evidence: Mapping[str, str]
) -> dict[str, str]:
    """Write down the conditions of soft opt-in as evidence, beside what else there is; raises ActFault if one fails."""
    if purchase is None:
        detail = "Soft opt-in is only for an address given in a sale: send 'sale' with 'at' and 'reference'"
        raise ActFault("soft_opt_in_incomplete", detail)
    for name, needed in SOFT_CONDITIONS.items():
        if conditions.get(name) is not needed:
            detail = f"Soft opt-in needs {name!r} to be sent as {str(needed).lower()}"
            raise ActFault("soft_opt_in_incomplete", detail)
    met = {name: str(needed).lower() for name, needed in SOFT_CONDITIONS.items()}
    return {**evidence, **met, "sale": purchase.reference, "sale_at": write_time(purchase.at)}


def require_own_proof(source: str | None, evidence: Mapping[str, str]) -> dict[str, str]:
    """Return the evidence of a yes that no mail confirms; raises ActFault where there is none."""
    if not evidence or source is None:
        detail = "No mail can confirm this channel: send 'source' and 'evidence' that lead to your own proof"
        raise ActFault("evidence_missing", detail)
    return dict(evidence)
