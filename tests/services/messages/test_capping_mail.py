"""Caps on mail: no spelling of an address and no crowd of addresses gets a mailbox more than its three a day."""

from dataclasses import replace

import pytest

from consent_service.domain.basics.moment import DAY, HOUR
from consent_service.domain.errors import ActFault
from consent_service.domain.site.site import Messages
from consent_service.services.messages.answering_requests import answer_request
from consent_service.services.messages.capping_mail import MAX_MAILS_PER_DOMAIN, MAX_MAILS_PER_MAILBOX
from consent_service.services.messages.subscribing import MAX_FORMS_PER_SITE, Wish, count_stranger, request_subscription
from consent_service.services.queueing_jobs import Attempt
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.worker.job_worker import Worker
from tests.cast import SECOND, make_notice_for, make_site


@pytest.fixture
def shop(site):
    return replace(site, messages=Messages(sender="letters@demo.example"))


def ask(resources, shop, addresses) -> int:
    """Ask for messages at these addresses and count the mails that are queued."""
    notice = make_notice_for(shop)
    before = mails(resources)
    for address in addresses:
        person = identify_email(resources, shop, address)
        wish = Wish(
            person=person, purposes=("newsletter",), notice=notice, origin="https://demo.example", source="form"
        )
        request_subscription(resources, shop, wish)
    resources.clock.advance(SECOND)
    worker = Worker(resources, {shop.id: shop}, {"request": answer_request, "mail": answer_nothing})
    while worker.run_once():
        pass
    return mails(resources) - before


def answer_nothing(*_) -> Attempt:
    return Attempt("sent")


def mails(resources) -> int:
    return resources.database.rows("SELECT count(*) FROM job WHERE kind = 'mail'")[0][0]


@pytest.mark.threat("T30")
def test_one_mailbox_gets_three_mails_a_day_under_whatever_tags(resources, shop, clock):
    assert ask(resources, shop, (f"anna+{n}@home.example" for n in range(120))) == MAX_MAILS_PER_MAILBOX
    assert ask(resources, shop, ["Anna@home.example", "anna@home.example"]) == 0
    clock.advance(DAY)
    assert ask(resources, shop, ["anna+x@home.example"]) == 1


def test_a_domain_of_ones_own_gets_so_many_a_day_and_a_shared_one_any_number(resources, shop):
    asked = MAX_MAILS_PER_DOMAIN + 20
    assert ask(resources, shop, (f"p{n}@home.example" for n in range(asked))) == MAX_MAILS_PER_DOMAIN
    assert ask(resources, shop, (f"p{n}@gmail.com" for n in range(asked))) == asked
    assert ask(resources, shop, ["a.n.n.a@gmail.com", "an.na+1@gmail.com", "anna@gmail.com", "anna+2@gmail.com"]) == 3


def test_a_site_takes_so_many_forms_of_strangers_in_an_hour_and_another_site_its_own(resources, site, clock):
    with resources.database.write():
        for _ in range(MAX_FORMS_PER_SITE):
            count_stranger(resources, site, None, clock.now)
        with pytest.raises(ActFault, match="too many requests"):
            count_stranger(resources, site, None, clock.now)
        count_stranger(resources, make_site("other"), None, clock.now)
        count_stranger(resources, site, None, clock.now + HOUR + 1)
