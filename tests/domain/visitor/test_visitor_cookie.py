"""The visitor cookie: one text for each content, and nothing else is one."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.visitor.visitor_cookie import (
    VisitorCookie,
    name_cookie,
    parse_visitor_cookie,
    read_only_value,
)

VISITOR = "A" * 21 + "Q"
KID = "k" * 43
SIGNATURE = "s" * 86
GOOD = f"v1.am.{VISITOR}.7.1767268800.{KID}.{SIGNATURE}"
NAME = "__Host-consent"


def base64url(length: int) -> st.SearchStrategy[str]:
    raw = st.binary(min_size=length, max_size=length)
    return raw.map(lambda value: base64.urlsafe_b64encode(value).rstrip(b"=").decode())


COOKIES = st.builds(
    VisitorCookie,
    letters=st.sets(st.sampled_from("abcdefghijklmnopqrstuvwxyz")).map(lambda letters: "".join(sorted(letters))),
    visitor=base64url(16),
    seq=st.integers(1, 999_999_999),
    issued=st.integers(100_000_000, 99_999_999_999),
    kid=base64url(32),
)


@given(COOKIES, base64url(64))
def test_every_content_is_read_back_from_its_text(cookie, signature):
    assert parse_visitor_cookie(f"{cookie.text()}.{signature}") == cookie


@given(COOKIES, COOKIES)
def test_each_content_has_a_text_of_its_own(one, other):
    assert (one.text() == other.text()) == (one == other)


def test_the_text_is_laid_out_for_a_proxys_regular_expression():
    cookie = VisitorCookie("am", VISITOR, 7, 1_767_268_800, KID)
    assert f"{cookie.text()}.{SIGNATURE}" == GOOD
    assert VisitorCookie("", VISITOR, 7, 1_767_268_800, KID).text().startswith("v1.-.")


HOSTILE = {
    "empty": "",
    "truncated": GOOD[:-1],
    "longer": GOOD + "s",
    "8 KB": GOOD + "s" * 8192,
    "8 KB of letters": GOOD.replace("am", "a" * 8192),
    "quoted": f'"{GOOD}"',
    "leading space": f" {GOOD}",
    "trailing newline": f"{GOOD}\n",
    "carriage return": f"{GOOD}\r",
    "NUL": GOOD.replace("am", "a\0"),
    "other version": GOOD.replace("v1", "v2"),
    "upper case version": GOOD.replace("v1", "V1"),
    "letters unsorted": GOOD.replace("am", "ma"),
    "letters twice": GOOD.replace("am", "aa"),
    "letters upper case": GOOD.replace("am", "AM"),
    "letters and none": GOOD.replace("am", "-a"),
    "two nones": GOOD.replace("am", "--"),
    "no letters": GOOD.replace("am", ""),
    "27 letters": GOOD.replace("am", "abcdefghijklmnopqrstuvwxyzz"),
    "letters of another alphabet": GOOD.replace("am", "\u0430"),
    "visitor too short": GOOD.replace(VISITOR, VISITOR[1:]),
    "visitor with spare bits": GOOD.replace(VISITOR, VISITOR[:-1] + "R"),
    "visitor with padding": GOOD.replace(VISITOR, VISITOR[:-1] + "="),
    "seq zero": GOOD.replace(".7.", ".0."),
    "seq with a leading zero": GOOD.replace(".7.", ".07."),
    "seq negative": GOOD.replace(".7.", ".-7."),
    "seq with a plus": GOOD.replace(".7.", ".+7."),
    "seq huge": GOOD.replace(".7.", ".9999999999."),
    "seq in other digits": GOOD.replace(".7.", ".\u0667."),
    "seq with underscore": GOOD.replace(".7.", ".1_0."),
    "issued with a leading zero": GOOD.replace("1767268800", "01767268800"),
    "issued huge": GOOD.replace("1767268800", "9" * 20),
    "issued as a fraction": GOOD.replace("1767268800", "1767268.8"),
    "kid too short": GOOD.replace(KID, KID[1:]),
    "signature in plain base64": GOOD.replace(SIGNATURE, "+" * 86),
    "part missing": GOOD.replace(".1767268800", ""),
    "part too many": GOOD.replace("am", "am.am"),
    "other separator": GOOD.replace(".", "|"),
    "percent encoded": GOOD.replace(".", "%2E"),
    "ideographic full stop": GOOD.replace(".", "\u3002"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_anything_but_the_one_exact_form_is_no_cookie(text):
    assert text != GOOD
    assert parse_visitor_cookie(text) is None


@given(st.integers(0, len(GOOD)), st.characters())
def test_a_character_put_in_anywhere_never_reads_as_the_same_content(place, character):
    changed = GOOD[:place] + character + GOOD[place:]
    assert parse_visitor_cookie(changed) != parse_visitor_cookie(GOOD)


@given(st.text(max_size=600))
def test_reading_never_fails(text):
    parse_visitor_cookie(text)
    read_only_value(text, NAME)


def test_the_name_binds_the_cookie_to_the_host_over_https():
    assert (name_cookie(secure=True), name_cookie(secure=False)) == ("__Host-consent", "consent")


@pytest.mark.parametrize(
    "header",
    [
        f"{NAME}={GOOD}",
        f"a=1; {NAME}={GOOD}; b=2",
        f"a=1;{NAME}={GOOD}",
        f"a=1;\t {NAME}={GOOD}\t",
        f"consent=other; {NAME}={GOOD}",
        f"{NAME}2=other; x{NAME}=other; {NAME}={GOOD}",
        f"a={NAME}; {NAME}={GOOD}",
        f";;; {NAME}={GOOD};",
        f"{NAME}; {NAME}={GOOD}",
    ],
)
def test_the_value_is_found_among_other_cookies(header):
    assert read_only_value(header, NAME) == GOOD


@pytest.mark.threat("T11")
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        NAME,
        "a=1",
        f"{NAME}={GOOD}; {NAME}={GOOD}",
        f"{NAME}={GOOD}; {NAME}=other",
        f"{NAME}=; {NAME}={GOOD}",
        f"={NAME}={GOOD}",
        f"\u2000{NAME}={GOOD}",
        f"\u00a0{NAME}={GOOD}",
        f"\u3000{NAME}={GOOD}",
        f"\x0b{NAME}={GOOD}",
        f"\x0c{NAME}={GOOD}",
        f"\x85{NAME}={GOOD}",
        f"\ufeff{NAME}={GOOD}",
        f"{NAME} ={GOOD}",
        f"{NAME.lower()}={GOOD}",
        f"{NAME.upper()}={GOOD}",
        f"%5f%5fHost-consent={GOOD}",
        f'"{NAME}"={GOOD}',
        f"$Version=1, {NAME}={GOOD}",
        f"a=1, {NAME}={GOOD}",
    ],
    ids=ascii,
)
def test_a_cookie_that_is_absent_twice_or_under_another_name_has_no_value(header):
    assert read_only_value(header, NAME) is None


@pytest.mark.threat("T11")
@pytest.mark.parametrize("wrapped", ['"{}"', "{};$Path=/", "$Version=1;{}"])
def test_old_cookie_syntax_makes_no_cookie_of_something_else(wrapped):
    value = read_only_value(f"{NAME}=" + wrapped.format(GOOD), NAME)
    assert value is None or parse_visitor_cookie(value) in (None, parse_visitor_cookie(GOOD))
