"""The same areas stand inside domain, services, web and tests, in one order and without a circle."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.structure.source_tree import PACKAGE, ROOT, Module, modules

BELOW = {
    "domain": {
        "basics": set(),
        "evidence": set(),
        "site": {"basics"},
        "ledger": {"basics", "site"},
        "messages": {"basics", "site"},
        "visitor": {"basics", "site", "ledger"},
        "subject": {"basics", "site", "ledger", "messages"},
        "imports": {"basics", "site", "ledger", "messages", "subject"},
        "feed": {"basics", "site", "ledger", "messages", "subject"},
        "site_check": {"basics", "site", "ledger", "messages", "visitor", "subject"},
    },
    "services": {
        "ledger": set(),
        "feed": {"ledger"},
        "visitor": {"ledger"},
        "subject": {"ledger", "feed"},
        "audit": {"ledger", "visitor"},
        "check": {"ledger", "visitor", "subject"},
        "imports": {"ledger", "feed", "subject"},
        "rights": {"ledger", "feed", "subject", "imports"},
        "messages": {"ledger", "feed", "subject", "rights"},
        "operator": {"ledger", "feed", "visitor", "subject", "imports", "messages"},
        "backup": {"ledger", "visitor", "subject", "rights", "operator"},
    },
    "storage": {"engine": set(), "evidence": {"engine"}, "ledger": {"engine"}, "migrations": {"engine", "ledger"}},
    "web": {
        "notices": set(),
        "frame": {"notices"},
        "api": {"notices", "frame"},
        "ledger": {"notices", "frame", "api"},
        "visitor": {"notices", "frame", "ledger"},
        "check": {"notices", "frame", "api"},
        "feed": {"notices", "frame", "api"},
        "imports": {"notices", "frame", "api"},
        "rights": {"notices", "frame", "api"},
        "messages": {"notices", "frame", "api", "visitor"},
    },
}
"""Which areas of its layer each area may import; files that stand beside the areas belong to none."""
FEWEST, MOST = 2, 20
KINDS_OF_WEB = ("_page", "_pages", "_api", "_endpoint", "_fragment")
SERVICES_BY_NOUN = {"resources"}
CALLED_BY_THE_RUNNER = ("migrations", "up")
"""The one name that a library gives: its runner looks for it in each migration."""
VERBS = frozenset((Path(__file__).parent / "verbs.txt").read_text(encoding="utf-8").split())


def area_of(dotted: str) -> tuple[str, str]:
    """Split a path below consent_service into its layer and its area, which is empty beside the areas."""
    layer, *rest = dotted.split(".")
    area = rest[0] if rest and (PACKAGE / layer / rest[0]).is_dir() else ""
    return layer, area


def imported_areas(module: Module) -> Iterator[tuple[str, str]]:
    layer, _ = area_of(module.dotted)
    for name in module.imports():
        if name.startswith(f"consent_service.{layer}."):
            yield area_of(name.removeprefix("consent_service."))


def folders(top: Path) -> Iterator[tuple[Path, int]]:
    for folder in [top, *top.rglob("*")]:
        if folder.is_dir() and not folder.name.startswith(("__", ".")):
            files = [file for file in folder.iterdir() if file.is_file() and file.name != "__init__.py"]
            if files:
                yield folder.relative_to(ROOT), len(files)


def first_word(name: str) -> str:
    return name.lstrip("_").partition("_")[0]


def serves_a_route(module: Module) -> bool:
    functions = (found for found in module.tree.body if isinstance(found, ast.FunctionDef))
    return any(function.name.endswith("_blueprint") for function in functions)


def test_every_area_has_its_place_in_the_order():
    stand = {
        (layer, path.name) for layer in BELOW for path in (PACKAGE / layer).iterdir() if (path / "__init__.py").exists()
    }
    assert stand == {(layer, area) for layer, areas in BELOW.items() for area in areas}


def test_the_order_of_areas_has_no_circle():
    for layer, below in BELOW.items():
        seen: set[str] = set()
        while ready := {area for area, needs in below.items() if needs <= seen} - seen:
            seen |= ready
        assert seen == set(below), layer


@pytest.mark.parametrize("layer", BELOW)
def test_areas_import_only_those_below_them(layer):
    upward = defaultdict(list)
    for module in modules(PACKAGE / layer):
        _, area = area_of(module.dotted)
        allowed = BELOW[layer].get(area, set(BELOW[layer])) | {area, ""}
        upward[str(module)] += [target for _, target in imported_areas(module) if target not in allowed]
    assert not {name: targets for name, targets in upward.items() if targets}


def test_no_folder_is_crowded_or_lonely():
    sizes = dict(found for top in ("consent_service", "templates", "static") for found in folders(ROOT / top))
    assert not {str(folder): size for folder, size in sizes.items() if not FEWEST <= size <= MOST}


def test_no_folder_of_tests_is_crowded():
    assert not {str(folder): size for folder, size in folders(ROOT / "tests") if size > MOST}


def test_no_file_name_occurs_in_two_rooms():
    names = Counter(module.path.name for module in modules() if module.path.name != "__init__.py")
    assert not [name for name, times in names.items() if times > 1]


def test_no_class_name_has_two_owners():
    owners = defaultdict(set)
    for module in modules():
        for found in module.tree.body:
            if (
                isinstance(found, ast.ClassDef)
                and not found.name.startswith("_")
                and "migrations" not in module.path.parts
            ):
                owners[found.name].add(str(module))
    assert not {name: files for name, files in owners.items() if len(files) > 1}


def test_what_serves_a_route_says_so_in_its_name():
    served = [module for module in modules(PACKAGE / "web") if serves_a_route(module)]
    assert not [str(module) for module in served if not module.path.stem.endswith(KINDS_OF_WEB)]


def test_use_cases_are_named_by_what_is_being_done():
    stems = {module.path.stem for module in modules(PACKAGE / "services")} - {"__init__"} - SERVICES_BY_NOUN
    assert not [stem for stem in stems if not first_word(stem).endswith("ing")]


def test_functions_begin_with_a_verb():
    named = {
        f"{module}: {found.name}"
        for module in modules()
        for found in module.tree.body
        if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef)
        and first_word(found.name) not in VERBS
        and not found.name.endswith("_blueprint")
        and (module.path.parent.name, found.name) != CALLED_BY_THE_RUNNER
    }
    assert not named
