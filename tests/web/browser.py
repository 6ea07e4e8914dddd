"""A browser without scripts: keeps cookies, says where its forms come from, and looks at every answer it gets."""

from typing import Any

import webtest
from webtest import TestResponse

from tests.web.page_rules import fragment_faults, page_faults

COOKIE_NAMES = ("consent", "__Host-consent")
READING = ("GET", "HEAD", "OPTIONS", "TRACE")


class Browser(webtest.TestApp):  # type: ignore[misc]
    """A visitor's browser at one origin; ``headers`` go with every request.

    With an empty Sec-Fetch-Site it is one that never says where a form comes from.
    """

    __test__ = False

    def __init__(self, app: Any, origin: str, **headers: str) -> None:
        scheme, _, host = origin.partition("://")
        sent = {"Sec-Fetch-Site": "same-origin", **headers}
        environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in sent.items() if value}
        super().__init__(app, extra_environ={"wsgi.url_scheme": scheme, "HTTP_HOST": host, **environ})
        self.origin = origin

    def do_request(self, req: Any, status: Any = None, expect_errors: bool | None = None) -> TestResponse:
        if "HTTP_SEC_FETCH_SITE" not in self.extra_environ:
            req.environ.pop("HTTP_REFERER", None)  # WebTest adds it to forms and links
        answer = super().do_request(req, status, expect_errors)
        assert not (req.method in READING and answer.headers.getall("Set-Cookie")), "reading set a cookie"
        assert answer.status_int < 500 or expect_errors or status, answer
        if answer.content_type == "text/html" and answer.text:
            faults = page_faults(answer.text) if answer.text.startswith("<!doctype") else fragment_faults(answer.text)
            assert not faults, (req.path, faults)
        return answer

    def set_cookie(self, name: str, value: str) -> None:
        """Keep a cookie as if the site had set it, with exactly this value."""
        super().set_cookie(name, "x")
        for cookie in self.cookiejar:
            cookie.value = value if cookie.name == name else cookie.value

    @property
    def cookie(self) -> str:
        """The text of the visitor cookie, or nothing."""
        return next((self.cookies[name] for name in COOKIE_NAMES if name in self.cookies), "")

    @property
    def visitor(self) -> str:
        """The visitor's id as the cookie tells it."""
        return self.cookie.split(".")[2]

    @property
    def letters(self) -> str:
        """The letters of what the cookie says is allowed."""
        return self.cookie.split(".")[1]

    def banner(self, **parameters: str) -> TestResponse:
        """Fetch the fragment as the shop's page would."""
        return self.get("/consent/banner", parameters)

    def asked(self, **parameters: str) -> list[str]:
        """List the purposes that the banner asks for."""
        return [box["value"] for box in self.banner(**parameters).html.select("input[name=p]")]

    def press(self, button: str, *ticked: str, **headers: str) -> TestResponse:
        """Press a button of the banner; for save with these boxes ticked."""
        forms = self.banner().forms
        form = forms[1] if button == "save" else forms[0]
        for box in form.fields.get("p", []):
            box.checked = box._value in ticked
        return form.submit("choice", value=button, headers=headers or None)

    def settle(self, button: str = "save", **answers: str) -> TestResponse:
        """Answer yes or no for purposes on the settings page and press a button."""
        form = self.get("/consent/").forms["choice"]
        for purpose, answer in answers.items():
            form[f"p.{purpose}"] = answer
        return form.submit("choice", value=button)

    def digest(self) -> str:
        """Read the digest of the notice on the settings page."""
        text: str = self.get("/consent/").forms["choice"]["notice"].value
        return text

    def post_choice(self, fields: Any, *, status: Any = None, **headers: str) -> TestResponse:
        """Post a choice as nobody's form says it; ``fields`` as urlencode takes them."""
        return self.post("/consent/choice", fields, headers=headers or None, status=status or "*")
