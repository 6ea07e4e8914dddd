"""When an act counts: what happens now is never older than what was known before, whatever the clock said then."""

from dataclasses import replace

from consent_service.domain.ledger.decision import State
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Standing


def place_act(act: Act, standing: Standing, now: int) -> Act:
    """Give an act the time from which it counts, in microseconds.

    A no that happens now is at least as new as anything that is known, and a yes that a person proves now is newer. An
    act dated ahead is taken for one told now; only a yes does not become newer by that than the clock says.
    """
    if not act.happens_now and act.at <= now:
        return act
    newest = find_newest_time(standing)
    if State.GRANTED not in act.states.values():
        return replace(act, at=max(now, newest))
    return replace(act, at=max(now, newest + 1) if act.revives else now)


def find_newest_time(standing: Standing) -> int:
    """Tell the newest time that a later act is compared with, 0 where there is none."""
    decided = (decision.at for decision in standing.decisions.values())
    return max(decided, default=0) if standing.stopped_at is None else max(standing.stopped_at, *decided)
