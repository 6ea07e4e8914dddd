"""The page of promises about messages names modules and tests that are there."""

import ast
import re

from tests.structure.source_tree import PACKAGE, ROOT, Module

PAGE = ROOT / "docs" / "message-rules.md"
TESTS = ROOT / "tests"
ROW = re.compile(r"\| (\d+) \| (.+) \| (.+) \| (.+) \|")
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
MODULE = re.compile(r"`([\w/.]+)`")


def rows() -> list[tuple[str, str, str, str]]:
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def has_test(file: str, name: str) -> bool:
    path = TESTS / file
    return path.exists() and any(test.name == name for test in Module(path).nodes(ast.FunctionDef))


def test_the_promises_are_numbered_without_a_gap():
    numbers = [int(number) for number, *_ in rows()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 50


def test_every_promise_names_a_test_and_every_test_that_is_named_exists():
    named = {number: TEST.findall(shown) for number, _, _, shown in rows()}
    assert not [number for number, tests in named.items() if not tests]
    assert not [f"{file}::{name}" for tests in named.values() for file, name in tests if not has_test(file, name)]


def test_every_promise_names_a_module_that_keeps_it():
    for number, _, kept, _ in rows():
        modules = MODULE.findall(kept)
        assert modules, number
        assert all((PACKAGE / module).exists() or (ROOT / module).exists() for module in modules), number


def test_a_test_that_is_not_there_would_be_found():
    assert has_test("structure/test_message_rules.py", "test_a_test_that_is_not_there_would_be_found")
    assert not has_test("structure/test_message_rules.py", "test_of_nothing")
    assert not has_test("structure/test_nothing.py", "test_of_nothing")
