"""Link pages: the pages that links in messages lead to, guarded by the token of the link alone."""

from flask import Response

from consent_service.web.frame.page_rendering import render_private_page
from consent_service.web.frame.security_headers import POLICY, write_page_policy
from consent_service.web.frame.visit import Visit


def render_link_page(visit: Visit, template: str, status: int = 200, **context: object) -> Response:
    """Render a page whose forms go to our own origin and nowhere else, because none leads back to the shop."""
    response = render_private_page(visit, template, status, **context)
    response.headers[POLICY] = write_page_policy(None)
    return response


def render_unknown_link(visit: Visit) -> Response:
    """Answer to every link that is not whole, not ours, or of another kind, in the same way."""
    return render_link_page(visit, "unsubscribe/unknown.html", 404)
