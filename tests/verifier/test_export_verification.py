"""Verifying an export: every tampering is named with its line, and nothing else ever is."""

import base64
import json
import random
from itertools import pairwise

import pytest

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.keys.signing import derive_public_key, sign_record
from consent_service.services.ledger.exporting_records import export_records
from consent_service.verifier.export_verification import verify_export
from tests.cast import SECOND, change_purpose, choose, make_notice_for, make_site


@pytest.fixture
def lines(resources, site, clock):
    """An export of three visitors with three records each and two notices."""
    visitors = [choose(resources, site, "accept").cookie.visitor for _ in range(3)]
    for button, keys in (("reject", ()), ("accept", ("marketing",))):
        clock.advance(60 * SECOND)
        for visitor in visitors:
            choose(resources, site, button, visitor=visitor, notice=make_notice_for(site, *keys))
    return list(export_records(resources, site, None))


@pytest.fixture
def faults(resources):
    return lambda lines: verify_export(lines, resources.keys.public_keys).faults


def kind(line):
    return json.loads(line)["kind"]


RESUMED = {"schema": "consent-record/3"}


def places(lines, wanted):
    return [place for place, line in enumerate(lines) if kind(line) == wanted]


def resigned(resources, line, **changes):
    """Sign a record anew with other content, as an operator with the key could."""
    _, payload, _ = json.loads(line)["signed"].split(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "==")) | changes
    kid, seed = resources.keys.current
    return (
        write_canonical_json({"kind": "record", "signed": sign_record(seed, kid, write_canonical_json(content))})
        + b"\n"
    )


def test_an_export_as_it_was_written_verifies(resources, lines):
    verdict = verify_export(lines, resources.keys.public_keys)
    assert (verdict.records, verdict.notices, verdict.faults) == (9, 2, [])


@pytest.mark.threat("T1")
def test_a_byte_changed_in_any_line_is_named_with_that_line(lines, faults):
    dice = random.Random(5)
    for place, line in enumerate(lines[:-1]):
        for _ in range(25):
            spot = dice.randrange(len(line) - 1)
            changed = line[:spot] + bytes([line[spot] ^ 1 << dice.randrange(7)]) + line[spot + 1 :]
            found = faults([*lines[:place], changed, *lines[place + 1 :]])
            assert any(f"line {place + 1}:" in fault for fault in found), (place, changed)


def test_a_byte_changed_in_the_summary_is_noticed(lines, faults):
    summary = lines[-1]
    for spot in range(len(summary) - 1):
        assert faults([*lines[:-1], summary[:spot] + bytes([summary[spot] ^ 1]) + summary[spot + 1 :]])


def test_a_removed_line_is_noticed(lines, faults):
    for place in range(len(lines)):
        assert faults([*lines[:place], *lines[place + 1 :]])


def test_a_removed_record_is_named_at_the_one_behind_it(lines, faults):
    second = places(lines, "record")[1]
    found = faults([line for place, line in enumerate(lines) if place != second])
    assert any(f"line {second + 1}: record" in fault and "expected seq 2, got 3" in fault for fault in found)


def test_two_records_of_a_visitor_in_another_order_are_named(lines, faults):
    records = places(lines, "record")
    for one, other in [pair for chain in (records[:3], records[3:6], records[6:]) for pair in pairwise(chain)]:
        turned = list(lines)
        turned[one], turned[other] = turned[other], turned[one]
        found = faults(turned)
        assert any(fault.startswith(f"line {one + 1}: record") for fault in found)
        assert any(fault.startswith(f"line {other + 1}: record") for fault in found)


def test_a_doubled_record_is_named(lines, faults):
    for place in places(lines, "record"):
        found = faults([*lines[: place + 1], lines[place], *lines[place + 1 :]])
        assert any(fault.startswith(f"line {place + 2}: record") for fault in found)


@pytest.mark.threat("T1")
def test_a_record_of_another_visitor_put_in_is_named(resources, site, lines, faults):
    stranger = choose(resources, site, "accept").cookie.visitor
    [foreign] = [line for line in export_records(resources, site, stranger) if kind(line) == "record"]
    again = resigned(resources, foreign, seq=2)
    found = faults([lines[0], again, *lines[1:]])
    assert any(fault.startswith("line 2: record") for fault in found)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seq": 7}, "expected seq 2, got 7"),
        ({"previous": None}, "does not name the record before it"),
        ({"previous": "019b796d-d600-7998-9071-faebc0db7432"}, "does not name the record before it"),
        ({"at": "2025-01-01T00:00:00.000000Z"}, "dated before the record before it"),
        ({"principal": "demo/v/AAAAAAAAAAAAAAAAAAAAAA"}, "expected seq 1, got 2"),
        ({"site": "other"}, "it is of the site 'other', the export of 'demo'"),
        ({"decisions": {"analytics": "granted", "telepathy": "granted"}}, "does not list the purpose 'telepathy'"),
        ({"decisions": {"analytics": "maybe"}}, "there is no state 'maybe'"),
        ({"notice": "0" * 64}, "the notice 0000"),
        ({"schema": "consent-record/9"}, "not a consent record"),
        (RESUMED | {"store_behind": {"seq": "8"}}, "expected seq 9, got 2"),
        (RESUMED | {"store_behind": {"seq": "8"}, "seq": 8}, "expected seq 9, got 8"),
        (RESUMED | {"store_behind": {"seq": "1"}, "seq": 3}, "expected seq 2, got 3"),
        (RESUMED | {"store_behind": {}}, "store_behind must tell the seq"),
        (RESUMED | {"store_behind": "8"}, "store_behind must be an object"),
        ({"decisions": None}, "decisions must be an object"),
        ({"note": "granted"}, "not a consent record"),
    ],
)
def test_a_record_signed_anew_with_other_content_is_named(resources, lines, faults, changes, message):
    second = places(lines, "record")[1]
    found = faults([*lines[:second], resigned(resources, lines[second], **changes), *lines[second + 1 :]])
    assert any(fault.startswith(f"line {second + 1}:") and message in fault for fault in found)


def test_a_first_record_that_decides_on_what_its_notice_does_not_list_is_named(resources, lines, faults):
    again = resigned(resources, lines[0], decisions={"telepathy": "granted"})
    assert any("line 1: record" in f and "the purpose 'telepathy'" in f for f in faults([again, *lines[1:]]))


def test_the_browsers_signal_may_speak_of_what_its_notice_does_not_list(resources, lines, faults):
    again = resigned(resources, lines[0], method="signal", decisions={"telepathy": "refused"})
    assert faults([again, *lines[1:]]) == []


def test_a_principal_of_another_site_is_named(resources, lines, faults):
    again = resigned(resources, lines[0], principal="other/v/AAAAAAAAAAAAAAAAAAAAAA", seq=1, previous=None)
    assert any(f.startswith("line 1: record") and "not of the site 'demo'" in f for f in faults([again, *lines[1:]]))


def test_the_records_of_two_sites_are_no_export(resources, lines, faults):
    other = make_site("other")
    choose(resources, other, "accept")
    foreign = list(export_records(resources, other, None))
    found = faults([*lines[:-1], *foreign[:-1]])
    for place, line in enumerate(foreign[:-1], start=len(lines)):
        assert f"line {place}: it is of the site 'other', the export of 'demo'" in found, kind(line)


def test_a_notice_that_no_record_names_is_named(site, lines, faults):
    spare = make_notice_for(change_purpose(site, "analytics", title={"en": "Other"}))
    line = write_canonical_json({"kind": "notice", "digest": spare.digest, "document": json.loads(spare.document)})
    found = faults([*lines[:-1], line, lines[-1]])
    assert f"line {len(lines)}: no record that verifies names the notice {spare.digest}" in found


def test_an_export_without_a_record_verifies(resources, site):
    verdict = verify_export(export_records(resources, site, None), resources.keys.public_keys)
    assert (verdict.records, verdict.notices, verdict.faults) == (0, 0, [])


def test_a_payload_that_is_not_canonical_is_named(resources, lines, faults):
    kid, seed = resources.keys.current
    _, payload, _ = json.loads(lines[0])["signed"].split(".")
    spaced = json.dumps(json.loads(base64.urlsafe_b64decode(payload + "=="))).encode()
    line = write_canonical_json({"kind": "record", "signed": sign_record(seed, kid, spaced)})
    assert "line 1: the payload is not canonical JSON" in faults([line, *lines[1:]])


def test_an_altered_notice_is_named(lines, faults):
    for place in places(lines, "notice"):
        entry = json.loads(lines[place])
        entry["document"]["page"] = "<p>You agreed to everything</p>"
        found = faults([*lines[:place], write_canonical_json(entry), *lines[place + 1 :]])
        assert any(f"line {place + 1}: the notice {entry['digest']} is not what its digest says" in f for f in found)


def test_an_exchanged_notice_is_missed_by_the_record_that_names_it(site, lines, faults):
    place = places(lines, "notice")[0]
    other = make_notice_for(change_purpose(site, "analytics", title={"en": "Other"}))
    line = write_canonical_json({"kind": "notice", "digest": other.digest, "document": json.loads(other.document)})
    found = faults([*lines[:place], line, *lines[place + 1 :]])
    assert any("line 1: the notice" in fault and "is missing" in fault for fault in found)


@pytest.mark.threat("T2")
@pytest.mark.parametrize("kept", [0, 1, 5, -2, -1])
def test_a_cut_tail_is_noticed(lines, faults, kept):
    assert "the summary line is missing: the export was cut off" in faults(lines[:kept])


def test_a_line_cut_in_its_middle_is_named(lines, faults):
    found = faults([*lines[:4], lines[4][:100]])
    assert any(fault.startswith("line 5:") for fault in found)


def test_lines_behind_the_summary_are_named(lines, faults):
    assert f"line {len(lines) + 1}: there is a line behind the summary" in faults([*lines, lines[0]])


@pytest.mark.parametrize("keys", [{}, {"k" * 43: bytes(32)}], ids=["none", "other"])
def test_with_the_wrong_keys_every_record_is_named(lines, keys):
    found = verify_export(lines, keys).faults
    for place in places(lines, "record"):
        assert any(fault.startswith(f"line {place + 1}: signed by an unknown key") for fault in found)


def test_with_another_key_under_the_right_name_nothing_verifies(resources, lines):
    kid, _ = resources.keys.current
    found = verify_export(lines, {kid: derive_public_key(bytes(32))}).faults
    assert sum("the signature does not match" in fault for fault in found) == 9


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"\n", b"null", b"[]", b"7", b'"record"', b"{}", b"\xff\xfe"),
        *(b'{"kind":"other"}', b'{"kind":["record"]}'),
        *(b'{"kind":"record"}', b'{"kind":"record","signed":null}', b'{"kind":"record","signed":7}'),
        *(b'{"kind":"record","signed":"!.!.!"}', b'{"kind":"record","signed":"a.b.c"}', b'{"kind":"notice"}'),
        *(b'{"kind":"notice","digest":[],"document":{}}', b'{"kind":"notice","digest":"x","document":"\\ud800"}'),
        *(b"[" * 100_000, b"9" * 5000),
    ],
    ids=lambda line: ascii(line[:40]),
)
def test_a_line_of_rubbish_is_named(lines, faults, line):
    found = faults([*lines[:3], line, *lines[3:]])
    assert any(fault.startswith("line 4:") for fault in found)
