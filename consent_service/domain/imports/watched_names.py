"""Names of columns that nobody mapped and that are about a no, as tools and people write them in many languages."""

import re

from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_words import STATUS_NAMES, normalise_word
from consent_service.domain.site.purpose import Channel

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CHANNELS = {
    Channel.EMAIL: re.compile("e_?mail"),
    Channel.SMS: re.compile("sms|text_?message|phone|mobile"),
    Channel.WHATSAPP: re.compile("whats_?app|phone|mobile"),
    Channel.PUSH: re.compile("push"),
    Channel.PHONE: re.compile("phone|mobile|telefon|call|fax"),
    Channel.POST: re.compile("postal|direct_?mail|(?:^|_)post(?:_|$)"),
}
_IS = r"(?:(?:is|has|e_?mails?|marketing|newsletter|consent|date|time|data|hard)_(?:of_|de_)?)*"
_WHEN = r"(?:_(?:at|on|am|il|le|date|time|timestamp|reason|type|by))*"
_REFUSALS = (
    (
        ImportStatus.WITHDRAWN,
        re.compile(
            "unsub|opt(?:ed)?_?out|do_?not_?(?:allow|bulk|e?_?mail|contact|call|sms)|(?:^|_)dnc(?:_|$)|black_?list"
            "|block_?list|(?:^|_)blocked(?:_|$)|suppress|robinson"
            "|abgemeldet|abmeld|abbestell|austrag|ausgetragen|widerruf|widerspr|gesperrt|desabonn|desinscri|(?:^|_)opposition(?:_le|_date)?$"
            "|(?:^|_)bajas?(?:_|$)|desuscri|disiscri|descadastr|uitgeschreven|uitschrij|afgemeld|afmeld|avmeld|avregistr"
            "|wypis|odhlas|отпис|退订|退訂|取消订阅|取消訂閱|配信停止|購読解除"
            rf"|^{_IS}(?:withdrawn|withdrawal|revoked|revocation|objected|objection|stop){_WHEN}$"
        ),
    ),
    (
        ImportStatus.BOUNCE,
        re.compile(
            f"^{_IS}(?:bounced?|hard_bounces|clean(?:ed)?|undeliverable|invalid(?:_e_?mail)?)(?:_(?:at|on|date|time))?$"
        ),
    ),
    (ImportStatus.COMPLAINT, re.compile(f"^{_IS}(?:complained|complaint|spam_complaint|marked_as_spam|spam){_WHEN}$")),
    # These people are gone, or no longer on the list; it is not known that they said no.
    (
        None,
        re.compile(
            f"^{_IS}(?:deleted|removed|archived?|cancell?ed|cancellat[oa]|cancelamento|refused|declined|disabled"
            f"|deactivated|inactive){_WHEN}$|^left_(?:at|on)$"
        ),
    ),
)
_TECHNICAL = re.compile("(?:^|_)(?:ur[li]|links?|token|key|hash|ids?|ip|page|form)(?:_|$)")
_ANSWERS = re.compile(
    r"subscri|opt(?:ed)?_?in|consent|permission|accepts?_e_?mail|allow(?:s|ed)?_|_allowed|newsletter|marketing"
    r"|can_e?_?mail|einwillig|zustimm|anmeld|angemeldet|abonn|(?:^|_)abo(?:_|$)|suscri|iscri|inscri|e_?mail_enabled"
    r"|^(?:is_)?(?:active|enabled)$"
)
_NO_ANSWERS = re.compile(
    "double|doi(?:_|$)|(?:^|_)(?:at|on|am|date|time|source|method|level|count|number|total|clicks?|clicked|opens?|opened"
    "|rate|score|days|orders?|sent|received|campaigns?|last|created|reason|frequency|language|region|country|version"
    "|plan|lists|cookies|budget|costs?)(?:_|$)"
)
_STATUS = re.compile("status|statut|estado|stato|zustand|(?:^|_)state$")
_STATUS_OF = re.compile("e_?mail|list|global|member|contact")
_STATUSES = frozenset(map(normalise_word, STATUS_NAMES))


class WatchedName:
    """What the name of a column says about its cells.

    ``refusals`` are what a filled one means, None being a doubt. ``status`` says that they hold a status, and
    ``answer`` that they hold one or else a yes or a no to a question for consent.
    """

    def __init__(self, column: str) -> None:
        name = normalise_word(_HUMP.sub(" ", column)).rstrip("?:")
        self._channels = {channel for channel, pattern in _CHANNELS.items() if pattern.search(name)}
        technical = _TECHNICAL.search(name) is not None
        self.refusals = [] if technical else [status for status, pattern in _REFUSALS if pattern.search(name)]
        self.status = name in _STATUSES
        self.answer = not technical and not self.refusals and _is_answer(name)

    def concerns(self, channel: Channel) -> bool:
        """Say whether the column is about this channel, as one is that names none."""
        return not self._channels or channel in self._channels


def _is_answer(name: str) -> bool:
    if _STATUS.search(name):
        return bool(_ANSWERS.search(name) or _STATUS_OF.search(name))
    return bool(_ANSWERS.search(name)) and not _NO_ANSWERS.search(name)
