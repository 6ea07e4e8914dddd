"""Importing as a test does it: a file of a few lines, its report and what a check answers afterwards."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent_service.domain.imports.import_options import ImportOptions
from consent_service.domain.imports.import_run import ImportRun
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.decision_order import Reason
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.site.purpose import Basis, Channel, Kind, Purpose
from consent_service.domain.site.site import Messages, Site
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.message_decision import decide_message
from consent_service.services.imports.importing import begin_import, continue_import
from consent_service.services.imports.keeping_import_files import ImportFolder, Upload
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import identify_email, identify_phone
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.standings import find_standing
from tests.cast import make_purpose, make_site

YES = "2025-01-02T03:04:05Z"
HEADER = "address,status,at,topics\n"


def messages_purpose(key: str, channel: Channel = Channel.EMAIL, **changes: object) -> Purpose:
    """Make one more purpose of messages."""
    return make_purpose(key, letter="", kind=Kind.MESSAGES, channel=channel, cookies=(), **changes)


def import_site(**changes: object) -> Site:
    """Make a shop with a newsletter, offers by mail and text message, and mail about similar goods."""
    extra = (
        messages_purpose("offers"),
        messages_purpose("text_offers", Channel.SMS),
        messages_purpose("similar", basis=Basis.SOFT_OPT_IN, own_similar_goods=True),
    )
    return make_site(extra=extra, **({"messages": Messages(sender="Shop <news@demo.example>")} | changes))


@dataclass(frozen=True)
class Imported:
    """An import that is finished: its run and its report."""

    run: ImportRun
    report: bytes

    @property
    def rows(self) -> list[dict[str, str]]:
        """The lines of the report."""
        return list(csv.DictReader(io.StringIO(self.report.decode(), newline="")))

    @property
    def told(self) -> list[tuple[str, str]]:
        """The result and the code of each row."""
        return [(row["result"], row["code"]) for row in self.rows]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows had each result."""
        return self.run.progress.counts


@dataclass(frozen=True)
class ImportDesk:
    """Imports files for one site."""

    resources: Resources
    site: Site

    def begin(self, text: str | bytes, *, dry_run: bool = False, file_name: str = "", **options: Any) -> ImportRun:
        """Hand in a file; options are those of an import, with a source and the newsletter as topic."""
        upload = Upload(self.resources)
        upload.write(text.encode() if isinstance(text, str) else text)
        given = ImportOptions(**({"source": "move", "topics": ("newsletter",)} | options))
        return begin_import(
            self.resources, self.site, upload, given, dry_run=dry_run, actor="operator", file_name=file_name
        )

    def run(self, text: str | bytes, **options: Any) -> Imported:
        """Import a file."""
        run = continue_import(self.resources, self.site, self.begin(text, **options))
        return Imported(run, ImportFolder(self.resources, run.id).report.read_bytes())

    def principal(self, address: str) -> str:
        """Name the owner of an address."""
        identify = identify_email if "@" in address else identify_phone
        return identify(self.resources, self.site, address).principal

    def confirm(self, address: str, purpose: str = "newsletter") -> None:
        """Let the person say yes now, with proof."""
        states = {purpose: State.GRANTED}
        act = Act(
            method=Method.SUBSCRIBE_CONFIRM, actor="subject", at=self.resources.clock(), states=states, revives=True
        )
        record_act(self.resources, self.site, self.principal(address), act)

    def reason(self, address: str, purpose: str = "newsletter") -> str:
        """Ask why a message may be sent or not."""
        standing = find_standing(self.resources.database, self.principal(address))
        prints = make_fingerprints(self.site)
        answer = decide_message(
            self.site.purpose_by_key[purpose], standing, fingerprint=prints[purpose], now=self.resources.clock()
        )
        assert answer.allowed == (answer.reason in (Reason.GRANTED, Reason.SOFT_OPT_IN))
        return answer.reason

    def ledger(self) -> dict[str, list[Any]]:
        """Read everything that an import may change."""
        tables = ("record", "standing", "change", "subject", "ending", "job")
        return {table: sorted(self.resources.database.rows(f"SELECT * FROM {table}"), key=repr) for table in tables}
