"""Subscription rules: what a shop has to send with a yes, which depends on how the messages reach the person."""

from collections.abc import Sequence
from enum import Enum

from consent_service.domain.basics.moment import write_time
from consent_service.domain.ledger.notice import Notice, make_notice
from consent_service.domain.site.purpose import Basis, Channel, Purpose
from consent_service.domain.site.site import Site
from consent_service.domain.subject.subject import AddressKind
from consent_service.services.ledger.publishing_notices import find_notice
from consent_service.services.subject.identifying_subjects import Identified
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.messages.act_fields import read_act_field
from consent_service.web.messages.subscription_body import SubscriptionBody

SHOP = "shop"
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


def find_way(purposes: Sequence[Purpose]) -> Way:
    """Find the one way by which a yes to these purposes comes to count; raises Problem 422 where they differ."""
    ways = {_choose_way(purpose) for purpose in purposes}
    if len(ways) > 1:
        detail = "E-mail with consent, soft opt-in and other channels need different things; send one call for each."
        raise Problem(422, "purposes_mixed", detail)
    return ways.pop()


def _choose_way(purpose: Purpose) -> Way:
    if purpose.basis is Basis.SOFT_OPT_IN:
        return Way.SOFT
    return Way.CONFIRMED if purpose.channel is Channel.EMAIL else Way.PROVEN


def require_reach(person: Identified, purposes: Sequence[Purpose]) -> None:
    """Raise Problem 422 where the channel of a purpose needs another sort of address than the person is named by."""
    for purpose in purposes:
        needed = NEEDS.get(purpose.channel) if purpose.channel else None
        if needed and (person.address is None or person.address.kind is not needed):
            raise Problem(422, "address_needed", f"{purpose.key!r} needs the person's {needed}.")


def find_or_make_notice(site: Site, body: SubscriptionBody, purposes: tuple[Purpose, ...]) -> Notice:
    """Find the notice that was shown, or make one of the text that was; raises Problem 422 where neither fits."""
    given = body.wording
    if given is None or (given.notice is None) == (given.text is None):
        raise Problem(422, "wording_missing", "Send 'wording' with either 'notice' or 'text' and 'language'.")
    if given.text is not None:
        if given.language not in site.languages:
            detail = f"'wording.language' is one of {', '.join(site.languages)}."
            raise Problem(422, "wording_missing", detail)
        return make_notice(
            site,
            surface=SHOP,
            language=given.language,
            signal=False,
            purposes=purposes,
            page=given.text,
            stylesheet="",
        )
    notice = find_notice(find_wiring().resources, site.id, given.notice or "")
    if notice is None:
        raise Problem(422, "notice_unknown", "The site has no notice with this digest.")
    if missing := [purpose.key for purpose in purposes if purpose.key not in notice.purposes]:
        raise Problem(422, "notice_unknown", f"This notice does not ask for {missing[0]!r}.")
    return notice


def require_soft_evidence(body: SubscriptionBody) -> dict[str, str]:
    """Write down the conditions of soft opt-in as evidence; raises Problem 422 where one is not met."""
    if body.sale is None:
        detail = "Soft opt-in is only for an address given in a sale: send 'sale' with 'at' and 'reference'."
        raise Problem(422, "soft_opt_in_incomplete", detail)
    for name, needed in SOFT_CONDITIONS.items():
        if getattr(body, name) is not needed:
            detail = f"Soft opt-in needs {name!r} to be sent as {str(needed).lower()}."
            raise Problem(422, "soft_opt_in_incomplete", detail)
    return {
        **body.evidence,
        **{name: str(needed).lower() for name, needed in SOFT_CONDITIONS.items()},
        "sale": body.sale.reference,
        "sale_at": write_time(read_act_field(body.sale.at)),
    }


def require_own_proof(body: SubscriptionBody) -> dict[str, str]:
    """Return the evidence of a yes that no mail confirms; raises Problem 422 where there is none."""
    if not body.evidence or body.source is None:
        detail = "No mail can confirm this channel: send 'source' and 'evidence' that lead to your own proof."
        raise Problem(422, "evidence_missing", detail)
    return dict(body.evidence)
