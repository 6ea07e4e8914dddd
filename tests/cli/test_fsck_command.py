"""consent-service fsck: what it prints, and its exit code."""

import re

import apsw
import pytest

from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from tests.cast import choose, make_site


@pytest.fixture
def chosen(ready, home):
    """Let three visitors of the demo shop choose."""
    resources = open_resources(Settings(home=home))
    for _ in range(3):
        choose(resources, make_site(), "accept")
    resources.database.close()
    return resources.database.file


def test_a_sound_store_fits(ready, chosen):
    result = ready("fsck", "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (
        0,
        "3 records, 0 sealed, 3 standings, 0 changes: all of it fits\n",
        "",
    )


def test_a_row_that_was_edited_is_named_with_exit_code_1(ready, chosen):
    connection = apsw.Connection(str(chosen))
    connection.execute("DELETE FROM standing WHERE principal = (SELECT min(principal) FROM standing)").fetchall()
    connection.close()
    result = ready("fsck")
    *faults, outcome = result.stdout.splitlines()
    assert result.exit_code == 1
    assert len(faults) == 3
    assert all(re.fullmatch(r"standing demo/v/\S{22}: granted for \w+ is not in force, .*", fault) for fault in faults)
    assert outcome == "3 records, 0 sealed, 3 standings, 0 changes: 3 faults"


def test_without_a_home_it_says_what_to_do(run, refused):
    assert refused(run("fsck")).endswith("run: consent-service init, or set CONSENT_HOME to the home that is meant")
