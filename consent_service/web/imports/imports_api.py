"""The imports API: files of other tools come in with a report for each row, and lists go out in the same shapes."""

from datetime import datetime

import msgspec
from flask import Blueprint, Response, request, send_file

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.basics.moment import make_datetime
from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports.import_preset import find_kind
from consent_service.domain.imports.import_report import RowResult
from consent_service.domain.imports.import_run import ImportState
from consent_service.domain.ledger.actor import name_key_actor
from consent_service.domain.site.site import Site
from consent_service.services.imports.importing import begin_import, find_import
from consent_service.services.imports.keeping_import_files import ImportFolder, Upload
from consent_service.services.imports.writing_lists import write_list_file
from consent_service.web.api.api_request import admit, answer_json, make_api_routes, read_parameters
from consent_service.web.api.export_stream import hold_export_place
from consent_service.web.frame.key_gate import require_all_purposes
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.imports.import_form import receive_import


class ImportAnswer(msgspec.Struct, kw_only=True):
    """An import and what became of the rows so far; ``rows`` is the sum of the four counts behind it.

    An abandoned import made no progress for an hour, and another one took its place.
    """

    import_id: str
    state: ImportState
    dry_run: bool
    rows: int
    applied: int
    unchanged: int
    skipped: int
    rejected: int
    created_at: datetime
    updated_at: datetime


def post_import() -> Response:
    """Take a file; the worker does the rest."""
    key, site = _admit_all(Scope.IMPORT)
    resources = find_wiring().resources
    upload = Upload(resources)
    try:
        got = receive_import(upload)
        run = begin_import(
            resources,
            site,
            upload,
            got.options,
            dry_run=got.dry_run,
            actor=name_key_actor(key.id),
            file_name=got.file_name,
            by_worker=True,
        )
    except ImportFault as fault:
        upload.discard()
        raise _make_problem(fault) from None
    except BaseException:
        upload.discard()
        raise
    return answer_json(_make_answer(site, run.id), 202)


def get_import(identifier: str) -> Response:
    """Tell how far an import is."""
    _, site = _admit_all(Scope.IMPORT)
    return answer_json(_make_answer(site, identifier))


def get_report(identifier: str) -> Response:
    """Hand out the report of an import that is finished, for 30 days."""
    _, site = _admit_all(Scope.IMPORT)
    hold_export_place(site)
    answer = _make_answer(site, identifier)
    if answer.state is ImportState.RUNNING:
        raise Problem(409, "import_running", "The report is there when the import is finished.")
    report = ImportFolder(find_wiring().resources, identifier).report
    if not report.is_file():
        raise Problem(404, "report_gone", "Reports are kept for 30 days, or until somebody of the site is erased.")
    name = f"import-{identifier}.csv"
    response = send_file(report.absolute(), "text/csv", as_attachment=True, download_name=name, conditional=False)
    return _forbid_caching(response)


def get_list(preset: str, kind: str) -> Response:
    """Write who may be mailed, or must not, as one of the files that a tool reads."""
    _, site = _admit_all(Scope.ADMIN)
    read_parameters(("purpose",), repeated=("purpose",))
    hold_export_place(site)
    try:
        lines = write_list_file(find_wiring().resources, site, find_kind(preset, kind), request.args.getlist("purpose"))
    except ImportFault as fault:
        raise _make_problem(fault) from None
    response = Response(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename={preset}-{kind}.csv"
    return _forbid_caching(response)


def _admit_all(scope: Scope) -> tuple[ApiKey, Site]:
    """Admit a key that sees every purpose, because a block in a file concerns them all."""
    key, site = admit(scope)
    require_all_purposes(key, "an import or a list")
    return key, site


def _make_answer(site: Site, identifier: str) -> ImportAnswer:
    run = find_import(find_wiring().resources, site, identifier)
    if run is None:
        raise Problem(404, "import_unknown", "There is no such import within reach of this key.")
    counts = run.progress.counts
    return ImportAnswer(
        import_id=run.id,
        state=run.state,
        dry_run=run.dry_run,
        rows=run.progress.rows,
        applied=counts.get(RowResult.APPLIED, 0),
        unchanged=counts.get(RowResult.UNCHANGED, 0),
        skipped=counts.get(RowResult.SKIPPED, 0),
        rejected=counts.get(RowResult.REJECTED, 0),
        created_at=make_datetime(run.created_at),
        updated_at=make_datetime(run.updated_at),
    )


def _make_problem(fault: ImportFault) -> Problem:
    status = {"import_running": 409, "unknown_preset": 404, "unknown_kind": 404}
    known = status if request.method == "GET" else {"import_running": 409}
    return Problem(known.get(fault.code, 422), fault.code, f"{fault}.")


def _forbid_caching(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def imports_blueprint() -> Blueprint:
    """Serve imports and lists."""
    return make_api_routes(
        "imports_api",
        ("POST", "/v1/imports", post_import),
        ("GET", "/v1/imports/<identifier>", get_import),
        ("GET", "/v1/imports/<identifier>/report.csv", get_report),
        ("GET", "/v1/exports/<preset>/<kind>.csv", get_list),
    )
