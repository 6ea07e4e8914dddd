"""What a key may do: every route of the API, for a key with each scope, whether it sees all purposes or some."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from consent_service.domain.api_key import Scope
from consent_service.web.api_description import OPERATIONS
from tests.web.service import Service

OWN, OTHER = "offers_email", "offers_sms"
"""A purpose that the limited key sees, and one that it does not."""
NOBODY = "AAAAAAAAAAAAAAAAAAAAAA"
ANNA = {"email": "anna@shopper.example"}
OPEN, LIMITED, HIDDEN, MISSING = "open", "key_limited", "purpose_not_visible", "scope_missing"
RECIPIENTS = {"recipients": [ANNA]}
BLOCK = {"suppressions": [ANNA | {"reason": "bounce"}]}


class Case(NamedTuple):
    """A request, the scopes that it takes, and what a key with them is told that sees one purpose alone."""

    scopes: set[Scope]
    limited: str
    query: dict[str, str] = {}  # noqa: RUF012 - never changed
    body: Any = None
    kind: str = "application/json"


def checking(limited: str, **given: Any) -> Case:
    return Case({Scope.CHECK}, limited, **given)


def writing(limited: str, body: dict[str, Any]) -> Case:
    return Case({Scope.WRITE}, limited, body=body)


def listing(limited: str, purpose: str, *scopes: Scope, **query: str) -> Case:
    asked = {"purpose": purpose} | query
    return Case({Scope.CHECK, *scopes}, limited, asked, b"anna@shopper.example\n", "text/plain")


FEED, IMPORT, ADMIN = (Case({scope}, LIMITED) for scope in (Scope.FEED, Scope.IMPORT, Scope.ADMIN))
FILTERED = FEED._replace(limited=OPEN)
VISITOR = {"visitor": NOBODY}
TABLE: dict[tuple[str, str], tuple[Case, ...]] = {
    ("GET", "/v1/check"): (
        checking(OPEN, query=VISITOR),
        checking(OPEN, query=VISITOR | {"purpose": OWN}),
        checking(HIDDEN, query=VISITOR | {"purpose": OTHER}),
        checking(HIDDEN, query=VISITOR | {"purpose": "no_such"}),
    ),
    ("POST", "/v1/check"): (
        checking(OPEN, body=ANNA),
        checking(OPEN, body=ANNA | {"purposes": [OWN]}),
        checking(HIDDEN, body=ANNA | {"purposes": [OWN, OTHER]}),
        checking(OPEN, body={"visitor": NOBODY}),
    ),
    ("POST", "/v1/check/stream"): (
        listing(OPEN, OWN),
        listing(HIDDEN, OTHER),
        listing(OPEN, OWN, Scope.LINKS, links="1"),
        listing(HIDDEN, OTHER, Scope.LINKS, links="1"),
    ),
    ("POST", "/v1/links"): (
        Case({Scope.LINKS}, OPEN, body=RECIPIENTS | {"purpose": OWN}),
        Case({Scope.LINKS}, HIDDEN, body=RECIPIENTS | {"purpose": OTHER}),
        Case({Scope.LINKS}, LIMITED, body=RECIPIENTS | {"channel": "email"}),
        Case({Scope.LINKS}, LIMITED, body=RECIPIENTS),
    ),
    ("GET", "/v1/visitors/<visitor>"): (checking(OPEN),),
    ("DELETE", "/v1/visitors/<visitor>"): (ADMIN,),
    ("GET", "/v1/records/<record>"): (checking(OPEN),),
    ("GET", "/v1/records/<record>/proof"): (checking(OPEN),),
    ("GET", "/v1/checkpoint"): (checking(OPEN),),
    ("GET", "/v1/subjects/<subject>"): (checking(OPEN),),
    ("DELETE", "/v1/subjects/<subject>"): (ADMIN,),
    ("POST", "/v1/subjects/find"): (checking(OPEN, body=ANNA),),
    ("POST", "/v1/subscriptions"): (
        writing(OPEN, ANNA | {"purposes": []}),
        writing(HIDDEN, {"phone": "+447400123456", "purposes": [OTHER]}),
        writing(HIDDEN, ANNA | {"purposes": [OWN], "declined": [OTHER]}),
        writing(LIMITED, ANNA | {"purposes": [], "minor": True}),
    ),
    ("POST", "/v1/withdrawals"): (
        writing(OPEN, ANNA | {"purposes": [OWN]}),
        writing(HIDDEN, ANNA | {"purposes": [OWN, OTHER]}),
        writing(HIDDEN, ANNA | {"channel": "sms"}),
        writing(LIMITED, ANNA | {"all": True}),
    ),
    ("POST", "/v1/suppressions"): (writing(LIMITED, BLOCK),),
    ("DELETE", "/v1/suppressions"): (ADMIN._replace(body=ANNA | {"reason": "bounce"}),),
    ("GET", "/v1/suppressions"): (FILTERED,),
    ("GET", "/v1/suppressions/export"): (FILTERED,),
    ("POST", "/v1/inbound/mail"): (Case({Scope.WRITE}, OPEN, body=b"To: x@y.example\n\n", kind="message/rfc822"),),
    ("POST", "/v1/inbound/sms"): (
        writing(HIDDEN, {"phone": "+447400123456", "text": "STOP"}),
        writing(LIMITED, {"phone": "+447400123456", "text": "STOP", "channel": "whatsapp"}),
    ),
    ("GET", "/v1/changes"): (FILTERED,),
    ("GET", "/v1/export"): (FILTERED,),
    ("POST", "/v1/imports"): (
        IMPORT._replace(query={"source": "move", "purpose": OWN}, body=b"address,status\n", kind="text/csv"),
    ),
    ("GET", "/v1/imports/<identifier>"): (IMPORT,),
    ("GET", "/v1/imports/<identifier>/report.csv"): (IMPORT,),
    ("GET", "/v1/exports/<preset>/<kind>.csv"): (ADMIN,),
    ("POST", "/v1/webhooks"): (ADMIN._replace(body={"url": "https://receiver.example/hook"}),),
    ("GET", "/v1/webhooks"): (ADMIN,),
    ("GET", "/v1/webhooks/<webhook>"): (ADMIN,),
    ("PATCH", "/v1/webhooks/<webhook>"): (ADMIN._replace(body={}),),
    ("DELETE", "/v1/webhooks/<webhook>"): (ADMIN,),
    ("POST", "/v1/webhooks/<webhook>/secret"): (ADMIN,),
    ("POST", "/v1/webhooks/<webhook>/replay"): (ADMIN._replace(body={"first": 1, "last": 1}),),
    ("POST", "/v1/webhooks/<webhook>/test"): (ADMIN,),
    ("GET", "/v1/webhooks/<webhook>/deliveries"): (ADMIN,),
}
"""Every route with requests whose answer to a limited key may differ; a key that sees all is admitted to each."""
EXAMPLES = {"visitor": NOBODY, "subject": f"1.{NOBODY}", "record": "01890000-0000-7000-8000-000000000000"}
EXAMPLES |= {"preset": "plain", "kind": "all"}
CASES = [
    pytest.param(*route, case, id=f"{' '.join(route)} {number}")
    for route, cases in TABLE.items()
    for number, case in enumerate(cases)
]


@pytest.fixture(scope="module")
def rights(tmp_path_factory: pytest.TempPathFactory) -> "Rights":
    return Rights(Service(tmp_path_factory.mktemp("rights")))


class Rights:
    """A service and one key for each set of scopes."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._keys: dict[tuple[frozenset[Scope], bool], str] = {}

    def answer(self, method: str, rule: str, case: Case, scopes: set[Scope], *, limited: bool) -> str:
        """Tell the code of a refusal, or that the key was admitted, whatever else was wrong."""
        known = frozenset(scopes), limited
        if known not in self._keys:
            self._keys[known] = self.service.key(scopes=list(scopes), purposes=[OWN] if limited else None)
        path = re.sub(r"<(\w+)>", lambda name: EXAMPLES.get(name[1], "x"), rule)
        address = f"{path}?{urlencode(case.query)}" if case.query else path
        headers = {"Authorization": f"Bearer {self._keys[known]}", "Host": "localhost:8000"}
        sent = {"method": method, "headers": headers, "status": "*"}
        client = self.service.client()
        if isinstance(case.body, bytes):
            answer = client.request(address, body=case.body, content_type=case.kind, **sent)
        elif case.body is not None:
            send = {"POST": client.post_json, "DELETE": client.delete_json, "PATCH": client.patch_json}[method]
            answer = send(address, case.body, headers=headers, status="*")
        else:
            answer = client.request(address, **sent)
        return str(answer.json["code"]) if answer.status_int in (401, 403) else OPEN


def routes(service: Service) -> Iterator[tuple[str, str]]:
    """List the routes of the API, as they are served."""
    yield "GET", "/v1/check"
    for rule in service.app.url_map.iter_rules():
        if rule.rule.startswith("/v1/"):
            yield from ((method, rule.rule) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})


def test_the_table_holds_every_route(rights):
    assert set(TABLE) == set(routes(rights.service))


def test_the_description_names_the_scope_of_every_route():
    told = {(one.method, re.sub(r"\{(\w+)\}", r"<\1>", one.path)): {one.scope} for one in OPERATIONS}
    named = {(method, re.sub(r"<\w+>", "<>", rule)): scopes for (method, rule), scopes in told.items()}
    wanted = {(method, re.sub(r"<\w+>", "<>", rule)): cases[0].scopes for (method, rule), cases in TABLE.items()}
    assert named == wanted


@pytest.mark.parametrize(("method", "rule", "case"), CASES)
def test_a_key_with_the_scopes_of_a_route_is_admitted_and_a_limited_one_no_further_than_its_purposes(
    rights, method, rule, case
):
    for scopes in (case.scopes, set(Scope)):
        assert rights.answer(method, rule, case, scopes, limited=False) == OPEN
        assert rights.answer(method, rule, case, scopes, limited=True) == case.limited


@pytest.mark.threat("T28")
@pytest.mark.parametrize(("method", "rule", "case"), CASES)
def test_a_key_that_lacks_a_scope_of_a_route_is_refused_whatever_others_it_has(rights, method, rule, case):
    for lacking in case.scopes:
        for limited in (False, True):
            told = rights.answer(method, rule, case, set(Scope) - {lacking}, limited=limited)
            assert told == MISSING if not limited or case.limited == OPEN else told in (MISSING, case.limited)


def test_a_refusal_names_the_command_that_helps(rights):
    service = rights.service
    key = service.key(scopes=[Scope.CHECK], purposes=[OWN])
    path, body = "/v1/links", {"recipients": [ANNA], "purpose": OWN}
    sent = {"headers": {"Authorization": f"Bearer {key}"}, "status": 403}
    told = service.client().post_json(path, body, **sent).json["detail"]
    assert told.endswith(f"consent-service key create --site demo --scope check --scope links --purpose {OWN}")
    writer = service.key(scopes=[Scope.WRITE], purposes=[OWN])
    sent["headers"] = {"Authorization": f"Bearer {writer}"}
    told = service.client().post_json("/v1/suppressions", BLOCK, **sent).json["detail"]
    assert told.endswith("consent-service key create --site demo --scope write")
