"""Every route and method has its place in the table of lanes, and nothing else has."""

import pytest

from consent_service.app import create_app
from consent_service.front.lane_table import ELSEWHERE, PASSAGES, LaneName, LaneTable
from consent_service.front.request_body import IN_MEMORY
from consent_service.services.operator.preparing_home import prepare_home
from consent_service.settings import Settings
from tests.structure.source_tree import ROOT
from tests.web.api.test_key_rights import TABLE

IN_FRONT_OF_FLASK = {("/v1/check", "GET"), ("/v1/check", "HEAD")}


@pytest.fixture(scope="module")
def served_app(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("lanes") / "home", sites=ROOT / "sites")
    prepare_home(settings)
    return create_app(settings)


@pytest.fixture(scope="module")
def served(served_app):
    rules = served_app.url_map.iter_rules()
    return {
        (rule.rule.replace("<token:", "<"), method) for rule in rules for method in rule.methods
    } | IN_FRONT_OF_FLASK


def test_every_route_and_method_takes_a_lane_of_its_own(served):
    assert {(rule, method) for rule, methods in PASSAGES.items() for method in methods} == served


def test_a_path_finds_the_most_particular_route():
    table = LaneTable()
    assert table.find("GET", "/consent/receipts/01a2.json") is PASSAGES["/consent/receipts/<record>.json"]["GET"]
    assert table.find("POST", "/consent/p/request") is PASSAGES["/consent/p/request"]["POST"]
    assert table.find("POST", "/consent/u/abc") is PASSAGES["/consent/u/<token>"]["POST"]
    assert table.find("GET", "/v1/imports/7/report.csv").lane is LaneName.BULK


@pytest.mark.parametrize("token", ["abc/", "a/b", "a\nb", "/"])
def test_a_link_however_it_was_broken_takes_the_lane_of_its_route(served_app, token):
    route, _ = served_app.url_map.bind("").match(f"/consent/u/{token}", "POST", return_rule=True)
    assert route.rule == "/consent/u/<token:token>"
    assert LaneTable().find("POST", f"/consent/u/{token}") is PASSAGES["/consent/u/<token>"]["POST"]


@pytest.mark.parametrize("method", ["get", "Post", "gET", ""])
def test_a_method_in_other_letters_is_answered_nowhere(method):
    assert not LaneTable().is_spelled_right(method, b"/consent/choice")
    assert LaneTable().is_spelled_right("POST", b"/consent/choice")


@pytest.mark.parametrize("path", [b"/consent/p/%72equest", b"/consent/p/request%2Fsent", b"/consent/p%2F/%72equest"])
def test_a_link_is_never_another_spelling_of_a_page(path):
    assert not LaneTable().is_spelled_right("POST", path)
    assert LaneTable().is_spelled_right("POST", b"/consent/p/request")
    assert LaneTable().is_spelled_right("POST", b"/consent/p/abc%20d")


@pytest.mark.parametrize("path", ["/consent/u/", "/nothing", "/v1/check/", "/v1/imports//report.csv", ""])
def test_what_no_route_answers_reads_and_writes_nothing(path):
    assert LaneTable().find("GET", path) is ELSEWHERE
    assert ELSEWHERE.lane is LaneName.READ


@pytest.mark.threat("T22")
def test_nothing_that_changes_state_is_worked_on_where_nobody_may_write():
    changing = {"POST", "PUT", "PATCH", "DELETE"}
    reading = {"/v1/check", "/v1/links", "/v1/subjects/find"}
    for rule, methods in PASSAGES.items():
        for method, passage in methods.items():
            if method in changing and rule not in reading:
                assert passage.lane in (LaneName.WRITE, LaneName.BULK), (rule, method)


def test_a_body_too_long_for_memory_needs_the_scope_that_its_route_needs():
    for rule, methods in PASSAGES.items():
        for method, passage in methods.items():
            if passage.longest > IN_MEMORY:
                cases = TABLE[method, rule]
                assert all(passage.scope in case.scopes for case in cases), (rule, method)


def test_programs_that_ask_never_take_the_threads_of_pages():
    for rule, methods in PASSAGES.items():
        lanes = {passage.lane for passage in methods.values()}
        assert (LaneName.READ if rule.startswith("/v1/") else LaneName.ASK) not in lanes, rule
