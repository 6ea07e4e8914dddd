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
from tests.structure.source_tree import PACKAGE, ROOT, modules
from tests.structure.test_areas import BELOW

PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
SETTING = re.compile(rf"\b{PREFIX}[A-Z_]*[A-Z]\b")
PATH = re.compile(r"/[\w./<>{}:-]*")
PLACEHOLDER = re.compile(r"<[^>]*>|\{[^}]*\}")
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
ELSEWHERE = ("http:", "https:", "mailto:", "#")
IN_FRONT_OF_FLASK = {"/v1/check"}
CODE = re.compile(r"`([^`\n]+)`")
SOURCE = re.compile(r"[\w./-]+\.(?:py|html|css)\b")
FOLDER = re.compile(
    r"(?:consent_service|tests|templates|static|sites|docs|domain|services|storage|web|cli)(?:/[\w.-]+)*/"
)
PLACES = (ROOT, PACKAGE, ROOT / "tests")
AREA_DEPTH = 3
ARCHITECTURE = ROOT / "docs" / "architecture.md"
ENTRY = re.compile(r"^(?P<indent>(?:  )*)(?P<name>[\w.-]+/?) {2,}\S", re.MULTILINE)


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


def files_named(page: Path) -> Iterator[str]:
    for code in CODE.findall(page.read_text(encoding="utf-8")):
        yield from SOURCE.findall(code)
        if folder := FOLDER.fullmatch(code):
            yield folder[0]


def drawn_tree() -> list[str]:
    """The paths that the tree in the architecture shows, in its order."""
    drawing = text_of([ARCHITECTURE]).partition("## The tree")[2].split("```")[1]
    paths: list[str] = []
    above: list[str] = []
    for entry in ENTRY.finditer(drawing):
        above[len(entry["indent"]) // 2 :] = [entry["name"]]
        paths.append("".join(above))
    return paths


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_that_is_named_is_there(page):
    places = (*PLACES, page.parent)
    assert not [name for name in files_named(page) if not any((place / name).exists() for place in places)]


def test_every_file_that_tests_share_is_listed():
    listed = text_of([ROOT / "docs" / "testing.md"])
    shared = [module.path for module in modules(ROOT / "tests") if not module.path.stem.startswith(("test_", "__"))]
    assert not [path for path in shared if f"- `{path.relative_to(ROOT / 'tests').as_posix()}`: " not in listed]


def test_everything_in_the_tree_of_the_architecture_is_there():
    assert not [path for path in drawn_tree() if not (ROOT / path).exists()]


def test_the_tree_of_the_architecture_shows_every_folder_of_the_code_and_every_file_beside_them():
    shown = {path.rstrip("/") for path in drawn_tree()}
    beside = {path.relative_to(ROOT).as_posix() for path in PACKAGE.glob("*.py") if path.name != "__init__.py"}
    folders = {init.parent.relative_to(ROOT) for init in PACKAGE.rglob("__init__.py")}
    assert beside | {folder.as_posix() for folder in folders if len(folder.parts) <= AREA_DEPTH} <= shown


@pytest.mark.parametrize("layer", BELOW)
def test_the_tree_of_the_architecture_has_the_areas_in_their_order(layer):
    beginning = f"consent_service/{layer}/"
    shown = [path.removeprefix(beginning).rstrip("/") for path in drawn_tree() if path.startswith(beginning)]
    areas = [name for name in shown if name]
    assert areas == list(BELOW[layer])
    assert not [area for place, area in enumerate(areas) if BELOW[layer][area] - set(areas[:place])]


def test_there_is_a_readme():
    assert ROOT / "README.md" in PAGES


def test_every_module_says_what_it_is():
    assert not [str(module) for module in modules() if not ast.get_docstring(module.tree)]
