"""Three hundred malicious copies of a store, twenty-five of each kind: a check accepts none of them."""

import random

import apsw
import pytest

from tests.services.audit.malicious_copies import ATTACKS
from tests.services.audit.whole_store import FILE, make_whole_store

pytestmark = pytest.mark.one_file

OF_EACH_KIND = 25


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return make_whole_store(tmp_path_factory.mktemp("whole"))


@pytest.mark.threat("T1", "T3")
@pytest.mark.slow
@pytest.mark.parametrize("kind", ATTACKS)
def test_no_malicious_copy_is_accepted(store, tmp_path, kind):
    accepted = []
    for number in range(OF_EACH_KIND):
        home, dice = store.copy(tmp_path / f"copy-{number}"), random.Random(f"{kind} {number}")
        before = read_files(home)
        connection = apsw.Connection(str(home / FILE))
        ATTACKS[kind](store, home, connection, dice)
        connection.close()
        assert read_files(home) != before
        if not is_refused(store, home):
            accepted.append(number)
    assert accepted == []


def read_files(home):
    return {file.name: file.read_bytes() for file in [home / FILE, *(home / "keys").iterdir()]}


def is_refused(store, home):
    return store.check(home).faulty > 0


@pytest.mark.threat("T1")
def test_a_copy_that_nobody_touched_is_accepted(store, tmp_path):
    assert not is_refused(store, store.copy(tmp_path / "copy"))
