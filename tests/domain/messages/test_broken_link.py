"""Links as mail programs break them: the token is found, and nothing but a token ever is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.messages.broken_link import mend_token

TOKEN = "ARGdYcyDn46nimmhhDVUAg_c-0NnZxYl5RE2uSiKfS4ctkQp"
BASE32 = "cgo5qaoyivq6ttxn4uuygbd2yoxexbvqv3ouhb7r6jv7tywbsoqakkiqda"
BEHIND = ["%20", " ", ">", ".", ")", "]", ",", ";", '"', "'", "/", "%3E", "&gt;", "&amp;x=1", "\r\n", "\u00a0", "%2520"]
INSIDE = ["%0D%0A%20", "\r\n ", " ", "%20", "=\r\n", "\u00ad", "\u200b", "%250D%250A", "\t"]


@pytest.mark.parametrize("token", [TOKEN, BASE32, BASE32.upper()])
@pytest.mark.parametrize("behind", [*BEHIND, ">.", "%20>", " />", "./"])
def test_what_stands_behind_a_token_is_dropped(token, behind):
    assert mend_token(token + behind) == token


@pytest.mark.parametrize("token", [TOKEN, BASE32])
@pytest.mark.parametrize("inside", INSIDE)
@pytest.mark.parametrize("at", [1, 20, 47])
def test_what_came_between_the_letters_of_a_token_is_dropped(token, inside, at):
    broken = token[:at] + inside + token[at:]
    assert mend_token(broken) == mend_token(broken.encode().decode("latin-1")) == token


@pytest.mark.parametrize("before", ["unsub+", "unsub%2B", "UNSUB%252B", "<", " ", "%20", "<unsub+", "unsub "])
def test_what_stands_in_front_of_a_token_is_dropped(before):
    assert mend_token(before + BASE32 + "@mail.shop.example") == BASE32


@given(st.text(max_size=80))
def test_what_is_found_has_letters_of_tokens_alone_and_stays_as_it_is(text):
    found = mend_token(text)
    assert all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in found)
    if not found.lower().startswith("unsub"):
        assert mend_token(found) == found


@given(st.text("ABCabc019_-", min_size=10, max_size=60).filter(lambda text: text[:5].lower() != "unsub"))
def test_a_whole_token_is_left_alone(token):
    assert mend_token(token) == token
