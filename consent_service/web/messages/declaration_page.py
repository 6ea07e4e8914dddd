"""What was told of somebody's age: the page behind the link of the mail, where its owner says whether it is true."""

from flask import Blueprint, Response, request

from consent_service.domain.messages.declaration import Declaration
from consent_service.domain.messages.link_pack import DECLARATION_PATH
from consent_service.domain.subject.subject import mask_address
from consent_service.services.messages.judging_declarations import (
    admit_under_age,
    disown_declaration,
    read_declaration,
)
from consent_service.services.subject.identifying_subjects import open_kept_address
from consent_service.services.subject.settling_requests import REMEMBERED_DAYS
from consent_service.web.frame.form_guard import require_length
from consent_service.web.frame.page_rendering import render_link_page, render_unknown_link
from consent_service.web.frame.visit import Visit, read_visit
from consent_service.web.frame.wiring import find_wiring

NOT_ME, TRUE = "not_me", "true"


def show_declaration(token: str) -> Response:
    """Show what was told, with one button for each answer; looking changes nothing."""
    visit, declaration = _read_declaration(token)
    if declaration is None:
        return render_unknown_link(visit)
    if declaration.disowned_at is not None:
        return _render_done(visit, ended=False)
    address = open_kept_address(find_wiring().resources, declaration.principal)
    return render_link_page(
        visit,
        "declaration/page.html",
        token=token,
        age_limit=visit.site.age_limit,
        declared_at=declaration.declared_at,
        masked=mask_address(address) if address else "",
    )


def answer_declaration(token: str) -> Response:
    """Do what the owner says; the token is all the proof, and nothing but the two buttons counts as an answer."""
    require_length(request)
    visit, declaration = _read_declaration(token)
    if declaration is None:
        return render_unknown_link(visit)
    resources = find_wiring().resources
    match request.form.getlist("answer"):
        case [value] if value == NOT_ME:
            disown_declaration(resources, declaration)
            return _render_done(visit, ended=False)
        case [value] if value == TRUE:
            admit_under_age(resources, visit.site, declaration)
            return _render_done(visit, ended=True)
    return show_declaration(token)


def _render_done(visit: Visit, *, ended: bool) -> Response:
    return render_link_page(visit, "declaration/done.html", ended=ended, days=REMEMBERED_DAYS)


def _read_declaration(token: str) -> tuple[Visit, Declaration | None]:
    visit = read_visit()
    found = read_declaration(find_wiring().resources, visit.site, token) if visit.site.age_limit else None
    return visit, found


def declaration_blueprint() -> Blueprint:
    """Serve the links of what was told of somebody's age."""
    blueprint = Blueprint("declaration", __name__)
    blueprint.add_url_rule(f"{DECLARATION_PATH}<token:token>", "show", show_declaration)
    blueprint.add_url_rule(f"{DECLARATION_PATH}<token:token>", "answer", answer_declaration, methods=["POST"])
    return blueprint
