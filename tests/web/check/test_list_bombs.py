"""Lists that are small on their way and large when they are read: they end without a good summary."""

import gzip
import json

import pytest

from consent_service.web.check import list_body as list_rows
from consent_service.web.check import list_check_api as check_stream


def code(service, body: bytes, **headers: str) -> str | None:
    """Send a list and tell why its summary is not good."""
    sent = {"Authorization": f"Bearer {service.key()}", "Content-Type": "application/x-ndjson", **headers}
    answer = service.client().post("/v1/check/stream?purpose=offers_email", body, headers=sent)
    summary = json.loads(answer.body.splitlines()[-1])["summary"]
    return None if summary["complete"] else summary["code"]


@pytest.mark.threat("T31")
def test_a_bomb_ends_without_a_good_summary(own_service, monkeypatch):
    monkeypatch.setattr(check_stream, "MAX_BYTES", 100_000)
    packed = gzip.compress(b" " * 5_000_000)
    assert code(own_service, packed, **{"Content-Encoding": "gzip"}) == "too_large"


@pytest.mark.parametrize(("lines", "expected"), [(1000, None), (1001, "too_large")])
def test_endless_blank_lines_end_without_a_good_summary(own_service, monkeypatch, lines, expected):
    monkeypatch.setattr(list_rows, "MAX_LINES", 1000)
    assert code(own_service, b"\n" * lines) == expected
