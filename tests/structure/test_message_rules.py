"""The page of promises about messages names modules and tests that are there."""

import ast
import re

from tests.structure.source_tree import PACKAGE, ROOT, Module

PAGE = ROOT / "docs" / "message-rules.md"
TESTS = ROOT / "tests"
ITEM = re.compile(
    r"^(?P<number>\d+)\. (?P<promise>.+?)\n"
    r"    - Kept in (?P<kept>[^\n]+)\n"
    r"    - Shown by\n(?P<shown>(?:        - [^\n]+\n)+)",
    re.MULTILINE | re.DOTALL,
)
BEGINNING = re.compile(r"^\d+\.", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
MODULE = re.compile(r"`([\w/.]+)`")


def promises() -> list[re.Match[str]]:
    return list(ITEM.finditer(PAGE.read_text(encoding="utf-8")))


def has_test(file: str, name: str) -> bool:
    path = TESTS / file
    return path.exists() and any(test.name == name for test in Module(path).nodes(ast.FunctionDef))


def test_the_promises_are_numbered_without_a_gap():
    numbers = [int(promise["number"]) for promise in promises()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 50


def test_every_item_of_the_page_is_read_as_one_promise():
    assert len(promises()) == len(BEGINNING.findall(PAGE.read_text(encoding="utf-8")))


def test_every_promise_names_a_test_and_every_test_that_is_named_exists():
    named = {promise["number"]: TEST.findall(promise["shown"]) for promise in promises()}
    lines = {promise["number"]: promise["shown"].splitlines() for promise in promises()}
    assert not [number for number, tests in named.items() if not tests or len(tests) != len(lines[number])]
    assert not [f"{file}::{name}" for tests in named.values() for file, name in tests if not has_test(file, name)]


def test_every_promise_names_a_module_that_keeps_it():
    for promise in promises():
        modules = MODULE.findall(promise["kept"])
        assert modules, promise["number"]
        assert all((PACKAGE / module).exists() or (ROOT / module).exists() for module in modules), promise["number"]


def test_a_test_that_is_not_there_would_be_found():
    assert has_test("structure/test_message_rules.py", "test_a_test_that_is_not_there_would_be_found")
    assert not has_test("structure/test_message_rules.py", "test_of_nothing")
    assert not has_test("structure/test_nothing.py", "test_of_nothing")
