"""The newsletter form tells nobody whether an address is known: the same bytes, statements and time for all."""

import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.subject.recording_acts import record_act
from tests.web.newsletter import FORM, OFFERS, Newsletter, fields_of, leave_out_address


@pytest.fixture
def newsletter(own_service) -> Newsletter:
    return Newsletter(own_service)


def people(newsletter: Newsletter) -> dict[str, str]:
    """Make an address of each sort that a form must not tell apart."""
    resources, site = newsletter.service.resources, newsletter.site
    for name in ("known", "withdrawn", "complained"):
        newsletter.confirm(newsletter.subscribe(f"{name}@shopper.example"))
    now = newsletter.service.clock.now
    gone = Act(method=Method.ONE_CLICK, actor="subject", at=now + 1, states={OFFERS: State.WITHDRAWN})
    record_act(resources, site, newsletter.principal("withdrawn@shopper.example"), gone)
    complaint = Act(method=Method.API, actor="key", at=now + 1, block=Block.COMPLAINT)
    record_act(resources, site, newsletter.principal("complained@shopper.example"), complaint)
    return {name: f"{name}@shopper.example" for name in ("new", "known", "withdrawn", "complained")}


@contextmanager
def statements(database) -> Iterator[list[str]]:
    """Trace every statement that runs."""
    seen: list[str] = []
    connection = database.engine.connection()
    connection.exec_trace = lambda cursor, sql, values: seen.append(" ".join(sql.split())) or True
    try:
        yield seen
    finally:
        connection.exec_trace = None


@pytest.mark.threat("T20")
@pytest.mark.one_file
@pytest.mark.parametrize("age", ["yes", "no"])
def test_new_known_withdrawn_and_suppressed_addresses_get_the_same_bytes_by_the_same_statements(newsletter, age):
    seen = {}
    for name, address in people(newsletter).items():
        fields = fields_of(newsletter.service, email=address, age=age)
        with statements(newsletter.service.resources.database) as traced:
            answer = newsletter.browser.post(FORM, fields)
        answer.headers.pop("Date", None)
        shown = answer.follow()
        seen[name] = (
            answer.status,
            leave_out_address(repr(sorted(answer.headers.items())), address),
            answer.body,
            leave_out_address(shown.text, address),
            traced,
        )
    assert len({repr(one) for one in seen.values()}) == 1
    traced = seen["new"][4]
    assert any(statement.startswith("INSERT INTO job") for statement in traced)
    assert not [s for s in traced if re.search(r"\b(standing|subject|change|ending)\b", s)]


@pytest.mark.threat("T20")
def test_new_and_known_addresses_take_the_same_time(newsletter, capsys):
    """The figures are printed and not asserted: on a busy machine they say little."""
    known = people(newsletter)["known"]
    newsletter.browser.post(FORM, fields_of(newsletter.service))
    taken: dict[str, list[float]] = {"new": [], "known": []}
    fields = fields_of(newsletter.service)
    for number in range(300):
        for name, address in (("new", f"p{number}@shopper.example"), ("known", known)):
            start = time.perf_counter()
            raw = newsletter.browser.post(FORM, {**fields, "email": address})
            taken[name].append(time.perf_counter() - start)
            assert raw.status_int == 303
    with capsys.disabled():
        print({name: f"median {statistics.median(times) * 1000:.2f} ms" for name, times in taken.items()})
