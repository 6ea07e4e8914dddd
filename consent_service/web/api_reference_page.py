"""The API reference: the description as JSON, and as a page without scripts, at the addresses that are known."""

import re

from flask import Blueprint, Response, jsonify, render_template, request
from markupsafe import Markup, escape

from consent_service.web.api_description import REASONS, describe_api
from consent_service.web.frame.problems import PROBLEMS
from consent_service.web.frame.security_headers import set_page_policy
from consent_service.web.frame.visit import find_mount
from consent_service.web.frame.wiring import find_wiring

CODE = re.compile(r"`([^`]+)`")


def get_openapi() -> Response:
    """Send the OpenAPI document."""
    _require_known_host()
    return jsonify(describe_api())


def show_reference() -> Response:
    """Send the document as a page for people."""
    _require_known_host()
    stylesheet = next(iter(find_wiring().stylesheets.values())).page_path
    body = render_template(
        "reference.html", document=describe_api(), reasons=REASONS, problems=PROBLEMS, stylesheet=stylesheet
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    set_page_policy(response, None)
    return response


def _require_known_host() -> None:
    """Raise UnknownHost for a name that is neither the service's own nor a shop's."""
    sites = find_wiring().sites
    if not sites.serves_own_address(request.host):
        find_mount(sites, request.environ)


def mark_code(text: str) -> Markup:
    """Show what stands between backticks as code; everything else stays text."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before it is marked


def reference_blueprint() -> Blueprint:
    """Serve the reference."""
    blueprint = Blueprint("reference", __name__)
    blueprint.add_app_template_filter(mark_code)
    blueprint.add_url_rule("/openapi.json", view_func=get_openapi)
    blueprint.add_url_rule("/docs", view_func=show_reference)
    return blueprint
