"""The outbox: what is still to be sent, kept in the transaction that caused it and claimed by one worker at a time."""

from collections.abc import Iterable, Sequence

from consent_service.domain.job import Job
from consent_service.storage.engine.database import Database

COLUMNS = "id, site, kind, target, seq, event, body, created_at, due_at, attempts, finished_at, result"
INSERT = f"INSERT INTO job ({COLUMNS}) VALUES (?{', ?' * 11})"
DUE = f"SELECT {COLUMNS} FROM job WHERE site = ? AND due_at <= ? ORDER BY due_at LIMIT ?"
# From one site to the next in the index, however many jobs each of them has.
DUE_SITES = """
WITH RECURSIVE waiting (site) AS (
    SELECT min(site) FROM job WHERE due_at IS NOT NULL
    UNION ALL
    SELECT (SELECT min(site) FROM job WHERE due_at IS NOT NULL AND site > waiting.site)
    FROM waiting WHERE site IS NOT NULL
)
SELECT site FROM waiting WHERE EXISTS (SELECT 1 FROM job WHERE job.site = waiting.site AND due_at <= ?)
"""


def add_jobs(database: Database, jobs: Iterable[Job]) -> None:
    """Put jobs into the outbox; runs inside a write."""
    database.change_many(INSERT, jobs)


def claim_jobs(database: Database, site: str, now: int, until: int, most: int) -> list[Job]:
    """Take the jobs of a site that are due and keep other workers off them until a time; runs inside a write."""
    jobs = [Job(*row) for row in database.rows(f"{DUE}{database.skip_claimed}", (site, now, most))]
    database.change_many("UPDATE job SET due_at = ? WHERE id = ?", [(until, job.id) for job in jobs])
    return jobs


def list_due_sites(database: Database, now: int) -> list[str]:
    """List the sites that have a job which is due."""
    return [site for (site,) in database.rows(DUE_SITES, (now,))]


def finish_job(database: Database, identifier: str, at: int, result: str, *, keep_body: bool) -> None:
    """Mark a job as done or given up, and forget its content unless it may be sent again; runs inside a write."""
    query = "UPDATE job SET due_at = NULL, finished_at = ?, attempts = attempts + 1, result = ? WHERE id = ?"
    database.change(query, (at, result, identifier))
    if not keep_body:
        database.change("UPDATE job SET body = ? WHERE id = ?", (b"", identifier))


def retry_job(database: Database, identifier: str, due_at: int, result: str) -> None:
    """Put a job off after an attempt that failed; runs inside a write."""
    query = "UPDATE job SET due_at = ?, attempts = attempts + 1, result = ? WHERE id = ? AND finished_at IS NULL"
    database.change(query, (due_at, result, identifier))


def reset_due_times(database: Database, now: int, latest: int) -> int:
    """Make jobs due now that are put off to later than any is, by a clock that was ahead; runs inside a write."""
    return database.change("UPDATE job SET due_at = ? WHERE due_at > ?", (now, latest))


def list_jobs_of(database: Database, target: str, most: int, *, before: str = "~") -> list[Job]:
    """List the jobs of a target, newest first, those with ids before one that is given."""
    query = f"SELECT {COLUMNS} FROM job WHERE target = ? AND id < ? ORDER BY id DESC LIMIT ?"
    return [Job(*row) for row in database.rows(query, (target, before, most))]


def has_job_since(database: Database, target: str, since: int) -> bool:
    """Say whether a target got a job since a time."""
    query = "SELECT 1 FROM job WHERE target = ? AND created_at >= ? LIMIT 1"
    return bool(database.rows(query, (target, since)))


def resend_jobs(database: Database, target: str, identifiers: Sequence[str], due_at: int) -> int:
    """Make finished jobs of a target due once more and return how many still had their content.

    Runs inside a write.
    """
    query = """
    UPDATE job SET due_at = ?, finished_at = NULL, attempts = 0, result = ''
    WHERE id = ? AND target = ? AND finished_at IS NOT NULL AND body <> ?
    """
    return sum(database.change(query, (due_at, identifier, target, b"")) for identifier in identifiers)


def find_jobs_about(database: Database, target: str, first: int, last: int) -> dict[int, str]:
    """Find the jobs that tell a target of changes with these numbers, by the number."""
    query = "SELECT seq, id FROM job WHERE target = ? AND seq >= ? AND seq <= ?"
    return dict(database.rows(query, (target, first, last)))


def hold_jobs(database: Database, target: str, until: int) -> None:
    """Put off everything that goes to a target, which counts as no attempt; runs inside a write."""
    database.change("UPDATE job SET due_at = ? WHERE target = ? AND due_at < ?", (until, target, until))


def drop_jobs_about(database: Database, site: str, kind: str, numbers: Sequence[int]) -> None:
    """Forget the jobs of a kind that tell of these changes; runs inside a write."""
    marks = ", ".join(str(number) for number in numbers)
    database.change(f"DELETE FROM job WHERE site = ? AND kind = ? AND seq IN ({marks})", (site, kind))


def drop_jobs(database: Database, targets: Sequence[str]) -> None:
    """Forget every job that goes to these targets; runs inside a write."""
    database.change_many("DELETE FROM job WHERE target = ?", [(target,) for target in targets])


def prune_jobs(database: Database, before: int, most: int) -> int:
    """Drop at most so many jobs that were finished before a time and return how many; runs inside a write."""
    query = "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE finished_at < ? LIMIT ?)"
    return database.change(query, (before, most))
