"""Erasing a subject: everything goes from every file, and the keyed hash stays with what stops the next message."""

import json

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.feed.webhook_event import Event
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.site.site import Messages
from consent_service.domain.subject.act import Act, ActVerdict, ChangeKind
from consent_service.domain.subject.standing import Block
from consent_service.services.feed.keeping_webhooks import make_webhook
from consent_service.services.imports.keeping_import_files import ImportFolder
from consent_service.services.messages.subscribing import Wish, request_subscription
from consent_service.services.messages.suppressing_addresses import suppress_address
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.identifying_subjects import identify_email, keep_address, open_kept_address
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.changes import find_head, list_changes_after
from consent_service.storage.ledger.packed_values import pack_record_id
from consent_service.storage.records import list_latest_records_about
from consent_service.storage.standings import find_standing
from tests.cast import NOON, SECOND, make_notice_for, make_site

EMAIL = "ada.lovelace@example.org"
REF = "customer-4711"
SOURCE = "checkout-of-ada"


@pytest.fixture
def site():
    return make_site(messages=Messages(sender="Shop <news@demo.example>"))


@pytest.fixture
def person(resources, site, clock):
    """Somebody who asked, agreed and withdrew, with address, reference, open requests since then and waiting jobs."""
    person = identify_email(resources, site, EMAIL)
    wish = Wish(
        person=person,
        purposes=("newsletter",),
        notice=make_notice_for(site),
        origin="https://demo.example",
        source=SOURCE,
        ref=REF,
    )
    for state in (State.GRANTED, State.WITHDRAWN):
        with resources.database.write():
            keep_address(resources, site, person.principal, person.address, language="en", ref=REF, now=clock.now)
        act(resources, site, person.principal, clock, states={"newsletter": state})
    for _ in range(2):
        request_subscription(resources, site, wish)
    return person


def act(resources, site, principal, clock, **told):
    clock.advance(SECOND)
    given = {"method": Method.API, "actor": "key:1", "at": clock.now, "source": SOURCE} | told
    return record_act(resources, site, principal, Act(**given))


def files(resources):
    return b"".join(file.read_bytes() for file in resources.database.file.parent.glob("consent.sqlite3*"))


@pytest.mark.one_file
def test_of_records_requests_reference_source_and_jobs_not_a_byte_is_left_in_any_file(resources, site, person):
    records = [record.head.id for record in list_latest_records_about(resources.database, person.principal, 9)]
    telling = [*records, REF, SOURCE, EMAIL]
    sealed = [row[0] for row in resources.database.rows("SELECT sealed FROM subject UNION SELECT body FROM job")]
    before = files(resources)
    assert [text for text in telling if text.encode() not in before] == [EMAIL]
    sealed += [pack_record_id(record) for record in records]
    sealed += [row[0] for row in resources.database.rows("SELECT signature FROM record")]
    assert all(blob in before for blob in sealed)
    assert erase_subject(resources, site, person.principal, "key:1") == 4
    after = files(resources)
    assert not [text for text in telling if text.encode() in after]
    assert not any(blob in after for blob in sealed)
    assert open_kept_address(resources, person.principal) is None


def test_the_feed_keeps_its_numbers_and_loses_what_they_told(resources, site, person):
    newest = find_head(resources.database, site.id)
    erase_subject(resources, site, person.principal, "key:1")
    rows = list_changes_after(resources.database, site.id, 0, 99)
    assert [row.seq for row in rows] == list(range(1, newest + 2))
    assert {(row.principal, row.kind, row.after, row.source) for row in rows[:-1]} == {("", "", "", "")}
    assert (rows[-1].principal, rows[-1].kind, rows[-1].name) == (person.principal, ChangeKind.ERASURE, "erased")


def test_every_block_stays_with_its_date(resources, site, person, clock):
    since = clock.now
    suppress_address(resources, site, person.principal, Block.COMPLAINT, actor="key:1", at=since, source="mta")
    clock.advance(SECOND)
    erase_subject(resources, site, person.principal, "key:1")
    standing = find_standing(resources.database, person.principal)
    assert standing.blocks == {"complaint": since, "erased": clock.now}
    assert not standing.decisions


@pytest.mark.one_file
def test_erasing_again_is_harmless_and_takes_what_came_meanwhile(resources, site, person, clock):
    erase_subject(resources, site, person.principal, "key:1")
    since = find_standing(resources.database, person.principal).blocks["erased"]
    newest = find_head(resources.database, site.id)
    clock.advance(SECOND)
    assert erase_subject(resources, site, person.principal, "key:1") == 0
    assert find_head(resources.database, site.id) == newest
    suppress_address(resources, site, person.principal, Block.BOUNCE, actor="key:1", at=clock.now, source=SOURCE)
    assert erase_subject(resources, site, person.principal, "key:1") == 1
    assert SOURCE.encode() not in files(resources)
    assert find_standing(resources.database, person.principal).blocks == {"erased": since, "bounce": clock.now}


@pytest.mark.parametrize("method", [Method.IMPORT, Method.API, Method.SUBSCRIBE_CONFIRM])
def test_no_later_yes_gets_past_an_erasure(resources, site, person, clock, method):
    erase_subject(resources, site, person.principal, "key:1")
    revives = method is Method.SUBSCRIBE_CONFIRM
    told = act(
        resources,
        site,
        person.principal,
        clock,
        states={"newsletter": State.GRANTED},
        method=method,
        revives=revives,
    )
    assert told.verdicts == {"newsletter": ActVerdict.BLOCKED}
    assert told.record is None


def test_everybody_else_stays(resources, site, person, clock):
    other = identify_email(resources, site, "bob@example.org")
    act(resources, site, other.principal, clock, states={"newsletter": State.GRANTED})
    erase_subject(resources, site, person.principal, "key:1")
    assert find_standing(resources.database, other.principal).decisions["newsletter"].state == State.GRANTED
    assert len(list_latest_records_about(resources.database, other.principal, 9)) == 1


def test_webhooks_hear_of_the_erasure_and_no_longer_of_what_was_before(resources, site, clock):
    made = make_webhook(resources, site, "https://tool.example/hook", list(Event), loopback_allowed=False)
    assert made
    person = identify_email(resources, site, EMAIL)
    act(resources, site, person.principal, clock, states={"newsletter": State.GRANTED})
    assert waiting(resources) == ["consent.granted"]
    erase_subject(resources, site, person.principal, "key:1")
    assert waiting(resources) == ["subject.erased"]


def waiting(resources):
    return [row[0] for row in resources.database.rows("SELECT event FROM job WHERE kind = 'webhook'")]


@pytest.mark.one_file
@pytest.mark.parametrize("table", ["record", "subject", "subscription_request"])
def test_an_erasure_that_fails_erases_nothing(resources, site, person, table):
    resources.database.rows(f"CREATE TRIGGER fails BEFORE DELETE ON {table} BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(StorageUnavailable):
        erase_subject(resources, site, person.principal, "key:1")
    assert len(list_latest_records_about(resources.database, person.principal, 9)) == 4
    assert open_kept_address(resources, person.principal)
    assert not find_standing(resources.database, person.principal).blocks


def test_that_it_happened_is_kept_without_saying_whose(resources, site, person, clock):
    erase_subject(resources, site, person.principal, "key:1")
    [row] = resources.database.rows("SELECT site, at, actor, records FROM erasure")
    assert row == ("demo", NOON + 2 * SECOND, "key:1", 4)
    assert person.key not in json.dumps(row)


def test_reports_of_imports_that_are_over_go_because_they_may_name_the_person(resources, site, person):
    with resources.database.write():
        for name, state in (("over", "finished"), ("going", "running")):
            columns = (
                "id, site, file_hash, file_name, options, dry_run, stamped_at, state, line, report_size, counts, actor"
            )
            values = (name, site.id, "", "", "{}", 0, 1, state, 0, 0, "{}", "test", 1, 1)
            marks = ", ".join("?" * len(values))
            resources.database.change(
                f"INSERT INTO import_run ({columns}, created_at, updated_at) VALUES ({marks})", values
            )
    folders = {name: ImportFolder(resources, name) for name in ("over", "going")}
    for folder in folders.values():
        folder.make()
        folder.report.write_text(EMAIL)
    erase_subject(resources, site, person.principal, "test")
    assert (folders["over"].report.exists(), folders["going"].report.exists()) == (False, True)
    assert folders["over"].path.parent.stat().st_mode & 0o077 == 0
