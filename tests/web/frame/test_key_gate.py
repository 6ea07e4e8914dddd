"""API keys over HTTP: which key opens what, and how every other one is refused."""

import ast
import json
import re
from itertools import product

import pytest

from consent_service.domain.api_key import Scope, make_key
from consent_service.web.api_description import OPERATIONS
from consent_service.web.frame.problems import PROBLEMS
from tests.cast import SECOND
from tests.structure.source_tree import PACKAGE
from tests.web.raw import raw_request

HALF_A_SECOND = SECOND // 2
NOBODY = "AAAAAAAAAAAAAAAAAAAAAA"
NO_RECORD = "01890000-0000-7000-8000-000000000000"
CHECK = f"/v1/check?visitor={NOBODY}"


def example(path):
    """Fill in a path as the description and the routes write it."""
    filled = re.sub("[{<]visitor[}>]", NOBODY, path)
    return re.sub(r"[{<]\w+[}>]", "x", re.sub("[{<]record[}>]", NO_RECORD, filled))


ENDPOINTS = {
    ("HEAD", CHECK): Scope.CHECK,
    **{(told.method, CHECK if told.name == "checkVisitor" else example(told.path)): told.scope for told in OPERATIONS},
}


def send(service, endpoint, authorization):
    method, target = endpoint
    path, _, query = target.partition("?")
    headers = [] if authorization is None else [("Authorization", authorization)]
    return raw_request(service, path, method=method, query=query, headers=headers)


def code(answer):
    return json.loads(answer.body)["code"] if answer.body else ""


def test_the_matrix_names_every_route_of_the_api(service):
    routed = {
        (method, example(rule.rule))
        for rule in service.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/v1/")
    }
    assert routed == {endpoint for endpoint in ENDPOINTS if endpoint[1] != CHECK}


@pytest.mark.threat("T28")
@pytest.mark.parametrize(("endpoint", "scope"), list(product(ENDPOINTS, Scope)), ids=str)
def test_each_endpoint_opens_to_its_scope_alone(service, endpoint, scope):
    answer = send(service, endpoint, f"Bearer {service.key(scopes=[scope])}")
    if scope is ENDPOINTS[endpoint]:
        assert answer.status not in (401, 403)
    else:
        assert answer.status == 403
        assert code(answer) in ("scope_missing", "")


WRONG = {
    "none at all": (None, "key_missing"),
    "an empty header": ("", "key_missing"),
    "the word alone": ("Bearer", "key_missing"),
    "the word and a space": ("Bearer ", "key_missing"),
    "basic": ("Basic dXNlcjpwYXNz", "key_missing"),
    "digest": ('Digest username="x"', "key_missing"),
    "half a key": ("Bearer cs_abc", "key_malformed"),
    "rubbish": ("Bearer \x00\xff'; DROP TABLE api_key; --", "key_malformed"),
    "a huge one": ("Bearer " + "cs_" * 20_000, "key_malformed"),
    "nobody's key": (f"Bearer {make_key(bytes(range(32)))}", "key_unknown"),
    "two keys": (f"Bearer {make_key(bytes(32))}, Bearer {make_key(bytes(32))}", "key_malformed"),
}


@pytest.mark.parametrize(("authorization", "expected"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_a_wrong_key_opens_nothing(service, endpoint, authorization, expected):
    answer = send(service, endpoint, authorization)
    assert answer.status == 401
    assert code(answer) in (expected, "")
    assert answer.all("WWW-Authenticate") == ['Bearer realm="consent-service"']


@pytest.mark.parametrize(
    "spoil", [str.lower, lambda k: k[:-1], lambda k: k[:-1] + "~", lambda k: f"{k}x", lambda k: k[3:]]
)
def test_a_key_with_a_typing_error_is_told_from_an_unknown_one(service, spoil):
    key = spoil(service.key())
    assert code(send(service, ("GET", f"/v1/check?visitor={NOBODY}"), f"Bearer {key}")) == "key_malformed"


def test_the_scheme_is_read_without_regard_to_case(service):
    key = service.key()
    for word in ("bearer", "BEARER", "Bearer  "):
        assert send(service, ("GET", f"/v1/check?visitor={NOBODY}"), f"{word} {key}").status == 200


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_a_revoked_key_is_refused_within_half_a_second(service, endpoint):
    key = service.key(scopes=list(Scope))
    send(service, endpoint, f"Bearer {key}")
    service.revoke(key)
    service.clock.advance(HALF_A_SECOND)
    answer = send(service, endpoint, f"Bearer {key}")
    assert (answer.status, code(answer)) in ((401, "key_revoked"), (401, ""))


def test_a_key_that_was_revoked_before_it_was_used_is_refused_at_once(own_service):
    key = own_service.key()
    own_service.revoke(key)
    assert code(send(own_service, ("GET", f"/v1/visitors/{NOBODY}"), f"Bearer {key}")) == "key_revoked"


def test_a_key_expires_to_the_microsecond_even_while_it_is_remembered(service):
    key = service.key(valid_for=HALF_A_SECOND // 2)
    endpoint = ("GET", f"/v1/check?visitor={NOBODY}")
    service.clock.advance(HALF_A_SECOND // 2 - 1)
    assert send(service, endpoint, f"Bearer {key}").status == 200
    service.clock.advance(1)
    assert code(send(service, endpoint, f"Bearer {key}")) == "key_expired"


@pytest.mark.parametrize("name", ["key", "api_key", "apikey", "token", "access_token", "authorization", "KEY"])
@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e[0] != "HEAD"], ids=str)
def test_a_key_in_the_address_is_refused_even_beside_a_good_one(service, endpoint, name):
    method, target = endpoint
    key = service.key(scopes=list(Scope))
    joined = f"{target}{'&' if '?' in target else '?'}{name}={key}"
    for authorization in (None, f"Bearer {key}"):
        answer = send(service, (method, joined), authorization)
        assert (answer.status, code(answer)) == (400, "key_in_url")
        assert key.encode() not in answer.body


@pytest.mark.threat("T28")
@pytest.mark.parametrize("name", ["foo", "purpose", "visitor", "cookie", ""])
@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e[0] != "HEAD"], ids=str)
def test_a_key_in_the_address_is_refused_whatever_its_parameter_is_called(service, endpoint, name):
    method, target = endpoint
    key = service.key(scopes=list(Scope))
    joined = f"{target}{'&' if '?' in target else '?'}{name}={key}"
    answer = send(service, (method, joined), f"Bearer {key}")
    assert (answer.status, code(answer)) == (400, "key_in_url")
    assert key.encode() not in answer.body


def test_a_key_limited_to_purposes_sees_nothing_of_the_others(service, browser):
    browser.press("save", "analytics")
    key = service.key(purposes=["analytics"])
    path = f"/v1/check?visitor={browser.visitor}"
    assert list(service.ask(path, key).json["decisions"]) == ["analytics"]
    for purpose in ("marketing", "necessary", "astrology"):
        refused = service.ask(f"{path}&purpose=analytics&purpose={purpose}", key)
        assert (refused.status_int, refused.json["code"]) == (403, "purpose_not_visible")
    assert service.ask(f"/v1/visitors/{browser.visitor}", key).json["history"] == []
    record = service.records(browser)[0].id
    assert service.ask(f"/v1/records/{record}", key).json["code"] == "record_unknown"


@pytest.mark.threat("T27")
def test_no_key_reaches_into_another_shop(service, browser, secure_browser):
    browser.press("accept")
    secure_browser.press("accept")
    before = service.stored()
    foreign = service.key("silverlark", scopes=list(Scope))
    record = service.records(browser)[0].id
    assert service.ask(f"/v1/records/{record}", foreign).json["code"] == "record_unknown"
    assert service.ask(f"/v1/visitors/{browser.visitor}", foreign).json["history"] == []
    assert service.ask(f"/v1/visitors/{browser.visitor}", foreign, method="DELETE").json == {"erased": 0}
    checked = service.ask(f"/v1/check?visitor={browser.visitor}", foreign).json
    assert not [name for name, answer in checked["decisions"].items() if answer["reason"] == "granted"]
    assert service.stored() == before


def test_a_key_of_a_shop_that_is_gone_opens_nothing(own_service):
    key = own_service.key("silverlark", scopes=list(Scope))
    own_service.start(own_service.demo)
    for endpoint in ENDPOINTS:
        answer = send(own_service, endpoint, f"Bearer {key}")
        assert (answer.status, code(answer)) in ((403, "site_gone"), (403, ""))


@pytest.mark.threat("T28")
def test_the_database_holds_no_usable_key(own_service):
    keys = [own_service.key() for _ in range(5)]
    rows = repr(own_service.resources.database.rows("SELECT * FROM api_key"))
    assert not [key for key in keys if key in rows or key[3:20] in rows]


def test_a_problem_has_its_five_members_and_a_place_in_the_reference(service, browser):
    reference = browser.get("/docs").html
    for path in (f"/v1/check?visitor={NOBODY}", "/v1/visitors/x", "/v1/nothing", f"/v1/records/{NO_RECORD}"):
        answer = service.client().get(path, status="*")
        assert answer.content_type == "application/problem+json"
        problem = answer.json
        assert list(problem) == ["type", "title", "status", "code", "detail"]
        assert problem["status"] == answer.status_int
        assert problem["type"] == f"/docs#{problem['code']}"
        assert reference.find(id=problem["code"])


def codes_raised():
    """Collect the code of every Problem that the package makes."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                yield node.args[1].value if isinstance(node.args[1], ast.Constant) else None


def test_every_problem_that_is_raised_is_in_the_list(service):
    codes = set(codes_raised()) - {None}
    assert len(codes) > 10
    assert codes <= set(PROBLEMS)
