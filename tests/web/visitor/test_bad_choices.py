"""Bad forms: a clear error, the input kept, nothing recorded, and never an allow."""

import ast
from urllib.parse import urlencode

import pytest

from consent_service.texts import read_interface_texts
from tests.structure.source_tree import ROOT
from tests.web.service import TEXT

ALL = ["preferences", "analytics", "marketing"]
REFUSED = dict.fromkeys(ALL, "refused")
HERE = "notice of the settings page"
SILVERLARKS = "notice of another shop"

BAD = {
    "nothing": ([], 400, "choice.missing"),
    "only a notice": ([("notice", HERE)], 400, "choice.missing"),
    "an empty button": ([("choice", ""), ("notice", HERE)], 400, "choice.missing"),
    "an unknown button": ([("choice", "yes please"), ("notice", HERE)], 400, "choice.unknown"),
    "a button in capitals": ([("choice", "ACCEPT"), ("notice", HERE)], 400, "choice.unknown"),
    "a button with NUL": ([("choice", "accept\0"), ("notice", HERE)], 400, "choice.unknown"),
    "two buttons": ([("choice", "accept"), ("choice", "reject"), ("notice", HERE)], 400, "choice.contradictory"),
    "two notices": ([("choice", "accept"), ("notice", HERE), ("notice", "0" * 64)], 400, "choice.contradictory"),
    "accept all and a tick": (
        [("choice", "accept"), ("p", "analytics"), ("notice", HERE)],
        400,
        "choice.contradictory",
    ),
    "yes and no at once": (
        [("choice", "save"), ("p.analytics", "yes"), ("p.analytics", "no"), ("notice", HERE)],
        400,
        "choice.both_answers",
    ),
    "a tick and a no": (
        [("choice", "save"), ("p", "analytics"), ("p.analytics", "no"), ("notice", HERE)],
        400,
        "choice.both_answers",
    ),
    "neither yes nor no": ([("choice", "save"), ("p.analytics", "on"), ("notice", HERE)], 400, "choice.unknown_answer"),
    "an empty answer": ([("choice", "save"), ("p.analytics", ""), ("notice", HERE)], 400, "choice.unknown_answer"),
    "no notice": ([("choice", "accept")], 409, "notice.changed"),
    "an unknown notice": ([("choice", "accept"), ("notice", "0" * 64)], 409, "notice.changed"),
    "a shortened notice": ([("choice", "accept"), ("notice", HERE[:-1])], 409, "notice.changed"),
    "a notice with control characters": ([("choice", "accept"), ("notice", "\0\x1b[31m\r\n")], 409, "notice.changed"),
    "the notice of another shop": ([("choice", "accept"), ("notice", SILVERLARKS)], 409, "notice.changed"),
    "an unknown purpose": ([("choice", "save"), ("p", "tracking"), ("notice", HERE)], 400, "choice.unknown_purpose"),
    "an unknown radio": ([("choice", "save"), ("p.tracking", "no"), ("notice", HERE)], 400, "choice.unknown_purpose"),
    "a purpose without a name": ([("choice", "save"), ("p.", "yes"), ("notice", HERE)], 400, "choice.unknown_purpose"),
    "another shop's purpose": (
        [("choice", "save"), ("p", "advertising"), ("notice", HERE)],
        400,
        "choice.unknown_purpose",
    ),
    "necessary refused": ([("choice", "save"), ("p.necessary", "no"), ("notice", HERE)], 400, "choice.unknown_purpose"),
    "necessary accepted": ([("choice", "save"), ("p", "necessary"), ("notice", HERE)], 400, "choice.unknown_purpose"),
    "messages accepted": ([("choice", "save"), ("p", "offers_email"), ("notice", HERE)], 400, "choice.unknown_purpose"),
    "a purpose with NUL": ([("choice", "save"), ("p", "analytics\0"), ("notice", HERE)], 400, "choice.unknown_purpose"),
    "withdrawing the unknown": ([("choice", "withdraw"), ("p", "x"), ("notice", HERE)], 400, "choice.unknown_purpose"),
    "101 fields": ([("choice", "accept"), *[("x", "y")] * 99, ("notice", HERE)], 400, "choice.too_many_fields"),
    "8,000 empty fields": ([("", "")] * 8000, 400, "choice.too_many_fields"),
    "markup everywhere": (
        [("choice", "save"), ('p.<b id="x">', "<script>"), ("notice", HERE)],
        400,
        "choice.unknown_answer",
    ),
}


@pytest.fixture
def notices(browser, secure_browser):
    return {HERE: browser.digest(), HERE[:-1]: browser.digest()[:-1], SILVERLARKS: secure_browser.digest()}


@pytest.mark.parametrize(("fields", "status", "code"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("before", [None, "reject"])
def test_a_bad_form_is_shown_again_and_records_nothing(service, browser, notices, fields, status, code, before):
    if before:
        browser.press(before)
    stored, cookie = service.stored(), browser.cookie
    answer = browser.post_choice([(name, notices.get(value, value)) for name, value in fields])
    assert answer.status_int == status
    summary = answer.html.find(role="alert")
    assert summary.a.get_text() == TEXT(f"errors.{code}")
    assert answer.html.find(id=summary.a["href"][1:])
    assert answer.html.form["action"] == "/consent/choice"
    assert not answer.headers.getall("Set-Cookie")
    assert (service.stored(), browser.cookie) == (stored, cookie)
    if before:
        assert service.reasons(browser) == REFUSED


def test_what_was_entered_is_kept(browser):
    fields = {"choice": "save", "p.analytics": "yes", "p.marketing": "perhaps", "notice": browser.digest()}
    answer = browser.post_choice(fields | {"return": "/basket"})
    form = answer.forms["choice"]
    assert form["p.analytics"].value == "yes"
    assert form["p.preferences"].value == "no"
    assert form["return"].value == "/basket"
    assert answer.html.find(id="p-marketing").find(class_="error").get_text() == TEXT("errors.choice.unknown_answer")


def test_the_form_shown_after_an_error_works(service, browser):
    answer = browser.post_choice({"choice": "accept", "notice": "0" * 64, "p.analytics": "yes"})
    assert answer.forms["choice"].submit("choice", value="save").status_int == 303
    assert service.reasons(browser) == REFUSED | {"analytics": "granted"}


def test_a_grant_on_an_unknown_form_leaves_what_was_granted_before(service, browser):
    browser.press("save", "analytics")
    assert browser.post_choice({"choice": "accept", "notice": "0" * 64}).status_int == 409
    assert service.reasons(browser) == REFUSED | {"analytics": "granted"}


URLENCODED = "application/x-www-form-urlencoded"
BODIES = {
    "10,000 fields": (urlencode([(f"p.{i}", "yes") for i in range(10_000)]).encode(), URLENCODED, 413),
    "a body of 16 kB and one byte": (b"choice=accept&x=" + b"y" * 16_369, URLENCODED, 413),
    "a body of a megabyte": (b"y" * 1_000_000, URLENCODED, 413),
    "JSON": (b'{"choice": "accept"}', "application/json", 415),
    "plain text": (b"choice=accept", "text/plain", 415),
    "XML": (b"<choice>accept</choice>", "text/xml", 415),
    "JSON said to be a form": (b'{"choice": "accept"}', URLENCODED, 400),
    "no body": (b"", URLENCODED, 400),
    "no content type": (b"choice=accept", "", 400),
    "broken UTF-8": (b"choice=accept%FF&notice=%C3%28&p=%80", URLENCODED, 400),
    "raw bytes": (bytes(range(256)), URLENCODED, 400),
    "another charset": (b"choice=%FF%FEa%00", f"{URLENCODED}; charset=utf-16", 400),
    "multipart without a boundary": (b"--x\r\n\r\n", "multipart/form-data", 400),
    "multipart cut short": (
        b'--x\r\nContent-Disposition: form-data; name="choice"\r\n\r\nacc',
        "multipart/form-data; boundary=x",
        400,
    ),
    "a part without a name": (
        b"--x\r\nContent-Disposition: form-data\r\n\r\naccept\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
        400,
    ),
    "a file for a notice": (
        (
            b'--x\r\nContent-Disposition: form-data; name="choice"\r\n\r\naccept\r\n'
            b'--x\r\nContent-Disposition: form-data; name="notice"; filename="n"\r\n\r\n0\r\n--x--\r\n'
        ),
        "multipart/form-data; boundary=x",
        409,
    ),
    "a file for a button": (
        b'--x\r\nContent-Disposition: form-data; name="choice"; filename="n"\r\n\r\naccept\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
        400,
    ),
    "300 parts": (
        b'--x\r\nContent-Disposition: form-data; name="p"\r\n\r\n\r\n' * 300 + b"--x--\r\n",
        "multipart/form-data; boundary=x",
        413,
    ),
}


@pytest.mark.threat("T31")
@pytest.mark.parametrize(("body", "content_type", "status"), BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_form_of_ours_is_refused_with_a_page(service, browser, body, content_type, status):
    browser.press("reject")
    before = service.stored()
    # As bytes in the environment, because WebTest would put a multipart body together anew.
    request = browser.RequestClass.blank("/consent/choice", browser.extra_environ, method="POST", body=body)
    request.content_type = content_type
    answer = browser.do_request(request, status="*")
    assert answer.status_int == status
    assert answer.html.h1.get_text()
    assert service.stored() == before
    assert service.reasons(browser) == REFUSED


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE"])
def test_other_methods_choose_nothing(service, browser, method):
    before = service.stored()
    query = urlencode({"choice": "accept", "notice": browser.digest()})
    answer = browser.request(f"/consent/choice?{query}", method=method, status="*")
    assert (answer.status_int, sorted(answer.headers["Allow"].split(", "))) == (405, ["OPTIONS", "POST"])
    assert service.stored() == before


def test_a_choice_in_the_address_is_no_choice(service, browser):
    before = service.stored()
    query = urlencode({"choice": "accept", "notice": browser.digest()})
    assert browser.post(f"/consent/choice?{query}", status="*").status_int == 400
    assert service.stored() == before


@pytest.mark.parametrize("host", ["shop.example", "", "localhost:0", "silverlark.example:8443", "a..b"])
def test_an_unknown_host_has_no_form(service, browser, host):
    before, digest = service.stored(), browser.digest()
    browser.extra_environ["HTTP_HOST"] = host
    answer = browser.post_choice({"choice": "accept", "notice": digest})
    assert (answer.status_int, answer.content_type) == (400, "text/plain")
    assert service.stored() == before


@pytest.mark.threat("T31")
def test_huge_headers_change_nothing(service, browser):
    huge = dict.fromkeys(("User-Agent", "Referer", "Accept-Language", "X-Anything"), "x" * 60000)
    browser.post_choice({"choice": "save", "p": "analytics", "notice": browser.digest()}, **huge)
    assert service.reasons(browser) == REFUSED | {"analytics": "granted"}


def codes_raised():
    for name in ("domain/visitor/choice.py", "web/visitor/choice_form.py", "web/visitor/choice_page.py"):
        for node in ast.walk(ast.parse((ROOT / "consent_service" / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ChoiceFault":
                yield from (one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant))


def test_every_fault_of_a_form_has_its_text_in_every_language():
    codes = {code for code in codes_raised() if isinstance(code, str)}
    assert codes == {code for _, _, code in BAD.values()}
    for language, texts in read_interface_texts().items():
        assert not [code for code in codes if f"errors.{code}" not in texts], language


def test_a_first_refusal_on_an_unknown_notice_shows_the_form_again(service, browser):
    answer = browser.post_choice([("choice", "reject"), ("notice", "0" * 64)])
    assert answer.status_int == 409
    assert not answer.headers.getall("Set-Cookie")


@pytest.mark.parametrize("fields", [[("choice", "reject")], [("choice", "save"), ("p.analytics", "no")]])
def test_a_no_on_an_unknown_notice_withdraws_however_often_it_is_sent(service, browser, fields):
    browser.press("accept")
    for _ in range(2):
        answer = browser.post_choice([*fields, ("notice", "0" * 64)])
        assert answer.status_int == 303
        assert answer.headers.getall("Set-Cookie")
        assert set(service.reasons(browser).values()) == {"withdrawn"}
