"""What an act about messages took away, as the journal of denials tells it."""

from consent_service.domain.ledger.decision import State
from consent_service.domain.ledger.denial import DenialKind, NotedDenial
from consent_service.domain.subject.act import NO, Act, ActVerdict, Change, ChangeKind, Effect


def make_act_denial(principal: str, act: Act, effect: Effect, record: str) -> NotedDenial | None:
    """Tell what an act took away that counts from now on; None where it took nothing.

    A no that came too late to count is none, and what was lifted or agreed to in the same act is left out.
    """

    def changed(kind: ChangeKind) -> Change | None:
        return next((change for change in effect.changes if change.kind is kind and change.after), None)

    states = {
        purpose: str(state)
        for purpose, state in act.states.items()
        if state in NO and effect.verdicts[purpose] is ActVerdict.APPLIED
    }
    block, stop, pause = changed(ChangeKind.BLOCK), changed(ChangeKind.STOP), changed(ChangeKind.PAUSE)
    if not (states or block or stop or pause):
        return None
    return NotedDenial(
        kind=DenialKind.NO,
        principal=principal,
        at=act.at,
        states=states,
        block=block.name if block else "",
        stop_all=stop is not None,
        pause_until=(act.pause_until or 0) if pause else 0,
        record=record,
    )


def make_repeated_denial(principal: str, act: Act) -> NotedDenial | None:
    """Tell of an act that took nothing away but a request that waited; None where it was no no."""
    states = {purpose: str(State(state)) for purpose, state in act.states.items() if state in NO}
    if not (states or act.stop_all):
        return None
    return NotedDenial(kind=DenialKind.NO, principal=principal, at=act.at, states=states, stop_all=act.stop_all)
