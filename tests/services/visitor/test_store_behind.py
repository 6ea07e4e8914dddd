"""A store that lost what a visitor's cookie was for: it is never believed over the cookie, and goes on behind it."""

import shutil
from dataclasses import replace

import pytest

from consent_service.domain.ledger.consent_record import RESUMED_SCHEMA, SCHEMA
from consent_service.services.check.checking_visitors import check_cookie
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.ledger.reading_records import read_history
from consent_service.services.operator.checking_readiness import check_ready
from consent_service.services.rights.erasing import erase_visitor
from consent_service.services.visitor.reading_visitors import read_current_choice
from consent_service.storage.engine.sqlite import SqliteDatabase
from consent_service.verifier.export_verification import verify_export
from tests.cast import SECOND, choose

pytestmark = pytest.mark.one_file

ALL = ["analytics", "basket", "gadgets", "marketing", "preferences"]
BEHIND = {
    "analytics": "store_behind",
    "basket": "not_consent_based",
    "gadgets": "unknown_purpose",
    "marketing": "store_behind",
    "preferences": "store_behind",
}


@pytest.fixture
def go_back(resources):
    """Copy the database, and later put that copy in its place, as a restore does."""
    file = resources.database.file
    copy = file.with_name("copy")

    def keep():
        resources.database.empty_log()
        shutil.copy(file, copy)

    def restore():
        resources.database.close()
        for suffix in ("-wal", "-shm"):
            file.with_name(f"{file.name}{suffix}").unlink(missing_ok=True)
        shutil.copy(copy, file)
        return replace(resources, database=SqliteDatabase(file))

    return keep, restore


@pytest.fixture
def behind(resources, site, clock, go_back):
    """A store that knows of a yes to everything, and a cookie for the no to everything that it lost."""
    keep, restore = go_back
    first = choose(resources, site, "accept").cookie
    clock.advance(SECOND)
    keep()
    lost = choose(resources, site, "reject", cookie=first).cookie
    clock.advance(SECOND)
    return restore(), lost


def reasons(resources, site, cookie):
    return {key: str(answer.reason) for key, answer in check_cookie(resources, site, cookie, ALL, signal=False).items()}


def records(resources, site, cookie):
    return [one.record for one in read_history(resources, site, cookie.visitor).statements][::-1]


@pytest.mark.threat("T2")
def test_a_cookie_newer_than_the_store_allows_nothing_that_needs_consent(behind, site):
    older, lost = behind
    assert reasons(older, site, lost) == BEHIND


def test_a_lost_no_of_the_same_second_is_noticed_too(resources, site, go_back):
    keep, restore = go_back
    first = choose(resources, site, "accept").cookie
    keep()
    lost = choose(resources, site, "reject", cookie=first).cookie
    assert lost.issued == first.issued
    assert reasons(restore(), site, lost) == BEHIND


def test_a_lost_no_is_noticed_behind_a_record_whose_clock_was_ahead(resources, site, clock, go_back):
    keep, restore = go_back
    clock.advance(3_650 * 86_400 * SECOND)
    first = choose(resources, site, "accept").cookie
    clock.advance(-3_649 * 86_400 * SECOND)
    keep()
    lost = choose(resources, site, "reject", cookie=first).cookie
    assert lost.issued < first.issued
    assert reasons(restore(), site, lost) == BEHIND


def test_the_present_cookie_and_every_older_one_are_answered_from_the_store(resources, site, clock):
    cookies = [choose(resources, site, "accept").cookie]
    for button in ("reject", "accept", "withdraw", "accept"):
        clock.advance(SECOND)
        cookies.append(choose(resources, site, button, cookie=cookies[-1]).cookie)
    for cookie in cookies:
        assert reasons(resources, site, cookie)["analytics"] == "granted"


def test_an_erased_visitors_kept_cookie_is_of_nobody(resources, site):
    cookie = choose(resources, site, "accept").cookie
    erase_visitor(resources, site, cookie.visitor, "test")
    assert reasons(resources, site, cookie)["analytics"] == "never_asked"
    assert not read_current_choice(resources, site, cookie).store_behind
    assert choose(resources, site, "reject", cookie=cookie).cookie.visitor != cookie.visitor


def test_a_visitor_of_whom_everything_was_lost_begins_anew(resources, site, go_back):
    keep, restore = go_back
    keep()
    lost = choose(resources, site, "accept").cookie
    older = restore()
    assert reasons(older, site, lost)["analytics"] == "never_asked"
    assert choose(older, site, "reject", cookie=lost).cookie.seq == 1


def test_cookies_newer_than_the_store_redden_nothing(behind, site):
    """Anybody may keep a cookie; whether an older copy came back is told by the checkpoints."""
    older, lost = behind
    assert reasons(older, site, lost) == BEHIND
    check_ready(older)


def test_everything_is_asked_again(behind, site):
    older, lost = behind
    assert read_current_choice(older, site, lost) == ({}, True)


def test_the_next_choice_goes_on_behind_both_and_says_so(behind, site):
    older, lost = behind
    made = choose(older, site, "accept", cookie=lost)
    assert (lost.seq, made.cookie.seq) == (2, 3)
    first, resumed = records(older, site, lost)
    assert (first.schema, resumed.schema) == (SCHEMA, RESUMED_SCHEMA)
    assert resumed.store_behind == {"seq": "2", "issued": "2026-01-01T12:00:01.000000Z"}
    assert resumed.previous == first.id
    assert reasons(older, site, made.cookie)["analytics"] == "granted"
    assert reasons(older, site, lost)["analytics"] == "granted"


@pytest.mark.parametrize("ahead", [2, 7])
def test_numbers_go_on_from_the_larger_of_both(resources, site, clock, go_back, ahead):
    keep, restore = go_back
    cookie = choose(resources, site, "accept").cookie
    keep()
    for number in range(ahead):
        clock.advance(SECOND)
        cookie = choose(resources, site, "accept" if number % 2 else "reject", cookie=cookie).cookie
    assert choose(restore(), site, "reject", cookie=cookie).cookie.seq == ahead + 2


def test_an_older_yes_to_what_was_not_on_the_form_is_not_believed_again(behind, site, clock):
    """What was lost said no to everything; the form after it asks for one purpose alone."""
    older, lost = behind
    made = choose(older, site, "withdraw", cookie=lost, yes=["preferences"]).cookie
    assert made.letters == ""
    told = reasons(older, site, made)
    assert (told["preferences"], told["analytics"], told["marketing"]) == ("withdrawn", "never_asked", "never_asked")


def test_the_same_button_within_ten_seconds_of_the_older_state_is_recorded(resources, site, clock, go_back):
    """Else the answer would be a cookie of before the one that the browser has."""
    keep, restore = go_back
    first = choose(resources, site, "accept").cookie
    clock.advance(SECOND)
    keep()
    lost = choose(resources, site, "reject", cookie=first).cookie
    clock.advance(SECOND)
    older = restore()
    assert choose(older, site, "accept", cookie=lost).cookie.seq == 3
    # And sent twice it is one record.
    assert choose(older, site, "accept", cookie=lost).cookie.seq == 3


def test_what_goes_on_behind_a_loss_is_exported_and_verifies(behind, site):
    older, lost = behind
    made = choose(older, site, "reject", cookie=lost, signal=True)
    choose(older, site, "accept", cookie=made.cookie)
    lines = list(export_records(older, site, None))
    verdict = verify_export(lines, older.keys.public_keys)
    assert (verdict.faults, verdict.records) == ([], 4)


def test_a_restore_of_a_restore_is_noticed_as_well(behind, site, clock, go_back):
    older, lost = behind
    made = choose(older, site, "reject", cookie=lost).cookie
    older.database.close()
    again = go_back[1]()
    assert reasons(again, site, made) == BEHIND
    assert choose(again, site, "reject", cookie=made).cookie.seq == 4
