"""The unsubscribe page: one button that ends what the link of a message names."""

from typing import Any

from flask import Blueprint, Response, request

from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.decision import Method
from consent_service.domain.messages.link_pack import CENTRE_PATH, UNSUBSCRIBE_PATH
from consent_service.domain.messages.link_token import (
    LinkKind,
    LinkScope,
    LinkToken,
    make_purpose_code,
    resolve_token,
    write_base64url_token,
    write_token,
)
from consent_service.domain.subject.subject import mask_address
from consent_service.services.messages.unsubscribing import has_ended, read_link, unsubscribe
from consent_service.services.subject.identifying_subjects import open_kept_address
from consent_service.web.frame.metrics import count_unsubscribe
from consent_service.web.frame.page_rendering import render_link_page, render_unknown_link
from consent_service.web.frame.visit import Visit, read_visit
from consent_service.web.frame.wiring import find_wiring

SOURCE = "unsubscribe_page"
DONE = "done"


def show_unsubscribe(token: str) -> Response:
    """Show what a link would end, and the button that does it."""
    visit = read_visit()
    link = read_link(find_wiring().resources, visit.site, token, LinkKind.UNSUBSCRIBE)
    if link is None:
        return render_unknown_link(visit)
    # Only where it is true, because anybody can write the address of a page that says so.
    if DONE in request.args and has_ended(find_wiring().resources, visit.site, link):
        return _render_done(visit, token, link)
    return _render(visit, link, "unsubscribe/page.html", token=token)


def post_unsubscribe(token: str) -> Response:
    """End what a link names; the posts of mail programs never come here, and neither needs more than the token."""
    visit = read_visit()
    link = read_link(find_wiring().resources, visit.site, token, LinkKind.UNSUBSCRIBE)
    if link is None:
        return render_unknown_link(visit)
    unsubscribe(find_wiring().resources, visit.site, link, method=Method.ONE_CLICK, source=SOURCE)
    count_unsubscribe(visit.site.id, SOURCE)
    return _render_done(visit, token, link)


def _render_done(visit: Visit, token: str, link: LinkToken) -> Response:
    path = f"{UNSUBSCRIBE_PATH}{token}?{DONE}=1"
    return _render(visit, link, "unsubscribe/done.html", path=path)


def _render(visit: Visit, link: LinkToken, template: str, **context: Any) -> Response:
    """Render a page about what a link covers, which for a limited one may be nothing any more."""
    scope = resolve_token(link, visit.site)
    if not scope.purposes and not scope.stops_all:
        return render_link_page(visit, "unsubscribe/ended.html")
    return render_link_page(visit, template, **context, **_make_context(visit, link, scope))


def _make_context(visit: Visit, link: LinkToken, scope: LinkScope) -> dict[str, Any]:
    resources = find_wiring().resources
    named = (purpose for purpose in scope.purposes if make_purpose_code(purpose.key) == link.purpose_code)
    if link.limited:
        # Who made it may see one purpose and no address, and whoever has the link sees no more than that.
        return {"purpose": next(named, None)}
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
