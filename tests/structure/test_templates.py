"""Every page has a title, nothing is a script or an inline style, and no asset comes from elsewhere."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

from tests.structure.source_tree import ROOT

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
LONGEST = 100
PIECES = {"banner", "macros", "mail", "partials", "subscribe/fragment.html"}
"""Folders of pieces, and a piece among pages."""
OWN_TITLE = re.compile(r"<title>(?:\{% block title %\})?+(?!\{% endblock %\}|</title>)")
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


def pieces() -> set[str]:
    """Name what is put into other templates, or into pages of the shop."""
    trees = [environment.parse(source) for source in templates().values()]
    included = {found.template.value for tree in trees for found in tree.find_all(nodes.Include)}
    return included | {name for name in templates() if {Path(name).parts[0], name} & PIECES}


def has_title(source: str) -> bool:
    """Say whether a page fills its base's title, or is a whole document with one of its own."""
    return "title" in blocks(source) if extended(source) else bool(OWN_TITLE.search(source))


def markup(source: str) -> str:
    return JINJA.sub("", source)


def test_there_are_templates_to_look_at():
    assert bases()
    assert set(templates()) - bases() - pieces()


def test_every_page_says_its_title():
    pages = set(templates()) - bases() - pieces()
    assert not [name for name in pages if not has_title(templates()[name])]


def test_every_base_has_a_title_to_fill():
    outermost = {name for name in bases() if not extended(templates()[name])}
    assert not [name for name in outermost if "{% block title %}" not in templates()[name]]


def test_pieces_are_no_whole_pages():
    assert not [name for name in pieces() if "<html" in templates()[name].lower()]


@pytest.mark.threat("T17")
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


@pytest.mark.threat("T35")
def test_no_template_loads_anything_from_elsewhere():
    assert not [name for name, source in templates().items() if FOREIGN.search(source)]


@pytest.mark.threat("T35")
def test_no_stylesheet_loads_anything_from_elsewhere():
    assert not [path.name for path in STATIC.rglob("*.css") if FOREIGN_STYLE.search(path.read_text(encoding="utf-8"))]


def test_no_script_file_is_shipped():
    assert not [path.name for path in STATIC.rglob("*") if path.suffix in {".js", ".mjs", ".wasm"}]


def test_every_template_is_short():
    lengths = {name: len(source.splitlines()) for name, source in templates().items()}
    assert not {name: length for name, length in lengths.items() if length > LONGEST}
