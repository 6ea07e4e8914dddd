"""The cookie list: every cookie of the site and everybody who receives data."""

from flask import Blueprint, Response

from consent_service.domain.site.purpose import Kind
from consent_service.web.frame.page_rendering import render_page
from consent_service.web.frame.visit import read_visit


def show_cookies() -> Response:
    """Show the register."""
    visit = read_visit()
    purposes = [purpose for purpose in visit.site.purposes if purpose.kind is Kind.COOKIES]
    return render_page(visit, "settings/cookies.html", purposes=purposes, recipients=visit.site.recipients)


def cookie_list_blueprint() -> Blueprint:
    """Serve the cookie list."""
    blueprint = Blueprint("cookie_list", __name__)
    blueprint.add_url_rule("/consent/cookies", view_func=show_cookies)
    return blueprint
