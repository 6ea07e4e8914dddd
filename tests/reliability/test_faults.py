"""Each fault once: nothing that was confirmed is lost, and no no is undone; the page tells of no less."""

import re

import pytest

from tests.integration.running_service import running_service
from tests.reliability.crowd import Crowd, Found
from tests.reliability.faults import FAULTS
from tests.reliability.page import PAGE, write_page

ROW = re.compile(r"^\| (?P<words>[^|]+) \| (?P<times>\d+) \| (?P<sums>[\d |]+) \|$", re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_nothing_confirmed_is_lost(tmp_path, name):
    found = FAULTS[name].happen(tmp_path)
    assert found.confirmed > 0
    assert (found.lost, found.undone) == (0, 0), found


def test_a_record_that_is_gone_and_a_no_that_does_not_count_are_found(tmp_path):
    with running_service(tmp_path) as service:
        crowd = Crowd(service)
        crowd.start()
        crowd.stop()
        assert crowd.judge()[-2:] == (0, 0)
        gone, contradicted, *_ = crowd.people
        service.command("erase", "--site", "demo", "--visitor", gone.visitor)
        cookie = service.choose("accept", contradicted.cookie)
        contradicted.said[-1] = (int(cookie.split(".")[3]), "reject")
        contradicted.open.clear()
        found = crowd.judge()
        assert found.lost > len(gone.said)
        assert found.undone == 1


def test_the_page_tells_of_every_fault_and_of_no_loss():
    page = PAGE.read_text(encoding="utf-8")
    rows = list(ROW.finditer(page))
    assert [row["words"].partition(" (")[0] for row in rows] == [f.words.partition(" (")[0] for f in FAULTS.values()]
    for row in rows:
        confirmed, _, _, lost, undone = map(int, row["sums"].split(" | "))
        assert (int(row["times"]) > 0, confirmed > 0, lost, undone) == (True, True, 0, 0), row["words"]


def test_a_loss_would_be_told_by_the_page():
    page = write_page({"kill all": [Found(7, 1, 2, 3, 4), Found(1, 0, 0, 0, 0)]}, "today")
    assert "| 2 | 8 | 1 | 2 | 3 | 4 |" in page
