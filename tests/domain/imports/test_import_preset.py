"""Files of known tools: each is recognised, and says exactly what its people said."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports import presets
from consent_service.domain.imports.import_mapping import FileKind
from consent_service.domain.imports.import_preset import choose_kind, find_kind
from consent_service.domain.imports.import_row import ImportRow
from consent_service.domain.imports.presets import PRESETS
from tests.domain.imports import import_samples as samples
from tests.domain.imports.import_samples import preset, read, said

NEWS = ("news",)


def chosen(tool: str, content: str, **how: str) -> str:
    return choose_kind(tool, content.splitlines()[0].replace('"', "").split(","), **how).name


def test_mailchimp_subscribed_takes_the_confirmation_as_the_time_of_the_yes():
    rows = read(samples.MAILCHIMP_SUBSCRIBED, preset("mailchimp", "subscribed"))
    assert said(rows) == [
        ("ada", "email", "granted", NEWS, "2024-01-01T09:05:00.000000Z"),
        ("ben", "email", "granted", NEWS, "2023-05-05T05:05:05.000000Z"),
        (5, "missing_time"),
    ]
    ada, ben = rows[:2]
    assert isinstance(ada, ImportRow)
    assert (ada.confirmed_at, ada.source) == (None, "move-2026")
    assert ben.original["NOTES"] == 'said "yes"\nat the fair'


def test_mailchimp_times_name_no_zone_so_the_caller_must():
    rows = read(samples.MAILCHIMP_SUBSCRIBED, preset("mailchimp", "subscribed"), zone=None)
    assert said(rows) == [(2, "ambiguous_time"), (3, "ambiguous_time"), (5, "missing_time")]


def test_mailchimp_unsubscribed_and_cleaned_bring_in_withdrawals_and_bounces():
    rows = read(samples.MAILCHIMP_UNSUBSCRIBED, preset("mailchimp"))
    assert said(rows) == [
        ("dot", "email", "withdrawn", NEWS, "2024-03-03T12:00:00.000000Z"),
        ("eli", "email", "withdrawn", NEWS, None),
    ]
    assert said(read(samples.MAILCHIMP_CLEANED, preset("mailchimp"))) == [
        ("fay", "email", "bounce", (), "2024-04-04T04:00:00.000000Z")
    ]


def test_mailchimp_nonsubscribed_says_nothing_about_anybody():
    choose = preset("mailchimp", file_name="nonsubscribed_email_audience_export_1a2b.csv")
    assert said(read(samples.MAILCHIMP_NONSUBSCRIBED, choose)) == [(2,)]


def test_addresses_of_the_network_are_left_behind_unless_asked_for():
    kept = []
    for keeps in (False, True):
        row = read(samples.MAILCHIMP_SUBSCRIBED, preset("mailchimp", "subscribed"), keeps_network=keeps)[0]
        assert isinstance(row, ImportRow)
        kept.append(dict(row.evidence))
    times = {"optin_time": "2024-01-01 09:00:00", "confirm_time": "2024-01-01 09:05:00"}
    without = times | {"time": "2024-01-01 09:05:00", "zone": "UTC"}
    assert kept == [without, without | {"optin_ip": "192.0.2.10", "confirm_ip": "192.0.2.11"}]


@pytest.mark.parametrize("folder", ["", "exports/", "C:\\exports\\"])
def test_a_mailchimp_file_is_recognised_by_its_name(folder):
    for name in ("subscribed", "unsubscribed", "cleaned", "nonsubscribed"):
        file_name = f"{folder}{name}_email_audience_export_1a2b3c.csv"
        assert choose_kind("mailchimp", ["Email Address"], file_name=file_name).name == name


def test_a_mailchimp_file_without_a_known_name_is_never_taken_for_a_list_of_subscribers():
    with pytest.raises(ImportFault) as caught:
        chosen("mailchimp", samples.MAILCHIMP_SUBSCRIBED, file_name="people.csv")
    assert caught.value.code == "kind_missing"


@pytest.mark.parametrize(
    ("content", "how"),
    [
        (samples.MAILCHIMP_UNSUBSCRIBED, {"name": "subscribed"}),
        (samples.MAILCHIMP_CLEANED, {"file_name": "subscribed_members_export.csv"}),
        (samples.MAILCHIMP_NONSUBSCRIBED, {"name": "subscribed", "file_name": "nonsubscribed_members_export.csv"}),
        (samples.MAILCHIMP_SUBSCRIBED, {"name": "unsubscribed", "file_name": "subscribed_members_export.csv"}),
    ],
)
def test_a_file_that_contradicts_what_it_is_said_to_be_is_refused(content, how):
    with pytest.raises(ImportFault, match="looks like") as caught:
        chosen("mailchimp", content, **how)
    assert caught.value.code == "kind_conflict"


def test_a_klaviyo_profile_speaks_of_mail_and_text_messages_and_a_suppression_outweighs_consent():
    assert said(read(samples.KLAVIYO_PROFILES, preset("klaviyo"))) == [
        ("ada", "email", "granted", NEWS, "2025-01-02T03:04:05.000000Z"),
        ("+4930123456", "sms", "withdrawn", NEWS, None),
        (3,),
        ("cyd", "email", "granted", NEWS, "2025-01-02T03:04:05.000000Z"),
        ("cyd", "email", "bounce", (), None),
        ("+4930123457", "sms", "granted", NEWS, "2025-03-03T03:03:03.000000Z"),
        ("eli", "email", "withdrawn", NEWS, None),
        ("eli", "email", "withdrawn", (), None),
    ]


def test_a_klaviyo_list_of_suppressed_profiles_stops_everything():
    rows = read("Email\nada@example.org\n", preset("klaviyo", "suppressed"))
    assert said(rows) == [("ada", "email", "withdrawn", (), None)]


def test_a_shopify_no_takes_nothing_back_and_a_yes_needs_its_time():
    rows = read(samples.SHOPIFY_CUSTOMERS, preset("shopify"))
    assert said(rows) == [("ada", "email", "granted", NEWS, "2025-01-02T03:04:05.000000Z"), (3,), (5, "missing_time")]
    assert rows[0].original["Phone"] == "+4930123456"


def test_shopify_states_tell_a_withdrawal_from_no_answer():
    header = "Email,Email Marketing: Status,Email Marketing: Updated At,Phone,SMS Marketing: Status\n"
    states = ["SUBSCRIBED", "UNSUBSCRIBED", "NOT_SUBSCRIBED", "PENDING", "REDACTED", "INVALID"]
    rows = "".join(f"p{at}@example.org,{state},2025-01-02T03:04:05Z,,\n" for at, state in enumerate(states))
    results = read(f"{header}{rows}", preset("shopify"))
    assert [row.status if isinstance(row, ImportRow) else None for row in results] == [
        *("granted", "withdrawn", None, "pending", None, "bounce")
    ]


def test_headers_are_read_in_any_case():
    content = "EMAIL,accepts email marketing,consentupdatedat\nada@example.org,yes,2025-01-02T03:04:05Z\n"
    assert said(read(content, preset("shopify"))) == [("ada", "email", "granted", NEWS, "2025-01-02T03:04:05.000000Z")]


def test_listmonk_files_mean_what_the_export_was_filtered_by_and_the_blocklist_always_counts():
    blocked = ("ben", "email", "withdrawn", (), None)
    since = "2024-05-04T09:30:12.123456Z"
    assert said(read(samples.LISTMONK, preset("listmonk", "confirmed"))) == [
        ("ada", "email", "granted", NEWS, since),
        blocked,
        (4,),
    ]
    assert said(read(samples.LISTMONK, preset("listmonk", "unconfirmed")))[0] == (
        "ada",
        "email",
        "pending",
        NEWS,
        since,
    )
    assert said(read(samples.LISTMONK, preset("listmonk", "unsubscribed"))) == [
        ("ada", "email", "withdrawn", NEWS, None),
        blocked,
        ("cyd", "email", "withdrawn", NEWS, None),
    ]
    assert said(read(samples.LISTMONK, preset("listmonk", "blocklisted"))) == [(2,), blocked, (4,)]


def test_a_listmonk_file_does_not_say_itself_what_it_is():
    with pytest.raises(ImportFault) as caught:
        read(samples.LISTMONK, preset("listmonk"))
    assert caught.value.code == "kind_missing"


def test_mautic_brings_its_do_not_contact_entries_per_channel():
    at = "2025-01-02T03:04:05.000000Z"
    assert said(read(samples.MAUTIC_DO_NOT_CONTACT, preset("mautic"), zone=None)) == [
        ("ada", "email", "withdrawn", (), at),
        ("ben", "email", "bounce", (), at),
        ("+4930123456", "sms", "withdrawn", (), at),
    ]


@pytest.mark.parametrize("yes", ["1", "true", "TRUE", "yes"])
def test_a_mautic_contact_without_do_not_email_is_no_yes(yes):
    content = f"email,firstname,doNotEmail\nada@example.org,Ada,{yes}\nben@example.org,Ben,0\ncyd@example.org,Cyd,\n"
    assert said(read(content, preset("mautic"))) == [("ada", "email", "withdrawn", (), None), (3,), (4,)]


def test_keila_has_no_times_so_a_yes_needs_the_one_the_importer_states():
    without = [(2, "missing_time"), ("ben", "email", "withdrawn", NEWS, None)]
    rest = [("cyd", "email", "bounce", (), None), (5, "unknown_status")]
    assert said(read(samples.KEILA, preset("keila"))) == [*without, *rest]
    granted = said(read(samples.KEILA, preset("keila"), at=1_700_000_000_000_000))[0]
    assert granted == ("ada", "email", "granted", NEWS, "2023-11-14T22:13:20.000000Z")


def test_an_ses_contact_list_speaks_of_each_topic_and_unsubscribe_all_covers_them():
    assert said(read(samples.SES_CONTACTS, preset("ses"), at=1_700_000_000_000_000)) == [
        ("ada", "email", "granted", NEWS, "2023-11-14T22:13:20.000000Z"),
        ("ada", "email", "withdrawn", ("offers",), None),
        ("ben", "email", "withdrawn", (), None),
        ("ben", "email", "withdrawn", NEWS, None),
        ("ben", "email", "withdrawn", ("offers",), None),
        (4,),
    ]


@pytest.mark.parametrize("header", ["", "EmailAddress,Reason\n", "emailAddress,reason\n"])
def test_an_ses_suppression_list_may_come_without_a_header(header):
    rows = read(header + samples.SES_SUPPRESSIONS, preset("ses", "suppressions"))
    assert said(rows) == [("ada", "email", "bounce", (), None), ("ben", "email", "complaint", (), None)]


def test_sendgrid_lists_have_unix_times_and_are_recognised_by_columns_or_name():
    at = "2025-01-02T03:04:05.000000Z"
    bounces = read(samples.SENDGRID_BOUNCES, preset("sendgrid", file_name="suppression_bounces (1).csv"))
    assert said(bounces) == [("ada", "email", "bounce", (), at)]
    assert isinstance(bounces[0], ImportRow)
    assert bounces[0].evidence == {"status": "5.1.1", "time": "1735787045", "zone": "UTC"}
    content = "ip,email,created\n192.0.2.1,ben@example.org,1735787045\n"
    assert said(read(content, preset("sendgrid"))) == [("ben", "email", "complaint", (), at)]
    content = "email,created\ncyd@example.org,1735787045\n"
    assert said(read(content, preset("sendgrid", "unsubscribes"))) == [("cyd", "email", "withdrawn", (), at)]
    assert said(read(content, preset("sendgrid", "group_unsubscribes"))) == [("cyd", "email", "withdrawn", NEWS, at)]


def test_mail_that_sendgrid_could_not_deliver_for_the_moment_says_nothing():
    choose = preset("sendgrid", file_name="suppression_blocks.csv")
    assert said(read(samples.SENDGRID_BOUNCES, choose)) == [(2,)]
    with pytest.raises(ImportFault, match="say which file"):
        read(samples.SENDGRID_BOUNCES, preset("sendgrid"))


@pytest.mark.parametrize(("name", "kind", "code"), [("mailkimp", "x", "unknown_preset"), ("ses", "x", "unknown_kind")])
def test_a_preset_or_kind_there_is_not_is_refused_with_those_there_are(name, kind, code):
    for find in (lambda: find_kind(name, kind), lambda: choose_kind(name, [], name=kind)):
        with pytest.raises(ImportFault, match="there are") as caught:
            find()
        assert caught.value.code == code


@pytest.mark.parametrize("kind", [kind for kinds in PRESETS.values() for kind in kinds], ids=lambda kind: kind.name)
def test_every_kind_reads_columns_it_would_itself_write(kind: FileKind):
    assert not kind.header or kind.known_columns & set(kind.header)
    assert set(kind.marks) <= set(kind.header) | set(kind.headless) | {"status", "reason"}


def test_every_module_of_the_folder_is_the_preset_of_its_name():
    modules = {
        found.name: import_module(f"{presets.__name__}.{found.name}") for found in iter_modules(presets.__path__)
    }
    assert {name: module.KINDS for name, module in modules.items()} == PRESETS
