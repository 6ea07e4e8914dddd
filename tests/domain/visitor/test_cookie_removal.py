import re
from http.cookies import SimpleCookie

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.site.purpose import Cookie, Party
from consent_service.domain.visitor.cookie_removal import MAX_HEADER_BYTES, MAX_REMOVALS, Removal, find_removals

HOST = "www.shop.example"


def cookie(name: str, **changes) -> Cookie:
    values = {"name": name, "provider": "Shop", "party": Party.FIRST, "duration": "13 months", "does": {"en": "Counts"}}
    return Cookie(**values | changes)


def removed(cookies, sent, *, kept=(), host=HOST) -> list[Removal]:
    return list(find_removals(cookies, list(kept), sent, host))


def test_a_registered_cookie_that_was_sent_goes():
    assert removed([cookie("_ga")], ["_ga", "basket"]) == [Removal("_ga", "", "/")]


def test_a_registered_cookie_that_was_not_sent_is_not_mentioned():
    assert removed([cookie("_ga")], ["basket"]) == []


def test_a_cookie_nobody_registered_is_left_alone():
    assert removed([], ["_ga", "basket"]) == []


def test_a_cookie_goes_with_its_registered_domain_and_path():
    entry = cookie("_ga", domain="shop.example", path="/de/")
    assert removed([entry], ["_ga"]) == [Removal("_ga", "shop.example", "/de/")]


def test_a_name_registered_in_two_places_goes_from_both():
    entries = [cookie("_ga"), cookie("_ga", domain="shop.example"), cookie("_ga", path="/de/")]
    expected = [Removal("_ga", "", "/"), Removal("_ga", "shop.example", "/"), Removal("_ga", "", "/de/")]
    assert removed(entries, ["_ga"]) == expected


def test_a_cookie_is_named_once_however_often_it_is_registered_or_sent():
    assert removed([cookie("_ga"), cookie("_ga")], ["_ga", "_ga"]) == [Removal("_ga", "", "/")]


def test_a_pattern_takes_every_name_it_matches_and_no_other():
    sent = ["_pk_id.1.1fff", "_pk_ses.1.1fff", "_pkx", "a_pk_id", "_PK_id"]
    assert [removal.name for removal in removed([cookie("_pk_*")], sent)] == ["_pk_id.1.1fff", "_pk_ses.1.1fff"]


def test_the_case_of_a_name_counts():
    assert removed([cookie("_ga")], ["_GA"]) == []


def test_a_third_partys_cookie_is_not_ours_to_expire():
    assert removed([cookie("IDE", party=Party.THIRD)], ["IDE"]) == []


@pytest.mark.parametrize("name", ["__Host-consent", "consent"])
@pytest.mark.parametrize("pattern", ["__Host-consent", "consent", "con*", "__Host-*", "*"])
def test_the_consent_cookie_never_goes(name, pattern):
    assert removed([cookie(pattern)], [name]) == []


@pytest.mark.parametrize(
    "keeper",
    [
        cookie("_ga"),
        cookie("_g*"),
        cookie("_ga", domain="shop.example", path="/de/"),
        cookie("_ga", party=Party.THIRD),
    ],
)
def test_a_name_that_another_purpose_still_needs_stays(keeper):
    assert removed([cookie("_ga"), cookie("_gid")], ["_ga", "_gid"], kept=[keeper, cookie("basket")]) == (
        [] if keeper.name == "_g*" else [Removal("_gid", "", "/")]
    )


def test_a_pattern_spares_the_names_that_another_purpose_needs():
    found = removed([cookie("shop_*")], ["shop_basket", "shop_ads"], kept=[cookie("shop_basket")])
    assert found == [Removal("shop_ads", "", "/")]


@pytest.mark.parametrize(
    ("host", "domain", "goes"),
    [
        ("shop.example", "shop.example", True),
        ("www.shop.example", "shop.example", True),
        ("WWW.Shop.Example", "shop.example", True),
        ("www.shop.example:8443", ".shop.example", True),
        ("shop.example", "www.shop.example", False),
        ("notshop.example", "shop.example", False),
        ("shop.example.evil.example", "shop.example", False),
        ("127.0.0.1:5000", "127.0.0.1", True),
        ("[::1]:5000", "", True),
    ],
)
def test_a_domain_cookie_goes_where_the_browser_lets_this_host_expire_it(host, domain, goes):
    assert bool(removed([cookie("_ga", domain=domain)], ["_ga"], host=host)) is goes


@pytest.mark.parametrize(
    "name",
    ["", "a b", "a;b", "a,b", "a=b", "a\r\nb", "a\tb", 'a"b', "a\x00", "a\x7f", "ä", "a(b)", "[a]", "a/b", "\ud800"],
)
def test_a_name_that_is_no_token_is_never_written(name):
    assert removed([cookie("*"), cookie(name)], [name]) == []


@pytest.mark.threat("T24")
@pytest.mark.parametrize(
    "entry",
    [cookie("_ga", path="/;x"), cookie("_ga", path="/\r\nx"), cookie("_ga", path="/ä"), cookie("_ga", domain="a b")],
)
def test_an_attribute_that_would_break_the_header_is_never_written(entry):
    assert removed([entry], ["_ga"], host="a b") == []


def test_the_header_expires_the_cookie_and_nothing_else():
    assert Removal("_ga", "", "/").set_cookie(secure=False) == "_ga=; Max-Age=0; Path=/"
    whole = Removal("_ga", "shop.example", "/de/").set_cookie(secure=True)
    assert whole == "_ga=; Max-Age=0; Path=/de/; Domain=shop.example; Secure"
    read = SimpleCookie(whole)["_ga"]
    assert (read.value, read["max-age"], read["path"], read["domain"]) == ("", "0", "/de/", "shop.example")


def size(found) -> int:
    return sum(len(f"Set-Cookie: {removal.set_cookie(secure=True)}\r\n") for removal in found)


def test_one_answer_expires_at_most_forty_cookies_the_first_by_name():
    sent = [f"a{number:03}" for number in range(100)]
    found = removed([cookie("a*")], reversed(sent))
    assert [removal.name for removal in found] == sent[:MAX_REMOVALS]
    assert size(found) < MAX_HEADER_BYTES


def test_the_site_file_says_what_goes_first():
    sent = [f"a{number:02}" for number in range(40)] + ["zz"]
    assert removed([cookie("zz"), cookie("a*")], sent)[0].name == "zz"


def test_the_headers_of_one_answer_stay_under_their_limit():
    sent = [f"long_{number:02}_{'x' * 150}" for number in range(40)]
    found = removed([cookie("long_*", domain="shop.example")], sent)
    assert 10 < len(found) < 40
    assert size(found) < MAX_HEADER_BYTES


def test_the_limit_counts_the_longest_form_of_each_header():
    sent = [f"{number:02}{'x' * 53}" for number in range(40)]
    found = removed([cookie("*")], sent)
    assert len(found) == 39
    assert size(found) == 39 * 97


def test_a_name_too_long_to_fit_does_not_keep_the_others():
    huge = "a" * 5000
    assert [removal.name for removal in removed([cookie("a*")], [huge, "ab"])] == ["ab"]


def test_what_was_left_out_goes_with_the_next_choice():
    sent = {f"a{number:02}" for number in range(60)}
    for _ in range(2):
        sent -= {removal.name for removal in removed([cookie("a*")], sent)}
    assert not sent


ENTRIES = st.lists(
    st.builds(
        cookie,
        st.sampled_from(["_ga", "_ga*", "a*", "basket", "consent", "*"]),
        party=st.sampled_from(list(Party)),
        domain=st.sampled_from(["", "shop.example", "other.example"]),
        path=st.sampled_from(["/", "/de/"]),
    ),
    max_size=6,
)
NAMES = st.lists(
    st.sampled_from(["_ga", "_gaX", "a", "basket", "consent", "__Host-consent", "b c"]) | st.text(max_size=5)
)


@given(entries=ENTRIES, kept=ENTRIES, sent=NAMES)
def test_only_what_is_registered_sent_and_needed_by_nobody_goes(entries, kept, sent):
    found = removed(entries, sent, kept=kept)
    for removal in found:
        assert removal.name in sent
        assert removal.name not in {"consent", "__Host-consent"}
        assert not any(entry.matches(removal.name) for entry in kept)
        assert any(
            entry.party is Party.FIRST
            and entry.matches(removal.name)
            and (entry.domain, entry.path) == (removal.domain, removal.path)
            for entry in entries
        )
        assert re.fullmatch(
            r"[^\s;,\"=]+=; Max-Age=0; Path=/(de/)?(; Domain=shop\.example)?", removal.set_cookie(secure=False)
        )
    assert found == removed(entries, sorted(sent, reverse=True), kept=kept)
