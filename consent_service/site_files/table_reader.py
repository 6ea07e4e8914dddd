"""Reads a parsed TOML table into frozen dataclasses and collects everything that does not fit, with its place."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from consent_service.domain.basics.plain_text import find_text_fault
from consent_service.domain.site_check.site_fault import Fault, name_place, quote_value, suggest_nearest

MAX_NUMBER = 1_000_000_000

_WORDS = {str: "text", bool: "true or false", int: "a whole number", float: "a decimal number"}
_WORDS_OF_CONTAINERS = {dict: "a table", list: "a list"}


class TableReader:
    """Reads values of the wanted types; ``faults`` grows, and stand-ins take the place of what could not be read.

    The key of a field is its metadata ``name``, else the name of the attribute.
    """

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def read(self, wanted: Any, value: object, place: str = "", *, lines: bool = False) -> Any:
        """Read one value of any type that a site is made of; ``lines`` allows text with line breaks."""
        wanted = _strip_none(wanted)
        if is_dataclass(wanted):
            return self._read_table(wanted, value, place)
        if get_origin(wanted) is tuple:
            return self._read_list(get_args(wanted)[0], value, place)
        if get_origin(wanted) is dict:
            return self._read_mapping(get_args(wanted)[1], value, place)
        return self._read_value(wanted, value, place, lines=lines)

    def _read_table(self, wanted: Any, value: object, place: str) -> Any:
        if not isinstance(value, dict):
            self._refuse(place, "a table", value)
            return _make_stand_in(wanted)
        hints = get_type_hints(wanted)
        known: dict[str, Field[Any]] = {field.metadata.get("name", field.name): field for field in fields(wanted)}
        for key in value:
            if key not in known:
                self.faults.append(Fault(name_place(place, key), f"there is no such key{suggest_nearest(key, known)}"))
        arguments = {}
        for key, field in known.items():
            if key in value:
                arguments[field.name] = self.read(hints[field.name], value[key], name_place(place, key))
            elif field.default is MISSING and field.default_factory is MISSING:
                self.faults.append(Fault(name_place(place, key), "is missing"))
                arguments[field.name] = _make_stand_in(hints[field.name])
        return wanted(**arguments)

    def _read_list(self, wanted: Any, value: object, place: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            self._refuse(place, "a list", value)
            return ()
        return tuple(self.read(wanted, item, f"{place}[{index}]") for index, item in enumerate(value))

    def _read_mapping(self, wanted: Any, value: object, place: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._refuse(place, "a table", value)
            return {}
        return {key: self.read(wanted, item, name_place(place, key), lines=True) for key, item in value.items()}

    def _read_value(self, wanted: Any, value: object, place: str, *, lines: bool) -> Any:
        try:
            read = msgspec.convert(value, wanted, strict=True)
        except msgspec.ValidationError:
            self._refuse(place, _describe_expected(wanted), value)
            return _make_stand_in(wanted)
        message = find_text_fault(read, lines=lines) if isinstance(read, str) else None
        if isinstance(read, int) and abs(read) > MAX_NUMBER:
            message = "is too large a number"
        if message:
            self.faults.append(Fault(place, message))
            return _make_stand_in(wanted)
        return read

    def _refuse(self, place: str, expected: str, value: object) -> None:
        given = _WORDS | _WORDS_OF_CONTAINERS
        shown = quote_value(value) if isinstance(value, str) else given.get(type(value), "a date or time")
        self.faults.append(Fault(place, f"expected {expected}, got {shown}"))


def _strip_none(wanted: Any) -> Any:
    if isinstance(wanted, UnionType):
        return next(kind for kind in get_args(wanted) if kind is not NoneType)
    return wanted


def _describe_expected(wanted: Any) -> str:
    if issubclass(wanted, Enum):
        return "one of " + ", ".join(str(member) for member in wanted)
    return _WORDS[wanted]


def _make_stand_in(wanted: Any) -> Any:
    kind = _strip_none(wanted)
    if is_dataclass(kind):
        empty: Mapping[str, object] = {}
        return TableReader().read(kind, empty)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return kind()
