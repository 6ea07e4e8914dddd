"""Message notices: what a person is shown when they are asked for messages."""

from collections.abc import Callable

from consent_service.domain.ledger.notice import PLACEHOLDER, Notice, make_notice
from consent_service.domain.site.site import Site
from consent_service.web.notices.stylesheets import Stylesheets

SUBSCRIBE = "subscribe"

Renderer = Callable[..., str]
"""Renders a template for a site and a language with further values, which go by name."""


def render_subscribe(render: Renderer, site: Site, language: str, stylesheets: Stylesheets) -> tuple[Notice, bytes]:
    """Render the newsletter form as the fragment that shops embed; its text is that of the page as well."""
    purposes = site.newsletter_purposes
    page = render(
        "subscribe/fragment.html",
        site,
        language,
        purposes=purposes,
        age_limit=site.age_limit,
        notice=PLACEHOLDER,
        stylesheet=stylesheets.subscribe_path,
    )
    notice = make_notice(
        site,
        surface=SUBSCRIBE,
        language=language,
        signal=False,
        purposes=purposes,
        page=page,
        stylesheet=stylesheets.subscribe,
    )
    return notice, page.replace(PLACEHOLDER, notice.digest).encode()
