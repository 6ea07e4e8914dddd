"""A new text must not widen an old yes: the start refuses it and site check finds it, in the archive or an export."""

import os
import re

import pytest

from consent_service.app import create_app
from consent_service.services.ledger.guarding_texts import TextsChanged
from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from consent_service.site_files.site_file import read_site
from tests.cast import choose, make_notice_for
from tests.cli.conftest import SITES
from tests.ports import free_port

OLD, NEW = "nobody else gets the data.", "we hand it to anybody who pays."


@pytest.fixture
def file(tmp_path):
    (tmp_path / "sites").mkdir()
    copy = tmp_path / "sites" / "demo.toml"
    copy.write_bytes((SITES / "demo.toml").read_bytes())
    return copy


@pytest.fixture
def start(ready, home, file):
    return lambda: create_app(Settings(home=home, sites=file.parent))


@pytest.fixture
def widened(start, file):
    """A file whose analytics go further than what was served, under another version of the policy."""
    start()
    return change(file, (OLD, NEW), ('version = "', 'version = "9'))


def change(file, *changes):
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    return file


def mark(text):
    return re.search(r'wording_only = "([0-9a-f]{8})"', text)[1]


def set_mark(file, text):
    change(file, ('key = "analytics"\n', f'key = "analytics"\nwording_only = "{mark(text)}"\n'))


def test_a_start_with_a_wider_text_is_refused_with_the_difference_and_archives_nothing(start, widened, home):
    before = archived(home)
    with pytest.raises(TextsChanged, match=r"demo: purpose analytics: description\.en was") as refusal:
        start()
    assert all(part in str(refusal.value) for part in (OLD, NEW, "raise revision", "wording_only"))
    assert archived(home) == before


def test_serve_refuses_a_wider_text_in_one_line_before_anything_is_started(start, widened, ready):
    refused = ready("serve", "--port", free_port(), CONSENT_SITES=widened.parent)
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert all(part in refused.stderr for part in (OLD, NEW, "raise revision", "wording_only"))


def test_a_higher_revision_starts_and_the_old_yes_is_outdated(start, widened, home):
    change(widened, ('key = "analytics"\n', 'key = "analytics"\nrevision = 2\n'))
    start()
    start()


def test_the_mark_that_is_shown_starts_and_the_next_change_is_refused_again(start, widened):
    with pytest.raises(TextsChanged) as refusal:
        start()
    set_mark(widened, str(refusal.value))
    start()
    change(widened, (NEW, "we sell it."))
    with pytest.raises(TextsChanged):
        start()


def test_going_back_to_a_text_that_was_served_needs_no_mark(start, widened):
    with pytest.raises(TextsChanged) as refusal:
        start()
    set_mark(widened, str(refusal.value))
    start()
    widened.write_bytes((SITES / "demo.toml").read_bytes())
    start()


def test_a_text_of_messages_that_no_page_asks_for_is_compared_too(start, file):
    start()
    text = file.read_text(encoding="utf-8")
    place = text.index("description.en = ", text.index('key = "offers_sms"'))
    file.write_text(text[:place] + text[place:].replace('= "', '= "Much more. ', 1), encoding="utf-8")
    with pytest.raises(TextsChanged, match="purpose offers_sms: description"):
        start()


def test_site_check_tells_it_by_the_archive_of_the_home(ready, widened):
    checked = ready("site", "check", widened)
    assert checked.exit_code == 2
    first, last = checked.stdout.splitlines()
    assert first.startswith(f"{widened}: purpose analytics: description.en was")
    assert last == f"{widened}: 1 fault, no findings"
    set_mark(widened, first)
    assert ready("site", "check", widened).exit_code == 0


def test_site_check_tells_it_by_an_export_where_there_is_no_home(ready, run, start, file, home, tmp_path):
    demo = read_site(file)
    choose(open_resources(Settings(home=home)), demo, "accept", notice=make_notice_for(demo))
    export = tmp_path / "export.ndjson"
    ready("records", "export", "--site", "demo", "--out", export)
    change(file, (OLD, NEW))
    elsewhere = {"CONSENT_HOME": tmp_path / "nowhere"}
    assert run("site", "check", file, **elsewhere).exit_code == 0
    checked = run("site", "check", file, "--against", export, **elsewhere)
    assert (checked.exit_code, "purpose analytics: description.en was" in checked.stdout) == (2, True)
    other = run("site", "check", SITES / "aurelia.toml", "--against", export, **elsewhere)
    assert "holds no notice of the site 'aurelia'" in other.stderr


@pytest.mark.parametrize("line", ['{"kind": "notice", "digest": "0", "document": {}}', "[]", "{", '{"kind": "notice"}'])
def test_what_is_no_export_is_refused_in_one_line(run, refused, tmp_path, file, line):
    export = tmp_path / "export.ndjson"
    export.write_text(line + "\n")
    assert refused(run("site", "check", file, "--against", export)) == "line 1 is not a line of an export of records"


def test_site_check_says_where_the_archive_cannot_be_read(ready, widened, home):
    (home / "consent.sqlite3").write_bytes(b"nothing of ours" * 100)
    checked = ready("site", "check", widened)
    assert (checked.exit_code, "files were not compared with the home folder" in checked.stderr) == (0, True)


def test_site_check_says_that_there_is_no_archive_to_compare_with(run, file, tmp_path):
    checked = run("site", "check", file, CONSENT_HOME=tmp_path / "nowhere")
    assert (checked.exit_code, checked.stdout.count("no faults")) == (0, 1)
    assert "there is no database, so no text was compared; name another home by CONSENT_HOME" in checked.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into the home of somebody else")
def test_site_check_as_root_says_why_it_does_not_compare_with_the_home_of_another_user(ready, widened, home):
    os.chown(home, 65_534, 65_534)
    checked = ready("site", "check", widened)
    os.chown(home, 0, 0)
    assert (checked.exit_code, checked.stderr.count("\n")) == (0, 1)
    assert "not compared with the home folder" in checked.stderr
    assert "this runs as root; run it as" in checked.stderr


def archived(home):
    return open_resources(Settings(home=home)).database.rows("SELECT digest FROM notice ORDER BY digest")
