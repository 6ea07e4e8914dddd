"""Reading CSV: any common form of it, within limits, and one bad row at most costs itself."""

import tracemalloc
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.csv_lines import MAX_LINE
from consent_service.domain.basics.csv_reader import MAX_CELLS, CsvRow, read_csv
from consent_service.domain.basics.row_fault import ImportFault, RowFault
from tests.domain.imports.import_samples import chunks

STRAY_QUOTE = 'a,b\n1,"open\n2,x\n3,y\n'


def rows(content: str | bytes, size: int = 7, **options: bool) -> list[tuple[int, list[str]] | tuple[int, str]]:
    found = read_csv(chunks(content, size), **options)
    return [(row.line, row.code.value) if isinstance(row, RowFault) else (row.line, row.cells) for row in found]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_comma_semicolon_and_tab_are_read_with_any_line_end_and_with_or_without_byte_order_mark(separator, end, mark):
    content = mark + end.join(separator.join(cells) for cells in (["email", "name"], ["ada@example.org", "Zoë 陈"]))
    assert rows(content) == [(1, ["email", "name"]), (2, ["ada@example.org", "Zoë 陈"])]


def test_the_separator_is_the_one_the_header_uses_outside_quotes():
    assert rows('"a,b,c";d\n1;2\n') == [(1, ["a,b,c", "d"]), (2, ["1", "2"])]


@pytest.mark.parametrize("size", [1, 2, 3, 64, 100_000])
def test_a_quoted_cell_may_hold_separators_quotes_and_lines_and_rows_keep_the_number_of_their_line(size):
    content = 'a,b\r\n"one, ""two""\r\nthree\n",4\r\n\r\n5,6\r\n'
    assert rows(content, size) == [(1, ["a", "b"]), (2, ['one, "two"\r\nthree\n', "4"]), (6, ["5", "6"])]


def test_blank_rows_are_left_out():
    assert rows("a,b\n\n , \n,\n1,2\n") == [(1, ["a", "b"]), (5, ["1", "2"])]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("size", [1, 100])
def test_a_file_in_another_unicode_encoding_is_refused_with_what_to_do(encoding, size):
    with pytest.raises(ImportFault, match="UTF-8") as caught:
        rows("email,name\nada@example.org,Ada\n".encode(encoding), size)
    assert caught.value.code == "not_utf8"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content):
    with pytest.raises(ImportFault) as caught:
        rows(content)
    assert caught.value.code == "empty_file"


def test_bytes_that_are_no_utf8_stay_visible_and_cost_no_row():
    assert rows(b"email,name\nada@example.org,M\xfcller\n")[1] == (2, ["ada@example.org", "M\ufffdller"])


def test_a_nul_is_a_character_like_any_other():
    assert rows("a,b\n\x00=1,x\x00y\n")[1] == (2, ["\x00=1", "x\x00y"])


def test_a_quote_that_is_never_closed_costs_its_own_row_alone():
    assert rows(STRAY_QUOTE) == [(1, ["a", "b"]), (2, "broken_row"), (3, ["2", "x"]), (4, ["3", "y"])]


def test_text_behind_a_closing_quote_costs_its_own_row_alone():
    assert rows('a,b\n"1"x,2\n3,4\n') == [(1, ["a", "b"]), (2, "broken_row"), (3, ["3", "4"])]


def test_a_quote_inside_a_cell_without_quotes_is_a_character():
    assert rows('a,b\n{"k": "v"},5" pipe\n')[1] == (2, ['{"k": "v"}', '5" pipe'])


def test_a_row_longer_than_64_kb_is_passed_over():
    content = f"a,b\n{'x' * (MAX_LINE + 1)},1\n2,3\n"
    assert rows(content, 1000) == [(1, ["a", "b"]), (2, "too_long"), (3, ["2", "3"])]


def test_a_row_of_exactly_64_kb_is_read():
    longest = "é" * ((MAX_LINE - 4) // 2)
    assert rows(f"a,b\n{longest}, 1\n", 1000)[1] == (2, [longest, " 1"])
    assert rows(f"a,b\n{longest}, 12\n", 1000)[1] == (2, "too_long")


def test_a_quoted_row_that_grows_too_long_gives_back_the_lines_behind_it():
    lines = [f"{number},y" for number in range(10_000)]
    found = rows("a,b\n" + '1,"open\n' + "\n".join(lines) + "\n", 1000)
    assert found[1] == (2, "too_long")
    assert [cells for _, cells in found[2:]] == [line.split(",") for line in lines]


def test_a_line_longer_than_a_row_within_quotes_is_passed_over_once():
    content = f'a,b\n1,"open\n{"x" * (MAX_LINE + 1)}\n2,3\n'
    assert rows(content, 1000)[1:] == [(2, "too_long"), (3, "too_long"), (4, ["2", "3"])]


def test_a_row_with_too_many_cells_is_passed_over():
    assert rows(f"a,b\n{',' * MAX_CELLS}x\n1,2\n")[1:] == [(2, "too_long"), (3, ["1", "2"])]


def test_a_header_longer_than_a_row_may_be_is_refused():
    with pytest.raises(ImportFault, match="is this a CSV file"):
        rows("x" * (MAX_LINE + 1), 1000)


def test_a_file_without_a_line_end_takes_no_memory():
    endless = (b"x" * 65_536 for _ in range(500))
    found = list(read_csv(piece for part in ([b"a,b\n"], endless) for piece in part))
    assert [row.code for row in found if isinstance(row, RowFault)] == ["too_long"]


@given(st.lists(st.sampled_from(['"', '""', ",", "\n", "\r", "a", ";", "\x00", "é", "'=", " "]), max_size=60))
def test_hostile_content_never_stops_the_rows_behind_it(pieces):
    content = "a,b\n" + "".join(pieces) + '\n\n"last","row"\n'
    found = rows(content)
    assert (found[0], found[-1][1]) == ((1, ["a", "b"]), ["last", "row"])
    assert rows(content, 1000) == found


@given(st.binary(max_size=300))
def test_any_bytes_end_in_rows_or_in_one_clear_refusal(content):
    refused = (
        not content.removeprefix(b"\xef\xbb\xbf") or b"\x00" in content[:4] or content[:2] in (b"\xff\xfe", b"\xfe\xff")
    )
    with pytest.raises(ImportFault) if refused else nullcontext():
        numbers = [line for line, _ in rows(content)]
        assert numbers == sorted(set(numbers))


def many_rows(number: int) -> Iterator[bytes]:
    yield b"email,note\n"
    for at in range(number):
        yield f'person{at}@example.org,"a note, in two\nlines"\n'.encode()


def test_a_hundred_thousand_rows_take_no_more_memory_than_a_few():
    tracemalloc.start()
    try:
        count = sum(isinstance(row, CsvRow) for row in read_csv(many_rows(100_000)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 100_001
    assert peak < 1_000_000
