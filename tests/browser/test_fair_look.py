"""A fair and steady look: no and yes are alike, whatever the shop's own stylesheet and policy say."""

from functools import partial

import pytest

from tests.browser.fonts import FAMILIES

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("font", FAMILIES, indirect=True, scope="session")]

LOOK = """(selector) => [...document.querySelectorAll(selector)].map(at => {
  const style = getComputedStyle(at);
  return Object.fromEntries([...style].map(name => [name, style.getPropertyValue(name)]));
})"""
FOLLOW_THE_SIZE = ("perspective-origin", "transform-origin")
HOSTILE = """
html { font-size: 62.5%; direction: rtl; line-height: 3 }
* { box-sizing: content-box; margin: 9px; padding: 5px; float: left; letter-spacing: .3em; text-transform: uppercase }
*, *::before, *::after { animation: none; transition: all 9s; content: "x"; color: red; font: 9px/1 cursive }
section { visibility: hidden; position: absolute; transform: rotate(3deg); max-width: 100px; columns: 3 }
div, form, details { display: none } p { display: inline; opacity: .2 } h2 { font-size: 90px; text-indent: -999px }
button { display: none; background: pink; border-radius: 50%; appearance: none; pointer-events: none; width: 9px }
[value="reject"] { background: none; border: 0; font-size: 8px } [value="accept"] { background: green; font-size: 30px }
input, label { position: absolute; inset-inline-start: -9999px; width: 100% } label::before { content: "!" }
fieldset, legend, summary, small { border: 9px dotted; outline: 0; list-style: square; white-space: nowrap }
a:focus { outline: none } :focus-visible { outline: none }
"""
FORCEFUL = "button { background: pink !important; color: black !important; font-size: 20px !important }"
STRICT = "default-src 'self'"


def look(visitor, selector, *, but=()):
    """Tell every computed value of each element that a selector finds."""
    styles = visitor.page.evaluate(LOOK, selector)
    assert styles
    left_out = (*FOLLOW_THE_SIZE, *but)
    return [{name: value for name, value in style.items() if name not in left_out} for style in styles]


def differences(calm, hostile):
    """Tell which values of which element are no longer the same."""
    return {
        (number, name): (before[name], after[name])
        for number, (before, after) in enumerate(zip(calm, hostile, strict=True))
        for name in before
        if before[name] != after[name]
    }


def visit(visits, *, stylesheet=None, policy=None, **options):
    """Visit a shop with another stylesheet or another content policy, and open the purposes."""
    visitor = visits(reduced_motion="reduce", **options)
    if stylesheet is not None:
        visitor.page.route("**/demo/shop.css", partial(_fulfill, body=stylesheet))
    if policy is not None:
        visitor.page.route("**/", partial(_with_policy, policy=policy))
    visitor.opens()
    visitor.opens_the_purposes()
    visitor.page.mouse.move(0, 0)
    return visitor


def _fulfill(route, body):
    route.fulfill(body=body, content_type="text/css")


def _with_policy(route, policy):
    answer = route.fetch()
    route.fulfill(response=answer, headers=answer.headers | {"content-security-policy": policy})


def fonts_of(visitor, selector):
    """Ask Chromium with which fonts it has drawn what a selector finds."""
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    return {one["familyName"] for one in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]}


def test_the_banner_is_drawn_with_the_font_that_this_run_is_about(visits, font):
    assert fonts_of(visit(visits), "#cc button") == {font}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_reject_and_accept_are_the_same_button_with_another_word(visits, scheme, width):
    visitor = visit(visits, color_scheme=scheme, viewport={"width": width, "height": 740})
    reject, accept, *_ = look(visitor, "#cc button")
    assert reject == accept
    boxes = [visitor.page.locator(f"#cc [value={choice}]").bounding_box() for choice in ("reject", "accept")]
    assert boxes[0]["width"] == boxes[1]["width"]
    assert boxes[0]["height"] == boxes[1]["height"] >= 48
    assert boxes[0]["y"] == boxes[1]["y"]


def test_save_has_the_colours_and_letters_of_the_other_two(visits):
    visitor = visit(visits)
    reject, _, save = look(visitor, "#cc button")
    for name in ("background-color", "color", "font-size", "font-weight", "border-top-color", "height"):
        assert save[name] == reject[name], name


@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "fr-FR", "es-ES", "zh-CN", "ar"])
@pytest.mark.parametrize("width", [1280, 360])
def test_in_every_language_each_of_the_three_has_room_for_its_words_in_one_line(visits, locale, width):
    visitor = visit(visits, locale=locale, viewport={"width": width, "height": 740})
    reject, accept, save = [button.bounding_box() for button in visitor.page.locator("#cc button").all()]
    assert reject["height"] == accept["height"] == save["height"] == 48
    assert save["width"] >= reject["width"] == accept["width"]
    assert visitor.sideways_scroll <= 0


def test_on_the_preference_page_all_buttons_and_both_answers_are_alike(visitor):
    visitor.opens("/consent/")
    save, reject, accept = look(visitor, ".acts button", but=("width", "inline-size"))
    assert save == reject == accept
    assert len({round(button.bounding_box()["width"]) for button in visitor.page.locator(".acts button").all()}) == 1
    no, yes = [label.bounding_box() for label in visitor.page.locator("#p-analytics .seg label").all()]
    assert (no["width"], no["height"]) == (yes["width"], yes["height"])


def test_a_hostile_stylesheet_of_the_shop_changes_nothing(visits):
    calm, hostile = visit(visits, stylesheet=""), visit(visits, stylesheet=HOSTILE)
    assert differences(look(calm, "#cc, #cc *"), look(hostile, "#cc, #cc *")) == {}
    hostile.ticks("marketing")
    hostile.presses("Save my choice")
    assert hostile.allowed == {"marketing"}


def test_even_forceful_rules_of_the_shop_leave_no_and_yes_alike(visits):
    visitor = visit(visits, stylesheet=FORCEFUL)
    reject, accept, *_ = look(visitor, "#cc button")
    assert reject == accept
    visitor.presses("Reject all")
    assert visitor.allowed == set()


def test_under_a_strict_content_policy_the_banner_is_styled_and_works(visits):
    loose, strict = visit(visits), visit(visits, policy=STRICT)
    assert look(strict, "#cc, #cc *") == look(loose, "#cc, #cc *")
    assert strict.complaints == []
    strict.presses("Accept all")
    assert "analytics" in strict.allowed


def test_with_forced_colours_buttons_and_boxes_keep_an_edge(visits):
    visitor = visit(visits, forced_colors="active")
    for style in look(visitor, "#cc button, #cc summary, #cc .cc-opt"):
        assert style["border-top-style"] == "solid"
        assert style["border-top-color"] != style["background-color"]


def test_the_banner_is_not_printed(visitor):
    visitor.opens()
    visitor.page.emulate_media(media="print")
    assert visitor.banner.is_hidden()


def test_printing_the_preference_page_shows_every_cookie_and_no_button(visits):
    visitor = visits()
    visitor.opens("/consent/")
    visitor.page.emulate_media(media="print")
    assert not [one for one in visitor.page.locator("button, .skip, summary").all() if one.is_visible()]
    cookies = visitor.page.locator(".ck code").all()
    assert len(cookies) > 3
    assert all(one.is_visible() for one in cookies)
