"""The environment that the application gets: every byte of every header as it came, and one spelling of a path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.front.wsgi_environ import build_environ, is_spelled_right

VALUES = st.binary(max_size=60)
NAMES = st.from_regex(rb"\Ax-[a-z0-9-]{1,20}\Z")


def scope(path=b"/consent/", headers=(), query=b""):
    return {
        "type": "http",
        "method": "GET",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", "8000"),
        "client": ("127.0.0.1", "5000"),
        "path": path.decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": query,
        "headers": list(headers),
    }


@given(NAMES, VALUES)
def test_no_byte_of_a_header_is_lost(name, value):
    environ = build_environ(scope(headers=[(name, value)]))
    assert environ["HTTP_" + name.decode().upper().replace("-", "_")].encode("latin-1") == value


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_cookies_sent_in_several_headers_are_all_there(values):
    environ = build_environ(scope(headers=[(b"cookie", value) for value in values]))
    assert environ["HTTP_COOKIE"].encode("latin-1") == b"; ".join(values)


def test_headers_that_come_twice_are_joined():
    environ = build_environ(scope(headers=[(b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"2.2.2.2")]))
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.1.1.1,2.2.2.2"


@pytest.mark.parametrize("name", [b"x_forwarded_for", b"x-forwarded_for", b"host_", b"_", b"content_length"])
def test_a_header_name_with_an_underscore_is_dropped(name):
    assert set(build_environ(scope(headers=[(name, b"1")]))) == set(build_environ(scope()))


def test_the_length_of_a_body_that_was_taken_in_is_told_and_not_how_it_was_sent():
    sent = [(b"transfer-encoding", b"chunked"), (b"content-length", b"99"), (b"content-type", b"text/plain")]
    environ = build_environ(scope(headers=sent), length=3)
    assert (environ["CONTENT_LENGTH"], environ["CONTENT_TYPE"]) == ("3", "text/plain")
    assert "HTTP_TRANSFER_ENCODING" not in environ


@pytest.mark.parametrize(
    "path",
    [
        b"/",
        b"/consent/",
        b"/consent/choice",
        b"/v1/subjects/1.abc-_",
        b"/.well-known/gpc.json",
        b"/v1/exports/a/b.csv",
    ],
)
def test_the_one_spelling_of_a_path_is_answered(path):
    assert is_spelled_right(path)


@pytest.mark.parametrize(
    "path",
    [
        *(b"//metrics", b"/consent//choice", b"/consent/%63hoice", b"/consent%2Fchoice", b"/metrics%00", b"/a/./b"),
        *(b"/consent/../metrics", b"/.", b"/..", b"", b"metrics", b"/caf\xc3\xa9", b"/a b", b"/consent/choice%2F"),
        *(b"/consent/u//x", b"*", b"http://h/consent/"),
    ],
)
def test_any_other_spelling_of_a_path_is_nowhere(path):
    assert not is_spelled_right(path)


def test_what_a_mail_program_added_to_a_link_comes_through():
    assert is_spelled_right(b"/consent/u/abc%0D%0A%20def%3E")
