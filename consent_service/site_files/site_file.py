"""Site files: TOML to a Site, with every fault collected and placed before anything is refused."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from consent_service.domain.basics.web_origin import Origin, parse_origin
from consent_service.domain.errors import ConsentError
from consent_service.domain.site.site import Site
from consent_service.domain.site_check.site_fault import Fault, drop_echoes
from consent_service.domain.site_check.site_rules import find_site_faults
from consent_service.site_files.table_reader import TableReader
from consent_service.texts import read_interface_texts

MAX_BYTES = 1_000_000
"""The most bytes a site file may have."""
WHERE = "put the site files there, or set CONSENT_SITES to where they are"

_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){20}""", re.ASCII)
"""A key of so many parts that tomllib takes minutes over it; ours have three."""
_POSITION = re.compile(r"(?s)(.*) \(at (line [0-9]+, column [0-9]+|end of document)\)")


class SiteFileError(ConsentError):
    """Site files have faults; the text tells the first, and how many more there are."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        more = f" (and {len(faults) - 1} more; consent-service site check lists them)" if len(faults) > 1 else ""
        super().__init__(f"{faults[0]}{more}")
        self.faults = tuple(faults)


def read_site(path: Path) -> Site:
    """Read one site file; raises SiteFileError with every fault in it."""
    site, faults = make_site(_parse(path))
    if faults:
        raise SiteFileError([_place_in_file(path, fault) for fault in faults])
    return site


def read_sites(folder: Path) -> tuple[Site, ...]:
    """Read every site file of a folder; raises SiteFileError with the faults of all of them, and between them."""
    paths = list_site_files(folder)
    if not paths:
        raise SiteFileError([Fault(str(folder), f"holds no site file, whose names end in .toml; {WHERE}")])
    faults: list[Fault] = []
    sites: dict[Path, Site] = {}
    for path in paths:
        try:
            sites[path] = read_site(path)
        except SiteFileError as error:
            faults += error.faults
    faults += _find_clashes(sites)
    if faults:
        raise SiteFileError(faults)
    return tuple(sites.values())


def list_site_files(folder: Path) -> list[Path]:
    """List the site files of a folder by their names; raises SiteFileError where it cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.name[0] != ".")
    except OSError as error:
        raise SiteFileError([Fault(str(folder), f"cannot be read: {error.strerror}; {WHERE}")]) from error


def make_site(table: Mapping[str, Any]) -> tuple[Site, list[Fault]]:
    """Make a site of a parsed file and list every fault; where there are any, stand-ins fill what was not read."""
    reader = TableReader()
    site: Site = reader.read(Site, table)
    return site, reader.faults + drop_echoes(find_site_faults(site, read_interface_texts()), reader.faults)


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = _read(path)
        if found := _LONG_KEY.search(text):
            line = text.count("\n", 0, found.start()) + 1
            raise SiteFileError(
                [_place_in_file(path, Fault(f"line {line}", "holds more than 20 words joined by dots"))]
            )
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        fault = Fault(f"line {line}", "is not UTF-8")
    except tomllib.TOMLDecodeError as error:
        found = _POSITION.fullmatch(str(error))
        fault = Fault(found[2], found[1]) if found else Fault("", str(error))
    except RecursionError:
        fault = Fault("", "is nested too deeply")
    except ValueError:
        fault = Fault("", "holds a number that is far too long")
    raise SiteFileError([_place_in_file(path, fault)])


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise SiteFileError([Fault(str(path), f"cannot be read: {getattr(error, 'strerror', error)}")]) from error
    if len(content) > MAX_BYTES:
        raise SiteFileError([Fault(str(path), f"is larger than {MAX_BYTES} bytes, the most for a site file")])
    return content.decode("utf-8-sig")


def _find_clashes(sites: Mapping[Path, Site]) -> Iterator[Fault]:
    ids: dict[str, Path] = {}
    for path, site in sites.items():
        first = ids.setdefault(site.id, path)
        if first != path:
            yield _place_in_file(path, Fault("id", f"{site.id!r} is already the id of {first}"))
    taken: list[tuple[Origin, Path]] = []
    for path, site in sites.items():
        origins = [parse_origin(text) for text in site.origins]
        for index, origin in enumerate(origins):
            for known, other in taken:
                if origin.shares_host(known):
                    message = f"has the host and port of an origin of {other}; a request could not tell them apart"
                    yield _place_in_file(path, Fault(f"origins[{index}]", message))
        taken += [(origin, path) for origin in origins]


def _place_in_file(path: Path, fault: Fault) -> Fault:
    return replace(fault, place=f"{path}: {fault.place}" if fault.place else str(path))
