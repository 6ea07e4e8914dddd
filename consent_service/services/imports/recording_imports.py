"""Recording the acts of an import: in the ledger, or for a dry run in a scratch file that nobody asks."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple, Protocol

from consent_service.domain.identifier import NO_RECORD
from consent_service.domain.imports.import_run import ImportProgress, ImportRun
from consent_service.domain.ledger.decision import State
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act, ActVerdict, apply_act
from consent_service.domain.subject.act_time import place_act
from consent_service.domain.subject.standing import Standing, join_standings
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import Identified, keep_address, read_standing_of
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.engine.claims import claim_feed
from consent_service.storage.import_runs import save_progress
from consent_service.storage.import_scratch_file import ImportScratchFile
from consent_service.storage.standings import find_standing
from consent_service.storage.subjects import find_subject


class ActOutcome(NamedTuple):
    """What became of an act: the verdict for each purpose, and whether anything changed."""

    verdicts: Mapping[str, ActVerdict]
    changed: bool


class ActTarget(Protocol):
    """What takes the acts of an import."""

    def find_standing(self, person: Identified) -> Standing:
        """Tell where somebody stands after the rows so far."""

    def take(self, person: Identified, act: Act) -> ActOutcome:
        """Take one act; runs inside ``write``."""

    def write(self) -> AbstractContextManager[None]:
        """Hold everything that one batch changes."""

    def find_progress(self) -> ImportProgress:
        """Tell how far the import has come here."""

    def keep_progress(self, progress: ImportProgress) -> None:
        """Note how far the import has come; runs inside ``write``."""


class LedgerTarget:
    """The ledger itself: every act becomes a record, in one transaction with the progress."""

    def __init__(self, resources: Resources, site: Site, run: ImportRun, scratch: ImportScratchFile) -> None:
        self._resources, self._site, self._run, self._scratch = resources, site, run, scratch

    def find_standing(self, person: Identified) -> Standing:
        """Tell where somebody stands."""
        return read_standing_of(self._resources, self._site, person.principal, person.others)

    def take(self, person: Identified, act: Act) -> ActOutcome:
        """Record one act, and keep the address of who said yes."""
        acted = record_act(self._resources, self._site, person.principal, act, others=person.others)
        if acted.changes and State.GRANTED in _list_applied_states(act, acted.verdicts):
            self._keep_address(person)
        return ActOutcome(acted.verdicts, bool(acted.changes))

    def _keep_address(self, person: Identified) -> None:
        known = find_subject(self._resources.database, person.principal)
        if person.address and (known is None or known.sealed is None):
            language = known.language if known else self._site.default_language
            now = self._resources.clock()
            keep_address(
                self._resources, self._site, person.principal, person.address, language=language, ref=None, now=now
            )

    @contextmanager
    def write(self) -> Iterator[None]:
        """Hold both transactions; the scratch file may run ahead, because it can take the same batch twice."""
        with self._resources.database.write(claim_feed(self._site.id)), self._scratch.write():
            yield

    def find_progress(self) -> ImportProgress:
        """Tell how far the run has come."""
        return self._run.progress

    def keep_progress(self, progress: ImportProgress) -> None:
        """Note it beside the acts."""
        save_progress(self._resources.database, self._run.id, progress, self._resources.clock())


class DryRunTarget:
    """The dry run: the same verdicts on standings that nobody else sees."""

    def __init__(self, resources: Resources, run: ImportRun, scratch: ImportScratchFile) -> None:
        self._resources, self._run, self._scratch = resources, run, scratch

    def find_standing(self, person: Identified) -> Standing:
        """Tell where somebody would stand."""
        return self._scratch.find_standing(person.principal) or join_standings(
            [find_standing(self._resources.database, one) for one in (person.principal, *person.others)]
        )

    def take(self, person: Identified, act: Act) -> ActOutcome:
        """Work out what the act would change."""
        standing = self.find_standing(person)
        placed = place_act(act, standing, self._resources.clock())
        effect = apply_act(standing, placed, record=NO_RECORD, fingerprints={})
        if effect.changes:
            self._scratch.keep_standing(person.principal, effect.standing)
        return ActOutcome(effect.verdicts, bool(effect.changes))

    @contextmanager
    def write(self) -> Iterator[None]:
        """Hold the transaction of the scratch file, and tell the run how far it came when that is done."""
        with self._scratch.write():
            yield
        with self._resources.database.write():
            save_progress(self._resources.database, self._run.id, self.find_progress(), self._resources.clock())

    def find_progress(self) -> ImportProgress:
        """Tell how far the standings in the scratch file have come."""
        return self._scratch.find_progress()

    def keep_progress(self, progress: ImportProgress) -> None:
        """Note it beside the standings."""
        self._scratch.keep_progress(progress)


def _list_applied_states(act: Act, verdicts: Mapping[str, ActVerdict]) -> list[State]:
    return [act.states[purpose] for purpose, verdict in verdicts.items() if verdict is ActVerdict.APPLIED]
