"""Signed notes: a text and the signatures under it, as c2sp.org/signed-note writes them."""

import hashlib
from base64 import b64decode, b64encode
from typing import NamedTuple

ED25519 = b"\x01"
"""What a kind of signature is called in key ids and verifier keys; we make no other."""
KEY_BYTES, ID_BYTES, SIGNATURE_BYTES = 32, 4, 64
MAX_SIGNATURES = 32
MAX_NOTE = 262_144
_DASH = "— "


class NoteSignature(NamedTuple):
    """One signature: who says to have made it, the id of the key, and the bytes."""

    name: str
    key_id: bytes
    signature: bytes


class SignedNote(NamedTuple):
    """A text, which ends in a newline, with its signatures; nothing of it counts before one was verified."""

    text: str
    signatures: tuple[NoteSignature, ...]


class VerifierKey(NamedTuple):
    """A name and the Ed25519 key that signs in it."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_BYTES]


def is_key_name(name: str) -> bool:
    """Say whether a signature may bear this name."""
    return bool(name) and name.isprintable() and "+" not in name and not any(letter.isspace() for letter in name)


def write_note(note: SignedNote) -> str:
    """Write a note as it is kept and sent."""
    lines = [f"{_DASH}{name} {encode_base64(key_id + signature)}\n" for name, key_id, signature in note.signatures]
    return f"{note.text}\n{''.join(lines)}"


def parse_note(written: str) -> SignedNote:
    """Take a note apart; raises ValueError that says what is wrong with it."""
    if len(written) > MAX_NOTE:
        raise ValueError("the note is too long")
    if any(letter < " " and letter != "\n" for letter in written):
        raise ValueError("the note holds control characters")
    text, blank, signed = written.rpartition("\n\n")
    if not blank or not signed.endswith("\n"):
        raise ValueError("the note is not a text, an empty line and signatures")
    lines = signed[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise ValueError("the note has too many signatures")
    return SignedNote(f"{text}\n", tuple(map(_parse_signature, lines)))


def write_verifier_key(key: VerifierKey) -> str:
    """Write a key as verifiers are told it."""
    return f"{key.name}+{key.key_id.hex()}+{encode_base64(ED25519 + key.public)}"


def read_verifier_key(written: str) -> VerifierKey:
    """Read a key; raises ValueError for another kind of key, and one whose id is not its own."""
    name, _, rest = written.partition("+")
    key_id, _, encoded = rest.partition("+")
    content = decode_base64(encoded)
    if not is_key_name(name) or content[:1] != ED25519 or len(content) != 1 + KEY_BYTES:
        raise ValueError("not an Ed25519 verifier key")
    key = VerifierKey(name, content[1:])
    if key.key_id.hex() != key_id:
        raise ValueError("the verifier key does not carry its own id")
    return key


def encode_base64(content: bytes) -> str:
    """Encode as RFC 4648, section 4."""
    return b64encode(content).decode()


def decode_base64(encoded: str) -> bytes:
    """Decode what is spelled in the one canonical way; raises ValueError for anything else."""
    content = b64decode(encoded.encode("ascii", "strict"), validate=True)
    if encode_base64(content) != encoded:
        raise ValueError("base64 that is not spelled canonically")
    return content


def _parse_signature(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_key_name(name):
        raise ValueError("a line under the note is not a signature")
    content = decode_base64(encoded)
    if len(content) <= ID_BYTES:
        raise ValueError("a signature under the note is cut off")
    return NoteSignature(name, content[:ID_BYTES], content[ID_BYTES:])
