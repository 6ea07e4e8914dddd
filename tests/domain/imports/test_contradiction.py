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


@pytest.mark.parametrize(
    "column",
    [
        *("Abgemeldet am", "Abmeldedatum", "Widerrufen am", "Gesperrt", "Désinscrit le", "Date de désinscription"),
        *("desabonne", "Fecha de baja", "Data disiscrizione", "Uitgeschreven op", "退订时间", "配信停止日"),
        *("unsubscribedAt", "optOutDate", "hs_email_optout", "HasOptedOutOfEmail", "Unsubscribe Reason", "OptOut_Date"),
        *(
            "Do not allow Bulk Emails",
            "donotbulkemail",
            "consent_withdrawn_at",
            "Consent Revoked",
            "suppression_reason",
        ),
        *("Opted out of email: Offers", "suppression_reason", "Unsubscribed\u200b", "Opt\u2011out", "STOP"),
    ],
)
def test_a_no_counts_however_tools_and_people_name_its_column(column):
    assert said(beside(column, "2025-03-03T10:00:00Z")) == [("ada", "email", "withdrawn", NEWS, None)]


@pytest.mark.parametrize("column", ["Hard bounces", "Invalid email", "bounced_at"])
def test_a_dead_address_is_no_yes_however_its_column_is_named(column):
    assert said(beside(column, "1")) == [("ada", "email", "bounce", (), None)]


@pytest.mark.parametrize("column", ["deleted_at", "Archive time", "Removed on", "cancelled_at"])
def test_who_is_gone_from_a_list_is_in_doubt_unless_they_came_back(column):
    assert said(beside(column, "2025-03-03T10:00:00Z")) == [(2, "contradiction")]
    assert said(beside(column, "2024-03-03T10:00:00Z")) == GRANTED


@pytest.mark.parametrize(
    "column",
    [
        *("Newsletter?", "email_opt_in", "Marketing opt-in", "Accepts Email Marketing", "emailMarketingConsent"),
        *("GDPR consent", "Email permission", "Einwilligung", "Abonné", "Suscrito", "Iscritto", "is_active"),
    ],
)
@pytest.mark.parametrize("cell", ["no", "0", "FALSE", "Nein", "never subscribed"])
def test_a_question_for_consent_that_was_answered_no_casts_doubt(column, cell):
    assert said(beside(column, cell)) == [(2, "contradiction")]


@pytest.mark.parametrize("column", ["Email permission status", "Anmeldestatus", "Tags", "Last event", "Whatever"])
@pytest.mark.parametrize("cell", ["Unsubscribed", "opted-out", "Désinscrite", "DESINSCRIT", "abgemeldet", "退订"])
def test_a_word_that_means_nothing_but_a_no_counts_in_every_column(column, cell):
    assert said(beside(column, cell)) == [("ada", "email", "withdrawn", NEWS, None)]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *(("Unsubscribe link", "https://shop.example/u/1"), ("List-Unsubscribe", "<https://shop.example/u/1>")),
        *(("unsubscribe_token", "a1b2"), ("Order status", "cancelled"), ("Prioridad", "baja"), ("Country/State", "NO")),
        *(("State", "no"), ("Double opt-in", "no"), ("Opt-in IP", "0"), ("Newsletter clicks", "0"), ("Tags", "vip")),
        *(
            ("Marketing emails opened", "0"),
            ("Newsletter language", "no"),
            ("Soft bounces", "1"),
            ("Description", "no"),
        ),
        *(
            ("Cancelled orders", "3"),
            ("Amount withdrawn", "100"),
            ("Notes", "unsubscribed once, and came back"),
        ),
    ],
)
def test_columns_about_something_else_leave_a_yes_alone(column, cell):
    assert said(
        read(f'address,status,at,"{column}"\nada@example.org,subscribed,{YES},"{cell}"\n', preset("plain"))
    ) == (GRANTED)


@pytest.mark.parametrize("column", ["SMS consent", "WhatsApp Consent", "Accepts SMS Marketing", "sms_opt_in"])
def test_a_no_to_another_channel_leaves_a_yes_to_mail_alone(column):
    assert said(beside(column, "no")) == GRANTED


def test_a_suppression_of_text_messages_stops_the_yes_to_them_alone():
    content = (
        "Email,Phone Number,Email Marketing Consent,Email Marketing Consent Timestamp,SMS Marketing Consent,"
        f"SMS Marketing Consent Timestamp,SMS Suppressions\nada@example.org,+4930123456,SUBSCRIBED,{YES},SUBSCRIBED,"
        f"{YES},USER_SUPPRESSED\n"
    )
    assert said(read(content, preset("klaviyo"))) == [*GRANTED, ("+4930123456", "sms", "withdrawn", NEWS, None)]


def test_a_yes_that_was_taken_back_later_in_the_same_row_is_a_no():
    header = "address,status,at,withdrawn_at\nada@example.org,subscribed,"
    assert said(read(f"{header}{YES},2025-03-03T10:00:00Z\n", preset("plain"))) == [
        ("ada", "email", "withdrawn", NEWS, None)
    ]
    assert said(read(f"{header}{YES},2024-03-03T10:00:00Z\n", preset("plain"))) == GRANTED
    content = (
        "Email,Status,opted_in_at,unsubscribed_at\nada@example.org,active,2025-01-02 03:04:05,2025-03-03 10:00:00\n"
    )
    assert said(read(content, preset("mailerlite"))) == [("ada", "email", "withdrawn", NEWS, None)]


@pytest.mark.parametrize(
    ("content", "chooser"),
    [
        ("address,status,at,unsubscribed_at\nada@example.org,subscribed,,2025-03-03\n", preset("plain")),
        ("address,status,at,opted out\nada@example.org,subscribed,yesterday,yes\n", preset("plain")),
        ("address,status,unsubscribed\nada@example.org,VIP,yes\n", preset("plain")),
        ("address,status,Abgemeldet am\nada@example.org,not subscribed,03.03.2025\n", preset("plain")),
        ("EMAIL,EMAIL_BLACKLISTED,OPT_OUT\nada@example.org,No,true\n", preset("brevo")),
        ("Email,Unsubscribed from all email,hs_email_optout_123\nada@example.org,false,true\n", preset("hubspot")),
        ("email,status,unsubscribed_at\nada@example.org,cold,2025-03-03\n", preset("kit")),
        ("Email,Accepts Email Marketing,Tags\nada@example.org,no,unsubscribed\n", preset("shopify")),
    ],
)
def test_a_no_counts_beside_what_says_nothing_or_cannot_be_taken_over(content, chooser):
    assert said(read(content, chooser)) == [("ada", "email", "withdrawn", NEWS, None)]


def test_what_says_nothing_stays_silent_beside_a_doubt_and_a_fault_stays_a_fault():
    header = "address,status,at,unsubscribed,consent\nada@example.org,"
    assert said(read(f"{header}not subscribed,,no,no\n", preset("plain"))) == [(2,)]
    assert said(read(f"{header}subscribed,,,no\n", preset("plain"))) == [(2, "missing_time")]


def test_a_word_for_a_no_to_everything_is_about_every_topic():
    assert said(beside("Newsletter status", "blocklisted")) == [("ada", "email", "suppressed", (), None)]
