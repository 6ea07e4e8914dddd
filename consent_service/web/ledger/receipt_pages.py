"""Receipts: a visitor's own records, as pages and as files, proven by the cookie."""

import json
from typing import Any

import msgspec
from flask import Blueprint, Response, abort, request

from consent_service.domain.basics.moment import microseconds
from consent_service.domain.errors import BrokenRecord
from consent_service.domain.ledger.consent_record import ConsentRecord
from consent_service.domain.ledger.dpv_receipt import dpv_receipt
from consent_service.domain.ledger.kantara_receipt import kantara_receipt
from consent_service.domain.site.site import Site
from consent_service.services.ledger.publishing_notices import find_notice
from consent_service.services.ledger.reading_records import History, Statement, history, record_of_visitor
from consent_service.web.frame.page_models import DecisionView, ReceiptView
from consent_service.web.frame.pages import render_page
from consent_service.web.frame.visit import Visit, read_visit
from consent_service.web.frame.wiring import parts

SHORT = 8


def receipt(record: str) -> Response:
    """Show one record."""
    visit, statement = _own(record)
    return render_page(visit, "receipts/page.html", receipt=receipt_view(visit.site, visit.language, statement))


def receipt_json(record: str) -> Response:
    """Send one record as a Kantara consent receipt, with the signed record that proves it."""
    visit, statement = _own(record)
    document = _document(visit.site, statement)
    body = kantara_receipt(statement.record, document, visit.site, origin=visit.mount.origin)
    return _download(body | {"signedRecord": statement.signed}, f"receipt-{record}.json", "application/json")


def receipt_jsonld(record: str) -> Response:
    """Send one record in the vocabulary of the W3C Data Privacy Vocabulary."""
    visit, statement = _own(record)
    document = _document(visit.site, statement)
    body = dpv_receipt(statement.record, document, visit.site, origin=visit.mount.origin)
    return _download(body, f"receipt-{record}.jsonld", "application/ld+json")


def history_page() -> Response:
    """List a visitor's records, newest first."""
    wired = parts()
    visit = read_visit(wired.resources, wired.sites, request)
    told = history(wired.resources, visit.site, visit.visitor) if visit.visitor else History([], 0)
    views = [receipt_view(visit.site, visit.language, statement) for statement in told.statements]
    return render_page(visit, "receipts/history.html", receipts=views, unverified=told.unverified)


def receipt_view(site: Site, language: str, statement: Statement) -> ReceiptView:
    """Prepare a record for a page in the visitor's language."""
    record = statement.record

    def title(key: str) -> str:
        purpose = site.purpose_by_key.get(key)
        return purpose.title.get(language, key) if purpose else key

    return ReceiptView(
        id=record.id,
        number=record.id[-SHORT:].upper(),
        at=microseconds(record.at),
        method=record.method,
        actor=record.actor,
        decisions=[DecisionView(title=title(key), state=record.decisions[key]) for key in _in_order(site, record)],
        notice=record.notice,
        policy=record.policy,
        valid_until=microseconds(record.valid_until),
        kid=statement.kid,
        signed=statement.signed,
    )


def _in_order(site: Site, record: ConsentRecord) -> list[str]:
    """List a record's purposes as the site file orders them; one that has gone since comes last."""
    listed = list(site.purpose_by_key)
    return sorted(record.decisions, key=lambda key: listed.index(key) if key in listed else len(listed))


def _own(record: str) -> tuple[Visit, Statement]:
    """Find a record of the visitor whose cookie came along; anybody else's is as unknown as none."""
    wired = parts()
    visit = read_visit(wired.resources, wired.sites, request)
    if not visit.visitor:
        abort(404)
    statement = record_of_visitor(wired.resources, visit.site, visit.visitor, record)
    if statement is None:
        abort(404)
    return visit, statement


def _document(site: Site, statement: Statement) -> dict[str, Any]:
    notice = find_notice(parts().resources, site.id, statement.record.notice)
    if notice is None:
        raise BrokenRecord(f"the notice of record {statement.record.id} is not in the archive")
    document: dict[str, Any] = json.loads(notice.document)
    return document


def _download(body: dict[str, Any], name: str, content_type: str) -> Response:
    response = Response(msgspec.json.format(msgspec.json.encode(body)), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Vary"] = "Cookie"
    return response


def receipts_blueprint() -> Blueprint:
    """Serve receipts and history."""
    blueprint = Blueprint("receipts", __name__, url_prefix="/consent")
    blueprint.add_url_rule("/receipts/<record>.json", view_func=receipt_json)
    blueprint.add_url_rule("/receipts/<record>.jsonld", view_func=receipt_jsonld)
    blueprint.add_url_rule("/receipts/<record>", view_func=receipt)
    blueprint.add_url_rule("/history", view_func=history_page)
    return blueprint
