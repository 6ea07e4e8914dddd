"""Under the age limit nothing is sent: what somebody says on the form, and what becomes of what was there before."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import DAY
from consent_service.domain.ledger.decision import State
from consent_service.domain.subject.standing import Block
from consent_service.services.messages.suppressing_addresses import lift_suppression
from consent_service.services.operator.housekeeping import do_housekeeping
from consent_service.services.rights.erasing import erase_subject
from tests.cast import SECOND
from tests.web.newsletter import ANNA, FORM, OFFERS, Newsletter, digest_of, everything, post
from tests.web.raw import raw_request
from tests.web.reader import Reader
from tests.web.service import TEXT


@pytest.fixture
def newsletter(own_service) -> Newsletter:
    return Newsletter(own_service)


def test_somebody_under_age_is_told_so_and_no_request_is_made(newsletter):
    answer = post(newsletter.service, age="no")
    assert answer.status_int == 200
    assert TEXT("subscribe.under_age", age=16) in answer.text
    newsletter.work()
    assert newsletter.reason() == "blocked_minor"
    assert newsletter.subscribe() == ""
    assert newsletter.letters == []


def test_a_declaration_under_age_purges_what_waits_for_its_confirmation(newsletter):
    link = newsletter.subscribe()
    post(newsletter.service, age="no")
    newsletter.work()
    assert newsletter.reason() == "blocked_minor"
    assert newsletter.service.resources.database.rows("SELECT count(*) FROM subscription_request") == [(0,)]
    left = [row[0] for row in list_principals(newsletter)]
    assert left == [newsletter.principal()], "the block alone"
    assert newsletter.browser.get(link, expect_errors=True).status_int == 404


def list_principals(newsletter) -> list[tuple[str]]:
    """List whose records are kept, without what the site itself states."""
    query = "SELECT principal FROM record WHERE principal NOT LIKE '%/e/%' ORDER BY principal"
    return newsletter.service.resources.database.rows(query)


def declare(newsletter, email=ANNA) -> list[dict[str, Any]]:
    """Say on the form that the owner of an address is under age, and return the mails that follow."""
    before = len(newsletter.letters)
    assert post(newsletter.service, age="no", email=email).status_int == 200
    newsletter.work()
    return newsletter.letters[before:]


def link_in(letter) -> str:
    return urlsplit(letter["link"]).path


def test_a_declaration_that_nobody_proved_ends_only_what_nobody_proved(newsletter):
    newsletter.confirm(newsletter.subscribe())
    waiting = newsletter.subscribe(ANNA, "care_email")
    records = list_principals(newsletter)
    declare(newsletter)
    assert newsletter.reason() == "granted"
    assert newsletter.reason(purpose="care_email") == "never_asked"
    assert newsletter.browser.get(waiting, expect_errors=True).status_int == 410
    left = list_principals(newsletter)
    assert left == [row for row in records if row in left]
    assert [row[0].count("/") for row in left] == [2, 3]


@pytest.mark.parametrize("state", ["granted", "withdrawn", "stopped", "paused", "complaint", "erased"])
def test_no_number_of_declarations_changes_what_is_proven(newsletter, state):
    newsletter.confirm(newsletter.subscribe())
    reader = Reader(newsletter.service, ANNA)
    newsletter.service.clock.advance(SECOND)
    acts = {
        "withdrawn": {"states": {OFFERS: State.WITHDRAWN}},
        "stopped": {"stop_all": True},
        "paused": {"pause_until": newsletter.service.clock.now + 5 * DAY},
        "complaint": {"block": Block.COMPLAINT},
    }
    if state in acts:
        reader.act(**acts[state])
    elif state == "erased":
        erase_subject(newsletter.service.resources, newsletter.site, newsletter.principal(), "key")
    rows = "SELECT * FROM standing", "SELECT * FROM subject", "SELECT * FROM change", "SELECT * FROM ending"
    before = [newsletter.service.resources.database.rows(query) for query in rows]
    letters = [len(declare(newsletter)) for _ in range(4)]
    assert letters == ([1, 0, 0, 0] if state in ("granted", "paused") else [0, 0, 0, 0])
    assert [newsletter.service.resources.database.rows(query) for query in rows] == before


def test_the_owner_is_asked_once_by_a_neutral_mail_at_the_address_and_in_the_language_that_are_kept(newsletter):
    newsletter.confirm(newsletter.subscribe())
    post(newsletter.service, age="no", email=ANNA.upper(), notice=digest_of(newsletter.service, "de"))
    newsletter.work()
    letter = newsletter.letters[-1]
    assert (letter["template"], letter["to"], letter["language"], letter["age"]) == ("declared", ANNA, "en", 16)
    assert declare(newsletter) == []
    newsletter.service.clock.advance(31 * DAY)
    do_housekeeping(newsletter.service.resources, [newsletter.site])
    assert [letter["template"] for letter in declare(newsletter)] == ["declared"]


def test_the_owner_undoes_a_declaration_by_that_was_not_me(newsletter):
    newsletter.confirm(newsletter.subscribe())
    path = link_in(declare(newsletter)[0])
    page = newsletter.browser.get(path)
    assert TEXT("declaration.title", age=16) in page.text
    assert newsletter.reason() == "granted"
    done = page.forms[0].submit("answer")
    assert TEXT("declaration.kept_title") in done.text
    assert newsletter.reason() == "granted"
    assert TEXT("declaration.kept_title") in newsletter.browser.get(path).text
    assert declare(newsletter) == []


def test_the_owner_who_says_that_it_is_true_gets_no_more_messages(newsletter):
    newsletter.confirm(newsletter.subscribe())
    waiting = newsletter.subscribe(ANNA, "care_email")
    path = link_in(declare(newsletter)[0])
    done = newsletter.browser.get(path).forms[1].submit("answer")
    assert TEXT("declaration.ended_title") in done.text
    assert newsletter.reason() == "blocked_minor"
    assert newsletter.browser.get(waiting, expect_errors=True).status_int == 410
    assert newsletter.browser.get(path, expect_errors=True).status_int == 404
    lift_suppression(
        newsletter.service.resources,
        newsletter.site,
        newsletter.principal(),
        Block.MINOR,
        actor="operator",
        source="desk",
        evidence={},
    )
    assert newsletter.reason() == "granted"


def test_nothing_but_the_buttons_of_its_page_answers_a_declaration(newsletter):
    newsletter.confirm(newsletter.subscribe())
    path = link_in(declare(newsletter)[0])
    before = everything(newsletter.service)
    for method in ("GET", "HEAD", "OPTIONS"):
        raw_request(newsletter.service, path, method=method)
    for body in (b"", b"answer=", b"answer=not_me&answer=true", b"from=page"):
        raw_request(newsletter.service, path, method="POST", body=body)
    for kind in ("u", "p", "c"):
        assert raw_request(newsletter.service, path.replace("/a/", f"/{kind}/"), method="POST").status == 404
    assert everything(newsletter.service) == before


def test_the_shop_is_told_of_a_declaration_and_judges_it(newsletter):
    service = newsletter.service
    newsletter.confirm(newsletter.subscribe())
    declare(newsletter)
    key = newsletter.principal().rpartition("/")[2]
    headers = {"Authorization": f"Bearer {service.key(scopes=[Scope.CHECK, Scope.WRITE])}"}
    told = service.client().get(f"/v1/subjects/{key}", headers=headers).json["declared_minor"]
    assert (told["source"], told["disowned_at"]) == ("form", None)
    service.client().post_json("/v1/subscriptions", {"subject": key, "minor": True}, headers=headers)
    assert newsletter.reason() == "blocked_minor"
    assert service.client().get(f"/v1/subjects/{key}", headers=headers).json["declared_minor"] is None


def test_a_confirmation_that_comes_while_a_declaration_is_answered_stands(newsletter):
    link = newsletter.subscribe()
    post(newsletter.service, age="no")
    newsletter.confirm(link)
    newsletter.work()
    assert newsletter.reason() == "granted"


def test_a_shop_without_age_limit_does_not_ask(own_service):
    own_service.start(replace(own_service.demo, age_limit=0))
    assert not own_service.browser().get(FORM).html.select("input[name=age]")
    assert post(own_service, age=None).status_int == 200
