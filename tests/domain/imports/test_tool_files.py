"""Files of more tools: what each says, in the words, times and columns of its own."""

from datetime import UTC

import pytest

from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports.import_row import ImportRow
from consent_service.domain.imports.presets import PRESETS
from tests.domain.imports.import_samples import preset, read, said

NEWS = ("news",)
YES_AT = 1_700_000_000_000_000
STATED = "2023-11-14T22:13:20.000000Z"

BREVO = """\
EMAIL;LASTNAME;FIRSTNAME;SMS;EMAIL_BLACKLISTED;SMS_BLACKLISTED;ADDED_TIME;MODIFIED_TIME
ada@example.org;Quist;Ada;4930123456;Yes;No;12-04-2022 09:30;13-04-2022 10:00
ben@example.org;;Ben;4930123457;No;Yes;12-04-2022 09:30;13-04-2022 10:00
cyd@example.org;;Cyd;;No;No;12-04-2022 09:30;13-04-2022 10:00
"""
ACTIVECAMPAIGN = """\
Email,First Name,Phone,Tags,Date Created,IP,Status
ada@example.org,Ada,030123456,"prospect, fair",2021-07-08 09:10:11,192.0.2.1,Unsubscribed
ben@example.org,Ben,,,2021-07-08 09:10:11,192.0.2.1,Active
cyd@example.org,Cyd,,,2021-07-08 09:10:11,192.0.2.1,Bounced
"""
SENDY = """\
"Name","Email","Joined","Last activity","Opt-in method","IP address","Status","GDPR"
"Ada","ada@example.org","2022-01-02 03:04:05","2025-01-01 00:00:00","Double opt-in","192.0.2.1","Active","Yes"
"Ben","ben@example.org","2022-01-02 03:04:05","2025-01-01 00:00:00","Single opt-in","192.0.2.1","Marked as spam","No"
"Cyd","cyd@example.org","2022-01-02 03:04:05","2025-01-01 00:00:00","Single opt-in","192.0.2.1","Unsubscribed","No"
"""
MAILPOET = """\
"Email","First name","Subscription time","Confirmation time","List status","Global status","List"
"ada@example.org","Ada","2022-01-02 03:04:05","2022-01-02 03:05:05","subscribed","subscribed","News"
"ben@example.org","Ben","2022-01-02 03:04:05","","subscribed","unsubscribed","News"
"cyd@example.org","Cyd","2022-01-02 03:04:05","","unsubscribed","subscribed","News"
"dot@example.org","Dot","2022-01-02 03:04:05","","subscribed","unconfirmed","News"
"eli@example.org","Eli","2022-01-02 03:04:05","","subscribed","inactive","News"
"""
GHOST = """\
id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers
1,ada@example.org,Ada,,true,false,,2022-01-02T03:04:05.000Z,,,
2,ben@example.org,Ben,,false,false,,2022-01-02T03:04:05.000Z,,,
"""
KIT = """\
id,first_name,email,status,created_at
1,Ada,ada@example.org,active,2022-01-02 03:04:05 UTC
2,Ben,ben@example.org,cancelled,2022-01-02 03:04:05 UTC
3,Cyd,cyd@example.org,complained,2022-01-02 03:04:05 UTC
4,Dot,dot@example.org,cold,2022-01-02 03:04:05 UTC
"""
HUBSPOT = """\
Record ID,Email,Unsubscribed from all email,Opted out of email: Marketing Information,Opted out of email: One to One
1,ada@example.org,false,true,false
2,ben@example.org,Yes,No,No
3,cyd@example.org,false,false,
"""
MAILERLITE = """\
Email,Status,opted_in_at,unsubscribed_at
ada@example.org,active,2022-01-02 03:04:05,
ben@example.org,unsubscribed,2022-01-02 03:04:05,2023-02-03 04:05:06
cyd@example.org,junk,,
"""


def test_brevo_blocks_mail_and_text_messages_apart_and_its_numbers_begin_with_their_country():
    assert said(read(BREVO, preset("brevo"))) == [
        ("ada", "email", "suppressed", (), None),
        ("+4930123457", "sms", "suppressed", (), None),
        (4,),
    ]


def test_an_activecampaign_contact_is_no_yes_since_it_was_created():
    assert said(read(ACTIVECAMPAIGN, preset("activecampaign"))) == [
        ("ada", "email", "withdrawn", NEWS, None),
        (3, "missing_time"),
        ("cyd", "email", "bounce", (), None),
    ]


def test_a_sendy_no_is_not_dated_by_the_last_activity():
    assert said(read(SENDY, preset("sendy"), zone=UTC)) == [
        ("ada", "email", "granted", NEWS, "2022-01-02T03:04:05.000000Z"),
        ("ben", "email", "complaint", (), None),
        ("cyd", "email", "withdrawn", NEWS, None),
    ]


def test_sendys_suppressed_addresses_are_a_no_to_everything():
    content = '"Email","Last update","Block attempts"\nada@example.org,"2025-01-01 00:00:00","3"\n'
    assert said(read(content, preset("sendy"))) == [("ada", "email", "withdrawn", (), None)]


def test_a_no_counts_in_mailpoet_whichever_of_the_two_statuses_says_it():
    assert said(read(MAILPOET, preset("mailpoet"), zone=UTC)) == [
        ("ada", "email", "granted", NEWS, "2022-01-02T03:05:05.000000Z"),
        ("ben", "email", "withdrawn", NEWS, None),
        ("cyd", "email", "withdrawn", NEWS, None),
        ("dot", "email", "pending", NEWS, "2022-01-02T03:04:05.000000Z"),
        (6,),
    ]


def test_a_ghost_member_who_gets_no_newsletter_said_no():
    assert said(read(GHOST, preset("ghost"), at=YES_AT)) == [
        ("ada", "email", "granted", NEWS, STATED),
        ("ben", "email", "withdrawn", NEWS, None),
    ]


def test_who_is_cold_to_kit_said_nothing():
    assert said(read(KIT, preset("kit"), at=YES_AT)) == [
        ("ada", "email", "granted", NEWS, STATED),
        ("ben", "email", "withdrawn", NEWS, None),
        ("cyd", "email", "complaint", (), None),
        (5,),
    ]


def test_any_opt_out_of_hubspot_counts_and_a_false_one_is_no_yes():
    assert said(read(HUBSPOT, preset("hubspot"))) == [
        ("ada", "email", "withdrawn", NEWS, None),
        ("ben", "email", "suppressed", (), None),
        (4,),
    ]


def test_mailerlite_dates_a_no_by_the_time_of_the_no():
    assert said(read(MAILERLITE, preset("mailerlite"), zone=UTC)) == [
        ("ada", "email", "granted", NEWS, "2022-01-02T03:04:05.000000Z"),
        ("ben", "email", "withdrawn", NEWS, "2023-02-03T04:05:06.000000Z"),
        ("cyd", "email", "complaint", (), None),
    ]


@pytest.mark.parametrize(("name", "kind"), [("plain", "suppressed"), ("hubspot", "opt_outs")])
def test_a_list_without_a_header_is_read_only_where_it_is_said_to_be_one_of_refusals(name, kind):
    content = "ada@example.org\nben@example.org\n"
    rows = read(content, preset(name, kind))
    assert [row.status.is_no for row in rows if isinstance(row, ImportRow)] == [True, True]
    with pytest.raises(ImportFault) as caught:
        read(content, preset(name))
    assert caught.value.code == "missing_column"


def test_each_missing_column_is_named_with_what_to_give():
    with pytest.raises(ImportFault, match=r"no column address and no column status; give the preset .*, or a mapping"):
        read("email\nada\n", preset("plain"))


def test_a_list_of_refusals_may_have_a_header_and_more_columns():
    for content in ("E-Mail;Name\nada@example.org;Ada\n", "ada@example.org;Ada\n"):
        assert said(read(content, preset("plain", "suppressed"))) == [("ada", "email", "suppressed", (), None)]


@pytest.mark.parametrize("header", ["E-MAIL-ADRESSE,STATUS", "Adresse e-mail,Statut", "Correo electrónico,Estado"])
def test_the_columns_of_a_tool_are_known_in_the_languages_it_speaks(header):
    content = f"{header}\nada@example.org,Unsubscribed\n"
    assert said(read(content, preset("activecampaign"))) == [("ada", "email", "withdrawn", NEWS, None)]


def test_no_preset_dates_a_no_by_a_column_that_says_something_else():
    of_the_no = {"UNSUB_TIME", "CLEAN_TIME", "date_added", "created", "created_at", "LastUpdateTime", "withdrawn_at"}
    of_the_no |= {"unsubscribed_at", "Unsubscribed", "date_unsubscribe"}
    named = {
        column
        for kinds in PRESETS.values()
        for kind in kinds
        for mapping in kind.mappings
        for field, columns in mapping.columns.items()
        if field == "withdrawn_at"
        for column in columns
    }
    assert named <= of_the_no


@pytest.mark.parametrize("column", ["E-Mail-Adresse", "Adresse e-mail", "Correo electrónico"])
def test_mailchimp_names_the_address_in_the_language_of_the_audience(column):
    content = f"{column},OPTIN_TIME,UNSUB_TIME\nada@example.org,2022-01-02 03:04:05,2024-01-02 03:04:05\n"
    assert said(read(content, preset("mailchimp"))) == [
        ("ada", "email", "withdrawn", NEWS, "2024-01-02T03:04:05.000000Z")
    ]


@pytest.mark.parametrize("number", ["4930123456", "+4930123456", "004930123456", "0049 30123456"])
def test_the_numbers_of_brevo_begin_with_their_country(number):
    (row,) = read(f"SMS,SMS_BLACKLISTED\n{number},Yes\n", preset("brevo"))
    assert isinstance(row, ImportRow)
    assert row.address.replace(" ", "") == "+4930123456"
