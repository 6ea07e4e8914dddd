"""Times in a form that whoever imports a file states, because nobody could tell 04/05/2022 otherwise."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports.import_time import TimeForm, count_moment, read_act_time

UNIX_FORMS = (TimeForm.UNIX, TimeForm.UNIX_MILLISECONDS)
_DIRECTIVES = frozenset("YymdHIMSfpbBaAz%")
_DIRECTIVE = re.compile(r"%(.?)")
_LETTERS = re.compile("YYYY|YY|MM|DD|HH|hh|mm|ss|AM")
_UTC = re.compile("(?<!%)Z$")
_DIRECTIVE_OF = {
    "YYYY": "%Y",
    "YY": "%y",
    "MM": "%m",
    "DD": "%d",
    "HH": "%H",
    "hh": "%I",
    "mm": "%M",
    "ss": "%S",
    "AM": "%p",
}
_SAMPLE = datetime(2026, 11, 27, 15, 42, 31, tzinfo=UTC)


def read_time_form(text: str) -> str:
    """Read a stated form of times into a pattern of ``strptime``, or a name of Unix times; empty for none.

    Both ways of writing patterns are taken: ``DD-MM-YYYY HH:mm`` and ``%d-%m-%Y %H:%M``. Raises ImportFault for one
    that has no year, month and day.
    """
    if not text or text in UNIX_FORMS:
        return text
    example = "write it like 'DD-MM-YYYY HH:mm', 'MM/DD/YYYY hh:mm AM', unix or unix-ms"
    form = text if "%" in text else _LETTERS.sub(lambda found: _DIRECTIVE_OF[found[0]], text)
    # A Z at the end is no letter but UTC, and read as a letter it would leave the time to the stated zone.
    form = _UTC.sub("%z", form)
    if unknown := [found for found in _DIRECTIVE.findall(form) if found not in _DIRECTIVES]:
        raise ImportFault("time_form_malformed", f"a form of times has no %{unknown[0]}; {example}")
    try:
        read = _parse_local(_SAMPLE.strftime(form), form)
    except (ValueError, re.error):
        raise ImportFault("time_form_malformed", f"{text[:40]!r} is not a form of times; {example}") from None
    if read.date() != _SAMPLE.date() or ("H" not in _list_directives(form) and read.hour not in (0, _SAMPLE.hour)):
        raise ImportFault("time_form_malformed", f"{text[:40]!r} leaves open which day or hour is meant; {example}")
    return form


def read_stated_act_time(text: str, form: str, *, zone: tzinfo | None, otherwise: TimeForm, ends: bool) -> int:
    """Read a time into microseconds by the stated form, else as the tool writes it; raises ValueError as that does.

    Of a day without a time the end counts where ``ends``, as for a no, and else its begin.
    """
    if form in UNIX_FORMS:
        return read_act_time(text, zone=zone, form=TimeForm(form))
    try:
        local = _parse_local(text, form) if form else None
    except ValueError:
        local = None
    if local is None:
        return read_act_time(text, zone=zone, form=otherwise)
    if ends and not _list_directives(form) & set("HI"):
        local += timedelta(days=1, microseconds=-1)
    return count_moment(local, zone)


def _list_directives(form: str) -> frozenset[str]:
    return frozenset(_DIRECTIVE.findall(form))


def _parse_local(text: str, form: str) -> datetime:
    # What names no zone gets the one that was stated, or is refused, when its moment is counted.
    return datetime.strptime(" ".join(text.split()), form)  # noqa: DTZ007
