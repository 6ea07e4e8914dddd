"""The newsletter without scripts: ask, confirm, be written to, and stop, by click and by keyboard."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.message_states import WHOLE_NONSENSE, every_message_state
from tests.browser.subscriber import CARE, OFFERS, Subscriber
from tests.integration.running_demo import ask_about

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
SIZES = pytest.mark.parametrize("size", [None, NARROW], ids=["desktop", "narrow"])


@pytest.fixture
def person(visitor) -> Subscriber:
    return Subscriber(visitor)


def reasons(person):
    """Ask the check API how the topics stand."""
    answers = ask_about(person.visitor.demo, person.address)
    return answers[OFFERS]["reason"], answers[CARE]["reason"]


@SIZES
def test_from_the_box_to_a_message_and_out_again_by_click(visits, size):
    person = Subscriber(visits(**({"viewport": size} if size else {})))
    person.subscribes(OFFERS)
    assert "Please check your inbox" in person.visitor.text
    person.opens_a_letter()
    person.follows_the_link()
    assert "You are not subscribed yet." in person.visitor.text
    assert person.page.locator("main button").count() == 1
    assert reasons(person) == ("pending", "never_asked")
    person.confirms()
    assert "Confirmed: you are subscribed" in person.visitor.text
    assert reasons(person) == ("granted", "never_asked")

    person.lets_the_shop_write()
    assert "Written to" in person.outcome
    person.opens_a_letter(2)
    person.follows_the_link("u")
    assert "When you press the button, these messages stop:" in person.visitor.text
    assert person.page.locator("main button").count() == 1
    assert reasons(person) == ("granted", "never_asked")
    person.confirms()
    assert "These messages are stopped" in person.visitor.text
    assert reasons(person) == ("withdrawn", "never_asked")

    person.lets_the_shop_write()
    assert "Not written to; the check says withdrawn" in person.outcome
    assert person.page.context.cookies() == []


def test_from_the_box_to_a_confirmation_by_keyboard(person):
    keys, visitor = person.page.keyboard, person.visitor
    person.goes_to_the_box()
    visitor.tabs_to("Offers by e-mail")
    keys.press("Space")
    visitor.tabs_to("Your e-mail address")
    keys.type(person.address)
    visitor.tabs_to("I am 16 or older")
    keys.press("Space")
    visitor.tabs_to("Subscribe")
    keys.press("Enter")
    person.page.wait_for_url("**/consent/subscribe/sent*")
    person.opens_a_letter()
    link = person.page.locator(".letter a").inner_text()
    visitor.tabs_to(link)
    keys.press("Enter")
    person.page.wait_for_url("**/consent/c/*")
    visitor.tabs_to("Confirm")
    keys.press("Enter")
    person.page.get_by_role("heading", name="Confirmed: you are subscribed").wait_for()
    assert reasons(person) == ("granted", "never_asked")


def test_enter_in_the_field_of_the_address_sends_the_form(person):
    person.goes_to_the_box()
    person.fills_in(CARE)
    person.page.locator("#cn-email").press("Enter")
    person.page.get_by_role("heading", name="Please check your inbox").wait_for()


def test_the_centre_by_keyboard_stops_everything_first(person):
    opens_the_centre(person)
    person.visitor.tabs_to("Stop everything")
    person.page.keyboard.press("Enter")
    person.page.get_by_text("Everything is stopped.").wait_for()
    assert reasons(person) == ("withdrawn", "withdrawn")


def test_the_box_holds_nothing_ticked_and_an_unticked_box_is_no_answer(person):
    person.goes_to_the_box()
    assert not person.page.locator("#cn :checked").count()
    person.fills_in()
    person.sends()
    assert "Please check what you entered" in person.visitor.text
    assert person.page.locator("input[name=email]").input_value() == person.address
    assert reasons(person) == ("never_asked", "never_asked")


def test_what_was_wrong_is_put_right_on_the_page_itself(person):
    person.goes_to_the_box()
    person.page.locator("#cn input[value=care_email]").check()
    person.page.locator("#cn-email").fill("anna@")
    person.sends()
    assert "This is not a complete e-mail address." in person.visitor.text
    assert person.page.locator("input[value=care_email]").is_checked()
    person.fills_in(CARE)
    person.sends()
    person.opens_a_letter()
    person.follows_the_link()
    person.confirms()
    assert reasons(person) == ("never_asked", "granted")


def test_somebody_who_does_not_say_that_they_are_of_age_gets_no_message(person):
    person.goes_to_the_box()
    person.fills_in(OFFERS, of_age=False)
    person.sends()
    assert "Below that age we send no messages." in person.visitor.text
    person.lets_the_shop_write()
    assert not person.letters.count()


def test_a_link_that_works_once_says_so_the_second_time(person):
    person.subscribes(OFFERS)
    person.opens_a_letter()
    link = person.follows_the_link()
    person.confirms()
    assert person.page.goto(link).status == 409
    assert "This is already confirmed" in person.visitor.text
    assert person.page.goto(f"{person.visitor.demo.address}/consent/c/{WHOLE_NONSENSE}").status == 404


def opens_the_centre(person):
    person.is_subscribed(OFFERS, CARE)
    person.visitor.follows(person.page.locator("main a[href*='/consent/p/']").first)
    assert "Message settings" in person.visitor.text


@SIZES
def test_in_the_centre_one_topic_is_switched_off_at_once(visits, size):
    person = Subscriber(visits(**({"viewport": size} if size else {})))
    opens_the_centre(person)
    person.visitor.answers(care_email="no")
    person.visitor.follows(person.page.locator("button[value=save]"))
    assert "Stopped:\nCare tips by e-mail" in person.page.locator("#saved").inner_text().replace("\n\n", "\n")
    assert reasons(person) == ("granted", "withdrawn")
    assert person.page.context.cookies() == []


def test_in_the_centre_a_pause_lasts_until_its_day_or_until_it_is_ended(person):
    opens_the_centre(person)
    day = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
    person.page.locator("#pause-until").fill(day)
    person.visitor.follows(person.page.locator("button[value=save]"))
    assert "There is a pause until" in person.page.locator("#saved").inner_text()
    assert person.page.locator("#pause-until").input_value() == day
    assert reasons(person) == ("paused", "paused")
    person.page.locator("input[name=pause_end]").check()
    person.visitor.follows(person.page.locator("button[value=save]"))
    assert "The pause is over." in person.page.locator("#saved").inner_text()
    assert reasons(person) == ("granted", "granted")


def test_in_the_centre_everything_stops_with_one_button(person):
    opens_the_centre(person)
    person.visitor.follows(person.page.get_by_role("button", name="Stop everything"))
    assert "Everything is stopped." in person.page.locator("#saved").inner_text()
    assert reasons(person) == ("withdrawn", "withdrawn")


def test_one_more_topic_in_the_centre_is_confirmed_by_mail(person):
    person.is_subscribed(OFFERS)
    person.visitor.follows(person.page.locator("main a[href*='/consent/p/']").first)
    person.visitor.answers(care_email="yes")
    person.visitor.follows(person.page.locator("button[value=save]"))
    assert "We have sent you an e-mail with a link." in person.page.locator("#saved").inner_text()
    assert reasons(person)[0] == "granted"
    assert reasons(person)[1] in ("never_asked", "pending")
    person.opens_a_letter(2)
    person.follows_the_link()
    person.confirms()
    assert reasons(person) == ("granted", "granted")


def test_a_link_to_the_centre_comes_by_mail(person):
    person.is_subscribed(OFFERS)
    person.visitor.opens("/consent/p/request")
    person.page.locator("#email").fill(person.address)
    person.visitor.follows(person.page.get_by_role("button", name="Send me the link"))
    person.opens_a_letter(2)
    person.follows_the_link("p")
    assert "Offers by e-mail" in person.visitor.text
    assert person.page.context.cookies() == []


def test_no_page_about_messages_sets_a_cookie(visitor):
    set_by = []
    visitor.page.on("response", lambda answer: set_by.append(answer.url) if "set-cookie" in answer.headers else None)
    assert len(list(every_message_state(visitor))) > 20
    assert set_by == []
    assert visitor.page.context.cookies() == []
