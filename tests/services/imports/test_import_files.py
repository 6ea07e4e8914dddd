"""Files of real tools: no no is lost in them, no card number kept, and every common form of a file is read."""

import pytest

from consent_service.domain.basics.row_fault import ImportFault
from consent_service.services.imports.importing import continue_import
from tests.services.imports.import_desk import HEADER, YES, ImportDesk, import_site

ADA, BEN, CYD = "ada@example.org", "ben@example.org", "cyd@example.org"
LATER = "2025-06-01T00:00:00Z"
CARD = "4111111111111111"
LISTMONK = "uuid,email,name,attributes,status,created_at,updated_at\n1,ada@example.org,Ada,{},"
CHANGED = ",2022-03-01 09:00:00 +0000 UTC,2022-03-01 09:00:00 +0000 UTC\n"
KLAVIYO = (
    "Email,Email Marketing Consent,Email Marketing Consent Timestamp,Email Suppressions\n"
    "ada@example.org,UNSUBSCRIBED,2022-03-01 09:00:00,[]\n"
)


@pytest.fixture
def desk(resources):
    return ImportDesk(resources, import_site())


@pytest.mark.parametrize(
    ("file", "options"),
    [
        (f"{LISTMONK}enabled{CHANGED}", {"preset": "listmonk", "kind": "unsubscribed"}),
        (f"{LISTMONK}blocklisted{CHANGED}", {"preset": "listmonk", "kind": "confirmed"}),
        (KLAVIYO, {"preset": "klaviyo", "zone": "UTC"}),
        (f"{HEADER}{ADA},unsubscribed,2022-03-01T09:00:00Z,\n", {}),
        (f"{ADA}\n", {"kind": "suppressed"}),
    ],
)
def test_a_no_beside_the_time_of_something_else_stops_a_newer_yes(desk, file, options):
    desk.run(f"{HEADER}{ADA},granted,{YES},\n")
    assert desk.run(file, **options).told == [("applied", "")]
    assert desk.reason(ADA) == "withdrawn"


def test_a_no_stops_a_yes_that_a_fast_clock_dated_ahead(desk):
    ahead = "2026-01-01T12:04:00Z"
    assert desk.run(f"{HEADER}{ADA},granted,{ahead},\n").told == [("applied", "")]
    assert desk.run(f"{HEADER}{ADA},unsubscribed,,\n").told == [("applied", "")]
    assert desk.reason(ADA) == "withdrawn"


def test_the_report_says_what_each_row_was_read_as(desk):
    file = f"{HEADER}{ADA},granted,{YES},\n{BEN},Blocklisted,{YES},\n{CYD},never,,\n"
    done = desk.run(file)
    assert [(row["read_as"], row["read_time"]) for row in done.rows] == [
        ("email granted", "2025-01-02T03:04:05.000000Z"),
        ("email suppressed", "import"),
        ("no answer", ""),
    ]
    assert desk.reason(BEN, "offers") == "withdrawn"


def test_columns_that_contradict_each_other_are_told_and_the_no_counts(desk):
    desk.run(f"{HEADER}{ADA},granted,{YES},\n")
    file = f"address,status,at,opted_out,unsubscribed\n{ADA},subscribed,{LATER},false,true\n"
    tried, done = (desk.run(file, dry_run=dry) for dry in (True, False))
    assert done.report == tried.report
    assert done.told == [("applied", "contradiction")]
    assert (done.rows[0]["detail"], done.rows[0]["read_as"]) == ("column unsubscribed says no", "email withdrawn")
    assert desk.reason(ADA) == "withdrawn"


@pytest.mark.parametrize("cell", [CARD, "4111 1111 1111 1111", "paid with 4111-1111-1111-1111"])
def test_a_card_number_refuses_a_yes_stops_no_no_and_stands_nowhere(desk, cell):
    desk.run(f"{HEADER}{BEN},granted,{YES},\n")
    rows = f'{ADA},granted,{YES},"{cell}",\n{BEN},unsubscribed,,,"{cell}"\n'
    done = desk.run(f"address,status,at,source,note\n{rows}")
    assert done.told == [("rejected", "payment_data"), ("applied", "payment_data")]
    assert (desk.reason(ADA), desk.reason(BEN)) == ("never_asked", "withdrawn")
    assert b"1111" not in done.report
    assert "1111" not in str(desk.ledger())


@pytest.mark.parametrize("header", ["address,status,card_number\n", "address,status,CVV\n"])
def test_a_column_for_card_data_refuses_the_file(desk, header):
    with pytest.raises(ImportFault) as caught:
        desk.run(f"{header}{ADA},unsubscribed,1\n")
    assert caught.value.code == "payment_data"


def test_a_source_with_a_card_number_is_refused(desk):
    with pytest.raises(ImportFault) as caught:
        desk.run(f"{HEADER}{ADA},unsubscribed,,\n", source=f"till {CARD}")
    assert caught.value.code == "payment_data"
    assert CARD not in caught.value.detail


@pytest.mark.parametrize("number", ["+4915112345678", "+4111111111111"])
def test_a_telephone_number_is_no_card_number(desk, number):
    file = f"address,status,topics\n{number},unsubscribed,text-offers\n"
    assert "payment_data" not in desk.run(file).rows[0]["code"]


def test_a_file_that_is_not_utf_8_is_refused_with_the_line_or_read_by_the_encoding_that_is_stated(desk):
    file = f"{HEADER}{ADA},granted,{YES},\nzoë@example.org,unsubscribed,,\n".encode("windows-1252")
    with pytest.raises(ImportFault, match="line 3 is not UTF-8") as caught:
        desk.run(file)
    assert caught.value.code == "not_utf8"
    assert desk.reason(ADA) == "never_asked"
    assert desk.run(file, encoding="windows-1252").told == [("applied", ""), ("applied", "")]
    assert desk.reason("zoë@example.org") == "withdrawn"


@pytest.mark.parametrize("start", ["sep=;\r\n", "\ufeffsep=;\r\n", ""])
def test_excels_line_with_the_separator_is_no_header(desk, start):
    file = f"{start}address;status;at;topics\r\n{ADA};unsubscribed;;\r\n{BEN};subscribed;{YES};offers\r\n"
    done = desk.run(file)
    assert done.told == [("applied", ""), ("applied", "")]
    assert done.rows[0]["line"] == ("3" if start else "2")
    assert desk.run(file).told == [("unchanged", ""), ("unchanged", "")]


@pytest.mark.parametrize(
    "file",
    [
        f"address|status\n{ADA}|unsubscribed\n",
        f"ADDRESS,STATUS\n{ADA},unsubscribed\n",
        f'address, status\n"{ADA}", "opted out"\n',
    ],
)
def test_bars_capitals_and_blanks_behind_commas_are_read(desk, file):
    assert desk.run(file).told == [("applied", "")]


@pytest.mark.parametrize(
    "word",
    [
        "Unsubscribed",
        "opted_out",
        "Opted out",
        "opt-out",
        "removed",
        "deleted",
        "SUPPRESSED",
        "Blocklisted",
        "blacklisted",
        "Unsubscribed from all",
        "Cleaned",
        "Marked as spam",
        "Abgemeldet",
        "Désabonné",
    ],
)
def test_the_words_by_which_tools_say_no_stop_a_yes(desk, word):
    desk.run(f"{HEADER}{ADA},granted,{YES},\n")
    assert desk.run(f"address,status\n{ADA},{word}\n").told == [("applied", "")]
    assert desk.reason(ADA) not in ("granted", "never_asked")


@pytest.mark.parametrize("word", ["Non-Subscribed", "NEVER_SUBSCRIBED", "never"])
def test_who_was_never_asked_is_neither_a_yes_nor_a_no(desk, word):
    assert desk.run(f"address,status\n{ADA},{word}\n").rows[0]["read_as"] == "no answer"
    assert desk.reason(ADA) == "never_asked"


def test_an_import_goes_on_where_it_was_in_another_encoding_too(desk):
    people = "".join(f"zoë{number}@example.org;unsubscribed\r\n" for number in range(450))
    file = f"sep=;\r\naddress;status\r\n{people}".encode("utf-16")
    run = desk.begin(file, encoding="utf-16")
    turns = 0
    while run.state == "running":
        run = continue_import(desk.resources, desk.site, run, stop=lambda: True)
        turns += 1
    assert turns > 2
    assert run.progress.counts == {"applied": 450}
