"""Importing: what rows say under a mapping the caller gives, and what keeps a row from saying it."""

import tracemalloc
from datetime import UTC
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.row_fault import ImportFault, RowFault
from consent_service.domain.imports.import_mapping import COMMON_WORDS, make_plain_kind
from consent_service.domain.imports.import_meaning import ImportTerms
from consent_service.domain.imports.import_reader import Chooser, read_import
from consent_service.domain.imports.import_row import ImportRow, ImportStatus, SilentRow
from tests.domain.imports.import_samples import NOW, read, said

COLUMNS = {"address": "Who", "status": "State", "at": "When", "topics": "What"}
YES, YES_AT = "2025-01-02T03:04:05.000000Z", 1_735_787_045_000_000


def mapped(columns: dict[str, str] | None = None, **more: dict[str, str]) -> Chooser:
    kind = make_plain_kind(columns or COLUMNS, **more)
    return lambda header: kind


def one(who: str = "ada@example.org", state: str = "granted", when: str = YES, what: str = "news", **terms):
    content = f"Who,State,When,What\n{who},{state},{when},{what}\n"
    (result,) = read(content, mapped(), **terms)
    return result


def status_of(word: str) -> ImportStatus | str | None:
    match one(state=word):
        case ImportRow(status=status):
            return status
        case RowFault(code=code):
            return code.value
    return None


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["subscribed", "active", "granted", "Subscribed", "ACTIVE"], ImportStatus.GRANTED),
        (["pending", "unconfirmed"], ImportStatus.PENDING),
        (["unsubscribed", "opt_out", "withdrawn", "Opt-out", "opt out"], ImportStatus.WITHDRAWN),
        (["cleaned", "bounced", "hard_bounce", "Hard bounce"], ImportStatus.BOUNCE),
        (["complained", "spam"], ImportStatus.COMPLAINT),
        (["not_subscribed", "never", "Not subscribed"], None),
    ],
)
def test_words_that_mean_the_same_everywhere_need_no_mapping(words, status):
    assert [status_of(word) for word in words] == [status] * len(words)


@pytest.mark.parametrize(
    "word", ["inactive", "in-active", "reactive", "activated", "resubscribed?", "yes", "1", "", "no"]
)
def test_inactive_is_not_active_and_no_other_word_is_guessed(word):
    assert status_of(word) == "unknown_status"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters='",\r\n'), max_size=20))
def test_a_word_nobody_explained_never_becomes_a_status(word):
    known = {name.replace("_", "") for name in COMMON_WORDS}
    bare = "".join(word.casefold().replace("-", "").replace("_", "").split())
    assert status_of(word) == "unknown_status" or bare in known


def test_a_mapping_explains_its_own_words_and_they_come_first():
    words = {"ja": "granted", "nein": "withdrawn", "active": "none"}
    content = f"Who,State,When,What\na@example.org,Ja,{YES},news\nb@example.org,nein,,\nc@example.org,active,,\n"
    assert said(read(content, mapped(status_map=words))) == [
        ("a", "email", "granted", ("news",), YES),
        ("b", "email", "withdrawn", ("news",), None),
        (4,),
    ]


def test_constants_stand_in_for_columns_a_file_does_not_have():
    constants = {"status": "granted", "at": YES, "topics": "news; offers", "channel": "sms", "source": "fair"}
    (row,) = read("Phone,Name\n+4930123456,Ada\n", mapped({"address": "Phone"}, constants=constants))
    assert isinstance(row, ImportRow)
    assert (row.kind, row.channel, row.topics, row.at, row.source) == (
        "phone",
        "sms",
        ("news", "offers"),
        YES_AT,
        "fair",
    )
    assert row.original == {"Phone": "+4930123456", "Name": "Ada"}


def test_an_address_without_an_at_sign_is_a_phone_number_unless_the_channel_is_email():
    assert [one(who=who).kind for who in ("ada@example.org", "+4930123456")] == ["email", "phone"]
    kind = mapped(constants={"channel": "email"})
    (row,) = read(f"Who,State,When,What\nada,granted,{YES},news\n", kind)
    assert isinstance(row, ImportRow)
    assert row.kind == "email"


def test_a_yes_without_a_past_time_is_not_taken_over():
    assert one(when="").code == "missing_time"
    assert one(when="0000-00-00 00:00:00").code == "missing_time"
    assert one(when="2026-06-01T12:05:01Z").code == "future_time"
    assert one(when="2026-06-01T12:05:00Z").at == NOW + 300_000_000
    assert one(state="pending", when="").code == "missing_time"


def test_a_yes_whose_time_names_no_zone_is_ambiguous():
    assert one(when="2025-01-02 03:04:05", zone=None).code == "ambiguous_time"
    assert one(when="2025-01-02 03:04:05", zone=UTC).at == YES_AT
    assert one(when="2025-01-02").code == "ambiguous_time"


@pytest.mark.parametrize("when", ["", "2025-01-02 03:04:05", "2025-01-02", "last spring", "2099-01-01T00:00:00Z"])
@pytest.mark.parametrize("state", ["withdrawn", "bounced", "complained"])
def test_a_no_is_never_lost_for_the_time_it_lacks(state, when):
    row = one(state=state, when=when, zone=None)
    assert (row.status.is_no, row.at) == (True, None)
    assert row.evidence == {"time": when or "none"}


def test_a_time_the_importer_states_counts_for_a_yes_without_one_and_shows_as_such():
    row = one(when="", at=1_700_000_000_000_000)
    assert (row.at, row.evidence["time"]) == (1_700_000_000_000_000, "none")
    assert one(at=1_700_000_000_000_000).at == YES_AT
    assert one(state="withdrawn", when="", at=1_700_000_000_000_000).at is None


@pytest.mark.parametrize(
    ("text", "confirmed"), [(YES, YES_AT), ("", None), ("soon", None), ("2099-01-01T00:00:00Z", None)]
)
def test_a_time_of_confirmation_is_taken_over_where_it_can_be_told(text, confirmed):
    columns = COLUMNS | {"confirmed_at": "Confirmed"}
    content = f"Who,State,When,What,Confirmed\nada@example.org,granted,{YES},news,{text}\n"
    (row,) = read(content, mapped(columns))
    assert isinstance(row, ImportRow)
    assert (row.at, row.confirmed_at) == (YES_AT, confirmed)


def test_a_yes_names_its_topics_and_a_no_without_any_is_about_all():
    assert one(what="").topics == ("news",)
    assert one(what="", topics=()).code == "unknown_topic"
    assert one(what="a; b|a", topics=()).topics == ("a", "b")
    assert one(state="withdrawn", what="", topics=()).topics == ()


def test_a_bounce_or_complaint_is_about_the_address_whatever_the_topic():
    assert one(state="bounced").topics == one(state="spam").topics == ()


def test_a_row_without_an_address_is_reported_and_one_that_says_nothing_is_not():
    assert one(who="").code == "invalid_address"
    assert isinstance(one(who="", state="never"), SilentRow)


def test_a_channel_there_is_not_is_reported():
    columns = COLUMNS | {"channel": "How"}
    content = (
        f"Who,State,When,What,How\na@example.org,granted,{YES},news,pigeon\n+4930123456,granted,{YES},news,WhatsApp\n"
    )
    assert said(read(content, mapped(columns))) == [
        (2, "unknown_topic"),
        ("+4930123456", "whatsapp", "granted", ("news",), YES),
    ]


def test_rows_with_too_many_or_too_few_cells_are_reported_and_the_rest_is_read():
    rows = [f"a@example.org,granted,{YES},news,shift", "b@example.org", f"c@example.org,granted,{YES},news,"]
    assert said(read("\n".join(["Who,State,When,What", *rows]), mapped())) == [
        (2, "broken_row"),
        (3, "missing_column"),
        ("c", "email", "granted", ("news",), YES),
    ]


def test_a_row_may_end_before_columns_that_may_be_empty():
    columns = {"address": "Who", "status": "State"}
    content = "Who,State,Note\na@example.org,withdrawn\n"
    assert said(read(content, mapped(columns))) == [("a", "email", "withdrawn", ("news",), None)]


def test_a_fault_keeps_the_row_as_it_was():
    fault = one(state="maybe")
    assert isinstance(fault, RowFault)
    assert fault.original == {"Who": "ada@example.org", "State": "maybe", "When": YES, "What": "news"}
    assert "'maybe'" in fault.detail


@pytest.mark.parametrize(
    "hostile", ["=cmd|' /C calc'!A0", "@ada", "\x00ada@example.org", "a" * 5000, "ada\ufffd@x", "'"]
)
def test_a_hostile_cell_is_carried_as_it_is_for_the_address_to_be_judged(hostile):
    assert one(who=hostile).address == hostile


@pytest.mark.parametrize(
    ("columns", "content", "code"),
    [
        (COLUMNS, "Who,State,When\n", "missing_column"),
        (COLUMNS, "Whoever,State,When,What\n", "missing_column"),
        (COLUMNS, "Who,State,When,What,STATE\n", "repeated_column"),
        (COLUMNS, "Who,State,When,What,State\n", "repeated_column"),
        (COLUMNS, '"Who,State\n', "header_broken"),
    ],
)
def test_a_file_whose_columns_do_not_fit_is_refused_before_any_row(columns, content, code):
    with pytest.raises(ImportFault) as caught:
        read(content, mapped(columns))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("columns", "more", "code"),
    [
        ({"status": "State"}, {}, "mapping_incomplete"),
        ({"address": "Who"}, {}, "mapping_incomplete"),
        ({"status": "State"}, {"constants": {"address": "ada@example.org"}}, "mapping_incomplete"),
        (COLUMNS | {"color": "Colour"}, {}, "unknown_field"),
        (COLUMNS, {"constants": {"colour": "red"}}, "unknown_field"),
        (COLUMNS, {"status_map": {"yes": "sure"}}, "unknown_status"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(columns, more, code):
    with pytest.raises(ImportFault) as caught:
        make_plain_kind(columns, **more)
    assert caught.value.code == code


def test_memory_does_not_grow_with_the_number_of_rows():
    content = chain(
        [b"Who,State,When,What\n"], (f"p{at}@example.org,granted,{YES},news\n".encode() for at in range(5_000))
    )
    tracemalloc.start()
    try:
        results = read_import(content, mapped(), ImportTerms(source="fair", now=NOW))
        count = sum(isinstance(result, ImportRow) for result in results)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 5_000
    assert peak < 1_000_000


def test_an_import_without_a_source_is_refused():
    with pytest.raises(ImportFault) as caught:
        read("Who,State,When,What\n", mapped(), source=" ")
    assert caught.value.code == "source_missing"
