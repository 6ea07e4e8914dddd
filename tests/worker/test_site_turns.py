"""Sites in turn: a flood of one site's jobs, however slow they are, keeps no other site waiting."""

import threading
import time
from contextlib import ExitStack

from consent_service.domain.job import Job
from consent_service.services.queueing_jobs import Attempt, make_job, queue_jobs
from consent_service.services.resources import Resources
from consent_service.storage.outbox import add_jobs
from consent_service.worker.job_runner import THREADS
from consent_service.worker.job_worker import Worker
from consent_service.worker.site_turns import MAX_JOBS_PER_SITE, SiteTurns
from tests.cast import make_site

FLOOD = 100_000
FLOODED, QUIET = make_site("flooded"), make_site("quiet")
SITES = {site.id: site for site in (FLOODED, QUIET)}


def flood(resources, site, count=FLOOD):
    """Queue jobs that are all due and older than whatever comes after them."""
    with resources.database.write():
        add_jobs(resources.database, (make_job(resources, site, "slow", "somebody", {}) for _ in range(count)))


def test_sites_take_turns_one_job_each(resources):
    done = []

    def note(_: Resources, site, job: Job, __) -> Attempt:
        done.append(site.id)
        return Attempt("done")

    for site in SITES.values():
        with resources.database.write():
            queue_jobs(resources, *(make_job(resources, site, "slow", "somebody", {}) for _ in range(3)))
    worker = Worker(resources, SITES, {"slow": note})
    while worker.run_once():
        pass
    assert done == ["flooded", "quiet"] * 3


def test_one_site_never_has_all_threads():
    turns = SiteTurns()
    with ExitStack() as held:
        taken = [held.enter_context(turns.take(["flooded"])) for _ in range(MAX_JOBS_PER_SITE + 1)]
        assert taken == ["flooded"] * MAX_JOBS_PER_SITE + [None]
        assert held.enter_context(turns.take(["flooded", "quiet"])) == "quiet"
    assert THREADS > MAX_JOBS_PER_SITE
    with turns.take(["flooded"]) as site:
        assert site == "flooded"


def test_a_thread_that_comes_free_goes_to_the_site_that_has_least():
    turns = SiteTurns()
    with ExitStack() as held:
        for _ in range(MAX_JOBS_PER_SITE - 1):
            held.enter_context(turns.take(["a"]))
        held.enter_context(turns.take(["b"]))
        assert held.enter_context(turns.take(["a", "b", "c"])) == "c"
        assert held.enter_context(turns.take(["a", "b"])) == "b"


def test_a_mail_of_another_site_goes_out_within_five_seconds_beside_a_hundred_thousand_slow_jobs(resources):
    resources = Resources(resources.database, resources.keys)
    flood(resources, FLOODED)
    stop, mailed, began = threading.Event(), threading.Event(), threading.Event()

    def wait(*_) -> Attempt:
        began.set()
        stop.wait(15)
        return Attempt("done")

    def mail(*_) -> Attempt:
        mailed.set()
        return Attempt("sent")

    worker = Worker(resources, SITES, {"slow": wait, "mail": mail})
    threads = [threading.Thread(target=worker.run, args=(stop,)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        assert began.wait(20)
        with resources.database.write():
            queue_jobs(resources, make_job(resources, QUIET, "mail", "somebody", {}))
        queued = time.monotonic()
        assert mailed.wait(5)
        assert time.monotonic() - queued < 5
    finally:
        stop.set()
        for thread in threads:
            thread.join()
