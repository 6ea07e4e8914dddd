"""Links that operators may write into site files."""

import pytest

from consent_service.domain.basics.safe_link import is_safe_link, leads_nowhere


@pytest.mark.parametrize(
    "link",
    [
        "https://shop.example/privacy",
        "http://shop.example",
        "https://shop.example:8443/a?b=c#d",
        "/",
        "/privacy?lang=de",
    ],
)
def test_http_and_paths_are_safe(link: str) -> None:
    assert is_safe_link(link)


@pytest.mark.threat("T17")
@pytest.mark.parametrize(
    "link",
    [
        *(
            "",
            "privacy",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
        ),
        *("JaVaScRiPt:alert(1)", " https://shop.example", "https://shop.example/a b", "java\tscript:x", "https:///x"),
        *(
            "https://user:pass@shop.example",
            "https://shop.example\n",
            "/a\x00",
            "mailto:a@b.example",
            "https://",
            "/<b>",
        ),
        *('/"onclick="x', "https://[::1", "ftp://shop.example", "https:shop.example", "file:///etc/passwd", "/\u2028"),
    ],
)
def test_everything_else_is_refused(link: str) -> None:
    assert not is_safe_link(link)


@pytest.mark.parametrize(
    ("link", "nowhere"),
    [
        *[(link, True) for link in ("", " ", "#", "#privacy", "/", "/#", "/#privacy", "https://[x")],
        *[(link, True) for link in ("https://example.com/privacy", "https://privacy.invalid/")],
        *[(link, False) for link in ("/privacy", "/privacy#cookies", "https://shop.example/privacy")],
    ],
)
def test_a_link_may_end_nowhere(link: str, nowhere: bool) -> None:
    assert leads_nowhere(link) is nowhere
