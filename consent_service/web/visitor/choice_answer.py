"""The answer to a choice: the way back, and the cookies that go with it."""

from typing import Any
from urllib.parse import quote

from werkzeug.sansio.http import parse_cookie

from consent_service.domain.ledger.notice import Notice
from consent_service.domain.site.site_directory import Mount
from consent_service.domain.visitor.choice import Submission
from consent_service.domain.visitor.return_path import check_return
from consent_service.services.visitor.appending_choices import ChoiceMade
from consent_service.services.visitor.reading_visitors import take_for_refusal
from consent_service.services.visitor.recording_choices import Recorded, record_choice
from consent_service.web.frame.client_address import read_client_address
from consent_service.web.frame.metrics import count_choice
from consent_service.web.frame.visit import Visit
from consent_service.web.frame.wiring import Wiring
from consent_service.web.visitor.visitor_cookies import list_expired_cookies, write_visitor_cookie

SAVED = "cc-saved"
SETTINGS_PATH = "/consent/"
NOT_BACK_TO = ("/consent/choice", "/consent/banner")
ASCII = bytes(range(128))

Headers = list[tuple[str, str]]


def find_way_back(mount: Mount, asked: str | None, environ: dict[str, Any]) -> str:
    """Find the way back: the form's own field, else the page the form was on, else the settings page."""
    # Some browsers send the letters of an address as bytes, and the shop knows its page by these.
    came_from = quote(environ.get("HTTP_REFERER", ""), safe=ASCII, encoding="latin-1")
    for candidate in (asked, came_from):
        checked = check_return(candidate, own_origin=mount.origin, trusted_origins=mount.trusted)
        if checked and not checked.startswith(NOT_BACK_TO):
            return checked
    return SETTINGS_PATH


def save_choice(
    parts: Wiring,
    visit: Visit,
    submission: Submission,
    notice: Notice,
    return_path: str,
    environ: dict[str, Any],
) -> Headers:
    """Record a choice and write the headers of the 303 that ends it; raises as ``admit`` and ``record_choice`` do."""
    client = read_client_address(environ, parts.proxies)
    parts.choices.admit(visit.site, visit.visitor, client, grants=submission.grants)
    cookie = visit.cookie or (None if submission.grants else take_for_refusal(visit.doubted))
    choice = ChoiceMade(submission=submission, notice=notice, cookie=cookie, signal=visit.signal)
    recorded = record_choice(parts.resources, visit.site, choice)
    count_choice(visit.site.id, submission.button)
    return _write_saved_headers(visit.in_language(notice.language), recorded, return_path, environ)


def _write_saved_headers(visit: Visit, recorded: Recorded, return_path: str, environ: dict[str, Any]) -> Headers:
    target = return_path if return_path.startswith(("http:", "https:")) else visit.mount.origin + return_path
    if return_path.partition("?")[0] in (SETTINGS_PATH, SETTINGS_PATH.rstrip("/")):
        target = f"{visit.mount.origin}{SETTINGS_PATH}?saved=1&lang={visit.language}"
    headers = [
        ("Location", f"{target}#{SAVED}"),
        ("Cache-Control", "no-store"),
        ("Content-Type", "text/html; charset=utf-8"),
        ("Set-Cookie", write_visitor_cookie(visit.mount, recorded.signed, recorded.max_age)),
    ]
    if "HTTP_COOKIE" in environ:
        sent = tuple(parse_cookie(environ["HTTP_COOKIE"]))
        taken = sum(len(name) + len(value) + len(": \r\n") for name, value in headers)
        gone = list_expired_cookies(visit.mount, recorded.allowed, sent, environ["HTTP_HOST"], taken)
        headers += [("Set-Cookie", value) for value in gone]
    return headers
