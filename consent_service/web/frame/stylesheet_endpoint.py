"""Stylesheets: they are named by their content, so that they may be kept for ever."""

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from consent_service.web.frame.wiring import find_wiring


def get_stylesheet(name: str) -> Response:
    """Send a stylesheet, on any host: its name says all of its content."""
    found = (sheets.find(name) for sheets in find_wiring().stylesheets.values())
    body = next((body for body in found if body is not None), None)
    if body is None:
        raise NotFound
    response = Response(body, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def stylesheet_blueprint() -> Blueprint:
    """Serve stylesheets."""
    blueprint = Blueprint("stylesheets", __name__)
    blueprint.add_url_rule("/consent/static/<name>", view_func=get_stylesheet)
    return blueprint
