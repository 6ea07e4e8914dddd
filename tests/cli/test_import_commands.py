"""Commands that bring lists in and write lists."""

import csv

import pytest

ADA, BEN = "ada@example.org", "ben@example.org"
YES = "2025-01-02T03:04:05Z"


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
    assert "no time" in refused(ready("import", file, *OPTIONS, "--at", "yesterday"))
    assert "=" in refused(ready("import", file, *OPTIONS, "--map", "address"))
    out = tmp_path / "x.csv"
    assert "no file of" in refused(ready("export", "--site", "demo", "--preset", "ses", "--kind", "x", "--out", out))
    assert not out.exists()
