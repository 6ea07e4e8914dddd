"""Encryption to a key, in the format of age (age-encryption.org/v1), which other tools write and read too.

Of its recipients that is X25519 alone. What is read is handed out piece by piece, each only after it was verified; one
that is missing at the end is noticed.
"""

import hmac
import io
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from consent_service.keys.bech32 import decode_bech32, encode_bech32

INTRODUCTION = b"age-encryption.org/v1"
RECIPIENT, IDENTITY = "age", "age-secret-key-"
X25519 = "age-encryption.org/v1/X25519"
KEY_LENGTH, NONCE_LENGTH, TAG_LENGTH = 16, 16, 16
CHUNK = 65_536
MOST_HEADER_LINES = 1_000


def read_recipient(text: str) -> bytes:
    """Read a public key such as ``age1…``; raises ValueError."""
    return _require_length(decode_bech32(RECIPIENT, text.strip()))


def read_identities(text: str) -> list[bytes]:
    """Read the private keys in a file as ``age-keygen`` writes it; raises ValueError where there is none."""
    lines = [line.strip() for line in text.splitlines()]
    found = [_require_length(decode_bech32(IDENTITY, line)) for line in lines if line and not line.startswith("#")]
    if not found:
        raise ValueError("there is no key in it")
    return found


def write_recipient(identity: bytes) -> str:
    """Write the public key of a private one."""
    return encode_bech32(RECIPIENT, X25519PrivateKey.from_private_bytes(identity).public_key().public_bytes_raw())


class AgeWriter:
    """Encrypts what is written to a stream for whoever has the private key of one of the recipients.

    Only what was finished can be read; the stream itself stays open.
    """

    def __init__(self, stream: BinaryIO, recipients: Sequence[bytes]) -> None:
        self._stream, self._held, self._number = stream, bytearray(), 0
        file_key, nonce = os.urandom(KEY_LENGTH), os.urandom(NONCE_LENGTH)
        header = b"\n".join([INTRODUCTION, *(_write_stanza(file_key, recipient) for recipient in recipients), b"---"])
        stream.write(header + b" " + _encode(_compute_code(file_key, header)) + b"\n" + nonce)
        self._cipher = ChaCha20Poly1305(_derive(file_key, nonce, "payload"))

    def write(self, content: bytes) -> int:
        """Take bytes and write every whole piece."""
        self._held += content
        # The last piece is only known at the end, so one is always held back.
        while len(self._held) > CHUNK:
            self._write_piece(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(content)

    def finish(self) -> None:
        """Write the last piece."""
        self._write_piece(bytes(self._held), last=True)

    def _write_piece(self, piece: bytes, *, last: bool) -> None:
        self._stream.write(self._cipher.encrypt(_count(self._number, last=last), piece, None))
        self._number += 1


class AgeReader(io.RawIOBase):
    """Decrypts a stream with one of these private keys; raises ValueError for what is changed or for others."""

    def __init__(self, stream: BinaryIO, identities: Sequence[bytes]) -> None:
        super().__init__()
        header, stanzas, code = _read_header(stream)
        keys = [key for identity in identities for stanza in stanzas if (key := _open_stanza(stanza, identity))]
        if not keys:
            raise ValueError("it is encrypted for another key than those given")
        if not hmac.compare_digest(_compute_code(keys[0], header), code):
            raise ValueError("its header was changed")
        self._cipher = ChaCha20Poly1305(_derive(keys[0], stream.read(NONCE_LENGTH), "payload"))
        self._pieces = _read_pieces(stream, self._cipher)
        self._held = b""

    def readable(self) -> bool:
        """Say that it can be read from."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer with what was verified."""
        if not self._held:
            self._held = next(self._pieces, b"")
        taken = self._held[: len(buffer)]
        buffer[: len(taken)] = taken
        self._held = self._held[len(taken) :]
        return len(taken)


def _read_pieces(stream: BinaryIO, cipher: ChaCha20Poly1305) -> Iterator[bytes]:
    number, piece = 0, stream.read(CHUNK + TAG_LENGTH)
    while piece:
        following = stream.read(CHUNK + TAG_LENGTH)
        try:
            yield cipher.decrypt(_count(number, last=not following), piece, None)
        except InvalidTag:
            raise ValueError("it was changed, or its end is missing") from None
        number, piece = number + 1, following
    if not number:
        raise ValueError("its end is missing")


def _read_header(stream: BinaryIO) -> tuple[bytes, list[tuple[bytes, bytes]], bytes]:
    """Read the header as far as its code authenticates it, the share and body of each stanza we know, and the code."""
    lines = [stream.readline(CHUNK)]
    while not lines[-1].startswith(b"--- "):
        if not lines[-1].endswith(b"\n") or len(lines) > MOST_HEADER_LINES:
            raise ValueError("its header is cut off")
        lines.append(stream.readline(CHUNK))
    words = [line.split() for line in lines]
    stanzas = [
        (_decode(word[2]), _decode(words[place + 1][0]))
        for place, word in enumerate(words[:-1])
        if word[:2] == [b"->", b"X25519"] and len(word) == 3 and len(words[place + 1]) == 1
    ]
    return b"".join(lines[:-1]) + b"---", stanzas, _decode(lines[-1][4:].strip())


def _write_stanza(file_key: bytes, recipient: bytes) -> bytes:
    ours = X25519PrivateKey.generate()
    share = ours.public_key().public_bytes_raw()
    shared = ours.exchange(X25519PublicKey.from_public_bytes(recipient))
    body = ChaCha20Poly1305(_derive(shared, share + recipient, X25519)).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _encode(share) + b"\n" + _encode(body)


def _open_stanza(stanza: tuple[bytes, bytes], identity: bytes) -> bytes | None:
    (share, body), ours = stanza, X25519PrivateKey.from_private_bytes(identity)
    try:
        shared = ours.exchange(X25519PublicKey.from_public_bytes(share))
        salt = share + ours.public_key().public_bytes_raw()
        return ChaCha20Poly1305(_derive(shared, salt, X25519)).decrypt(bytes(12), body, None)
    except (InvalidTag, ValueError):
        return None


def _compute_code(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derive(file_key, b"", "header"), header, "sha256")


def _derive(secret: bytes, salt: bytes, info: str) -> bytes:
    return HKDF(SHA256(), 32, salt, info.encode()).derive(secret)


def _count(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _encode(content: bytes) -> bytes:
    return b64encode(content).rstrip(b"=")


def _decode(text: bytes) -> bytes:
    return b64decode(text + b"=" * (-len(text) % 4), validate=True)


def _require_length(content: bytes) -> bytes:
    if len(content) != 32:
        raise ValueError("a key has 32 bytes")
    return content
