"""The newsletter box in a shop's page: yes and no are alike, and the shop's own rules change nothing in it."""

import urllib.request

import pytest

from tests.browser.fonts import FAMILIES
from tests.browser.test_fair_look import HOSTILE, STRICT, differences, look

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("font", FAMILIES, indirect=True, scope="session")]

SHOP = (
    '<!doctype html><html lang="en"><title>Shop</title><link rel="stylesheet" href="/static/demo/shop.css">'
    "<main>{box}</main></html>"
)
FOLLOW_THE_PLACE = ("width", "inline-size", "height", "block-size")
"""What hangs on the room that the shop leaves."""
FOLLOW_THE_PLACE_OF_THE_BOX = ("margin-left", "margin-right", "margin-inline-start", "margin-inline-end")
GAP_BELOW_THE_AGE = """() => {
  const text = document.querySelector(".age ~ p:not(.hp)").getBoundingClientRect();
  return text.top - document.querySelector(".age .opt").getBoundingClientRect().bottom;
}"""
MIN_GAP = 12
SEEN_OF_A_BOX = ("border-top-color", "border-top-width", "background-color", "color", "font-size", "padding-left")


@pytest.fixture
def box(demo):
    """The fragment as a shop gets it."""
    with urllib.request.urlopen(f"{demo.address}/consent/subscribe/fragment", timeout=30) as answer:
        return answer.read().decode()


@pytest.fixture
def shop(visits, box):
    """Open a page that holds the box alone, with a stylesheet of the shop and a content policy."""

    def visit(stylesheet="", policy=STRICT, **options):
        visitor = visits(reduced_motion="reduce", **options)
        headers = {"Content-Security-Policy": policy}
        visitor.page.route("**/", lambda route: route.fulfill(body=SHOP.format(box=box), headers=headers))
        visitor.page.route("**/demo/shop.css", lambda route: route.fulfill(body=stylesheet, content_type="text/css"))
        visitor.page.goto(visitor.demo.address, wait_until="load")
        return visitor

    return visit


def test_a_hostile_stylesheet_of_the_shop_changes_nothing(shop):
    calm, hostile = shop(), shop(HOSTILE)
    assert look(hostile, "main") != look(calm, "main")
    but = FOLLOW_THE_PLACE + FOLLOW_THE_PLACE_OF_THE_BOX
    assert look(hostile, "#cn", but=but) == look(calm, "#cn", but=but)
    inner = (look(page, "#cn *", but=FOLLOW_THE_PLACE) for page in (calm, hostile))
    assert differences(*inner) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_box_is_alike_unticked_and_large_enough_for_a_thumb(shop, scheme):
    visitor = shop(color_scheme=scheme)
    styles = [[style[one] for one in SEEN_OF_A_BOX] for style in look(visitor, "#cn .opt")]
    assert len(styles) == 3
    assert all(style == styles[0] for style in styles)
    labels = visitor.page.locator("#cn .opt")
    boxes = [label.bounding_box() for label in labels.all()]
    assert len({box["width"] for box in boxes}) == 1
    assert min(box["height"] for box in boxes) >= 48
    assert not labels.locator("input:checked").count()


def test_no_answer_touches_the_text_below_it(shop):
    visitor = shop()
    gaps = [visitor.page.evaluate(GAP_BELOW_THE_AGE)]
    visitor.opens("/consent/subscribe")
    gaps.append(visitor.page.evaluate(GAP_BELOW_THE_AGE))
    assert min(gaps) >= MIN_GAP, gaps


def test_under_a_strict_content_policy_it_is_styled_and_nothing_is_complained_about(shop):
    visitor = shop()
    assert visitor.complaints == []
    (button,) = look(visitor, "#cn button")
    assert button["font-weight"] == "600"


def test_the_field_that_people_leave_empty_is_seen_by_nobody(shop):
    box = shop().page.locator("#cn .hp").bounding_box()
    assert (box["width"], box["height"]) == (1, 1)


def test_with_forced_colours_fields_and_answers_keep_an_edge(shop):
    visitor = shop(forced_colors="active")
    for style in look(visitor, "#cn button, #cn .opt, #cn .field input"):
        assert style["border-top-style"] == "solid"
        assert style["border-top-color"] != style["background-color"]
