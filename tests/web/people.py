"""People as a shop's programs know them: by an address, through the JSON API alone."""

from typing import Any

import webtest

from consent_service.domain.api_key import Scope
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.subject.identifying_subjects import Identified, identify_email, keep_address
from consent_service.services.subject.recording_acts import act_together, record_act
from tests.web.service import Service

EMAIL = "ada@example.org"


class People:
    """A service, a key that may do everything, and calls with JSON bodies."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.key = service.key(scopes=list(Scope))

    def call(
        self, path: str, body: Any = None, *, method: str = "POST", key: str | None = None, **headers: str
    ) -> webtest.TestResponse:
        """Send JSON and take whatever status comes; ``Idempotency_Key`` and the like become headers."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Authorization"] = f"Bearer {key or self.key}"
        client = self.service.client()
        if body is None:
            return client.request(path, method=method, headers=sent, status="*")
        send = {"POST": client.post_json, "DELETE": client.delete_json}[method]
        return send(path, body, headers=sent, status="*")

    def person(self, email: str = EMAIL) -> Identified:
        """Name the owner of an address on the demo site."""
        return identify_email(self.service.resources, self.service.demo, email)

    def agree(self, *purposes: str, email: str = EMAIL) -> Identified:
        """Let somebody say yes with proof, and keep the address."""
        person, resources = self.person(email), self.service.resources
        now = resources.clock()
        act = Act(
            method=Method.SUBSCRIBE_CONFIRM,
            actor="subject",
            at=now,
            states=dict.fromkeys(purposes or ("offers_email",), State.GRANTED),
            revives=True,
        )
        assert person.address
        with act_together(resources, self.service.demo):
            keep_address(
                resources, self.service.demo, person.principal, person.address, language="en", ref="c1", now=now
            )
            record_act(resources, self.service.demo, person.principal, act)
        return person

    def reason(self, purpose: str = "offers_email", email: str = EMAIL) -> str:
        """Ask the check about one purpose."""
        answer = self.call("/v1/check", {"email": email, "purposes": [purpose]}).json["decisions"][purpose]
        assert answer["allowed"] == (answer["reason"] in ("granted", "soft_opt_in", "not_consent_based"))
        return str(answer["reason"])

    def state(self, email: str = EMAIL) -> dict[str, Any]:
        """Read what is kept about the owner of an address."""
        found: dict[str, Any] = self.call(f"/v1/subjects/{self.person(email).key}", method="GET").json
        return found
