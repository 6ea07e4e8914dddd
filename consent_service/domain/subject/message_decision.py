"""May a message be sent: what overrides a person's decisions, in front of the one order in which an answer is found."""

from consent_service.domain.ledger.decision_order import NOT_CONSENT_BASED, UNKNOWN, Answer, Reason, decide
from consent_service.domain.site.purpose import Basis, Purpose
from consent_service.domain.subject.standing import HARD_BLOCKS, Block, Standing

BLOCKED = {block: Reason(f"blocked_{block}") for block in Block}


def decide_message(purpose: Purpose | None, standing: Standing, *, fingerprint: str, now: int) -> Answer:
    """Answer for one purpose and one subject; the first rule that matches wins.

    Messages that an order needs stop at a hard block alone, whatever was said about marketing. A pause only takes
    away what would be allowed.
    """
    if purpose is None:
        return UNKNOWN
    if not purpose.decided_by_person:
        hard = next((block for block in Block if block in HARD_BLOCKS and block in standing.blocks), None)
        return NOT_CONSENT_BASED if hard is None else _answer_blocked(standing, hard)
    if standing.block:
        return _answer_blocked(standing, standing.block)
    decision = standing.decisions.get(purpose.key)
    if standing.stops(decision):
        return Answer(allowed=False, reason=Reason.WITHDRAWN, since=standing.stopped_at)
    answer = decide(purpose, decision, fingerprint=fingerprint, now=now, signal=False)
    if answer.allowed and standing.paused_until and now < standing.paused_until:
        return answer._replace(allowed=False, reason=Reason.PAUSED)
    if answer.allowed and purpose.basis is Basis.SOFT_OPT_IN:
        return answer._replace(reason=Reason.SOFT_OPT_IN)
    return answer


def _answer_blocked(standing: Standing, block: Block) -> Answer:
    return Answer(allowed=False, reason=BLOCKED[block], since=standing.blocks[block])
