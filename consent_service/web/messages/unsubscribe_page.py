"""The unsubscribe page: one button that ends what the link of a message names."""

from typing import Any

from flask import Blueprint, Response

from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.decision import Method
from consent_service.domain.messages.link_pack import CENTRE_PATH
from consent_service.domain.messages.link_token import (
    LinkKind,
    LinkToken,
    make_purpose_code,
    resolve_token,
    write_base64url_token,
    write_token,
)
from consent_service.domain.subject.subject import mask_address
from consent_service.services.messages.unsubscribing import read_link, unsubscribe
from consent_service.services.subject.identifying_subjects import open_kept_address
from consent_service.web.frame.metrics import count_unsubscribe
from consent_service.web.frame.page_rendering import render_link_page, render_unknown_link
from consent_service.web.frame.visit import Visit, read_visit
from consent_service.web.frame.wiring import find_wiring

SOURCE = "unsubscribe_page"


def show_unsubscribe(token: str) -> Response:
    """Show what a link would end, and the button that does it."""
    visit = read_visit()
    link = read_link(find_wiring().resources, visit.site, token, LinkKind.UNSUBSCRIBE)
    if link is None:
        return render_unknown_link(visit)
    return render_link_page(visit, "unsubscribe/page.html", token=token, **_make_context(visit, link))


def post_unsubscribe(token: str) -> Response:
    """End what a link names; the posts of mail programs never come here, and neither needs more than the token."""
    visit = read_visit()
    link = read_link(find_wiring().resources, visit.site, token, LinkKind.UNSUBSCRIBE)
    if link is None:
        return render_unknown_link(visit)
    unsubscribe(find_wiring().resources, visit.site, link, method=Method.ONE_CLICK, source=SOURCE)
    count_unsubscribe(visit.site.id, SOURCE)
    return render_link_page(visit, "unsubscribe/done.html", **_make_context(visit, link))


def _make_context(visit: Visit, link: LinkToken) -> dict[str, Any]:
    resources = find_wiring().resources
    scope = resolve_token(link, visit.site)
    named = (purpose for purpose in scope.purposes if make_purpose_code(purpose.key) == link.purpose_code)
    address = open_kept_address(resources, name_subject(visit.site.id, link.subject))
    centre = write_token(resources.keys.secrets.links, visit.site.id, LinkToken(LinkKind.PREFERENCES, link.subject))
    return {
        "purpose": next(named, None),
        "channel": None if scope.stops_all else link.channel,
        "masked": mask_address(address) if address else "",
        "centre_path": CENTRE_PATH + write_base64url_token(centre),
    }


def unsubscribe_blueprint() -> Blueprint:
    """Serve the unsubscribe page."""
    blueprint = Blueprint("unsubscribe", __name__)
    blueprint.add_url_rule("/consent/u/<token:token>", "show", show_unsubscribe)
    blueprint.add_url_rule("/consent/u/<token:token>", "stop", post_unsubscribe, methods=["POST"])
    return blueprint
