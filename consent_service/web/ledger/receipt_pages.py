"""Receipts: a visitor's own records, as pages and as files, proven by the cookie."""

from typing import Any

import msgspec
from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from consent_service.domain.basics.moment import read_time
from consent_service.domain.errors import BrokenRecord
from consent_service.domain.evidence.tlog_proof import SUFFIX
from consent_service.domain.ledger.dpv_receipt import write_dpv_receipt
from consent_service.domain.ledger.kantara_receipt import write_kantara_receipt
from consent_service.domain.site.site import Site
from consent_service.services.ledger.proving_records import is_sealed, prove_record
from consent_service.services.ledger.publishing_notices import find_notice
from consent_service.services.ledger.reading_records import History, SignedRecord, find_record_of_visitor, read_history
from consent_service.web.frame.page_rendering import render_page
from consent_service.web.frame.visit import Visit, read_visit
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.ledger.ledger_api import answer_text
from consent_service.web.ledger.receipt_view import make_receipt_view


def show_receipt(record: str) -> Response:
    """Show one record."""
    visit, statement = _find_own_record(record)
    receipt = make_receipt_view(visit.site, visit.language, statement)
    sealed = is_sealed(find_wiring().resources, statement.place)
    return render_page(visit, "receipts/page.html", receipt=receipt, sealed=sealed)


def get_receipt_json(record: str) -> Response:
    """Send one record as a Kantara consent receipt, with the signed record and, once it is sealed, its proof."""
    visit, statement = _find_own_record(record)
    document = _find_document(visit.site, statement)
    body = write_kantara_receipt(statement.record, document, visit.site, origin=visit.mount.origin)
    proof = _prove(visit.site, statement)
    told = {"signedRecord": statement.signed} | ({"proof": proof} if proof else {})
    if proof and visit.site.checkpoints_to:
        told["checkpointsSentTo"] = visit.site.checkpoints_to
    return _send_download(body | told, f"receipt-{record}.json", "application/json")


def get_receipt_jsonld(record: str) -> Response:
    """Send one record in the vocabulary of the W3C Data Privacy Vocabulary."""
    visit, statement = _find_own_record(record)
    document = _find_document(visit.site, statement)
    body = write_dpv_receipt(statement.record, document, visit.site, origin=visit.mount.origin)
    return _send_download(body, f"receipt-{record}.jsonld", "application/ld+json")


def get_receipt_proof(record: str) -> Response:
    """Send the proof that one record was sealed; unknown while it is not."""
    visit, statement = _find_own_record(record)
    proof = _prove(visit.site, statement)
    if proof is None:
        raise NotFound
    response = answer_text(proof, f"receipt-{record}{SUFFIX}")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Vary"] = "Cookie"
    return response


def show_history() -> Response:
    """List a visitor's records, newest first."""
    visit = read_visit()
    history = read_history(find_wiring().resources, visit.site, visit.visitor) if visit.visitor else History([], 0)
    views = [make_receipt_view(visit.site, visit.language, statement) for statement in history.statements]
    return render_page(visit, "receipts/history.html", receipts=views, unverified=history.unverified)


def _find_own_record(record: str) -> tuple[Visit, SignedRecord]:
    """Find a record of the visitor whose cookie came along; anybody else's is as unknown as none."""
    visit = read_visit()
    if not visit.visitor:
        raise NotFound
    statement = find_record_of_visitor(find_wiring().resources, visit.site, visit.visitor, record)
    if statement is None:
        raise NotFound
    return visit, statement


def _prove(site: Site, statement: SignedRecord) -> str | None:
    return prove_record(
        find_wiring().resources, site.id, statement.place, statement.signed, read_time(statement.record.at)
    )


def _find_document(site: Site, statement: SignedRecord) -> dict[str, Any]:
    notice = find_notice(find_wiring().resources, site.id, statement.record.notice)
    if notice is None:
        raise BrokenRecord(f"the notice of record {statement.record.id} is not in the archive")
    return notice.content()


def _send_download(body: dict[str, Any], name: str, content_type: str) -> Response:
    response = Response(msgspec.json.format(msgspec.json.encode(body)), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Vary"] = "Cookie"
    return response


def receipts_blueprint() -> Blueprint:
    """Serve receipts and history."""
    blueprint = Blueprint("receipts", __name__, url_prefix="/consent")
    blueprint.add_url_rule("/receipts/<record>.json", view_func=get_receipt_json)
    blueprint.add_url_rule("/receipts/<record>.jsonld", view_func=get_receipt_jsonld)
    blueprint.add_url_rule(f"/receipts/<record>{SUFFIX}", view_func=get_receipt_proof)
    blueprint.add_url_rule("/receipts/<record>", view_func=show_receipt)
    blueprint.add_url_rule("/history", view_func=show_history)
    return blueprint
