"""The service under test: the real application over a real SQLite file, with a clock that moves when told."""

from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import webtest

from consent_service.app import create_app
from consent_service.domain.api_key import Scope
from consent_service.domain.ledger.consent_record import ConsentRecord
from consent_service.domain.site.site import Site
from consent_service.services.ledger.reading_records import read_history
from consent_service.services.operator.issuing_keys import find_key, issue_key, revoke_key_of_site
from consent_service.settings import Settings
from consent_service.site_files.site_file import read_site
from consent_service.texts import Catalogue
from tests.cast import Clock, make_resources
from tests.web.browser import Browser

SITES = Path(__file__).resolve().parents[2] / "sites"
DEMO = "http://localhost:8000"
SILVERLARK = "https://silverlark.example"
SERVICE_ADDRESS = "http://127.0.0.9:8000"
TEXT = Catalogue().translator("en", {})
"""The interface texts of English."""
TABLES = ("record", "standing", "notice", "erasure")


class Service:
    """The application with the demo site on plain HTTP and a second shop on HTTPS, in one process."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        own_hosts = frozenset({urlsplit(SERVICE_ADDRESS).hostname or ""})
        self.settings = Settings(home=folder / "home", sites=SITES, own_hosts=own_hosts)
        self.resources = make_resources(folder, self.clock)
        self.demo = read_site(SITES / "demo.toml")
        self.silverlark = read_site(SITES / "silverlark.toml")
        self._labels = count()
        self.start(self.demo, self.silverlark)

    def start(self, *sites: Site) -> None:
        """Start the application again, over the same home, with these sites."""
        self.app = create_app(self.settings, self.resources, sites)
        self.sites = {site.id: site for site in sites}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request with the application as it was started last."""
        answer: Iterable[bytes] = self.app(environ, start_response)
        return answer

    def browser(self, origin: str = DEMO, **headers: str) -> Browser:
        """Open a browser that was never here before."""
        return Browser(self, origin, **headers)

    def client(self) -> webtest.TestApp:
        """Open a connection to the service's own address, as a program of the shop does."""
        return webtest.TestApp(self, extra_environ={"HTTP_HOST": SERVICE_ADDRESS.partition("://")[2]})

    def key(
        self,
        site: str = "demo",
        scopes: Sequence[Scope] = (Scope.CHECK,),
        purposes: Sequence[str] | None = None,
        valid_for: int | None = None,
    ) -> str:
        """Issue an API key and return its text."""
        text, _ = issue_key(
            self.resources,
            site=site,
            label=f"key {next(self._labels)}",
            scopes=scopes,
            purposes=None if purposes is None else frozenset(purposes),
            valid_for=valid_for,
        )
        return text

    def revoke(self, key: str) -> None:
        """Revoke a key by its text."""
        issued = find_key(self.resources, key)
        assert issued
        revoke_key_of_site(self.resources, issued.id)

    def ask(self, path: str, key: str, *, method: str = "GET", **headers: str) -> webtest.TestResponse:
        """Send a request of the JSON API with a key and take whatever status comes."""
        sent = {"Authorization": f"Bearer {key}", **headers}
        return self.client().request(path, method=method, headers=sent, status="*")

    def reasons(self, browser: Browser, *, site: str = "demo", signal: str = "none") -> dict[str, str]:
        """Ask the check API about the visitor of a browser: the reason for each cookie purpose."""
        path = f"/v1/check?visitor={browser.visitor}&signal={signal}"
        decisions = self.ask(path, self.key(site)).json["decisions"]
        for answer in decisions.values():
            assert answer["allowed"] == (answer["reason"] in ("granted", "not_consent_based"))
        return {purpose.key: decisions[purpose.key]["reason"] for purpose in self.sites[site].cookie_purposes}

    def records(self, browser: Browser, *, site: str = "demo") -> list[ConsentRecord]:
        """List the records of a browser's visitor, oldest first."""
        statements = read_history(self.resources, self.sites[site], browser.visitor).statements
        return [statement.record for statement in reversed(statements)]

    def stored(self) -> dict[str, list[Any]]:
        """Read every row that a choice could have written."""
        return {table: sorted(self.resources.database.rows(f"SELECT * FROM {table}")) for table in TABLES}
