"""Choosing without scripts: press, come back to where one was, and the shop follows."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("choice", "granted"),
    [("Reject all", set()), ("Accept all", {"preferences", "analytics", "marketing"})],
)
def test_one_press_settles_it_and_the_next_page_follows(visitor, choice, granted):
    visitor.opens("/pieces/willow-ring")
    assert visitor.banner.is_visible()
    assert not visitor.is_counted
    visitor.presses(choice)
    assert visitor.page.url.endswith("/pieces/willow-ring#cc-saved")
    assert visitor.note.is_visible()
    assert visitor.note_has_focus
    assert visitor.allowed == granted
    visitor.opens("/")
    assert not visitor.banner.count()
    assert visitor.note.is_hidden()
    assert visitor.is_counted == ("analytics" in granted)


def test_choosing_by_purpose_saves_exactly_the_ticked_ones(visitor):
    visitor.opens()
    visitor.saves("analytics")
    assert visitor.note.is_visible()
    assert visitor.allowed == {"analytics"}
    assert visitor.is_counted


def test_nothing_is_ticked_beforehand(visitor):
    visitor.opens()
    visitor.opens_the_purposes()
    assert visitor.asked_for == ["preferences", "analytics", "marketing"]
    assert not visitor.page.locator("#cc :checked").count()
    visitor.presses("Save my choice")
    assert visitor.allowed == set()
    assert not visitor.banner.count()


def test_before_a_choice_there_is_no_cookie_and_no_tag(visitor):
    for path in ("/", "/basket", "/consent/", "/consent/cookies"):
        visitor.opens(path)
        assert not visitor.page.context.cookies()
        assert not visitor.is_counted


def test_taking_it_back_is_two_presses_from_any_page_and_counts_at_once(visitor):
    visitor.opens()
    visitor.accepts()
    visitor.page.locator("#cc a").click()
    visitor.refuses()
    assert "Your choice is saved" in visitor.note.inner_text()
    assert visitor.note_has_focus
    assert visitor.allowed == set()
    visitor.opens("/")
    assert not visitor.is_counted


def test_the_preference_page_shows_what_was_chosen_and_changes_one_answer(visitor):
    visitor.opens()
    visitor.saves("analytics")
    visitor.opens("/consent/")
    assert visitor.page.locator("input[name='p.analytics'][value=yes]").is_checked()
    assert visitor.page.locator("input[name='p.marketing'][value=no]").is_checked()
    visitor.answers(marketing="yes", analytics="no")
    visitor.presses("Save my choice")
    assert visitor.allowed == {"marketing"}
    assert visitor.page.locator(".rcpt").is_visible()


def test_going_back_after_a_choice_does_not_bring_the_banner_back(visitor):
    visitor.opens("/")
    visitor.opens("/basket")
    visitor.refuses()
    for _ in range(2):
        visitor.page.go_back()
        visitor.waits_for_the_fragment()
        assert not visitor.banner.count(), visitor.page.url


def test_with_the_opt_out_signal_ads_are_not_asked_for_and_it_says_so(visits):
    visitor = visits(extra_http_headers={"Sec-GPC": "1"})
    visitor.opens()
    assert visitor.asked_for == ["preferences", "analytics"]
    assert "Global Privacy Control" in visitor.banner.inner_text()
    visitor.accepts()
    assert visitor.allowed == {"preferences", "analytics"}
    assert not visitor.banner.count()
    visitor.opens("/consent/")
    assert "Global Privacy Control" in visitor.page.locator("main .note").inner_text()
    assert visitor.page.locator("input[name='p.marketing'][value=no]").is_checked()


def test_an_explicit_yes_on_the_preference_page_overrides_the_signal(visits):
    visitor = visits(extra_http_headers={"Sec-GPC": "1"})
    visitor.opens("/consent/")
    visitor.answers(marketing="yes")
    visitor.presses("Save my choice")
    assert visitor.allowed == {"marketing"}


def test_the_receipt_and_the_history_tell_the_visitor_alone(visitor, visits):
    visitor.opens()
    visitor.saves("analytics")
    visitor.opens("/consent/history")
    visitor.page.locator("ol.ck a").click()
    assert "Visit measurement: allowed" in visitor.page.locator("main").inner_text()
    somebody = visits()
    assert somebody.page.goto(visitor.page.url).status == 404
