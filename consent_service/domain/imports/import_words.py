"""The words by which tools write a status, in whichever language a tool speaks; only a no is looked for that widely."""

import re
import unicodedata
from collections.abc import Mapping

from consent_service.domain.imports.import_row import ImportStatus

_YES = ("subscribed", "active", "granted")
_ASKED = ("pending", "unconfirmed")
_UNSUBSCRIBED = (
    *("unsubscribed", "unsubscribe", "unsub", "opt_out", "optout", "opted_out", "optedout", "abgemeldet", "abbestellt"),
    *(
        "désabonné",
        "désabonnée",
        "désinscrit",
        "désinscrite",
        "dado_de_baja",
        "dada_de_baja",
        "desuscrito",
        "desuscrita",
    ),
    *("disiscritto", "disiscritta", "descadastrado", "uitgeschreven", "afgemeld", "已退订", "退订", "退訂", "取消订阅"),
    *("配信停止", "отписан", "отписался"),
)
_NO = (
    *_UNSUBSCRIBED,
    *(
        "withdrawn",
        "revoked",
        "refused",
        "declined",
        "cancelled",
        "canceled",
        "removed",
        "deleted",
        "widerrufen",
        "baja",
    ),
    *("cancelado", "cancelada"),
)
_LISTED = (
    *("suppressed", "blacklisted", "blocklisted", "unsubscribed_from_all", "unsubscribed_all", "global_unsubscribe"),
    *("globally_unsubscribed", "do_not_contact", "do_not_email", "dnc"),
)
_NO_TO_ALL = (*_LISTED, "blocked", "blacklist", "blocklist", "gesperrt", "bloqué", "bloqueado", "bloccato")
_SURE_BOUNCES = ("hard_bounce", "hard_bounced", "hardbounce", "bounced_(hard)")
_BOUNCED = (*_SURE_BOUNCES, "cleaned", "bounced", "bounce", "undeliverable", "invalid", "unreachable")
_SURE_COMPLAINTS = ("spam_complaint", "marked_as_spam")
_COMPLAINED = (*_SURE_COMPLAINTS, "complained", "complaint", "complainer", "spam", "abuse", "junk")
_NO_ANSWER = ("not_subscribed", "non_subscribed", "nonsubscribed", "never_subscribed", "never", "not_opted_in")
_WORDS = (
    (_YES, ImportStatus.GRANTED),
    (_ASKED, ImportStatus.PENDING),
    (_NO, ImportStatus.WITHDRAWN),
    (_NO_TO_ALL, ImportStatus.SUPPRESSED),
    (_BOUNCED, ImportStatus.BOUNCE),
    (_COMPLAINED, ImportStatus.COMPLAINT),
    (_NO_ANSWER, None),
)
_FALSE = (
    *("", "0", "false", "no", "n", "f", "off", "none", "null", "nil", "never", "[]", "{}"),
    *("nein", "falsch", "non", "faux", "falso", "nee", "não", "否"),
)
_JOINERS = re.compile(r"[\s_\-\u2010-\u2015]+")
_QUALIFIES = re.compile(r"[()\[\]{}:;,/|\u2013-\u2015]|\s[-\u2010-\u2012]|[-\u2010-\u2012]\s")
"""What stands between a status and what is said of it more closely: a bracket, or a dash with a blank beside it."""


def normalise_word(text: str) -> str:
    """Write a status word or the name of a column the one way they are compared.

    That is in lower case, without accents and invisible signs, and joined by underscores.
    """
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in ("Mn", "Cf"))
    return _JOINERS.sub("_", text.casefold()).strip("_")


COMMON_WORDS: Mapping[str, ImportStatus | None] = {
    normalise_word(word): status for words, status in _WORDS for word in words
}
"""The words that mean the same everywhere; None for a person who gave no answer."""
PLAIN_REFUSALS = frozenset(map(normalise_word, (*_UNSUBSCRIBED, *_LISTED, *_SURE_BOUNCES, *_SURE_COMPLAINTS)))
"""Those that mean a no in whichever column they stand; an order can be cancelled, and a priority is ``baja``."""
FALSE_WORDS = frozenset(map(normalise_word, _FALSE))
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


def find_qualified_refusal(text: str, words: Mapping[str, ImportStatus | None]) -> ImportStatus | None:
    """Find the strictest no in a qualified status, such as "Unsubscribed (Admin)" or "Unsubscribed - complaint".

    Only a no is found so: what qualifies a yes may take it back. None where a part answers no to the word before it.
    """
    first, *others = map(normalise_word, _QUALIFIES.split(text))
    if not others or FALSE_WORDS & set(filter(None, others)):
        return None
    refusals = [status for word in (first, *others) if (status := words.get(word)) and status.is_no]
    return max(refusals, key=list(ImportStatus).index, default=None)
