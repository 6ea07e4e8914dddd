"""A browser whose cookie is newer than the store: denied by the check, asked again by the banner, and then believed."""

import pytest

from tests.cast import SECOND


@pytest.fixture
def lost(own_service):
    """A browser that said yes and then no, and a store that knows only of the yes."""
    browser = own_service.browser()
    browser.press("accept")
    own_service.clock.advance(SECOND)
    database = own_service.resources.database
    kept = {table: database.rows(f"SELECT * FROM {table}") for table in ("record", "standing")}
    browser.post_choice({"choice": "reject", "notice": browser.digest()}, status=303)
    with database.write():
        for table, rows in kept.items():
            database.change(f"DELETE FROM {table}")
            for row in rows:
                database.change(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    own_service.clock.advance(SECOND)
    return browser


def check(service, browser):
    answer = service.ask(f"/v1/check?cookie={browser.cookie}", service.key()).json
    assert answer["visitor"] == browser.visitor
    return answer["decisions"]


def test_the_check_denies_with_its_reason_and_counts_it(own_service, lost):
    told = check(own_service, lost)
    assert {told[purpose]["reason"] for purpose in ("preferences", "analytics", "marketing")} == {"store_behind"}
    assert {answer["reason"] for answer in told.values() if answer["allowed"]} == {"not_consent_based"}
    counted = own_service.client().get("/metrics").text
    assert 'consent_checks_total{reason="store_behind",site="demo"}' in counted


def test_the_banner_asks_for_everything_again_and_is_counted(own_service, lost):
    assert lost.asked() == own_service.browser().asked()
    assert 'consent_banners_total{kind="store_behind",site="demo"}' in own_service.client().get("/metrics").text


def test_the_settings_page_shows_nothing_of_what_may_have_been_taken_back(own_service, lost):
    assert not lost.get("/consent/").html.select("input[value=yes][checked]")


def test_the_next_choice_counts_again(own_service, lost):
    lost.press("save", "analytics")
    told = {purpose: answer["reason"] for purpose, answer in check(own_service, lost).items()}
    assert (told["analytics"], told["marketing"]) == ("granted", "refused")
    assert lost.cookie.split(".")[3] == "3"
    assert len(own_service.records(lost)) == 2
    assert lost.asked() == []


def test_a_reject_on_a_form_that_nobody_knows_withdraws(own_service, lost):
    answer = lost.post_choice({"choice": "reject", "notice": "0" * 64})
    assert answer.status_int == 303
    told = check(own_service, lost)
    assert {answer["reason"] for answer in told.values()} >= {"withdrawn"}
    assert not told["analytics"]["allowed"]
