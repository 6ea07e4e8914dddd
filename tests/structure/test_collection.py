"""Which tests there are follows from the source alone: workers that collect at different times find the same."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.structure.parameters import at_once, definition, full_names, reached
from tests.structure.source_tree import ROOT, Module, modules

CHANGING = (
    "consent_service.services.resources.system_clock",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "os.environ",
    "os.getenv",
    "os.getpid",
    "os.urandom",
    "random",
    "secrets",
    "socket.gethostname",
    "tempfile",
    "time",
    "uuid.uuid1",
    "uuid.uuid4",
)
"""What another process, second or machine gives another value; a module stands for all in it."""

ADDRESSES = {".hash", ".id"}
FOLDERS = {"glob", "iterdir", "listdir", "rglob", "scandir"}
SETS = {"frozenset", "set"}
IN_ORDER = {"dict", "enumerate", "join", "list", "map", "tuple", "zip"}
ORDERLESS = {"all", "any", "frozenset", "len", "max", "min", "set", "sorted", "sum"}
"""Functions for which the order of what they are given is nothing."""


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """Tell the full dotted path of what is imported, or of a part of it; of anything else what names it here."""
    match node:
        case ast.Name(id=name):
            return names.get(name, f".{name}")
        case ast.Attribute(value=inner, attr=attribute):
            return f"{dotted(inner, names)}.{attribute}"
    return ""


def changes(node: ast.AST, names: dict[str, str]) -> bool:
    """Say whether this reads the clock, chance, the environment or the place of something in memory."""
    if isinstance(node, ast.Call):
        name = dotted(node.func, names)
        packed_with_the_time = name == "gzip.compress" and not any(given.arg == "mtime" for given in node.keywords)
        return packed_with_the_time or name in ADDRESSES
    if isinstance(node, ast.Name | ast.Attribute):
        return any(f"{dotted(node, names)}.".startswith(f"{one}.") for one in CHANGING)
    return False


def is_in_no_order(node: ast.AST, module: Module) -> bool:
    """Say whether going through this takes its parts in an order that nobody has fixed."""
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.GeneratorExp(generators=loops):
            return any(is_in_no_order(loop.iter, module) for loop in loops)
        case ast.Call(func=ast.Name(id=name)):
            return name in SETS
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in FOLDERS
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() | ast.Sub(), right=right):
            return is_in_no_order(left, module) or is_in_no_order(right, module)
        case ast.Name(id=name):
            found = definition(module, name, called=False)
            return bool(found) and is_in_no_order(found[1], found[0])
    return False


def gone_through(node: ast.AST) -> Iterator[ast.AST]:
    """Find what a node takes part by part, into an order that counts."""
    match node:
        case ast.Starred(value=value) | ast.For(iter=value):
            yield value
        case ast.ListComp() | ast.DictComp():
            yield from (loop.iter for loop in node.generators)
        case ast.Call(func=ast.Attribute(attr="parametrize"), args=[_, values, *_]):
            yield values
        case ast.Call(func=function, args=arguments):
            name = getattr(function, "id", getattr(function, "attr", ""))
            loops = [] if name in ORDERLESS else [one for one in arguments if isinstance(one, ast.GeneratorExp)]
            yield from arguments if name in IN_ORDER else loops


def wavering(module: Module) -> set[str]:
    """Tell what of this module's parameters may be another in the next process."""
    parts = [(place, part) for place, node in reached(module) for part in at_once(node)]
    changing = {part for place, part in parts if changes(part, full_names(place))}
    calls = [(module, call) for call in module.nodes(ast.Call) if ast.unparse(call.func).endswith(".parametrize")]
    taken = [(place, one) for place, part in (*parts, *calls) for one in gone_through(part)]
    return {ast.unparse(one) for one in (*changing, *(one for place, one in taken if is_in_no_order(one, place)))}


def test_the_parameters_of_every_test_follow_from_the_source():
    found = {str(module): wavering(module) for module in modules(ROOT / "tests")}
    assert not {name: parameters for name, parameters in found.items() if parameters}


FAULTS = {
    "packed at this second": ("import gzip", "[gzip.compress(b'a')]"),
    "by way of two names": ("import gzip\nX = gzip.compress(b'a')\nALL = [X]", "ALL"),
    "time in a name": ("import time", "[1], ids=lambda x: time.time()"),
    "time in a named name": ("import time\ndef name(x):\n    return time.time()", "[1], ids=name"),
    "date": ("from datetime import UTC, datetime as d\nX: list = [d.now(UTC)]", "X"),
    "chance": ("import random", "[random.random()]"),
    "secret": ("from secrets import token_hex", "[token_hex()]"),
    "by way of a call": ("import uuid\ndef made():\n    return uuid.uuid4()", "[made()]"),
    "environment": ("import os", "os.environ['WHICH'].split()"),
    "chance of the system": ("import os", "[os.urandom(3)]"),
    "place in memory": ("", "[id(pytest)]"),
    "set": ("", "{'a', 'b'}"),
    "named set": ("X = set('ab')", "X"),
    "united sets": ("X = {'a', 'b'} | {'c'}", "[*X, 'd']"),
    "parts of a set": ("X = {'a', 'b'}", "[x + 'c' for x in X]"),
    "loop over a set": ("X = {'a', 'b'}", "(x + 'c' for x in X)"),
    "joined set": ("", "[' '.join({'a', 'b'})]"),
    "folder": ("", "list(HERE.glob('*.py'))"),
}
FINE = {
    "packed without a time": ("import gzip", "[gzip.compress(b'a', mtime=0)]"),
    "called by the test": ("import time", "[lambda: time.time()]"),
    "named for the test": ("import os\ndef act():\n    return os.getpid()", "[act]"),
    "sorted set": ("X = {'a', 'b'}", "sorted(X)"),
    "sorted parts of a set": ("X = {'a', 'b'}", "sorted(x + 'c' for x in X)"),
    "set as one of them": ("", "[{'a', 'b'}]"),
    "name of a module": ("secrets = {1: 2}", "secrets.items()"),
}


def written(tmp_path: Path, before: str, given: str) -> Module:
    file = tmp_path / "test_it.py"
    file.write_text(f"{before}\n@pytest.mark.parametrize('x', {given})\ndef test(x): ...\n", encoding="utf-8")
    return Module(file)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_parameter_that_may_change_would_be_found(tmp_path: Path, fault: str):
    assert wavering(written(tmp_path, *FAULTS[fault]))


@pytest.mark.parametrize("fine", FINE)
def test_what_stays_the_same_is_left_alone(tmp_path: Path, fine: str):
    assert not wavering(written(tmp_path, *FINE[fine]))


def test_a_fixture_that_may_change_would_be_found(tmp_path: Path):
    file = tmp_path / "test_it.py"
    file.write_text("import os\n@pytest.fixture(params=[os.getpid()])\ndef x(): ...\n", encoding="utf-8")
    assert wavering(Module(file))
