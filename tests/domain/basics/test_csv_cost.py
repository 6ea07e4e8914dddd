"""What reading CSV costs: work in proportion to the length of the file, whatever stands in it."""

import itertools
import sys
from collections.abc import Callable

import pytest

from consent_service.domain.basics.csv_lines import MAX_LINE
from consent_service.domain.basics.csv_reader import read_csv

CHARACTERS = '",x\r\n'
SHORT = ["".join(shape) for length in range(1, 5) for shape in itertools.product(CHARACTERS, repeat=length)]
LONG = [
    "".join(CHARACTERS[number * 7919 // 5**place % 5] for place in range(length))
    for length in range(5, 9)
    for number in range(100)
]
CALLS_A_CHARACTER = 24


def count_calls(act: Callable[[], object]) -> int:
    """Count the calls that Python makes, of its own functions and those in C: the same number on every machine."""
    calls = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return calls


def read_all(content: str, *, trim: bool = False) -> int:
    return sum(1 for _ in read_csv([b"email\n", content.encode()], trim=trim))


@pytest.mark.parametrize("shapes", [SHORT, LONG], ids=["every shape up to 4", "some of 5 to 8"])
@pytest.mark.parametrize("trim", [False, True])
def test_no_repeated_line_costs_more_than_in_proportion_to_its_length(shapes, trim):
    for shape in shapes:
        content = shape * (1200 // len(shape))
        calls = count_calls(lambda content=content: read_all(content, trim=trim))
        assert calls <= CALLS_A_CHARACTER * len(content) + 200, repr(shape)


def test_a_quote_opened_in_each_line_is_judged_once_for_each_line(monkeypatch):
    judged = 0

    def judge(line: str, **how: object) -> object:
        nonlocal judged
        judged += 1
        return real(line, **how)

    real = sys.modules["consent_service.domain.basics.csv_lines"].judge_quote
    monkeypatch.setattr("consent_service.domain.basics.csv_lines.judge_quote", judge)
    lines = 2 * MAX_LINE // len('x","\n')
    assert read_all('x","\n' * lines) == lines + 1
    assert judged <= lines
