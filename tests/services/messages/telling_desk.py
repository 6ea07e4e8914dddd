"""A desk at which people say yes and no by every way there is, at whatever time the clock shows."""

from itertools import count
from pathlib import Path

from consent_service.domain.ledger.decision import Method
from consent_service.domain.ledger.notice import make_notice
from consent_service.domain.messages.link_token import (
    LinkKind,
    LinkToken,
    make_purpose_code,
    write_base32_token,
    write_token,
)
from consent_service.domain.site.purpose import Channel
from consent_service.domain.site.site import Messages
from consent_service.domain.subject.act import ChangeKind
from consent_service.services.check.checking_subjects import check_subject
from consent_service.services.messages.adjusting_preferences import (
    Adjustment,
    adjust_preferences,
    read_centre,
    stop_everything,
)
from consent_service.services.messages.confirming_requests import confirm_request, read_confirmation
from consent_service.services.messages.receiving_replies import Action, receive_mail
from consent_service.services.messages.recording_grants import Grant, record_grant
from consent_service.services.messages.recording_withdrawals import Withdrawal, record_withdrawal
from consent_service.services.messages.subscribing import Wish, request_subscription
from consent_service.services.messages.unsubscribing import unsubscribe
from consent_service.services.queueing_jobs import Attempt
from consent_service.services.subject.identifying_subjects import identify_email, identify_phone
from consent_service.settings import Settings
from consent_service.texts import Catalogue
from consent_service.worker.job_handlers import list_job_handlers
from consent_service.worker.job_worker import Worker
from tests.cast import Clock, make_resources, make_site
from tests.services.feed.feed_follower import follow_feed
from tests.services.imports.import_desk import messages_purpose

NEWS, OFFERS, TEXTS = "newsletter", "offers", "texts"
SITE = make_site(
    extra=(messages_purpose(OFFERS, ends_after_days=30), messages_purpose(TEXTS, Channel.SMS, ends_after_days=30)),
    messages=Messages(sender="news@demo.example", unsubscribe_host="u.demo.example"),
)
NUMBERS = count(1)


class Desk:
    """One service, at which each example is about somebody new."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.resources = make_resources(folder, self.clock)
        self.letters: list[str] = []

    def meet(self):
        """Meet somebody by mail and somebody by phone."""
        number = next(NUMBERS)
        mail = identify_email(self.resources, SITE, f"p{number}@home{number}.example")
        return mail, identify_phone(self.resources, SITE, f"+44740{1000000 + number}")

    def notice(self, *purposes):
        shown = {"surface": "subscribe", "language": "en", "signal": False, "page": "<p>News</p>", "stylesheet": ""}
        return make_notice(SITE, purposes=tuple(SITE.purpose_by_key[key] for key in purposes), **shown)

    def ask(self, who, *purposes):
        """Ask by the form and return the token in the mail that comes."""
        wish = Wish(
            person=who, purposes=purposes, notice=self.notice(*purposes), origin="https://x.example", source="f"
        )
        request_subscription(self.resources, SITE, wish)
        worker = Worker(
            self.resources, {SITE.id: SITE}, list_job_handlers(Settings(), Catalogue()) | {"mail": self.keep}
        )
        while worker.run_once():
            pass
        return self.letters[-1]

    def keep(self, resources, site, job, body):
        self.letters.append(str(body["link"]).rpartition("/")[2].partition("?")[0])
        return Attempt("kept")

    def confirm(self, token):
        return confirm_request(self.resources, SITE, read_confirmation(self.resources, SITE, token))

    def collect(self, who, purpose, ahead=0):
        """Take a yes from the shop, which proves it itself."""
        given = {"notice": self.notice(purpose), "at": self.clock.now + ahead, "actor": "key", "source": "till"}
        return record_grant(self.resources, SITE, Grant(person=who, purposes=(SITE.purpose_by_key[purpose],), **given))

    def answer(self, who, purpose):
        return check_subject(self.resources, SITE, who, [purpose]).answers[purpose]

    def told(self, who, purpose):
        """Say what the feed told last of a purpose, and of everything."""
        held = follow_feed(self.resources, SITE).get(who.key, {})
        return held.get((ChangeKind.DECISION, purpose), ("none", 0, 0)), held.get((ChangeKind.STOP, ""))

    def click(self, who, purpose, channel=None):
        token = LinkToken(LinkKind.UNSUBSCRIBE, who.key, channel, make_purpose_code(purpose) if purpose else 0)
        unsubscribe(self.resources, SITE, token, method=Method.ONE_CLICK, source="mail")

    def mail(self, who, purpose):
        token = LinkToken(LinkKind.UNSUBSCRIBE, who.key, Channel.EMAIL, make_purpose_code(purpose))
        text = write_base32_token(write_token(self.resources.keys.secrets.links, SITE.id, token))
        raw = f"From: p@example.org\nTo: unsub+{text}@u.demo.example\nMessage-ID: <{next(NUMBERS)}@x>\n\n".encode()
        assert receive_mail(self.resources, SITE, raw) is not Action.NONE

    def withdraw(self, who, *purposes, ahead=None, all=False):  # noqa: A002
        at = None if ahead is None else self.clock.now + ahead
        covered = tuple(SITE.purpose_by_key[key] for key in purposes)
        told = Withdrawal(purposes=covered, method=Method.API, actor="key", at=at, source="app", stops_all=all)
        record_withdrawal(self.resources, SITE, who.principal, told)

    def save_no(self, who, purpose):
        centre = read_centre(self.resources, SITE, who.key)
        adjustment, notice = Adjustment({purpose: False}), self.notice(purpose)
        adjust_preferences(self.resources, SITE, centre, adjustment, notice=notice, origin=SITE.origins[0])

    def stop(self, who, _):
        stop_everything(self.resources, SITE, read_centre(self.resources, SITE, who.key))
