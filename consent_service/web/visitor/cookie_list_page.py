"""The cookie list: every cookie of the site and everybody who receives data."""

from flask import Blueprint, Response, request

from consent_service.domain.site.purpose import Kind
from consent_service.web.frame.pages import render_page
from consent_service.web.frame.visit import read_visit
from consent_service.web.frame.wiring import find_wiring


def show_cookies() -> Response:
    """Show the register."""
    wired = find_wiring()
    visit = read_visit(wired.resources, wired.sites, request)
    purposes = [purpose for purpose in visit.site.purposes if purpose.kind is Kind.COOKIES]
    return render_page(visit, "cookies/page.html", purposes=purposes, recipients=visit.site.recipients)


def cookie_list_blueprint() -> Blueprint:
    """Serve the cookie list."""
    blueprint = Blueprint("cookie_list", __name__)
    blueprint.add_url_rule("/consent/cookies", view_func=show_cookies)
    return blueprint
