"""Columns that speak against a yes: a no counts wherever it stands, and what is in doubt is no yes."""

import pytest

from consent_service.domain.imports.import_mapping import make_plain_kind
from consent_service.domain.imports.import_row import ImportRow
from tests.domain.imports.import_samples import preset, read, said

NEWS = ("news",)
YES = "2025-01-02T03:04:05.000000Z"
GRANTED = [("ada", "email", "granted", NEWS, YES)]
MAILCHIMP = "Email Address,Status,CONFIRM_TIME\n"


def beside(column: str, cell: str) -> list:
    return read(f"address,status,at,{column}\nada@example.org,subscribed,{YES},{cell}\n", preset("plain"))


@pytest.mark.parametrize("column", ["unsubscribed", "Opted out", "opt_out", "is_unsubscribed", "Email blacklisted"])
@pytest.mark.parametrize("cell", ["true", "Yes", "1", "x", "2025-03-03 10:00:00", "03.03.2025"])
def test_a_no_in_a_column_that_nobody_mapped_counts(column, cell):
    (row,) = beside(column, cell)
    assert isinstance(row, ImportRow)
    assert (row.status, row.at, row.remarks) == ("withdrawn", None, (("contradiction", f"column {column} says no"),))


@pytest.mark.parametrize("cell", ["", "false", "No", "0", "0000-00-00 00:00:00", "null", "Subscribed", "never"])
def test_a_column_that_denies_a_no_says_nothing(cell):
    assert said(beside("unsubscribed", cell)) == GRANTED


def test_bounces_and_complaints_stop_a_yes_too():
    assert said(beside("bounced", "1")) == [("ada", "email", "bounce", (), None)]
    assert said(beside("complained_at", "2025-03-03")) == [("ada", "email", "complaint", (), None)]


def test_a_no_that_is_dated_before_the_yes_is_over():
    assert said(beside("unsubscribed_at", "2024-03-03T10:00:00Z")) == GRANTED
    assert said(beside("unsubscribed_at", "2025-03-03T10:00:00Z")) == [("ada", "email", "withdrawn", NEWS, None)]


@pytest.mark.parametrize(("column", "cell"), [("subscribed", "false"), ("consent", "no"), ("state", "Unconfirmed")])
def test_a_yes_that_another_column_doubts_is_refused(column, cell):
    assert said(beside(column, cell)) == [(2, "contradiction")]


def test_a_status_beside_a_file_of_subscribers_counts_for_each_row():
    words = ("Subscribed", "Unsubscribed", "Cleaned", "Non-Subscribed", "VIP")
    people = zip(("ada", "ben", "cyd", "dot", "eli"), words, strict=True)
    content = MAILCHIMP + "".join(f"{who}@example.org,{word},2024-01-01 09:05:00\n" for who, word in people)
    at = "2024-01-01T09:05:00.000000Z"
    assert said(read(content, preset("mailchimp", "subscribed"))) == [
        ("ada", "email", "granted", NEWS, at),
        ("ben", "email", "withdrawn", NEWS, None),
        ("cyd", "email", "bounce", (), None),
        (5, "contradiction"),
        ("eli", "email", "granted", NEWS, at),
    ]


def test_of_several_status_columns_any_no_counts_and_all_of_them_must_be_there():
    kind = make_plain_kind({"address": "Mail", "status": ["All", "One"]}, {"true": "withdrawn", "false": "none"})
    content = "Mail,All,One\nada@example.org,false,true\nben@example.org,true,false\ncyd@example.org,false,false\n"
    assert said(read(content, lambda _: kind)) == [
        ("ada", "email", "withdrawn", NEWS, None),
        ("ben", "email", "withdrawn", NEWS, None),
        (4,),
    ]
    with pytest.raises(Exception, match="no column One"):
        read("Mail,All\nada@example.org,false\n", lambda _: kind)


def test_a_no_beside_an_unknown_word_still_counts():
    kind = make_plain_kind({"address": "Mail", "status": ["A", "B"]})
    assert said(read("Mail,A,B\nada@example.org,gone fishing,unsubscribed\n", lambda _: kind)) == [
        ("ada", "email", "withdrawn", NEWS, None)
    ]


def test_a_no_to_mail_is_none_to_text_messages():
    content = f"address,status,at,channel,email_opt_out\n+4930123456,subscribed,{YES},sms,true\n"
    assert said(read(content, preset("plain"))) == [("+4930123456", "sms", "granted", NEWS, YES)]
