"""What a person can set, type or open stands in the documentation, and its links lead somewhere."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from consent_service.app import create_app
from consent_service.cli import main
from consent_service.services.operator.preparing_home import prepare_home
from consent_service.settings import PREFIX, Settings
from tests.structure.source_tree import ROOT, modules

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
SETTING = re.compile(rf"\b{PREFIX}[A-Z_]*[A-Z]\b")
PATH = re.compile(r"/[\w./<>{}:-]*")
PLACEHOLDER = re.compile(r"<[^>]*>|\{[^}]*\}")
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
ELSEWHERE = ("http:", "https:", "mailto:", "#")
IN_FRONT_OF_FLASK = {"/v1/check"}


def text_of(pages: list[Path]) -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def commands(group: click.Group, name: str) -> Iterator[str]:
    for word, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}"


def broken_links(page: Path) -> list[str]:
    targets = [first or second for first, second in LINK.findall(page.read_text(encoding="utf-8"))]
    inside = [target.partition("#")[0] for target in targets if not target.startswith(ELSEWHERE)]
    return [target for target in inside if not (page.parent / target).exists()]


def test_every_setting_is_documented():
    strings = (str(node.value) for module in modules() for node in module.nodes(ast.Constant))
    spelled_out = {string for string in strings if SETTING.fullmatch(string)}
    known = {PREFIX + field.name.upper() for field in fields(Settings)} | spelled_out
    documented = set(SETTING.findall(text_of([ROOT / "docs" / "configuration.md"])))
    assert known <= documented


def test_every_command_is_documented():
    documentation = text_of(PAGES)
    assert not [name for name in commands(main, "consent-service") if name not in documentation]


def test_every_route_is_documented(tmp_path):
    settings = Settings(home=tmp_path / "home", sites=ROOT / "sites")
    prepare_home(settings)
    rules = {rule.rule for rule in create_app(settings).url_map.iter_rules()} | IN_FRONT_OF_FLASK
    documented = {PLACEHOLDER.sub("<>", path).rstrip(".:") for path in PATH.findall(text_of(PAGES))}
    assert {PLACEHOLDER.sub("<>", rule) for rule in rules} <= documented


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    assert not broken_links(page)


def test_there_is_a_readme():
    assert ROOT / "README.md" in PAGES


def test_every_module_says_what_it_is():
    assert not [str(module) for module in modules() if not ast.get_docstring(module.tree)]
