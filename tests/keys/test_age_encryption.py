"""Encryption in the format of age: what we write it reads, what it writes we read, and nothing that was changed."""

import io
import os
import subprocess

import pytest

from consent_service.keys.age_encryption import AgeReader, AgeWriter, read_identities, read_recipient, write_recipient
from tests.requirements import require

IDENTITY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
"""The example of the specification's test vectors: 32 bytes of 0x42."""
RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
LENGTHS = (0, 1, 65_535, 65_536, 65_537, 131_072, 200_000)


def encrypt(content: bytes, *recipients: str) -> bytes:
    written = io.BytesIO()
    writer = AgeWriter(written, [read_recipient(one) for one in recipients or (RECIPIENT,)])
    for start in range(0, len(content), 10_000):
        writer.write(content[start : start + 10_000])
    writer.finish()
    return written.getvalue()


def decrypt(encrypted: bytes, identity: str = IDENTITY) -> bytes:
    return io.BufferedReader(AgeReader(io.BytesIO(encrypted), read_identities(identity))).read()


def test_the_keys_are_spelled_as_age_spells_them():
    assert read_identities(f"# created by hand\n\n{IDENTITY}\n") == [b"\x42" * 32]
    assert write_recipient(b"\x42" * 32) == RECIPIENT


@pytest.mark.parametrize("length", LENGTHS)
def test_what_was_encrypted_is_read(length):
    content = os.urandom(length)
    assert decrypt(encrypt(content)) == content


def test_each_of_several_recipients_reads_it():
    other = b"\x17" * 32
    encrypted = encrypt(b"both", RECIPIENT, write_recipient(other))
    assert decrypt(encrypted) == b"both"
    assert io.BufferedReader(AgeReader(io.BytesIO(encrypted), [other])).read() == b"both"


@pytest.mark.parametrize("length", [0, 100, 65_536, 70_000])
def test_nothing_that_was_changed_or_cut_off_is_read(length):
    encrypted = encrypt(os.urandom(length))
    places = {0, 25, 40, len(encrypted) // 2, len(encrypted) - 1}
    changed = [encrypted[:place] + bytes([encrypted[place] ^ 1]) + encrypted[place + 1 :] for place in places]
    cut = [encrypted[:place] for place in (*places, len(encrypted) - 65_552) if place > 0]
    for one in (*changed, *cut, encrypted + b"x"):
        with pytest.raises(ValueError, match=r"cut off|changed|missing|another key|padding|base64|length"):
            decrypt(one)


def test_another_key_opens_nothing():
    with pytest.raises(ValueError, match="for another key"):
        io.BufferedReader(AgeReader(io.BytesIO(encrypt(b"x")), [b"\x17" * 32])).read()


@pytest.mark.parametrize(
    "text", ["", "age1", RECIPIENT[:-1], RECIPIENT.replace("z", "y", 1), RECIPIENT.title(), IDENTITY, "age1" + "q" * 58]
)
def test_what_is_no_public_key_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_recipient(text)


@pytest.mark.parametrize("text", ["", "# nothing\n", RECIPIENT, IDENTITY[:-1]])
def test_what_is_no_private_key_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_identities(text)


@pytest.mark.parametrize("length", LENGTHS)
def test_age_itself_reads_ours_and_we_read_its(tmp_path, length):
    require("age")
    content, key, ours, plain, theirs = os.urandom(length), *(tmp_path / name for name in ("key", "a", "b", "c"))
    key.write_text(f"{IDENTITY}\n")
    ours.write_bytes(encrypt(content))
    opened = subprocess.run(["age", "--decrypt", "-i", key, ours], capture_output=True, check=True)
    assert opened.stdout == content
    plain.write_bytes(content)
    subprocess.run(["age", "-r", RECIPIENT, "-o", theirs, plain], check=True)
    assert decrypt(theirs.read_bytes()) == content
