"""The API reference: the description as JSON, and as a page without scripts."""

import re

from flask import Blueprint, Response, jsonify, render_template
from markupsafe import Markup, escape

from consent_service.web.api_description import REASONS, describe_api
from consent_service.web.frame.problems import PROBLEMS
from consent_service.web.frame.security_headers import set_page_policy
from consent_service.web.frame.wiring import find_wiring

CODE = re.compile(r"`([^`]+)`")


def get_openapi() -> Response:
    """Send the OpenAPI document."""
    return jsonify(describe_api())


def show_reference() -> Response:
    """Send the document as a page for people."""
    stylesheet = next(iter(find_wiring().stylesheets.values())).page_path
    body = render_template(
        "reference.html", document=describe_api(), reasons=REASONS, problems=PROBLEMS, stylesheet=stylesheet
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    set_page_policy(response, None)
    return response


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
