"""Clients that cannot be told apart: one warning at the start, where a proxy stands in front and is not counted."""

from dataclasses import replace

import pytest

from consent_service.domain.site.site_directory import SiteDirectory
from consent_service.serving import warn_of_unknown_clients
from consent_service.settings import Settings
from tests.cast import make_site

LOCAL = make_site("local", origins=("http://localhost:*", "http://127.0.0.1:8000"))


@pytest.mark.parametrize(
    ("proxies", "host", "sites", "warns"),
    [
        (0, "127.0.0.1", [make_site()], True),
        (0, "::1", [LOCAL, make_site()], True),
        (1, "127.0.0.1", [make_site()], False),
        (0, "0.0.0.0", [make_site()], False),  # noqa: S104
        (0, "127.0.0.1", [LOCAL], False),
    ],
)
def test_the_start_warns_once_where_nothing_says_who_the_clients_are(caplog, proxies, host, sites, warns):
    warn_of_unknown_clients(replace(Settings(), proxies=proxies), SiteDirectory(sites), host)
    assert ["CONSENT_PROXIES" in record.getMessage() for record in caplog.records] == [True] * warns
