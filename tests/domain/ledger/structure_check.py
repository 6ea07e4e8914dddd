"""A small structural check of JSON values, for the members and types that a format requires."""

from typing import Any


def faults(value: Any, shape: Any, place: str = "$") -> list[str]:
    """Compare a value with a shape and list what differs.

    A shape is a type (``object`` for anything, the others for values that are not empty), a constant, a list
    with the shape of every item, or an object whose members are required; a member written ``name?`` may be
    absent, and members that the shape does not name are faults.
    """
    if isinstance(shape, type):
        fits = type(value) is shape and value != ""
        return [] if fits or shape is object else [f"{place}: {value!r} is no {shape.__name__}"]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place}: {value!r} is no array"]
        return [fault for at, item in enumerate(value) for fault in faults(item, shape[0], f"{place}[{at}]")]
    if isinstance(shape, dict):
        return _object_faults(value, shape, place)
    return [] if value == shape else [f"{place}: {value!r} is not {shape!r}"]


def _object_faults(value: Any, shape: dict[str, Any], place: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{place}: {value!r} is no object"]
    named = {name.removesuffix("?") for name in shape}
    found = [f"{place}.{name}: not part of the format" for name in value.keys() - named]
    for written, inner in shape.items():
        name = written.removesuffix("?")
        if name in value:
            found += faults(value[name], inner, f"{place}.{name}")
        elif not written.endswith("?"):
            found.append(f"{place}.{name}: missing")
    return found
