"""The wheel, installed in an empty environment away from the checkout, serves the demo shop."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.ports import free_port
from tests.requirements import missing

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = shutil.ignore_patterns(".*", "var", "build", "dist", "*.egg-info", "__pycache__")
OFFLINE = (
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "ConnectTimeoutError",
)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def pip(python: str | Path, *arguments: str | Path) -> None:
    """Run pip for the environment of ``python``; an index out of reach is a missing requirement."""
    command = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", *arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode and any(sign in result.stdout + result.stderr for sign in OFFLINE):
        missing("the package index cannot be reached")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, so that nothing left in the checkout by earlier builds gets in."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "source", ignore=LEFT_BEHIND)
    pip(sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, folder / "source")
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel with what it depends on, and nothing else."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    pip(python, "install", "--require-hashes", "-r", ROOT / "requirements.txt")
    pip(python, "install", "--no-deps", wheel)
    pip(python, "check")
    return environment / "bin" / "consent-service"


@pytest.fixture
def demo(program: Path, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start the demo shop in an empty folder, with nothing of this project in its environment."""
    port = free_port()
    foreign = {name: value for name, value in os.environ.items() if not name.startswith(("CONSENT_", "PYTHON"))}
    with (tmp_path / "output").open("wb") as output:
        command = [program, "demo", "--port", str(port)]
        process = subprocess.Popen(command, cwd=tmp_path, env=foreign, stdout=output, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}/"
        wait_for(address, process, tmp_path / "output")
        yield address, process
    finally:
        process.kill()
        process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes], output: Path) -> None:
    """Wait until the demo prints its address, which says that everything behind it is up."""
    deadline = time.monotonic() + 60
    while address not in output.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the demo shop did not start:\n{output.read_text()}")
        time.sleep(0.1)


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as response:
        assert response.status == 200
        return response.read().decode()


def stylesheets(page: str) -> list[str]:
    links = [tag for tag in page.split("<") if tag.startswith("link") and 'rel="stylesheet"' in tag]
    return [tag.partition('href="')[2].partition('"')[0] for tag in links]


def test_the_wheel_holds_every_shipped_file_and_nothing_of_the_checkout(wheel):
    def files(folder: str) -> set[str]:
        paths = (path for path in (ROOT / folder).rglob("*") if path.is_file())
        return {path.relative_to(ROOT).as_posix() for path in paths if "__pycache__" not in path.parts}

    beside = {f"consent_service/{name}" for folder in ("templates", "static", "sites") for name in files(folder)}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == files("consent_service") | beside


def test_the_installed_demo_shows_the_shop_with_its_banner_and_stops_when_told(demo):
    address, process = demo
    while 'value="reject"' not in (shop := fetch(address)):
        time.sleep(0.1)  # a busy machine leaves the banner out; the test's time limit ends a wait in vain
    banner = fetch(urljoin(address, "consent/banner"))
    assert 'action="/consent/choice"' in banner
    assert stylesheets(shop)
    for sheet in stylesheets(shop):
        assert fetch(urljoin(address, sheet))
    assert "<h1" in fetch(urljoin(address, "consent/"))
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=40) == 0
