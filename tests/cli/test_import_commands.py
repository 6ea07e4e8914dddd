"""Commands that bring lists in and write lists."""

import csv

import pytest

ADA, BEN = "ada@example.org", "ben@example.org"
YES = "2025-01-02T03:04:05Z"

MISSING_TIME = "a yes needs the time at which it was given; map the column that holds it, or state one with at"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(f"address,status,at\n{ADA},granted,{YES}\n{BEN},unsubscribed,\n")
    return path


OPTIONS = ("--site", "demo", "--source", "move", "--purpose", "care_email")


def rows_of(path):
    with path.open(newline="") as content:
        return list(csv.DictReader(content))


def test_a_file_is_tried_out_imported_and_imported_again(ready, file, tmp_path):
    tried, done = tmp_path / "tried.csv", tmp_path / "done.csv"
    result = ready("import", file, *OPTIONS, "--dry-run", "--report", tried)
    assert result.exit_code == 0
    assert result.stdout == "2 rows: 2 applied, 0 unchanged, 0 skipped, 0 rejected; nothing was changed\n"
    assert ready("import", file, *OPTIONS, "--report", done).stdout.startswith("2 rows: 2 applied")
    assert tried.read_bytes() == done.read_bytes()
    assert ready("import", file, *OPTIONS).stdout.startswith("2 rows: 0 applied, 2 unchanged")


def test_rejected_rows_give_exit_code_1_and_stand_in_the_report(ready, tmp_path):
    file, report = tmp_path / "people.csv", tmp_path / "report.csv"
    file.write_text(f"address,status,at\n{ADA},granted,\n")
    result = ready("import", file, *OPTIONS, "--report", report)
    assert (result.exit_code, result.stdout) == (1, "1 row: 0 applied, 0 unchanged, 0 skipped, 1 rejected\n")
    [row] = rows_of(report)
    assert (row["line"], row["code"]) == ("2", "missing_time")


def test_a_mapping_of_ones_own_is_given_by_options(ready, tmp_path):
    file = tmp_path / "kontakte.csv"
    file.write_text(f"Mail;News;Wann;Alt\n{ADA};ja;;{YES}\n{BEN};nein;;\n")
    mapping = ("--map", "address=Mail", "--map", "status=News", "--map", "at=Wann", "--map", "at=Alt")
    words = ("--status", "ja=granted", "--status", "nein=withdrawn", "--set", "channel=email")
    result = ready("import", file, *OPTIONS, *mapping, *words)
    assert (result.exit_code, result.stdout) == (0, "2 rows: 2 applied, 0 unchanged, 0 skipped, 0 rejected\n")


def test_without_a_report_the_codes_are_told_the_worst_first_with_three_lines_each(ready, file, tmp_path):
    ready("import", file, *OPTIONS)
    older = tmp_path / "older.csv"
    faults = "".join(f"p{number}@example.org,granted,\n" for number in range(5))
    older.write_text(f"address,status,withdrawn_at\n{faults}{ADA},unsubscribed,2020-01-01T00:00:00Z\n")
    result = ready("import", older, *OPTIONS)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == [
        "no_older_than_yes: 1",
        "  line 7: rejected, email withdrawn, NOT STOPPED: care_email: the no is dated before a yes that is known",
        "missing_time: 5",
        *(f"  line {line}: rejected, {MISSING_TIME}" for line in (2, 3, 4)),
    ]


def test_a_file_in_another_encoding_with_another_form_of_times_is_read_as_it_is_said_to_be(ready, refused, tmp_path):
    file = tmp_path / "brevo.csv"
    file.write_text("address;status;at\nzoë@example.org;subscribed;12-04-2022 09:30\n", encoding="windows-1252")
    assert "line 2 is not UTF-8" in refused(ready("import", file, *OPTIONS))
    said = ("--encoding", "windows-1252", "--time-form", "DD-MM-YYYY HH:mm", "--zone", "UTC")
    assert ready("import", file, *OPTIONS, *said).exit_code == 0
    assert "YYYY" in refused(ready("import", file, *OPTIONS, *said[:2], "--time-form", "MM"))


def test_a_list_without_a_header_says_how_it_is_read(ready, refused, tmp_path):
    file = tmp_path / "refusals.csv"
    file.write_text(f"{ADA}\n{BEN}\n")
    assert "--kind suppressed" in refused(ready("import", file, *OPTIONS))
    assert ready("import", file, *OPTIONS, "--kind", "suppressed").exit_code == 0


def test_a_list_is_written_whole_or_not_at_all(ready, file, tmp_path):
    ready("import", file, *OPTIONS)
    out = tmp_path / "list.csv"
    result = ready("export", "--site", "demo", "--preset", "plain", "--kind", "all", "--out", out)
    assert result.exit_code == 0
    rows = {row["address"]: row["status"] for row in rows_of(out)}
    assert rows[ADA] == "granted"
    assert sorted(rows.values()) == ["granted", "withdrawn"]
    assert (out.stat().st_mode & 0o777) == 0o600
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_what_cannot_be_imported_or_written_is_refused_with_one_line(ready, refused, file, tmp_path):
    assert "golf" in refused(ready("import", file, "--site", "demo", "--source", "x", "--purpose", "golf"))
    assert "Mars" in refused(ready("import", file, *OPTIONS, "--zone", "Mars"))
    assert "no site" in refused(ready("import", file, "--site", "nowhere", "--source", "x"))
    assert "not a time" in refused(ready("import", file, *OPTIONS, "--at", "yesterday"))
    assert "=" in refused(ready("import", file, *OPTIONS, "--map", "address"))
    out = tmp_path / "x.csv"
    assert "not a file of" in refused(ready("export", "--site", "demo", "--preset", "ses", "--kind", "x", "--out", out))
    assert not out.exists()
