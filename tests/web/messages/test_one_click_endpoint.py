"""One click: a bare POST from a mail program ends the messages, whatever its body is and whatever else is gone."""

import socket
from dataclasses import replace
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import DAY
from consent_service.domain.messages.link_token import LinkKind, LinkToken, write_base64url_token, write_token
from consent_service.domain.site.purpose import Channel
from consent_service.keys.secret_ring import create_link_secret
from consent_service.services.rights.erasing import erase_subject
from consent_service.storage.changes import find_head
from tests.web.newsletter import everything
from tests.web.raw import raw_request
from tests.web.reader import Reader, jobs
from tests.web.test_error_pages import spoil_database

NEWS, CARE = "offers_email", "care_email"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
MULTIPART = ("Content-Type", "multipart/form-data; boundary=b")
PAIR = b"List-Unsubscribe=One-Click"
PART = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'


@pytest.fixture
def anna(own_service):
    return Reader(own_service, "anna@home.example").say_yes(NEWS, CARE)


def click(service, path, body=PAIR, *headers, **changes):
    return raw_request(service, path, method="POST", body=body, headers=headers or (FORM,), **changes)


@pytest.mark.threat("T23")
@pytest.mark.parametrize(
    ("header", "body", "source"),
    [
        (FORM, PAIR, "one_click"),
        (MULTIPART, PART, "one_click"),
        (FORM, b"", "bare_post"),
        (("Content-Type", "text/plain"), b"hello", "bare_post"),
        (("Content-Type", "application/json"), b"{", "bare_post"),
        (("Content-Type", "\xff;=,"), b"\x00\xff" * 100, "bare_post"),
        (MULTIPART, b"no part at all", "bare_post"),
        (FORM, b"x=" + b"y" * 5_000_000, "bare_post"),
        (("Content-Length", ""), PAIR, "one_click"),
        (("Content-Length", "-1"), PAIR, "one_click"),
        (("Content-Length", "two"), PAIR, "one_click"),
        (("Content-Length", "0"), PAIR, "bare_post"),
    ],
)
def test_any_body_ends_the_messages_and_the_log_says_what_kind_it_was(own_service, anna, header, body, source):
    answer = click(own_service, anna.unsubscribe_path(NEWS), body, header)
    assert (answer.status, answer.body) == (200, b"You are unsubscribed.\n")
    assert anna.reasons(NEWS, CARE) == ["withdrawn", "granted"]
    assert own_service.resources.database.rows("SELECT source FROM change ORDER BY seq DESC LIMIT 1") == [(source,)]


@pytest.mark.threat("T23")
def test_the_answer_sets_no_cookie_leads_nowhere_asks_for_no_login_and_is_not_kept(own_service, anna):
    cookie = ("Cookie", "__Host-consent=x; session=y")
    answer = click(own_service, anna.unsubscribe_path(NEWS), PAIR, FORM, cookie, ("Origin", "https://mail.example"))
    names = {name.lower() for name, _ in answer.headers}
    assert answer.status == 200
    assert not names & {"set-cookie", "location", "www-authenticate", "refresh"}
    assert (answer.all("Cache-Control"), answer.all("X-Robots-Tag")) == (["no-store"], ["noindex"])


@pytest.mark.parametrize("end", ["", "/"])
def test_a_trailing_slash_is_answered_and_not_sent_on(own_service, anna, end):
    answer = click(own_service, anna.unsubscribe_path(NEWS) + end)
    assert (answer.status, anna.reasons(NEWS)) == (200, ["withdrawn"])


@pytest.mark.threat("T23")
def test_a_thousand_repeats_are_one_record_and_one_change(own_service, anna):
    records, changes = anna.records(), find_head(own_service.resources.database, "demo")
    for _ in range(1000):
        own_service.clock.advance(1_000_000)
        assert click(own_service, anna.unsubscribe_path(NEWS)).status == 200
    assert anna.records() == records + 1
    assert find_head(own_service.resources.database, "demo") == changes + 1


@pytest.mark.one_file
def test_the_next_check_of_another_worker_already_says_no(own_service, anna, tmp_path):
    other = type(own_service)(tmp_path)
    click(own_service, anna.unsubscribe_path(NEWS))
    assert Reader(other, "anna@home.example").reasons(NEWS) == ["withdrawn"]


def test_a_link_whose_topic_is_gone_ends_its_channel_and_later_everything(own_service, anna):
    anna.say_yes("opens_email", "offers_sms")
    path = anna.unsubscribe_path(NEWS)
    demo = own_service.demo
    own_service.start(replace(demo, purposes=tuple(p for p in demo.purposes if p.key != NEWS)))
    assert click(own_service, path).status == 200
    assert anna.reasons(CARE, "opens_email", "offers_sms") == ["withdrawn", "withdrawn", "granted"]
    own_service.start(replace(demo, purposes=tuple(p for p in demo.purposes if p.channel is not Channel.EMAIL)))
    assert click(own_service, path).status == 200
    assert anna.reasons("offers_sms") == ["withdrawn"]


def test_a_link_works_when_the_site_has_no_messages_left(own_service, anna):
    path = anna.unsubscribe_path(NEWS)
    own_service.start(replace(own_service.demo, purposes=own_service.demo.purposes[:1], messages=None))
    assert click(own_service, path).status == 200


def test_a_link_works_for_a_person_who_was_erased_and_collects_nothing_again(own_service, anna):
    erase_subject(own_service.resources, anna.site, anna.principal, "key:x")
    before = everything(own_service)
    assert click(own_service, anna.unsubscribe_path(NEWS)).status == 200
    assert everything(own_service) == before
    assert anna.reasons(NEWS) == ["blocked_erased"]


def test_a_link_of_an_older_secret_works_after_a_new_one_signs(own_service, anna):
    path = anna.unsubscribe_path(NEWS)
    create_link_secret(own_service.settings.keys)
    assert anna.unsubscribe_path(NEWS) != path
    assert click(own_service, path).status == 200
    assert anna.reasons(NEWS) == ["withdrawn"]


@pytest.mark.threat("T23")
def test_a_link_never_ends_and_works_after_ten_years(own_service, anna):
    path = anna.unsubscribe_path(NEWS)
    own_service.clock.advance(10 * 365 * DAY)
    anna.say_yes(NEWS)
    assert click(own_service, path).status == 200
    assert anna.reasons(NEWS) == ["withdrawn"]


@pytest.mark.threat("T21")
@pytest.mark.parametrize(
    "body",
    [
        b"act=save&shown=care_email&p.care_email=yes&shown=offers_email&p.offers_email=yes",
        b"from=page&answer=confirm&p=care_email",
        b"List-Unsubscribe=Resubscribe",
    ],
)
def test_an_unsubscribe_link_raises_nothing_whatever_is_posted_to_it(own_service, body):
    ben = Reader(own_service, "ben@home.example").keep_address()
    assert click(own_service, ben.unsubscribe_path(NEWS), body).status == 200
    assert ben.reasons(NEWS, CARE) == ["withdrawn", "never_asked"]
    assert jobs(own_service) == []


def forged(anna):
    """List links that are nobody's: cut, changed, of another kind, person, scope or site."""
    token = anna.unsubscribe_path(NEWS).rpartition("/")[2]
    secrets = anna.resources.keys.secrets.links
    other = Reader(anna.service, "ben@home.example").unsubscribe_path(NEWS).rpartition("/")[2]
    link = LinkToken(LinkKind.UNSUBSCRIBE, anna.key, Channel.EMAIL)
    return {
        "empty": "",
        "short": token[:-1],
        "long": token + "A",
        "changed": ("B" if token[0] == "A" else "A") + token[1:],
        "changed at the end": token[:-1] + ("B" if token[-1] == "A" else "A"),
        "another person's content": other[:27] + token[27:],
        "another scope": anna.unsubscribe_path(CARE).rpartition("/")[2][:27] + token[27:],
        "another site": write_base64url_token(write_token(secrets, "silverlark", link)),
        "another secret": write_base64url_token(write_token({1: b"x" * 32}, "demo", link)),
        "of the preference centre": anna.centre_path.rpartition("/")[2],
        "no token": "../../etc/passwd",
        "not ASCII": "\xe4" * 48,
    }


@pytest.mark.threat("T21")
def test_forged_and_swapped_links_all_get_the_same_bytes_and_change_nothing(own_service, anna):
    links = forged(anna)
    before = everything(own_service)
    answers = {
        name: click(own_service, f"/consent/u/{token}") for name, token in links.items() if "/" not in token and token
    }
    assert len({(answer.status, answer.body) for answer in answers.values()}) == 1
    assert {answer.status for answer in answers.values()} == {404}
    assert everything(own_service) == before


@pytest.mark.one_file
def test_a_disk_that_takes_nothing_is_told_so_that_it_is_tried_again(own_service, anna):
    path = anna.unsubscribe_path(NEWS)
    spoil_database(own_service)
    answer = click(own_service, path)
    assert (answer.status, answer.all("Retry-After")) == (503, ["2"])


def test_an_unknown_host_does_nothing(own_service, anna):
    answer = click(own_service, anna.unsubscribe_path(NEWS), host="elsewhere.example")
    assert (answer.status, anna.reasons(NEWS)) == (400, ["granted"])


def test_no_rate_limit_stands_in_the_way_of_good_links(own_service, anna):
    for number in range(200):
        reader = Reader(own_service, f"reader{number}@home.example")
        assert click(own_service, reader.unsubscribe_path()).status == 200


class Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):  # noqa: A002
        """Say nothing."""


def test_a_body_in_chunks_over_a_socket_ends_the_messages(own_service, anna):
    with make_server("127.0.0.1", 0, own_service, handler_class=Quiet) as server:
        port = server.server_address[1]
        thread = Thread(target=server.handle_request)
        thread.start()
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            head_ = f"POST {anna.unsubscribe_path(NEWS)} HTTP/1.1\r\nHost: localhost:{port}\r\n"
            line.sendall(f"{head_}Transfer-Encoding: chunked\r\n\r\n1a\r\n".encode() + PAIR + b"\r\n0\r\n\r\n")
            line.shutdown(socket.SHUT_WR)
            answer = line.makefile("rb").readline()
        thread.join(10)
    assert b" 200 " in answer
    assert anna.reasons(NEWS) == ["withdrawn"]


def test_no_key_of_the_api_is_of_use_here(own_service, anna):
    key = own_service.key(scopes=list(Scope))
    answer = click(own_service, "/consent/u/nobody", PAIR, FORM, ("Authorization", f"Bearer {key}"))
    assert answer.status == 404


def test_a_link_that_cannot_be_checked_because_its_secret_is_gone_is_to_be_tried_again(own_service, anna):
    path = anna.unsubscribe_path(NEWS)
    for secret in own_service.settings.keys.glob("link-*.secret"):
        secret.unlink()
    answer = click(own_service, path)
    assert (answer.status, answer.all("Retry-After")) == (503, ["2"])
