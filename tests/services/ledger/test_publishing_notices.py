"""Publishing: every notice is archived once, found by what it says, and never changes."""

import pytest

from consent_service.services.ledger.publishing_notices import find_notice, publish
from consent_service.storage.notices import archive_notice
from tests.cast import NOON, choose, make_notice_for, make_site


def archived(resources):
    return resources.database.rows("SELECT digest, site, surface, language, at FROM notice")


def test_a_notice_is_archived_before_anybody_agrees_to_it(resources, site):
    notice = make_notice_for(site)
    assert publish(resources, [notice]) == 1
    assert archived(resources) == [(notice.digest, "demo", "banner", "en", NOON)]
    assert find_notice(resources, "demo", notice.digest) == notice


def test_a_notice_is_archived_once(resources, site, clock):
    publish(resources, [make_notice_for(site)])
    clock.advance(5)
    assert publish(resources, [make_notice_for(site), make_notice_for(site, signal=True)]) == 1
    assert publish(resources, []) == 0
    choose(resources, site, "accept")
    assert sorted(row[4] for row in archived(resources)) == [NOON, NOON + 5]


def test_a_notice_that_nobody_published_is_archived_with_the_choice_made_on_it(resources, site):
    notice = make_notice_for(site, page="<p>For you alone</p>")
    choose(resources, site, "accept", notice=notice)
    assert find_notice(resources, "demo", notice.digest) == notice


def test_a_notice_whose_writing_was_undone_is_archived_with_the_next_choice_made_on_it(resources, site):
    notice = make_notice_for(site, page="<p>For you alone</p>")
    publish(resources, [make_notice_for(site)])

    def undone() -> None:
        with resources.database.write():
            archive_notice(resources.database, notice, NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert find_notice(resources, "demo", notice.digest) is None
    choose(resources, site, "accept", notice=notice)
    assert find_notice(resources, "demo", notice.digest) == notice


def test_a_notice_of_another_site_is_not_found(resources, site):
    notice = make_notice_for(make_site("other"))
    publish(resources, [notice])
    assert find_notice(resources, "demo", notice.digest) is None
    assert find_notice(resources, "other", notice.digest) == notice


@pytest.mark.parametrize("digest", ["", "0" * 64, "'", "\0", "x" * 10_000])
def test_an_unknown_digest_finds_nothing(resources, site, digest):
    publish(resources, [make_notice_for(site)])
    assert find_notice(resources, "demo", digest) is None


@pytest.mark.one_file
@pytest.mark.parametrize("document", ["replace(document, 'Cookies', 'Biscuits')", "x'ff'", "x''", "'{}'", "'[1]'"])
def test_a_notice_that_was_altered_in_the_archive_is_not_found(resources, site, document):
    notice = make_notice_for(site)
    publish(resources, [notice])
    resources.database.rows(f"UPDATE notice SET document = CAST({document} AS BLOB)")
    assert find_notice(resources, "demo", notice.digest) is None
