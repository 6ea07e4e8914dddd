"""The files of the journal of denials: what is torn, changed, full, in a second place, or old."""

import os
from dataclasses import replace

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.ledger.denial import DenialKind, NotedDenial
from consent_service.services.ledger.keeping_denials import DenialFault, find_end, list_days
from consent_service.services.ledger.noting_denials import (
    find_denials_folder,
    note_denial,
    prune_denials,
    require_denials_kept,
)
from tests.cast import SECOND
from tests.services.ledger.denials import start_denying, told, write_denial

DAY = 86_400 * SECOND


@pytest.fixture
def home(resources):
    return resources.database.folder


@pytest.mark.one_file
def test_on_a_full_disk_nothing_half_is_left_in_the_journal(resources, home):
    with resources.database.write():
        for _ in range(4000):
            note_denial(resources, NotedDenial(kind=DenialKind.NO, principal="demo/v/x", at=1))
    [file] = list_days(find_denials_folder(resources))
    later = file.with_name("2999-12-31.jws")
    file.rename(later)
    before = later.stat().st_size
    refused = start_denying(home, before + 200).communicate()[0]
    assert "the journal of denials cannot be written (File too large)" in refused
    assert later.stat().st_size == before
    assert len(told(resources)) == 4000


def test_a_journal_without_lines_is_never_cut(resources):
    write_denial(resources)
    [file] = list_days(find_denials_folder(resources))
    file.write_bytes(bytes(1_000_000))
    with pytest.raises(StorageUnavailable, match="is no journal of denials"):
        write_denial(resources)
    assert file.stat().st_size == 1_000_000


def test_a_line_that_was_cut_off_is_passed_over_and_the_next_takes_its_place(resources):
    write_denial(resources, 1)
    write_denial(resources, 2)
    [file] = list_days(find_denials_folder(resources))
    os.truncate(file, file.stat().st_size - 20)
    assert [denial.at for denial in told(resources)] == [1]
    write_denial(resources, 3)
    assert [denial.at for denial in told(resources)] == [1, 3]


def test_a_clock_that_goes_back_never_changes_the_order(resources):
    resources.clock.advance(3 * DAY)
    write_denial(resources, 1)
    resources.clock.advance(-2 * DAY)
    write_denial(resources, 2)
    resources.clock.advance(5 * DAY)
    write_denial(resources, 3)
    assert [denial.at for denial in told(resources)] == [1, 2, 3]
    assert len(list_days(find_denials_folder(resources))) == 2


def test_reading_begins_where_a_backup_was_taken(resources):
    write_denial(resources, 1)
    end = find_end(find_denials_folder(resources))
    write_denial(resources, 2)
    resources.clock.advance(DAY)
    write_denial(resources, 3)
    assert [denial.at for denial in told(resources, end)] == [2, 3]


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda lines: [lines[0], lines[2]], "the line before it is missing"),
        (lambda lines: [lines[1], lines[0], lines[2]], "the line before it is missing"),
        (lambda lines: [lines[0], lines[1][:-4] + b"AAA\n", lines[2]], "the signature does not match"),
        (lambda lines: [b"x\n", *lines[1:]], "it is not signed"),
        (lambda lines: lines[1:], "the line before it is missing"),
        (lambda lines: [lines[0], b"e30" + lines[1][lines[1].index(b".") :], lines[2]], "signed by an unknown key"),
    ],
)
def test_whatever_is_done_to_the_journal_is_noticed(resources, spoil, fault):
    for at in (1, 2, 3):
        write_denial(resources, at)
    [file] = list_days(find_denials_folder(resources))
    file.write_bytes(b"".join(spoil(file.read_bytes().splitlines(keepends=True))))
    with pytest.raises(DenialFault, match=fault):
        told(resources)


def test_the_journal_of_another_place_is_refused(resources):
    write_denial(resources, 1)
    end = find_end(find_denials_folder(resources))
    for other in (end._replace(digest="x"), end._replace(size=end.size + 1), end._replace(size=end.size - 1)):
        with pytest.raises(DenialFault, match="is not the journal"):
            told(resources, other)
    with pytest.raises(DenialFault, match="does not reach back"):
        told(resources, end._replace(file="2000-01-01.jws"))


def test_a_second_place_holds_the_same_bytes_and_catches_up(resources, tmp_path):
    second = tmp_path / "second"
    second.mkdir()
    copied = replace(resources, denials_copy=second)
    write_denial(copied, 1)
    second.rename(tmp_path / "unplugged")
    write_denial(copied, 2)
    with pytest.raises(StorageUnavailable, match="second place"):
        require_denials_kept(copied)
    (tmp_path / "unplugged").rename(second)
    require_denials_kept(copied)
    write_denial(copied, 3)
    [first], [other] = list_days(find_denials_folder(resources)), list_days(second)
    assert other.read_bytes() == first.read_bytes()
    assert first.read_bytes().count(b"\n") == 3


def test_a_second_place_that_knows_more_is_never_overwritten(resources, tmp_path):
    second = tmp_path / "second"
    second.mkdir()
    copied = replace(resources, denials_copy=second)
    write_denial(copied, 1)
    write_denial(copied, 2)
    [first], [other] = list_days(find_denials_folder(resources)), list_days(second)
    kept = other.read_bytes()
    first.write_bytes(kept.splitlines(keepends=True)[0])
    with pytest.raises(StorageUnavailable, match="older copy"):
        require_denials_kept(copied)
    write_denial(copied, 3)
    assert other.read_bytes() == kept


def test_the_journal_is_kept_as_long_as_backups_are(resources, tmp_path):
    second = tmp_path / "second"
    second.mkdir()
    copied = replace(resources, denials_copy=second, backup_days=25)
    for _ in range(4):
        write_denial(copied)
        resources.clock.advance(10 * DAY)
    assert prune_denials(copied) == 2
    assert len(list_days(second)) == len(list_days(find_denials_folder(resources))) == 2
    resources.clock.advance(1000 * DAY)
    assert prune_denials(copied) == 1
    assert len(list_days(second)) == 1
