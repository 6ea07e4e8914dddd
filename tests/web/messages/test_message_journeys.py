"""Journeys through the newsletter: forms without scripts, mail by a real server, and what may be sent at each step."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.messages.link_token import LinkKind, LinkToken, write_base64url_token, write_token
from consent_service.domain.site.purpose import Channel
from tests.web.newsletter import ANNA, LINK, OFFERS, Newsletter, fill_in
from tests.web.raw import raw_request

SHOP_WORDS = re.compile(r"\b(new|sale|discount|offer us|save|free|shop now|%)\b", re.IGNORECASE)


def allowed(newsletter: Newsletter, email: str = ANNA) -> tuple[bool, str]:
    """Ask the check API as a sender does."""
    key = newsletter.service.key(scopes=[Scope.CHECK])
    answer = newsletter.service.client().post_json(
        "/v1/check", {"email": email, "purposes": [OFFERS]}, headers={"Authorization": f"Bearer {key}"}
    )
    decision = answer.json["decisions"][OFFERS]
    return decision["allowed"], decision["reason"]


def link_in(message) -> str:
    found = LINK.search(message.get_content())
    assert found
    return found[1]


def unsubscribe_path(newsletter: Newsletter) -> str:
    secrets = newsletter.service.resources.keys.secrets.links
    token = LinkToken(LinkKind.UNSUBSCRIBE, newsletter.principal().rpartition("/")[2], Channel.EMAIL)
    return f"/consent/u/{write_base64url_token(write_token(secrets, 'demo', token))}"


def test_from_the_form_over_the_mail_to_a_yes_a_no_and_a_yes_again(newsletter, post_office):
    assert allowed(newsletter) == (False, "never_asked")
    assert fill_in(newsletter.browser).status_int == 200
    newsletter.work()
    assert allowed(newsletter) == (False, "pending")
    newsletter.confirm(link_in(post_office.messages[0]))
    assert allowed(newsletter) == (True, "granted")

    newsletter.service.clock.advance(1)
    newsletter.service.client().post(
        unsubscribe_path(newsletter), {"List-Unsubscribe": "One-Click"}, headers={"Host": "localhost:8000"}
    )
    assert allowed(newsletter) == (False, "withdrawn")

    fill_in(newsletter.browser)
    newsletter.work()
    assert allowed(newsletter) == (False, "withdrawn")
    newsletter.confirm(link_in(post_office.messages[1]))
    assert allowed(newsletter) == (True, "granted")
    assert len(post_office.messages) == 2


def test_the_mail_asks_and_says_nothing_else(newsletter, post_office):
    fill_in(newsletter.browser)
    newsletter.work()
    (message,) = post_office.messages
    text = message.get_content()
    assert (message["To"], message["From"]) == (ANNA, "Willow & Wren <letters@willow-wren.example>")
    assert message.get_content_type() == "text/plain"
    assert len(re.findall(r"https?://", text)) == 1
    assert ANNA not in text
    assert "List-Unsubscribe" not in message
    assert link_in(message).partition("?")[2] == "lang=en"
    assert not SHOP_WORDS.search(text)
    assert newsletter.site.controller.name in text
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "zh", "ar"])
def test_the_mail_is_in_the_language_of_the_form_and_its_link_works(newsletter, post_office, language):
    form = newsletter.browser.get("/consent/subscribe", {"lang": language}).forms["subscribe"]
    form["email"], form["age"] = ANNA, "yes"
    form.fields["p"][0].checked = True
    form.submit()
    newsletter.work()
    (message,) = post_office.messages
    assert message["Content-Language"] == language
    assert newsletter.site.purpose_by_key[OFFERS].title[language] in message.get_content()
    newsletter.confirm(link_in(message))
    assert allowed(newsletter) == (True, "granted")


def test_a_mail_that_cannot_go_out_now_goes_out_later_as_the_same_message(newsletter, post_office):
    post_office.refusals["DATA"] = "451 later"
    fill_in(newsletter.browser)
    newsletter.work()
    assert post_office.messages == []
    post_office.refusals.clear()
    newsletter.service.clock.advance(3600 * 1_000_000)
    newsletter.work()
    (message,) = post_office.messages
    newsletter.confirm(link_in(message))
    assert allowed(newsletter) == (True, "granted")


def test_not_me_by_the_link_of_the_mail(newsletter, post_office):
    fill_in(newsletter.browser)
    newsletter.work()
    page = newsletter.browser.get(link_in(post_office.messages[0]))
    page.click(href="not-me").form.submit("answer", value="not_me")
    assert allowed(newsletter) == (False, "never_asked")
    fill_in(newsletter.browser)
    newsletter.work()
    assert len(post_office.messages) == 1


def test_whoever_enters_an_address_again_and_again_causes_three_mails_a_day(newsletter, post_office):
    for _ in range(10):
        fill_in(newsletter.browser)
    newsletter.work()
    assert len(post_office.messages) == 3


def test_a_link_that_is_pressed_twenty_times_at_once_confirms_once(newsletter, post_office):
    fill_in(newsletter.browser)
    newsletter.work()
    path = link_in(post_office.messages[0]).partition("?")[0]
    form = [("Content-Type", "application/x-www-form-urlencoded")]

    def press(_):
        return raw_request(newsletter.service, path, method="POST", headers=form, body=b"answer=confirm").status

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(press, range(20))) == [200, *[409] * 19]
    records = newsletter.service.resources.database.rows("SELECT count(*) FROM record WHERE principal LIKE '%/s/%'")
    assert records == [(2,)]


def test_every_confirmation_link_of_several_mails_works_by_itself(newsletter, post_office):
    for topic in (OFFERS, "care_email"):
        fill_in(newsletter.browser, ANNA, topic)
        newsletter.work()
    for message in reversed(post_office.messages):
        newsletter.confirm(link_in(message))
    assert newsletter.reason(purpose=OFFERS) == newsletter.reason(purpose="care_email") == "granted"
