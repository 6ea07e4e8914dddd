"""What decides which tests there are: what pytest is told about parameters and their names, and all that this names."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.structure.source_tree import ROOT, Module

DECIDING = {"fixture", "parametrize"}
UNTIL_IT_RUNS = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef)
Reached = tuple[Module, ast.AST]


def deciding(module: Module) -> Iterator[ast.AST]:
    """Find the arguments of parametrize and of fixtures; a function that makes names is called for them."""
    for call in module.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in DECIDING:
            yield from call.args
            for given in call.keywords:
                yield given.value.body if isinstance(given.value, ast.Lambda) else given.value
                if isinstance(given.value, ast.Name) and given.arg == "ids":
                    yield ast.Call(given.value, [], [])


def reached(module: Module) -> Iterator[Reached]:
    """Follow names to constants, and calls to functions, in this file and in others of the tests."""
    waiting: list[Reached] = [(module, node) for node in deciding(module)]
    seen: set[tuple[Path, str]] = set()
    while waiting:
        place, node = waiting.pop()
        yield place, node
        called = {part.func for part in at_once(node) if isinstance(part, ast.Call)}
        for name in (part for part in at_once(node) if isinstance(part, ast.Name)):
            found = definition(place, name.id, called=name in called)
            if found and (found[0].path, name.id) not in seen:
                seen.add((found[0].path, name.id))
                waiting.append(found)


def at_once(node: ast.AST) -> Iterator[ast.AST]:
    """Walk through what runs when the tests are collected: a function that is a parameter does not."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, UNTIL_IT_RUNS):
            yield from at_once(child)


def definition(module: Module, name: str, *, called: bool) -> Reached | None:
    """Find what a name of the module stands for; a function counts where it is called."""
    for statement in module.tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return module, value
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                return module, value
            case ast.FunctionDef(name=found) if found == name and called:
                return module, ast.Module(statement.body, [])
            case ast.ImportFrom(module=str(source), names=names) if source.partition(".")[0] == "tests":
                for alias in names:
                    if (alias.asname or alias.name) == name:
                        other = (ROOT / source.replace(".", "/")).with_suffix(".py")
                        return definition(Module(other), alias.name, called=called) if other.exists() else None
    return None


@cache
def full_names(module: Module) -> dict[str, str]:
    """Tell for each imported name where it comes from, with its full dotted path."""
    names = {}
    for plain in module.nodes(ast.Import):
        names |= {alias.asname or alias.name: alias.name for alias in plain.names}
    for chosen in module.nodes(ast.ImportFrom):
        names |= {alias.asname or alias.name: f"{chosen.module}.{alias.name}" for alias in chosen.names}
    return names
