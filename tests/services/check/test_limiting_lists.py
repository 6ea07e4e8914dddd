"""No shop takes the places of the others with its lists."""

from contextlib import ExitStack

import pytest

from consent_service.services.check.limiting_lists import (
    EXPORTS_OF_A_SITE,
    LISTS,
    LISTS_OF_A_SITE,
    TooManyExports,
    TooManyLists,
    take_export_place,
    take_list_place,
)


def test_a_site_that_has_all_its_places_leaves_some_to_the_others(tmp_path):
    with ExitStack() as taken:
        for _ in range(LISTS_OF_A_SITE):
            taken.enter_context(take_list_place(tmp_path, "greedy"))
        with pytest.raises(TooManyLists, match="of this site"), take_list_place(tmp_path, "greedy"):
            pytest.fail("a place too many")
        with take_list_place(tmp_path, "other"):
            pass
    with take_list_place(tmp_path, "greedy"):
        pass


def test_a_place_that_was_not_to_be_had_takes_none_of_the_sites_own(tmp_path):
    with ExitStack() as taken:
        for number in range(LISTS):
            taken.enter_context(take_list_place(tmp_path, f"shop{number}"))
        for _ in range(LISTS_OF_A_SITE + 1):
            with pytest.raises(TooManyLists, match="here"), take_list_place(tmp_path, "late"):
                pytest.fail("a place too many")
    with take_list_place(tmp_path, "late"):
        pass


def test_exports_of_a_site_take_no_place_of_its_lists_or_of_the_exports_of_others(tmp_path):
    with ExitStack() as taken:
        for _ in range(EXPORTS_OF_A_SITE):
            taken.enter_context(take_export_place(tmp_path, "greedy"))
        with pytest.raises(TooManyExports, match="of this site"), take_export_place(tmp_path, "greedy"):
            pytest.fail("a place too many")
        with take_list_place(tmp_path, "greedy"), take_export_place(tmp_path, "other"):
            pass
