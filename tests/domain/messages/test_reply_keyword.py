"""Keywords: one word alone stops or reopens, in any spelling a phone makes of it; everything else is for a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.messages.reply_keyword import MAX_LENGTH, Keyword, read_keyword

STOP = [
    *("stop", "stopall", "quit", "end", "revoke", "opt out", "opt-out", "optout", "cancel", "unsubscribe"),
    *("arret", "arrêt", "remove", "stopp", "baja", "td", "退订", "退訂", "إلغاء", "الغاء"),
]
REOPEN = ["start", "unstop"]
DRESSINGS = [
    *(
        "{}",
        " {} ",
        "{}.",
        "{}!!!",
        "¡{}!",
        "«{}»",
        "“{}”",
        "'{}'",
        "({})",
        "*{}*",
        "- {}",
        "{}\n",
        "\r\n{}\r\n",
        "\t{}",
    ),
    *(
        "{} 🙏",
        "{}🙏🏽",
        "{} ❤️",
        "😡😡 {}",
        "{} 👨‍👩‍👧",
        "{} 🇩🇪",
        "{}™️",
        "{} ⓘ",
        "{} :-)",
        "{}…",
        "{}。",
        "{}！",
        "{}؟",
    ),
    *("\u200f{}\u200e", "\ufeff{}", "\u00a0{}\u00a0", "\u3000{}", "{}\0", "{}\u200b"),
]


@pytest.mark.parametrize("dressing", DRESSINGS, ids=ascii)
@pytest.mark.parametrize(("words", "meaning"), [(STOP, Keyword.STOP), (REOPEN, Keyword.REOPEN)])
def test_case_spaces_punctuation_and_emoji_do_not_matter(words, meaning, dressing):
    cased = [spelling for word in words for spelling in (word, word.upper(), word.capitalize())]
    assert {word: read_keyword(dressing.format(word)) for word in cased} == dict.fromkeys(cased, meaning)


@pytest.mark.parametrize(
    "reply",
    [
        *("stop all", "STOP-ALL", "un-subscribe", "Opt  Out", "opt_out", "Opt/Out", "S T O P", "s.t.o.p.", "退 订"),
        *("ＳＴＯＰ", "ｓｔｏｐ", "UNSUBSCRİBE", "arre\u0302t", "ﬆop", "T.D."),
    ],
)
def test_a_stop_is_known_however_it_is_typed(reply):
    assert read_keyword(reply) is Keyword.STOP


@pytest.mark.parametrize(
    "reply",
    [
        *(
            "",
            " ",
            "...",
            "🙏",
            "\0",
            "yes",
            "no",
            "ok",
            "ja",
            "info",
            "help",
            "hello",
            "1",
            "stop1",
            "1 stop",
            "stop 2",
        ),
        *("please stop", "stop please", "don't stop", "do not stop", "stop stop", "never stop", "non-stop", "stopped"),
        *("stop start", "start stop", "un stop", "un-stop", "re start", "restart", "not start", "start?no"),
        *("the end", "weekend", "end of sale?", "cancel my order", "can I cancel", "cancelled", "I quit smoking"),
        *(
            "my order 123",
            "baja california",
            "ba ja",
            "退",
            "订",
            "不退订",
            "T",
            "N",
            "s-top",
            "sto p",
            "stоp",
            "stop@x",
        ),
    ],
)
def test_everything_else_is_left_to_a_person(reply):
    assert read_keyword(reply) is None


@given(st.text())
def test_reading_never_fails(text):
    read_keyword(text)


@given(st.text(min_size=1), st.text())
def test_only_the_two_words_ever_reopen(before, after):
    for reply in (f"{before}start{after}", f"{before}unstop{after}", f"{before}{after}"):
        letters = [letter for letter in reply.casefold() if letter.isalpha()]
        assert read_keyword(reply) is not Keyword.REOPEN or len(letters) <= len("unstop")


def test_what_no_text_message_can_hold_is_no_keyword():
    assert read_keyword("stop".ljust(MAX_LENGTH)) is Keyword.STOP
    assert read_keyword("stop".ljust(MAX_LENGTH + 1)) is None
    assert read_keyword("\ufdfa" * 1_000_000) is None
