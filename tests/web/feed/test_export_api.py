"""The export: one snapshot with the cursor that joins the feed, cut off visibly or whole."""

import csv
import io
import json
import tracemalloc

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.formula_cell import restore_cell
from consent_service.domain.basics.moment import write_time
from consent_service.domain.identifier import NO_RECORD, name_subject
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block, Standing
from consent_service.services.check.limiting_lists import EXPORTS_OF_A_SITE, take_export_place
from consent_service.services.operator.housekeeping import do_housekeeping
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.standings import write_standing
from consent_service.storage.subjects import StoredSubject, keep_subject
from tests.cast import SECOND
from tests.replica import Replica

KEY = f"1.{'a' * 21}A"
WHO = name_subject("demo", KEY)


@pytest.fixture
def feed(own_service):
    return own_service.key(scopes=[Scope.FEED])


def act(service, principal=WHO, **told):
    service.clock.advance(SECOND)
    given = {"method": Method.API, "actor": "test", "at": service.clock.now} | told
    return record_act(service.resources, service.demo, principal, Act(**given))


def lines(answer):
    return [json.loads(line) for line in answer.body.splitlines()]


def test_the_first_line_has_the_cursor_and_the_last_the_number_of_subjects(own_service, feed):
    act(own_service, block=Block.MANUAL)
    answer = own_service.ask("/v1/export", feed)
    start, subject, summary = lines(answer)
    assert answer.content_type == "application/x-ndjson"
    assert (start["head"], set(start)) == (1, {"cursor", "head", "as_of"})
    assert subject["subject"] == KEY
    assert summary == {"summary": {"subjects": 1}}
    after = own_service.ask(f"/v1/changes?after={start['cursor']}", feed).json
    assert (after["items"], after["next"]) == ([], start["cursor"])


def test_a_yes_that_has_ended_is_exported_as_the_feed_tells_it(own_service, feed):
    purpose = own_service.demo.message_purposes[0].key
    ends = own_service.clock.now + 60 * SECOND
    act(own_service, states={purpose: State.GRANTED}, lasts_until={purpose: ends})
    own_service.clock.advance(90 * SECOND)
    assert do_housekeeping(own_service.resources, [own_service.demo]).expired == 1
    told, exported = Replica(), Replica(lines(own_service.ask("/v1/export", feed))[1:-1])
    told.follow(own_service.ask("/v1/changes", feed).json["items"])
    assert told.known == exported.known
    held = exported.known[KEY]["decisions"][purpose]
    assert (held["state"], held["since"], held["valid_until"]) == ("expired", write_time(ends), None)


@pytest.mark.parametrize("path", ["/v1/export", "/v1/suppressions/export", "/v1/exports/plain/all.csv"])
def test_an_export_beyond_the_places_of_a_site_is_asked_to_come_again(own_service, path):
    key, folder = own_service.key(scopes=[Scope.FEED, Scope.ADMIN]), own_service.settings.home
    with take_export_place(folder, "demo"), take_export_place(folder, "demo"):
        answer = own_service.ask(path, key, status="*")
        assert (answer.status_int, answer.json["code"]) == (503, "exports_too_many")
        assert answer.headers["Retry-After"] == "10"
    for _ in range(EXPORTS_OF_A_SITE + 1):
        assert own_service.ask(path, key).status_int == 200
        assert own_service.ask(f"{path}?format=odd", key, status="*").status_int == 400


def test_nobody_is_a_whole_export_too(own_service, feed):
    assert [set(line) for line in lines(own_service.ask("/v1/export", feed))] == [
        {"cursor", "head", "as_of"},
        {"summary"},
    ]


def test_it_tells_everything_that_holds_for_a_subject(own_service, feed):
    purpose = own_service.demo.message_purposes[0].key
    end = own_service.clock.now + 3600 * SECOND
    done = act(own_service, states={purpose: State.GRANTED}, lasts_until={purpose: end})
    act(own_service, pause_until=end)
    act(own_service, stop_all=True)
    act(own_service, block=Block.COMPLAINT)
    with own_service.resources.database.write():
        keep_subject(own_service.resources.database, StoredSubject(WHO, "email", None, "customer 7", "en", 1))
    assert lines(own_service.ask("/v1/export", feed))[1] == {
        "subject": KEY,
        "ref": "customer 7",
        "decisions": {
            purpose: {
                "state": "granted",
                "since": "2026-01-01T12:00:01.000000Z",
                "valid_until": "2026-01-01T13:00:00.000000Z",
                "method": "api",
                "record": done.record,
            }
        },
        "blocks": {"complaint": "2026-01-01T12:00:04.000000Z"},
        "stopped_at": "2026-01-01T12:00:03.000000Z",
        "paused_until": "2026-01-01T13:00:00.000000Z",
    }


@pytest.mark.threat("T25")
def test_as_a_table_it_says_the_same_and_no_cell_can_be_run(own_service, feed):
    purpose = own_service.demo.message_purposes[0].key
    act(own_service, states={purpose: State.GRANTED})
    act(own_service, block=Block.MANUAL)
    with own_service.resources.database.write():
        keep_subject(own_service.resources.database, StoredSubject(WHO, "email", None, '=cmd("x")', "en", 1))
    answer = own_service.ask("/v1/export?format=csv", feed)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["kind"] for row in rows] == ["cursor", "decision", "block", "summary"]
    assert {row["ref"] for row in rows[1:3]} == {'\'=cmd("x")'}
    assert restore_cell(rows[1]["ref"]) == '=cmd("x")'
    assert (rows[1]["name"], rows[1]["state"], rows[2]["name"]) == (purpose, "granted", "manual")
    cursor = lines(own_service.ask("/v1/export", feed))[0]["cursor"]
    assert (rows[0]["name"], rows[-1]["name"]) == (cursor, "1")


def test_visitors_and_other_sites_are_not_in_it(own_service, feed):
    own_service.browser().press("accept")
    record_act(
        own_service.resources,
        own_service.silverlark,
        name_subject("silverlark", KEY),
        Act(method=Method.API, actor="test", at=own_service.clock.now, block=Block.MANUAL),
    )
    assert lines(own_service.ask("/v1/export", feed))[-1] == {"summary": {"subjects": 0}}


def test_memory_does_not_grow_with_the_number_of_subjects(own_service, feed):
    database = own_service.resources.database
    purpose = own_service.demo.message_purposes[0].key
    said = Decision(purpose, "granted", "api", 1, 0, NO_RECORD, "f" * 32, False)

    def peak(people):
        with database.write():
            for number in range(people):
                write_standing(database, name_subject("demo", f"1.{number:021}A"), Standing({purpose: said}))
        environ = {"PATH_INFO": "/v1/export", "HTTP_AUTHORIZATION": f"Bearer {feed}"}
        request = own_service.client().RequestClass.blank("/v1/export", environ)
        tracemalloc.start()
        length = sum(map(len, own_service(request.environ, lambda *_: None)))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert length > people * 100
        return most

    peak(100)
    assert peak(20_000) < peak(1_000) + 500_000


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("format=xml", "format_unknown"),
        ("format=", "format_unknown"),
        ("after=0", "parameter_unknown"),
        ("format=csv&x=1", "parameter_unknown"),
    ],
)
def test_odd_questions_are_problems(service, query, code):
    answer = service.ask(f"/v1/export?{query}", service.key(scopes=[Scope.FEED]))
    assert (answer.status_int, answer.json["code"]) == (400, code)


def test_an_export_that_breaks_off_has_no_summary(own_service, feed):
    act(own_service, block=Block.MANUAL)
    act(own_service, name_subject("demo", f"1.{'b' * 21}A"), block=Block.MANUAL)
    with own_service.resources.database.write():
        spoil = "UPDATE standing SET decisions = 'no' WHERE principal LIKE '%b%A'"
        own_service.resources.database.change(spoil)
    told = own_service.ask("/v1/export", feed).body
    assert b"summary" not in told
    assert b"cursor" in told
