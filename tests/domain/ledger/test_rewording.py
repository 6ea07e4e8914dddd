"""Rewordings: a text that differs from what people said yes to needs a revision, or a mark that fits it alone."""

from dataclasses import replace

import pytest

from consent_service.domain.ledger.rewording import find_rewordings, make_mark, make_register_notices
from tests.cast import change_purpose, make_notice_for, make_site

SITE = make_site()
OLD, NEW = "What analytics does.", "What analytics does, and hand it to anybody who pays."
ARCHIVE = [make_notice_for(SITE)]


def reworded(key="analytics", **changes):
    return change_purpose(SITE, key, **({"description": {"en": NEW}} | changes))


def test_a_text_that_was_archived_is_no_rewording():
    assert find_rewordings(SITE, ARCHIVE) == []
    assert find_rewordings(reworded(), [*ARCHIVE, make_notice_for(reworded())]) == []
    assert find_rewordings(SITE, [*ARCHIVE, make_notice_for(reworded())]) == []


def test_a_new_text_is_found_with_both_texts_also_when_the_policy_got_another_version():
    changed = replace(reworded(), policy=replace(SITE.policy, version="2"))
    [found] = find_rewordings(changed, ARCHIVE)
    assert (found.purpose, found.place, found.before, found.after) == ("analytics", "description.en", OLD, NEW)
    assert all(part in str(found) for part in (repr(OLD), repr(NEW), "raise revision", f'"{found.mark}"'))


@pytest.mark.parametrize("part", ["title", "impact"])
def test_every_text_of_a_purpose_is_compared(part):
    [found] = find_rewordings(change_purpose(SITE, "analytics", **{part: {"en": "More"}}), ARCHIVE)
    assert found.place == f"{part}.en"


def test_what_a_cookie_does_is_compared():
    [cookie] = SITE.purpose_by_key["analytics"].cookies
    changed = change_purpose(SITE, "analytics", cookies=(replace(cookie, does={"en": "Follows you."}),))
    assert [found.place for found in find_rewordings(changed, ARCHIVE)] == ["cookie._analytics.does.en"]


def test_a_higher_revision_or_another_material_change_asks_again_and_needs_no_mark():
    assert find_rewordings(reworded(revision=2), ARCHIVE) == []
    assert find_rewordings(reworded(data=("usage", "location")), ARCHIVE) == []


def test_a_mark_fits_the_texts_it_was_made_of_and_no_others():
    mark = make_mark(reworded().purpose_by_key["analytics"])
    assert find_rewordings(reworded(wording_only=mark), ARCHIVE) == []
    assert find_rewordings(reworded(wording_only=mark, title={"en": "More"}), ARCHIVE)
    assert find_rewordings(reworded(wording_only="true"), ARCHIVE)


def test_white_space_and_another_language_are_no_rewording():
    assert find_rewordings(reworded(description={"en": " What\nanalytics  does. "}), ARCHIVE) == []
    german = replace(SITE, languages=("en", "de"))
    texts = {"en": OLD, "de": "Etwas ganz anderes."}
    assert find_rewordings(change_purpose(german, "analytics", description=texts), ARCHIVE) == []


def test_of_a_long_text_the_place_where_it_parts_is_shown():
    before, after = "a" * 900 + "never" + "z" * 900, "a" * 900 + "always" + "z" * 900
    archive = [make_notice_for(reworded(description={"en": before}))]
    told = str(find_rewordings(reworded(description={"en": after}), archive)[0])
    assert f"'…{'a' * 40}never{'z' * 40}…'" in told
    assert f"'…{'a' * 40}always{'z' * 40}…'" in told


def test_the_register_holds_what_no_page_asks_for():
    changed = reworded("newsletter")
    assert find_rewordings(changed, ARCHIVE) == []
    assert [found.purpose for found in find_rewordings(changed, make_register_notices(SITE))] == ["newsletter"]
