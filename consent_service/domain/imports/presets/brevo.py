"""The contacts of Brevo, which blocks mail and text messages apart and says of nobody when they said yes."""

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import EVERY_NO, ImportStatus
from consent_service.domain.imports.import_words import EMAIL_NAMES, FALSE_WORDS, TRUE_WORDS


def _map_channel(channel: str, address: tuple[str, ...], *statuses: str) -> ImportMapping:
    return ImportMapping(
        columns={ImportField.ADDRESS: address, ImportField.STATUS: statuses},
        constants={ImportField.CHANNEL: channel},
        words=dict.fromkeys(EVERY_NO, "Yes"),
        # "Subscribed" is what every contact is that nobody blocked, so it is no yes.
        status_map={
            **dict.fromkeys((*FALSE_WORDS, "subscribed"), None),
            **dict.fromkeys((*TRUE_WORDS, "blocklisted", "blacklisted", "unsubscribed"), ImportStatus.SUPPRESSED),
        },
        otherwise=ImportStatus.SUPPRESSED,
        optional=True,
        international=True,
    )


KINDS = (
    FileKind(
        name="contacts",
        mappings=(
            _map_channel("email", ("EMAIL", *EMAIL_NAMES), "EMAIL_BLACKLISTED", "EMAIL_BLOCKLISTED", "email_marketing"),
            _map_channel("sms", ("SMS",), "SMS_BLACKLISTED", "SMS_BLOCKLISTED", "sms_marketing"),
            _map_channel("whatsapp", ("WHATSAPP", "SMS"), "WHATSAPP_BLACKLISTED", "WHATSAPP_BLOCKLISTED"),
        ),
        header=("EMAIL", "SMS", "EMAIL_BLACKLISTED", "SMS_BLACKLISTED"),
    ),
)
