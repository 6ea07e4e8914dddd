"""Cells as tools and people really fill them: a status that is qualified, an address behind its owner's name."""

import pytest

from consent_service.domain.imports.contradiction import WatchedColumns
from consent_service.domain.imports.import_row import ImportRow, ImportStatus
from tests.domain.imports.import_samples import read
from tests.domain.imports.test_import_reader import YES, mapped, one, status_of


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Unsubscribed (Admin)", ImportStatus.WITHDRAWN),
        ("unsubscribed [by admin]", ImportStatus.WITHDRAWN),
        ("Unsubscribed - by link", ImportStatus.WITHDRAWN),
        ("Unsubscribed – Admin", ImportStatus.WITHDRAWN),
        ("Unsubscribed—Admin", ImportStatus.WITHDRAWN),
        ("Opt-out - 2024", ImportStatus.WITHDRAWN),
        ("Unsubscribed: admin", ImportStatus.WITHDRAWN),
        ("Abgemeldet (Kunde)", ImportStatus.WITHDRAWN),
        ("désabonné (lien)", ImportStatus.WITHDRAWN),
        ("Unsubscribed - complaint", ImportStatus.COMPLAINT),
        ("Unsubscribed (Spam complaint)", ImportStatus.COMPLAINT),
        ("Unsubscribed/bounced", ImportStatus.BOUNCE),
        ("Bounced: hard", ImportStatus.BOUNCE),
        ("Suppressed (Unsubscribed)", ImportStatus.SUPPRESSED),
        ("Subscribed (unsubscribed)", ImportStatus.WITHDRAWN),
        ("Inactive - unsubscribed", ImportStatus.WITHDRAWN),
        ("Pending (bounced)", ImportStatus.BOUNCE),
    ],
)
def test_a_no_that_is_qualified_is_that_no_and_the_strictest_of_several(text, status):
    assert status_of(text) is status


@pytest.mark.parametrize(
    "text",
    [
        *("Subscribed (Admin)", "Active - imported", "Subscribed [2024]", "Pending (mail sent)", "Inactive (Admin)"),
        *(
            "Unsubscribed: no",
            "unsubscribed (false)",
            "Opt-out: 0",
            "Not subscribed (Admin)",
            "(Admin)",
            "- -",
            "resub-scribed",
        ),
    ],
)
def test_a_yes_that_is_qualified_and_a_question_that_is_answered_no_are_refused(text):
    assert status_of(text) == "unknown_status"


def test_a_qualified_no_beside_a_yes_counts_where_nobody_mapped_its_column():
    watched = WatchedColumns(["Who", "Newsletter status", "Note"], frozenset({0}))
    row = one()
    assert isinstance(row, ImportRow)
    for cells in (["a", "Unsubscribed (Admin)", ""], ["a", "", "Unsubscribed - by phone"]):
        found = watched.find_contradiction(row, cells, lambda text: None)
        assert found is not None
        assert found.status is ImportStatus.WITHDRAWN
    assert watched.find_contradiction(row, ["a", "Subscribed (Admin)", "cancelled (order)"], lambda text: None) is None


@pytest.mark.parametrize(
    "cell",
    [
        *("Ada <ada@example.org>", "<ada@example.org>", '"Lovelace; Ada" <ada@example.org>;', "ada@example.org (Ada)"),
        *("mailto:ada@example.org", "Ada <mailto:ada@example.org>", "ada@old.example <ada@example.org>"),
        *("Ada  < ada@example.org > ", "Ада <ada@example.org>"),
    ],
)
@pytest.mark.parametrize("state", ["granted", "unsubscribed"])
def test_an_address_is_taken_out_of_what_stands_around_it(cell, state):
    quoted = cell.replace('"', '""')
    (row,) = read(f'Who,State,When,What\n"{quoted}",{state},{YES},news\n', mapped())
    assert isinstance(row, ImportRow)
    assert (row.address, row.kind) == ("ada@example.org", "email")


def test_a_phone_number_is_taken_out_in_the_same_way():
    for cell in ("Ada <+4930123456>", "tel:+4930123456", "<+4930123456>"):
        row = one(who=cell)
        assert isinstance(row, ImportRow)
        assert (row.address, row.kind) == ("+4930123456", "phone")
