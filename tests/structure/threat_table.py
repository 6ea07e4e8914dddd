"""The table of threats in docs/security.md, whose last column is filled from the marks of the tests.

``python3 -m tests.structure.threat_table``, or ``python3 dev.py threats``, writes it anew.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from tests.structure.source_tree import ROOT, Module, modules

PAGE = ROOT / "docs" / "security.md"
TESTS = ROOT / "tests"
ROW = re.compile(
    r"^\| (?P<threat>T\d+) \| (?P<words>[^|\n]+) \| (?P<limit>[^|\n]*?) ?\| (?P<shown>[^|\n]*?) ?\|$", re.MULTILINE
)


def read_marks(module: Module) -> Iterator[tuple[str, str]]:
    """Find the threats that a file's marks name, each with its test."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef):
            yield from ((threat, node.name) for mark in node.decorator_list for threat in _read_names(mark))
        elif isinstance(node, ast.Assign):
            name = ast.unparse(node.targets[0])
            yield from ((threat, name) for mark in ast.walk(node.value) for threat in _read_names(mark))


def count_marks(module: Module) -> int:
    """Count the names of threats in all marks of a file, wherever they stand."""
    return sum(len(_read_names(call)) for call in module.nodes(ast.Call))


def find_tests() -> dict[str, list[str]]:
    """List the tests of each threat that is marked somewhere, by their files."""
    found = defaultdict(list)
    for module in modules(TESTS):
        for threat, test in read_marks(module):
            found[threat].append(f"{module.path.relative_to(TESTS).as_posix()}::{test}")
    return dict(found)


def fill_table(page: str) -> str:
    """Put the tests that are marked now into the last column."""
    found = find_tests()

    def fill(row: re.Match[str]) -> str:
        shown = "<br>".join(f"`{test}`" for test in found.get(row["threat"], []))
        return f"| {row['threat']} | {row['words']} | {row['limit']} | {shown} |".replace("  ", " ")

    return ROW.sub(fill, page)


def _read_names(mark: ast.AST) -> list[str]:
    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.threat":
        return [ast.literal_eval(name) for name in mark.args]
    return []


if __name__ == "__main__":
    PAGE.write_text(fill_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
