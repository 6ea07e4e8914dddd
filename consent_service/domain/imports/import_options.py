"""What whoever imports a file says about it, checked against the site before any row is read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import tzinfo
from zoneinfo import ZoneInfo

from consent_service.domain.basics.file_encoding import UTF_8
from consent_service.domain.basics.moment import read_time
from consent_service.domain.basics.nearest_name import suggest_name
from consent_service.domain.basics.payment_data import REFUSAL, find_payment_data
from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports.import_mapping import FileKind, make_plain_kind
from consent_service.domain.imports.import_meaning import ImportTerms
from consent_service.domain.imports.import_preset import choose_kind
from consent_service.domain.imports.import_topics import list_topics
from consent_service.domain.imports.stated_time import read_time_form
from consent_service.domain.site.purpose import Basis
from consent_service.domain.site.site import Site

BASES = (Basis.CONSENT, Basis.SOFT_OPT_IN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """The same file with the same options is the same import.

    With ``columns`` the file is read by this mapping, else by the preset. A yes counts for purposes of this ``basis``
    alone; ``at``, in microseconds, is for a yes without a time. ``time_form`` is how the times of the file are written.
    """

    source: str
    preset: str = "plain"
    kind: str = ""
    columns: Mapping[str, str | list[str]] = field(default_factory=dict)
    status_map: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    basis: Basis = Basis.CONSENT
    zone: str = ""
    encoding: str = UTF_8
    time_form: str = ""
    at: int | None = None
    keeps_network: bool = False
    restores: bool = False

    def write_text(self) -> str:
        """Write the options as they are kept; ``read_options`` reads them."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    def choose(self, header: Sequence[str], file_name: str) -> FileKind:
        """Decide which file this is; raises ImportFault where that cannot be told."""
        if self.columns:
            return make_plain_kind(self.columns, self.status_map, self.constants)
        return choose_kind(self.preset, header, name=self.kind, file_name=file_name)

    def make_terms(self, now: int) -> ImportTerms:
        """Make of the options what the reader of rows needs; raises ImportFault for a zone there is not."""
        return ImportTerms(
            source=self.source,
            now=now,
            topics=self.topics,
            zone=_find_zone(self.zone),
            time_form=read_time_form(self.time_form),
            at=self.at,
            keeps_network=self.keeps_network,
            restores=self.restores,
        )

    def check(self, site: Site, now: int) -> None:
        """Raise ImportFault for a topic or basis that the site does not have, for a time to come and for card data."""
        said = [self.source, self.columns, self.status_map, self.constants, *self.topics]
        if find_payment_data(said):
            raise ImportFault("payment_data", REFUSAL)
        known = list_topics(site)
        if unknown := [topic for topic in self.topics if topic.casefold() not in known]:
            hint = suggest_name(unknown[0], known)
            raise ImportFault("unknown_topic", f"{unknown[0]!r} is not a topic of {site.id}{hint}")
        if self.basis not in BASES:
            raise ImportFault("unknown_basis", f"{self.basis!r} is not a basis; there are {', '.join(BASES)}")
        if self.at is not None and self.at > now:
            raise ImportFault("future_time", "the time for rows without one lies in the future")


def read_options(text: str) -> ImportOptions:
    """Read options back from the text that was kept."""
    kept = json.loads(text)
    return ImportOptions(**kept | {"topics": tuple(kept["topics"]), "basis": Basis(kept["basis"])})


def read_stated_time(text: str) -> int | None:
    """Read the time stated for a yes without one; raises ImportFault for what is none."""
    try:
        return read_time(text) if text else None
    except (ValueError, OverflowError):
        raise ImportFault("time_malformed", f"{text[:40]!r} is not a time such as 2026-01-31T08:30:00Z") from None


def _find_zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        raise ImportFault("unknown_zone", f"{name!r} is not a time zone; write it like Europe/Berlin") from None
