"""What is imported is declared, and what is declared is pinned with the digests of its archives."""

import configparser
import re
import sys
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.structure.source_tree import PACKAGE, ROOT, Module, modules

OURS = {"consent_service", "tests"}
NAME = re.compile(r"[\w.-]+")
ENTRY = re.compile(r"^([\w.-]+)==[\w.!+-]+(?: ; [^\\\n]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$")
LISTS = ("requirements.txt", "requirements-postgresql.txt", "requirements-test.txt")


def normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names_in(lines: str) -> set[str]:
    return {normalise(NAME.match(line)[0]) for line in lines.split("\n") if line}


def declared() -> tuple[set[str], set[str]]:
    """The packages the service needs, also where its database lies on a server, and those the tests need besides."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = setup["options.extras_require"]
    return names_in(setup["options"]["install_requires"]) | names_in(extras["postgresql"]), names_in(extras["test"])


def undeclared(files: Iterable[Module], packages: set[str]) -> dict[str, list[str]]:
    owners = packages_distributions()
    imported = {(str(file), name.partition(".")[0]) for file in files for name in file.imports()}
    return {
        f"{file}: {name}": owners.get(name, [])
        for file, name in imported
        if name not in sys.stdlib_module_names | OURS and not packages & set(map(normalise, owners.get(name, [])))
    }


def entries(file: str) -> list[str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    lines = [line for line in text.replace("\\\n", "\\\0").split("\n") if line and not line.startswith(("#", "-r "))]
    return [line.replace("\0", "\n") for line in lines]


def pinned(file: str) -> set[str]:
    return {normalise(NAME.match(entry)[0]) for entry in entries(file)}


def test_the_service_declares_every_package_that_it_imports():
    runtime, _ = declared()
    assert not undeclared(modules(PACKAGE), runtime)


def test_the_tests_declare_every_package_that_they_import():
    runtime, testing = declared()
    assert not undeclared(modules(ROOT / "tests"), runtime | testing)


def test_what_nobody_declared_would_be_found():
    runtime, _ = declared()
    assert undeclared([Module(Path(__file__))], runtime) == {"tests/structure/test_packaging.py: pytest": ["pytest"]}


@pytest.mark.threat("T35")
@pytest.mark.parametrize("file", LISTS)
def test_every_line_of_a_list_has_one_version_and_its_digests(file):
    assert entries(file)
    assert not [entry for entry in entries(file) if not ENTRY.match(entry)]


def test_the_lists_hold_what_is_declared_and_nothing_twice():
    runtime, testing = declared()
    service, connecting, besides = (pinned(file) for file in LISTS)
    assert runtime | {"setuptools"} <= service | connecting
    assert {name for name in runtime if name.startswith("psycopg")} <= connecting
    assert testing <= service | connecting | besides
    assert not service & connecting
    assert not (service | connecting) & besides


@pytest.mark.threat("T35")
def test_no_list_names_where_packages_come_from():
    assert not [file for file in LISTS if "://" in (ROOT / file).read_text(encoding="utf-8")]
