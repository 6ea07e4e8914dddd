"""Every state that a visitor can see: how to get there, from a first visit to a record."""

from collections.abc import Iterator

from tests.browser.elsewhere import foreign_form
from tests.browser.visitor import Visitor

FOREIGN = "http://elsewhere.example/"
UNKNOWN_ANSWER = "document.querySelector('#p-analytics input').value = 'perhaps'"


def undecided(visitor: Visitor) -> Iterator[str]:
    """Walk through the states before any choice; yields the name of each."""
    visitor.opens("/")
    yield "banner"
    visitor.opens_the_purposes()
    visitor.ticks("analytics")
    yield "banner opened"
    visitor.opens("/basket#cc-saved")
    yield "banner after a refused cookie"
    for path in ("/consent/", "/consent/?saved=1", "/consent/cookies", "/consent/history", "/consent/no", "/docs"):
        visitor.opens(path)
        yield path


def faulty(visitor: Visitor) -> Iterator[str]:
    """Walk through the states in which something is not as it should be."""
    visitor.opens("/consent/")
    visitor.page.evaluate(UNKNOWN_ANSWER)
    visitor.page.locator("#p-analytics input").first.check()
    visitor.page.locator("button[value=save]").click()
    yield "error on the settings page"
    visitor.opens("/consent/")
    body = foreign_form(visitor.demo, "accept", visitor.notice)
    visitor.page.route(FOREIGN, lambda route: route.fulfill(body=body, content_type="text/html"))
    visitor.page.goto(FOREIGN)
    visitor.page.get_by_role("button").click()
    yield "confirmation of a choice from elsewhere"


def decided(visitor: Visitor) -> Iterator[str]:
    """Choose, and walk through the states after it."""
    visitor.opens("/")
    visitor.page.locator("#cc button[value=accept]").click()
    visitor.waits_for_the_fragment()
    yield "settled with the note"
    visitor.opens("/basket")
    yield "settled"
    visitor.opens("/consent/")
    visitor.page.locator("button[value=reject]").click()
    yield "settings page after a withdrawal"
    visitor.opens("/consent/history")
    yield "history"
    visitor.page.locator("main ol a").first.click()
    visitor.page.locator("main summary").click()
    yield "receipt"


def every_state(visitor: Visitor) -> Iterator[str]:
    """Walk through all states."""
    yield from undecided(visitor)
    yield from faulty(visitor)
    yield from decided(visitor)
