"""Judging the rows of an import: each becomes an act of its person, or a code that says why it does not."""

from collections.abc import Sequence
from dataclasses import dataclass

from consent_service.domain.basics.moment import write_time
from consent_service.domain.basics.row_fault import RowCode, RowFault
from consent_service.domain.errors import AddressFault
from consent_service.domain.imports.import_reader import ReadRow
from consent_service.domain.imports.import_report import RowOutcome, RowResult
from consent_service.domain.imports.import_row import ImportRow, ImportStatus, SilentRow
from consent_service.domain.imports.import_run import ImportRun
from consent_service.domain.imports.import_topics import find_concerned
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.site.purpose import Purpose, find_ends
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act, ActVerdict
from consent_service.domain.subject.standing import Block
from consent_service.services.imports.recording_imports import ActOutcome, ActTarget
from consent_service.services.resources import Resources
from consent_service.services.subject.appending_acts import digest_act
from consent_service.services.subject.identifying_subjects import Identified, identify_email, identify_phone
from consent_service.storage.import_scratch_file import ImportScratchFile
from consent_service.storage.records import has_act

STATES = {
    ImportStatus.GRANTED: State.GRANTED,
    ImportStatus.PENDING: State.PENDING,
    ImportStatus.WITHDRAWN: State.WITHDRAWN,
    ImportStatus.SUPPRESSED: State.WITHDRAWN,
}
REPORTED = frozenset({ActVerdict.OLDER, ActVerdict.WITHDRAWAL_NEWER, ActVerdict.BLOCKED})
"""The verdicts that the report names as codes."""
MAX_SOURCE = 200
"""So many characters of a source are recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowJudge:
    """Judges the rows of one run, one after the other; runs inside the target's ``write``."""

    resources: Resources
    site: Site
    run: ImportRun
    target: ActTarget
    scratch: ImportScratchFile

    def judge(self, said: ReadRow) -> RowOutcome:
        """Let one thing that a row says become an act."""
        if isinstance(said, SilentRow):
            return RowOutcome(RowResult.SKIPPED, read_as=("no answer",))
        if isinstance(said, RowFault):
            return RowOutcome(RowResult.REJECTED, (said.code,), (said.detail,))
        time = write_time(said.at) if said.at is not None else "import"
        return self._judge_row(said)._replace(read_as=(f"{said.channel} {said.status}",), times=(time,))

    def _judge_row(self, said: ImportRow) -> RowOutcome:
        identify = identify_email if said.kind == "email" else identify_phone
        try:
            person = identify(self.resources, self.site, said.address)
        except AddressFault as fault:
            return RowOutcome(RowResult.REJECTED, (RowCode.INVALID_ADDRESS,), (fault.detail,))
        return self._block(said, person) if said.status.is_block else self._decide(said, person)

    def _block(self, row: ImportRow, person: Identified) -> RowOutcome:
        act = self._make_act(row, self._find_time(row, person), (), block=Block(row.status.value))
        return self._take(row, person, act, [row.status.value])

    def _decide(self, row: ImportRow, person: Identified) -> RowOutcome:
        purposes, unknown = find_concerned(row, self.site, self.run.options.basis)
        if not purposes:
            detail = ", ".join(unknown or row.topics) or row.channel
            return RowOutcome(RowResult.REJECTED, (RowCode.UNKNOWN_TOPIC,), (detail,))
        act = self._make_act(row, self._find_time(row, person), purposes)
        outcome = self._take(row, person, act, [purpose.key for purpose in purposes])
        if not unknown:
            return outcome
        return RowOutcome(outcome.result, (*outcome.codes, RowCode.UNKNOWN_TOPIC), (*outcome.details, *unknown))

    def _find_time(self, row: ImportRow, person: Identified) -> int:
        """Tell when an act counts from; a no without a time is never older than a yes that a fast clock dated ahead."""
        if row.at is not None:
            return row.at
        newest = max((decision.at for decision in self.target.find_standing(person).decisions.values()), default=0)
        return newest if newest > self.resources.clock() else self.run.stamped_at

    def _make_act(self, row: ImportRow, at: int, purposes: tuple[Purpose, ...], *, block: Block | None = None) -> Act:
        """Make the act; it never says that it revives, so no row can turn a no into a yes."""
        state = STATES.get(row.status)
        confirmed = {} if row.confirmed_at is None else {"confirmed_at": write_time(row.confirmed_at)}
        return Act(
            method=Method.IMPORT,
            actor=self.run.actor,
            at=at,
            states={purpose.key: state for purpose in purposes if state},
            block=block,
            lasts_until=find_ends(purposes, at) if state is State.GRANTED else {},
            source=row.source[:MAX_SOURCE],
            evidence={**row.evidence, **confirmed, "file": self.run.file_hash[:16], "line": str(row.line)},
        )

    def _take(self, row: ImportRow, person: Identified, act: Act, names: Sequence[str]) -> RowOutcome:
        repeats = self.scratch.remember_line(person.principal, names, row.line)
        outcome = ActOutcome({}, False) if self._is_settled(row, person, act) else self.target.take(person, act)
        reported = {key: verdict for key, verdict in outcome.verdicts.items() if verdict in REPORTED}
        if row.status.is_no and ActVerdict.OLDER in reported.values():
            return _tell_lost_no([key for key, verdict in reported.items() if verdict is ActVerdict.OLDER])
        codes = (*dict.fromkeys(reported.values()), *(code for code, _ in row.remarks))
        details = (*reported, *(detail for _, detail in row.remarks))
        if outcome.changed:
            return RowOutcome(RowResult.APPLIED, codes, details)
        if repeats:
            return RowOutcome(RowResult.SKIPPED, (RowCode.DUPLICATE_IN_FILE,))
        return RowOutcome(RowResult.SKIPPED if reported else RowResult.UNCHANGED, codes, details)

    def _is_settled(self, row: ImportRow, person: Identified, act: Act) -> bool:
        """Say whether there is nothing left to do.

        Somebody who was erased gets no new record for a no. What was recorded once stays as it came to be since, as
        a block that was lifted, however often its file comes again.
        """
        if row.status.is_no and Block.ERASED in self.target.find_standing(person).blocks:
            return True
        return has_act(self.resources.database, person.principal, digest_act(act))


def _tell_lost_no(purposes: Sequence[str]) -> RowOutcome:
    """Tell of a no that changed nothing because a yes is newer; messages may go on, so it must not be missed."""
    detail = f"NOT STOPPED: {', '.join(purposes)}: the no is dated before a yes that is known"
    return RowOutcome(RowResult.REJECTED, (RowCode.NO_OLDER_THAN_YES,), (detail,))
