"""Importing: what each row does to a person, with the same report for a dry run and nothing for a second time."""

import json
from dataclasses import replace

import pytest

from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.ledger.decision import Method
from consent_service.domain.site.purpose import Basis
from consent_service.domain.site.site import Messages
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.keys.record_verification import verify_record
from consent_service.services.imports.importing import prune_imports
from consent_service.services.imports.keeping_import_files import ImportFolder, name_imports_folder
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.identifying_subjects import open_kept_address
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.changes import find_head
from consent_service.storage.records import list_latest_records
from tests.cast import SECOND
from tests.domain.imports import import_samples as samples
from tests.services.imports.import_desk import HEADER, YES, ImportDesk, import_site

ADA, BEN, CYD = "ada@example.org", "ben@example.org", "cyd@example.org"
DAY = 86_400 * SECOND


@pytest.fixture
def desk(resources):
    return ImportDesk(resources, import_site())


PRESETS = [
    (
        "mailchimp",
        "subscribed",
        samples.MAILCHIMP_SUBSCRIBED,
        [("applied", ""), ("applied", ""), ("rejected", "missing_time")],
        {ADA: "granted"},
    ),
    (
        "mailchimp",
        "unsubscribed",
        samples.MAILCHIMP_UNSUBSCRIBED,
        [("applied", "")] * 2,
        {"dot@example.org": "withdrawn", "eli@example.org": "withdrawn"},
    ),
    ("mailchimp", "cleaned", samples.MAILCHIMP_CLEANED, [("applied", "")], {"fay@example.org": "blocked_bounce"}),
    (
        "mailchimp",
        "nonsubscribed",
        samples.MAILCHIMP_NONSUBSCRIBED,
        [("skipped", "")],
        {"gus@example.org": "never_asked"},
    ),
    (
        "klaviyo",
        "profiles",
        samples.KLAVIYO_PROFILES,
        [("applied", ""), ("skipped", ""), ("applied", ""), ("applied", ""), ("applied", "")],
        {ADA: "granted", BEN: "never_asked", CYD: "blocked_bounce", "eli@example.org": "withdrawn"},
    ),
    (
        "shopify",
        "customers",
        samples.SHOPIFY_CUSTOMERS,
        [("applied", ""), ("skipped", ""), ("rejected", "missing_time")],
        {ADA: "granted", BEN: "never_asked", CYD: "never_asked"},
    ),
    (
        "listmonk",
        "confirmed",
        samples.LISTMONK,
        [("applied", ""), ("applied", ""), ("skipped", "")],
        {ADA: "granted", BEN: "withdrawn", CYD: "never_asked"},
    ),
    (
        "mautic",
        "do_not_contact",
        samples.MAUTIC_DO_NOT_CONTACT,
        [("applied", "")] * 3,
        {ADA: "withdrawn", BEN: "blocked_bounce"},
    ),
    (
        "keila",
        "contacts",
        samples.KEILA,
        [("rejected", "missing_time"), ("applied", ""), ("applied", ""), ("rejected", "unknown_status")],
        {ADA: "never_asked", BEN: "withdrawn", CYD: "blocked_bounce"},
    ),
    (
        "ses",
        "contacts",
        samples.SES_CONTACTS.replace("topicPreferences.news", "topicPreferences.newsletter"),
        [("applied", "missing_time"), ("applied", ""), ("skipped", "")],
        {ADA: "never_asked", BEN: "withdrawn", CYD: "never_asked"},
    ),
    (
        "ses",
        "suppressions",
        samples.SES_SUPPRESSIONS,
        [("applied", "")] * 2,
        {ADA: "blocked_bounce", BEN: "blocked_complaint"},
    ),
    ("sendgrid", "bounces", samples.SENDGRID_BOUNCES, [("applied", "")], {ADA: "blocked_bounce"}),
]


@pytest.mark.parametrize(("preset", "kind", "file", "told", "reasons"), PRESETS, ids=lambda value: str(value)[:12])
def test_the_files_of_other_tools_are_tried_out_imported_and_imported_again(desk, preset, kind, file, told, reasons):
    options = {"preset": preset, "kind": kind, "zone": "UTC", "topics": ("newsletter", "text-offers")}
    tried = desk.run(file, dry_run=True, **options)
    assert set(map(desk.reason, reasons)) == {"never_asked"}
    done = desk.run(file, **options)
    assert done.report == tried.report
    assert done.told == told
    assert {address: desk.reason(address) for address in reasons} == reasons
    ledger = desk.ledger()
    again = desk.run(file, **options)
    assert desk.ledger() == ledger
    assert [result for result, _ in again.told] == [
        {"applied": "rejected" if code else "unchanged"}.get(result, result) for result, code in told
    ]


def test_a_yes_is_a_signed_record_with_its_time_source_and_place_in_the_file(desk):
    desk.run(f"{HEADER}{ADA},granted,{YES},\n")
    [record] = list_latest_records(desk.resources.database, desk.principal(ADA), 5)
    payload = json.loads(verify_record(desk.resources.keys.public_keys, record.signed))
    assert (payload["method"], payload["actor"], payload["source"]) == ("import", "operator", "move")
    assert payload["acted_at"] == "2025-01-02T03:04:05.000000Z"
    assert payload["evidence"]["line"] == "2"
    assert len(payload["evidence"]["file"]) == 16


def test_only_a_yes_keeps_the_address_and_only_where_the_site_keeps_any(desk):
    desk.run(f"{HEADER}{ADA},granted,{YES},\n{BEN},withdrawn,{YES},\n{CYD},bounce,,\n")
    kept = [open_kept_address(desk.resources, desk.principal(address)) for address in (ADA, BEN, CYD)]
    assert [address and address.entered for address in kept] == [ADA, None, None]
    forgetful = ImportDesk(
        desk.resources, replace(desk.site, messages=Messages(sender="x@y.example", keep_addresses=False))
    )
    forgetful.run(f"{HEADER}dot@example.org,granted,{YES},\n")
    assert open_kept_address(desk.resources, desk.principal("dot@example.org")) is None


def test_an_erased_address_stays_blocked_and_gets_no_new_record(desk):
    desk.confirm(ADA)
    erase_subject(desk.resources, desk.site, desk.principal(ADA), "subject")
    before = desk.ledger()
    done = desk.run(f"{HEADER}{ADA},granted,{YES},\n{ADA},withdrawn,{YES},offers\n{ADA},bounce,,\n")
    assert done.told == [("skipped", "blocked"), ("unchanged", ""), ("unchanged", "")]
    assert desk.ledger() == before
    assert desk.reason(ADA) == "blocked_erased"


def test_a_block_that_was_lifted_since_stays_lifted_when_its_file_comes_again(desk):
    file = f"{HEADER}{ADA},spam,{YES},\n"
    desk.run(file)
    assert desk.reason(ADA) == "blocked_complaint"
    lift = Act(method=Method.OPERATOR, actor="operator", at=desk.resources.clock(), lift=Block.COMPLAINT)
    record_act(desk.resources, desk.site, desk.principal(ADA), lift)
    assert desk.run(file).told == [("unchanged", "")]
    assert desk.reason(ADA) == "never_asked"


def test_an_import_that_says_nothing_has_a_report_with_its_header_alone(desk):
    assert desk.run(HEADER).report == b"line,result,code,detail,read_as,read_time,address,status,at,topics\r\n"


def test_hostile_cells_come_back_in_the_report_as_data(desk):
    cells = ["=1+1", "+SUM(A1)", "-2", "@x", "\tx", "'=1", 'a "quote"', "two\nlines", "semi;colon", "\u202eabc"]
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    names = ",".join(f"c{number}" for number in range(len(cells)))
    done = desk.run(f"address,status,at,{names}\n{ADA},granted,{YES},{quoted}\n", preset="plain")
    [row] = done.rows
    back = [row[f"c{number}"] for number in range(len(cells))]
    assert [cell for cell in back if cell[:1] in "=+-@\t"] == []
    assert back[6:] == cells[6:]
    assert done.told == [("applied", "")]


def test_a_file_that_is_refused_leaves_nothing_behind(desk):
    for text, code in (("", "empty_file"), ("a,b\n1,2\n", "missing_column"), ("\xff\xfe", "empty_file")):
        with pytest.raises(ImportFault):
            desk.begin(text.encode("latin-1"))
        assert code
    for options, code in (
        ({"source": " "}, "source_missing"),
        ({"topics": ("golf",)}, "unknown_topic"),
        ({"basis": Basis.CONTRACT}, "unknown_basis"),
        ({"zone": "Mars/Olympus"}, "unknown_zone"),
        ({"zone": "../../etc/passwd"}, "unknown_zone"),
        ({"preset": "nobody"}, "unknown_preset"),
        ({"at": desk.resources.clock() + 1}, "future_time"),
    ):
        with pytest.raises(ImportFault) as refused:
            desk.begin(HEADER, **options)
        assert refused.value.code == code
    assert list(name_imports_folder(desk.resources).glob("*")) == []


def test_one_import_of_a_site_runs_at_a_time_until_it_made_no_progress_for_an_hour(desk):
    first = desk.begin(f"{HEADER}{ADA},granted,{YES},\n")
    with pytest.raises(ImportFault, match=first.id):
        desk.begin(f"{HEADER}{BEN},granted,{YES},\n")
    assert desk.begin(f"{HEADER}{ADA},granted,{YES},\n").id == first.id
    desk.resources.clock.advance(3600 * SECOND)
    assert desk.run(f"{HEADER}{BEN},granted,{YES},\n").told == [("applied", "")]
    assert not ImportFolder(desk.resources, first.id).upload.exists()


def test_a_mapping_of_ones_own_makes_the_same_import_when_it_is_the_same(desk):
    text = f"Who,When,Phone\n{ADA},{YES},\n"
    mapping = {"columns": {"address": ["Who", "Phone"], "at": "When"}, "constants": {"status": "granted"}}
    first = desk.begin(text, **mapping)
    assert desk.begin(text, **mapping) == first
    with pytest.raises(ImportFault, match="not finished"):
        desk.begin(text, **mapping | {"status_map": {"yes": "granted"}})
    with pytest.raises(ImportFault, match="not finished"):
        desk.begin(text, dry_run=True, **mapping)


def test_the_file_goes_when_the_import_is_finished_and_the_report_after_30_days(desk):
    done = desk.run(f"{HEADER}{ADA},granted,{YES},\n")
    folder = ImportFolder(desk.resources, done.run.id)
    assert [file.name for file in folder.path.iterdir()] == ["report.csv"]
    assert (folder.report.stat().st_mode & 0o777, folder.path.stat().st_mode & 0o777) == (0o600, 0o700)
    desk.resources.clock.advance(30 * DAY)
    assert prune_imports(desk.resources) == 0
    desk.resources.clock.advance(1)
    assert prune_imports(desk.resources) == 1
    assert not folder.path.exists()


def test_the_feed_tells_each_change_of_an_import(desk):
    desk.run(f"{HEADER}{ADA},granted,{YES},\n{BEN},withdrawn,,\n{CYD},bounce,,\n")
    assert find_head(desk.resources.database, "demo") == 3
