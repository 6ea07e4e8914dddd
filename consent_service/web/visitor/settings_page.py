"""The settings page: every purpose with no and yes, what withdrawing means, and the receipt."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from consent_service.domain.errors import ChoiceFault
from consent_service.domain.visitor.return_path import check_return
from consent_service.services.check.checking_visitors import answer_from_decisions
from consent_service.services.ledger.reading_records import read_history
from consent_service.services.visitor.reading_visitors import read_current_choice
from consent_service.web.frame.field_error import FieldError
from consent_service.web.frame.page_rendering import make_translator, render_page
from consent_service.web.frame.visit import Visit, read_visit
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.ledger.receipt_view import ReceiptView, make_receipt_view
from consent_service.web.notices.settings_view import make_form_context
from consent_service.web.visitor.choice_answer import SETTINGS_PATH
from consent_service.web.visitor.choice_form import RADIO_PREFIX, read_answers


def show_settings() -> Response:
    """Show the page as it stands for this visitor."""
    if request.path != SETTINGS_PATH:
        raise NotFound
    visit = read_visit()
    return_path = check_return(
        request.args.get("return"), own_origin=visit.mount.origin, trusted_origins=visit.mount.trusted
    )
    return render_settings(visit, return_path=return_path or "")


def render_settings(
    visit: Visit, *, status: int = 200, fault: ChoiceFault | None = None, return_path: str = ""
) -> Response:
    """Render the page; with a fault it names what is wrong and keeps what was entered."""
    wired = find_wiring()
    t = make_translator(visit)
    current = read_current_choice(wired.resources, visit.site, visit.cookie).decisions
    kept = read_answers(request.form) if fault else None
    answers = answer_from_decisions(
        wired.resources, visit.site, current, visit.site.purpose_by_key, signal=visit.signal
    )
    errors = [FieldError(field=_find_field(visit, fault), message=t(f"errors.{fault.code}"))] if fault else []
    return render_page(
        visit,
        "settings/page.html",
        status,
        **make_form_context(visit.site, answers, signal=visit.signal, kept=kept),
        notice=wired.board.settings(visit.site, visit.language, visit.signal).digest,
        return_path=return_path,
        saved=_tell_saved(visit, decided=bool(current)) if not fault else "",
        errors=errors,
        signal=visit.signal,
        receipt=_show_receipt(visit) if current else None,
        **({"path": _write_path(return_path)} if fault else {}),
    )


def _write_path(return_path: str) -> str:
    return f"{SETTINGS_PATH}?{urlencode({'return': return_path})}" if return_path else SETTINGS_PATH


def _find_field(visit: Visit, fault: ChoiceFault) -> str:
    """Name a field that stands on the form, so that the link to it leads somewhere."""
    shown = [f"{RADIO_PREFIX}{purpose.key}" for purpose in visit.site.cookie_purposes]
    return fault.field if fault.field in shown else "choice"


def _tell_saved(visit: Visit, *, decided: bool) -> str:
    """Say how the choice that led here went: a browser that kept no cookie kept no choice either."""
    if request.args.get("saved") != "1":
        return ""
    return "saved" if visit.cookie and decided else "cookie_missing"


def _show_receipt(visit: Visit) -> ReceiptView | None:
    """Show the newest record; one that does not verify must not keep anybody from withdrawing on this page."""
    newest = read_history(find_wiring().resources, visit.site, visit.visitor or "", most=1).statements
    return make_receipt_view(visit.site, visit.language, newest[0]) if newest else None


def settings_blueprint() -> Blueprint:
    """Serve the settings page."""
    blueprint = Blueprint("settings", __name__)
    # Strict, the router would send /consent on to an address made of the request's Host and scheme.
    blueprint.add_url_rule(SETTINGS_PATH, view_func=show_settings, strict_slashes=False)
    return blueprint
