"""Whatever a site file holds, it becomes a site or a list of faults, and nothing else."""

import tomllib
from copy import deepcopy
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from consent_service.domain.site_check.fairness import find_unfairness
from consent_service.domain.site_check.site_fault import Fault
from consent_service.site_files.site_file import SiteFileError, make_site, read_site
from consent_service.texts import read_interface_texts
from tests.sound_site import SOUND

SHIPPED = (Path(__file__).parents[2] / "sites" / "silverlark.toml").read_bytes()
TABLE = tomllib.loads(SOUND)

LEAVES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "*", "{", "\x00", "session", "consent*", "https://", "#", "<b>", "..", "a" * 3000]),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.sampled_from([date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), time(1)]),
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))


def nodes(value: Any) -> list[tuple[Any, Any]]:
    """List every place of a table: the container and the key or index within it."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [(value, key) for key in keys] + [node for key in keys for node in nodes(value[key])]


@given(st.data(), VALUES)
@settings(max_examples=250)
def test_any_value_at_any_place_gives_a_site_or_faults(data: st.DataObject, value: object) -> None:
    table = deepcopy(TABLE)
    container, key = data.draw(st.sampled_from(nodes(table)))
    if data.draw(st.booleans()):
        container[key] = value
    else:
        del container[key]
    site, faults = make_site(table)
    assert all("\n" not in str(fault) and str(fault).isprintable() for fault in faults)
    if not faults:
        assert all(finding.message for finding in find_unfairness(site, read_interface_texts()))


@given(st.dictionaries(st.sampled_from([*TABLE, "theme", "texts", "requests"]) | st.text(max_size=5), VALUES))
@settings(max_examples=60)
def test_any_table_gives_a_site_or_faults(table: dict[str, object]) -> None:
    assert make_site(table)[1]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sites") / "shop.toml"


@given(st.integers(0, len(SHIPPED)), st.integers(0, 40), st.binary(max_size=6))
@example(0, len(SHIPPED), b"")
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_in_a_file_give_a_site_or_faults(path: Path, at: int, gone: int, put: bytes) -> None:
    path.write_bytes(SHIPPED[:at] + put + SHIPPED[at + gone :])
    faults: tuple[Fault, ...] = ()
    try:
        read_site(path)
    except SiteFileError as refused:
        faults = refused.faults
    assert all(fault.place.startswith(str(path)) and str(fault).isprintable() for fault in faults)
