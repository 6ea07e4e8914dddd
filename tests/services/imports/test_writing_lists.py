"""Listing: the files of other tools with who may be mailed, and who must not."""

import csv
import io

import pytest

from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports.import_preset import find_kind
from consent_service.domain.ledger.decision import Method
from consent_service.domain.subject.act import Act
from consent_service.services.imports.writing_lists import write_list_file
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.recording_acts import record_act
from tests.services.imports.import_desk import HEADER, YES, ImportDesk, import_site

ADA, BEN, CYD, DOT, ELI = (f"{name}@example.org" for name in ("ada", "ben", "cyd", "dot", "eli"))
PHONE = "+4930123456"
PEOPLE = f"""{HEADER}{ADA},granted,{YES},newsletter|offers
{BEN},granted,{YES},newsletter
{BEN},withdrawn,2025-02-02T02:02:02Z,newsletter
{CYD},granted,{YES},newsletter
{CYD},bounce,,
{DOT},pending,{YES},newsletter
{ELI},granted,{YES},newsletter
{PHONE},granted,{YES},text-offers
"""


@pytest.fixture
def desk(resources):
    desk = ImportDesk(resources, import_site())
    desk.run(PEOPLE)
    pause = Act(method=Method.PREFERENCE_CENTRE, actor="subject", at=1, pause_until=resources.clock() + 1)
    record_act(resources, desk.site, desk.principal(ELI), pause)
    return desk


def written(desk, preset, kind, *topics):
    """Write a list and read it back."""
    content = b"".join(write_list_file(desk.resources, desk.site, find_kind(preset, kind), topics)).decode()
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_a_yes_is_listed_only_where_a_check_allows_it_now(desk):
    assert [row["Email Address"] for row in written(desk, "mailchimp", "subscribed", "newsletter")] == [ADA]
    assert [row["Email Address"] for row in written(desk, "mailchimp", "unsubscribed", "newsletter")] == [BEN]
    assert [row["Email Address"] for row in written(desk, "mailchimp", "cleaned", "newsletter")] == [CYD]


def test_a_list_that_tells_topics_apart_holds_all_of_them_and_any_other_one_a_channel(desk):
    rows = {(row["address"], row["topics"]): row["status"] for row in written(desk, "plain", "all")}
    assert rows[ADA, "offers"] == rows[PHONE, "text-offers"] == "granted"
    assert (rows[BEN, "newsletter"], rows[CYD, "newsletter"]) == ("withdrawn", "bounce")
    assert (ELI, "newsletter") not in rows
    with pytest.raises(ImportFault, match="one topic a channel"):
        written(desk, "mailchimp", "subscribed")
    [both] = written(desk, "klaviyo", "profiles", "offers", "text_offers")[:1]
    assert both["Email"] or both["Phone Number"]


def test_a_block_of_an_address_is_listed_on_its_own_channel_alone(desk):
    assert CYD not in [row["address"] for row in written(desk, "plain", "all", "text-offers")]


def test_the_plain_list_comes_back_as_it_went_out(desk, tmp_path, clock):
    content = b"".join(write_list_file(desk.resources, desk.site, find_kind("plain", "all"), ()))
    before = desk.ledger()
    done = desk.run(content)
    [unkept] = [row for row in done.rows if row["result"] == "rejected"]
    assert (unkept["status"], unkept["address"][:2]) == ("pending", "1.")
    assert {row["result"] for row in done.rows} == {"unchanged", "skipped", "rejected"}
    assert desk.ledger()["standing"] == before["standing"]


def test_who_was_erased_is_listed_by_a_key_and_not_by_an_address(desk):
    erase_subject(desk.resources, desk.site, desk.principal(ADA), "subject")
    rows = written(desk, "mailchimp", "unsubscribed", "newsletter")
    assert sorted(row["Email Address"].partition(".")[0] for row in rows) == ["1", "ben@example"]


def test_every_file_of_every_preset_that_can_be_listed_is_written(desk):
    for preset, kind in (
        ("ses", "contacts"),
        ("ses", "suppressions"),
        ("sendgrid", "unsubscribes"),
        ("keila", "contacts"),
    ):
        topics = () if kind == "contacts" and preset == "ses" else ("newsletter",)
        assert b"".join(write_list_file(desk.resources, desk.site, find_kind(preset, kind), topics))
