"""Which of the files of a preset a file is."""

import re
from collections.abc import Sequence

from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports.import_mapping import FileKind
from consent_service.domain.imports.import_words import normalise_word
from consent_service.domain.imports.presets import PRESETS

_FOLDERS = re.compile(r".*[/\\]")


def find_kind(preset: str, name: str) -> FileKind:
    """Find one kind of file of a preset; raises ImportFault where there is none of these names."""
    kinds = {kind.name: kind for kind in _list_kinds(preset)}
    if name not in kinds:
        raise ImportFault("unknown_kind", f"{name!r} is not a file of {preset}; there are {', '.join(kinds)}")
    return kinds[name]


def choose_kind(preset: str, header: Sequence[str], *, name: str = "", file_name: str = "") -> FileKind:
    """Decide which file of a preset this is: by the name of the kind, else by its file name, else by its columns.

    All three must agree, so that nobody's no is read as a yes, nor a yes as a no. Raises ImportFault where they do
    not, and where it cannot be told.
    """
    kinds = _list_kinds(preset)
    by_name, by_marks = _list_named(kinds, file_name), _list_marked(kinds, header)
    candidates = [find_kind(preset, name)] if name else by_name or by_marks or _list_guessable(kinds)
    if len(candidates) != 1:
        raise ImportFault("kind_missing", f"say which file of {preset} this is: {', '.join(k.name for k in kinds)}")
    kind = candidates[0]
    for seen in (by_name, by_marks):
        if seen and kind not in seen:
            raise ImportFault("kind_conflict", f"this looks like the file {seen[0].name}, not {kind.name}")
    return kind


def _list_kinds(preset: str) -> Sequence[FileKind]:
    if preset not in PRESETS:
        raise ImportFault("unknown_preset", f"{preset!r} is not a preset; there are {', '.join(PRESETS)}")
    return PRESETS[preset]


def _list_guessable(kinds: Sequence[FileKind]) -> Sequence[FileKind]:
    return [kind for kind in kinds if not kind.named_only]


def _list_named(kinds: Sequence[FileKind], file_name: str) -> Sequence[FileKind]:
    base = _FOLDERS.sub("", file_name).casefold()
    return [kind for kind in kinds if kind.file_names and base.startswith(kind.file_names)]


def _list_marked(kinds: Sequence[FileKind], header: Sequence[str]) -> Sequence[FileKind]:
    """List the kinds whose marks the header has; of several those with the most marks, which fit best."""
    written = set(map(normalise_word, header))
    marked = [kind for kind in kinds if kind.marks and set(map(normalise_word, kind.marks)) <= written]
    most = max((len(kind.marks) for kind in marked), default=0)
    return [kind for kind in marked if len(kind.marks) == most]
