"""An act: something done about messages to a person, and what it changes. The newest wins, on a tie the stricter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from consent_service.domain.basics.moment import MINUTE, write_time
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.subject.standing import Block, Standing

MAX_SKEW = 5 * MINUTE
"""An act may be dated this far into the future, for clocks that go fast."""

NO = frozenset({State.REFUSED, State.WITHDRAWN})
WAITS_OR_NO = NO | {State.PENDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act; ``at`` is when it happened, in microseconds, and ``happens_now`` says that this is the present moment.

    ``states`` names the purposes it decides. ``block`` puts a block up and ``lift`` takes one down; ``erases`` says
    that everything else known of the person went with it. ``pause_until``
    of 0 ends a pause. ``revives`` says that the person did this just now with proof, so that a yes may follow a no;
    everything else can never turn a no into a yes. ``lasts_until`` says for each purpose when its yes ends, 0 for not
    by itself. ``evidence`` holds short codes and references, never free text.
    """

    method: Method
    actor: str
    at: int
    happens_now: bool = False
    states: Mapping[str, State] = field(default_factory=dict)
    block: Block | None = None
    erases: bool = False
    lift: Block | None = None
    stop_all: bool = False
    pause_until: int | None = None
    revives: bool = False
    lasts_until: Mapping[str, int] = field(default_factory=dict)
    notice: str = ""
    language: str = ""
    source: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    request: str | None = None

    @property
    def ends_requests(self) -> bool:
        """Say whether requests that wait for their confirmation may end by it."""
        return self.stop_all or self.lift is not None or not NO.isdisjoint(self.states.values())


class ActVerdict(StrEnum):
    """What became of the act for one purpose."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    OLDER = "older_than_record"
    WITHDRAWAL_NEWER = "withdrawal_newer"
    BLOCKED = "blocked"


class ChangeKind(StrEnum):
    """What a change is about."""

    DECISION = "decision"
    BLOCK = "block"
    STOP = "stop"
    PAUSE = "pause"
    ERASURE = "erasure"


class Change(NamedTuple):
    """One change of a standing: what, from and to; ``name`` is a purpose or a block, or empty.

    ``after`` of a stop or a pause is a time in RFC 3339, empty for none.
    """

    kind: ChangeKind
    name: str
    before: str
    after: str


class Effect(NamedTuple):
    """The standing after an act, the changes that led there, and the verdict for each purpose it named."""

    standing: Standing
    changes: tuple[Change, ...]
    verdicts: Mapping[str, ActVerdict]

    @property
    def worth_recording(self) -> bool:
        """Say whether the act belongs into the ledger: it changed something, or came too late to."""
        return bool(self.changes) or ActVerdict.OLDER in self.verdicts.values()


def apply_act(standing: Standing, act: Act, *, record: str, fingerprints: Mapping[str, str]) -> Effect:
    """Work out what an act changes; ``record`` is the id it gets if it is recorded.

    A person who was erased is on no list: until that block is lifted only blocks change, and nothing is collected.
    """
    if Block.ERASED in standing.blocks and not (act.block or act.lift):
        return Effect(standing, (), dict.fromkeys(act.states, ActVerdict.BLOCKED))
    decisions = dict(standing.decisions)
    changes: list[Change] = []
    verdicts: dict[str, ActVerdict] = {}
    for purpose, state in act.states.items():
        before = decisions.get(purpose)
        verdicts[purpose] = _judge(standing, before, state, act)
        if verdicts[purpose] is ActVerdict.APPLIED:
            decisions[purpose] = _make_decision(before, purpose, state, act, record, fingerprints.get(purpose, ""))
            changes.append(Change(ChangeKind.DECISION, purpose, before.state if before else "none", state))
    blocks, block_changes = _apply_blocks(standing, act)
    stopped_at, stop_changes = _stop(standing, act)
    paused_until, pause_changes = _apply_pause(standing, act)
    changed = (*changes, *block_changes, *stop_changes, *pause_changes)
    return Effect(Standing(decisions, blocks, stopped_at, paused_until), changed, verdicts)


def find_still_wanted(act: Act, purposes: Sequence[str], requested_at: int) -> tuple[str, ...]:
    """List which purposes of a request that waits for its confirmation are still wanted after an act.

    An older wish never outlives a newer no; a no that happens now is newer than every request. While a
    block stands none is confirmed, and to lift it brings none of before back.
    """
    if requested_at > act.at and not act.happens_now:
        return tuple(purposes)
    if act.stop_all or act.lift:
        return ()
    return tuple(key for key in purposes if act.states.get(key) not in NO)


def _make_decision(
    before: Decision | None, purpose: str, state: State, act: Act, record: str, fingerprint: str
) -> Decision:
    """Make the decision that an act leads to.

    An end is nothing that the person did: the time of the yes stays, so that a no or a stop that came after it and is
    told late still counts. ``valid_until`` is then when it ended.
    """
    if state is State.EXPIRED and before is not None:
        return before._replace(state=state, method=act.method, record=record)
    until = act.lasts_until.get(purpose, 0)
    return Decision(purpose, state, act.method, act.at, until, record, fingerprint, False)


def _judge(standing: Standing, before: Decision | None, state: State, act: Act) -> ActVerdict:
    if state is State.PENDING:
        return ActVerdict.APPLIED if before is None else ActVerdict.UNCHANGED
    if state is State.GRANTED:
        return _judge_grant(standing, before, act)
    if state is State.EXPIRED:
        ended = before is not None and before.state == State.GRANTED and 0 < before.valid_until <= act.at
        return ActVerdict.APPLIED if ended else ActVerdict.UNCHANGED
    if before is None or before.state == State.PENDING:
        return ActVerdict.APPLIED
    if before.state in NO:
        return ActVerdict.UNCHANGED
    return ActVerdict.APPLIED if act.at >= before.at else ActVerdict.OLDER


def _judge_grant(standing: Standing, before: Decision | None, act: Act) -> ActVerdict:
    if standing.blocks:
        return ActVerdict.BLOCKED
    if standing.stops(before) and not (act.revives and act.at > (standing.stopped_at or 0)):
        return ActVerdict.WITHDRAWAL_NEWER
    if before is None or before.state == State.PENDING:
        return ActVerdict.APPLIED
    if before.state in NO:
        return ActVerdict.APPLIED if act.revives and act.at > before.at else ActVerdict.WITHDRAWAL_NEWER
    if act.at == before.at:
        return ActVerdict.UNCHANGED
    return ActVerdict.APPLIED if act.at > before.at else ActVerdict.OLDER


def _apply_blocks(standing: Standing, act: Act) -> tuple[Mapping[str, int], list[Change]]:
    blocks = dict(standing.blocks)
    changes = []
    if act.block and act.block not in blocks:
        blocks[act.block.value] = act.at
        kind, after = (ChangeKind.ERASURE, "erased") if act.erases else (ChangeKind.BLOCK, "blocked")
        changes.append(Change(kind, act.block, "", after))
    if act.lift and act.lift in blocks:
        del blocks[act.lift]
        changes.append(Change(ChangeKind.BLOCK, act.lift, "blocked", ""))
    return blocks, changes


def _stop(standing: Standing, act: Act) -> tuple[int | None, list[Change]]:
    """Stop everything; repeating it while nothing was granted since changes nothing."""
    before = standing.stopped_at
    if not act.stop_all or (before is not None and before >= act.at):
        return before, []
    if before is not None and not any(
        d.at > before and d.state not in WAITS_OR_NO for d in standing.decisions.values()
    ):
        return before, []
    return act.at, [Change(ChangeKind.STOP, "", _time(before), _time(act.at))]


def _apply_pause(standing: Standing, act: Act) -> tuple[int | None, list[Change]]:
    if act.pause_until is None or (act.pause_until or None) == standing.paused_until:
        return standing.paused_until, []
    after = act.pause_until or None
    return after, [Change(ChangeKind.PAUSE, "", _time(standing.paused_until), _time(after))]


def _time(at: int | None) -> str:
    return write_time(at) if at else ""
