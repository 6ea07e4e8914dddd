"""The command line as an operator meets it: a home folder, the shipped sites, an exit code and two streams."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consent_service.cli import main
from tests.cli.backups import say

SITES = Path(__file__).resolve().parents[2] / "sites"

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in [name for name in os.environ if name.startswith("CONSENT_")]:
        monkeypatch.delenv(name)

    def call(*arguments: object, **environ: object) -> Result:
        given = {"CONSENT_HOME": home, "CONSENT_SITES": SITES} | environ
        return CliRunner().invoke(main, [*map(str, arguments)], env={key: str(value) for key, value in given.items()})

    return call


@pytest.fixture
def ready(run: Run) -> Run:
    assert run("init").exit_code == 0
    return run


@pytest.fixture
def refused() -> Callable[[Result], str]:
    def one_line(result: Result) -> str:
        """Return what a refusal says, after checking that it is one line, on stderr, with exit code 2."""
        assert (result.exit_code, result.stdout) == (2, ""), result.output
        [line] = result.stderr.splitlines()
        assert line.startswith("consent-service: ")
        return line.removeprefix("consent-service: ")

    return one_line


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "consent.backup"


@pytest.fixture
def taken(ready: Run, home: Path, backup: Path) -> Run:
    """Run commands over a home whose one visitor said yes before a backup was taken."""
    say(home, "accept")
    assert ready("backup", backup).exit_code == 0
    return ready
