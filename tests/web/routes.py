"""Every route of the application, with an address at which it has something to answer."""

import json
from collections.abc import Iterator
from typing import Any

from consent_service.domain.api_key import Scope
from consent_service.domain.messages.link_token import LinkKind, write_base64url_token
from consent_service.domain.site.site_directory import Mount
from consent_service.services.ledger.sealing_records import seal_records
from tests.web.newsletter import Newsletter, post
from tests.web.raw import RawAnswer, raw_request
from tests.web.reader import Reader
from tests.web.service import Service

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE")
CHECK = "/v1/check"


class Routes:
    """All routes of a service, for a visitor of the demo shop who chose and a key that may do everything."""

    def __init__(self, service: Service) -> None:
        self.service = service
        browser = service.browser()
        browser.press("save", "analytics")
        self.cookie, self.visitor = browser.cookie, browser.visitor
        self.record = service.records(browser)[0].id
        seal_records(service.resources, service.demo, "routes")
        self.key = service.key(scopes=list(Scope))
        sheets = service.app.extensions["consent_service"].stylesheets["demo"]
        reader = Reader(service, "anna@shopper.example").say_yes("offers_email")
        self.examples = {
            "/consent/a/<token:token>": self._declaration(),
            "/consent/c/<token:token>": self._confirmation(),
            "/consent/p/<token:token>": reader.centre_path,
            "/consent/u/<token:token>": reader.unsubscribe_path("offers_email"),
            "<identifier>": self._import(),
            "<kind>": "all",
            "<preset>": "plain",
            "<subject>": reader.key,
            "<webhook>": self._webhook(),
            "<record>": self.record,
            "<visitor>": self.visitor,
            "<name>": sheets.page_path.rpartition("/")[2],
        }
        self.kept = (self.visitor, self.examples["<subject>"], self.examples["<webhook>"])
        rules = {rule.rule for rule in service.app.url_map.iter_rules()}
        self.paths = sorted({self._address(rule) for rule in rules} | {CHECK})
        readable = {rule.rule for rule in service.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
        self.unreadable = {self._address(rule) for rule in rules - readable} - {CHECK}

    def answers(self, *methods: str, host: str = "localhost:8000") -> Iterator[tuple[str, RawAnswer]]:
        """Send each of these methods to each route, and to two addresses that are none."""
        for path in [*self.paths, "/nothing", "/v1/nothing"]:
            for method in methods or METHODS:
                if method != "DELETE" or not any(path.endswith(one) for one in self.kept):
                    yield f"{method} {path}", self.fetch(path, method=method, host=host)

    def fetch(
        self, path: str, *, method: str = "GET", host: str = "localhost:8000", headers: tuple[tuple[str, str], ...] = ()
    ) -> RawAnswer:
        """Send a request with the visitor's cookie and with the key."""
        sent = [("Cookie", f"consent={self.cookie}"), ("Authorization", f"Bearer {self.key}"), *headers]
        query = f"visitor={self.visitor}" if path == CHECK else ""
        return raw_request(self.service, path, method=method, host=host, headers=sent, query=query)

    def mount(self) -> Mount:
        """The demo shop at the address that is asked."""
        found = self.service.app.extensions["consent_service"].sites.at("localhost:8000")
        assert found
        return found

    def _confirmation(self) -> str:
        return Newsletter(self.service).subscribe("boris@shopper.example")

    def _declaration(self) -> str:
        reader = Reader(self.service, "clara@shopper.example").say_yes("offers_email")
        post(self.service, age="no", email="clara@shopper.example")
        Newsletter(self.service).work()
        return f"/consent/a/{write_base64url_token(reader.token(kind=LinkKind.DECLARATION))}"

    def _import(self) -> str:
        told = self._send("/v1/imports", b"address,status,at\n", "text/csv", "source=move&purpose=care_email")
        Newsletter(self.service).work()
        return str(told["import_id"])

    def _webhook(self) -> str:
        body = json.dumps({"url": "https://receiver.example/hook"}).encode()
        return str(self._send("/v1/webhooks", body, "application/json")["webhook"]["id"])

    def _send(self, path: str, body: bytes, kind: str, query: str = "") -> dict[str, Any]:
        headers = [("Authorization", f"Bearer {self.key}"), ("Content-Type", kind)]
        told: dict[str, Any] = json.loads(
            raw_request(self.service, path, method="POST", headers=headers, body=body, query=query).body
        )
        return told

    def _address(self, rule: str) -> str:
        for variable, example in self.examples.items():
            rule = rule.replace(variable, example)
        return rule
