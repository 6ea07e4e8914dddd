"""Link tokens: everything they say is read back, and nothing that was not signed is ever read."""

import base64
import hashlib
import hmac
import random
import re
import string
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.messages.link_token import (
    MAX_CODE,
    LinkKind,
    LinkToken,
    make_purpose_code,
    read_token,
    write_base32_token,
    write_base64url_token,
    write_token,
)
from consent_service.domain.site.purpose import Channel

SECRETS = {1: b"one" * 11, 2: b"two" * 11}
SITE = "demo"
ANNA, BERT = "1.AAECAwQFBgcICQoLDA0ODw", "1.Dw4NDAsKCQgHBgUEAwIBAA"
NEWS = LinkToken(LinkKind.UNSUBSCRIBE, ANNA, Channel.EMAIL, make_purpose_code("news"))
RAW = write_token(SECRETS, SITE, NEWS)

SUBJECTS = st.builds(
    lambda number, hashed: f"{number}.{base64.urlsafe_b64encode(hashed).decode().rstrip('=')}",
    st.integers(1, 7),
    st.binary(min_size=16, max_size=16),
)
TOKENS = (
    st.builds(
        LinkToken,
        st.sampled_from([LinkKind.UNSUBSCRIBE, LinkKind.PREFERENCES]),
        SUBJECTS,
        st.none() | st.sampled_from(Channel),
        st.integers(0, MAX_CODE),
        st.just(False),
    )
    | st.builds(
        LinkToken,
        st.just(LinkKind.UNSUBSCRIBE),
        SUBJECTS,
        st.none() | st.sampled_from(Channel),
        st.integers(1, MAX_CODE),
        st.just(True),
    )
    | st.builds(LinkToken, st.just(LinkKind.DECLARATION), SUBJECTS, st.none(), st.just(0), st.just(False))
)


def read(token: bytes, site: str = SITE) -> LinkToken | None:
    """Read a token in both spellings, which must agree."""
    readings = {read_token(spelling(token), SECRETS, site) for spelling in (write_base64url_token, write_base32_token)}
    (reading,) = readings
    return reading


def signed(content: bytes) -> bytes:
    """Sign 20 bytes as the layout says: HMAC-SHA-256 over a label, the site and the bytes, cut to 16 bytes."""
    key = SECRETS[content[0] % 8]
    return content + hmac.new(key, b"consent-link\0demo\0" + content, hashlib.sha256).digest()[:16]


@given(TOKENS)
def test_everything_a_token_says_is_read_back(token):
    assert read(write_token(SECRETS, SITE, token)) == token


@given(TOKENS)
def test_a_token_has_48_characters_in_a_path_and_58_in_an_address(token):
    raw = write_token(SECRETS, SITE, token)
    assert len(raw) == 36
    assert re.fullmatch(r"[A-Za-z0-9_-]{48}", write_base64url_token(raw))
    assert re.fullmatch(r"[a-z2-7]{58}", write_base32_token(raw))
    assert len(f"unsub+{write_base32_token(raw)}") == 64


def test_the_layout_is_the_documented_one():
    content = bytes([0b00_001_010]) + bytes(range(16)) + (0b00_001 << 19 | make_purpose_code("news")).to_bytes(3)
    assert signed(content) == RAW


@given(st.lists(st.booleans(), min_size=58, max_size=58))
def test_the_address_may_change_case_on_its_way(upper):
    text = "".join(letter.upper() if up else letter for letter, up in zip(write_base32_token(RAW), upper, strict=True))
    assert read_token(text, SECRETS, SITE) == NEWS


def test_the_newest_secret_signs_and_older_ones_go_on_verifying():
    older = write_token({1: SECRETS[1]}, SITE, NEWS)
    assert older[0] & 7 == 1
    assert RAW[0] & 7 == 2
    assert read(older) == read(RAW) == NEWS


def test_a_token_of_a_secret_that_is_gone_is_refused():
    assert read_token(write_base64url_token(RAW), {1: SECRETS[1]}, SITE) is None
    assert read_token(write_base64url_token(RAW), {1: SECRETS[1], 2: b"new" * 11}, SITE) is None


@pytest.mark.threat("T21")
@pytest.mark.parametrize("bit", range(36 * 8))
def test_any_flipped_bit_is_refused(bit):
    changed = bytearray(RAW)
    changed[bit // 8] ^= 1 << bit % 8
    assert read(bytes(changed)) is None


@pytest.mark.threat("T5")
def test_a_token_of_one_site_says_nothing_at_another():
    assert [site for site in ("demo2", "dem", "Demo", "", "demo\0") if read(RAW, site)] == []


@pytest.mark.threat("T21")
def test_no_part_can_be_swapped_between_two_tokens():
    offers = NEWS._replace(purpose_code=make_purpose_code("offers"))
    genuine = [
        RAW,
        write_token(SECRETS, SITE, NEWS._replace(subject=BERT)),
        write_token(SECRETS, SITE, offers),
        write_token(SECRETS, SITE, offers._replace(subject=BERT, kind=LinkKind.PREFERENCES)),
        write_token({1: SECRETS[1]}, SITE, NEWS._replace(subject=BERT, channel=Channel.SMS)),
    ]
    pairs = list(permutations([*genuine, write_token(SECRETS, "other", offers)], 2))
    cuts = list(combinations((0, 1, 17, 20, 36), 2))
    mixed = {one[:start] + other[start:end] + one[end:] for one, other in pairs for start, end in cuts}
    forged = mixed - set(genuine)
    assert len(forged) > 50
    assert [token for token in forged if read(token)] == []


@pytest.mark.threat("T5")
def test_200000_mutated_tokens_are_all_refused():
    rng = random.Random(9)
    spellings = [
        (write_base64url_token(RAW), string.ascii_letters + string.digits + "-_"),
        (write_base32_token(RAW), string.ascii_lowercase + "234567"),
    ]
    accepted = 0
    for _ in range(100_000):
        for text, alphabet in spellings:
            letters = list(text)
            for place in rng.sample(range(len(letters)), rng.randint(1, 4)):
                letters[place] = rng.choice(alphabet.replace(letters[place], ""))
            accepted += read_token("".join(letters), SECRETS, SITE) is not None
    assert accepted == 0


def test_the_spare_bits_of_an_address_are_zero_so_that_each_token_has_one_spelling():
    text = write_base32_token(RAW)
    last = [text[:-1] + letter for letter in string.ascii_lowercase + "234567"]
    assert [spelling for spelling in last if read_token(spelling, SECRETS, SITE)] == [text]


@pytest.mark.parametrize(
    "content",
    [
        bytes([0b01_001_010]) + RAW[1:20],
        bytes([0b00_000_010]) + RAW[1:20],
        RAW[:17] + bytes([RAW[17] | 0b11_000_000]) + RAW[18:20],
        RAW[:17] + bytes([0b10_001_000, 0, 0]),
        RAW[:17] + bytes([RAW[17] | 0b00_111_000]) + RAW[18:20],
    ],
    ids=["version", "no subject secret", "declaration about a purpose", "limited to nothing", "channel"],
)
def test_what_the_layout_leaves_free_is_refused_even_when_signed(content):
    assert read(signed(content)) is None


PATH, ADDRESS = write_base64url_token(RAW), write_base32_token(RAW)


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", PATH[:-1], PATH[1:], f"{PATH}A", f"{PATH}=", f"{PATH}\n", f" {PATH}", PATH.lower(), PATH.swapcase()),
        *(ADDRESS[:-1], f"{ADDRESS}a", f"{ADDRESS}======", f"{ADDRESS}\n", ADDRESS[:-1] + "=", "1" + ADDRESS[1:]),
        *(
            "\u017f" + ADDRESS[1:],
            "\u212a" + ADDRESS[1:],
            "\uff21" * 48,
            "\0" * 48,
            "é" * 58,
            "%41" * 16,
            "A" * 100_000,
        ),
    ],
    ids=ascii,
)
def test_another_shape_is_no_token(text):
    assert read_token(text, SECRETS, SITE) is None


@given(st.text(max_size=80) | st.text(alphabet="abc234567ABC-_", min_size=48, max_size=58))
def test_reading_never_fails(text):
    assert read_token(text, SECRETS, SITE) is None


@pytest.mark.threat("T29")
def test_the_signature_is_compared_in_constant_time(monkeypatch):
    compared = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert read_token(PATH, SECRETS, SITE) is None
    assert compared == [(16, 16)]


@pytest.mark.parametrize(
    ("secrets", "token"),
    [
        ({8: b"x"}, NEWS),
        ({0: b"x"}, NEWS),
        (SECRETS, NEWS._replace(subject="0.AAAAAAAAAAAAAAAAAAAAAA")),
        (SECRETS, NEWS._replace(subject="8.AAAAAAAAAAAAAAAAAAAAAA")),
        (SECRETS, NEWS._replace(subject="1.AAAAAAAAAAAAAAAAAAAAAB")),
        (SECRETS, NEWS._replace(subject="someone@shop.example")),
        (SECRETS, NEWS._replace(purpose_code=-1)),
        (SECRETS, NEWS._replace(purpose_code=0, limited=True)),
        (SECRETS, NEWS._replace(kind=LinkKind.PREFERENCES, limited=True)),
        (SECRETS, NEWS._replace(purpose_code=MAX_CODE + 1)),
    ],
)
def test_what_has_no_room_in_the_layout_is_not_written(secrets, token):
    with pytest.raises(ValueError, match=r"a token holds|a limited token"):
        write_token(secrets, SITE, token)


@given(st.text())
def test_a_purpose_code_is_the_start_of_its_hash_and_never_0(key):
    bits = f"{int(hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest(), 16):0256b}"[:19]
    assert make_purpose_code(key.encode("utf-8", "replace").decode()) == (int(bits, 2) or 1)


def test_a_key_whose_hash_starts_with_zeros_still_has_a_code():
    key = next(
        k for k in map(str, range(10_000_000)) if not int.from_bytes(hashlib.sha256(k.encode()).digest()[:3]) >> 5
    )
    assert make_purpose_code(key) == 1
