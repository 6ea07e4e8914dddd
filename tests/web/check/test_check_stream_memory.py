"""Memory of a list check: it stays flat however long the list is, but for eight bytes a row that count repeats."""

import tracemalloc

import pytest

from tests.web.service import Service

ROW = b'{"email":"person%d@shop.example"}\n'
NOISE = 600_000


def peak(service: Service, rows: int, key: str, query: str) -> int:
    """Send a list, let its answer go by, and tell the most memory that was taken."""
    body = b"".join(ROW % number for number in range(rows))
    path = f"/v1/check/stream?purpose=offers_email{query}"
    request = service.client().RequestClass.blank(path, {"HTTP_AUTHORIZATION": f"Bearer {key}"}, POST=body)
    request.content_type = "application/x-ndjson"
    tracemalloc.start()
    answer = service(request.environ, lambda *_: None)
    length = sum(map(len, answer))
    answer.close()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length > rows * (100 if not query else 0)
    return most


@pytest.mark.parametrize("query", ["", "&return=allowed"])
def test_memory_does_not_grow_with_the_number_of_rows(own_service, query):
    key = own_service.key()
    peak(own_service, 100, key, query)
    few, many = (peak(own_service, rows, key, query) for rows in (1_000, 30_000))
    assert many < few + 30_000 * 8 + NOISE
