"""The path router: service and shop on one port, as a proxy mounts the service under the shop's origin."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from consent_service.client.banner_fetcher import BannerFetcher
from consent_service.client.consent_client import ConsentClient
from consent_service.demo.campaign import Campaign
from consent_service.demo.shop import create_shop
from consent_service.settings import Settings

SERVICE_FOLDERS = ("/consent/", "/v1/", "/.well-known/")
SERVICE_PAGES = frozenset({"/consent", "/openapi.json", "/docs", "/healthz", "/readyz", "/metrics"})

ADDRESS_VARIABLE = "DEMO_SERVICE_ADDRESS"
KEY_VARIABLE = "DEMO_CHECK_KEY"
HOST_VARIABLE = "DEMO_SHOP_HOST"
MAILBOX_VARIABLE = "DEMO_MAILBOX"


class PathRouter:
    """Hands each request to the service or to the shop, by its path alone."""

    def __init__(self, service: Any, shop: Any) -> None:
        self._service = service
        self._shop = shop

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        path = environ["PATH_INFO"]
        to_service = path in SERVICE_PAGES or path.startswith(SERVICE_FOLDERS)
        answer: Iterable[bytes] = (self._service if to_service else self._shop)(environ, start_response)
        return answer


def create_path_router() -> Any:
    """Build the router behind our own front, from the environment, for a server that takes a factory."""
    # Here and not above, because launching the demo must not import the counters; see serving.
    from consent_service.app import create_app, put_front_before

    address, host = os.environ[ADDRESS_VARIABLE], os.environ[HOST_VARIABLE]
    key, mailbox = os.environ[KEY_VARIABLE], Path(os.environ[MAILBOX_VARIABLE])
    client = ConsentClient(address, key, host=host, secure=False)
    fetcher = BannerFetcher(address, host=host, secure=False)
    campaign = Campaign(service=address, host=host, key=key, mailbox=mailbox)
    settings = Settings.from_environ(os.environ)
    service = create_app(settings)
    shop = create_shop(client, fetcher, campaign, mailbox)
    return put_front_before(service, settings, PathRouter(service.wsgi_app, shop))
