"""prune, where the clock may be wrong."""

from consent_service.domain.basics.moment import DAY
from consent_service.storage.engine.clock_mark import find_clock_mark, set_clock_mark


def test_nothing_is_pruned_by_a_clock_that_is_more_than_a_day_off(ready, resources, refused):
    assert ready("prune").exit_code == 0
    database, now = resources.database, resources.clock()
    with database.write():
        set_clock_mark(database, now - 2 * DAY)
    assert "nothing is dropped; set the clock, or, where it is right, run: consent-service prune --clock" in refused(
        ready("prune")
    )
    assert ready("prune", "--dry-run").exit_code == 0
    assert find_clock_mark(database) == now - 2 * DAY
    assert ready("prune", "--clock-is-right").exit_code == 0
    assert find_clock_mark(database) >= now
    assert ready("prune").exit_code == 0
