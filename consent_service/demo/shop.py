"""The demo shop: every optional cookie and tag waits for the consent client's yes."""

import secrets
from pathlib import Path

from flask import Flask, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as PlainResponse

from consent_service.client.banner_fetcher import BannerFetcher
from consent_service.client.bulk_check import BulkCheckFailed
from consent_service.client.client_answer import ClientAnswer
from consent_service.client.consent_client import ConsentClient
from consent_service.demo.basket import add_to_basket, read_basket
from consent_service.demo.campaign import Campaign
from consent_service.demo.mailbox import read_letter, read_letters
from consent_service.demo.products import CURRENCIES, DEFAULT_CURRENCY, PRODUCTS
from consent_service.domain.visitor.signal import has_signal
from consent_service.shipped_files import find_shipped_folder

PURPOSES = ("preferences", "analytics", "marketing")
BASKET_COOKIE = "basket"
PREFERENCES_COOKIE = "shop_prefs"
VISIT_COOKIE = "visit_id"
HALF_A_YEAR = 180 * 86_400
POLICY_PATHS = (
    "/privacy",
    "/en/privacy",
    "/de/datenschutz",
    "/fr/confidentialite",
    "/es/privacidad",
    "/zh/privacy",
    "/ar/privacy",
)
HEADERS = {
    # Not kept at all: going back to a page from before the choice must not bring the banner back.
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b")
"""A transparent GIF of one pixel."""


class Shop:
    """The shop's pages; ``views`` are the page views counted since it started."""

    def __init__(self, client: ConsentClient, fetcher: BannerFetcher, campaign: Campaign, mailbox: Path) -> None:
        self._client = client
        self._fetcher = fetcher
        self._campaign = campaign
        self._mailbox = mailbox
        self._views = 0

    def home(self) -> str:
        """Show every product."""
        return self._page("home", products=PRODUCTS.values())

    def piece(self, key: str) -> str:
        """Show one product."""
        return self._page("product", product=PRODUCTS.get(key) or abort(404))

    def basket(self) -> str:
        """Show the basket."""
        return self._page("basket", pieces=[PRODUCTS[key] for key in _read_own_basket()])

    def privacy(self) -> str:
        """Show the privacy policy."""
        return self._page("privacy")

    def visits(self) -> str:
        """Show how many page views were counted, and what the service says about this visitor."""
        return self._page("visits", count=self._views)

    def mailbox(self) -> str:
        """Show what was sent."""
        return self._page("mailbox", letters=read_letters(self._mailbox))

    def letter(self, name: str) -> str:
        """Show one message."""
        return self._page("letter", letter=read_letter(self._mailbox, name) or abort(404))

    def campaign(self) -> str:
        """Show the marketing tool, and on a post write to all who may be written to."""
        rows, failed = [], ""
        if request.method == "POST":
            try:
                rows = self._campaign.send()
            except BulkCheckFailed as failure:
                failed = str(failure)
        return self._page("campaign", addresses=self._campaign.addresses(), rows=rows, failed=failed)

    def add(self) -> PlainResponse:
        """Put a product into the basket: its cookie is necessary and asks nobody."""
        piece = PRODUCTS.get(request.form.get("piece", "")) or abort(400)
        response = redirect(url_for("basket", _external=True), 303)
        response.set_cookie(BASKET_COOKIE, add_to_basket(_read_own_basket(), piece.key), httponly=True, samesite="Lax")
        return response

    def choose_currency(self) -> PlainResponse:
        """Remember the currency where that is allowed; else it holds for the next page alone."""
        currency = request.form.get("currency", "")
        if currency not in CURRENCIES:
            abort(400)
        if not self._check()["preferences"].allowed:
            return redirect(url_for("home", currency=currency, _external=True), 303)
        response = redirect(url_for("home", _external=True), 303)
        response.set_cookie(PREFERENCES_COOKIE, currency, max_age=HALF_A_YEAR, httponly=True, samesite="Lax")
        return response

    def collect(self) -> Response:
        """Count a page view, and know the browser again, only where measuring is allowed; else do nothing."""
        if not self._check()["analytics"].allowed:
            return Response(status=204)
        self._views += 1
        response = Response(PIXEL, content_type="image/gif", headers={"Cache-Control": "no-store"})
        visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(12)
        response.set_cookie(VISIT_COOKIE, visit, max_age=HALF_A_YEAR, httponly=True, samesite="Lax")
        return response

    def _check(self) -> dict[str, ClientAnswer]:
        signal = has_signal(request.headers.get("Sec-GPC"))
        return self._client.check(request.environ.get("HTTP_COOKIE"), PURPOSES, signal)

    def _page(self, name: str, **context: object) -> str:
        answers = self._check()
        headers = request.headers
        banner = self._fetcher.fetch(headers.get("Cookie"), headers.get("Accept-Language"), headers.get("Sec-GPC"))
        return render_template(
            f"demo_shop/{name}.html",
            answers=answers,
            analytics_allowed=answers["analytics"].allowed,
            banner=banner,
            banner_settled=bool(banner) and "<form" not in banner,
            box=self._fetcher.fetch_box(headers.get("Accept-Language")),
            basket_count=len(_read_own_basket()),
            currency=_find_currency(remembered=answers["preferences"].allowed),
            page=request.path,
            **context,
        )


def create_shop(client: ConsentClient, fetcher: BannerFetcher, campaign: Campaign, mailbox: Path) -> Flask:
    """Build the shop's application; ``mailbox`` is the folder that stands in for a mail server."""
    shop = Shop(client, fetcher, campaign, mailbox)
    app = Flask(
        __name__,
        template_folder=str(find_shipped_folder("templates")),
        static_folder=str(find_shipped_folder("static") / "demo"),
        static_url_path="/static/demo",
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_url_rule("/", view_func=shop.home)
    app.add_url_rule("/pieces/<key>", view_func=shop.piece)
    app.add_url_rule("/basket", view_func=shop.basket)
    app.add_url_rule("/basket", view_func=shop.add, methods=["POST"])
    app.add_url_rule("/currency", view_func=shop.choose_currency, methods=["POST"])
    app.add_url_rule("/visits", view_func=shop.visits)
    app.add_url_rule("/collect.gif", view_func=shop.collect)
    app.add_url_rule("/mailbox", view_func=shop.mailbox)
    app.add_url_rule("/mailbox/<name>", view_func=shop.letter)
    app.add_url_rule("/campaign", view_func=shop.campaign, methods=["GET", "POST"])
    for path in POLICY_PATHS:
        app.add_url_rule(path, view_func=shop.privacy)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app


def _read_own_basket() -> list[str]:
    return read_basket(request.cookies.get(BASKET_COOKIE), PRODUCTS)


def _find_currency(*, remembered: bool) -> str:
    chosen = request.args.get("currency") or (remembered and request.cookies.get(PREFERENCES_COOKIE)) or ""
    return chosen if chosen in CURRENCIES else DEFAULT_CURRENCY
