"""Pages: how every full page is rendered, with the same frame, caching and policy."""

from urllib.parse import quote, urlencode

from flask import Response, current_app, render_template, request
from werkzeug.routing import Rule

from consent_service.texts import LANGUAGES, Translator
from consent_service.web.frame.security_headers import set_link_page_policy, set_page_policy
from consent_service.web.frame.visit import Visit
from consent_service.web.frame.wiring import find_wiring

PAGE_HEADERS = (
    ("Cache-Control", "private, no-store"),
    ("Vary", "Accept-Language, Cookie, Sec-GPC"),
    ("X-Robots-Tag", "noindex"),
)


def make_translator(visit: Visit) -> Translator:
    """Return the texts of a visit's language with the site's own wording."""
    return find_wiring().catalogue.translator(visit.language, visit.site.texts.get(visit.language, {}))


def render_link_page(visit: Visit, template: str, status: int = 200, **context: object) -> Response:
    """Render a full page about messages, which the links in messages lead to."""
    response = render_page(visit, template, status, **context)
    set_link_page_policy(response)
    return response


def render_unknown_link(visit: Visit) -> Response:
    """Answer to every link that is not whole, not ours, or of another kind, in the same way."""
    return render_link_page(visit, "unsubscribe/unknown.html", 404)


def render_page(visit: Visit, template: str, status: int = 200, **context: object) -> Response:
    """Render a full page for a visit.

    ``path`` is where the language links lead, which show the page again: by default where it was asked for.
    """
    site, language = visit.site, visit.language
    body = render_template(
        template,
        status=status,
        site=site,
        t=make_translator(visit),
        language=language,
        direction=LANGUAGES[language].direction,
        languages=[(code, LANGUAGES[code].name) for code in site.languages],
        stylesheet=find_wiring().stylesheets[site.id].page_path,
        shop_url=site.shop_path,
        **{"path": _find_page_path(status)} | context,
    )
    response = Response(body, status, content_type="text/html; charset=utf-8")
    response.headers.extend(PAGE_HEADERS)
    set_page_policy(response, visit.mount)
    response.headers["Content-Language"] = language
    return response


def send_to(path: str, visit: Visit, **query: str) -> Response:
    """Send a browser that posted a form on to a page of ours, so that reloading it posts nothing again."""
    location = f"{path}?{urlencode({**query, 'lang': visit.language})}"
    return Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})


def _find_page_path(status: int) -> str:
    """Tell the address of the present page without its language, or the settings page where it cannot be opened again.

    A page that says what is wrong repeats nothing of the request, so it is the same for every link that is not ours.
    """
    rule = request.url_rule
    if rule is None or not _can_be_read(rule) or (status >= 400 and rule.arguments):
        return "/consent/"
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang" and status < 400]
    return f"{quote(request.path)}?{urlencode(kept)}" if kept else quote(request.path)


def _can_be_read(rule: Rule) -> bool:
    methods = (one.methods or () for one in current_app.url_map.iter_rules() if one.rule == rule.rule)
    return any("GET" in one for one in methods)
