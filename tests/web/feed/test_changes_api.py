"""The feed: gap-free, in the order of the commits, and always in step with the export."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import DAY
from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.operator.housekeeping import prune
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.recording_acts import record_act
from tests.cast import SECOND
from tests.replica import Replica

ROOT = Path(__file__).resolve().parents[3]
KEY = f"1.{'a' * 21}A"


@pytest.fixture
def feed(own_service):
    return own_service.key(scopes=[Scope.FEED])


def act(service, key=KEY, **told):
    service.clock.advance(SECOND)
    given = {"method": Method.API, "actor": "test", "at": service.clock.now} | told
    return record_act(service.resources, service.demo, name_subject("demo", key), Act(**given))


def purposes(service):
    return [purpose.key for purpose in service.demo.message_purposes]


def walk(service, key, after="0", limit=1000, **parameters):
    """Read page by page to the end and return the items and the last cursor."""
    items = []
    while True:
        more = "".join(f"&{name}={value}" for name, value in parameters.items())
        page = service.ask(f"/v1/changes?after={after}&limit={limit}{more}", key).json
        items += page["items"]
        after = page["next"]
        if not page["has_more"]:
            return items, after


def exported(service, key):
    lines = [json.loads(line) for line in service.ask("/v1/export", key).body.splitlines()]
    assert lines[-1] == {"summary": {"subjects": len(lines) - 2}}
    return lines[0]["cursor"], lines[1:-1]


def test_a_yes_is_told_at_its_commit_with_everything_a_list_needs(own_service, feed):
    purpose = own_service.demo.message_purposes[0]
    done = act(own_service, states={purpose.key: State.GRANTED}, source="checkout")
    page = own_service.ask("/v1/changes", feed).json
    [item] = page["items"]
    assert item == {
        "seq": 1,
        "at": "2026-01-01T12:00:01.000000Z",
        "act_at": "2026-01-01T12:00:01.000000Z",
        "subject": KEY,
        "ref": None,
        "kind": "decision",
        "purpose": purpose.key,
        "block": None,
        "channel": purpose.channel,
        "topic": purpose.topic_name,
        "from": "none",
        "to": "granted",
        "valid_until": None,
        "reason": "api",
        "source": "checkout",
        "record": done.record,
    }
    assert (page["has_more"], page["head"]) == (False, 1)


def test_pages_of_any_size_lose_and_repeat_nothing(own_service, feed):
    for number in range(25):
        act(own_service, block=Block.MANUAL) if number % 2 == 0 else act(own_service, lift=Block.MANUAL)
    for limit in (1, 2, 7, 24, 25, 26, 5000):
        assert [item["seq"] for item in walk(own_service, feed, limit=limit)[0]] == list(range(1, 26))


def test_a_cursor_fits_its_own_site_alone(own_service, feed):
    cursor = own_service.ask("/v1/changes", feed).json["next"]
    other = own_service.key("silverlark", scopes=[Scope.FEED])
    assert own_service.ask(f"/v1/changes?after={cursor}", feed).status_int == 200
    for wrong in (cursor[:-1], "", "1", "x" * 5000, "%00", "AAAA"):
        assert own_service.ask(f"/v1/changes?after={wrong}", feed).json["code"] == "cursor_unknown"
    assert own_service.ask(f"/v1/changes?after={cursor}", other).json["code"] == "cursor_unknown"


def test_a_cursor_older_than_what_is_kept_is_410_and_says_where_to_start_again(own_service, feed):
    act(own_service, block=Block.MANUAL)
    own_service.clock.advance(401 * DAY)
    act(own_service, lift=Block.MANUAL)
    act(own_service, block=Block.BOUNCE)
    prune(own_service.resources, [own_service.demo])
    answer = own_service.ask("/v1/changes", feed)
    assert (answer.status_int, answer.json["code"]) == (410, "cursor_too_old")
    assert "/v1/export" in answer.json["detail"]
    cursor, subjects = exported(own_service, feed)
    assert (walk(own_service, feed, cursor)[0], subjects[0]["blocks"].keys()) == ([], {"bounce"})


def test_a_cursor_of_a_database_that_was_put_back_is_410_too(own_service, feed):
    act(own_service, block=Block.MANUAL)
    cursor = own_service.ask("/v1/changes", feed).json["next"]
    with own_service.resources.database.write():
        own_service.resources.database.change("DELETE FROM change")
    assert own_service.ask(f"/v1/changes?after={cursor}", feed).status_int == 410


def test_a_wait_in_vain_is_204_with_the_time_to_ask_again_and_no_body(own_service, feed):
    answer = own_service.ask("/v1/changes?wait=30", feed)
    assert (answer.status_int, answer.body, answer.headers["Retry-After"]) == (204, b"", "1")
    act(own_service, block=Block.MANUAL)
    assert len(own_service.ask("/v1/changes?wait=30", feed).json["items"]) == 1


def test_a_wait_ends_with_the_commit_of_a_change_and_only_so_many_may_wait(own_service, feed):
    own_service.settings = replace(own_service.settings, feed_waiters=1)
    own_service.start(*own_service.sites.values())

    def follow():
        while (answer := own_service.ask("/v1/changes?wait=30", feed)).status_int == 204:
            pass
        return answer.json["items"]

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(follow)
        # Until the seat is taken, the question here takes it itself, for a second.
        while own_service.ask("/v1/changes?wait=1", feed).headers["Retry-After"] == "0":
            pass
        act(own_service, block=Block.MANUAL)
        assert [item["seq"] for item in waiting.result(timeout=20)] == [1]


def test_a_wait_goes_on_over_what_the_key_may_not_see(own_service):
    mine, other, *_ = purposes(own_service)
    own_service.settings = replace(own_service.settings, feed_waiters=1)
    own_service.start(*own_service.sites.values())
    key = own_service.key(scopes=[Scope.FEED], purposes=[mine])
    act(own_service, states={other: State.GRANTED})
    answer = own_service.ask("/v1/changes?wait=1", key)
    assert (answer.status_int, answer.headers["Retry-After"]) == (204, "0")
    cursor = answer.headers["Consent-Cursor"]
    act(own_service, states={mine: State.GRANTED})
    page = own_service.ask(f"/v1/changes?after={cursor}", key).json
    assert [item["seq"] for item in page["items"]] == [2]


def test_a_channel_leaves_out_decisions_about_others_and_keeps_what_holds_for_all(own_service, feed):
    act(own_service, states=dict.fromkeys(purposes(own_service), State.GRANTED))
    act(own_service, stop_all=True)
    items, _ = walk(own_service, feed, channel="phone")
    assert [item["kind"] for item in items if item["channel"] != "phone"] == ["stop"]
    channels = {purpose.channel for purpose in own_service.demo.message_purposes}
    assert {item["channel"] for item in walk(own_service, feed)[0]} == {*channels, None}


def test_a_key_limited_to_purposes_sees_those_and_every_block_stop_and_erasure(own_service):
    mine, *others = purposes(own_service)
    key = own_service.key(scopes=[Scope.FEED], purposes=[mine])
    act(own_service, states=dict.fromkeys([mine, *others], State.GRANTED))
    act(own_service, stop_all=True)
    act(own_service, block=Block.COMPLAINT)
    items, _ = walk(own_service, key, limit=1)
    assert [(item["kind"], item["purpose"]) for item in items] == [("decision", mine), ("stop", None), ("block", None)]
    assert set(exported(own_service, key)[1][0]["decisions"]) == {mine}


def test_an_erasure_empties_what_was_told_and_readers_go_on_over_it(own_service, feed):
    purpose = purposes(own_service)[0]
    act(own_service, block=Block.COMPLAINT)
    act(own_service, lift=Block.COMPLAINT)
    act(own_service, states={purpose: State.GRANTED}, source="canary")
    act(own_service, block=Block.BOUNCE)
    live = Replica()
    items, cursor = walk(own_service, feed)
    live.follow(items)
    own_service.clock.advance(SECOND)
    erase_subject(own_service.resources, own_service.demo, name_subject("demo", KEY), "test")
    live.follow(walk(own_service, feed, cursor)[0])
    late = Replica()
    told, _ = walk(own_service, feed)
    late.follow(told)
    assert [(item["kind"], item["block"]) for item in told] == [("erasure", "erased"), ("block", "bounce")]
    assert "canary" not in repr(told)
    assert live.known == late.known == Replica(exported(own_service, feed)[1]).known


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "number_invalid"),
        ("limit=5001", "number_invalid"),
        ("limit=x", "number_invalid"),
        ("wait=31", "number_invalid"),
        ("wait=-1", "number_invalid"),
        ("channel=pigeon", "channel_unknown"),
        ("since=1", "parameter_unknown"),
        ("limit=1&limit=2", "parameter_repeated"),
    ],
)
def test_odd_questions_are_problems(service, query, code):
    answer = service.ask(f"/v1/changes?{query}", service.key(scopes=[Scope.FEED]))
    assert (answer.status_int, answer.json["code"]) == (400, code)


def test_the_feed_and_the_export_need_their_scope(service):
    key = service.key(scopes=[Scope.CHECK, Scope.WRITE])
    assert {service.ask(path, key).status_int for path in ("/v1/changes", "/v1/export")} == {403}


@pytest.mark.one_file
def test_walkers_among_writers_lose_and_repeat_nothing_and_end_with_exactly_what_holds(own_service, feed):
    home = own_service.settings.home
    program = [sys.executable, "-m", "tests.storage.engine.acting_writers", str(home), "150"]
    writers = [subprocess.Popen([*program, str(seed)], cwd=ROOT) for seed in range(3)]
    slow, quick = Replica(), Replica()
    cursors = {slow: "0", quick: "0"}
    joined = []
    while any(writer.poll() is None for writer in writers):
        for walker, limit in ((slow, 3), (quick, 500)):
            page = own_service.ask(f"/v1/changes?after={cursors[walker]}&limit={limit}", feed).json
            walker.follow(page["items"])
            cursors[walker] = page["next"]
        if len(joined) < 20:
            cursor, subjects = exported(own_service, feed)
            joined.append((Replica(subjects), cursor))
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    expected = Replica(exported(own_service, feed)[1]).known
    assert expected
    for walker, cursor in [*cursors.items(), *joined, (Replica(), "0")]:
        walker.follow(walk(own_service, feed, cursor)[0])
        assert walker.numbers == sorted(set(walker.numbers))
        assert walker.known == expected
