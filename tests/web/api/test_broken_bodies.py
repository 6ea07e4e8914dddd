"""Bodies that break off on their way: half a list never passes for a whole one."""

import json

import pytest

from consent_service.domain.api_key import Scope
from consent_service.services.imports.keeping_import_files import name_imports_folder
from tests.web.raw import raw_request


@pytest.mark.parametrize(
    ("path", "query"),
    [("/v1/check/stream", "purpose=offers_email&return=denied"), ("/v1/imports", "source=move&purpose=offers_email")],
)
def test_a_list_that_broke_off_on_its_way_is_no_list(own_service, path, query):
    key = own_service.key(scopes=[Scope.CHECK, Scope.IMPORT])
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv", "Content-Length": "1000"}

    def as_under_a_server_that_ends_bodies_itself(environ, start_response):
        return own_service({**environ, "wsgi.input_terminated": True}, start_response)

    answer = raw_request(
        as_under_a_server_that_ends_bodies_itself,
        path,
        method="POST",
        query=query,
        headers=headers.items(),
        body=b"address,status,at\nada@example.org,unsubscribed,\n",
    )
    assert (answer.status, json.loads(answer.body)["code"]) == (400, "bad_request")
    assert list(name_imports_folder(own_service.resources).glob("*")) == []
