"""Folding records about messages into a standing: the act is read back from its record, and applied as it was then."""

from collections.abc import Mapping
from typing import NamedTuple

from consent_service.domain.basics.moment import read_time
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.consent_record import MessageRecord
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act, Effect, apply_act
from consent_service.domain.subject.standing import Block, Standing


class FoldedAct(NamedTuple):
    """An act as its record tells it, and what it changed."""

    act: Act
    effect: Effect


def fold_record(standing: Standing, record: MessageRecord, notice_prints: Mapping[str, str]) -> FoldedAct:
    """Apply the act that a record tells; raises ValueError where the record tells none.

    ``notice_prints`` are the fingerprints of the purposes on the notice that the record names.
    """
    told = record.overrides
    granted = [purpose for purpose, state in record.decisions.items() if state == State.GRANTED]
    own = {purpose: told[name_fingerprint(purpose)] for purpose in granted if name_fingerprint(purpose) in told}
    act = _read_act(record, _read_ends(record, granted))
    return FoldedAct(act, apply_act(standing, act, record=record.id, fingerprints={**notice_prints, **own}))


def name_until(purpose: str) -> str:
    """Name the override that tells when the yes to a purpose ends, where a record tells several."""
    return f"until.{purpose}"


def name_fingerprint(purpose: str) -> str:
    """Name the override that tells on which text a yes was given, where nothing was shown by us."""
    return f"fingerprint.{purpose}"


def _read_ends(record: MessageRecord, granted: list[str]) -> dict[str, int]:
    if len(granted) == 1:
        return {granted[0]: read_time(record.valid_until)} if record.valid_until else {}
    told = ((purpose, record.overrides.get(name_until(purpose))) for purpose in granted)
    return {purpose: read_time(until) for purpose, until in told if until}


def _read_act(record: MessageRecord, ends: Mapping[str, int]) -> Act:
    told = record.overrides
    states = {purpose: State(state) for purpose, state in record.decisions.items()}
    pause = told.get("pause_until")
    return Act(
        method=Method(record.method),
        actor=record.actor,
        at=read_time(record.acted_at),
        states=states,
        block=Block(told["block"]) if "block" in told else None,
        erases="erases" in told,
        lift=Block(told["lift"]) if "lift" in told else None,
        stop_all="stop_all" in told,
        pause_until=None if pause is None else read_time(pause) if pause else 0,
        # A yes that the person gives with proof is the only one of theirs; all others are told by a key or an import.
        revives=record.actor == Actor.SUBJECT and State.GRANTED in states.values(),
        lasts_until=ends,
        notice=record.notice,
        language=record.language,
        source=record.source,
        evidence=record.evidence,
        request=record.request,
    )
