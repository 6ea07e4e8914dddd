"""A job: one thing that is still to be sent or done, and how it stands."""

from typing import NamedTuple


class Job(NamedTuple):
    """One job: ``kind`` says who handles it, ``target`` to whom it goes, ``body`` is sealed under the job's id.

    ``seq`` is the number of the change it tells about, 0 for none. ``due_at`` is None once it is finished; while a
    worker has it, that is when another may take over. Times in microseconds.
    """

    id: str
    site: str
    kind: str
    target: str
    seq: int
    event: str
    body: bytes
    created_at: int
    due_at: int | None
    attempts: int = 0
    finished_at: int | None = None
    result: str = ""
