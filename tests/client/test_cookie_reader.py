"""Reading the visitor cookie: exactly what was signed, within its validity, and nothing else."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.client.cookie_reader import VisitorConsent, find_consent_text, read_visitor_consent
from consent_service.client.service_keys import KeySet, read_key_set
from consent_service.domain.api_key import is_key_shaped, make_key
from consent_service.domain.visitor.visitor_cookie import VisitorCookie
from consent_service.keys.signing import derive_public_key, sign
from tests.client.stub_service import (
    KID,
    NOW,
    OTHER_SEED,
    OTHER_VISITOR,
    SEED,
    VISITOR,
    cookie_text,
    key_document,
)

KEYS = read_key_set(key_document(SEED))
DAY = 86_400
ALPHABET = string.ascii_letters + string.digits + "._-=+/ ;,%\t\n\0é"


def read(text, keys=KEYS, now=NOW):
    return read_visitor_consent(text, keys, now=now)


def test_a_signed_cookie_says_who_may_be_counted():
    expected = VisitorConsent(VISITOR, 3, NOW - 60, frozenset({"analytics", "marketing"}))
    assert read(cookie_text("am")) == expected


def test_a_cookie_without_letters_allows_nothing():
    consent = read(cookie_text(""))
    assert consent is not None
    assert consent.allowed == frozenset()


def test_a_letter_that_stands_for_nothing_any_more_allows_nothing():
    consent = read(cookie_text("amz"))
    assert consent is not None
    assert consent.allowed == {"analytics", "marketing"}


@pytest.mark.parametrize(
    ("age", "valid"),
    [(-301, False), (-300, True), (0, True), (180 * DAY - 1, True), (180 * DAY, False), (10**9, False)],
)
def test_a_cookie_counts_from_when_it_was_issued_until_its_validity_ends(age, valid):
    assert (read(cookie_text(issued=NOW - age)) is not None) is valid


def test_an_old_key_still_verifies_after_rotation_and_a_removed_one_does_not():
    old = cookie_text(seed=SEED)
    assert read(old, read_key_set(key_document(SEED, OTHER_SEED)))
    assert read(old, read_key_set(key_document(OTHER_SEED))) is None


def test_a_cookie_of_a_compromised_key_proves_nothing_whatever_time_it_names():
    keys = read_key_set(key_document(SEED, OTHER_SEED, compromised=[KID]))
    assert read(cookie_text(seed=SEED), keys) is None
    assert read(cookie_text(seed=SEED, issued=NOW - 100 * DAY), keys) is None
    assert read(cookie_text(seed=OTHER_SEED), keys)
    with pytest.raises(ValueError, match="compromised"):
        read_key_set(key_document(SEED, compromised={KID: 1}))


def test_a_cookie_that_names_another_key_than_the_one_that_signed_is_refused():
    both = read_key_set(key_document(SEED, OTHER_SEED))
    claimed = VisitorCookie("am", VISITOR, 3, NOW - 60, KID)
    assert read(sign(OTHER_SEED, claimed.text().encode()).decode(), both) is None


@pytest.mark.parametrize(
    "part", [("am", "a"), (VISITOR, OTHER_VISITOR), (".3.", ".4."), (str(NOW - 60), str(NOW - 59)), ("v1", "v2")]
)
def test_no_part_can_be_exchanged(part):
    assert cookie_text("am").count(part[0]) >= 1
    assert read(cookie_text("am").replace(*part, 1)) is None


@pytest.mark.threat("T5")
def test_the_signature_of_one_cookie_does_not_fit_another():
    text, other = cookie_text("a").rpartition("."), cookie_text("am").rpartition(".")
    assert read(text[0] + "." + other[2]) is None


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("consent=x", "x"),
        ("a=1; consent=x; b=2", "x"),
        ("a=1;consent=x", "x"),
        ("consent=x; consent=x", None),
        ("consent=x; consent=y", None),
        ("__Host-consent=x", None),
        ("Consent=x", None),
        ("consent", None),
        ("xconsent=x", None),
        ("\u2000consent=x", None),
        ("\xa0consent=x", None),
        ("=consent=x", None),
        ("", None),
        (None, None),
    ],
)
def test_the_cookie_is_found_only_where_it_stands_once_under_its_exact_name(header, found):
    assert find_consent_text(header, secure=False) == found


def test_over_https_only_the_cookie_bound_to_the_host_counts():
    assert find_consent_text("consent=x; __Host-consent=y", secure=True) == "y"
    assert find_consent_text("consent=x", secure=True) is None


@given(st.text(max_size=300) | st.text(ALPHABET, max_size=300))
def test_no_made_up_text_is_believed(text):
    assert read(text) is None


@given(st.data())
def test_no_cookie_with_a_changed_stretch_is_believed(data):
    genuine = cookie_text("am")
    start = data.draw(st.integers(0, len(genuine)))
    end = data.draw(st.integers(start, len(genuine)))
    changed = genuine[:start] + data.draw(st.text(ALPHABET, max_size=8)) + genuine[end:]
    assert changed == genuine or read(changed) is None


def mutated(dice, text, other):
    """Change a text by one to three edits of the kinds that forgers and broken proxies make."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        at, until = sorted((dice.randrange(len(text)), dice.randrange(len(text) + 1)))
        swapped = min(at + 1, len(text) - 1)
        text = dice.choice(
            (
                text[:at] + dice.choice(ALPHABET) + text[at + 1 :],
                text[:at] + dice.choice(ALPHABET) + text[at:],
                text[:at] + text[at + 1 :],
                text[:at] + text[swapped] + text[at] + text[swapped + 1 :],
                text[:at] + other[at:until] + text[until:],
                text[:at] + text[at].swapcase() + text[at + 1 :],
                text[:until] or text,
            )
        )
        text = text or "."
    return text


@pytest.mark.threat("T5")
@pytest.mark.slow
def test_of_200000_mutated_cookies_and_keys_none_is_accepted():
    dice = random.Random(20_260_101)
    genuine = [cookie_text("am"), cookie_text("", visitor=OTHER_VISITOR, seq=12, issued=NOW - DAY)]
    keys = [make_key(dice.randbytes(32)) for _ in range(2)]
    assert all(map(read, genuine))
    assert all(map(is_key_shaped, keys))
    accepted = []
    for number in range(200_000):
        originals, accepts = (keys, is_key_shaped) if number % 4 == 3 else (genuine, read)
        text = mutated(dice, *dice.sample(originals, 2))
        if text not in originals and accepts(text):
            accepted.append(text)
    assert not accepted


def test_a_public_key_with_any_bit_flipped_believes_nothing():
    genuine = cookie_text("am")
    for bit in range(256):
        flipped = (int.from_bytes(derive_public_key(SEED)) ^ (1 << bit)).to_bytes(32)
        keys = KeySet(public={KID: flipped}, valid_days=180, purposes=KEYS.purposes)
        assert read(genuine, keys) is None
