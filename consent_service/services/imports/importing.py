"""Importing a file: batch by batch, so that it can be stopped at any moment and goes on where it was."""

from collections.abc import Callable
from typing import Any

from consent_service.domain.basics.file_encoding import check_encoding
from consent_service.domain.basics.file_pieces import read_pieces
from consent_service.domain.basics.moment import DAY, HOUR, SECOND
from consent_service.domain.basics.payment_data import mask_card_numbers
from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.feed.webhook_event import Event
from consent_service.domain.imports.import_options import ImportOptions
from consent_service.domain.imports.import_run import ImportRun, ImportState
from consent_service.domain.job import Job
from consent_service.domain.site.site import Site
from consent_service.services.feed.announcing_changes import announce_event
from consent_service.services.imports.applying_batches import apply_batches, open_import
from consent_service.services.imports.keeping_import_files import ImportFolder, Upload, name_imports_folder
from consent_service.services.queueing_jobs import Attempt, make_job, queue_jobs
from consent_service.services.resources import Resources
from consent_service.storage.engine.claims import claim_site
from consent_service.storage.import_runs import (
    add_run,
    close_run,
    find_first_import,
    find_run,
    find_unfinished_run,
)

IMPORT_JOB = "import"
SLICE = 5 * SECOND
"""For so long an import goes on at a time; then other jobs have their turn."""
STALE = HOUR
"""After so long without progress another import may begin."""
REPORT_KEPT = 30 * DAY


def begin_import(
    resources: Resources,
    site: Site,
    upload: Upload,
    options: ImportOptions,
    *,
    dry_run: bool,
    actor: str,
    file_name: str = "",
    by_worker: bool = False,
) -> ImportRun:
    """Take in a file that was uploaded; the same file with the same options goes on where it was interrupted.

    ``by_worker`` leaves the work to the worker. Raises ImportFault for a file or options that cannot be taken, and
    while another import of the site is running; then the upload is gone.
    """
    file_name = mask_card_numbers(file_name)
    try:
        file_hash = upload.finish()
        now = resources.clock()
        options.check(site, now)
        _check_file(upload, options, file_name, now)
        prune_imports(resources)
        with resources.database.write(claim_site(site.id)):
            run = ImportRun(
                id=upload.id,
                site=site.id,
                file_hash=file_hash,
                file_name=file_name,
                options=options,
                dry_run=dry_run,
                # A no without a time counts from the first import of its file, so that the same file never repeats it.
                stamped_at=find_first_import(resources.database, site.id, file_hash) or now,
                actor=actor,
                created_at=now,
                updated_at=now,
            )
            unfinished = find_unfinished_run(resources.database, site.id)
            if unfinished and unfinished.is_same_import(run):
                upload.discard()
                return unfinished
            if unfinished:
                _abandon_run(resources, unfinished, now)
            add_run(resources.database, run)
            if by_worker:
                queue_jobs(resources, make_job(resources, site, IMPORT_JOB, run.id, {"import": run.id}))
    except BaseException:
        upload.discard()
        raise
    return run


def continue_import(
    resources: Resources,
    site: Site,
    run: ImportRun,
    *,
    stop: Callable[[], bool] = lambda: False,
    on_progress: Callable[[int], object] = bool,
) -> ImportRun:
    """Work on an import until it is finished or told to stop, and return it as it is then.

    ``on_progress`` learns after each batch how many bytes of the file were read. Raises ImportFault where another
    process works on it.
    """
    folder = ImportFolder(resources, run.id)
    if run.state is ImportState.RUNNING:
        with folder.lock():
            run = find_run(resources.database, run.id) or run
            if run.state is ImportState.RUNNING and apply_batches(
                resources, site, run, stop=stop, on_progress=on_progress
            ):
                _finish_run(resources, site, run)
    run = find_run(resources.database, run.id) or run
    if run.state is not ImportState.RUNNING:
        folder.clear()
    return run


def import_for_a_while(resources: Resources, site: Site, _: Job, body: dict[str, Any]) -> Attempt:
    """Work on an import for a while, so that other jobs have their turn between."""
    run = find_run(resources.database, body["import"])
    if run is None or run.state is not ImportState.RUNNING:
        return Attempt("gone")
    ends = resources.clock() + SLICE
    try:
        run = continue_import(resources, site, run, stop=lambda: resources.clock() >= ends)
    except ImportFault as fault:
        return Attempt(fault.code, resources.clock() + SLICE)
    return Attempt("finished") if run.state is ImportState.FINISHED else Attempt("working", resources.clock())


def find_import(resources: Resources, site: Site, identifier: str) -> ImportRun | None:
    """Find an import by its id, unless it belongs to another site."""
    run = find_run(resources.database, identifier)
    return run if run and run.site == site.id else None


def prune_imports(resources: Resources) -> int:
    """Delete reports older than 30 days and what was left behind, and return how many folders that were."""
    pruned = 0
    now = resources.clock()
    for path in name_imports_folder(resources).glob("*"):
        run = find_run(resources.database, path.name)
        since = run.updated_at if run else path.stat().st_mtime_ns // 1000
        if now - since > (REPORT_KEPT if run else DAY) and not (run and run.state is ImportState.RUNNING):
            ImportFolder(resources, path.name).remove()
            pruned += 1
    return pruned


def _check_file(upload: Upload, options: ImportOptions, file_name: str, now: int) -> None:
    with upload.folder.upload.open("rb") as file:
        check_encoding(read_pieces(file), options.encoding)
        file.seek(0)
        open_import(file, options, file_name, now)


def _abandon_run(resources: Resources, run: ImportRun, now: int) -> None:
    if now - run.updated_at < STALE:
        raise ImportFault("import_running", f"the import {run.id} of this site is not finished yet")
    close_run(resources.database, run.id, ImportState.ABANDONED, now)
    ImportFolder(resources, run.id).clear()


def _finish_run(resources: Resources, site: Site, run: ImportRun) -> None:
    database = resources.database
    with database.write():
        now = resources.clock()
        if close_run(database, run.id, ImportState.FINISHED, now) and (done := find_run(database, run.id)):
            counts = {result.value: count for result, count in done.progress.counts.items()}
            data = {"import": run.id, "dry_run": run.dry_run, "rows": done.progress.rows, **counts}
            announce_event(resources, site, Event.IMPORT_FINISHED, data, now)
