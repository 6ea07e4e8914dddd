"""The command that asks: one person on this machine, or a list by a service."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from consent_service.app import create_app
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.operator.preparing_home import open_resources
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.services.subject.recording_acts import record_act
from consent_service.settings import Settings
from consent_service.site_files.site_file import read_site
from tests.cli.conftest import SITES

NEWS = ("--purpose", "offers_email")


@pytest.fixture
def subscribed(ready, home):
    resources = open_resources(Settings(home=home))
    site = read_site(SITES / "demo.toml")
    who = identify_email(resources, site, "ada@shop.example")
    states = {"offers_email": State.GRANTED}
    record_act(resources, site, who.principal, Act(method=Method.API, actor="key:1", at=1, states=states, revives=True))
    resources.database.close()
    return who.key


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        return


@contextmanager
def serving(app) -> Iterator[str]:
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def with_chunks(app):
    """Let the plain server of the standard library, which knows no chunks, read a list that comes in them."""

    def read(environ, start_response):
        stream, pieces = environ["wsgi.input"], []
        while length := int(stream.readline() or b"0", 16):
            pieces.append(stream.read(length))
            stream.readline()
        stream.readline()
        body = b"".join(pieces)
        environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return app(environ, start_response)

    return read


@pytest.fixture
def lists(subscribed, ready, home, tmp_path):
    key = tmp_path / "key"
    key.write_text(ready("key", "create", "--site", "demo", "--scope", "check").stdout)
    key.chmod(0o600)
    people = tmp_path / "people.txt"
    people.write_text("ada@shop.example\nnobody\nbob@shop.example\n")
    with serving(with_chunks(create_app(Settings(home=home, sites=SITES)))) as address:
        yield ("check", *NEWS, "--file", people, "--key-file", key, "--address", address)


@pytest.mark.parametrize(
    ("person", "code", "told"),
    [("ada@shop.example", 0, "allowed\tgranted\t"), ("bob@shop.example", 1, "denied\tnever_asked")],
)
def test_one_person_is_answered_by_word_and_exit_code(ready, subscribed, person, code, told):
    result = ready("check", person, *NEWS, "--site", "demo")
    assert (result.exit_code, result.stdout.startswith(told)) == (code, True)


def test_a_person_may_be_named_by_key(ready, subscribed):
    assert ready("check", subscribed, *NEWS, "--site", "demo").exit_code == 0


def test_a_list_comes_with_every_row_and_a_count(ready, lists):
    result = ready(*lists)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["id"], row["allowed"]) for row in rows] == [
        ("ada@shop.example", True),
        ("nobody", False),
        ("bob@shop.example", False),
    ]
    assert "3 rows: 1 allowed, 1 denied, 1 invalid" in result.stderr


def test_a_list_goes_into_a_file_with_those_alone_who_may_be_written_to(ready, lists, tmp_path):
    out = tmp_path / "out.ndjson"
    result = ready(*lists, "--allowed", "--out", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == ["ada@shop.example"]


def test_a_refused_list_is_told_in_one_sentence(ready, lists):
    told = ready(*(("offers_emial" if part == "offers_email" else part) for part in lists)).stderr
    assert "the nearest is 'offers_email'; nothing was written" in told


def test_a_list_whose_summary_is_missing_is_not_handed_out(ready, refused, lists, tmp_path):
    def cut(environ, start_response):
        start_response("200 OK", [("Content-Type", "application/x-ndjson")])
        return [b'{"n":1,"id":"ada@shop.example","allowed":true,"reason":"granted"}\n']

    out = tmp_path / "out"
    out.write_text("the list of yesterday")
    with serving(with_chunks(cut)) as address:
        for options in ((), ("--out", out)):
            result = ready(*lists[:-1], address, *options)
            assert (result.exit_code, result.stdout) == (2, "")
            assert "ends without its summary; nothing was written" in result.stderr
    assert out.read_text() == "the list of yesterday"
    assert not [path for path in tmp_path.iterdir() if "partial" in path.name]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "either a PERSON or a --file"),
        (("ada@shop.example",), "name a --site"),
        (("ada@shop.example", "--site", "nowhere"), "there is no site 'nowhere'"),
        (("nobody@", "--site", "demo"), "expected an e-mail address"),
        (("--file", "/nowhere"), "--file"),
        (("--file", SITES / "demo.toml"), "--key-file"),
        (("--file", SITES / "demo.toml", "--key-file", SITES / "demo.toml"), "holds no key"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(ready, refused, arguments, message):
    assert message in refused(ready("check", *NEWS, *arguments))
