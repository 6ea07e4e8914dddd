"""Canonical JSON against the vectors of RFC 8785 that our values can meet."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.canonical_json import write_canonical_json

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


def sorted_form(value: object) -> str:
    """Write canonical JSON a second way, by hand."""
    match value:
        case dict():
            members = (f"{sorted_form(key)}:{sorted_form(value[key])}" for key in sorted(value))
            return "{" + ",".join(members) + "}"
        case list():
            return "[" + ",".join(map(sorted_form, value)) + "]"
        case str():
            return '"' + "".join(map(escaped, value)) + '"'
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def escaped(character: str) -> str:
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    return short.get(character) or (f"\\u{ord(character):04x}" if character < " " else character)


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ({"b": 1, "a": 2, "B": 3, "": 4}, b'{"":4,"B":3,"a":2,"b":1}'),
        ({"1": {"f": {"f": "hi", "F": 5}, "\n": 56}, "10": {}, "": "e", "a": {}}, None),
        ([56, {"d": True, "10": None, "1": []}], b'[56,{"1":[],"10":null,"d":true}]'),
        ('\u20ac$\u000f\nA\'B"\\\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()),
        ("</script>", b'"</script>"'),
        ("\u2028\u007f\u0080", '"\u2028\u007f\u0080"'.encode()),
        ({"peach": "a", "p\u00e9ch\u00e9": "b", "sin": "c"}, '{"peach":"a","p\u00e9ch\u00e9":"b","sin":"c"}'.encode()),
        (
            {"\u20ac": 1, "\r": 2, "1": 3, "\u0080": 4, "\u00f6": 5},
            '{"\\r":2,"1":3,"\u0080":4,"\u00f6":5,"\u20ac":1}'.encode(),
        ),
        ([], b"[]"),
        (0, b"0"),
    ],
)
def test_the_vectors_of_the_standard(value, canonical):
    if canonical is None:
        canonical = b'{"":"e","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"a":{}}'
    assert write_canonical_json(value) == canonical


@given(VALUES)
def test_every_value_has_its_sorted_form_without_spaces(value):
    assert write_canonical_json(value) == sorted_form(value).encode()


@given(VALUES)
def test_the_canonical_form_says_the_same_and_stays_itself(value):
    written = write_canonical_json(value)
    assert json.loads(written) == value
    assert write_canonical_json(json.loads(written)) == written


@given(st.dictionaries(TEXT, st.integers(0, 9)))
def test_the_order_of_insertion_does_not_show(value):
    assert write_canonical_json(dict(reversed(value.items()))) == write_canonical_json(value)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "\ud800", {"\udfff": 1}, b"bytes", {1, 2}, len], ids=repr
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        write_canonical_json(value)
