"""Imports point down, each library has one room, and files stay small enough to read at one go."""

import ast
import sys
from collections.abc import Callable, Iterable

from tests.structure.source_tree import PACKAGE, ROOT, Module, modules

SHARED = {
    *("addressing", "domain", "keys", "logs", "private_files", "settings", "shipped_files", "site_files", "texts"),
    "verifier",
}
MAY_IMPORT = {
    "__init__": set(),
    "addressing": {"addressing", "domain"},
    "domain": {"domain"},
    "folder_watch": set(),
    "logs": {"domain"},
    "private_files": {"domain"},
    "settings": {"domain"},
    "shipped_files": set(),
    "keys": {"domain", "folder_watch", "keys", "private_files"},
    "site_files": {"domain", "site_files", "texts"},
    "texts": {"domain", "shipped_files", "texts"},
    "client": {"client", "domain", "keys"},
    "delivery": {"delivery", "domain", "private_files"},
    "storage": {"domain", "folder_watch", "private_files", "storage"},
    "verifier": {"domain", "keys", "verifier"},
    "services": {"delivery", "services", "storage"} | SHARED,
    "web": {"services", "web"} | SHARED,
    "front": {"front", "services", "web"} | SHARED,
    "app": {"front", "services", "storage", "web"} | SHARED,
    "worker": {"services", "worker"} | SHARED,
    "serving": {"front", "services", "web", "worker"} | SHARED,
    "demo": {"app", "client", "delivery", "demo", "services", "serving", "worker"} | SHARED,
    "bench": {"bench", "services", "serving", "storage"} | SHARED,
    "cli": {"bench", "cli", "client", "demo", "services", "serving", "worker"} | SHARED,
}
ROOMS = {
    "apsw": {"storage.engine"},
    "click": {"cli"},
    "cryptography": {"keys.age_encryption", "keys.sealing", "keys.verification"},
    "email_validator": {"addressing"},
    "flask": {"app", "bench", "demo", "web"},
    "flask_wtf": {"app", "web"},
    "granian": {"serving"},
    "nacl": {"keys.record_verification", "keys.signing"},
    "peewee": {"storage"},
    "phonenumbers": {"addressing"},
    "playhouse": {"storage"},
    "psycopg": {"storage.engine"},
    "psycopg_pool": {"storage.engine"},
    "urllib3": {"delivery"},
    "werkzeug": {"app", "demo", "web"},
    "wtforms": {"app", "web"},
}
"""Where each library may be imported: a layer, a folder in it, or one module."""
SIGNERS = {"keys.signing", "keys.verification"}
IMPURE_MODULES = {"io", "os", "pathlib", "random", "secrets", "shutil", "socket", "subprocess", "time"}
IMPURE_CALLS = {
    "getrandbits",
    "now",
    "open",
    "print",
    "today",
    "urandom",
    "urlopen",
    "utcnow",
    "uuid1",
    "uuid4",
}
LONGEST_FILE, LONGEST_FUNCTION = 250, 50


def offences(files: Iterable[Module], find: Callable[[Module], Iterable[object]]) -> dict[str, list[object]]:
    return {str(file): found for file in files if (found := list(find(file)))}


def everything() -> list[Module]:
    return [*modules(), *modules(ROOT / "tests"), *map(Module, ROOT.glob("*.py"))]


def libraries(module: Module) -> set[str]:
    return {name.partition(".")[0] for name in module.imports()}


def stands_in(module: Module, rooms: set[str]) -> bool:
    return any(f"{module.dotted}.".startswith(f"{room}.") for room in rooms)


def test_imports_point_down():
    assert {module.layer for module in modules()} <= set(MAY_IMPORT), "new, and without a place in MAY_IMPORT"

    def upward(module: Module) -> list[str]:
        forbidden = set(MAY_IMPORT) - MAY_IMPORT[module.layer]
        own = (name for name in module.imports() if name.startswith("consent_service."))
        return [name for name in own if name.split(".")[1] in forbidden]

    assert not offences(modules(), upward)


def test_imports_are_absolute():
    assert not offences(modules(), lambda module: [name for name in module.imports() if name.startswith(".")])


def test_each_library_stays_in_its_room():
    def strays(module: Module) -> list[str]:
        return [name for name in libraries(module) if not stands_in(module, ROOMS.get(name, {module.layer}))]

    assert not offences(modules(), strays)


def test_only_two_modules_make_signers_and_verifiers():
    def signers(module: Module) -> list[str]:
        names = [name for name in module.imports() if name.startswith("itsdangerous")]
        signing = [name for name in names if "igner" in name or "." not in name]
        return [] if stands_in(module, SIGNERS) else signing

    assert not offences(modules(), signers)


def test_the_rules_import_the_standard_library_alone():
    known = sys.stdlib_module_names | {"consent_service"}
    assert not offences(modules(PACKAGE / "domain"), lambda module: libraries(module) - known)


def test_the_rules_take_clock_randomness_and_files_as_arguments():
    def impurities(module: Module) -> set[str]:
        called = {getattr(call.func, "attr", getattr(call.func, "id", "")) for call in module.nodes(ast.Call)}
        return (libraries(module) & IMPURE_MODULES) | (called & IMPURE_CALLS)

    assert not offences(modules(PACKAGE / "domain"), impurities)


def test_every_file_can_be_read_at_one_go():
    lengths = {str(module): len(module.text.splitlines()) for module in everything()}
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def test_every_function_fits_on_a_screen():
    def long_functions(module: Module) -> list[str]:
        functions = module.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        lengths = {function.name: (function.end_lineno or 0) - function.lineno + 1 for function in functions}
        return [f"{name}: {length} lines" for name, length in lengths.items() if length > LONGEST_FUNCTION]

    assert not offences(everything(), long_functions)
