"""Reading on where an import was interrupted: the rest is the same rows on the same lines."""

from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.csv_reader import read_csv
from tests.domain.imports.import_samples import chunks

pieces = st.sampled_from(("a", ",", '"', "\n", "\r\n", "\r", "é", "x,y\n", '"two\nlines",z\n', "\n\n", "p" * 70_000))


@given(st.lists(pieces, min_size=1, max_size=30).map("".join))
def test_reading_from_the_line_of_any_row_hands_out_the_header_and_the_same_rest(text):
    whole = list(read_csv(chunks("head,er\n" + text, 4096)))
    for row in whole[1:]:
        rest = list(read_csv(chunks("head,er\n" + text, 4096), resume=row.line))
        assert rest == [whole[0], *(other for other in whole[1:] if other.line >= row.line)]


def test_a_line_behind_the_end_leaves_the_header_alone():
    assert len(list(read_csv(chunks("a,b\n1,2\n"), resume=99))) == 1
