"""The family of errors the rules and services raise; none of them knows HTTP."""


class ConsentError(Exception):
    """Anything this service refuses; the text says what is wrong and what to do."""


class CodedFault(ConsentError):
    """Something refused for a reason that programs know by its ``code``; ``detail`` is for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class SettingsFault(ConsentError):
    """The environment, the home folder or a key file is not fit to start with."""


class ChoiceFault(ConsentError):
    """A submitted choice is empty, contradictory or names a purpose that was not on the form.

    ``code`` is the text key of the message for people, ``field`` the form field it belongs to.
    """

    def __init__(self, code: str, field: str = "choice") -> None:
        super().__init__(code)
        self.code = code
        self.field = field


class AddressFault(CodedFault):
    """A text is no address that a message could go to; the detail never quotes it.

    ``code`` is one of empty, too_long, invisible_character, email_malformed, phone_malformed,
    phone_ambiguous, region_missing.
    """


class StorageUnavailable(ConsentError):
    """The database could not be read or written; nothing half done is left behind."""


class LeftBehind(StorageUnavailable):
    """A newer version has migrated the database while this one went on serving; nothing may be written any more."""


class StorageBusy(StorageUnavailable):
    """The database could not be read at once by somebody who does not wait; asking again may help."""


class StorageConflict(StorageBusy):
    """Several writes met, and this one was undone; doing all of it again helps."""


class SchemaMismatch(ConsentError):
    """The database was written by another version of this service."""


class TooManyRequests(ConsentError):
    """More was asked for than people ask for; what was asked was not done."""


class BrokenRecord(ConsentError):
    """A stored record does not verify: it was changed after it was signed, or its key is gone."""


class NotFound(ConsentError):
    """There is no such record, visitor or key within the caller's reach."""


class ActFault(CodedFault):
    """An act about messages cannot be taken."""


class ListFault(CodedFault):
    """A list cannot be checked, or not to its end."""
