"""Every page has a title, nothing is a script or an inline style, and no asset comes from elsewhere."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

from tests.structure.source_tree import ROOT

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
LONGEST = 100
PIECES = {"banner", "macros", "partials"}
JINJA = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)
SCRIPTED = re.compile(r"<script|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
FOREIGN = re.compile(
    r"<(?:audio|embed|iframe|img|input|link|object|source|video)\b[^>]*"
    r"\b(?:data|href|poster|src|srcset)\s*=\s*[\"']?\s*(?:[a-z]+:)?//",
    re.IGNORECASE,
)
FOREIGN_STYLE = re.compile(r"@import|url\(\s*[\"']?\s*(?:[a-z]+:)?//", re.IGNORECASE)

environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)


def templates() -> dict[str, str]:
    files = [path for path in TEMPLATES.rglob("*") if path.is_file()]
    return {path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8") for path in files}


def extended(source: str) -> str | None:
    found = environment.parse(source).find(nodes.Extends)
    return found.template.value if found and isinstance(found.template, nodes.Const) else None


def blocks(source: str) -> set[str]:
    return {block.name for block in environment.parse(source).find_all(nodes.Block)}


def bases() -> set[str]:
    return {base for source in templates().values() if (base := extended(source))}


def is_page(name: str) -> bool:
    return name.endswith(".html") and name not in bases() and Path(name).parts[0] not in PIECES


def markup(source: str) -> str:
    return JINJA.sub("", source)


def test_there_are_templates_to_look_at():
    assert bases()
    assert [name for name in templates() if is_page(name)]


def test_every_page_extends_a_base_and_says_its_title():
    pages = {name: source for name, source in templates().items() if is_page(name)}
    assert not [
        name for name, source in pages.items() if not extended(source) or "title" not in blocks(source)
    ]


def test_every_base_has_a_title_to_fill():
    outermost = {name for name in bases() if not extended(templates()[name])}
    titled = re.compile(r"<title>.*\{% block title .*</title>", re.DOTALL)
    assert not [name for name in outermost if not titled.search(templates()[name])]


def test_pieces_are_no_whole_pages():
    pieces = {name: source for name, source in templates().items() if Path(name).parts[0] in PIECES}
    assert not [name for name, source in pieces.items() if "<html" in source.lower()]


def test_no_template_holds_a_script_or_an_inline_style():
    assert not {
        name: SCRIPTED.findall(markup(source))
        for name, source in templates().items()
        if SCRIPTED.search(markup(source))
    }


@pytest.mark.parametrize(
    "source",
    ["<script>", "<p style='color: red'>", "<STYLE>", '<a onclick="x()">', '<a href="javascript:x()">'],
)
def test_a_script_or_an_inline_style_would_be_found(source):
    assert SCRIPTED.search(markup(source))


def test_no_template_loads_anything_from_elsewhere():
    assert not [name for name, source in templates().items() if FOREIGN.search(source)]


def test_no_stylesheet_loads_anything_from_elsewhere():
    assert not [
        path.name for path in STATIC.rglob("*.css") if FOREIGN_STYLE.search(path.read_text(encoding="utf-8"))
    ]


def test_no_script_file_is_shipped():
    assert not [path.name for path in STATIC.rglob("*") if path.suffix in {".js", ".mjs", ".wasm"}]


def test_every_template_is_short():
    lengths = {name: len(source.splitlines()) for name, source in templates().items()}
    assert not {name: length for name, length in lengths.items() if length > LONGEST}
