"""The command that erases: whole or not at all, and no address on the command line or the screen."""

import pytest
from click.testing import CliRunner

from consent_service.cli import main
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.ledger.removing_records import read_payload
from consent_service.services.operator.preparing_home import open_resources
from consent_service.services.subject.identifying_subjects import identify_email, identify_phone
from consent_service.services.subject.recording_acts import record_act
from consent_service.settings import Settings
from consent_service.site_files.site_file import read_sites
from consent_service.storage.records import list_latest_records
from tests.cast import choose, make_notice_for
from tests.cli.conftest import SITES

ERASE = ("erase", "--site", "demo")
EMAILS = ("ada@example.org", "bob@example.org")


@pytest.fixture
def demo():
    return next(site for site in read_sites(SITES) if site.id == "demo")


@pytest.fixture
def resources(ready, home):
    return open_resources(Settings(home=home))


@pytest.fixture
def people(resources, demo):
    people = [identify_email(resources, demo, email) for email in EMAILS]
    people.append(identify_phone(resources, demo, "+442079460123"))
    for person in people:
        act = Act(method=Method.API, actor="x", at=resources.clock(), states={"offers_email": State.GRANTED})
        record_act(resources, demo, person.principal, act)
    return people


def left(resources, people):
    """Tell by what each came into the records; of who is erased nothing is left but that."""
    found = [list_latest_records(resources.database, person.principal, 9) for person in people]
    return [[read_payload(record.signed)["method"] for record in records] for records in found]


def test_subjects_are_erased_by_a_file_of_addresses(ready, resources, people, tmp_path):
    file = tmp_path / "emails"
    file.write_text(" ADA@example.org\n\nbob@example.org\nnobody@example.org")
    result = ready(*ERASE, "--emails", file)
    assert (result.exit_code, result.stdout) == (0, "3 subjects, 2 records erased\n")
    assert left(resources, people) == [["erasure"], ["erasure"], ["api"]]


def test_addresses_may_come_by_standard_input(ready, home, resources, people):
    environ = {"CONSENT_HOME": str(home), "CONSENT_SITES": str(SITES)}
    result = CliRunner().invoke(main, [*ERASE, "--phones", "-"], input="+44 20 7946 0123\n", env=environ)
    assert result.stdout == "1 subject, 1 record erased\n"
    assert left(resources, people) == [["api"], ["api"], ["erasure"]]


def test_a_subject_is_erased_by_its_key_and_again_harmlessly(ready, resources, people):
    for records in ("1 record", "0 records"):
        result = ready(*ERASE, "--subject", people[0].key)
        assert (result.exit_code, result.stdout) == (
            0,
            f"1 subject, {records} erased\n",
        )


def test_a_visitor_is_erased_by_the_id(ready, resources, demo):
    visitor = choose(resources, demo, "accept", notice=make_notice_for(demo)).cookie.visitor
    assert ready(*ERASE, "--visitor", visitor).stdout == "1 visitor, 1 record erased\n"


def test_one_bad_line_is_named_without_its_text_and_nothing_is_erased(ready, refused, resources, people, tmp_path):
    file = tmp_path / "emails"
    file.write_text("ada@example.org\nsecret nonsense\n")
    told = refused(ready(*ERASE, "--emails", file))
    assert told.startswith("line 2: ")
    assert "nonsense" not in told
    file.write_bytes(b"ada@example.org\n\xff\xfe")
    assert "UTF-8" in refused(ready(*ERASE, "--emails", file))
    assert left(resources, people) == [["api"]] * 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (ERASE, "exactly one of"),
        ((*ERASE, "--visitor", "A" * 22, "--subject", f"1.{'A' * 22}"), "exactly one of"),
        ((*ERASE, "--visitor", "x"), "a visitor id is 22 characters"),
        ((*ERASE, "--subject", "x"), "expected a subject key"),
        ((*ERASE, "--emails", "/nowhere/file"), "/nowhere/file"),
        (("erase", "--site", "nowhere", "--visitor", "A" * 22), "there is no site 'nowhere'"),
        (("erase", "--visitor", "A" * 22), "--site"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(ready, refused, arguments, message):
    assert message in refused(ready(*arguments))
