"""Proofs: that a record was sealed verifies offline, after others were erased too, and with nothing changed in it."""

import json

import pytest

from consent_service.domain.basics.moment import read_time
from consent_service.domain.errors import BrokenRecord
from consent_service.domain.evidence.merkle_tree import hash_leaf
from consent_service.domain.evidence.signed_note import read_verifier_key
from consent_service.domain.evidence.tlog_proof import TlogProof, parse_proof, write_proof
from consent_service.keys.key_ring import create_key
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.ledger.proving_records import find_checkpoint, is_sealed, prove_record
from consent_service.services.ledger.publishing_keys import describe_ledger_keys
from consent_service.services.ledger.reading_records import read_history
from consent_service.services.ledger.sealing_records import seal_records
from consent_service.services.operator.marking_compromises import mark_compromise
from consent_service.services.rights.erasing import erase_visitor
from consent_service.settings import Settings
from consent_service.storage.evidence.unsealed import queue_leaf
from consent_service.verifier.export_verification import verify_export
from consent_service.verifier.proof_verification import read_published_keys, verify_checkpoint, verify_proof
from tests.cast import SECOND, choose, make_site


def publish(resources, site="demo"):
    document = {"keys": resources.keys.jwks(), "ledger": describe_ledger_keys(resources, site)}
    return read_published_keys(json.loads(json.dumps(document)))


def prove(resources, site, visitor, **options):
    [statement] = read_history(resources, site, visitor).statements
    return prove_record(
        resources, site.id, statement.place, statement.signed, read_time(statement.record.at), **options
    )


@pytest.fixture
def visitors(resources, site, clock):
    made = []
    for _ in range(5):
        made.append(choose(resources, site, "accept").cookie.visitor)
        clock.advance(SECOND)
    seal_records(resources, site, "one")
    return made


@pytest.mark.one_file
def test_the_tree_is_not_searched_for_a_record_that_is_in_line(resources, site, visitors):
    [statement] = read_history(resources, site, visitors[0]).statements
    queue_leaf(resources.database, *statement.place, hash_leaf(statement.signed.encode()))
    assert not is_sealed(resources, statement.place)
    assert prove(resources, site, visitors[0]) is None
    assert prove(resources, site, visitors[1])


def test_each_record_is_proven_and_the_proof_verifies_offline(resources, site, visitors):
    keys = publish(resources)
    places = {verify_proof(prove(resources, site, visitor), keys).index for visitor in visitors}
    assert places == set(range(5))


def test_a_proof_verifies_after_others_were_erased_and_new_ones_are_made(resources, site, visitors):
    keys, before = publish(resources), prove(resources, site, visitors[0])
    for visitor in visitors[1:]:
        erase_visitor(resources, site, visitor, "test")
    choose(resources, site, "accept")
    seal_records(resources, site, "one")
    after = verify_proof(prove(resources, site, visitors[0]), publish(resources))
    assert (after.checkpoint.size, verify_proof(before, keys).checkpoint.size) == (6 + len(visitors[1:]), 5)
    assert verify_proof(before, publish(resources)).record.principal == f"demo/v/{visitors[0]}"


def test_a_record_that_is_not_sealed_yet_has_no_proof(resources, site, visitors):
    assert find_checkpoint(resources, "other") is None
    assert prove(resources, site, choose(resources, site, "accept").cookie.visitor) is None


def test_a_record_is_found_in_the_tree_whatever_the_clock_did(resources, site, clock, visitors):
    clock.advance(-3600 * SECOND)
    visitor = choose(resources, site, "accept").cookie.visitor
    seal_records(resources, site, "one")
    clock.advance(9000 * SECOND)
    for one in (visitor, *visitors):
        verify_proof(prove(resources, site, one), publish(resources))


def change_letter(text, spot):
    return f"{text[:spot]}{'A' if text[spot] != 'A' else 'B'}{text[spot + 1 :]}"


@pytest.mark.threat("T3")
def test_no_proof_verifies_with_any_letter_changed(resources, site, visitors):
    keys, proof = publish(resources), prove(resources, site, visitors[2])
    for spot in range(len(proof)):
        with pytest.raises(ValueError, match=r"."):
            verify_proof(change_letter(proof, spot), keys)


@pytest.mark.threat("T3")
def test_no_proof_verifies_with_a_field_of_another(resources, site, visitors):
    keys = publish(resources)
    mine, other = (parse_proof(prove(resources, site, visitor)) for visitor in visitors[:2])
    choose(resources, site, "accept")
    seal_records(resources, site, "one")
    newer = parse_proof(prove(resources, site, visitors[0]))
    for changed in (
        TlogProof(other.index, mine.path, mine.checkpoint, mine.extra),
        TlogProof(mine.index, other.path, mine.checkpoint, mine.extra),
        TlogProof(mine.index, mine.path, newer.checkpoint, mine.extra),
        TlogProof(mine.index, mine.path[:-1], mine.checkpoint, mine.extra),
        TlogProof(mine.index, mine.path, mine.checkpoint, other.extra),
        TlogProof(mine.index, mine.path, mine.checkpoint, None),
        TlogProof(mine.index, mine.path, mine.checkpoint, b"nonsense"),
    ):
        with pytest.raises(ValueError, match=r"."):
            verify_proof(write_proof(changed), keys)


def test_a_record_may_be_handed_over_beside_its_proof(resources, site, visitors):
    [statement] = read_history(resources, site, visitors[0]).statements
    bare = prove(resources, site, visitors[0], carried=False)
    keys = publish(resources)
    assert verify_proof(bare, keys, statement.signed).record == statement.record
    with pytest.raises(ValueError, match="hand it over"):
        verify_proof(bare, keys)


def test_the_ledger_of_one_site_proves_no_record_of_another(resources, site, visitors):
    other = make_site("other")
    visitor = choose(resources, other, "accept").cookie.visitor
    resources.database.rows("UPDATE unsealed SET principal = 'demo/v/x'")
    seal_records(resources, site, "one")
    [statement] = read_history(resources, other, visitor).statements
    proof = prove_record(resources, "demo", statement.place, statement.signed, 0)
    with pytest.raises(ValueError, match="of the site 'other'"):
        verify_proof(proof, publish(resources))


@pytest.mark.one_file
@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE ledger_tile SET hashes = substr(hashes, 1, 32) || zeroblob(32) || substr(hashes, 65) WHERE level = 0",
        "UPDATE ledger_tile SET hashes = substr(hashes, 1, 64)",
    ],
)
def test_a_tree_that_was_edited_gives_no_proof(resources, site, visitors, edit):
    resources.database.rows(edit)
    outcomes = []
    for visitor in visitors:
        try:
            outcomes.append(prove(resources, site, visitor))
        except BrokenRecord as error:
            outcomes.append(type(error))
    assert set(outcomes) == {None, BrokenRecord}


def test_the_checkpoint_verifies_with_the_keys_that_are_published(resources, visitors):
    told = describe_ledger_keys(resources, "demo")
    assert read_verifier_key(told["verifiers"][0]).name == told["origin"]
    note = find_checkpoint(resources, "demo")
    assert verify_checkpoint(note, publish(resources)).size == 5
    with pytest.raises(ValueError, match="no keys for checkpoints"):
        verify_checkpoint(note, read_published_keys({"keys": resources.keys.jwks()}))
    stranger = {"keys": resources.keys.jwks()}
    with pytest.raises(ValueError, match="none of the known keys"):
        verify_checkpoint(note, read_published_keys(stranger | {"ledger": stranger}))


@pytest.mark.parametrize("ledger", [[], {"keys": []}, "x", {"keys": 1}, None])
def test_a_keys_document_with_another_ledger_is_refused(resources, ledger):
    if ledger in ([], "x", None):
        ledger = {"keys": resources.keys.jwks(), "compromised": ledger}
    with pytest.raises(ValueError, match=r"."):
        read_published_keys({"keys": resources.keys.jwks(), "ledger": ledger})


@pytest.fixture
def exported(resources, site, visitors):
    return list(export_records(resources, site, visitors[0], proofs=True))


def verify(resources, lines):
    keys = publish(resources)
    return verify_export(lines, keys.records, checkpoints=keys.checkpoints, sealed=keys.sealed)


def test_an_export_of_a_visitor_carries_proofs_that_verify(resources, exported):
    assert [json.loads(line)["kind"] for line in exported] == ["record", "proof", "notice", "summary"]
    verdict = verify(resources, exported)
    assert (verdict.faults, verdict.proofs) == ([], 1)


def test_a_proof_in_an_export_stands_behind_its_record_and_is_counted(resources, exported):
    record, proof, notice, summary = exported
    assert verify(resources, [record, notice, proof, summary]).faults == [
        "line 3: the proof does not stand behind its record"
    ]
    assert "the summary counts" in verify(resources, [record, notice, summary]).faults[0]
    spoiled = json.loads(proof) | {"text": json.loads(proof)["text"].replace("index ", "index 1")}
    assert verify(resources, [record, json.dumps(spoiled).encode(), notice, summary]).faults


@pytest.mark.one_file
def test_what_a_compromised_key_signed_counts_where_it_was_sealed_before(resources, site, clock, visitors):
    settings = Settings(home=resources.database.folder)
    clock.advance(600 * SECOND)
    since = clock()
    kid = resources.keys.current[0]
    clock.advance(SECOND)
    late = choose(resources, site, "accept").cookie.visitor
    seal_records(resources, site, "one")
    made = mark_compromise(resources, settings, kid, since)
    assert resources.keys.current[0] == made != kid
    history = read_history(resources, site, late)
    assert (history.statements, history.unverified) == ([], 1)
    assert len(read_history(resources, site, visitors[0]).statements) == 1
    fresh = choose(resources, site, "accept").cookie.visitor
    assert len(read_history(resources, site, fresh).statements) == 1
    seal_records(resources, site, "one")
    assert verify(resources, export_records(resources, site, visitors[0], proofs=True)).faults == []
    assert "was compromised" in verify(resources, export_records(resources, site, late, proofs=True)).faults[0]
    assert "nothing shows" in verify(resources, export_records(resources, site, visitors[0])).faults[0]
    assert verify(resources, export_records(resources, site, fresh)).faults == []


@pytest.mark.one_file
def test_a_forger_with_a_compromised_key_is_not_believed(resources, site, clock, visitors):
    """Whoever has the key can date a record as they like; only the seal tells when it was there."""
    settings = Settings(home=resources.database.folder)
    create_key(settings.keys, clock())
    forged = choose(resources, site, "accept").cookie.visitor
    kid = read_history(resources, site, forged).statements[0].kid
    mark_compromise(resources, settings, kid, clock())
    assert read_history(resources, site, forged).statements == []
