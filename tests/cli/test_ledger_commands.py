"""Commands of the ledger: sealing, a proof that verifies elsewhere, and going on after a loss."""

import json
import shutil

import pytest

from consent_service.services.ledger.publishing_keys import describe_ledger_keys
from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from consent_service.site_files.site_file import read_sites
from tests.cast import choose, make_notice_for
from tests.cli.conftest import SITES


@pytest.fixture
def resources(ready, home):
    return open_resources(Settings(home=home))


@pytest.fixture
def demo():
    return next(site for site in read_sites(SITES) if site.id == "demo")


@pytest.fixture
def record(resources, demo):
    return choose(resources, demo, "accept", notice=make_notice_for(demo)).record


@pytest.fixture
def keys_file(resources, tmp_path):
    def write():
        file = tmp_path / "keys.json"
        document = {"keys": resources.keys.jwks(), "ledger": describe_ledger_keys(resources, "demo")}
        file.write_text(json.dumps(document))
        return file

    return write


def test_a_proof_made_by_the_command_verifies_without_home_and_sites(ready, run, record, keys_file, tmp_path):
    sealed = ready("ledger", "seal")
    assert "demo: 1 record sealed" in sealed.stdout.splitlines()
    file = tmp_path / "record.tlog-proof"
    proven = ready("ledger", "prove", record, "--out", file)
    assert (proven.exit_code, proven.stdout, proven.stderr) == (0, "", f"{file}: the proof of record {record}\n")
    assert file.read_text(encoding="utf-8") == ready("ledger", "prove", record).stdout
    result = run("ledger", "verify", file, "--keys", keys_file(), CONSENT_HOME="/nowhere", CONSENT_SITES="/nowhere")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first.startswith(f"record {record} of ")
    assert first.endswith(": it verifies")
    assert second.startswith("number 0 of 1 in ")
    assert "/consent/ledger/demo/" in second


def test_a_proof_that_was_edited_is_told_with_exit_code_1(ready, run, record, keys_file, tmp_path):
    ready("ledger", "seal")
    file = tmp_path / "record.tlog-proof"
    file.write_text(ready("ledger", "prove", record).stdout.replace("index 0", "index 1"), encoding="utf-8")
    result = run("ledger", "verify", file, "--keys", keys_file())
    assert (result.exit_code, result.stdout) == (
        1,
        f"{file}: the record does not lie in the tree that the checkpoint signs\n",
    )
    file.write_bytes(b"\xff\xfe")
    assert run("ledger", "verify", file, "--keys", keys_file()).exit_code == 1


def test_a_record_beside_its_proof_is_read_from_a_file(ready, run, record, keys_file, tmp_path):
    ready("ledger", "seal")
    proof = ready("ledger", "prove", record).stdout
    file, signed = tmp_path / "bare.tlog-proof", tmp_path / "record.jws"
    file.write_text("".join(line for line in proof.splitlines(keepends=True) if not line.startswith("extra ")))
    signed.write_text(ready("records", "show", record, "--signed").stdout)
    assert "hand it over" in run("ledger", "verify", file, "--keys", keys_file()).stdout
    assert run("ledger", "verify", file, "--keys", keys_file(), "--record", signed).exit_code == 0


def test_what_is_no_keys_document_is_refused(run, ready, record, refused, tmp_path):
    ready("ledger", "seal")
    file, keys = tmp_path / "record.tlog-proof", tmp_path / "keys.json"
    file.write_text(ready("ledger", "prove", record).stdout)
    keys.write_text("{}")
    assert "not a JSON Web Key Set" in refused(run("ledger", "verify", file, "--keys", keys))


def test_a_record_that_is_not_sealed_or_not_there_is_refused(ready, record, refused):
    assert "is not sealed yet; run: consent-service ledger seal" in refused(ready("ledger", "prove", record))
    assert "there is no record" in refused(ready("ledger", "prove", "x"))


def test_an_older_copy_is_refused_until_the_loss_is_accepted(ready, resources, demo, record, refused, home):
    ready("ledger", "seal")
    resources.database.empty_log()
    shutil.copy(resources.database.file, home / "copy")
    choose(resources, demo, "accept", notice=make_notice_for(demo))
    ready("ledger", "seal")
    resources.database.close()
    for suffix in ("-wal", "-shm"):
        (home / f"consent.sqlite3{suffix}").unlink(missing_ok=True)
    (home / "copy").replace(home / "consent.sqlite3")
    (home / "consent.sqlite3").chmod(0o600)
    for command in (("serve", "--port", "1"), ("worker",), ("ledger", "seal")):
        assert "it is an older copy; restore the newest backup; or" in refused(ready(*command))
    accepted = ready("ledger", "accept-loss", "--yes")
    assert accepted.stdout == "demo: a new epoch begins with 1 sealed record\n"
    assert ready("ledger", "seal").exit_code == 0


def test_a_compromised_key_is_followed_by_another(ready, resources, refused):
    kid = resources.keys.current[0]
    assert "there is no signing key 'x'" in refused(ready("key", "compromise", "x", "--since", "2026-01-01"))
    assert ready("key", "compromise", kid, "--since", "yesterday").exit_code == 2
    told = ready("key", "compromise", kid, "--since", "2026-01-01").stdout.splitlines()
    assert told[0] == f"what {kid} signed counts where it was sealed before 2026-01-01T00:00:00.000000Z"
    assert told[1] == f"new signing key {resources.keys.current[0]}"
    assert resources.keys.current[0] != kid


def test_proofs_are_exported_for_one_person(ready, run, resources, demo, keys_file, tmp_path, refused):
    visitor = choose(resources, demo, "accept", notice=make_notice_for(demo)).cookie.visitor
    ready("ledger", "seal")
    file = tmp_path / "export.ndjson"
    export = ("records", "export", "--site", "demo")
    assert "choose one of --visitor and --subject" in refused(ready(*export, "--proofs"))
    assert ready(*export, "--visitor", visitor, "--proofs", "--out", file).exit_code == 0
    result = run("records", "verify", file, "--keys", keys_file())
    assert (result.exit_code, result.stdout) == (0, "1 record, 1 notice, 1 proof: all of it verifies\n")
