"""Rows of an import: what each is about, what outweighs it, and the code of what cannot be taken over."""

import pytest

from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.site.purpose import Basis
from consent_service.domain.subject.act import Act
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.records import list_latest_records
from tests.cast import SECOND
from tests.services.imports.import_desk import HEADER, YES, ImportDesk, import_site

ADA, BEN, CYD = "ada@example.org", "ben@example.org", "cyd@example.org"


@pytest.fixture
def desk(resources):
    return ImportDesk(resources, import_site())


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (f"{ADA},granted,,", "missing_time"),
        (f"{ADA},granted,2026-01-01T12:06:00Z,", "future_time"),
        (f"{ADA},granted,01/02/2025,", "ambiguous_time"),
        (f"not an address,granted,{YES},", "invalid_address"),
        (f"ada@@example.org,withdrawn,{YES},", "invalid_address"),
        (f"{ADA},granted,{YES},golf", "unknown_topic"),
        (f"{ADA},granted,{YES},similar", "unknown_topic"),
        (f"{ADA},inactive,{YES},", "unknown_status"),
        (f'"{ADA},granted,{YES},', "broken_row"),
    ],
)
def test_a_row_that_cannot_be_taken_over_says_why_and_stops_no_other(desk, row, code):
    done = desk.run(f"{HEADER}{BEN},granted,{YES},\n{row}\n{CYD},granted,{YES},\n")
    assert done.told[0] == done.told[-1] == ("applied", "")
    assert ("rejected", code) in done.told
    assert desk.reason(ADA) == "never_asked"


def test_a_yes_counts_for_purposes_on_the_stated_basis_alone(desk):
    row = f"{HEADER}{ADA},granted,{YES},newsletter|similar\n"
    assert desk.run(row, basis=Basis.SOFT_OPT_IN).told == [("applied", "")]
    assert (desk.reason(ADA), desk.reason(ADA, "similar")) == ("never_asked", "soft_opt_in")


def test_a_no_without_topics_or_about_other_channels_is_about_every_topic_of_its_channel(desk):
    yes = f"{HEADER}{ADA},granted,{YES},newsletter|offers\n"
    assert desk.run(yes).told == [("applied", "")]
    assert desk.run("address,status\nada@example.org,unsubscribed\n", topics=("text-offers",)).told == [("applied", "")]
    assert {desk.reason(ADA, key) for key in ("newsletter", "offers", "similar")} == {"withdrawn"}
    assert desk.reason(ADA, "text_offers") == "never_asked"


def test_what_is_known_of_a_row_counts_and_the_rest_is_told(desk):
    done = desk.run(f"{HEADER}{ADA},withdrawn,{YES},newsletter|golf\n")
    assert done.told == [("applied", "unknown_topic")]
    assert desk.reason(ADA) == "withdrawn"


def test_a_yes_after_a_no_in_one_file_is_told_and_the_no_stays(desk):
    later = "2025-06-01T00:00:00Z"
    done = desk.run(f"{HEADER}{ADA},withdrawn,{YES},\n{ADA},granted,{later},\n")
    assert done.told == [("applied", ""), ("skipped", "duplicate_in_file")]
    assert desk.reason(ADA) == "withdrawn"


def test_a_no_after_a_yes_in_one_file_still_counts(desk):
    done = desk.run(f"{HEADER}{ADA},granted,{YES},\n ADA@example.org ,withdrawn,2025-06-01T00:00:00Z,\n")
    assert done.told == [("applied", ""), ("applied", "")]
    assert desk.reason(ADA) == "withdrawn"


def test_the_same_row_twice_is_a_duplicate(desk):
    row = f"{ADA},granted,{YES},\n"
    tried, done = (desk.run(HEADER + row + row, dry_run=dry) for dry in (True, False))
    assert done.told == tried.told == [("applied", ""), ("skipped", "duplicate_in_file")]


def test_an_import_cannot_bring_back_who_said_no_here(desk):
    desk.confirm(ADA)
    desk.resources.clock.advance(SECOND)
    no = Act(
        method=Method.ONE_CLICK, actor="subject", at=desk.resources.clock(), states={"newsletter": State.WITHDRAWN}
    )
    record_act(desk.resources, desk.site, desk.principal(ADA), no)
    desk.resources.clock.advance(SECOND)
    done = desk.run(f"{HEADER}{ADA},granted,,\n", at=desk.resources.clock())
    assert done.told == [("skipped", "withdrawal_newer")]
    assert desk.reason(ADA) == "withdrawn"


def test_a_no_that_is_dated_before_a_newer_yes_is_told_loudly_recorded_once_and_changes_nothing(desk):
    desk.confirm(ADA)
    for told in (("rejected", "no_older_than_yes"), ("unchanged", "")):
        assert desk.run(f"address,status,withdrawn_at\n{ADA},withdrawn,{YES}\n").told == [told]
    assert desk.reason(ADA) == "granted"
    assert len(list_latest_records(desk.resources.database, desk.principal(ADA), 5)) == 2


def test_a_no_without_a_time_counts_from_the_first_import_of_its_file(desk):
    file = f"{HEADER}{ADA},withdrawn,,\n"
    desk.run(file)
    desk.resources.clock.advance(SECOND)
    desk.confirm(ADA)
    desk.resources.clock.advance(SECOND)
    assert desk.run(file).told == [("unchanged", "")]
    assert desk.reason(ADA) == "granted"


def test_trying_a_file_out_does_not_fix_the_time_of_its_nos(desk):
    file = f"{HEADER}{ADA},withdrawn,,\n"
    desk.run(file, dry_run=True)
    desk.resources.clock.advance(SECOND)
    desk.confirm(ADA)
    desk.resources.clock.advance(SECOND)
    assert desk.run(file).told == [("applied", "")]
    assert desk.reason(ADA) == "withdrawn"
