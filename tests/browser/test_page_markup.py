"""What a browser is sent: valid HTML, no script in any byte, and no complaint about a policy."""

import re

import html5lib
import pytest

from tests.browser.states import every_state

pytestmark = pytest.mark.browser

SCRIPTED = re.compile(rb"<script|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
PAGE = "text/html"
NAVIGATION_FAILED = "Failed to load resource: the server responded with a status of 4"
"""What the console says of an error page that was asked for."""


def parse_errors(body):
    parser = html5lib.HTMLParser()
    parser.parse(body)
    return [f"{code} at {position}" for position, code, _ in parser.errors]


@pytest.fixture
def crawl(visits):
    """Visit every state and keep every answer that the browser got."""
    visitor = visits()
    answers = []
    visitor.page.on("response", lambda answer: answers.append(answer))
    bodies = {}
    for state in every_state(visitor):
        kept = [one for one in answers if one.url.startswith(visitor.demo.address) and not 300 <= one.status < 400]
        bodies[state] = [(one.url, one.headers.get("content-type", ""), one.body()) for one in kept]
        answers.clear()
    return visitor, bodies


def test_every_answer_is_free_of_scripts_and_every_page_is_valid(crawl):
    visitor, bodies = crawl
    pages = 0
    for state, answers in bodies.items():
        for url, kind, body in answers:
            assert not SCRIPTED.search(body), (state, url)
            assert "javascript" not in kind
            if kind.startswith(PAGE):
                pages += 1
                assert parse_errors(body) == [], (state, url)
    assert pages >= len(bodies) - 1
    assert [line for line in visitor.complaints if not line.startswith(NAVIGATION_FAILED)] == []


def test_a_breach_of_the_policy_would_be_seen(visitor):
    visitor.page.route("**/", _with_inline_style)
    visitor.opens()
    assert any("Content Security Policy" in line for line in visitor.complaints)


def test_an_invalid_page_would_be_seen():
    assert parse_errors(b"<!doctype html><title>x</title><p><b>x</p></section>")


def _with_inline_style(route):
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("<main", '<main style="color:red"'))
