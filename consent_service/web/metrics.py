"""Metrics: counters shared by the workers, read by Prometheus."""

import os
from collections.abc import Iterable
from functools import lru_cache

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from consent_service.domain.decision import Answer

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

CHECKS = Counter("consent_checks", "Answers of the check API.", ["site", "reason"])
CHOICES = Counter("consent_choices", "Choices recorded.", ["site", "method"])
BANNERS = Counter("consent_banners", "Banner fragments sent.", ["site", "kind"])
ERRORS = Counter("consent_errors", "Requests that ended in an error.", ["status"])


@lru_cache(maxsize=512)
def _checks(site: str, reason: str) -> Counter:
    return CHECKS.labels(site, reason)


def count_check(site: str, answers: Iterable[Answer]) -> None:
    """Count the answers of one check."""
    for answer in answers:
        _checks(site, answer.reason).inc()


@lru_cache(maxsize=512)
def _banners(site: str, kind: str) -> Counter:
    return BANNERS.labels(site, kind)


def count_choice(site: str, button: str) -> None:
    """Count a choice that was recorded."""
    CHOICES.labels(site, button).inc()


def count_banner(site: str, kind: str) -> None:
    """Count a fragment that was sent."""
    _banners(site, kind).inc()


def metrics_page() -> Response:
    """Write every counter, summed over the workers where they share a folder."""
    if os.environ.get(SHARED_FOLDER):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
