"""Folding: what the records of a person or browser say together, against the standing, the endings and the feed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from consent_service.domain.basics.moment import read_time
from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.feed.feed_change import FeedChange
from consent_service.domain.ledger.consent_record import ConsentRecord, MessageRecord
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.ledger.typed_record import TypedRecord
from consent_service.domain.subject.act import ChangeKind
from consent_service.domain.subject.act_folding import FoldedAct, fold_record
from consent_service.domain.subject.standing import NO_STANDING, Standing
from consent_service.domain.visitor.choice_folding import UNTOLD, fold_choice
from consent_service.services.audit.collecting_faults import StoreVerdict
from consent_service.services.audit.gathering_people import OwnedRows
from consent_service.services.audit.reading_shared_texts import NO_TERMS, NoticeTerms
from consent_service.services.visitor.appending_choices import digest_recorded_choice
from consent_service.storage.engine.database import Readable
from consent_service.storage.standings import read_standing

TellChange = Callable[[str, FeedChange], None]
"""Takes the site and a row that the feed has to have; its number, times and reference are not told by records."""


@dataclass(frozen=True, slots=True)
class PeopleFolder:
    """Folds the records of one owner after the other and compares."""

    snapshot: Readable
    verdict: StoreVerdict
    notices: Mapping[str, NoticeTerms]
    tell_change: TellChange

    def fold(self, rows: OwnedRows, records: Sequence[TypedRecord]) -> None:
        """Compare what is in force for an owner with what its records say."""
        said = [one for one in records if isinstance(one, ConsentRecord) and one.principal == rows.owner]
        if rows.kind == "v":
            expected, waiting = self._fold_choices(rows, said), dict[str, MessageRecord]()
        else:
            expected = self._fold_acts(rows, said)
            waiting = self._list_requests(rows, records)
        if rows.standings or expected != NO_STANDING:
            self.verdict.people += 1
        self._compare_standing(rows, expected, waiting)
        self._compare_endings(rows, expected)

    def _fold_choices(self, rows: OwnedRows, said: Sequence[ConsentRecord]) -> Standing:
        current: dict[str, Decision] = {}
        acts = {stored.head.id: stored.head.act for stored in rows.records}
        before = b""
        for record in said:
            if isinstance(record, MessageRecord):
                self.verdict.add_fault(f"{rows.owner} record {record.seq}: it is no record of a visitor")
                continue
            act = before if record.method == Method.SIGNAL else digest_recorded_choice(record)
            if act != acts[record.id]:
                self.verdict.add_fault(f"{rows.owner} record {record.seq}: its act is not the digest of what was done")
            before = act
            terms = self._find_terms(rows, record)
            current = fold_choice(current, record, terms.prints, notice_signal=terms.signal)
        return Standing(current)

    def _fold_acts(self, rows: OwnedRows, said: Sequence[ConsentRecord]) -> Standing:
        standing = NO_STANDING
        for record in said:
            if not isinstance(record, MessageRecord):
                self.verdict.add_fault(f"{rows.owner} record {record.seq}: it is no record about messages")
                continue
            terms = self._find_terms(rows, record) if record.notice else NO_TERMS
            try:
                folded = fold_record(standing, record, terms.prints)
            except ValueError as error:
                self.verdict.add_fault(f"{rows.owner} record {record.seq}: it tells no act ({error})")
                continue
            standing = folded.effect.standing
            for change in list_feed_changes(record, folded):
                self.tell_change(record.site, change)
        return standing

    def _find_terms(self, rows: OwnedRows, record: ConsentRecord) -> NoticeTerms:
        terms = self.notices.get(record.notice)
        if terms is None:
            self.verdict.add_fault(f"{rows.owner} record {record.seq}: its notice {record.notice} is missing")
        return terms or NO_TERMS

    def _list_requests(self, rows: OwnedRows, records: Sequence[TypedRecord]) -> dict[str, MessageRecord]:
        """List the records of requests by their ids; nothing else may lie under a request."""
        requests = {}
        for record in records:
            if record.principal == rows.owner:
                continue
            if not isinstance(record, MessageRecord) or record.method != Method.SUBSCRIBE_REQUEST:
                self.verdict.add_fault(f"{record.principal} record {record.seq}: it is no request")
            else:
                requests[record.id] = record
        return requests

    def _compare_standing(self, rows: OwnedRows, expected: Standing, waiting: Mapping[str, MessageRecord]) -> None:
        stored = NO_STANDING
        for row in rows.standings:
            if row.principal != rows.owner:
                self.verdict.add_fault(f"standing {row.principal}: nobody of that name has a standing")
                continue
            try:
                stored = read_standing(self.snapshot, row.columns)
            except (StorageUnavailable, ValueError, TypeError) as error:
                self.verdict.add_fault(f"standing {row.principal}: it cannot be read ({error})")
                return
        pending = {key: one for key, one in stored.decisions.items() if one.state == State.PENDING}
        decided = {key: one for key, one in stored.decisions.items() if key not in pending}
        faults = [
            *_compare_decisions(expected.decisions, decided),
            *self._compare_pending(pending, waiting),
            *_compare_overrides(expected, stored),
        ]
        for fault in faults:
            self.verdict.add_fault(f"standing {rows.owner}: {fault}")

    def _compare_pending(self, pending: Mapping[str, Decision], requests: Mapping[str, MessageRecord]) -> Iterator[str]:
        for purpose, found in pending.items():
            request = requests.get(found.record)
            if request is None or request.decisions.get(purpose) != State.PENDING:
                yield f"{purpose} waits for a confirmation, and there is no record of the request {found.record}"
                continue
            prints = self.notices.get(request.notice, NO_TERMS).prints
            at, text = read_time(request.acted_at), prints.get(purpose, UNTOLD)
            if found != Decision(purpose, State.PENDING, request.method, at, 0, request.id, text, False):
                yield f"{purpose} waits for a confirmation otherwise than the request {request.id} says"

    def _compare_endings(self, rows: OwnedRows, expected: Standing) -> None:
        wanted = {
            (rows.owner, key): one.valid_until
            for key, one in expected.decisions.items()
            if rows.kind == "s" and one.state == State.GRANTED and one.valid_until
        }
        found = {(one.principal, one.purpose): one.at for one, said in rows.endings if said == rows.site}
        for principal, purpose in sorted({*wanted, *found, *((o.principal, o.purpose) for o, _ in rows.endings)}):
            if wanted.get((principal, purpose)) != found.get((principal, purpose)):
                self.verdict.add_fault(f"ending {principal} {purpose}: it is not what the records say")


def list_feed_changes(record: MessageRecord, folded: FoldedAct) -> Iterator[FeedChange]:
    """List the changes that a record has to have in the feed; what no record tells of them is left at nothing."""
    act = folded.act
    for change in folded.effect.changes:
        if change.after == State.PENDING:
            continue
        granted = change.kind is ChangeKind.DECISION and change.after == State.GRANTED
        until = act.lasts_until.get(change.name, 0) if granted else 0
        before = "none" if change.before == State.PENDING else change.before
        what = (change.kind, change.name, before, change.after, until)
        yield FeedChange(0, 0, act.at, record.principal, None, *what, act.method, act.source, record.id)


def _compare_decisions(expected: Mapping[str, Decision], stored: Mapping[str, Decision]) -> Iterator[str]:
    for purpose in sorted({*expected, *stored}):
        said, found = expected.get(purpose), stored.get(purpose)
        if said and found and said.fingerprint == UNTOLD:
            said = said._replace(fingerprint=found.fingerprint)
        if said is None and found:
            yield f"{found.state} for {purpose} is in force and no record says so"
        elif said and found is None:
            yield f"{said.state} for {purpose} is not in force, though the record {said.record} says so"
        elif said != found and said and found:
            odd = [name for name in Decision._fields if getattr(said, name) != getattr(found, name)]
            yield f"{', '.join(odd)} for {purpose} are not what the record {said.record} says"


def _compare_overrides(expected: Standing, stored: Standing) -> Iterator[str]:
    for block in sorted({*expected.blocks, *stored.blocks}):
        if expected.blocks.get(block) != stored.blocks.get(block):
            yield f"the block {block} is not what the records say"
    if expected.stopped_at != stored.stopped_at:
        yield "when everything was stopped is not what the records say"
    if expected.paused_until != stored.paused_until:
        yield "until when it is paused is not what the records say"
