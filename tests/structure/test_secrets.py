"""Secrets are compared in constant time and made by the operating system's generator."""

import ast

import pytest

from tests.structure.source_tree import modules

SECRET_WORDS = {"hmac", "mac", "password", "secret", "seed", "signature", "token"}
SECRET_NAMES = {"digest_of_key", "key_digest", "key_hash"}
CONVERSIONS = {"decode", "digest", "encode", "hexdigest"}
PREDICTABLE = {"getnode", "random", "uuid1"}


def name_of(value: ast.expr) -> str:
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower()
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name.lower()
        case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in CONVERSIONS:
            return name_of(inner)
    return ""


def is_secret(value: ast.expr) -> bool:
    name = name_of(value)
    return name in SECRET_NAMES or name.rpartition("_")[2] in SECRET_WORDS


def careless_comparisons(tree: ast.AST) -> list[str]:
    """Find == and != on a secret, except with a constant, which the source gives away anyway."""
    found = []
    for compare in (node for node in ast.walk(tree) if isinstance(node, ast.Compare)):
        sides = [compare.left, *compare.comparators]
        equality = any(isinstance(operator, ast.Eq | ast.NotEq) for operator in compare.ops)
        constant = any(isinstance(side, ast.Constant) for side in sides)
        if equality and not constant and any(is_secret(side) for side in sides):
            found.append(f"line {compare.lineno}: {ast.unparse(compare)}")
    return found


@pytest.mark.threat("T29")
def test_secrets_are_compared_in_constant_time():
    found = {str(module): careless_comparisons(module.tree) for module in modules()}
    assert not {name: comparisons for name, comparisons in found.items() if comparisons}


@pytest.mark.threat("T29")
@pytest.mark.parametrize(
    "source",
    [
        "token == given",
        "row.signature != given",
        "hmac.digest() == given",
        "form['csrf_token'] == given",
        "given == self._form_secret.encode()",
    ],
)
def test_a_careless_comparison_would_be_found(source):
    assert careless_comparisons(ast.parse(source))


@pytest.mark.threat("T33")
def test_nothing_is_drawn_from_a_predictable_generator():
    """The benchmark may: it asks for the same visitors in every run."""

    def predictable(module):
        imported = {part for name in module.imports() for part in name.split(".")}
        return (imported | {attribute.attr for attribute in module.nodes(ast.Attribute)}) & PREDICTABLE

    served = [module for module in modules() if module.layer != "bench"]
    assert not {str(module): predictable(module) for module in served if predictable(module)}
