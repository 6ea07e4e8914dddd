"""A worker: it goes on whatever the outbox holds, and takes no writer's turn while there is nothing to do."""

from threading import Event

import pytest

from consent_service.domain.basics.moment import HOUR
from consent_service.services.queueing_jobs import Attempt, make_job, queue_jobs
from consent_service.worker.job_worker import LEASE, Worker


def queue(resources, site, kind="letter"):
    with resources.database.write():
        queue_jobs(resources, make_job(resources, site, kind, "somebody", {}))


def jobs(resources) -> list[tuple[object, str]]:
    return resources.database.rows("SELECT due_at, result FROM job")


@pytest.mark.one_file
def test_a_damaged_row_of_the_outbox_ends_no_worker(resources, site):
    class Stop(Event):
        def wait(self, timeout: float | None = None) -> bool:
            with resources.database.write():
                resources.database.change("UPDATE job SET due_at = 1 WHERE due_at = 'damaged'")
            return self.is_set()

    stop = Stop()

    def last(*_) -> Attempt:
        stop.set()
        return Attempt("done")

    queue(resources, site)
    with resources.database.write():
        resources.database.change("UPDATE job SET due_at = 'damaged'")
    Worker(resources, {site.id: site}, {"letter": last}).run(stop)
    assert jobs(resources) == [(None, "done")]


def test_a_fault_of_a_handler_is_tried_again_later_each_time(resources, site, clock):
    def failing(*_) -> Attempt:
        raise ValueError

    queue(resources, site)
    worker = Worker(resources, {site.id: site}, {"letter": failing})
    for attempt in (1, 2):
        assert worker.run_once()
        assert jobs(resources) == [(clock.now + attempt * LEASE, "fault")]
        assert not worker.run_once()
        clock.advance(attempt * LEASE)


def test_a_job_that_nobody_here_can_do_waits(resources, site, clock):
    queue(resources, site, "unheard_of")
    assert Worker(resources, {site.id: site}, {}).run_once()
    assert jobs(resources) == [(clock.now + HOUR, "kind_unknown")]
