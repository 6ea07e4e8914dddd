"""The preference centre: everything a person gets, to see, change and stop, behind the link of a message."""

import logging

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from consent_service.domain.basics.payment_data import hide_card_number
from consent_service.domain.errors import ActFault, AddressFault
from consent_service.domain.messages.link_token import LinkKind
from consent_service.domain.visitor.form_origin import OriginVerdict
from consent_service.services.messages.adjusting_preferences import (
    Adjusted,
    Centre,
    adjust_preferences,
    read_centre,
    stop_everything,
)
from consent_service.services.messages.subscribing import request_preference_link
from consent_service.services.messages.unsubscribing import read_link
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.web.frame.client_address import read_client_address
from consent_service.web.frame.field_error import FieldError
from consent_service.web.frame.form_guard import judge_form_origin, require_form
from consent_service.web.frame.page_rendering import make_translator, render_link_page, render_unknown_link
from consent_service.web.frame.visit import Visit, read_visit
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.messages.centre_form import CentreForm, read_centre_form
from consent_service.web.messages.centre_result import find_pause, make_result_view, read_result, write_result
from consent_service.web.messages.centre_view import make_centre_notice, render_centre
from consent_service.web.messages.sent_page import render_sent, send_to_sent

REQUEST_PATH = "/consent/p/request"
SENT_PATH = f"{REQUEST_PATH}/sent"
HONEYPOT = "website"

_log = logging.getLogger(__name__)


def show_centre(token: str) -> Response:
    """Show how a person's topics stand."""
    visit, centre = _read_centre(token)
    if centre is None:
        return render_unknown_link(visit)
    return render_centre(visit, token, centre, result=read_result(visit, centre, request.args))


def change_topics(token: str) -> Response:
    """Do what the form asks for, and show the page with what became of it."""
    visit, centre = _read_centre(token)
    if centre is None:
        return render_unknown_link(visit)
    resources = find_wiring().resources
    before = find_pause(centre, resources.clock())
    shown = [topic.purpose.key for topic in centre.topics]
    form = read_centre_form(request.form, shown, now=resources.clock(), paused_until=before)
    if form.faults:
        t = make_translator(visit)
        errors = [FieldError(field=field, message=t(f"errors.{code}")) for field, code in form.faults]
        kept, entered = form.adjustment.answers, form.pause_entered
        return render_centre(visit, token, centre, status=400, kept=kept, pause_entered=entered, errors=errors)
    adjusted = _adjust(visit, centre, form)
    after = read_centre(resources, visit.site, centre.person.key)
    now = find_pause(after, resources.clock())
    answered = write_result(adjusted, stopped_all=form.stops_all, pause_changed=before != now)
    result = make_result_view(visit, adjusted, stopped_all=form.stops_all, pause_changed=before != now, now=now)
    return render_centre(visit, token, after, result=result, answered=answered)


def ask_for_link() -> Response:
    """Show the form that has the link to the preference centre mailed."""
    return _render_request(_visit_shop_with_messages())


def send_link() -> Response:
    """Have the link mailed; the answer is the same for every address, known or not."""
    visit = _visit_shop_with_messages()
    wired = find_wiring()
    require_form(request)
    email = request.form.get("email", "")
    if judge_form_origin(visit.mount, request.environ) is OriginVerdict.FOREIGN:
        foreign = FieldError(field="email", message=make_translator(visit)("confirm.foreign"))
        return _render_request(visit, 403, email, [foreign])
    try:
        person = identify_email(wired.resources, visit.site, email)
        if not request.form.get(HONEYPOT):
            request_preference_link(
                wired.resources,
                visit.site,
                person,
                origin=visit.mount.origin,
                language=visit.language,
                network=read_client_address(request.environ, wired.proxies),
            )
    except AddressFault as fault:
        message = make_translator(visit)(f"errors.address.{fault.code}")
        return _render_request(visit, 400, email, [FieldError(field="email", message=message)])
    except ActFault as fault:
        _log.warning("a link to the preference centre was not sent", extra={"cause": fault.code})
    return send_to_sent(SENT_PATH, visit, email.strip())


def show_sent() -> Response:
    """Show what happens next, after an address was taken."""
    return render_sent(_visit_shop_with_messages(), "preferences")


def _render_request(
    visit: Visit, status: int = 200, email: str = "", errors: list[FieldError] | None = None
) -> Response:
    return render_link_page(
        visit, "centre/request.html", status, entered={"email": hide_card_number(email)}, errors=errors or []
    )


def _adjust(visit: Visit, centre: Centre, form: CentreForm) -> Adjusted:
    resources = find_wiring().resources
    if form.stops_all:
        return stop_everything(resources, visit.site, centre)
    notice = make_centre_notice(visit, centre)
    return adjust_preferences(resources, visit.site, centre, form.adjustment, notice=notice, origin=visit.mount.origin)


def _read_centre(token: str) -> tuple[Visit, Centre | None]:
    visit = read_visit()
    link = read_link(find_wiring().resources, visit.site, token, LinkKind.PREFERENCES)
    return visit, read_centre(find_wiring().resources, visit.site, link.subject) if link else None


def _visit_shop_with_messages() -> Visit:
    """Read a visit to a shop that sends messages; for any other there is no such page."""
    visit = read_visit()
    if visit.site.messages is None:
        raise NotFound
    return visit


def centre_blueprint() -> Blueprint:
    """Serve the preference centre."""
    blueprint = Blueprint("centre", __name__)
    blueprint.add_url_rule(SENT_PATH, view_func=show_sent)
    for path, reading, posting in (
        (REQUEST_PATH, ask_for_link, send_link),
        ("/consent/p/<token:token>", show_centre, change_topics),
    ):
        blueprint.add_url_rule(path, view_func=reading)
        blueprint.add_url_rule(path, view_func=posting, methods=["POST"])
    return blueprint
