"""Everything by keyboard: the order of stops, Enter in a form, and never a stop behind the fixed banner."""

import pytest

pytestmark = pytest.mark.browser

SMALL = {"width": 360, "height": 640}
MAX_STOPS = 60


def stops(visitor):
    """Press Tab until the focus leaves the page."""
    found = []
    for _ in range(MAX_STOPS):
        stop = visitor.tabs()
        if stop["tag"] in ("BODY", "HTML"):
            return found
        found.append(stop)
    raise AssertionError("the keyboard is caught")


def test_the_banner_comes_first_in_the_order_of_its_meaning(visitor):
    visitor.opens()
    assert [visitor.tabs()["name"] for _ in range(5)] == [
        "All details on cookies",
        "Reject all",
        "Accept all",
        "Choose by purpose",
        "Skip to the shop",
    ]


def test_opened_the_purposes_and_save_come_before_the_page(visitor):
    visitor.opens()
    visitor.tabs_to("Choose by purpose")
    visitor.page.keyboard.press("Enter")
    names = [visitor.tabs()["name"] for _ in range(5)]
    assert names[3:] == ["Save my choice", "Skip to the shop"]
    assert all(name for name in names[:3])


@pytest.mark.parametrize("choice", ["Reject all", "Accept all"])
def test_enter_on_a_button_chooses_it(visitor, choice):
    visitor.opens()
    visitor.tabs_to(choice)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/#cc-saved")
    assert bool(visitor.allowed) == (choice == "Accept all")


def test_enter_on_a_box_saves_exactly_the_ticked_ones(visitor):
    visitor.opens()
    visitor.tabs_to("Choose by purpose")
    visitor.page.keyboard.press("Space")
    visitor.tabs()
    visitor.page.keyboard.press("Space")
    visitor.tabs()
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/#cc-saved")
    assert visitor.allowed == {"preferences"}


def test_enter_in_the_preference_form_saves_what_is_set(visitor):
    visitor.opens("/consent/")
    visitor.page.locator("input[name='p.analytics'][value=no]").focus()
    visitor.page.keyboard.press("ArrowDown")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/consent/?saved=1*")
    assert visitor.allowed == {"analytics"}


@pytest.mark.parametrize("size", [None, SMALL], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", ["/", "/pieces/willow-ring"])
def test_no_stop_is_hidden_behind_the_banner(visits, size, path):
    visitor = visits(viewport=size) if size else visits()
    visitor.opens(path)
    found = stops(visitor)
    assert len(found) > 8
    assert [stop["name"] for stop in found if not stop["uncovered"]] == []


@pytest.mark.parametrize("size", [None, SMALL], ids=["desktop", "phone"])
def test_nor_behind_the_banner_with_its_purposes_opened(visits, size):
    visitor = visits(viewport=size) if size else visits()
    visitor.opens()
    visitor.opens_the_purposes()
    visitor.page.locator("body").press("Shift+Tab")
    found = stops(visitor)
    assert [stop["name"] for stop in found if not stop["uncovered"]] == []


def test_going_backwards_no_stop_is_hidden_either(visits):
    visitor = visits(viewport=SMALL)
    visitor.opens()
    visitor.page.keyboard.press("Shift+Tab")
    while not (stop := visitor.focused())["banner"]:
        assert stop["uncovered"], stop
        visitor.page.keyboard.press("Shift+Tab")


def test_every_stop_of_the_banner_shows_the_focus(visitor):
    visitor.opens()
    visitor.opens_the_purposes()
    visitor.page.locator("body").press("Tab")
    ring = """() => { const at = document.activeElement; const seen = at.closest("label") ?? at;
      const style = getComputedStyle(seen); return [style.outlineStyle, style.outlineWidth] }"""
    while visitor.focused()["banner"]:
        assert visitor.page.evaluate(ring) == ["solid", "3px"], visitor.focused()
        visitor.tabs()
