"""Signed notes, checkpoints and proof files: the published examples, and everything that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.evidence.checkpoint import (
    Checkpoint,
    LedgerOrigin,
    read_checkpoint,
    read_origin,
    write_checkpoint,
)
from consent_service.domain.evidence.signed_note import (
    NoteSignature,
    SignedNote,
    VerifierKey,
    parse_note,
    read_verifier_key,
    write_note,
    write_verifier_key,
)
from consent_service.domain.evidence.tlog_proof import TlogProof, parse_proof, write_proof

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
EXAMPLE_CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""
HASHES = st.binary(min_size=32, max_size=32)
LINE = st.text(st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20)


def test_the_published_key_and_note_are_read_and_written_as_they_stand():
    key = read_verifier_key(EXAMPLE_KEY)
    assert key.name == "example.com/foo"
    assert write_verifier_key(key) == EXAMPLE_KEY
    note = parse_note(EXAMPLE_NOTE)
    assert note.text == "This is an example message.\n"
    assert [signature.key_id for signature in note.signatures] == [key.key_id]
    assert write_note(note) == EXAMPLE_NOTE


def test_the_published_checkpoint_is_read_and_written_as_it_stands():
    note = parse_note(EXAMPLE_CHECKPOINT)
    checkpoint = read_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert write_checkpoint(checkpoint) == note.text


@given(st.lists(LINE, min_size=1), st.lists(st.binary(min_size=5, max_size=80), min_size=1, max_size=9))
def test_a_note_comes_back_as_it_was(lines, signatures):
    signed = tuple(NoteSignature("a.example/log", raw[:4], raw[4:]) for raw in signatures)
    note = SignedNote("".join(f"{line}\n" for line in lines), signed)
    assert parse_note(write_note(note)) == note


@pytest.mark.parametrize(
    "written",
    [
        *("", "\n", "text\n", "text\n\n", EXAMPLE_NOTE[:-1], EXAMPLE_NOTE + "\n", EXAMPLE_NOTE + "more\n"),
        EXAMPLE_NOTE.replace("—", "-"),
        EXAMPLE_NOTE.replace("example.com/foo U", "example.com/foo  U"),
        EXAMPLE_NOTE.replace("example.com/foo U", "example.com+foo U"),
        EXAMPLE_NOTE.replace("example.com/foo U", " U"),
        EXAMPLE_NOTE.replace("aQM=", "aQN="),
        EXAMPLE_NOTE.replace("aQM=", "aQM"),
        EXAMPLE_NOTE.replace("an example", "an\texample"),
        "text\n\n— a.example/log AAAAAA==\n",
        "text\n\n" + "— a.example/log AAAAAAA=\n" * 33,
        "text\n\n— a.example/log " + "A" * 300_000 + "\n",
    ],
)
def test_what_is_no_note_is_refused(written):
    with pytest.raises(ValueError, match=r"."):
        parse_note(written)


@pytest.mark.parametrize(
    "written",
    [
        *("", "a", "a+b+c", EXAMPLE_KEY.replace("530d903a", "530d903b"), EXAMPLE_KEY.replace("foo", "bar")),
        EXAMPLE_KEY.replace("+Ae", "+Be"),
        EXAMPLE_KEY[:-4],
        EXAMPLE_KEY.replace("/foo", "/f oo"),
    ],
)
def test_what_is_no_verifier_key_is_refused(written):
    with pytest.raises(ValueError, match=r"."):
        read_verifier_key(written)


@pytest.mark.parametrize("text", ["a\n1\n", "a\n01\nX\n", "a\n-1\nX\n", "\n1\nX\n", "a\n1\nX\nmore\n", "a\n1\nAA==\n"])
def test_what_is_no_checkpoint_is_refused(text):
    root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    with pytest.raises(ValueError, match=r"."):
        read_checkpoint(text.replace("X", root))
    with pytest.raises(ValueError, match="empty tree"):
        read_checkpoint(f"a\n0\n{root}\n")


def test_an_origin_says_whose_ledger_it_is():
    origin = LedgerOrigin("shop.example", "demo", 1_764_553_359)
    assert str(origin) == "shop.example/consent/ledger/demo/1764553359"
    assert read_origin(str(origin)) == origin


@pytest.mark.threat("T3")
@pytest.mark.parametrize(
    "written", ["", "shop.example", "a+b/consent/ledger/d/1", "a/consent/ledger/demo/x", "a/b/c/d"]
)
def test_the_origin_of_another_log_is_refused(written):
    with pytest.raises(ValueError, match="not of a ledger"):
        read_origin(written)


@given(st.integers(0, 2**60), st.lists(HASHES, max_size=40), st.none() | st.binary(max_size=200))
def test_a_proof_comes_back_as_it_was(index, path, extra):
    proof = TlogProof(index, tuple(path), EXAMPLE_CHECKPOINT, extra)
    assert parse_proof(write_proof(proof)) == proof


PROOF = write_proof(TlogProof(7, (b"h" * 32,), EXAMPLE_CHECKPOINT, b"extra"))


@pytest.mark.threat("T4")
@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "\n\n",
            PROOF.replace("@v1", "@v2"),
            PROOF.replace("index 7", "index 07"),
            PROOF.replace("index 7\n", ""),
        ),
        PROOF.replace("index 7", "index -7"),
        PROOF.replace("aGho", "aGh", 1),
        PROOF.replace("aGhoaGho", "aGho", 1),
        PROOF.replace("extra ", "extras "),
        PROOF.partition("\n\n")[0],
        "x" * 2_000_000,
    ],
)
def test_what_is_no_proof_is_refused(written):
    with pytest.raises(ValueError, match=r"."):
        parse_proof(written)


def test_a_key_id_is_bound_to_the_name():
    assert VerifierKey("a.example/log", b"k" * 32).key_id != VerifierKey("b.example/log", b"k" * 32).key_id
    assert Checkpoint("a", 0, b"").size == 0
