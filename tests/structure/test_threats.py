"""The page about security names for each threat the tests that are marked with it, and says where none can be."""

import pytest

from tests.structure.source_tree import Module, modules
from tests.structure.threat_table import PAGE, ROW, TESTS, count_marks, fill_table, find_tests, read_marks

THREATS = [f"T{number}" for number in range(1, 36)]


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_threats_are_numbered_without_a_gap():
    assert [row["threat"] for row in ROW.finditer(page())] == THREATS


def test_the_page_names_the_tests_that_are_marked():
    assert fill_table(page()) == page(), "run python3 dev.py threats"


def test_every_threat_has_a_test_or_says_why_there_is_none():
    assert not [row["threat"] for row in ROW.finditer(page()) if not row["shown"] and not row["limit"]]


def test_every_mark_stands_on_a_test_and_names_a_threat_of_the_page():
    assert not set(find_tests()) - set(THREATS)
    astray = {str(module) for module in modules(TESTS) if len([*read_marks(module)]) != count_marks(module)}
    assert not astray
    assert not [test for tests in find_tests().values() for test in tests if "::test" not in test.lower()]


@pytest.mark.parametrize(
    ("source", "found", "counted"),
    [
        ("@pytest.mark.threat('T1', 'T2')\ndef test_a():\n    pass", [("T1", "test_a"), ("T2", "test_a")], 2),
        ("TestA = pytest.mark.threat('T3')(pytest.mark.slow(A.TestCase))", [("T3", "TestA")], 1),
        ("def test_a():\n    pytest.param(1, marks=pytest.mark.threat('T4'))", [], 1),
        ("@pytest.mark.slow\ndef test_a():\n    pass", [], 0),
    ],
)
def test_marks_are_found_where_they_count(tmp_path, source, found, counted):
    file = tmp_path / "test_it.py"
    file.write_text(source)
    assert ([*read_marks(Module(file))], count_marks(Module(file))) == (found, counted)
