"""Which texts templates and code ask for; what is known only at run time stands as a star in a key."""

import ast
from collections.abc import Iterator
from functools import cache
from itertools import product

from jinja2 import Environment, nodes

from tests.structure.source_tree import PACKAGE, ROOT, Module, modules

STAR = "*"
SPEAKERS = ("t", "self")
"""What a translator is called: in templates and views, and within itself."""


@cache
def text_uses() -> tuple[frozenset[str], frozenset[str]]:
    """List the keys that are asked for as they stand, and those that are asked for in a plural form."""
    found = [*_in_templates(), *_in_code()]
    return (
        frozenset(key for way, key in found if way != "plural" and not key.startswith(STAR)),
        frozenset(key for way, key in found if way == "plural"),
    )


def raised_codes() -> set[str]:
    """List the codes of all faults that a submitted choice can have."""
    calls = (call for module in modules() for call in module.nodes(ast.Call))
    faults = [call for call in calls if getattr(call.func, "id", "") == "ChoiceFault"]
    return {key for call in faults for key in _code_keys(call.args[0])}


def address_codes() -> set[str]:
    """List the codes of all faults that an address can have when it is read."""
    files = (PACKAGE / "addressing").glob("*.py")
    calls = [call for file in files for call in Module(file).nodes(ast.Call)]
    faults = [call for call in calls if getattr(call.func, "id", "") == "AddressFault"]
    return {key for call in faults for key in _code_keys(call.args[0])}


def string_constants(file: str) -> set[str]:
    """List the strings in a file of the package."""
    constants = Module(PACKAGE / file).nodes(ast.Constant)
    return {constant.value for constant in constants if isinstance(constant.value, str)}


def _in_templates() -> Iterator[tuple[str, str]]:
    environment = Environment(autoescape=True)
    for path in sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file()):
        for call in environment.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            way, speaker = ("", call.node) if isinstance(call.node, nodes.Name) else _method(call.node)
            if isinstance(speaker, nodes.Name) and speaker.name == "t" and way in ("", "mark", "plural", "several"):
                yield from _asked(way, _template_keys(call.args[0]))


def _method(node: nodes.Expr) -> tuple[str, nodes.Expr]:
    return (node.attr, node.node) if isinstance(node, nodes.Getattr) else ("", node)


def _template_keys(node: nodes.Expr) -> set[str]:
    match node:
        case nodes.Const():
            return {str(node.value)}
        case nodes.CondExpr(expr1=first, expr2=second) if second is not None:
            return _template_keys(first) | _template_keys(second)
        case nodes.Concat(nodes=parts):
            return {"".join(pieces) for pieces in product(*map(_template_keys, parts))}
    return {STAR}


def _in_code() -> Iterator[tuple[str, str]]:
    for module in [*modules(PACKAGE / "web"), *modules(PACKAGE / "texts")]:
        for call in module.nodes(ast.Call):
            function = call.func
            way = function.attr if isinstance(function, ast.Attribute) else ""
            speaker = function.value if isinstance(function, ast.Attribute) else function
            if isinstance(speaker, ast.Name) and speaker.id in SPEAKERS and way in ("", "mark", "plural", "several"):
                yield from _asked(way, _code_keys(call.args[0]))


def _code_keys(node: ast.expr) -> set[str]:
    match node:
        case ast.Constant(value=str(key)):
            return {key}
        case ast.IfExp(body=first, orelse=second):
            return _code_keys(first) | _code_keys(second)
        case ast.JoinedStr(values=parts):
            return {"".join(pieces) for pieces in product(*map(_code_keys, parts))}
    return {STAR}


def _asked(way: str, keys: set[str]) -> Iterator[tuple[str, str]]:
    yield from ((way, f"{key}.{STAR}" if way == "several" else key) for key in keys)
