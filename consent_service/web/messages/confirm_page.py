"""Confirming: the page behind the link of the mail, with one button, and what pressing it does."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from consent_service.domain.identifier import read_subject_key
from consent_service.domain.messages.link_token import LinkKind
from consent_service.domain.messages.subscription_request import RequestEnd
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.subject.subject import mask_address
from consent_service.services.messages.adjusting_preferences import TopicState, read_centre
from consent_service.services.messages.answering_requests import write_link_path
from consent_service.services.messages.confirming_requests import (
    Confirmation,
    Status,
    confirm_request,
    disown_request,
    read_confirmation,
)
from consent_service.services.subject.settling_requests import REMEMBERED_DAYS
from consent_service.web.frame.form_guard import require_length
from consent_service.web.frame.page_rendering import render_link_page
from consent_service.web.frame.visit import Visit, read_visit
from consent_service.web.frame.wiring import find_wiring

FOLDER = "/consent/c/"
PATH = f"{FOLDER}<token:token>"
DONE = "done"
CODES = {Status.USED: 409, Status.EXPIRED: 410, Status.UNKNOWN: 404}


def show_confirmation(token: str) -> Response:
    """Show what the link asks to confirm, or to disown; looking changes nothing, however often it is done."""
    visit, confirmation = _read_confirmation(token)
    if answered := _render_answered(visit, token, confirmation):
        return answered
    if confirmation.status is not Status.OPEN or confirmation.address is None:
        return _render_over(visit, token, confirmation, confirmation.status)
    not_me = request.args.get("not-me") == "1"
    return render_link_page(
        visit,
        "confirm/not_me.html" if not_me else "confirm/page.html",
        token=token,
        purposes=confirmation.purposes,
        masked=mask_address(confirmation.address),
        days=REMEMBERED_DAYS,
    )


def answer_confirmation(token: str) -> Response:
    """Confirm or disown; the token is all the proof, and nothing but the two buttons counts as an answer."""
    require_length(request)
    visit, confirmation = _read_confirmation(token)
    resources = find_wiring().resources
    match request.form.getlist("answer"):
        case ["confirm"]:
            status = confirm_request(resources, visit.site, confirmation)
            if status is Status.OPEN:
                return _render_done(visit, token, confirmation, confirmation.purposes)
        case [value] if value == RequestEnd.NOT_ME:
            status = disown_request(resources, confirmation)
            if status is Status.OPEN:
                return _render_disowned(visit, token)
        case _:
            return show_confirmation(token)
    return _render_over(visit, token, confirmation, status)


def _render_answered(visit: Visit, token: str, confirmation: Confirmation) -> Response | None:
    """Show once more what a form was answered with, as far as it is still so; anybody can write such an address."""
    answered = request.args.getlist(DONE)
    request_made = confirmation.request
    if request_made is None or not answered:
        return None
    if request_made.settled_as == RequestEnd.NOT_ME:
        return _render_disowned(visit, token)
    if confirmation.status is not Status.USED:
        return None
    centre = read_centre(find_wiring().resources, visit.site, read_subject_key(request_made.principal))
    on = tuple(t.purpose for t in centre.topics if t.state is TopicState.ON and t.purpose.key in answered)
    return _render_done(visit, token, confirmation, on) if on else None


def _render_done(visit: Visit, token: str, confirmation: Confirmation, purposes: tuple[Purpose, ...]) -> Response:
    query = urlencode([(DONE, purpose.key) for purpose in purposes])
    return render_link_page(
        visit,
        "confirm/done.html",
        path=f"{FOLDER}{token}?{query}",
        purposes=purposes,
        centre_path=_find_centre_path(visit, confirmation),
    )


def _render_disowned(visit: Visit, token: str) -> Response:
    path = f"{FOLDER}{token}?{DONE}={RequestEnd.NOT_ME}"
    return render_link_page(visit, "confirm/not_me_done.html", path=path, days=REMEMBERED_DAYS)


def _render_over(visit: Visit, token: str, confirmation: Confirmation, status: Status) -> Response:
    centre = _find_centre_path(visit, confirmation) if status is Status.USED else ""
    path = {} if status is Status.UNKNOWN else {"path": f"{FOLDER}{token}"}
    return render_link_page(visit, f"confirm/{status}.html", CODES[status], centre_path=centre, **path)


def _find_centre_path(visit: Visit, confirmation: Confirmation) -> str:
    found = confirmation.request
    return write_link_path(find_wiring().resources, visit.site, LinkKind.PREFERENCES, found.principal) if found else ""


def _read_confirmation(token: str) -> tuple[Visit, Confirmation]:
    visit = read_visit()
    return visit, read_confirmation(find_wiring().resources, visit.site, token)


def confirm_blueprint() -> Blueprint:
    """Serve the links of confirmations."""
    blueprint = Blueprint("confirm", __name__)
    blueprint.add_url_rule(PATH, "show", show_confirmation)
    blueprint.add_url_rule(PATH, "answer", answer_confirmation, methods=["POST"])
    return blueprint
