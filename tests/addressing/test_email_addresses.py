"""E-mail addresses: one normal form for all spellings of one mailbox, and two for two."""

import re
import subprocess
import sys
import unicodedata

import email_validator
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consent_service.addressing.email_address import read_email, read_email_by_full_rules
from consent_service.domain.subject.subject import Address, AddressKind
from tests.addressing.outcome import outcome

ODD = "abcxyzAZ019.-_+!#$%&'*/=?^`{|}~@ \"(),:;<>[]\\\t\r\n\0\x7f"
LABELS = st.sampled_from(
    ["a", "b9", "9", "shop", "x-y", "x--y", "xn--bcher-kva", "xn--", "XN--BCHER-KVA", "axn--b", "ab--c", "-a", "a-"]
) | st.text("aZ09-", min_size=1, max_size=66)
ENDS = st.sampled_from(
    [
        *("org", "ORG", "example", "test", "Test", "arpa", "ARPA", "invalid", "local", "Local", "localhost", "onion"),
        *("alt", "internal", "locale", "c", "c1", "1c", "123", "xn--p1ai", ""),
    ]
)
DOMAINS = st.builds(lambda labels, end: ".".join([*labels, end]), st.lists(LABELS, max_size=5), ENDS)
LOCAL_PARTS = st.text(ODD, max_size=12) | st.text("aZ.+", min_size=1, max_size=70)
ASCII_ADDRESSES = st.builds(lambda local_part, domain: f"{local_part}@{domain}", LOCAL_PARTS, DOMAINS)
LOOKALIKES = st.text("aKJ\u212a\u017f\u0130\u0131\u030c\u00df\u00fc\uff41\ufb01\u05d0.@", max_size=8)
TEXTS = st.emails() | ASCII_ADDRESSES | LOOKALIKES.map("k{}@example.org".format) | st.text(max_size=40)


def normal(text: str) -> str:
    return read_email(text).normal


@given(TEXTS)
@example("a@x.localhost")
@example("a@shop.test")
@example("a@b-.org")
@example("a" * 64 + "@b.org")
@example("a@" + "b" * 63 + ".org")
@example("a@" + "b" * 64 + ".org")
@example("\u212a@example.org")
def test_the_fast_path_and_the_full_rules_give_the_same_answer(text):
    assert outcome(read_email, text) == outcome(read_email_by_full_rules, text)


@given(st.emails() | ASCII_ADDRESSES)
def test_an_ascii_address_is_read_exactly_where_the_validator_accepts_it(text):
    try:
        found = email_validator.validate_email(text.strip(), check_deliverability=False, test_environment=True)
        expected = f"{found.local_part.lower()}@{found.ascii_domain}" if "." in found.domain else "email_malformed"
    except email_validator.EmailNotValidError:
        expected = "email_malformed"
    read = outcome(read_email, text)
    if read not in ("invisible_character", "too_long", "empty"):
        assert expected == (read if isinstance(read, str) else read.normal)


@given(TEXTS)
def test_the_normal_form_and_the_form_to_send_to_read_as_the_same_address(text):
    read = outcome(read_email, text)
    if isinstance(read, Address):
        assert read_email(read.entered) == read
        assert normal(read.normal) == read.normal


@given(TEXTS)
def test_what_is_accepted_can_stand_in_a_header_and_tells_one_mailbox(text):
    read = outcome(read_email, text)
    if isinstance(read, Address):
        assert read.entered.isprintable()
        assert not re.search(r'[\s<>,;:"()\\\[\]]', read.entered)
        assert read.entered.count("@") == 1
        assert read.entered.rpartition("@")[2].isascii()
        assert len(read.entered.encode()) <= 254


@given(st.text())
def test_reading_ends_in_an_address_or_a_fault(text):
    assert outcome(read_email, text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        (" ann@example.org\r\n", "ann@example.org"),
        ("\u3000ann@example.org\u00a0", "ann@example.org"),
        ("INFO@example.org", "info@example.org"),
        ("jose\u0301@example.org", "jos\u00e9@example.org"),
        ("J\u030c@example.org", "\u01f0@example.org"),
        ("\u212a@example.org", "k@example.org"),
        ("m@B\u00dcCHER.example", "m@xn--bcher-kva.example"),
        ("m@bu\u0308cher.example", "m@B\u00fccher.example"),
        ("m@XN--BCHER-KVA.example", "m@b\u00fccher.example"),
        ("m@\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45\uff0eorg", "m@example.org"),
        ("m@\u4f8b\u3048\u3002example", "m@\u4f8b\u3048.example"),
    ],
    ids=ascii,
)
def test_two_spellings_of_one_mailbox_have_one_normal_form(one, other):
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann.lee@example.org", "annlee@example.org"),
        ("ann+news@example.org", "ann@example.org"),
        ("ann@example.org", "ann@example.com"),
        ("ann@fass.example", "ann@fa\u00df.example"),
        ("\u00c9ric@example.org", "\u00e9ric@example.org"),
        ("stra\u00dfe@example.org", "strasse@example.org"),
        ("\u0430nn@example.org", "ann@example.org"),
    ],
    ids=ascii,
)
def test_dots_tags_and_other_letters_make_another_mailbox(one, other):
    assert normal(one) != normal(other)


@pytest.mark.parametrize("local_part", ["\uff41\uff4e\uff4e", "\ufb01n", "\u2460", "\u210c"], ids=ascii)
def test_full_width_letters_and_ligatures_stay_what_they_are(local_part):
    compatible = unicodedata.normalize("NFKC", local_part)
    assert normal(f"{local_part}@example.org") == f"{local_part}@example.org"
    assert normal(f"{local_part}@example.org") != normal(f"{compatible}@example.org")


def test_the_turkish_letters_i_are_four_letters_in_any_locale():
    spellings = [f"{letter}sik@example.org" for letter in "Ii\u0130\u0131"]
    assert [normal(text) for text in spellings] == [
        "isik@example.org",
        "isik@example.org",
        "\u0130sik@example.org",
        "\u0131sik@example.org",
    ]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Ann.Lee+News@Example.org", "Ann.Lee+News@Example.org"),
        ("  Ann@example.org\n", "Ann@example.org"),
        ("Info@b\u00fccher.example", "Info@xn--bcher-kva.example"),
        ("Jose\u0301@example.org", "Jos\u00e9@example.org"),
    ],
)
def test_mail_goes_to_the_letters_that_were_typed_with_the_domain_in_ascii(typed, sent):
    assert read_email(typed).entered == sent


@pytest.mark.parametrize("text", ["a" * 242 + "@example.org", "\u00e9" * 121 + "@example.org"], ids=["a", "e"])
def test_an_address_may_have_254_octets(text):
    assert len(read_email(text).normal.encode()) == 254


@pytest.mark.parametrize("domain", ["example.org", "mail.example.com", "shop.example", "shop.test"])
def test_the_domains_reserved_for_examples_and_tests_are_accepted(domain):
    assert read_email(f"Ann@{domain}") == Address(AddressKind.EMAIL, f"ann@{domain}", f"Ann@{domain}")
    assert read_email(f"ann@b\u00fccher.{domain}").normal == f"ann@xn--bcher-kva.{domain}"


def test_the_fast_path_leaves_every_special_use_domain_to_the_full_rules():
    reserved = {name for name in email_validator.SPECIAL_USE_DOMAIN_NAMES if name != "test"}
    assert reserved
    assert {outcome(read_email, f"ann@shop.{name}") for name in reserved} == {"email_malformed"}


def test_plain_addresses_are_read_without_loading_a_library():
    program = (
        "import sys; from consent_service.addressing.email_address import read_email;"
        "read_email('Ann.Lee+x@mail.example.org');"
        "print(sorted({'email_validator', 'idna', 'dns', 'phonenumbers'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_unusual_addresses_are_read_without_asking_a_name_server():
    program = (
        "import sys; from consent_service.addressing.email_address import read_email;"
        "read_email('ann@b\u00fccher.example');"
        "print(sorted({'email_validator', 'dns'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "['email_validator']\n"


@pytest.mark.parametrize("signs", ["\u200b", "\ufeff", "\u200e", "\u202a", "\xad", "️", "\u2060\t", "⠀"])
def test_invisible_signs_at_the_ends_are_taken_off(signs):
    for text in (f"{signs}Ann@example.org", f"ann@example.org{signs}", f"{signs} ann@example.org {signs}"):
        assert read_email(text).normal == "ann@example.org"
    assert read_email(f"{signs}jos\u00e9@example.org{signs}").entered == "jos\u00e9@example.org"


@pytest.mark.parametrize("sign", ["\uff20", "\ufe6b"], ids=ascii)
def test_a_full_width_at_sign_is_one(sign):
    assert read_email(f"ann{sign}example.org") == Address(AddressKind.EMAIL, "ann@example.org", "ann@example.org")


@pytest.mark.parametrize("text", ["a..b@docomo.ne.jp", "a.@docomo.ne.jp", "A..B.@Docomo.ne.jp", "a...@ezweb.ne.jp"])
def test_japanese_phone_companies_gave_out_addresses_with_dots_in_a_row(text):
    assert read_email(text) == Address(AddressKind.EMAIL, text.lower(), text)
