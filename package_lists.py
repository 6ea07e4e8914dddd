"""Writes the lists of packages, each at one version with the digests of its wheels; what dev.py lock does."""

import configparser
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

# The oldest is that of Debian 12.
PYTHONS = ("3.11.2", "3.12", "3.13", "3.14")
GLIBC = (*(f"manylinux_2_{minor}" for minor in range(36, 4, -1)), "manylinux2014", "manylinux2010", "manylinux1")
PLATFORMS = (
    [f"{tag}_x86_64" for tag in GLIBC],
    [f"{tag}_aarch64" for tag in GLIBC],
    ["macosx_15_0_arm64"],
)
# WebOb needs it where Python has no cgi any more.
ONLY_WHERE = {"legacy-cgi": 'python_version >= "3.13"'}
PINNED = re.compile(r"^([\w.-]+)==([\w.!+-]+)", re.MULTILINE)
NOT_THERE = re.compile(r"No matching distribution found for ([\w.-]+)==")
MADE_BY = "# Made by: python3 dev.py lock\n"
ABOUT_RUNTIME = "# What the service runs on and is built with, at the versions that were tested together.\n"
ABOUT_SERVER = "# What the service needs besides where its database lies on a PostgreSQL server.\n"
ABOUT_TESTING = "# What tests and linters need besides.\n"


class Wheel(NamedTuple):
    """An archive as pip reports it."""

    name: str
    version: str
    digest: str
    fits_everywhere: bool


class Unresolved(Exception):
    """What pip said instead of making a report."""


def write_lists(python: Path, runtime: Path, server: Path, testing: Path, arguments: Sequence[str]) -> int:
    """Write the lists anew; versions stay, except those of packages named as arguments, or all with --upgrade."""
    # pip asks the Python that runs it whether a dependency is needed, and the oldest needs the most.
    if sys.version_info[:2] != (3, 11):
        sys.exit("The lists are made with Python 3.11; run dev.py lock with that.")
    kept = {} if "--upgrade" in arguments else read_pins((runtime, server, testing), without=arguments)
    to_run, to_connect, to_test = read_requirements(runtime.parent)
    try:
        chosen = resolve(python, [*to_run, *to_connect, *to_test, *ONLY_WHERE], kept)
        versions = {wheel.name: wheel.version for wheel in chosen}
        needed = {wheel.name for wheel in resolve(python, to_run, versions)}
        connecting = {wheel.name for wheel in resolve(python, [*to_run, *to_connect], versions)} - needed
        digests = collect_digests(python, chosen)
    except Unresolved as problem:
        sys.exit(f"The packages could not be chosen; pip says why:\n{problem}")

    def write(path: Path, beginning: str, names: set[str]) -> None:
        entries = (write_entry(name, versions[name], digests[name]) for name in sorted(names, key=str.lower))
        path.write_text(MADE_BY + beginning + "".join(entries), encoding="utf-8")

    write(runtime, ABOUT_RUNTIME, needed)
    write(server, f"{ABOUT_SERVER}-r {runtime.name}\n", connecting)
    write(testing, f"{ABOUT_TESTING}-r {server.name}\n", set(versions) - needed - connecting)
    return 0


def read_pins(lists: Iterable[Path], without: Iterable[str]) -> dict[str, str]:
    """Read the versions that stand in the lists, except those of some packages."""
    pins = [pin for path in lists if path.exists() for pin in PINNED.findall(path.read_text(encoding="utf-8"))]
    dropped = {normalise(name) for name in without}
    return {name: version for name, version in pins if normalise(name) not in dropped}


def read_requirements(root: Path) -> tuple[list[str], list[str], list[str]]:
    """Read what setup.cfg and pyproject.toml ask for: to run and build the service, to connect to a server, to test."""
    declared = configparser.ConfigParser()
    declared.read(root / "setup.cfg", encoding="utf-8")
    build = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    runtime = declared["options"]["install_requires"].split("\n")
    extras = declared["options.extras_require"]
    server, testing = (extras[name].split("\n") for name in ("postgresql", "test"))
    return [*filter(None, runtime), *build], [*filter(None, server)], [*filter(None, testing)]


def resolve(
    python: Path, wanted: Iterable[str], kept: dict[str, str], options: Sequence[str] = ("--python-version", PYTHONS[0])
) -> list[Wheel]:
    """Ask pip which wheels it would install, without installing any."""
    pip = (str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--dry-run")
    with tempfile.TemporaryDirectory() as folder:
        constraints, report = Path(folder, "constraints.txt"), Path(folder, "report.json")
        constraints.write_text("".join(f"{name}=={version}\n" for name, version in kept.items()))
        command = [*pip, "--ignore-installed", "--only-binary", ":all:", "--target", folder, *options]
        command += ["-c", str(constraints), "--report", str(report)]
        result = subprocess.run([*command, *wanted], capture_output=True, text=True, check=False)
        if result.returncode:
            raise Unresolved(result.stderr)
        return [read_wheel(entry) for entry in json.loads(report.read_text(encoding="utf-8"))["install"]]


def read_wheel(entry: dict[str, dict[str, object]]) -> Wheel:
    """Read one entry of pip's report."""
    archive = entry["download_info"]
    hashes = archive["archive_info"]["hashes"]  # type: ignore[index]
    everywhere = str(archive["url"]).endswith("-none-any.whl")
    return Wheel(str(entry["metadata"]["name"]), str(entry["metadata"]["version"]), hashes["sha256"], everywhere)


def collect_digests(python: Path, chosen: Iterable[Wheel]) -> dict[str, set[str]]:
    """Collect the digests of the wheels that each supported Python takes on each platform."""
    digests = {wheel.name: {wheel.digest} for wheel in chosen}
    compiled = {wheel.name: wheel.version for wheel in chosen if not wheel.fits_everywhere}
    for version in PYTHONS:
        for platform in PLATFORMS:
            options = ["--no-deps", "--python-version", version]
            options += [option for tag in platform for option in ("--platform", tag)]
            print(f"lock: Python {version}, {platform[0]}", flush=True)
            for wheel in resolve_available(python, compiled, options):
                digests[wheel.name].add(wheel.digest)
    return digests


def resolve_available(python: Path, pins: dict[str, str], options: Sequence[str]) -> Iterator[Wheel]:
    """Ask pip for wheels of these versions, leaving out packages that have none there."""
    left = dict(pins)
    while left:
        try:
            return iter(resolve(python, [f"{name}=={version}" for name, version in left.items()], {}, options))
        except Unresolved as problem:
            missing = NOT_THERE.search(str(problem))
            if not missing:
                raise
            del left[missing[1]]
    return iter(())


def write_entry(name: str, version: str, digests: Iterable[str]) -> str:
    """Write a line of a list, with one more for each digest."""
    where = f" ; {ONLY_WHERE[name]}" if name in ONLY_WHERE else ""
    hashes = "".join(f" \\\n    --hash=sha256:{digest}" for digest in sorted(digests))
    return f"{name}=={version}{where}{hashes}\n"


def normalise(name: str) -> str:
    """Write a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
