"""Static files: stylesheets named by their content, so that they may be kept for ever."""

from flask import Blueprint, Response, abort, request

from consent_service.web.parts import parts
from consent_service.web.visit import find_mount


def stylesheet(name: str) -> Response:
    """Send a stylesheet of the site that the request's host belongs to."""
    wired = parts()
    site = find_mount(wired.sites, request).site
    body = wired.stylesheets[site.id].find(name)
    if body is None:
        abort(404)
    response = Response(body, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def static_files_blueprint() -> Blueprint:
    """Serve stylesheets."""
    blueprint = Blueprint("static_files", __name__)
    blueprint.add_url_rule("/consent/static/<name>", view_func=stylesheet)
    return blueprint
