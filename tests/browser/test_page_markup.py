"""What a browser is sent: valid HTML, no script in any byte, and no complaint about a policy."""

import re

import html5lib
import pytest

from tests.browser.message_states import every_message_state
from tests.browser.states import every_state

pytestmark = pytest.mark.browser

SCRIPTED = re.compile(rb"<script|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
PAGE = "text/html"
FEWEST_PAGES = 14
NAVIGATION_FAILED = "Failed to load resource: the server responded with a status of 4"
"""What the console says of an error page that was asked for."""


def parse_errors(body):
    parser = html5lib.HTMLParser()
    parser.parse(body)
    return [f"{code} at {position}" for position, code, _ in parser.errors]


def latest(answers):
    """Take the newest document and what came with it; what a browser has navigated away from is gone."""
    documents = [at for at, one in enumerate(answers) if one.request.is_navigation_request() and not is_redirect(one)]
    return [one for one in answers[documents[-1] :] if not is_redirect(one)] if documents else []


def is_redirect(answer):
    return 300 <= answer.status < 400


@pytest.mark.threat("T17")
@pytest.mark.parametrize("states", [every_state, every_message_state])
def test_every_answer_is_free_of_scripts_and_every_page_is_valid(visitor, states):
    answers = []

    def keep(answer):
        answers.append(answer)

    visitor.page.on("response", keep)
    looked_at = 0
    for state in states(visitor):
        for number, one in enumerate(latest(answers)):
            kind, body = one.headers["content-type"], one.body()
            assert not SCRIPTED.search(body), (state, one.url)
            assert "javascript" not in kind, (state, one.url)
            assert number or kind.startswith(PAGE), state
            if not number:
                assert parse_errors(body) == [], state
                looked_at += 1
        answers.clear()
    assert looked_at >= FEWEST_PAGES
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
