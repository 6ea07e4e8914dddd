"""The wiring: create_app puts settings, sites, storage, services and web together, and nothing else does."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from flask import Flask

from consent_service.domain.basics.duration import count_least_days, parse_duration
from consent_service.domain.basics.moment import write_page_time
from consent_service.domain.ledger.notice import Notice
from consent_service.domain.ledger.rewording import make_register_notices
from consent_service.domain.site.contact_link import make_contact_link
from consent_service.domain.site.site import Site
from consent_service.domain.site.site_directory import SiteDirectory
from consent_service.front.asgi_front import AsgiFront
from consent_service.front.feed_waiting import FeedWaiting
from consent_service.front.gathering_lane import GatheringLane
from consent_service.front.lane import Lane
from consent_service.front.lane_table import LaneName, LaneTable, list_passages
from consent_service.front.parent_watch import start_parent_watch
from consent_service.front.site_reload import SiteReload, hold_reloads_back
from consent_service.front.stop_sign import is_told_to_stop
from consent_service.keys.signing import FormSeal
from consent_service.logs import configure_logs
from consent_service.services.check.limiting_lists import EXPORTS, LISTS
from consent_service.services.ledger.guarding_texts import require_same_meaning
from consent_service.services.ledger.publishing_notices import publish
from consent_service.services.operator.preparing_home import open_whole_resources
from consent_service.services.operator.shortening_log import shorten_log
from consent_service.services.resources import Resources
from consent_service.services.visitor.limiting_choices import ChoiceLimiter
from consent_service.settings import Settings
from consent_service.shipped_files import find_shipped_folder
from consent_service.site_files.site_file import read_sites
from consent_service.texts import Catalogue
from consent_service.web.check.check_endpoint import CheckEndpoint
from consent_service.web.error_pages import install_error_pages
from consent_service.web.frame.generation_fence import install_generation_fence
from consent_service.web.frame.key_gate import KeyGate
from consent_service.web.frame.long_poll_limiter import LongPollLimiter
from consent_service.web.frame.metrics import flush_counts
from consent_service.web.frame.security_headers import SecurityHeaders, list_security_headers
from consent_service.web.frame.token_converter import TokenConverter
from consent_service.web.frame.wiring import EXTENSION, Wiring, install_wiring
from consent_service.web.frame.wsgi_app import WsgiApp
from consent_service.web.messages.one_click_endpoint import OneClickEndpoint
from consent_service.web.notices.notice_board import NoticeBoard
from consent_service.web.notices.stylesheets import Stylesheets
from consent_service.web.routes import BLUEPRINTS
from consent_service.web.visitor.banner_endpoint import BannerEndpoint
from consent_service.web.visitor.choice_endpoint import ChoiceEndpoint

MAX_FORM_BYTES = 16_384
BULK_THREADS = LISTS + EXPORTS + 1
"""One for each list that may be checked and each export that may be sent at a time, and one for imports."""
FEED_SEATS = 500


def create_app(
    settings: Settings,
    resources: Resources | None = None,
    served: Iterable[Site] | None = None,
    former: Wiring | None = None,
) -> Flask:
    """Build the application; raises a ConsentError that says what to do where anything is not fit to start.

    ``resources`` may be passed to give another clock or other randomness, ``served`` to serve these sites instead
    of those in the site files. What the ``former`` application of this process has counted counts on.
    """
    sites = SiteDirectory(read_sites(settings.sites) if served is None else served, settings.own_hosts)
    resources = resources or open_whole_resources(settings)
    app = Flask(__name__, template_folder=str(find_shipped_folder("templates")), static_folder=None)
    _set_up_framework(app)
    catalogue = Catalogue()
    stylesheets = {site.id: Stylesheets(site, find_shipped_folder("static")) for site in sites.sites.values()}
    board = NoticeBoard(app.jinja_env, catalogue, stylesheets)
    require_same_meaning(resources, sites.sites.values())
    publish(resources, [notice for site in sites.sites.values() for notice in list_shown_notices(board, site)])
    gate = KeyGate(resources, sites)
    parts = Wiring(
        resources=resources,
        sites=sites,
        catalogue=catalogue,
        board=board,
        stylesheets=stylesheets,
        seal=FormSeal(resources.keys.form_secret),
        gate=gate,
        proxies=settings.proxies,
        long_polls=former.long_polls if former else LongPollLimiter(settings.feed_waiters),
        choices=former.choices if former else ChoiceLimiter(resources, settings.workers),
        webhook_loopback=settings.webhook_loopback,
    )
    install_wiring(app, parts)
    for make_blueprint in BLUEPRINTS:
        app.register_blueprint(make_blueprint())
    install_error_pages(app)
    install_generation_fence(app)
    headers = list_security_headers(hsts_seconds=settings.hsts_seconds)
    plain = ChoiceEndpoint(app.wsgi_app, parts)
    one_click = OneClickEndpoint(plain, resources, sites)
    secured = SecurityHeaders(BannerEndpoint(one_click, parts), headers)
    app.wsgi_app = CheckEndpoint(secured, resources, gate, headers)  # type: ignore[method-assign]
    return app


def _set_up_framework(app: Flask) -> None:
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=200,
    )
    # One spelling of a path is answered; the router would send people on, to an address made of the request's Host.
    app.url_map.merge_slashes = False
    app.url_map.converters["token"] = TokenConverter
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    filters = {"contact_link": make_contact_link, "duration": parse_duration, "page_time": write_page_time}
    app.jinja_env.filters.update(filters | {"least_days": count_least_days})


def list_shown_notices(board: NoticeBoard, site: Site) -> Iterator[Notice]:
    """List what is archived before a site is served: all that visitors are shown, and the texts of every purpose."""
    yield from board.prepare(site)
    yield from make_register_notices(site)


def _finish(wiring: Wiring) -> None:
    flush_counts()
    wiring.resources.database.close()


def create_front_application() -> AsgiFront:
    """Build what our own server calls from the environment."""
    hold_reloads_back()
    settings = Settings.from_environ(os.environ)
    configure_logs(settings.log_level)
    return put_front_before(create_app(settings), settings)


def put_front_before(app: Flask, settings: Settings, wsgi_app: WsgiApp | None = None) -> AsgiFront:
    """Put the front of our own server before an application; ``wsgi_app`` is what it calls instead of the service."""
    wiring: Wiring = app.extensions[EXTENSION]
    database = wiring.resources.database
    threads = settings.threads or database.readers
    bounds = {
        LaneName.READ: (threads, 500),
        LaneName.ASK: (threads, 500),
        LaneName.BULK: (BULK_THREADS, 20),
        LaneName.SPOOL: (1, 1000),
    }
    leave = database.close_connection
    lanes = {
        name: Lane(name, threads=threads, waiting=waiting, leave=leave) for name, (threads, waiting) in bounds.items()
    }
    writer = GatheringLane(
        LaneName.WRITE, threads=database.writers, waiting=500, leave=leave, gather_writes=database.gather_writes
    )
    asking = None if database.reads_on_loop else lanes[LaneName.ASK]
    sites = SiteReload(wiring, partial(_build_anew, settings), leave, asking)

    def enter_loop(exchange: Callable[[WsgiApp], None]) -> None:
        database.read_without_waiting()
        start_parent_watch()
        if wsgi_app is None:
            sites.listen(exchange)

    return AsgiFront(
        wsgi_app or app.wsgi_app,
        lanes,
        writer,
        folder=settings.home,
        feed=FeedWaiting(sites.find_newest, FEED_SEATS, is_told_to_stop),
        find_sender=sites.find_sender,
        name_sender=sites.name_sender,
        enter_loop=enter_loop,
        beside=partial(shorten_log, wiring.resources),
        stop=partial(_finish, wiring),
        table=LaneTable(list_passages(reads_on_loop=database.reads_on_loop, gathers=database.writers == 1)),
    )


def _build_anew(settings: Settings, former: Wiring) -> tuple[WsgiApp, Wiring]:
    app = create_app(settings, former.resources, former=former)
    return app.wsgi_app, app.extensions[EXTENSION]
