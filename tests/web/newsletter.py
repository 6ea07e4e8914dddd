"""The newsletter as people and the shop see it: the form, the mail that comes, the link in it, and what is allowed."""

import re
import threading
from html import escape
from typing import Any
from urllib.parse import urlsplit

from webtest import TestResponse

from consent_service.domain.job import Job
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.messages.mail_route import MailRoute
from consent_service.domain.site.site import Site
from consent_service.domain.subject.message_decision import decide_message
from consent_service.services.queueing_jobs import Attempt
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.settings import Settings
from consent_service.storage.standings import find_standing
from consent_service.texts import Catalogue
from consent_service.worker.job_handlers import list_job_handlers
from consent_service.worker.job_worker import Worker
from tests.cast import SECOND
from tests.engines import list_tables
from tests.web.browser import Browser
from tests.web.raw import raw_request
from tests.web.service import DEMO, Service

FORM = "/consent/subscribe"
FRAGMENT = f"{FORM}/fragment"
OFFERS = "offers_email"
ANNA = "anna@shopper.example"
SEALED = re.compile(r"\bto=[\w%=-]+")
LINK = re.compile(r"http://localhost:8000(/consent/[cp]/\S+)")


def everything(service: Service) -> dict[str, list[Any]]:
    """Read every row of every table, but for keys, which note by themselves when they were used."""
    for thread in threading.enumerate():
        if thread.name == "key-use":
            thread.join()
    database = service.resources.database
    names = [name for name in list_tables(database) if name != "api_key"]
    return {name: sorted(database.rows(f"SELECT * FROM {name}"), key=repr) for name in names}


def fill_in(browser: Browser, email: str = ANNA, *topics: str, age: str = "yes", **more: str) -> TestResponse:
    """Fill in the form on its page and send it."""
    form = browser.get(FORM).forms["subscribe"]
    form["email"] = email
    for box in form.fields["p"]:
        box.checked = box._value in (topics or (OFFERS,))
    if age:
        form["age"] = age
    for name, value in more.items():
        form[name] = value
    return form.submit(expect_errors=True).maybe_follow()


def leave_out_address(text: str, email: str) -> str:
    """Leave out of a page or an address what was typed in, plain or sealed: all that may differ between people."""
    return SEALED.sub("to=", text).replace(escape(email), "ADDRESS")


def digest_of(service: Service, language: str = "en") -> str:
    """Read the digest of the form's notice."""
    body = raw_request(service, FRAGMENT, query=f"lang={language}").body.decode()
    found = re.search(r'name="notice" value="([0-9a-f]{64})"', body)
    assert found
    return found[1]


def fields_of(service: Service, **changes: object) -> dict[str, object]:
    """List the fields of a good form, changed or left out."""
    fields = {"notice": digest_of(service), "p": OFFERS, "email": ANNA, "age": "yes", "website": ""}
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


def post(service: Service, site: str = "same-origin", **changes: object) -> TestResponse:
    """Send the form with fields changed, or left out where they are None."""
    browser = service.browser(**{"Sec-Fetch-Site": site})
    return browser.post(FORM, fields_of(service, **changes), expect_errors=True).maybe_follow()


class Newsletter:
    """The demo shop's newsletter with its worker; without a route mails are not sent, and end up in ``letters``."""

    def __init__(self, service: Service, route: MailRoute | None = None) -> None:
        self.service = service
        self.site: Site = service.demo
        handlers = dict(list_job_handlers(Settings(smtp_url=route), Catalogue()))
        self.letters: list[dict[str, Any]] = []
        if route is None:
            handlers["mail"] = self._keep
        self.worker = Worker(service.resources, service.sites, handlers)
        self.browser = service.browser(DEMO)

    def _keep(self, resources: Resources, site: Site, job: Job, body: dict[str, Any]) -> Attempt:
        self.letters.append(body)
        return Attempt("kept")

    def work(self) -> None:
        """Do every job that is due."""
        self.service.clock.advance(SECOND)
        while self.worker.run_once():
            pass

    def subscribe(self, email: str = ANNA, *topics: str) -> str:
        """Fill in the form, let the worker work, and return the path of the link that was mailed, or nothing."""
        before = len(self.letters)
        assert fill_in(self.browser, email, *topics).status_int == 200
        self.work()
        fresh = [letter for letter in self.letters[before:] if letter["template"] == "confirm"]
        return urlsplit(fresh[-1]["link"]).path if fresh else ""

    def confirm(self, path: str) -> TestResponse:
        """Open the link and press its button."""
        self.service.clock.advance(SECOND)
        return self.browser.get(path).form.submit("answer", value="confirm")

    def principal(self, email: str = ANNA) -> str:
        """Name the owner of an address."""
        return identify_email(self.service.resources, self.site, email).principal

    def reason(self, email: str = ANNA, purpose: str = OFFERS) -> str:
        """Tell why a message may or may not be sent."""
        resources = self.service.resources
        standing = find_standing(resources.database, self.principal(email))
        prints = make_fingerprints(self.site)
        found = self.site.purpose_by_key[purpose]
        return decide_message(found, standing, fingerprint=prints[purpose], now=resources.clock()).reason
