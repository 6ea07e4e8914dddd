"""The source tree as the structure tests read it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "consent_service"


@dataclass(frozen=True)
class Module:
    """One Python file of the repository."""

    path: Path

    def __str__(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def layer(self) -> str:
        """The folder below consent_service, or the name of a module directly in it."""
        first = self.path.relative_to(PACKAGE).parts[0]
        return first.removesuffix(".py")

    @property
    def dotted(self) -> str:
        """The path below consent_service as imports write it, such as domain.site.purpose."""
        return ".".join(self.path.relative_to(PACKAGE).with_suffix("").parts)

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def tree(self) -> ast.Module:
        return _parse(self.path)

    def nodes(self, *kinds: type[Node]) -> Iterator[Node]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def imports(self) -> Iterator[str]:
        """Name everything imported, with its full dotted path; a relative import starts with a dot."""
        for plain in self.nodes(ast.Import):
            yield from (alias.name for alias in plain.names)
        for chosen in self.nodes(ast.ImportFrom):
            source = "." * chosen.level + (chosen.module or "")
            yield from (f"{source}.{alias.name}" for alias in chosen.names)


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def modules(folder: Path = PACKAGE) -> list[Module]:
    """List the Python files of a folder and all below it."""
    return [Module(path) for path in sorted(folder.rglob("*.py"))]
