"""Many writers at once on PostgreSQL: what they claim is theirs alone, what they do not claim goes on side by side."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import psycopg
import pytest

from consent_service.domain.errors import LeftBehind, StorageBusy, StorageConflict, StorageUnavailable
from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.operator.pruning_people import prune_people
from consent_service.services.queueing_jobs import claim_due_job, make_job, queue_jobs
from consent_service.services.repeating_writes import Attempted, KeptReply, write_once
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.attempts import add_attempt
from consent_service.storage.changes import list_changes_after
from consent_service.storage.engine.claims import claim_feed, claim_key, claim_outbox, claim_principal
from consent_service.storage.engine.migrating import GENERATION
from consent_service.storage.records import stream_principal_records
from tests.cast import SECOND, choose

THREADS = 8


def run_together(act, times, threads=THREADS):
    """Call something so many times from several threads that begin at once, and return what it returned."""
    begin = threading.Barrier(threads)

    def work(number):
        begin.wait(20)
        return [act(one) for one in range(number, times, threads)]

    with ThreadPoolExecutor(threads) as pool:
        return [result for results in pool.map(work, range(threads)) for result in results]


def subject(number):
    return name_subject("demo", f"1.{number:022}")


def test_one_key_sent_four_times_at_once_acts_once(resources):
    acted = []

    def act():
        acted.append(threading.get_ident())
        add_attempt(resources.database, "acted", 1, str(len(acted)))
        time.sleep(0.05)
        return KeptReply(200, b"done")

    for number in range(10):
        attempted = Attempted("demo", f"key {number}", b"the same request")
        replies = run_together(lambda _, sent=attempted: write_once(resources, sent, act), 4, threads=4)
        assert Counter(repeated for _, repeated in replies) == {False: 1, True: 3}
        assert {reply for reply, _ in replies} == {KeptReply(200, b"done")}
    assert len(acted) == 10
    assert resources.database.rows("SELECT count(*) FROM attempt") == [(10,)]


def test_200_jobs_asked_for_400_times_are_given_out_once_each(resources, site):
    with resources.database.write():
        for _ in range(200):
            queue_jobs(resources, make_job(resources, site, "kind", "target", {}))
    claimed = run_together(lambda _: claim_due_job(resources, site.id, 60 * SECOND), 400)
    given = [job.id for job in claimed if job]
    assert (len(given), len(set(given))) == (200, 200)


def test_many_choices_of_one_visitor_are_recorded_one_behind_the_other(resources, site, clock):
    visitor = choose(resources, site, "accept").cookie.visitor
    made = run_together(lambda n: choose(resources, site, ("reject", "accept")[n % 2], visitor=visitor), 80)
    assert all(one.cookie.visitor == visitor for one in made)
    records = [record.head for record in stream_principal_records(resources.database, f"demo/v/{visitor}")]
    assert [head.seq for head in records] == list(range(1, len(records) + 1))
    assert len(records) > 2


def test_many_acts_on_one_subject_leave_the_last_state_and_a_feed_without_a_gap(resources, site, clock):
    def act(number):
        clock.advance(SECOND)
        state = State.WITHDRAWN if number % 2 else State.GRANTED
        made = Act(
            method=Method.API, actor="key:x", at=clock.now, happens_now=True, states={"news": state}, revives=True
        )
        return record_act(resources, site, subject(1), made)

    acted = run_together(act, 80)
    records = [record.head.seq for record in stream_principal_records(resources.database, subject(1))]
    assert records == list(range(1, len(records) + 1))
    changes = list_changes_after(resources.database, "demo", 0, 1000)
    assert [change.seq for change in changes] == list(range(1, len(changes) + 1))
    assert len(records) == sum(one.record is not None for one in acted)
    assert all(before.after == after.before for before, after in pairwise(changes))


def test_the_feed_numbers_acts_on_many_subjects_in_the_order_of_their_commits(resources, site, clock):
    seen, over = [], threading.Event()

    def follow():
        known = 0
        while not over.is_set():
            for change in list_changes_after(resources.database, "demo", known, 100):
                seen.append(change.seq)
                known = change.seq

    def act(number):
        made = Act(method=Method.API, actor="key:x", at=clock.now, states={"news": State.GRANTED}, revives=True)
        assert record_act(resources, site, subject(number), made).record

    following = threading.Thread(target=follow)
    following.start()
    run_together(act, 120)
    time.sleep(0.3)
    over.set()
    following.join()
    assert seen == list(range(1, 121))


def test_who_claims_nothing_in_common_does_not_wait(resources):
    with resources.database.write(claim_principal("demo/v/anna"), claim_feed("demo")), ThreadPoolExecutor(1) as pool:
        beside = pool.submit(claim_and_add, resources, claim_principal("demo/v/berta"), claim_feed("other"))
        assert beside.result(1.5) is None


def claim_and_add(resources, *claims):
    with resources.database.write(*claims):
        add_attempt(resources.database, "bucket", 1, f"{threading.get_ident()} {time.monotonic()}")


@pytest.mark.parametrize("claim", [claim_principal("demo/v/anna"), claim_feed("demo"), claim_key("demo", "a")])
def test_who_claims_the_same_waits_and_is_told_where_that_takes_too_long(resources, claim):
    with ThreadPoolExecutor(1) as pool:
        with resources.database.write(claim):
            waits = pool.submit(claim_and_add, resources, claim)
            with pytest.raises(TimeoutError):
                waits.result(0.3)
        assert waits.result(2) is None
        with resources.database.write(claim):
            began = time.monotonic()
            with pytest.raises(StorageBusy, match="did not answer in time"):
                pool.submit(claim_and_add, resources, claim).result(10)
            assert 1 < time.monotonic() - began < 5


def test_claims_in_any_order_never_wait_for_each_other_in_a_circle(resources):
    claims = [claim_principal(f"demo/v/{name}") for name in "abcd"] + [claim_feed("demo"), claim_outbox("demo")]
    run_together(lambda n: claim_and_add(resources, *(claims[n % 6 :] + claims[: n % 6])[:4]), 240)
    assert resources.database.rows("SELECT count(*) FROM attempt") == [(240,)]


def test_what_was_claimed_by_people_leaves_nothing_behind(resources, site):
    visitor = choose(resources, site, "accept").cookie.visitor
    choose(resources, site, "reject", visitor=visitor)
    with pytest.raises(ZeroDivisionError), resources.database.write(claim_key("demo", "a")):
        raise ZeroDivisionError
    assert resources.database.rows("SELECT name FROM claim WHERE name NOT LIKE 'feed %'") == []


def test_a_circle_that_others_make_is_broken_and_nothing_of_it_kept(resources, url):
    with resources.database.write():
        add_attempt(resources.database, "one", 1, "x")
        add_attempt(resources.database, "two", 1, "x")
    waits = threading.Event()

    def go_round():
        with psycopg.connect(url) as other:
            other.execute("UPDATE attempt SET at = 2 WHERE bucket = 'two'")
            waits.set()
            other.execute("UPDATE attempt SET at = 2 WHERE bucket = 'one'")

    def go_the_other_way():
        with resources.database.write():
            resources.database.change("UPDATE attempt SET at = 3 WHERE bucket = 'one'")
            going.submit(go_round)
            assert waits.wait(10)
            time.sleep(0.2)
            resources.database.change("UPDATE attempt SET at = 3 WHERE bucket = 'two'")

    with ThreadPoolExecutor(1) as going:
        try:
            go_the_other_way()
            kept = 3
        except StorageConflict:
            kept = 2
    assert resources.database.rows("SELECT bucket, at FROM attempt ORDER BY bucket") == [("one", kept), ("two", kept)]


def test_a_statement_that_failed_undoes_the_write_although_nobody_minded(resources):
    database = resources.database

    def go_on_regardless():
        with database.write():
            add_attempt(database, "before", 1, "x")
            with pytest.raises(StorageUnavailable):
                database.change("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(StorageUnavailable, match="a statement of this write failed"):
        go_on_regardless()
    assert database.rows("SELECT * FROM attempt") == []


def test_visitors_choose_while_others_are_pruned(resources, site, clock):
    for _ in range(40):
        choose(resources, site, "reject")
    clock.advance(400 * 86_400 * SECOND)
    with ThreadPoolExecutor(1) as pool:
        pruning = pool.submit(prune_people, resources, {site.id: site}, "", 1000)
        made = run_together(lambda _: choose(resources, site, "accept").cookie.visitor, 40, threads=4)
        pruning.result(30)
    prune_people(resources, {site.id: site}, "", 1000)
    kept = {principal for (principal,) in resources.database.rows("SELECT principal FROM standing")}
    assert kept == {f"demo/v/{visitor}" for visitor in made}


def test_who_serves_while_the_schema_is_changed_is_waited_for_and_then_left_behind(resources, site):
    database, altered = resources.database, threading.Event()
    other = type(database)(database_url(resources), database.folder)

    def alter():
        with other.alter():
            other.change("UPDATE schema_generation SET number = ?", (GENERATION + 1,))
        altered.set()

    with database.write():
        add_attempt(database, "before", 1, "x")
        altering = threading.Thread(target=alter)
        altering.start()
        assert not altered.wait(0.3)
    assert altered.wait(5)
    altering.join()
    other.close()
    assert database.rows("SELECT bucket FROM attempt") == [("before",)]
    with pytest.raises(LeftBehind, match="migrated by another version"):
        choose(resources, site, "accept")


def database_url(resources):
    return f"{resources.database.name.replace('://', '://consent@')}"
