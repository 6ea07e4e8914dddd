"""What proves one thing proves no other: each token opens its own door, and nobody logs in anywhere."""

from collections.abc import Callable
from itertools import product

import pytest

from consent_service.domain.messages.link_token import write_base32_token
from consent_service.services.ledger.reading_records import find_record_of_site
from tests.web.raw import RawAnswer, raw_request
from tests.web.reader import Reader
from tests.web.routes import Routes
from tests.web.service import SILVERLARK, Service

TOPIC = "offers_email"
PAGES = {
    "a link to unsubscribe": "/consent/u/",
    "a link to the settings": "/consent/p/",
    "a link to confirm": "/consent/c/",
    "a link to a declaration": "/consent/a/",
}
DOORS = (*PAGES, "a cookie", "a key", "a cursor", "a recipient")
TOKENS = (*DOORS, "a record", "a seal")
ALIKE = {("a link to unsubscribe", "a recipient")}
"""The token of a recipient ends what a link to unsubscribe ends, in letters that a mail address can hold."""


@pytest.fixture(scope="module")
def swapping(tmp_path_factory):
    return Swapping(Service(tmp_path_factory.mktemp("tokens")))


class Swapping:
    """One valid token of each kind, all of the same shop, and the doors that each kind opens."""

    def __init__(self, service: Service) -> None:
        routes = Routes(service)
        self.service, self.key, self.visitor = service, routes.key, routes.visitor
        reader = Reader(service, "dora@shopper.example").say_yes(TOPIC)
        record = find_record_of_site(service.resources, service.demo, routes.record)
        assert record
        silent = service.browser(**{"Sec-Fetch-Site": ""})
        page = silent.post_choice({"choice": "accept", "notice": silent.digest()})
        changes = service.ask("/v1/changes", routes.key).json
        links = {name: routes.examples[f"{beginning}<token:token>"] for name, beginning in PAGES.items()}
        self.tokens = {name: path.rpartition("/")[2] for name, path in links.items()} | {
            "a cookie": routes.cookie,
            "a key": routes.key,
            "a cursor": changes["next"],
            "a recipient": write_base32_token(reader.token(TOPIC)),
            "a record": record.signed,
            "a seal": page.forms[1]["confirmed"].value,
        }
        self.doors: dict[str, Callable[[str], bool]] = {
            **{name: self._opens_page(beginning) for name, beginning in PAGES.items()},
            "a cookie": self._knows_visitor,
            "a key": lambda token: self._ask(f"visitor={self.visitor}", token).status == 200,
            "a cursor": lambda token: self._read(token) == 200,
            "a recipient": self._unsubscribes,
        }

    def _opens_page(self, beginning: str) -> Callable[[str], bool]:
        return lambda token: raw_request(self.service, beginning + token).status == 200

    def _knows_visitor(self, token: str) -> bool:
        page = raw_request(self.service, "/consent/history", headers=[("Cookie", f"consent={token}")])
        known = b"/consent/receipts/" in page.body
        assert known == (b'"granted"' in self._ask(f"cookie={token}", self.key).body)
        return known

    def _ask(self, query: str, key: str) -> RawAnswer:
        return raw_request(self.service, "/v1/check", query=query, headers=[("Authorization", f"Bearer {key}")])

    def _read(self, token: str) -> int:
        return int(self.service.ask(f"/v1/changes?after={token}", self.key).status_int)

    def _unsubscribes(self, token: str) -> bool:
        host = self.service.demo.messages.unsubscribe_host
        message = f"Message-ID: <1@b.example>\r\nFrom: a@b.example\r\nTo: unsub+{token}@{host}\r\n\r\nPlease."
        headers = [("Authorization", f"Bearer {self.key}"), ("Content-Type", "message/rfc822")]
        body = message.encode()
        answer = raw_request(self.service, "/v1/inbound/mail", method="POST", headers=headers, body=body)
        assert answer.status == 202, answer.body
        return b'"matched":true' in answer.body


@pytest.mark.threat("T5")
@pytest.mark.parametrize(("door", "token"), list(product(DOORS, TOKENS)))
def test_a_token_opens_its_own_door_alone(swapping, door, token):
    assert swapping.doors[door](swapping.tokens[token]) == (door == token or (door, token) in ALIKE)


@pytest.mark.threat("T5")
def test_every_token_is_a_text_of_its_own(swapping):
    assert set(swapping.tokens) == set(TOKENS)
    assert len(set(swapping.tokens.values())) == len(TOKENS)


@pytest.mark.threat("T8")
def test_there_is_no_session_that_somebody_could_take_over(own_service):
    """Nobody logs in: no route is for that, the framework could sign no session, and our cookies are two."""
    assert own_service.app.secret_key is None
    routes = Routes(own_service)
    assert not [path for path in routes.paths if {"login", "logout", "session"} & set(path.split("/"))]
    silent = own_service.browser(**{"Sec-Fetch-Site": ""})
    page = silent.post_choice({"choice": "accept", "notice": silent.digest()})
    set_there = [name.partition("=")[0] for name in page.headers.getall("Set-Cookie")]
    for _, answer in routes.answers():
        set_there += [value.partition("=")[0] for value in answer.all("Set-Cookie")]
    set_there += [value.partition("=")[0] for value in silent.press("reject").headers.getall("Set-Cookie")]
    assert set(set_there) == {"consent", "consent-confirm"}


@pytest.mark.threat("T5")
def test_a_seal_of_one_shop_is_no_seal_at_another(service):
    fetched = service.browser(SILVERLARK, **{"Sec-Fetch-Site": ""})
    page = fetched.post_choice({"choice": "accept", "notice": fetched.digest()})
    fields = dict(page.forms[1].submit_fields())
    other = service.browser("https://shop.silverlark.example", **{"Sec-Fetch-Site": ""})
    other.set_cookie("__Host-consent-confirm", fetched.cookies["__Host-consent-confirm"])
    demo = service.browser(**{"Sec-Fetch-Site": ""})
    demo.set_cookie("consent-confirm", fetched.cookies["__Host-consent-confirm"])
    assert other.post_choice(fields).status_int == 303
    assert demo.post_choice(fields | {"notice": demo.digest()}).status_int == 200
    assert demo.cookie == ""
