"""The API reference: the description as JSON, and as a page without scripts."""

import re

from flask import Blueprint, Response, jsonify, render_template
from markupsafe import Markup, escape

from consent_service.web.api_description import REASONS, api_description
from consent_service.web.frame.problems import PROBLEMS
from consent_service.web.frame.security_headers import page_policy
from consent_service.web.frame.wiring import parts

CODE = re.compile(r"`([^`]+)`")


def description() -> Response:
    """Send the OpenAPI document."""
    return jsonify(api_description())


def page() -> Response:
    """Send the document as a page for people."""
    stylesheet = next(iter(parts().stylesheets.values())).page_path
    body = render_template(
        "reference/page.html", document=api_description(), reasons=REASONS, problems=PROBLEMS, stylesheet=stylesheet
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = page_policy(None)
    return response


def code_marked(text: str) -> Markup:
    """Show what stands between backticks as code; everything else stays text."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before it is marked


def reference_blueprint() -> Blueprint:
    """Serve the reference."""
    blueprint = Blueprint("reference", __name__)
    blueprint.add_app_template_filter(code_marked)
    blueprint.add_url_rule("/openapi.json", view_func=description)
    blueprint.add_url_rule("/docs", view_func=page)
    return blueprint
