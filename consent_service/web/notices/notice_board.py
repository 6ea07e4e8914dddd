"""The notice board: every notice rendered once, in every language, with the digest of exactly what it says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment

from consent_service.domain.ledger.notice import PLACEHOLDER, Notice, make_notice
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.site import Site
from consent_service.texts import LANGUAGES, Catalogue
from consent_service.web.notices.message_notices import render_subscribe
from consent_service.web.notices.settings_view import make_form_context
from consent_service.web.notices.stylesheets import Stylesheets

BANNER = "banner"
SETTINGS = "preferences"
"""The name of the settings page as a surface, kept in archived notices."""
REMEMBERED = 512
"""How many banners for part of the purposes are kept; they differ by what a visitor has still to decide."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice and the bytes that go out: its page with the digest in place."""

    notice: Notice
    body: bytes


class NoticeBoard:
    """Renders notices from the templates and finds them again by digest."""

    def __init__(self, templates: Environment, catalogue: Catalogue, stylesheets: dict[str, Stylesheets]) -> None:
        self._templates = templates
        self._catalogue = catalogue
        self._stylesheets = stylesheets
        self._by_digest: dict[str, Notice] = {}
        self._banners: dict[tuple[str, str, bool], Shown] = {}
        self._settings: dict[tuple[str, str, bool], Notice] = {}
        self._subscribe: dict[tuple[str, str], Shown] = {}
        self._settled: dict[tuple[str, str, str, bool], bytes] = {}
        self._part: Callable[[Site, str, bool, tuple[str, ...]], Shown] = lru_cache(REMEMBERED)(self._render_part)

    def prepare(self, site: Site) -> Iterator[Notice]:
        """Render everything that is the same for all visitors of a site, and hand out the notices."""
        for language in site.languages:
            for signal in (False, True):
                asked = tuple(p for p in site.cookie_purposes if not p.needs_own_yes(signal=signal))
                shown = self._render_banner(site, language, signal, asked, partial=False)
                self._banners[site.id, language, signal] = shown
                settings = self._render_settings(site, language, signal)
                self._settings[site.id, language, signal] = settings
                for notice in (shown.notice, settings):
                    self._by_digest[notice.digest] = notice
                    yield notice
            if site.newsletter_purposes:
                notice, body = render_subscribe(self._render, site, language, self._stylesheets[site.id])
                self._subscribe[site.id, language] = Shown(notice, body)
                yield notice

    def banner(self, site: Site, language: str, signal: bool) -> Shown:
        """Return the banner for a visitor who decided nothing yet."""
        return self._banners[site.id, language, signal]

    def banner_for(
        self, site: Site, language: str, signal: bool, purposes: tuple[Purpose, ...], *, standing: bool
    ) -> Shown:
        """Return the banner that asks for these purposes only; ``standing`` says that grants of others stand."""
        full = self._banners[site.id, language, signal]
        keys = tuple(purpose.key for purpose in purposes)
        if keys == full.notice.purposes and not standing:
            return full
        return self._part(site, language, signal, keys)

    def settled(self, site: Site, language: str, summary: str, *, decided: bool) -> bytes:
        """Return the one line for a visitor who has nothing to decide; it speaks of a choice only if there was one."""
        key = (site.id, language, summary, decided)
        if key not in self._settled:
            text = self._render("banner/settled.html", site, language, summary=summary, decided=decided)
            self._settled[key] = text.encode()
        return self._settled[key]

    def settings(self, site: Site, language: str, signal: bool) -> Notice:
        """Return the notice of the settings page."""
        return self._settings[site.id, language, signal]

    def subscribe(self, site: Site, language: str) -> Shown | None:
        """Return the newsletter form; None where the site sends no newsletter."""
        return self._subscribe.get((site.id, language))

    def find(self, site: Site, digest: str) -> Notice | None:
        """Find a prepared notice of a site by its digest."""
        notice = self._by_digest.get(digest)
        return notice if notice and notice.site == site.id else None

    def find_part(self, site: Site, digest: str, signal: bool, purposes: tuple[Purpose, ...]) -> Notice | None:
        """Find the banner that asks for these purposes only, in whatever language it was shown."""
        keys = tuple(purpose.key for purpose in purposes)
        shown = (self._part(site, language, signal, keys).notice for language in site.languages if keys)
        return next((notice for notice in shown if notice.digest == digest), None)

    def _render_part(self, site: Site, language: str, signal: bool, keys: tuple[str, ...]) -> Shown:
        purposes = tuple(site.purpose_by_key[key] for key in keys)
        return self._render_banner(site, language, signal, purposes, partial=True)

    def _render_banner(
        self, site: Site, language: str, signal: bool, purposes: tuple[Purpose, ...], *, partial: bool
    ) -> Shown:
        recipients = {key for purpose in purposes for key in purpose.recipients}
        page = self._render(
            "banner/undecided.html",
            site,
            language,
            purposes=purposes,
            recipient_count=len(recipients),
            signal_titles=[p.title[language] for p in site.cookie_purposes if signal and p.signal],
            partial=partial,
            notice=PLACEHOLDER,
        )
        notice = make_notice(
            site,
            surface=BANNER,
            language=language,
            signal=signal,
            purposes=purposes,
            page=page,
            stylesheet=self._stylesheets[site.id].banner,
        )
        return Shown(notice, page.replace(PLACEHOLDER, notice.digest).encode())

    def _render_settings(self, site: Site, language: str, signal: bool) -> Notice:
        page = self._render(
            "settings/page.html",
            site,
            language,
            **make_form_context(site, {}, signal=signal),
            signal=signal,
            notice=PLACEHOLDER,
            languages=[(code, LANGUAGES[code].name) for code in site.languages],
            shop_url=site.shop_path,
            path="/consent/",
            return_path="",
            saved="",
            errors=[],
            receipt=None,
            status=200,
            stylesheet=self._stylesheets[site.id].page_path,
        )
        return make_notice(
            site,
            surface=SETTINGS,
            language=language,
            signal=signal,
            purposes=site.cookie_purposes,
            page=page,
            stylesheet=self._stylesheets[site.id].page,
        )

    def _render(self, template: str, site: Site, language: str, **context: object) -> str:
        return self._templates.get_template(template).render(
            site=site,
            t=self._catalogue.translator(language, site.texts.get(language, {})),
            language=language,
            direction=LANGUAGES[language].direction,
            **{"stylesheet": self._stylesheets[site.id].banner_path} | context,
        )
