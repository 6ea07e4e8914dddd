"""Texts of a site file are data: whatever they hold, pages show it as text and grow no element or attribute."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import html5lib
import pytest

from consent_service.domain.site.site import Site
from consent_service.site_files.site_file import read_site
from consent_service.storage.ledger.packed_values import unpack_record_id
from consent_service.texts import read_interface_texts
from tests.web.page_rules import fragment_faults, page_faults
from tests.web.raw import raw_request
from tests.web.service import SITES, Service

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)//",
    "</title><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><a xlink:href=javascript:alert(1)>x",
    "<math><mi xlink:href=data:x,alert(1)>",
    "<iframe srcdoc='<script>x</script>'>",
    '"><b id=main>',
    "'><b id=main>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    '" style="position:fixed',
    "` onclick=alert(1) `",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "&quot; onclick=&quot;x",
    "<!--",
    "-->",
    "<![CDATA[",
    "</p></div></form></section></main></body></html>",
    "<form action=//evil.example>",
    "<input name=choice value=accept>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<a href=javascript:alert(1)>x</a>",
    "<plaintext>",
    "<textarea>",
    "<template><script>x",
    "<noscript><p title='</noscript><img src=x onerror=x>'>",
    "{{7*7}}",
    "{{ config }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{# gone #}",
    "{shop}{purposes}{n}",
    "{0.__class__}",
    "%s%n%x",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "\\u003cscript\\u003e",
    "\u202ereversed",
    "\u2028line",
    "a\x1b[31mb",
    "x" * 3000,
]
CLOSED = {
    *("id", "key", "letter", "languages", "origins", "trusted_origins", "kind", "role", "channel", "category"),
    *("duration", "retention", "recipients", "data", "domain", "path", "shop_path", "url", "policy", "claims"),
    *("theme", "clock", "requests"),
}
"""Fields that the site check holds to a closed form; everything else is somebody's text."""
PAGES = ("/consent/banner", "/consent/", "/consent/cookies", "/consent/history", "/consent/nothing")


def with_text(value: object, text: str) -> object:
    """Put a text into every text field, however deep."""
    if is_dataclass(value) and not isinstance(value, type):
        open_fields = [one.name for one in fields(value) if one.name not in CLOSED]
        if isinstance(value, Site):
            open_fields += ["recipients", "retention"]
        return replace(value, **{name: with_text(getattr(value, name), text) for name in open_fields})
    if isinstance(value, dict):
        return {key: with_text(one, text) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(with_text(one, text) for one in value)
    return text if type(value) is str else value


def hostile(text: str) -> Site:
    """Make the demo shop with a text in place of all of its own and all of ours, in English."""
    changed = with_text(read_site(SITES / "demo.toml"), text)
    assert isinstance(changed, Site)
    policy = replace(changed.policy, title={"en": text}, version=text)
    return replace(
        changed, languages=("en",), policy=policy, texts={"en": dict.fromkeys(read_interface_texts()["en"], text)}
    )


def shape(body: bytes) -> Counter[tuple[str, tuple[str, ...]]]:
    """Count the elements of a document, each with the names of its attributes."""
    tree = html5lib.parse(body.decode(), namespaceHTMLElements=False)
    tags = ((e.tag, tuple(sorted(e.attrib))) for e in tree.iter() if isinstance(e.tag, str))
    return Counter(tags)


def comments(body: bytes) -> int:
    tree = html5lib.parse(body.decode(), namespaceHTMLElements=False)
    return sum(not isinstance(element.tag, str) for element in tree.iter())


def rendered(service: Service) -> Iterator[tuple[str, bytes]]:
    for path in PAGES:
        yield path, raw_request(service, path).body
    signalled = raw_request(service, "/consent/banner", headers=[("Sec-GPC", "1")])
    yield "under the signal", signalled.body
    digest = service.app.extensions["consent_service"].board.settings(service.demo, "en", signal=False).digest
    form = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "cross-site")]
    body = f"choice=accept&notice={digest}".encode()
    yield "foreign", raw_request(service, "/consent/choice", method="POST", headers=form, body=body).body
    form[1] = ("Sec-Fetch-Site", "same-origin")
    chosen = raw_request(service, "/consent/choice", method="POST", headers=form, body=body)
    cookie = [("Cookie", chosen.all("Set-Cookie")[0].partition(";")[0])]
    assert chosen.status == 303
    principal = f"demo/v/{cookie[0][1].split('.')[2]}"
    [(made,)] = service.resources.database.rows("SELECT id FROM record WHERE principal = ?", [principal])
    record = unpack_record_id(made)
    for path in ("/consent/banner", "/consent/?saved=1", "/consent/history", f"/consent/receipts/{record}"):
        at, _, query = path.partition("?")
        yield at.replace(record, "<record>") + " decided", raw_request(service, at, query=query, headers=cookie).body


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    return Service(tmp_path_factory.mktemp("texts"))


@pytest.fixture(scope="module")
def plain(stage):
    stage.demo = hostile("harmless")
    stage.start(stage.demo)
    return {name: (shape(body), comments(body)) for name, body in rendered(stage)}


def test_the_text_is_put_everywhere(stage, plain):
    assert len(plain) == 11
    for word in ("Willow", "Adspark", "Counts visits", "Cookie settings", "visit_"):
        assert not [name for name, body in rendered(stage) if word.encode() in body], word


@pytest.mark.threat("T17", "T18")
@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: ascii(payload)[:40])
def test_a_text_of_the_site_file_stays_text(stage, plain, payload):
    stage.demo = hostile(payload)
    stage.start(stage.demo)
    shown = 0
    for name, body in rendered(stage):
        assert (shape(body), comments(body)) == plain[name], name
        faults = page_faults(body.decode()) if body.startswith(b"<!doctype") else fragment_faults(body.decode())
        assert not [fault for fault in faults if "invalid-codepoint" not in fault], name
        tree = html5lib.parse(body.decode(), namespaceHTMLElements=False)
        shown += "".join(tree.itertext()).replace("\ufffd", "\0").count(payload)
    assert shown > 200
