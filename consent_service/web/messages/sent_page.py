"""The page after an address was entered: the same for every address, with the address on it to be looked over."""

import base64
import binascii

from flask import Response, request

from consent_service.domain.basics.moment import HOUR
from consent_service.services.messages.subscribing import VALID_DAYS
from consent_service.web.frame.page_rendering import render_link_page, send_to
from consent_service.web.frame.visit import Visit
from consent_service.web.frame.wiring import find_wiring

FIELD = "to"
ABOUT = "sent"
TIME_BYTES = 8
SHOWN_FOR = HOUR
"""For how long the page repeats the address; after that its link in somebody's history tells nothing."""


def send_to_sent(path: str, visit: Visit, entered: str = "") -> Response:
    """Send a browser to the page; the address goes with it sealed, because addresses get into logs and histories."""
    return send_to(path, visit, **{FIELD: _seal_address(visit, entered)})


def render_sent(visit: Visit, variant: str) -> Response:
    """Render the page for a ``variant``: ``subscribe`` or ``preferences``."""
    return render_link_page(
        visit,
        "subscribe/sent.html",
        variant=variant,
        entered=_open_address(visit, request.args.get(FIELD, "")),
        sender=visit.site.messages.sender if visit.site.messages else "",
        valid_days=VALID_DAYS,
    )


def _seal_address(visit: Visit, entered: str) -> str:
    resources = find_wiring().resources
    content = resources.clock().to_bytes(TIME_BYTES) + entered.encode()
    sealed = resources.keys.secrets.seal.close(content, f"{ABOUT}/{visit.site.id}")
    return base64.urlsafe_b64encode(sealed).decode()


def _open_address(visit: Visit, text: str) -> str:
    resources = find_wiring().resources
    try:
        sealed = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        return ""
    content = resources.keys.secrets.seal.open(sealed, f"{ABOUT}/{visit.site.id}")
    if content is None or resources.clock() - int.from_bytes(content[:TIME_BYTES]) > SHOWN_FOR:
        return ""
    return content[TIME_BYTES:].decode()
