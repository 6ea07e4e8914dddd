"""Exports in the shapes of other tools: complete where they say no, careful where they say yes, and readable again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.csv_writer import write_csv_line
from consent_service.domain.basics.moment import read_time
from consent_service.domain.imports.import_mapping import FileKind
from consent_service.domain.imports.import_preset import find_kind
from consent_service.domain.imports.import_row import EVERY_NO, LISTED, ImportRow, ImportStatus, SilentRow
from consent_service.domain.imports.list_writer import ListedStanding, find_list_status, write_list_rows
from consent_service.domain.imports.presets import PRESETS
from consent_service.domain.ledger.decision_order import Reason
from tests.domain.imports.import_samples import preset, read, said

SINCE = read_time("2025-01-02T03:04:05Z")
KINDS = [(name, kind) for name, kinds in PRESETS.items() for kind in kinds]
WRITTEN = [(name, kind) for name, kind in KINDS if any(mapping.words for mapping in kind.mappings)]
# A "no" or "0" of these is an unticked box to whoever reads it, so it comes back as no answer.
ONE_WAY = {("shopify", ImportStatus.WITHDRAWN), ("shopify", ImportStatus.BOUNCE), ("shopify", ImportStatus.COMPLAINT)}
ONE_WAY |= {("mautic", ImportStatus.GRANTED)}
REASONS = {
    ImportStatus.GRANTED: ("granted", "granted"),
    ImportStatus.PENDING: ("pending", "pending"),
    ImportStatus.WITHDRAWN: ("withdrawn", "withdrawn"),
    ImportStatus.BOUNCE: ("granted", "blocked_bounce"),
    ImportStatus.COMPLAINT: ("granted", "blocked_complaint"),
}
CELLS = st.sampled_from(
    ["ada@example.org", "=cmd@example.org", "'@x@example.org", 'a"b,c;d@example.org', "+x\ty@example.org"]
)


def row(
    status: ImportStatus, address: str = "ada@example.org", since: int | None = SINCE, **more: str
) -> ListedStanding:
    state, reason = REASONS[status]
    values = {"channel": "email", "topic": "news", "source": "shop"} | more
    return ListedStanding(address=address, state=state, since=since, reason=reason, **values)


def written(kind: FileKind, *rows: ListedStanding, topics: tuple[str, ...] = ("news",)) -> bytes:
    header, lines = write_list_rows(kind, rows, topics=topics)
    return b"".join(write_csv_line(cells) for cells in ([header] if header else []) + list(lines))


def statuses_of(kind: FileKind) -> set[ImportStatus]:
    return {status for mapping in kind.mappings for status in mapping.words}


@pytest.mark.parametrize("reason", list(Reason))
def test_only_what_a_check_allows_is_a_yes(reason):
    status = find_list_status(ListedStanding("a", "email", "news", "granted", SINCE, reason, "shop"))
    assert (status is ImportStatus.GRANTED) == (reason in (Reason.GRANTED, Reason.SOFT_OPT_IN))


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("refused", ImportStatus.WITHDRAWN),
        ("withdrawn", ImportStatus.WITHDRAWN),
        ("expired", ImportStatus.WITHDRAWN),
        ("outdated", ImportStatus.WITHDRAWN),
        ("blocked_manual", ImportStatus.WITHDRAWN),
        ("blocked_minor", ImportStatus.WITHDRAWN),
        ("blocked_erased", ImportStatus.WITHDRAWN),
        ("blocked_bounce", ImportStatus.BOUNCE),
        ("blocked_complaint", ImportStatus.COMPLAINT),
        ("a reason of tomorrow", ImportStatus.WITHDRAWN),
        ("never_asked", None),
        ("paused", None),
        ("not_consent_based", None),
    ],
)
def test_every_other_reason_is_a_no_except_where_nobody_said_one(reason, status):
    assert find_list_status(ListedStanding("a", "email", "news", "granted", SINCE, reason, "shop")) is status


@pytest.mark.parametrize("name", PRESETS)
def test_no_kind_of_no_is_lost_in_any_tool(name):
    lists = [statuses_of(kind) for kind in PRESETS[name]]
    assert set(EVERY_NO) <= set().union(*lists)


@pytest.mark.parametrize(("name", "kind"), WRITTEN, ids=lambda value: getattr(value, "name", value))
def test_what_was_exported_imports_as_the_same(name, kind):
    for status in statuses_of(kind):
        (result,) = read(written(kind, row(status)), preset(name, kind.name), restores=True, at=SINCE)
        if (name, status) in ONE_WAY:
            assert isinstance(result, SilentRow)
            continue
        assert isinstance(result, ImportRow)
        assert (result.address, result.channel, result.status.is_no) == ("ada@example.org", "email", status.is_no)
        assert result.topics in ((), ("news",))
        assert result.at in (None, read_time("2025-01-02T03:04:05Z"))


@pytest.mark.parametrize("status", LISTED)
def test_the_plain_shape_keeps_everything(status):
    sent = row(status, since=SINCE + 678_901, topic="special-offers", channel="sms", address="+4930123456")
    (result,) = read(written(find_kind("plain", "all"), sent), preset("plain"), zone=None)
    assert isinstance(result, ImportRow)
    assert (result.address, result.kind, result.channel, result.status) == ("+4930123456", "phone", "sms", status)
    assert result.topics == (() if status.is_block else ("special-offers",))
    assert (result.at, result.source) == (read_time("2025-01-02T03:04:05.678901Z"), "shop")


@given(CELLS, st.sampled_from(WRITTEN))
def test_hostile_addresses_come_back_from_every_shape_unchanged(address, shape):
    name, kind = shape
    content = written(kind, *(row(status, address=address) for status in sorted(statuses_of(kind))))
    results = read(content, preset(name, kind.name), restores=True, at=SINCE)
    assert {result.address for result in results if isinstance(result, ImportRow)} == {address}


@pytest.mark.parametrize(("name", "kind"), WRITTEN, ids=lambda value: getattr(value, "name", value))
def test_a_file_that_lists_a_yes_shows_no_blocked_person_as_one(name, kind):
    blocked = [row(ImportStatus.BOUNCE), row(ImportStatus.COMPLAINT)]
    results = read(written(kind, *blocked), preset(name, kind.name), at=SINCE)
    assert not [result for result in results if isinstance(result, ImportRow) and not result.status.is_no]


def test_a_row_for_which_a_file_has_no_place_is_left_out():
    subscribed = find_kind("mailchimp", "subscribed")
    assert written(subscribed, row(ImportStatus.WITHDRAWN), row(ImportStatus.GRANTED, channel="sms")).count(b"\n") == 1


def test_mailchimp_and_sendgrid_shapes_are_what_those_tools_write():
    assert written(find_kind("mailchimp", "cleaned"), row(ImportStatus.BOUNCE)) == (
        b"Email Address,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,"
        b"CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID\r\n"
        b"ada@example.org,,,,,2025-01-02 03:04:05,,\r\n"
    )
    assert written(find_kind("sendgrid", "unsubscribes"), row(ImportStatus.WITHDRAWN)) == (
        b"email,created\r\nada@example.org,1735787045\r\n"
    )


def test_the_ses_list_of_suppressions_has_no_header():
    rows = [row(ImportStatus.BOUNCE), row(ImportStatus.COMPLAINT, since=None)]
    assert written(find_kind("ses", "suppressions"), *rows) == (
        b"ada@example.org,BOUNCE,2025-01-02 03:04:05+00:00\r\nada@example.org,COMPLAINT,\r\n"
    )


def test_the_ses_contact_list_has_one_row_for_a_person_and_a_column_for_each_topic():
    rows = [
        row(ImportStatus.GRANTED),
        row(ImportStatus.WITHDRAWN, topic="offers"),
        row(ImportStatus.WITHDRAWN, address="ben@example.org", topic=""),
    ]
    content = written(find_kind("ses", "contacts"), *rows, topics=("news", "offers"))
    assert content == (
        b"emailAddress,unsubscribeAll,attributesData,topicPreferences.news,topicPreferences.offers\r\n"
        b"ada@example.org,false,,OPT_IN,OPT_OUT\r\n"
        b"ben@example.org,true,,,\r\n"
    )
    assert said(read(content, preset("ses"), at=SINCE)) == [
        ("ada", "email", "granted", ("news",), "2025-01-02T03:04:05.000000Z"),
        ("ada", "email", "withdrawn", ("offers",), None),
        ("ben", "email", "withdrawn", (), None),
    ]


def test_an_export_is_written_row_by_row():
    asked: list[int] = []

    def endless():
        while True:
            asked.append(1)
            yield row(ImportStatus.GRANTED)

    _, lines = write_list_rows(find_kind("plain", "all"), endless())
    assert (next(lines)[0], next(lines)[0], len(asked)) == ("ada@example.org", "ada@example.org", 2)


def test_a_list_that_listmonk_subscribes_without_looking_holds_nobody_who_said_no():
    everybody = [row(status, f"{status}@example.org") for status in ImportStatus if status in REASONS]
    lines = written(find_kind("listmonk", "confirmed"), *everybody).decode().splitlines()[1:]
    assert [line.split(",")[1] for line in lines] == ["granted@example.org"]
