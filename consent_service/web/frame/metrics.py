"""Metrics: counters shared by the workers, read by Prometheus."""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from threading import Lock
from time import monotonic

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from consent_service.domain.ledger.decision_order import Answer

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
FLUSH_SECONDS = 1.0

CHECKS = Counter("consent_checks", "Answers of the check API.", ["site", "reason"])
CHOICES = Counter("consent_choices", "Choices recorded.", ["site", "button"])
BANNERS = Counter("consent_banners", "Banner fragments sent.", ["site", "kind"])
ERRORS = Counter("consent_errors", "Requests that ended in an error.", ["status"])
UNSUBSCRIBES = Counter("consent_unsubscribes", "Posts to unsubscribe links with a good token.", ["site", "source"])


class Tally:
    """Gathers counts that come with every page and hands them on once a second, because each costs microseconds."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._pending: dict[tuple[str, tuple[str, ...]], int] = defaultdict(int)
        self._due = 0.0
        self._lock = Lock()

    def add(self, site: str, labels: tuple[str, ...]) -> None:
        """Count one for every label."""
        with self._lock:
            self._pending[site, labels] += 1
        if monotonic() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Hand on what was gathered."""
        with self._lock:
            pending, self._pending = self._pending, defaultdict(int)
        self._due = monotonic() + FLUSH_SECONDS
        for (site, labels), count in pending.items():
            for label in labels:
                self._counter.labels(site, label).inc(count)


CHECK_TALLY = Tally(CHECKS)
BANNER_TALLY = Tally(BANNERS)
CHOICE_TALLY = Tally(CHOICES)
UNSUBSCRIBE_TALLY = Tally(UNSUBSCRIBES)
TALLIES = (CHECK_TALLY, BANNER_TALLY, CHOICE_TALLY, UNSUBSCRIBE_TALLY)


def count_check(site: str, answers: Iterable[Answer]) -> None:
    """Count the answers of one check."""
    CHECK_TALLY.add(site, tuple([answer.reason for answer in answers]))


def count_list(site: str, reasons: Mapping[str, int]) -> None:
    """Count the answers of a list, given as a number for each reason."""
    for reason, rows in reasons.items():
        CHECKS.labels(site, reason).inc(rows)


def count_banner(site: str, kind: str) -> None:
    """Count a fragment that was sent."""
    BANNER_TALLY.add(site, (kind,))


def count_choice(site: str, button: str) -> None:
    """Count a choice that was recorded."""
    CHOICE_TALLY.add(site, (button,))


def flush_counts() -> None:
    """Hand on what every tally has gathered."""
    for tally in TALLIES:
        tally.flush()


def get_metrics() -> Response:
    """Write every counter, summed over the workers where they share a folder."""
    flush_counts()
    if os.environ.get(SHARED_FOLDER):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def count_unsubscribe(site: str, source: str) -> None:
    """Count a post to an unsubscribe link."""
    UNSUBSCRIBE_TALLY.add(site, (source,))
