"""Erasing a visitor or a subject: records, decisions and history go; that it happened stays, without identity."""

from collections.abc import Sequence

from consent_service.domain.identifier import name_visitor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.denial import DenialKind, NotedDenial
from consent_service.domain.ledger.removal_record import RemovalCause
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act, Change, ChangeKind
from consent_service.domain.subject.standing import Block, Standing
from consent_service.services.feed.announcing_changes import WEBHOOK_JOB
from consent_service.services.imports.keeping_import_files import forget_reports
from consent_service.services.ledger.noting_denials import note_denial
from consent_service.services.ledger.removing_records import append_removal, read_payload, remove_records
from consent_service.services.resources import Resources
from consent_service.services.subject.appending_acts import append_act
from consent_service.services.subject.identifying_subjects import list_other_principals
from consent_service.services.subject.recording_acts import commit_changes
from consent_service.storage.changes import blank_changes, find_head, list_changes_of
from consent_service.storage.declarations import delete_declaration
from consent_service.storage.endings import delete_endings
from consent_service.storage.engine.claims import claim_feed, claim_principal
from consent_service.storage.import_runs import list_closed_runs
from consent_service.storage.outbox import drop_jobs, drop_jobs_about
from consent_service.storage.records import (
    StoredRecord,
    append_erasure,
    delete_records,
    find_last_record,
    stream_records_about,
)
from consent_service.storage.requests import delete_requests
from consent_service.storage.standings import delete_standing, find_standing
from consent_service.storage.subjects import delete_subject


def erase_visitor(resources: Resources, site: Site, visitor: str, actor: str) -> int:
    """Erase everything kept about a visitor and return how many records that were; harmless to repeat."""
    principal = name_visitor(site.id, visitor)
    with resources.database.write(claim_principal(principal)):
        records = remove_records(resources, principal, RemovalCause.ERASURE, actor)
        delete_standing(resources.database, principal)
        if records:
            now = resources.clock()
            append_erasure(resources.database, resources.new_id(now), site.id, now, actor, records)
            note_denial(resources, NotedDenial(kind=DenialKind.ERASURE, principal=principal, at=now))
    if records:
        resources.database.empty_log()
    return records


def erase_subject(
    resources: Resources,
    site: Site,
    principal: str,
    actor: str,
    *,
    block: Block = Block.ERASED,
    others: Sequence[str] | None = None,
) -> int:
    """Erase a subject and return how many records that were; harmless to repeat.

    ``others`` are principals of the same person under other forms of their number, which are found where they are
    not given, and erased too.

    What stays is the keyed hash with the reason and the date of every block, and a signed record of each, so that the
    address is not mailed again when it comes back with an import. The rows of the feed keep their numbers and lose what
    they told, and webhook jobs about them go; the feed then tells the erasure, which ends all that held before, and the
    blocks that stay.
    The reports of imports that are over go as well, because any of them may name the person.
    """
    if others is None:
        others = list_other_principals(resources, site, principal)
    return sum(_erase_one(resources, site, one, actor, block) or 0 for one in (principal, *others))


def erase_unproven_subject(resources: Resources, site: Site, principal: str, actor: str, *, block: Block) -> bool:
    """Erase a subject of whom nothing is proven; False, and nothing is done, where anything is."""
    return _erase_one(resources, site, principal, actor, block, spares_proven=True) is not None


def _erase_one(
    resources: Resources, site: Site, principal: str, actor: str, block: Block, *, spares_proven: bool = False
) -> int | None:
    database = resources.database
    # Most are found before anybody has to wait for us, and the few that come meanwhile inside.
    seen = find_head(database, site.id)
    told = [change for change in list_changes_of(database, site.id, principal) if change[0] <= seen]
    with database.write(claim_feed(site.id)):
        now = resources.clock()
        told += list_changes_of(database, site.id, principal, seen)
        standing = find_standing(database, principal)
        if spares_proven and _is_proven(resources, principal, standing):
            return None
        gone = list(stream_records_about(database, principal))
        records = sum(not _is_erasure(record) for record in gone)
        if not records and _is_erased(standing, block, [kind for _, kind in told]):
            return 0
        delete_records(database, principal)
        delete_requests(database, principal)
        append_removal(resources, site.id, gone, RemovalCause.ERASURE, actor)
        delete_subject(database, principal)
        delete_endings(database, principal)
        delete_declaration(database, principal)
        drop_jobs(database, [principal])
        if told:
            numbers = [number for number, _ in told]
            blank_changes(database, site.id, numbers)
            drop_jobs_about(database, site.id, WEBHOOK_JOB, numbers)
        left = Standing({}, {block.value: now, **standing.blocks})
        for name in sorted(left.blocks, key=lambda name: name != block):
            erased = name == block
            change = Change(
                ChangeKind.ERASURE if erased else ChangeKind.BLOCK, name, "", "erased" if erased else "blocked"
            )
            act = Act(method=Method.ERASURE, actor=actor, at=left.blocks[name], block=Block(name), erases=erased)
            identifier = resources.new_id(now)
            append_act(resources, site, principal, act, identifier=identifier, now=now)
            commit_changes(resources, site, principal, act, left, [change], identifier, now)
        append_erasure(database, resources.new_id(now), site.id, now, actor, records)
        note_denial(resources, NotedDenial(kind=DenialKind.ERASURE, principal=principal, at=now, block=block))
    if not spares_proven:
        # A stranger's word does not take the operator's reports away.
        forget_reports(resources, list_closed_runs(database, site.id))
    database.empty_log()
    return records


def _is_erasure(record: StoredRecord) -> bool:
    """Say whether a record is what an earlier erasure left; one that cannot be read is not."""
    try:
        return bool(read_payload(record.signed)["method"] == Method.ERASURE)
    except (ValueError, KeyError, TypeError):
        return False


def _is_proven(resources: Resources, principal: str, standing: Standing) -> bool:
    """Say whether more is known of a subject than requests, which anybody can make."""
    decided = any(decision.state != State.PENDING for decision in standing.decisions.values())
    return decided or bool(standing.blocks) or find_last_record(resources.database, principal) is not None


def _is_erased(standing: Standing, block: Block, told: Sequence[str]) -> bool:
    """Say whether nothing is left that an erasure would take."""
    bare = block in standing.blocks and standing == Standing({}, standing.blocks)
    return bare and set(told) <= {ChangeKind.BLOCK, ChangeKind.ERASURE}
