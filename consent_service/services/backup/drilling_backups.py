"""Drilling: a backup is restored elsewhere, verified record by record, and compared with the store that is served."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from consent_service.domain.basics.plain_text import count_noun
from consent_service.domain.ledger.decision import State
from consent_service.domain.site.site import Site
from consent_service.domain.subject.standing import NO_STANDING, Standing
from consent_service.services.backup.rebuilding_homes import RebuildSource, Rebuilt, rebuild_home
from consent_service.services.backup.taking_backups import Progress
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.ledger.guarding_ledger import compute_ledger_root
from consent_service.services.operator.preparing_home import open_resources
from consent_service.services.resources import Resources
from consent_service.settings import Settings
from consent_service.storage.engine.database import Readable
from consent_service.storage.evidence.tree import find_ledger
from consent_service.storage.standings import list_standings_after
from consent_service.verifier.export_verification import verify_export

PREFIX = "consent-drill-"
PAGE = 500


class Drilled(NamedTuple):
    """What a drill found: a home that was rebuilt and is gone again, what held, and what did not."""

    rebuilt: Rebuilt
    found: list[str]
    faults: list[str]


def drill_backup(
    settings: Settings, source: RebuildSource, sites: Mapping[str, Site], say: Progress = lambda *_: None
) -> Drilled:
    """Rebuild a home from a backup beside the one that is served, verify it and compare the two; changes nothing.

    The one that is served is read as it was when the drill began; whatever it denied then, the other has to deny too.
    """
    present = open_resources(settings)
    with (
        present.database.snapshot() as stored,
        tempfile.TemporaryDirectory(prefix=PREFIX, dir=settings.home) as folder,
    ):
        rebuilt = rebuild_home(settings, Path(folder) / "home", source, sites, say)
        found: list[str] = []
        faults: list[str] = []
        for site in sites.values():
            verdict = verify_export(export_records(rebuilt.resources, site, None), present.keys.public_keys)
            found.append(f"{site.id}: {count_noun(verdict.records, 'record')} read, {verdict.faulty} do not verify")
            faults += [f"{site.id}: {fault}" for fault in verdict.faults]
            faults += _compare_ledgers(present, rebuilt.resources, site)
        compared = 0
        for principal, undone in _compare_standings(stored, rebuilt.resources, present.clock()):
            compared += 1
            faults += [f"{principal}: {purpose} was denied and would be allowed" for purpose in undone]
        found.append(f"{compared} visitors and people compared")
        rebuilt.resources.database.close()
    return Drilled(rebuilt, found, faults)


def _compare_ledgers(present: Resources, rebuilt: Resources, site: Site) -> Iterator[str]:
    """Tell where the tree of the backup is not how that of the present began."""
    now, then = find_ledger(present.database, site.id), find_ledger(rebuilt.database, site.id)
    size = min(now.size if now else 0, then.size if then else 0)
    if size and compute_ledger_root(present, site.id, size) != compute_ledger_root(rebuilt, site.id, size):
        yield f"{site.id}: the first {size} sealed records of the backup are not those of the store"


def _compare_standings(present: Readable, rebuilt: Resources, now: int) -> Iterator[tuple[str, list[str]]]:
    """Go through everybody whom the backup knows, and name what it would allow and the store does not."""
    stored = _stream_standings(present)
    here = next(stored, None)
    for principal, there in _stream_standings(rebuilt.database):
        while here and here[0] < principal:
            here = next(stored, None)
        known = here[1] if here and here[0] == principal else NO_STANDING
        yield (
            principal,
            [
                purpose
                for purpose in there.decisions
                if _is_allowed(there, purpose, now) and not _is_allowed(known, purpose, now)
            ],
        )


def _stream_standings(readable: Readable) -> Iterator[tuple[str, Standing]]:
    page = list_standings_after(readable, "", PAGE)
    while page:
        yield from page
        page = list_standings_after(readable, page[-1][0], PAGE)


def _is_allowed(standing: Standing, purpose: str, now: int) -> bool:
    """Say whether somebody's standing lets a purpose through, before the site file is asked."""
    decision = standing.decisions.get(purpose)
    if decision is None or decision.state != State.GRANTED or standing.blocks or standing.stops(decision):
        return False
    return not 0 < decision.valid_until <= now and not now < (standing.paused_until or 0)
