"""The links API: ready headers and links in the order of the recipients, with an error for each that is none."""

import re
from dataclasses import replace

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.messages.link_token import LinkKind, write_base64url_token
from consent_service.domain.site.purpose import Basis, Channel
from consent_service.services.messages.receiving_replies import Action, receive_mail
from consent_service.storage.changes import find_head
from tests.web.newsletter import everything
from tests.web.raw import raw_request
from tests.web.reader import Reader
from tests.web.service import SERVICE_ADDRESS, TEXT

NEWS, SMS = "offers_email", "offers_sms"
ELSEWHERE = SERVICE_ADDRESS.partition("://")[2]
"""A host that is none of a shop's."""


def ask(service, body, key=None, *, host=ELSEWHERE, status=200):
    client = service.client()
    headers = {"Authorization": f"Bearer {key or service.key(scopes=[Scope.LINKS])}"}
    return client.post_json("/v1/links", body, headers=headers, extra_environ={"HTTP_HOST": host}, status=status)


@pytest.fixture
def anna(service):
    return Reader(service, "anna@home.example")


def test_a_recipient_gets_headers_and_links_that_end_the_purpose(own_service):
    anna = Reader(own_service, "anna@home.example").say_yes(NEWS)
    body = {"recipients": [{"email": "Anna@home.example"}], "purpose": NEWS}
    answer = ask(own_service, body, host="localhost:8000").json
    [links] = answer["links"]
    url = f"http://localhost:8000{anna.unsubscribe_path(NEWS)}"
    assert links["subject"] == anna.key
    assert links["headers"] == {
        "List-Unsubscribe": f"<{url}>, <mailto:{anna.unsubscribe_address(NEWS)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": '"Offers by e-mail" <offers-email.lists.willow-wren.example>',
    }
    assert (links["unsubscribe_url"], links["error"]) == (url, None)
    assert links["preferences_url"] == f"http://localhost:8000{anna.centre_path}"
    assert answer["dkim_headers"] == ["List-Unsubscribe", "List-Unsubscribe-Post"]
    assert raw_request(own_service, anna.unsubscribe_path(NEWS), method="POST").status == 200
    assert anna.reasons(NEWS) == ["withdrawn"]


def test_a_channel_or_nothing_named_gives_links_for_the_channel_or_for_everything(service, anna):
    for named, channel in (({"channel": "email"}, Channel.EMAIL), ({}, None)):
        [links] = ask(service, {"recipients": [{"subject": anna.key}], **named}, host="localhost:8000").json["links"]
        assert links["unsubscribe_url"].endswith(anna.unsubscribe_path(channel=channel))
        assert "List-Id" not in links["headers"]


def test_a_text_message_gets_links_and_no_headers_of_mail(service):
    [links] = ask(service, {"recipients": [{"phone": "07400 123456"}], "purpose": SMS}, host="localhost:8000").json[
        "links"
    ]
    phone = Reader(service, "+447400123456")
    assert (links["subject"], links["headers"]) == (phone.key, {})
    assert links["unsubscribe_url"].endswith(phone.unsubscribe_path(SMS, Channel.SMS))


def test_a_bad_recipient_is_told_in_its_place_and_the_others_get_theirs(service, anna):
    recipients = [{"email": "anna"}, {"email": "anna@home.example"}, {}, {"email": "a@b.example", "phone": "1"}]
    links = ask(service, {"recipients": recipients}, host="localhost:8000").json["links"]
    codes = [entry["error"] and entry["error"]["code"] for entry in links]
    assert codes == ["address_invalid", None, "person_missing", "person_missing"]
    assert links[1]["subject"] == anna.key
    assert links[0]["headers"] == {}


def test_a_thousand_recipients_keep_their_order_and_nothing_is_stored(service):
    recipients = [{"email": f"reader{number}@home.example"} for number in range(1000)]
    key = service.key(scopes=[Scope.LINKS])
    before, changes = everything(service), find_head(service.resources.database, "demo")
    links = ask(service, {"recipients": recipients, "purpose": NEWS}, key, host="localhost:8000").json["links"]
    subjects = [Reader(service, recipient["email"]).key for recipient in recipients[::100]]
    assert [entry["subject"] for entry in links][::100] == subjects
    assert (everything(service), find_head(service.resources.database, "demo")) == (before, changes)


@pytest.mark.parametrize("count", [0, 1001])
def test_too_many_recipients_and_none_are_refused(service, count):
    answer = ask(service, {"recipients": [{"email": "a@b.example"}] * count}, status=422)
    assert answer.json["code"] == "body_invalid"
    assert "$.recipients" in answer.json["detail"]


@pytest.mark.parametrize("nested", ['{"x":' + "[" * 100_000, '{"x":' + '{"x":' * 50_000])
def test_a_body_that_is_nested_without_end_is_told_as_malformed(service, nested):
    headers = {"Authorization": f"Bearer {service.key(scopes=[Scope.LINKS])}", "Content-Type": "application/json"}
    answer = service.client().post("/v1/links", nested, headers=headers, status=400)
    assert answer.json["code"] == "body_malformed"


@pytest.mark.parametrize(
    "named", [{"purpose": "orders_email"}, {"purpose": "nothing"}, {"purpose": NEWS, "channel": "sms"}]
)
def test_what_a_link_cannot_end_is_refused(service, named):
    answer = ask(service, {"recipients": [{"email": "a@b.example"}], **named}, host="localhost:8000", status=422)
    assert answer.json["code"] == "purpose_not_endable"


def test_a_limited_key_makes_links_for_its_own_purposes_alone(service):
    key = service.key(scopes=[Scope.LINKS], purposes=[NEWS])
    body = {"recipients": [{"email": "a@b.example"}]}
    assert ask(service, body, key, status=403).json["code"] == "key_limited"
    assert ask(service, {**body, "purpose": SMS}, key, status=403).json["code"] == "purpose_not_visible"
    ask(service, {**body, "purpose": NEWS}, key, host="localhost:8000")


def limited_links(service, reader):
    """Have links made by a key that sees one purpose alone."""
    key = service.key(reader.site.id, scopes=[Scope.LINKS], purposes=[NEWS])
    [links] = ask(service, {"recipients": [{"subject": reader.key}], "purpose": NEWS}, key, host="localhost:8000").json[
        "links"
    ]
    return links


def test_the_links_of_a_limited_key_end_its_purpose_and_lead_nowhere_else(own_service):
    anna = Reader(own_service, "anna@home.example").say_yes(NEWS, "care_email").keep_address()
    links = limited_links(own_service, anna)
    assert links["preferences_url"] is None
    path = links["unsubscribe_url"].removeprefix("http://localhost:8000")
    browser = own_service.browser()
    pages = [browser.get(path), browser.post(path, {"from": "page"})]
    for page in pages:
        shown = page.html.main.get_text() + str(page.html.find_all("a"))
        assert "/consent/p/request" in shown
        assert re.findall(r"/consent/p/(?!request)|home\.example|\*", shown) == []
    assert anna.reasons(NEWS, "care_email") == ["withdrawn", "granted"]


@pytest.mark.parametrize("gone", [{"purposes": "without"}, {"basis": Basis.CONTRACT}])
@pytest.mark.parametrize("way", ["one click", "page", "mail"])
def test_a_link_of_a_limited_key_never_widens_when_its_purpose_is_gone(own_service, gone, way):
    anna = Reader(own_service, "anna@home.example").say_yes("care_email")
    links = limited_links(own_service, anna)
    path = links["unsubscribe_url"].removeprefix("http://localhost:8000")
    left = [purpose for purpose in own_service.demo.purposes if purpose.key != NEWS]
    if "basis" in gone:
        left.append(replace(own_service.demo.purpose_by_key[NEWS], basis=gone["basis"]))
    own_service.start(replace(own_service.demo, purposes=tuple(left)))
    browser = own_service.browser()
    if way == "one click":
        assert raw_request(own_service, path, method="POST", body=b"List-Unsubscribe=One-Click").status == 200
    elif way == "page":
        assert TEXT("unsubscribe.ended") in browser.get(path).text
        assert TEXT("unsubscribe.ended") in browser.post(path, {"from": "page"}).text
    else:
        to = links["headers"]["List-Unsubscribe"].partition("<mailto:")[2].rstrip(">")
        message = f"To: {to}\nMessage-ID: <1@home.example>\n\n".encode()
        told = receive_mail(own_service.resources, own_service.sites["demo"], message)
        assert told is Action.UNCHANGED
    assert (anna.reasons("care_email"), anna.records()) == (["granted"], 1)


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.LINKS])
def test_a_key_for_something_else_makes_no_links(service, scope):
    key = service.key(scopes=[scope])
    assert ask(service, {"recipients": []}, key, status=403).json["code"] == "scope_missing"


def test_links_lead_to_the_address_that_was_asked_else_to_the_public_one(own_service):
    body = {"recipients": [{"email": "a@b.example"}]}

    def origin(host, site="demo"):
        [links] = ask(own_service, body, own_service.key(site, scopes=[Scope.LINKS]), host=host).json["links"]
        return links["unsubscribe_url"].partition("/consent/")[0]

    assert origin("localhost:1234") == "http://localhost:1234"
    assert origin("localhost:1234", "silverlark") == "https://shop.silverlark.example"
    assert ask(own_service, body, status=409).json["code"] == "origin_unknown"
    messages = replace(own_service.demo.messages, public_origin="https://shop.example")
    own_service.start(replace(own_service.demo, messages=messages))
    assert origin(ELSEWHERE) == "https://shop.example"


def test_a_link_to_the_preferences_ends_nothing_at_the_other_address(service, anna):
    token = write_base64url_token(anna.token(kind=LinkKind.PREFERENCES))
    assert raw_request(service, f"/consent/u/{token}", method="POST").status == 404
