"""Mailing: a job becomes a plain text in the reader's language and goes out by the route that the operator set."""

import logging
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from consent_service.delivery.retry_table import plan_next_mail_attempt
from consent_service.delivery.smtp import MailRefused, send_mail
from consent_service.domain.basics.moment import DAY, HOUR
from consent_service.domain.job import Job
from consent_service.domain.messages.mail_message import compose
from consent_service.domain.messages.mail_route import MailRoute
from consent_service.domain.site.site import Site
from consent_service.services.queueing_jobs import Attempt, Handler
from consent_service.services.resources import Resources
from consent_service.shipped_files import find_shipped_folder
from consent_service.storage.requests import find_request
from consent_service.storage.standings import find_standing
from consent_service.texts import Catalogue

NO_ROUTE = "no_route"
MAX_WAIT = 2 * DAY
"""What nobody can mail by then is of no use to who asked for it."""
SENT = "sent"

_log = logging.getLogger(__name__)


def make_mail_handler(route: MailRoute | None, catalogue: Catalogue) -> Handler:
    """Make the handler of mail jobs; without a route they wait, and the log says so, until there is one."""
    render = _make_renderer(catalogue)

    def handle(resources: Resources, site: Site, job: Job, body: dict[str, Any]) -> Attempt:
        now = resources.clock()
        if 0 < body["expires_at"] <= now:
            return Attempt("too_late")
        if _is_blocked(resources, job.target):
            return Attempt("suppressed")
        if route is None or site.messages is None:
            _log.warning("mail waits: CONSENT_SMTP_URL or the site's [messages] is missing", extra={"site": site.id})
            return Attempt(NO_ROUTE, now + HOUR if now - job.created_at < MAX_WAIT else None)
        subject, text = render(site, body)
        try:
            message = compose(
                site.messages.sender,
                body["to"],
                subject,
                text,
                at=job.created_at,
                # One job is one message, however often it is sent: a reader's program sorts the copy out.
                message_id=f"<{job.id}@{site.messages.sender.rpartition('@')[2].rstrip('>')}>",
                language=body["language"],
                reply_to=site.messages.reply_to,
            )
            send_mail(route, message)
        except MailRefused as refusal:
            _log.warning("a mail was refused", extra={"job": job.id, "cause": str(refusal)})
            again = plan_next_mail_attempt(job.attempts + 1, now, resources.randomness, permanent=refusal.permanent)
            return Attempt(f"refused_{refusal.code or 'unreachable'}", again)
        except ValueError as fault:
            _log.error("a mail cannot be written", extra={"job": job.id, "cause": str(fault)})
            return Attempt("malformed")
        return Attempt(SENT)

    return handle


def _is_blocked(resources: Resources, target: str) -> bool:
    """Say whether a block came up since the mail was queued, to the subject or for the request it is named after."""
    request = find_request(resources.database, target)
    return find_standing(resources.database, request.principal if request else target).block is not None


def _make_renderer(catalogue: Catalogue) -> Callable[[Site, dict[str, Any]], tuple[str, str]]:
    """Make what renders a mail: the first line of a template is the subject, the text follows a blank line."""
    templates = Environment(
        loader=FileSystemLoader(find_shipped_folder("templates")),
        autoescape=False,  # noqa: S701 - plain text, in which nothing is markup
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def render(site: Site, body: dict[str, Any]) -> tuple[str, str]:
        language = body["language"] if body["language"] in site.languages else site.default_language
        purposes = [site.purpose_by_key[key] for key in body["purposes"] if key in site.purpose_by_key]
        text = templates.get_template(f"mail/{body['template']}.txt").render(
            site=site,
            t=catalogue.translator(language, site.texts.get(language, {})),
            **{**body, "purposes": purposes, "language": language},
        )
        subject, _, content = text.partition("\n\n")
        return subject, content

    return render
