"""The parts every view works with, wired once by create_app."""

from dataclasses import dataclass

from flask import Flask, current_app

from consent_service.domain.site.site_directory import SiteDirectory
from consent_service.keys.signing import FormSeal
from consent_service.services.resources import Resources
from consent_service.services.visitor.limiting_choices import ChoiceLimiter
from consent_service.texts import Catalogue
from consent_service.web.frame.key_gate import KeyGate
from consent_service.web.frame.long_poll_limiter import LongPollLimiter
from consent_service.web.notices.notice_board import NoticeBoard
from consent_service.web.notices.stylesheets import Stylesheets

EXTENSION = "consent_service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the application was made of; ``stylesheets`` are by site id, ``proxies`` of the shop stand in front.

    ``webhook_loopback`` says that webhooks may go to this machine.
    """

    resources: Resources
    sites: SiteDirectory
    catalogue: Catalogue
    board: NoticeBoard
    stylesheets: dict[str, Stylesheets]
    seal: FormSeal
    gate: KeyGate
    long_polls: LongPollLimiter
    choices: ChoiceLimiter
    webhook_loopback: bool
    proxies: int = 0


def install_wiring(app: Flask, parts: Wiring) -> None:
    """Give the parts to an application."""
    app.extensions[EXTENSION] = parts


def find_wiring() -> Wiring:
    """Return the parts of the application that serves the present request."""
    found: Wiring = current_app.extensions[EXTENSION]
    return found
