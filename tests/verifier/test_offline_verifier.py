"""The offline verifier: public keys alone, in a process of its own, in memory that does not grow with the people."""

import json
import subprocess
import sys
import tracemalloc

import pytest

from consent_service.domain.identifier import name_visitor
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.ledger.proving_records import prove_record
from consent_service.services.ledger.sealing_records import seal_records
from consent_service.storage.records import list_latest_records
from consent_service.verifier.export_verification import verify_export
from tests.cast import choose

NEVER = ("flask", "peewee", "playhouse", "apsw", "werkzeug", "jinja2", "granian", "sqlite3", "click")
IMPORTED = f"""
import sys
import consent_service.verifier.__main__
found = [name for name in {NEVER!r} if name in sys.modules]
sys.exit(f"imported: {{found}}" if found else 0)
"""


@pytest.fixture
def files(resources, site, tmp_path):
    """Write an export and the public keys, as somebody outside holds them."""
    for _ in range(3):
        choose(resources, site, "accept")
    seal_records(resources, site, "one")
    export, keys = tmp_path / "export.ndjson", tmp_path / "keys.json"
    export.write_bytes(b"".join(export_records(resources, site, None)))
    ledger = {"keys": resources.keys.checkpoints.jwks()}
    keys.write_text(json.dumps({"keys": resources.keys.jwks(), "ledger": ledger}))
    return export, keys


def run(*arguments):
    command = [sys.executable, "-P", "-m", "consent_service.verifier", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def test_neither_flask_nor_a_database_is_imported():
    result = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_an_export_is_verified_with_progress_and_an_exit_code(files):
    export, keys = files
    result = run(export, "--keys", keys)
    assert (result.returncode, result.stdout) == (0, "3 records, 1 notice: all of it verifies\n")
    assert "100 %" in result.stderr
    export.write_bytes(export.read_bytes().replace(b'"kind":"record"', b'"kind":"recard"', 1))
    result = run(export, "--keys", keys, "--quiet")
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout.startswith("line 1: neither record, notice nor summary\n")


def test_a_proof_is_verified(resources, site, files, tmp_path):
    _, keys = files
    visitor = choose(resources, site, "accept").cookie.visitor
    seal_records(resources, site, "one")
    [record] = list_latest_records(resources.database, name_visitor(site.id, visitor), 1)
    proof = tmp_path / "record.tlog-proof"
    proof.write_text(prove_record(resources, site.id, record.head[:2], record.signed, record.head.at))
    result = run(proof, "--keys", keys)
    assert result.returncode == 0
    assert result.stdout.startswith(f"record {record.head.id}")
    proof.write_text(proof.read_text().replace("index 3", "index 2"))
    assert run(proof, "--keys", keys).returncode == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("keys.json", "{}", "not a JSON Web Key Set"),
        ("keys.json", "", "Expecting value"),
        ("nowhere", "", "No such file"),
    ],
)
def test_a_file_that_is_unfit_is_refused_in_one_line(files, name, content, message):
    export, keys = files
    if name == "keys.json":
        keys.write_text(content)
    result = run(export if name == "keys.json" else export.with_name(name), "--keys", keys)
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_what_is_kept_meanwhile_does_not_grow_with_the_number_of_people(resources, site, monkeypatch):
    """All lines but the first are made up as they are asked for, and the signatures are of the one key."""
    from consent_service.services.ledger.signing_records import sign_consent_record
    from tests.verifier.made_up_export import write_lines

    def measure(people: int) -> int:
        lines = write_lines(site, people, lambda record: sign_consent_record(record, resources.keys.current))
        tracemalloc.start()
        verdict = verify_export(lines, resources.keys.public_keys)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (verdict.records, verdict.faults) == (people, [])
        return peak

    measure(10)
    assert measure(2_000) < measure(200) + 50_000


def test_an_export_that_holds_nothing_but_faults_keeps_a_thousand_and_counts_them_all(resources):
    verdict = verify_export([b"{}\n"] * 5_000, resources.keys.public_keys)
    assert (verdict.faulty, len(verdict.faults)) == (5_001, 1_000)


def test_a_person_whose_records_come_twice_is_named(resources, site):
    for _ in range(2):
        choose(resources, site, "accept")
    first, notice, second, summary = export_records(resources, site, None)
    found = verify_export([second, notice, first, summary], resources.keys.public_keys).faults
    assert len(found) == 1
    assert "its principal stands behind" in found[0]
