"""The words by which tools write a status, in whichever language a tool speaks; only a no is looked for that widely."""

import unicodedata
from collections.abc import Mapping

from consent_service.domain.imports.import_row import ImportStatus

_YES = ("subscribed", "active", "granted")
_ASKED = ("pending", "unconfirmed")
_NO = (
    *("unsubscribed", "unsubscribe", "unsub", "withdrawn", "revoked", "refused", "declined", "cancelled", "canceled"),
    *("opt_out", "optout", "opted_out", "removed", "deleted"),
    *("abgemeldet", "abbestellt", "widerrufen", "désabonné", "désinscrit", "dado_de_baja", "baja", "disiscritto"),
    *("cancelado", "descadastrado", "uitgeschreven", "已退订", "退订"),
)
_NO_TO_ALL = (
    *("suppressed", "blacklisted", "blocklisted", "blocked", "blacklist", "blocklist", "unsubscribed_from_all"),
    *("unsubscribed_all", "global_unsubscribe", "globally_unsubscribed", "do_not_contact", "do_not_email", "dnc"),
    *("gesperrt", "bloqué", "bloqueado", "bloccato"),
)
_BOUNCED = (
    "cleaned",
    "bounced",
    "bounce",
    "hard_bounce",
    "hard_bounced",
    "bounced_(hard)",
    "undeliverable",
    "invalid",
    "unreachable",
)
_COMPLAINED = ("complained", "complaint", "complainer", "spam", "spam_complaint", "marked_as_spam", "abuse", "junk")
_NO_ANSWER = ("not_subscribed", "non_subscribed", "nonsubscribed", "never_subscribed", "never", "not_opted_in")
COMMON_WORDS: Mapping[str, ImportStatus | None] = {
    **dict.fromkeys(_YES, ImportStatus.GRANTED),
    **dict.fromkeys(_ASKED, ImportStatus.PENDING),
    **dict.fromkeys(_NO, ImportStatus.WITHDRAWN),
    **dict.fromkeys(_NO_TO_ALL, ImportStatus.SUPPRESSED),
    **dict.fromkeys(_BOUNCED, ImportStatus.BOUNCE),
    **dict.fromkeys(_COMPLAINED, ImportStatus.COMPLAINT),
    **dict.fromkeys(_NO_ANSWER, None),
}
"""The words that mean the same everywhere; None for a person who gave no answer."""
FALSE_WORDS = frozenset(
    [
        *("", "0", "false", "no", "n", "f", "off", "none", "null", "nil", "never", "[]", "{}"),
        *("nein", "falsch", "non", "faux", "falso", "否"),
    ]
)
"""The words by which a column for one question answers no, or not at all."""
TRUE_WORDS = (
    "1",
    "true",
    "yes",
    "y",
    "t",
    "on",
    "x",
    "ja",
    "wahr",
    "oui",
    "vrai",
    "sí",
    "si",
    "verdadero",
    "vero",
    "是",
)
"""The words by which it answers yes."""

EMAIL_NAMES = (
    *("Email", "Email Address", "E-mail", "Mail", "E-Mail-Adresse", "Adresse e-mail", "Adresse email", "Courriel"),
    *("Correo electrónico", "Correo", "Dirección de correo electrónico", "Indirizzo email", "Indirizzo e-mail"),
    *("Endereço de e-mail", "E-mailadres", "电子邮件", "电子邮箱", "邮箱", "メールアドレス", "Eメール"),
)
"""How tools name the column with the e-mail address in the languages they speak."""
STATUS_NAMES = ("Status", "State", "Statut", "Estado", "Stato", "État", "状态", "ステータス")
"""How they name the column with the status."""


def normalise_word(text: str) -> str:
    """Write a status word or the name of a column the one way they are compared: lower case, joined by underscores."""
    plain = unicodedata.normalize("NFC", text).casefold()
    return "_".join(plain.replace("-", " ").replace("_", " ").split())
