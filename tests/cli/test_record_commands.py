"""Commands that show, export and verify records."""

import json

import pytest

from consent_service.domain.ledger.decision import Method
from consent_service.domain.subject.act import Act
from consent_service.services.ledger.reading_records import find_record_of_site
from consent_service.services.operator.preparing_home import open_resources
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.services.subject.recording_acts import record_act
from consent_service.settings import Settings
from consent_service.site_files.site_file import read_sites
from tests.cast import choose, make_notice_for
from tests.cli.conftest import SITES

EXPORT = ("records", "export", "--site", "demo")


@pytest.fixture
def resources(ready, home):
    return open_resources(Settings(home=home))


@pytest.fixture
def recorded(resources):
    demo = next(site for site in read_sites(SITES) if site.id == "demo")
    notice = make_notice_for(demo)
    return [choose(resources, demo, button, notice=notice) for button in ("accept", "reject")]


@pytest.fixture
def keys_file(resources, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": resources.keys.jwks()}))
    return file


@pytest.fixture
def export_file(ready, recorded, tmp_path):
    file = tmp_path / "records.ndjson"
    assert ready(*EXPORT, "--out", file).exit_code == 0
    return file


def test_a_record_is_shown_as_it_was_recorded(ready, recorded, resources):
    shown = json.loads(ready("records", "show", recorded[0].record).stdout)
    assert (shown["id"], shown["method"], shown["site"]) == (recorded[0].record, "accept_all", "demo")
    signed = ready("records", "show", recorded[0].record, "--signed").stdout.strip()
    demo = next(site for site in read_sites(SITES) if site.id == "demo")
    assert signed == find_record_of_site(resources, demo, recorded[0].record).signed


def test_an_export_goes_to_standard_output_or_a_file(ready, recorded, export_file):
    result = ready(*EXPORT)
    assert result.exit_code == 0
    assert result.stdout == export_file.read_text()
    assert json.loads(result.stdout.splitlines()[-1]) == {"kind": "summary", "notices": 1, "records": 2}


def test_one_visitors_records_are_exported_alone(ready, recorded):
    lines = ready(*EXPORT, "--visitor", recorded[0].cookie.visitor).stdout.splitlines()
    assert json.loads(lines[-1])["records"] == 1


def test_the_records_of_a_subject_are_shown_and_exported_alone(ready, recorded, resources, run, tmp_path, keys_file):
    demo = next(site for site in read_sites(SITES) if site.id == "demo")
    person = identify_email(resources, demo, "ada@example.org")
    act = Act(method=Method.API, actor="key:1", at=resources.clock(), stop_all=True, source="app")
    record = record_act(resources, demo, person.principal, act).record
    shown = json.loads(ready("records", "show", record).stdout)
    assert (shown["principal"], shown["source"], list(shown["overrides"])) == (person.principal, "app", ["stop_all"])
    file = tmp_path / "subject.ndjson"
    assert ready(*EXPORT, "--subject", person.key, "--out", file).exit_code == 0
    result = run("records", "verify", file, "--keys", keys_file)
    assert (result.exit_code, result.stdout) == (0, "1 record, 0 notices: all of it verifies\n")


def test_an_export_verifies_with_the_public_keys_alone(run, export_file, keys_file):
    result = run(
        "records", "verify", export_file, "--keys", keys_file, CONSENT_HOME="/nowhere", CONSENT_SITES="/nowhere"
    )
    assert (result.exit_code, result.stdout) == (0, "2 records, 1 notice: all of it verifies\n")


def test_an_export_into_a_file_tells_what_it_holds(ready, recorded, tmp_path):
    visitor = recorded[0].cookie.visitor
    for number, (more, told) in enumerate(
        (
            ((), "2 records, 1 notice"),
            (("--visitor", visitor), "1 record, 1 notice"),
            (("--visitor", visitor, "--proofs"), "1 record, 1 notice, 0 proofs"),
        )
    ):
        file = tmp_path / f"{number}.ndjson"
        result = ready(*EXPORT, *more, "--out", file)
        assert (result.stdout, result.stderr) == ("", f"{file}: {told}\n")
    assert ready(*EXPORT).stderr == ""


def test_an_export_without_a_record_verifies_and_says_so(ready, run, tmp_path, keys_file):
    file = tmp_path / "empty.ndjson"
    assert ready(*EXPORT, "--out", file).exit_code == 0
    result = run("records", "verify", file, "--keys", keys_file)
    assert (result.exit_code, result.stdout) == (0, "0 records, 0 notices: all of it verifies\n")


def test_an_export_that_was_tampered_with_is_told_with_its_line_and_exit_code_1(run, export_file, keys_file):
    lines = export_file.read_text().splitlines(keepends=True)
    export_file.write_text("".join([lines[0].replace("eyJ", "eyK", 1), *lines[1:]]))
    result = run("records", "verify", export_file, "--keys", keys_file)
    assert result.exit_code == 1
    assert result.stdout.startswith("line 1: ")
    assert "2 records" in result.stdout.splitlines()[-1]


def test_very_many_faults_are_counted_not_listed(run, tmp_path, keys_file):
    export = tmp_path / "rubbish"
    export.write_text("rubbish\n" * 500)
    result = run("records", "verify", export, "--keys", keys_file)
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 52
    assert result.stdout.splitlines()[-2:] == ["and 451 more", "0 records, 0 notices: 501 faults"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "019b796d-d600-7998-9071-faebc0db7432"), "there is no record"),
        (("show", "rubbish"), "there is no record 'rubbish'"),
        (("show",), "ID"),
        (("export", "--site", "nowhere"), "there is no site 'nowhere'"),
        (("export", "--site", "demo", "--visitor", "somebody"), "a visitor id is 22 characters"),
        (("export", "--site", "demo", "--subject", "somebody"), "a subject key is a digit"),
        (("export", "--site", "demo", "--subject", f"1.{'A' * 22}", "--visitor", "A" * 22), "choose one of"),
        (("export", "--site", "demo", "--out", "/proc/nowhere/file"), "/proc/nowhere/file: No such file"),
        (("export",), "--site"),
        (("verify", "/nowhere/export"), "/nowhere/export"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(ready, refused, arguments, message):
    assert message in refused(ready("records", *arguments))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"keys": []}', b'{"keys": 7}', b"\xff", b"[" * 100_000])
def test_a_key_file_that_is_no_key_set_is_refused(run, refused, export_file, keys_file, content):
    keys_file.write_bytes(content)
    assert refused(run("records", "verify", export_file, "--keys", keys_file)).startswith(f"{keys_file}: ")


def test_a_broken_record_is_one_line_and_exit_code_2(ready, refused, recorded, resources):
    with resources.database.write():
        resources.database.change("UPDATE record SET signed = 'x.y.z'")
    assert "does not verify" in refused(ready("records", "show", recorded[0].record))
