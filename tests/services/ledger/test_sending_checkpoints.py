"""Sending checkpoints: one a day, by mail or post, to the address outside that a receipt names."""

import email
from email import policy

import pytest

from consent_service.domain.basics.moment import DAY, HOUR
from consent_service.domain.messages.mail_route import parse_mail_route
from consent_service.domain.site.site import Messages
from consent_service.domain.site_check.site_rules import find_site_faults
from consent_service.services.ledger.proving_records import find_checkpoint
from consent_service.services.ledger.sealing_records import seal_records
from consent_service.services.ledger.sending_checkpoints import (
    CHECKPOINT_JOB,
    make_checkpoint_handler,
    queue_checkpoint,
)
from consent_service.services.operator.housekeeping import do_housekeeping
from consent_service.worker.job_worker import Worker
from tests.cast import choose, make_site
from tests.webhook_receiver import receiving

OUTSIDE = "ledger@notary.example"


def make_sending_site(to):
    return make_site(checkpoints_to=to, messages=Messages(sender="Shop <news@demo.example>"))


def work(resources, site, route=None):
    """Do the jobs that are due, and return what came of the last one."""
    handlers = {CHECKPOINT_JOB: make_checkpoint_handler(route, loopback_allowed=True)}
    while Worker(resources, {site.id: site}, handlers).run_once():
        pass
    return resources.database.rows("SELECT result FROM job ORDER BY id DESC LIMIT 1")


def seal(resources, site):
    choose(resources, site, "accept")
    seal_records(resources, site, "one")
    return find_checkpoint(resources, site.id)


def test_it_is_mailed_word_for_word(resources, tmp_path):
    site = make_sending_site(OUTSIDE)
    note = seal(resources, site)
    do_housekeeping(resources, [site])
    folder = tmp_path / "mails"
    folder.mkdir()
    assert work(resources, site, parse_mail_route(f"file://{folder}")) == [("sent",)]
    [file] = [one for one in folder.rglob("*") if one.is_file()]
    mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (mail["To"], mail["Subject"]) == (OUTSIDE, "Checkpoint of demo, 2026-01-01")
    assert note in mail.get_content().replace("\r\n", "\n")


def test_it_is_posted_word_for_word_and_tried_again_until_it_is_taken(resources, clock):
    with receiving() as receiver:
        site = make_sending_site(receiver.url)
        note = seal(resources, site)
        receiver.status = 500
        assert queue_checkpoint(resources, site)
        assert work(resources, site) == [("status 500",)]
        receiver.status = 204
        clock.advance(2 * HOUR)
        assert work(resources, site) == [("sent",)]
        assert [one.body.decode() for one in receiver.received] == [note, note]
        assert receiver.received[0].headers["content-type"] == "text/plain; charset=utf-8"


def test_there_is_one_a_day(resources, clock):
    site = make_sending_site(OUTSIDE)
    assert not queue_checkpoint(resources, site), "nothing is sealed yet"
    seal(resources, site)
    assert [queue_checkpoint(resources, site) for _ in range(3)] == [True, False, False]
    clock.advance(DAY)
    assert [queue_checkpoint(resources, site) for _ in range(2)] == [True, False]


def test_without_an_address_nothing_is_sent(resources, site):
    seal(resources, site)
    assert not queue_checkpoint(resources, site)
    assert resources.database.rows("SELECT count(*) FROM job") == [(0,)]


def test_one_that_nobody_takes_is_given_up_after_five_days(resources, clock):
    site = make_sending_site(OUTSIDE)
    seal(resources, site)
    queue_checkpoint(resources, site)
    assert work(resources, site) == [("no_route",)]
    clock.advance(6 * DAY)
    assert work(resources, site) == [("too_late",)]


@pytest.mark.parametrize("to", ["http://169.254.169.254/", "https://localhost/x"])
def test_an_address_inside_is_not_posted_to(resources, to):
    site = make_sending_site(to)
    seal(resources, site)
    queue_checkpoint(resources, site)
    handlers = {CHECKPOINT_JOB: make_checkpoint_handler(None, loopback_allowed=False)}
    Worker(resources, {site.id: site}, handlers).run_once()
    [(result,)] = resources.database.rows("SELECT result FROM job")
    assert "http is only for this machine" in result or "this is the machine itself" in result


@pytest.mark.parametrize(("to", "sound"), [(OUTSIDE, False), ("https://notary.example/in", True)])
def test_a_mail_address_needs_a_sender(to, sound):
    faults = find_site_faults(make_site(checkpoints_to=to), {})
    assert (not [fault for fault in faults if fault.place == "checkpoints_to"]) == sound
    assert not [fault for fault in find_site_faults(make_sending_site(to), {}) if fault.place == "checkpoints_to"]
