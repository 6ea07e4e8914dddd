"""Signatures: what two other libraries accept, and everything that ours refuses."""

import base64
import hashlib
import hmac
import json

import joserfc.jwk
import joserfc.jws
import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.errors import SecurityWarning

from consent_service.keys.record_verification import read_record_key_id, verify_record
from consent_service.keys.signing import derive_public_key, sign, sign_record
from consent_service.keys.verification import compute_key_id, make_jwk, read_jwks, verify

SEED, OTHER_SEED = bytes(range(32)), bytes(32)
PUBLIC, OTHER_PUBLIC = derive_public_key(SEED), derive_public_key(OTHER_SEED)
KID, OTHER_KID = compute_key_id(PUBLIC), compute_key_id(OTHER_PUBLIC)
KEYS = {KID: PUBLIC, OTHER_KID: OTHER_PUBLIC}
PAYLOAD = b'{"decisions":{"analytics":"granted"},"seq":1}'
RECORD = sign_record(SEED, KID, PAYLOAD)
HEADER, BODY, SIGNATURE = RECORD.split(".")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def with_header(seed: bytes = SEED, **members: object) -> str:
    header = {"alg": "EdDSA", "kid": KID, "typ": "consent-record+jwt"} | members
    text = json.dumps(header, sort_keys=True, separators=(",", ":"))
    return sign(seed, f"{b64(text.encode())}.{b64(PAYLOAD)}".encode()).decode()


def test_the_signature_is_that_of_the_standards_first_example():
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert derive_public_key(seed).hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert sign(seed, b"") == b"." + b64(bytes.fromhex(signature)).encode()


def test_the_key_id_is_the_thumbprint_of_the_standards_example():
    public = base64.urlsafe_b64decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    assert compute_key_id(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_record_verifies_with_pyjwt():
    key = jwt.PyJWK.from_dict(make_jwk(PUBLIC))
    assert jwt.decode(RECORD, key, algorithms=["EdDSA"]) == json.loads(PAYLOAD)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(RECORD, jwt.PyJWK.from_dict(make_jwk(OTHER_PUBLIC)), algorithms=["EdDSA"])


def test_a_record_verifies_with_joserfc():
    keys = joserfc.jwk.KeySet.import_key_set({"keys": [make_jwk(OTHER_PUBLIC), make_jwk(PUBLIC)]})
    # RFC 9864 would rather read Ed25519, which fewer libraries know than the EdDSA of RFC 8037.
    with pytest.warns(SecurityWarning, match="RFC 9864"):
        read = joserfc.jws.deserialize_compact(RECORD, keys, algorithms=["EdDSA"])
    assert (read.payload, read.headers()["kid"]) == (PAYLOAD, KID)


def test_our_own_verifier_agrees():
    assert verify_record(KEYS, RECORD) == PAYLOAD
    assert read_record_key_id(RECORD) == KID
    assert with_header() == RECORD


@given(st.binary(max_size=200))
def test_every_text_verifies_with_the_key_that_signed_it_and_no_other(text):
    signed = sign(SEED, text)
    assert verify(PUBLIC, signed) == text
    assert verify(OTHER_PUBLIC, signed) is None


def forged() -> dict[str, str]:
    none = b64(b'{"alg":"none","kid":"%s","typ":"consent-record+jwt"}' % KID.encode())
    mac = b64(b'{"alg":"HS256","kid":"%s","typ":"consent-record+jwt"}' % KID.encode())
    turned = b'{"typ":"consent-record+jwt","kid":"%s","alg":"EdDSA"}' % KID.encode()
    secrets = {"raw": PUBLIC, "base64url": b64(PUBLIC).encode(), "JWK": json.dumps(make_jwk(PUBLIC)).encode()}
    forgeries = {
        "alg none": f"{none}.{BODY}.",
        "alg none with a signature": f"{none}.{BODY}.{SIGNATURE}",
        "alg none, signed": with_header(alg="none"),
        "HS256 in the header, signed": with_header(alg="HS256"),
        "Ed25519 in the header": with_header(alg="Ed25519"),
        "member too many": with_header(crit=["b64"], b64=False),
        "key of its own": with_header(OTHER_SEED, jwk=make_jwk(OTHER_PUBLIC)),
        "other type": with_header(typ="JWT"),
        "no kid": with_header(kid=None),
        "kid of another kind": with_header(kid=[KID]),
        "unknown kid": with_header(kid="x" * 43),
        "kid swapped": with_header(kid=OTHER_KID),
        "kid swapped to the signer": with_header(OTHER_SEED),
        "header spelled with spaces": f"{b64(json.dumps({'alg': 'EdDSA'}).encode())}.{BODY}.{SIGNATURE}",
        "header in another order": sign(SEED, f"{b64(turned)}.{BODY}".encode()).decode(),
        "header that is a list": f"{b64(b'[]')}.{BODY}.{SIGNATURE}",
        "header that is no JSON": f"{b64(b'{')}.{BODY}.{SIGNATURE}",
        "header nested too deep": f"{b64(b'[' * 100_000)}.{BODY}.{SIGNATURE}",
        "no signature": f"{HEADER}.{BODY}.",
        "two parts": f"{HEADER}.{BODY}",
        "four parts": f"{RECORD}.{SIGNATURE}",
        "empty": "",
        "dots": "..",
        "not ASCII": RECORD + "\u00e9",
        "newline": RECORD + "\n",
        "space in front": " " + RECORD,
        "lone surrogate": RECORD[:-1] + "\ud800",
    }
    for name, secret in secrets.items():
        signature = b64(hmac.digest(secret, f"{mac}.{BODY}".encode(), hashlib.sha256))
        forgeries[f"HS256 with the {name} public key as secret"] = f"{mac}.{BODY}.{signature}"
    return forgeries


FORGED = forged()


@pytest.mark.threat("T5")
@pytest.mark.parametrize("compact", FORGED.values(), ids=FORGED)
def test_a_forged_record_is_refused(compact):
    with pytest.raises(ValueError, match=r"key|header|signature|compact|base64url"):
        verify_record(KEYS, compact)


def test_a_record_changed_in_any_one_place_is_refused():
    accepted = []
    for place, old in enumerate(RECORD):
        # Neighbours in the alphabet differ in the low bits, which lenient decoders drop at the end of a part.
        near = ALPHABET[ALPHABET.index(old) ^ 1] if old in ALPHABET else "A"
        for new in {near, "A", "=", ".", "\n"} - {old}:
            for changed in (RECORD[:place] + new + RECORD[place + 1 :], RECORD[:place] + new + RECORD[place:]):
                try:
                    accepted.append((changed, verify_record(KEYS, changed)))
                except ValueError:
                    continue
    assert not accepted


@pytest.mark.parametrize("spelling", ["{}=", "{}==", "{} ", "{}\n", " {}", "{}!", "{}%3D"])
def test_a_signature_has_one_spelling(spelling):
    text, _, signature = sign(SEED, b"text").decode().rpartition(".")
    assert verify(PUBLIC, f"{text}.{spelling.format(signature)}".encode()) is None


def test_the_spare_bits_of_a_signature_are_zero():
    signed = sign(SEED, b"text").decode()
    assert [last for last in ALPHABET if verify(PUBLIC, (signed[:-1] + last).encode())] == [signed[-1]]


@pytest.mark.threat("T5")
@pytest.mark.parametrize("signed", [b"", b".", b"text", b"text.", b"text." + b"A" * 86, b"text." + b"A" * 400_000])
def test_what_is_not_signed_does_not_verify(signed):
    assert verify(PUBLIC, signed) is None


def test_a_key_set_is_read_back():
    document = {"keys": [make_jwk(PUBLIC), make_jwk(OTHER_PUBLIC)], "consent": {"site": "demo"}}
    assert read_jwks(json.loads(json.dumps(document))) == KEYS


def test_keys_of_other_kinds_are_passed_over():
    others = [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}, "key", None, {"crv": "Ed25519"}]
    assert read_jwks({"keys": [*others, make_jwk(PUBLIC)]}) == {KID: PUBLIC}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"keys": []},
        {"keys": make_jwk(PUBLIC)},
        {"keys": [{"kty": "RSA"}]},
        {"keys": [make_jwk(PUBLIC) | {"kid": OTHER_KID}]},
        {"keys": [make_jwk(OTHER_PUBLIC), make_jwk(OTHER_PUBLIC) | {"kid": KID}]},
        {"keys": [{name: value for name, value in make_jwk(PUBLIC).items() if name != "kid"}]},
        {"keys": [make_jwk(PUBLIC) | {"x": b64(PUBLIC[:31])}]},
        {"keys": [make_jwk(PUBLIC) | {"x": "A"}]},
        {"keys": [make_jwk(PUBLIC) | {"x": ""}]},
    ],
    ids=lambda document: json.dumps(document)[:60],
)
def test_a_key_that_poses_as_another_and_what_is_no_key_set_are_refused(document):
    with pytest.raises(ValueError, match="key"):
        read_jwks(document)
