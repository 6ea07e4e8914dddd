"""Small screens and great zoom: the banner stands in the flow, and nothing has to be scrolled sideways."""

import pytest

from tests.browser.message_states import every_message_state

pytestmark = pytest.mark.browser

ZOOMED = {"width": 320, "height": 256}
"""1280 × 1024 at 400 %."""
NARROW = {"width": 320, "height": 640}
PHONE = {"width": 360, "height": 740}
PAGES = ("/", "/basket", "/consent/", "/consent/cookies", "/consent/history", "/docs", "/consent/nothing")
LARGE = ("/consent/", "/consent/cookies", "/consent/subscribe", "/consent/p/request", "/consent/no")
LANGUAGES = ("en-GB", "de-DE", "ar")


def position(visitor):
    return visitor.page.evaluate("() => getComputedStyle(document.querySelector('#cc')).position")


@pytest.mark.parametrize("size", [ZOOMED, NARROW], ids=["zoomed", "narrow"])
def test_there_it_stands_in_the_flow_and_everything_can_be_reached(visits, size):
    visitor = visits(viewport=size)
    visitor.opens()
    assert position(visitor) == "static"
    visitor.opens_the_purposes()
    assert visitor.sideways_scroll <= 0
    for name in ("Reject all", "Accept all", "Save my choice"):
        button = visitor.page.get_by_role("button", name=name)
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        assert box["height"] >= 48
    visitor.ticks("marketing")
    visitor.presses("Save my choice")
    assert visitor.allowed == {"marketing"}
    assert visitor.note.is_visible()


@pytest.mark.parametrize("locale", LANGUAGES)
def test_no_page_has_to_be_scrolled_sideways(visits, locale):
    visitor = visits(viewport=NARROW, locale=locale)
    wide = {}
    for path in PAGES:
        visitor.opens(path)
        wide[path] = visitor.sideways_scroll
    visitor.opens("/")
    visitor.page.locator("#cc button[value=accept]").click()
    for path in ("/", "/consent/?saved=1"):
        visitor.opens(path)
        wide[f"decided {path}"] = visitor.sideways_scroll
    visitor.opens("/consent/history")
    visitor.page.locator("ol.ck a").click()
    visitor.page.locator("main summary").click()
    wide["receipt"] = visitor.sideways_scroll
    assert {path: pixels for path, pixels in wide.items() if pixels > 0} == {}


@pytest.mark.parametrize(
    "path", ["/consent/", "/consent/cookies", "/consent/subscribe", "/consent/p/request", "/consent/no"]
)
def test_nor_has_any_page_with_letters_of_twice_the_size(visits, path):
    visitor = visits(viewport=PHONE, locale="de-DE")
    visitor.opens(path)
    visitor.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert visitor.sideways_scroll <= 0


@pytest.mark.parametrize("locale", LANGUAGES)
def test_nor_has_any_page_about_messages(visits, locale):
    visitor = visits(viewport=NARROW, locale=locale)
    assert [state for state in every_message_state(visitor) if visitor.sideways_scroll > 0] == []


@pytest.mark.parametrize("placement", ["top", "bottom", "card"])
@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_in_every_placement_the_whole_banner_can_be_seen(visits, placement, size):
    visitor = visits(**({"viewport": size} if size else {}))
    visitor.page.route("**/", lambda route: placed(route, placement))
    visitor.opens()
    assert position(visitor) == ("static" if placement == "top" else "fixed")
    seen = visitor.page.viewport_size
    for name in ("Reject all", "Accept all"):
        box = visitor.page.get_by_role("button", name=name).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= seen["height"]
    visitor.opens_the_purposes()
    visitor.ticks("analytics")
    # The page behind the choice comes as it is, so that no answer is on its way when the test ends.
    visitor.page.unroute("**/")
    visitor.presses("Save my choice")
    assert visitor.allowed == {"analytics"}


def placed(route, placement):
    """Hand out the shop's page as with another placement in the site file."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('data-pos="bottom"', f'data-pos="{placement}"'))
