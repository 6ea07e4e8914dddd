"""Subscribing: the newsletter form as a page and as a fragment, and what a posted one leads to."""

import logging
from collections.abc import Iterable

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from consent_service.domain.errors import ActFault, ChoiceFault
from consent_service.domain.ledger.notice import Notice
from consent_service.domain.visitor.form_origin import OriginVerdict
from consent_service.services.ledger.publishing_notices import find_notice
from consent_service.services.messages.declaring_age import declare_under_age
from consent_service.services.messages.subscribing import Wish, request_subscription
from consent_service.services.subject.identifying_subjects import identify_address
from consent_service.web.frame.client_address import read_client_address
from consent_service.web.frame.field_error import FieldError
from consent_service.web.frame.form_guard import judge_form_origin
from consent_service.web.frame.page_rendering import make_translator, render_link_page, send_to
from consent_service.web.frame.visit import UnknownHost, Visit, read_visit
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.messages.sent_page import render_sent, send_to_sent
from consent_service.web.messages.subscribe_form import WHOLE_FORM, SubscribeForm, read_subscribe_form
from consent_service.web.notices.message_notices import SUBSCRIBE
from consent_service.web.visitor.banner_fragment import answer_empty_fragment

PATH = "/consent/subscribe"
FRAGMENT_PATH = f"{PATH}/fragment"
SENT_PATH = f"{PATH}/sent"
UNDER_AGE_PATH = f"{PATH}/under-age"
FRAGMENT_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "private, no-cache",
    "Vary": "Accept-Language",
}
SOURCE = "form"
NOTHING_ENTERED: dict[str, object] = {"email": "", "purposes": (), "age": ""}

_log = logging.getLogger(__name__)


def show_subscribe_fragment() -> Response:
    """Send the form for a shop's page: the same bytes for everybody, and nothing at all where anything is wrong."""
    try:
        visit = read_visit()
        shown = find_wiring().board.subscribe(visit.site, visit.language)
        return Response(shown.body, 200, FRAGMENT_HEADERS) if shown else answer_empty_fragment()
    except UnknownHost:
        return answer_empty_fragment()
    except Exception:
        _log.exception("the newsletter form could not be made")
        return answer_empty_fragment()


def show_subscribe() -> Response:
    """Show the form as a page."""
    return _render_form(_visit_newsletter(), NOTHING_ENTERED)


def post_subscribe() -> Response:
    """Take a filled-in form: queue the request, or show the form again with everything that is wrong."""
    visit = _visit_newsletter()
    form = read_subscribe_form(request)
    if form.website.data:
        return send_to_sent(SENT_PATH, visit, form.readable_address)
    notice = _find_notice(visit, form)
    if notice is None:
        return _render_form(
            visit, form.entered(), 409, errors=[_make_field_error(visit, ChoiceFault("notice.changed", WHOLE_FORM))]
        )
    visit = visit.in_language(notice.language)
    if faults := list(form.faults(visit.site, notice)):
        return _render_form(visit, form.entered(), 400, errors=[_make_field_error(visit, fault) for fault in faults])
    if judge_form_origin(visit.mount, request.environ) is OriginVerdict.FOREIGN:
        error = FieldError(field=WHOLE_FORM, message=make_translator(visit)("confirm.foreign"))
        return _render_form(visit, form.entered(), 403, errors=[error])
    return _take_form(visit, form, notice)


def _take_form(visit: Visit, form: SubscribeForm, notice: Notice) -> Response:
    """Queue what the form asks for; too many of them from one network get the same answer and lead to nothing."""
    wired = find_wiring()
    site = visit.site
    under_age = bool(site.age_limit) and form.under_age
    person = identify_address(wired.resources, site, form.address)
    network = read_client_address(request.environ, wired.proxies)
    try:
        if under_age:
            origin = visit.mount.origin
            declare_under_age(wired.resources, site, person, notice, SOURCE, origin=origin, network=network)
        else:
            wish = Wish(person=person, purposes=form.purposes, notice=notice, origin=visit.mount.origin, source=SOURCE)
            request_subscription(wired.resources, site, wish, network=network)
    except ActFault as fault:
        _log.warning("a newsletter form was not taken", extra={"site": site.id, "cause": fault.code})
    return send_to(UNDER_AGE_PATH, visit) if under_age else send_to_sent(SENT_PATH, visit, form.address.entered)


def show_sent() -> Response:
    """Show what happens next, after a form was taken."""
    return render_sent(_visit_newsletter(), "subscribe")


def show_under_age() -> Response:
    """Show what comes of being under age; a shop without an age limit has no such page."""
    visit = _visit_newsletter()
    if not visit.site.age_limit:
        raise NotFound
    return render_link_page(visit, "subscribe/under_age.html", age_limit=visit.site.age_limit)


def _render_form(
    visit: Visit, entered: dict[str, object], status: int = 200, *, errors: Iterable[FieldError] = ()
) -> Response:
    shown = find_wiring().board.subscribe(visit.site, visit.language)
    return render_link_page(
        visit,
        "subscribe/page.html",
        status,
        purposes=visit.site.newsletter_purposes,
        age_limit=visit.site.age_limit,
        notice=shown.notice.digest if shown else "",
        entered=entered,
        errors=list(errors),
    )


def _make_field_error(visit: Visit, fault: ChoiceFault) -> FieldError:
    message = make_translator(visit)(f"errors.{fault.code}", age=visit.site.age_limit)
    return FieldError(field=fault.field, message=message)


def _find_notice(visit: Visit, form: SubscribeForm) -> Notice | None:
    """Find the notice that the form was part of, in its present wording or in an earlier one."""
    notice = find_notice(find_wiring().resources, visit.site.id, form.notice.data or "")
    return notice if notice and notice.surface == SUBSCRIBE else None


def _visit_newsletter() -> Visit:
    """Read the request; a shop that sends no newsletter has no such page."""
    visit = read_visit()
    if not visit.site.newsletter_purposes:
        raise NotFound
    return visit


def subscribe_blueprint() -> Blueprint:
    """Serve the newsletter form."""
    blueprint = Blueprint("subscribe", __name__)
    blueprint.add_url_rule(PATH, "show", show_subscribe)
    blueprint.add_url_rule(PATH, "subscribe", post_subscribe, methods=["POST"])
    blueprint.add_url_rule(FRAGMENT_PATH, "fragment", show_subscribe_fragment)
    blueprint.add_url_rule(SENT_PATH, "sent", show_sent)
    blueprint.add_url_rule(UNDER_AGE_PATH, "under_age", show_under_age)
    return blueprint
