"""The way from the README to a shop: its commands and code, in their order, lead to a service that answers."""

import os
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from consent_service.client.banner_fetcher import BannerFetcher
from consent_service.client.consent_client import ConsentClient
from tests.documentation.page_blocks import ROOT, read_blocks, read_smallest_site
from tests.documentation.running_nginx import running_nginx
from tests.documentation.shell import Shell
from tests.ports import free_port

BLOCKS = [block.text for block in read_blocks(ROOT / "README.md")]
INSTALLING = re.compile(r"^(?:python3 -m venv|.*/pip install|useradd) .*\n", re.MULTILINE)
"""Tried by the test of the wheel, and what would change this machine."""
AS_NOBODY = (
    "setpriv --reuid=nobody --regid=nogroup --clear-groups "
    "--inh-caps=+dac_read_search --ambient-caps=+dac_read_search --"
)
"""As another user, who may read the interpreter wherever it is installed."""
AS_ROOT = {"-o consent -g consent": "-o nobody -g nogroup", "runuser -u consent --": AS_NOBODY}
AS_ANYBODY = {"-o consent -g consent ": "", "runuser -u consent -- ": ""}
NO_YES = (
    "",
    "__Host-consent=v1.-.x",
    "__Host-consent=v1.mp.x",
    "x__Host-consent=v1.a.",
    "other=1; x__Host-consent=v1.a.x",
    "other=__Host-consent=v1.a.x",
    "__Host-consent=v2.a.x",
    "__Host-consent=v1.A.x",
    "__Host-consent=v1.m.a.x",
)
YES = (
    "__Host-consent=v1.a.x",
    "__Host-consent=v1.map.x",
    "other=1; __Host-consent=v1.am.x",
    "o=1;__Host-consent=v1.a.x",
)


class Shop:
    """A shop's machine as the README leaves it: the service's port, its key, and the folder of it all."""

    def __init__(self, folder: Path, port: int, key: str) -> None:
        self.folder = folder
        self.port = port
        self.key = key

    def named(self, text: str) -> str:
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")


def block(beginning: str) -> str:
    (found,) = [one for one in BLOCKS if one.startswith(beginning)]
    return found


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """Follow the steps, as root for a user of the service's own, else as whoever runs the tests."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        (folder / "sites").mkdir()
        (folder / "sites" / "shop.toml").write_text(read_smallest_site())
        names = {
            "/etc/consent-service/sites": f"{folder}/sites",
            "/var/lib/consent-service": f"{folder}/home",
            "/opt/consent-service/bin": f"{Path(sys.executable).parent}",
            "serve --port 8000": f"serve --port {port} --host 127.0.0.1 > {folder}/log 2>&1 &",
        }
        shell = Shell(folder, names | (AS_ROOT if os.geteuid() == 0 else AS_ANYBODY))
        checked = shell.run(INSTALLING.sub("", block("python3 -m venv")))
        assert (checked.status, checked.text) == (0, f"{folder}/sites/shop.toml: no faults, no findings"), checked
        made = shell.run(INSTALLING.sub("", block("useradd")))
        assert made.status == 0, made
        shop = Shop(folder, port, made.text.rpartition("\n")[2])
        wait_until_ready(shop, shell)
        yield shop
        shell.run("kill %1; wait")
        shell.close()


def wait_until_ready(shop: Shop, shell: Shell) -> None:
    """Wait for the service as long as it lives; the test's time limit ends a wait in vain."""
    while shell.run("kill -0 $!").status == 0:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{shop.port}/readyz", timeout=5):
            return
        time.sleep(0.1)
    pytest.fail((shop.folder / "log").read_text())


def run_python(shop: Shop, beginning: str) -> dict[str, Any]:
    names: dict[str, Any] = {"headers": {}, "key": shop.key}
    exec(shop.named(block(beginning)), names)  # noqa: S102 - our own page
    for made in names.values():
        if isinstance(made, BannerFetcher | ConsentClient):
            made.close()
    return names


def test_the_fragment_comes_from_python(shop):
    assert 'id="cc"' in run_python(shop, "from consent_service.client.banner_fetcher")["html"]


def test_the_check_comes_from_python_and_says_no(shop):
    answers = run_python(shop, "from consent_service.client.consent_client")["answers"]
    assert {purpose: answer.allowed for purpose, answer in answers.items()} == {"analytics": False}


def test_behind_nginx_the_shop_has_a_banner(shop):
    with running_nginx(shop.folder, inside=shop.named(block("location /consent/"))) as nginx:
        banner = nginx.get("/consent/banner")
        assert (banner.status, 'id="cc"' in banner.text) == (200, True)
        assert nginx.get("/v1/check").status == 404


@pytest.mark.parametrize(("page", "beginning"), [("README.md", "map $http_cookie"), ("docs/embedding.md", "map $http")])
def test_the_proxys_gate_opens_for_the_letter_in_our_cookie_alone(tmp_path, page, beginning):
    (shared,) = [one.text for one in read_blocks(ROOT / page) if one.text.startswith(beginning)]
    with running_nginx(tmp_path, shared=shared, inside='location = /may { return 200 "$may_analytics"; }') as nginx:
        assert {cookie: nginx.get("/may", {"Cookie": cookie}).text for cookie in (*NO_YES, *YES)} == {
            **dict.fromkeys(NO_YES, "0"),
            **dict.fromkeys(YES, "1"),
        }


def test_what_root_made_is_refused_to_the_services_user_with_what_to_do(shop):
    if os.geteuid() != 0:
        pytest.skip("only root can make a home of its own")
    shell = Shell(shop.folder, {})
    made = shell.run("export CONSENT_HOME=$PWD/roots CONSENT_SITES=$PWD/sites; consent-service init")
    refused = shell.run(f"chmod 755 roots; {AS_NOBODY} consent-service serve")
    shell.close()
    assert (made.status, refused.status) == (0, 2)
    assert "belongs to root, but this runs as nobody" in refused.errors
