"""Stylesheets: the theme in front, named by content, small, and fair to both answers."""

import gzip
import hashlib
import re
from dataclasses import replace

import pytest

from consent_service.domain.site.site import Theme
from consent_service.shipped_files import find_shipped_folder
from consent_service.web.notices.stylesheets import FOLDER, Stylesheets, minify_css, write_theme_tokens
from tests.cast import make_site

BANNER_BUDGET = 2_500
"""Bytes that the fragment's stylesheet may take, compressed."""
SUBSCRIBE_BUDGET = 1_500
"""Bytes that the newsletter box's stylesheet may take, compressed."""

RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
PHYSICAL = re.compile(r"[;{](?:(?:margin|padding|border|scroll-margin|scroll-padding)-)?(?:left|right|top|bottom)[:-]")


@pytest.fixture
def stylesheets():
    return Stylesheets(make_site(), find_shipped_folder("static"))


def with_theme(**changes):
    return Stylesheets(make_site(theme=replace(Theme(), **changes)), find_shipped_folder("static"))


def each(stylesheets):
    return [stylesheets.banner, stylesheets.page, stylesheets.subscribe]


def selectors(css):
    """List what the rules behind the theme apply to."""
    return [one.strip() for rule in RULE.findall(css)[1:] for one in re.split(r",(?![^(]*\))", rule)]


def without(css, query):
    """Take the block of a media query out of a stylesheet."""
    start = css.index(f"@media {query}{{")
    depth, end = 0, start
    for end in range(css.index("{", start), len(css)):
        depth += {"{": 1, "}": -1}.get(css[end], 0)
        if not depth:
            break
    return css[:start] + css[end + 1 :]


def test_a_stylesheet_is_found_by_the_name_of_its_content_alone(stylesheets):
    for path, css in (
        (stylesheets.banner_path, stylesheets.banner),
        (stylesheets.page_path, stylesheets.page),
        (stylesheets.subscribe_path, stylesheets.subscribe),
    ):
        name = path.removeprefix(FOLDER)
        assert name.endswith(f"-{hashlib.sha256(css.encode()).hexdigest()[:12]}.css")
        assert stylesheets.find(name) == css.encode()


@pytest.mark.parametrize("name", ["", "banner.css", "banner-000000000000.css", "../css/banner.css", "css/tokens.css"])
def test_no_other_name_finds_anything(stylesheets, name):
    assert stylesheets.find(name) is None


def test_a_new_theme_has_new_names(stylesheets):
    changed = with_theme(action="#7a1f5c")
    assert changed.banner_path != stylesheets.banner_path
    assert changed.page_path != stylesheets.page_path
    assert changed.subscribe_path != stylesheets.subscribe_path
    assert changed.find(stylesheets.banner_path.removeprefix(FOLDER)) is None


def test_the_theme_stands_in_front_of_every_stylesheet():
    for css in each(with_theme(on_action_dark="#0c1431", font='Georgia, "Noto Serif", serif')):
        tokens = RULE.match(css)[0]
        assert tokens.startswith(":root{")
        assert "--cc-on-action-dark:#0c1431;" in tokens
        assert '--cc-font:Georgia,"Noto Serif",serif;' in tokens


def test_where_the_banner_stands_is_no_token():
    assert "placement" not in write_theme_tokens(Theme())


def test_every_token_that_is_used_is_there(stylesheets):
    for css in each(stylesheets):
        assert set(re.findall(r"var\((--[a-z-]+)", css)) <= set(re.findall(r"(--[a-z-]+):", css))


def test_minifying_keeps_what_white_space_means():
    written = """
    /* a comment: { not a rule } */
    #cc  :focus-visible , #cc > a:hover { inline-size: calc(100% - 2rem) ; content: "+" / ""; }
    @media (min-width: 52rem) and (min-height: 36rem) { p { margin: 0 auto; } }
    """
    assert minify_css(written) == (
        '#cc :focus-visible,#cc>a:hover{inline-size:calc(100% - 2rem);content:"+" / ""}'
        "@media (min-width: 52rem) and (min-height: 36rem){p{margin:0 auto}}"
    )


def test_braces_are_still_in_pairs(stylesheets):
    for css in each(stylesheets):
        assert css.count("{") == css.count("}")
        assert "/*" not in css
        assert "\n" not in css


def test_the_banners_stylesheet_is_small(stylesheets):
    assert len(gzip.compress(stylesheets.banner.encode(), 9)) <= BANNER_BUDGET


def test_the_newsletter_boxs_stylesheet_is_small(stylesheets):
    assert len(gzip.compress(stylesheets.subscribe.encode(), 9)) <= SUBSCRIBE_BUDGET


def test_nothing_is_fetched_from_elsewhere(stylesheets):
    for css in each(stylesheets):
        assert "url(" not in css
        assert "@import" not in css


def test_the_banner_styles_nothing_of_the_shop(stylesheets):
    assert [one for one in selectors(stylesheets.banner) if "#cc" not in one] == ["from"]


def test_the_newsletter_box_styles_nothing_of_the_shop(stylesheets):
    assert [one for one in selectors(stylesheets.subscribe) if "#cn" not in one] == []


def test_no_button_can_be_singled_out(stylesheets):
    for css in each(stylesheets):
        assert not re.search(r"\[(?:value|name)|:(?:first|last|nth|only)-[a-z-]+[^{}]*button|button:(?!hover)", css)
        assert not re.search(r"primary|accept|reject", css)


def test_directions_follow_the_writing(stylesheets):
    for css in each(stylesheets):
        assert PHYSICAL.findall(css) == []
        assert not re.search(r"text-align:(?:left|right)|float:(?:left|right)", css)


def test_nothing_moves_for_those_who_asked_for_rest(stylesheets):
    assert "animation" in stylesheets.banner
    assert "animation" not in without(stylesheets.banner, "(prefers-reduced-motion: no-preference)")
    assert "transition" not in stylesheets.banner + stylesheets.page


@pytest.mark.parametrize(
    "query", ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"]
)
def test_other_ways_of_seeing_are_served(stylesheets, query):
    for css in each(stylesheets):
        assert f"@media {query}{{" in css


def test_what_is_folded_is_open_on_paper_and_the_banner_is_not_printed(stylesheets):
    assert "details::details-content" in stylesheets.page
    assert "@media print{#cc{display:none}}" in stylesheets.banner
    assert "@media print{#cn{display:none}}" in stylesheets.subscribe
