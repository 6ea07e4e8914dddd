"""Signed notes, made and opened: Ed25519 over a text, as c2sp.org/signed-note says."""

from collections.abc import Iterable

from consent_service.domain.evidence.signed_note import NoteSignature, SignedNote, VerifierKey, parse_note, write_note
from consent_service.keys.signing import derive_public_key, sign_bytes
from consent_service.keys.verification import verify_bytes


def sign_note(seed: bytes, name: str, text: str) -> str:
    """Sign a text in a name."""
    key = VerifierKey(name, derive_public_key(seed))
    return write_note(SignedNote(text, (NoteSignature(name, key.key_id, sign_bytes(seed, text.encode())),)))


def open_note(written: str, public_keys: Iterable[bytes]) -> str:
    """Return the text of a note that one of these keys signed in the name that is the text's first line.

    Raises ValueError that says what is wrong. Signatures of other keys, such as those of witnesses, are passed over.
    """
    note = parse_note(written)
    name = note.text.partition("\n")[0]
    known = {VerifierKey(name, public).key_id: public for public in public_keys}
    own = [signed for signed in note.signatures if signed.name == name and signed.key_id in known]
    if not own:
        raise ValueError("none of the known keys signed the checkpoint")
    if not all(verify_bytes(known[signed.key_id], note.text.encode(), signed.signature) for signed in own):
        raise ValueError("the signature of the checkpoint does not match")
    return note.text
