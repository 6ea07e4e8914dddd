"""Writing CSV: spreadsheets run nothing of it, and our own reader gets back exactly what went in."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.csv_reader import CsvRow, read_csv
from consent_service.domain.basics.csv_writer import write_csv_line
from consent_service.domain.basics.formula_cell import neutralise_cell, restore_cell
from tests.domain.imports.import_samples import chunks

DANGEROUS = "=+-@\t\r\x00"
CELLS = st.lists(
    st.sampled_from([*DANGEROUS, "'", '"', ",", ";", "\n", " ", "a", "é", "\u2028"]) | st.characters(codec="utf-8"),
    max_size=8,
).map("".join)


def read_back(rows: list[list[str]]) -> list[list[str]]:
    content = b"".join(write_csv_line(row) for row in rows)
    return [row.cells for row in read_csv(chunks(content, 5), restore=True) if isinstance(row, CsvRow)]


def test_a_line_is_written_as_rfc_4180_says():
    assert write_csv_line(["a", "b, c", 'say "hi"', "two\nlines"]) == b'a,"b, c","say ""hi""","two\nlines"\r\n'


def test_a_cell_that_a_spreadsheet_would_run_gets_a_quote_in_front():
    cells = ["=1+1", "+1-1", "-1", "@SUM(A1)", "\tx", "\rx", "\x00x", "'=1", "it's", "'quoted'"]
    assert [neutralise_cell(cell)[0] for cell in cells[:7]] == ["'"] * 7
    assert [neutralise_cell(cell) for cell in cells[7:]] == ["''=1", "it's", "'quoted'"]


@pytest.mark.threat("T25")
@given(CELLS)
def test_no_written_cell_begins_with_a_dangerous_character(cell):
    assert not neutralise_cell(cell).startswith(tuple(DANGEROUS))


def test_a_phone_number_stays_plain_and_what_only_begins_like_one_does_not():
    assert neutralise_cell("+4915112345678") == "+4915112345678"
    for cell in (
        "+4915112345678+1",
        "+49 151",
        "+1*2",
        "+0123456",
        "+1234",
        "+4915112345678\n",
        "+\u0661\u0662\u0663\u0664\u0665",
    ):
        assert neutralise_cell(cell) == f"'{cell}"


@given(CELLS)
def test_the_quote_in_front_is_taken_away_exactly_where_it_was_put(cell):
    assert restore_cell(neutralise_cell(cell)) == cell


@pytest.mark.threat("T25")
@given(st.lists(CELLS, min_size=1, max_size=4).filter(lambda cells: any(cell.strip() for cell in cells)))
def test_what_was_written_reads_back_unchanged(cells):
    header = [f"column {number}" for number in range(len(cells))]
    assert read_back([header, cells, ["end"]]) == [header, cells, ["end"]]


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_another_reader_sees_the_same_cells_with_their_quotes(cells):
    assert next(csv.reader([write_csv_line(cells).decode()], strict=True)) == [neutralise_cell(cell) for cell in cells]


def test_a_lone_surrogate_is_written_as_a_question_mark():
    assert write_csv_line(["a\ud800"]) == b"a?\r\n"
