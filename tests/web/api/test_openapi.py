"""The API description: it tells what the routes do, and schemathesis finds nothing that it does not tell."""

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from consent_service.domain.api_key import Scope
from consent_service.web.api_description import describe_api
from consent_service.web.check.check_endpoint import CheckAnswer
from consent_service.web.frame.problems import PROBLEMS, ProblemDetails
from consent_service.web.rights.visitor_api import ErasureAnswer, RecordAnswer, VisitorAnswer
from tests.web.raw import raw_request
from tests.web.service import Service

CHECK = "/v1/check"
ANY_BYTES = "/v1/inbound/mail"
REFUSALS = [400, 401, 403, 404, 405, 409, 411, 413, 414, 415, 422]
UNTOLD = [negative_data_rejection]
"""An address cannot tell null from a word or no list from an empty one, and any bytes are a message, so
schemathesis sees wrong answers there."""


@schemathesis.serializer("message/rfc822")
def as_mail(_, value):
    """Send whatever was generated as the bytes of a message."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def operations():
    """List path and method of everything that is described."""
    paths = describe_api()["paths"].items()
    return {(path, method) for path, operations in paths for method in operations if method != "parameters"}


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("openapi"))
    browser = service.browser()
    browser.press("save", "analytics")
    return service


@pytest.fixture(scope="module")
def bearer(described):
    return {"Authorization": f"Bearer {described.key(scopes=list(Scope))}"}


@pytest.fixture(scope="module")
def api_schema(described):
    checks = {
        "negative_data_rejection": {"expected-statuses": REFUSALS},
        # What is an address, and which purposes a site has, OpenAPI has no words for.
        "positive_data_acceptance": {"expected-statuses": ["2xx", 404, 409, 422]},
    }
    config = schemathesis.Config.from_dict({"checks": checks})
    return schemathesis.openapi.from_wsgi("/openapi.json", described.app, config=config)


# The threads of a pool of connections draw numbers meanwhile.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("path", "method"), sorted(operations()), ids=str)
def test_no_generated_request_gets_an_answer_that_is_not_described(api_schema, bearer, path, method, mode):
    operation = api_schema[path][method.upper()]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=50, suppress_health_check=list(HealthCheck))
    def holds(case):
        if path == CHECK and method == "get" and mode is GenerationMode.POSITIVE:
            # The one rule that OpenAPI 3.1 has no words for; the check's own tests have it.
            assume(("visitor" in case.query) != ("cookie" in case.query))
        # A key that was left out on purpose is not put back.
        kept = mode is GenerationMode.POSITIVE or "Authorization" in (case.headers or {})
        case.call_and_validate(
            headers=bearer if kept else {}, excluded_checks=UNTOLD if path in (CHECK, ANY_BYTES) else []
        )

    holds()


def test_every_route_and_method_of_the_api_is_described(described):
    routed = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in described.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/v1/")
    }
    assert operations() == routed | {(CHECK, "get")}


def test_the_document_is_served_as_it_is_made(described):
    answer = described.client().get("/openapi.json")
    assert answer.content_type == "application/json"
    assert answer.json == describe_api()
    assert answer.json["openapi"].startswith("3.1")


def test_every_reference_leads_to_a_shape(described):
    document = describe_api()
    shapes = set(document["components"]["schemas"])
    named = {
        part.removeprefix("#/components/schemas/") for part in strings(document) if part.startswith("#/components/")
    }
    assert named <= shapes
    assert {"CheckAnswer", "VisitorAnswer", "RecordAnswer", "ErasureAnswer", "ProblemDetails"} <= named | shapes


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)


def test_answers_have_exactly_the_shapes_that_are_described(described):
    browser = described.browser()
    browser.press("accept")
    key = described.key(scopes=list(Scope))
    record = described.records(browser)[0].id
    for shape, method, path in (
        (CheckAnswer, "GET", f"/v1/check?visitor={browser.visitor}"),
        (CheckAnswer, "GET", "/v1/check?cookie=x"),
        (VisitorAnswer, "GET", f"/v1/visitors/{browser.visitor}"),
        (RecordAnswer, "GET", f"/v1/records/{record}"),
        (ErasureAnswer, "DELETE", f"/v1/visitors/{browser.visitor}"),
        (ProblemDetails, "GET", "/v1/records/x"),
    ):
        body = described.ask(path, key, method=method).body
        read = msgspec.json.decode(body, type=shape)
        assert msgspec.to_builtins(msgspec.json.decode(msgspec.json.encode(read))) == msgspec.json.decode(body)


def test_the_page_tells_every_operation_reason_problem_and_shape(described):
    page = described.browser().get("/docs").html
    document = describe_api()
    for operations in document["paths"].values():
        for method, operation in operations.items():
            assert method == "parameters" or page.find(id=operation["operationId"])
    for name in [*document["components"]["schemas"], *PROBLEMS]:
        assert page.find(id=name), name
    text = page.get_text()
    assert not [reason for reason in ("unknown_purpose", "never_asked", "outdated", "granted") if reason not in text]


def test_no_key_stands_in_any_example(described):
    assert "cs_" not in described.client().get("/openapi.json").text + described.client().get("/docs").text


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_the_reference_is_shown_at_known_addresses_alone(described, path):
    for host, status in {"127.0.0.9:8000": 200, "silverlark.example": 200, "evil.example": 400, "": 400}.items():
        answer = raw_request(described, path, host=host)
        assert answer.status == status, host
        assert (b"/v1/check" in answer.body) == (status == 200)
