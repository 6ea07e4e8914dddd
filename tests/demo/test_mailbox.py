"""The demo's mailbox: every message as text, whatever stands in it, and no file but messages."""

import pytest

from consent_service.demo.mailbox import MAX_SHOWN, read_letters

HOSTILE = """</p><script>alert(1)</script><img src=x onerror=alert(1)>
javascript:alert(1) data:text/html,x
https://shop.example/"onmouseover="alert(1) http://<b>
"""
NAME = "20260101T120000Z-0123456789abcdef.eml"


def page(browser, path="/mailbox"):
    response = browser.get(path)
    assert response.status_code == 200
    return response.text


def test_an_empty_mailbox_says_how_a_message_gets_there(browser):
    shown = page(browser)
    assert "It is empty. Ask for the newsletter at the foot of any page." in shown
    assert '<a href="/mailbox">load the mailbox again</a>' in shown


def test_the_newest_message_stands_first(browser, write):
    for name in ("ada", "bilal", "chiara"):
        write(f"{name}@shopper.example", subject=f"For {name}")
    shown = page(browser)
    assert shown.index("For chiara") < shown.index("For bilal") < shown.index("For ada")
    assert "It is empty" not in shown


def test_only_the_newest_messages_are_shown(mailbox, write):
    names = [write("ada@shopper.example").name for _ in range(MAX_SHOWN + 2)]
    assert [letter.name for letter in read_letters(mailbox)] == names[:1:-1]


def test_a_message_shows_its_headers_and_links(browser, write):
    file = write("ada@shopper.example", subject="Grüße", text="Please confirm:\nhttp://127.0.0.1:8000/consent/c/abc\n")
    shown = page(browser, f"/mailbox/{file.name}")
    assert "<h1>Grüße</h1>" in shown
    assert "<dt>To</dt><dd>ada@shopper.example</dd>" in shown
    assert '<a href="http://127.0.0.1:8000/consent/c/abc">http://127.0.0.1:8000/consent/c/abc</a>' in shown


def test_what_stands_in_a_message_is_text_and_never_markup(browser, write):
    file = write("ada@shopper.example", subject="<script>alert(1)</script>", text=HOSTILE)
    for shown in (page(browser), page(browser, f"/mailbox/{file.name}")):
        assert "<script" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<img src=x" not in shown
    assert '"onmouseover' not in shown
    assert 'href="javascript' not in shown
    assert 'href="data' not in shown


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: \xff\xfe\r\nTo: <<<@>>>\r\nDate: never\r\n\r\n\xff",
        b"Subject: =?nonsense?Q?=41?=\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nGood morning",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nGood morning\r\n--b--\r\n",
        b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%",
        b"To: " + b"a" * 100_000 + b"\r\n\r\n",
    ],
)
def test_a_message_that_is_none_breaks_no_page(browser, mailbox, content):
    mailbox.mkdir()
    (mailbox / NAME).write_bytes(content)
    page(browser)
    page(browser, f"/mailbox/{NAME}")
    page(browser, "/campaign")


@pytest.mark.parametrize(
    "name",
    [
        "secret.eml",
        NAME,
        f"../{NAME}",
        f"..%2F{NAME}",
        f"%2e%2e/{NAME}",
        f"x%00{NAME}",
        f"{NAME}%0A",
        f"{NAME}/",
        f"/{NAME}",
        NAME.replace("eml", "part"),
        NAME.replace("0", "٠"),
        "..",
    ],
)
def test_no_file_but_a_message_of_the_mailbox_is_read(browser, mailbox, name):
    mailbox.mkdir()
    (mailbox / "secret.eml").write_text("Subject: Secret\n\nSecret")
    (mailbox.parent / NAME).write_text("Subject: Secret\n\nSecret")
    response = browser.get(f"/mailbox/{name}")
    assert response.status_code in (404, 308)
    assert "Secret" not in response.text
