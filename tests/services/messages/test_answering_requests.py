"""Answering requests: what the worker does once it does once, also when it is stopped before it could say so."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from consent_service.domain.basics.moment import DAY, HOUR
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.messages.mail_route import MailFolder
from consent_service.domain.site.site import ConfirmBy, Messages
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.messages.answering_requests import answer_link_request, answer_request
from consent_service.services.messages.sending_mail import make_mail_handler
from consent_service.services.messages.subscribing import Wish, request_preference_link, request_subscription
from consent_service.services.queueing_jobs import Attempt
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.services.subject.recording_acts import act_together, record_act
from consent_service.texts import Catalogue
from consent_service.worker.job_worker import Worker
from tests.cast import make_notice_for


@pytest.fixture
def shop(site):
    return replace(site, messages=Messages(sender="letters@demo.example"))


@pytest.fixture(autouse=True)
def request_made(resources, shop):
    notice = make_notice_for(shop)
    person = identify_email(resources, shop, "anna@shopper.example")
    wish = Wish(person=person, purposes=("newsletter",), notice=notice, origin="https://demo.example", source="form")
    request_subscription(resources, shop, wish)


def jobs(resources) -> list[tuple[str, str]]:
    return resources.database.rows("SELECT kind, result FROM job ORDER BY created_at, id")


def answer(resources, shop, *, times: int = 1) -> list[str]:
    """Let a worker answer the request so many times, as after so many crashes."""
    results = []

    def repeatedly(resources, site, job, body) -> Attempt:
        results.extend(answer_request(resources, site, job, body).result for _ in range(times))
        return Attempt("done")

    Worker(resources, {shop.id: shop}, {"request": repeatedly}).run_once()
    return results


def test_a_request_that_is_answered_twice_is_mailed_once(resources, shop):
    assert answer(resources, shop, times=2) == ["mailed", "asked"]
    assert [kind for kind, _ in jobs(resources)].count("mail") == 1


def test_nothing_is_mailed_to_somebody_who_is_blocked_while_their_request_is_answered(resources, shop):
    person, results = identify_email(resources, shop, "anna@shopper.example"), []
    complaint = Act(method=Method.API, actor="key:x", at=resources.clock(), block=Block.COMPLAINT)

    def meanwhile(resources, site, job, body) -> Attempt:
        with ThreadPoolExecutor() as pool:
            with act_together(resources, site):
                answered = pool.submit(answer_request, resources, site, job, body)
                with pytest.raises(TimeoutError):
                    answered.result(0.3)  # it waits for the writer that we are
                record_act(resources, site, person.principal, complaint)
            results.append(answered.result().result)
        return Attempt("done")

    Worker(resources, {shop.id: shop}, {"request": meanwhile}).run_once()
    assert results == ["suppressed"]
    assert [kind for kind, _ in jobs(resources)] == ["request"]


def test_a_mail_that_waits_does_not_go_to_somebody_who_was_blocked_since(resources, shop, tmp_path):
    person = identify_email(resources, shop, "anna@shopper.example")
    assert answer(resources, shop) == ["mailed"]
    complaint = Act(method=Method.API, actor="key:x", at=resources.clock(), block=Block.COMPLAINT)
    record_act(resources, shop, person.principal, complaint)
    handlers = {"mail": make_mail_handler(MailFolder(str(tmp_path / "out")), Catalogue())}
    Worker(resources, {shop.id: shop}, handlers).run_once()
    assert ("mail", "suppressed") in jobs(resources)
    assert not (tmp_path / "out").exists()


def test_a_shop_that_mails_the_link_itself_is_told_by_webhook_alone(resources, shop):
    told = replace(shop, messages=replace(shop.messages, confirm_by=ConfirmBy.WEBHOOK))
    assert answer(resources, told) == ["nobody_to_tell"]
    assert [kind for kind, _ in jobs(resources)] == ["request"]


def test_a_request_whose_purposes_are_gone_from_the_site_is_not_mailed(resources, shop):
    kept = tuple(p for p in shop.purposes if p.key != "newsletter")
    assert answer(resources, replace(shop, purposes=kept)) == ["purposes_gone"]
    assert [kind for kind, _ in jobs(resources)] == ["request"]


def test_the_link_to_the_settings_goes_to_people_who_decided_and_leaves_nothing_of_strangers(resources, shop):
    stranger = identify_email(resources, shop, "stranger@shopper.example")
    known = identify_email(resources, shop, "known@shopper.example")
    act = Act(method=Method.ONE_CLICK, actor="subject", at=resources.clock(), states={"newsletter": State.WITHDRAWN})
    record_act(resources, shop, known.principal, act)
    for person in (stranger, known):
        request_preference_link(resources, shop, person, origin="https://demo.example", language="en")
    worker = Worker(resources, {shop.id: shop}, {"preference_link": answer_link_request})
    while worker.run_once():
        pass
    told = [result for kind, result in jobs(resources) if kind == "preference_link"]
    assert sorted(told) == ["mailed", "unknown"]
    targets = [row[0] for row in resources.database.rows("SELECT target FROM job")]
    assert known.principal in targets
    assert stranger.principal not in targets


def test_without_a_route_a_mail_waits_for_two_days_and_no_longer(resources, shop, clock):
    handlers = {"request": answer_request, "mail": make_mail_handler(None, Catalogue())}
    worker = Worker(resources, {shop.id: shop}, handlers)
    worker.run_once()
    worker.run_once()
    assert ("mail", "no_route") in jobs(resources)
    assert resources.database.rows("SELECT due_at FROM job WHERE kind = 'mail'") == [(clock.now + HOUR,)]
    clock.advance(2 * DAY)
    worker.run_once()
    assert resources.database.rows("SELECT due_at FROM job WHERE kind = 'mail'") == [(None,)]
