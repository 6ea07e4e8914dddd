"""Choosing: a posted choice becomes a record, a cookie and the way back."""

from collections.abc import Sequence

from flask import Blueprint, Response, request

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.errors import ChoiceFault
from consent_service.domain.identifier import write_visitor_id
from consent_service.domain.ledger.notice import Notice
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.visitor.choice import Button, Submission
from consent_service.domain.visitor.form_origin import OriginVerdict, normalise_origin
from consent_service.domain.visitor.visitor_cookie import name_confirm_cookie, read_only_value
from consent_service.services.ledger.publishing_notices import find_notice
from consent_service.services.visitor.reading_visitors import list_purposes_to_ask, read_current_choice
from consent_service.web.frame.form_guard import judge_form_origin
from consent_service.web.frame.page_rendering import render_page
from consent_service.web.frame.visit import Visit, read_visit
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.frame.wsgi_app import FAILURE
from consent_service.web.visitor.choice_answer import find_way_back, save_choice
from consent_service.web.visitor.choice_endpoint import PATH
from consent_service.web.visitor.choice_form import ChoiceForm, list_restated_fields, read_form
from consent_service.web.visitor.settings_page import render_settings
from consent_service.web.visitor.visitor_cookies import write_confirm_cookie

CONFIRM_SECONDS = 600


def post_choice() -> Response:
    """Record a posted choice, or show the form again with what is wrong."""
    if failure := request.environ.get(FAILURE):
        raise failure
    visit = read_visit()
    return_path = find_way_back(visit.mount, request.form.get("return"), request.environ)
    try:
        form, submission = read_form(request)
        notice, submission = _find_notice(visit, form, submission)
        if notice:
            visit = visit.in_language(notice.language)
        if held_back := _hold_back(visit, form, submission, notice, return_path):
            return held_back
        if notice is None:
            raise ChoiceFault("notice.changed", "notice")
        headers = save_choice(find_wiring(), visit, submission, notice, return_path, request.environ)
    except ChoiceFault as fault:
        status = 409 if fault.code == "notice.changed" else 400
        return render_settings(visit, status=status, fault=fault, return_path=return_path)
    if _read_confirm_cookie(visit):
        headers.append(("Set-Cookie", write_confirm_cookie(visit.mount, "", 0)))
    return Response(status=303, headers=headers)


def _hold_back(
    visit: Visit, form: ChoiceForm, submission: Submission, notice: Notice | None, return_path: str
) -> Response | None:
    """Ask again where the form came from elsewhere, or where nothing says where a grant came from."""
    verdict = judge_form_origin(visit.mount, request.environ)
    if verdict is OriginVerdict.ACCEPT or (verdict is OriginVerdict.UNKNOWN and not submission.grants):
        return None
    fields = list_restated_fields(request.form, return_path)
    # An origin that is hidden or unreadable could be any page's; our own page behind the button sends a plain one.
    origin = request.headers.get("Origin")
    foreign = verdict is OriginVerdict.FOREIGN or (origin is not None and normalise_origin(origin) is None)
    if not foreign and _is_confirmed(visit, form, fields):
        return None
    bound = "" if foreign else write_visitor_id(find_wiring().resources.randomness(16))
    if bound:
        fields.append(("confirmed", find_wiring().seal.seal(_write_sealed(visit, bound, fields))))
    granted = [p.title[visit.language] for p in _list_granted(visit, submission, notice)]
    page = render_page(
        visit,
        "settings/confirm.html",
        403 if foreign else 200,
        reason="foreign" if foreign else "unknown",
        button=submission.button,
        granted=granted,
        fields=fields,
        return_path=return_path,
        path="",  # no address shows it again
    )
    if bound:
        page.headers.add("Set-Cookie", write_confirm_cookie(visit.mount, bound, CONFIRM_SECONDS))
    return page


def _is_confirmed(visit: Visit, form: ChoiceForm, fields: Sequence[tuple[str, str]]) -> bool:
    """Say whether our confirm page restated exactly this in this very browser, a few minutes ago."""
    bound = _read_confirm_cookie(visit)
    content = _write_sealed(visit, bound, fields)
    return bool(bound) and find_wiring().seal.fits(form.valid("confirmed"), content, CONFIRM_SECONDS)


def _read_confirm_cookie(visit: Visit) -> str:
    name = name_confirm_cookie(secure=visit.mount.secure)
    return read_only_value(request.environ.get("HTTP_COOKIE"), name) or ""


def _write_sealed(visit: Visit, bound: str, fields: Sequence[tuple[str, str]]) -> str:
    return write_canonical_json([bound, visit.site.id, *map(list, fields)]).decode()


def _list_granted(visit: Visit, submission: Submission, notice: Notice | None) -> list[Purpose]:
    """List the purposes that a submission would allow."""
    asked = [p for p in visit.site.cookie_purposes if notice is None or p.key in notice.purposes]
    if submission.button is Button.ACCEPT:
        return [p for p in asked if p.key in submission.yes or not p.needs_own_yes(signal=visit.signal)]
    return [p for p in asked if p.key in submission.yes] if submission.button is Button.SAVE else []


def _find_notice(visit: Visit, form: ChoiceForm, submission: Submission) -> tuple[Notice | None, Submission]:
    """Find the notice that the form was part of.

    What allows nothing needs no particular text: on a form we do not know, a withdrawal by anybody and a refusal by
    somebody who decided before withdraw, and that is recorded against the notice in force.
    """
    wired = find_wiring()
    digest = form.valid("notice")
    notice = wired.board.find(visit.site, digest) or find_notice(wired.resources, visit.site.id, digest)
    if notice:
        return notice, submission
    current, store_behind = read_current_choice(wired.resources, visit.site, visit.cookie)
    for signal in (False, True):
        asked = list_purposes_to_ask(wired.resources, visit.site, current, signal=signal)
        if notice := wired.board.find_part(visit.site, digest, signal, asked):
            return notice, submission
    if submission.button is Button.WITHDRAW or ((current or store_behind) and not submission.grants):
        in_force = wired.board.settings(visit.site, visit.language, visit.signal)
        named = submission.yes if submission.button is Button.WITHDRAW else frozenset[str]()
        return in_force, Submission(Button.WITHDRAW, named, frozenset())
    return None, submission


def choice_blueprint() -> Blueprint:
    """Serve the choice."""
    blueprint = Blueprint("choice", __name__)
    blueprint.add_url_rule(PATH, view_func=post_choice, methods=["POST"])
    return blueprint
