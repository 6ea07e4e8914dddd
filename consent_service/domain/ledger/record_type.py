"""The types of signed records that lie in a ledger; the JOSE header of each names its own."""

from enum import StrEnum


class RecordType(StrEnum):
    """What a record states. Those without a reader of their own are kept, sealed and verified like all others."""

    CONSENT = "consent-record+jwt"
    REMOVAL = "removal-record+jwt"
    POLICY = "policy-record+jwt"
    ACKNOWLEDGEMENT = "acknowledgement-record+jwt"
    ASK = "ask-record+jwt"
    INCIDENT = "incident-record+jwt"
    DISCLOSURE = "disclosure-record+jwt"


RECORD_TYPES = frozenset(RecordType)
