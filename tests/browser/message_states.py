"""Every state of the pages about messages: how to get there, from an empty form to the preference centre."""

from collections.abc import Iterator

from tests.browser.subscriber import CARE, OFFERS, Subscriber, let_run_out
from tests.browser.visitor import Visitor

FOREIGN = "http://elsewhere.example/"
FORM = """<!doctype html><html lang="en"><title>Elsewhere</title><form method="post" action="{action}">
<input type="hidden" name="notice" value="{notice}"><input type="hidden" name="p" value="offers_email">
<input type="hidden" name="email" value="{address}"><input type="hidden" name="age" value="yes"><button>Go</button>
</form></html>"""
WHOLE_NONSENSE = "A" * 48
LONG_AGO = "2020-01-01"


def asking(visitor: Visitor) -> Iterator[str]:
    """Walk through the form and what it leads to."""
    person = Subscriber(visitor)
    visitor.opens("/consent/subscribe")
    yield "form"
    person.sends()
    yield "form with errors"
    visitor.opens("/consent/subscribe/under-age")
    yield "under age"
    person = Subscriber(visitor)
    person.goes_to_the_box()
    yield "box"
    notice = visitor.page.locator("#cn input[name=notice]").get_attribute("value")
    body = FORM.format(action=f"{visitor.demo.address}/consent/subscribe", notice=notice, address=person.address)
    visitor.page.route(FOREIGN, lambda route: route.fulfill(body=body, content_type="text/html"))
    visitor.page.goto(FOREIGN)
    visitor.follows(visitor.page.get_by_role("button"))
    yield "form from elsewhere"
    person.sends()
    yield "sent"


def confirming(visitor: Visitor) -> Iterator[str]:
    """Walk through the links of mails that ask for a confirmation."""
    person = Subscriber(visitor)
    person.subscribes(OFFERS)
    person.opens_a_letter()
    yield "letter"
    link = person.follows_the_link()
    yield "confirm"
    visitor.follows(visitor.page.locator("a[href*='not-me=1']"))
    yield "not me"
    visitor.page.goto(link)
    person.confirms()
    yield "confirmed"
    visitor.page.goto(link)
    yield "used"
    person = Subscriber(visitor)
    person.subscribes(CARE)
    person.opens_a_letter()
    link = person.follows_the_link()
    visitor.follows(visitor.page.locator("a[href*='not-me=1']"))
    visitor.follows(visitor.page.locator("button[value=not_me]"))
    yield "request deleted"
    visitor.page.goto(link)
    yield "deleted link"
    person = Subscriber(visitor)
    person.subscribes(CARE)
    person.opens_a_letter()
    link = person.follows_the_link()
    let_run_out(visitor.demo, link)
    visitor.page.reload()
    yield "expired"
    visitor.opens(f"/consent/c/{WHOLE_NONSENSE}")
    yield "unknown request"


def leaving(visitor: Visitor) -> Iterator[str]:
    """Walk through the links of a message of the marketing tool."""
    person = Subscriber(visitor)
    person.is_subscribed(OFFERS)
    visitor.opens("/campaign")
    yield "marketing tool"
    person.lets_the_shop_write()
    yield "marketing tool after writing"
    person.opens_a_letter(2)
    centre = visitor.page.locator(".letter a[href*='/consent/p/']").get_attribute("href") or ""
    person.follows_the_link("u")
    yield "unsubscribe"
    person.confirms()
    yield "unsubscribed"
    visitor.opens(f"/consent/u/{WHOLE_NONSENSE}")
    yield "unknown link"
    visitor.page.goto(centre)
    yield "centre"
    yield from adjusting(visitor)


def adjusting(visitor: Visitor) -> Iterator[str]:
    """Walk through the preference centre that is open."""
    page = visitor.page
    save = page.locator("button[value=save]")
    page.locator("#pause-until").fill(LONG_AGO)
    visitor.follows(save)
    yield "centre with an error"
    page.locator(f"input[name='p.{CARE}'][value=yes]").check()
    page.locator("#pause-until").fill(page.locator("#pause-until").get_attribute("max") or "")
    visitor.follows(save)
    yield "centre with a request and a pause"
    visitor.follows(page.locator("button[value=stop_all]"))
    yield "centre with everything stopped"
    visitor.opens("/consent/p/request")
    yield "request of a link"
    visitor.follows(page.locator("#request button"))
    yield "request of a link with an error"
    page.locator("#email").fill("nobody@shopper.example")
    visitor.follows(page.locator("#request button"))
    yield "request of a link sent"


def every_message_state(visitor: Visitor) -> Iterator[str]:
    """Walk through all states."""
    yield from asking(visitor)
    yield from confirming(visitor)
    yield from leaving(visitor)
