"""The blocks of a page of the documentation, in their order, and how what a command prints is held against the page."""

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    page
    for page in sorted(chain(ROOT.glob("*.md"), (ROOT / "docs").rglob("*.md")))
    if "decisions" not in page.parts and page.name != "CHANGELOG.md"
]
FENCED = re.compile(r"(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^ *```", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"(?<=\n\n)(?P<text>(?: {4,}[^\n]*\n|\n(?= {4}))+)")
LIST_ITEM = re.compile(r" *(?:[-*|]|\d+\.) ")
COMMAND = re.compile(r"(?:\$ |[A-Z_]+=\S+ |\S*/)*(?:curl|consent-service|python3?|pip|printf|ask|chmod|export) ")
VOLATILE = (
    (re.compile(r'"[^"…]*…"'), '"…"'),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "TIME"),
    (re.compile(r"\b\d\.[\w-]{22}"), "SUBJECT"),
    (re.compile(r"/consent/([up])/(?:[\w-]{48}|\w+…)"), r"/consent/\1/TOKEN"),
    (re.compile(r"unsub\+(?:[a-z2-7]{58}|\w+…)"), "unsub+TOKEN"),
    (re.compile(r"\b[\w-]{43}\b"), "KEY"),
    (re.compile(r'"(?=[^"]*[A-Z])(?=[^"]*[a-z])[\w-]{11,}"'), '"CODE"'),
)
"""What is another one each time, and texts that the page shortens; the shop's own host is told apart by the caller."""


class Block(NamedTuple):
    """A block that stands apart from the text, with its language where the page says one, and what is behind it."""

    language: str
    text: str
    behind: str = ""

    @property
    def is_command(self) -> bool:
        return self.language == "sh" or (not self.language and COMMAND.match(self.text) is not None)


class Step(NamedTuple):
    """Commands to paste, and what the page says that they print; nothing where it does not say."""

    commands: str
    answer: str


def read_steps(page: Path) -> Iterator[Step]:
    """Read what a page has its readers paste, in its order."""
    blocks = read_blocks(page)
    for block, following in pairwise([*blocks, Block("", "")]):
        if not block.is_command:
            continue
        if block.text.startswith("$ "):
            for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
                command, _, answer = part.partition("\n")
                yield Step(command, answer)
            continue
        commands, answer = _split_answer(block.text)
        if not answer and not block.behind and following.language in ("", "json") and not following.is_command:
            answer = following.text
        yield Step(commands, answer)


def _split_answer(text: str) -> tuple[str, str]:
    """Split a block behind its commands, where a blank line or a brace begins what they print."""
    brace = re.search(r"^\{", text, re.MULTILINE)
    blank = re.search(r"\n\n(?![\s#])", text)
    ends = [found.start() for found in (brace, blank) if found]
    if not ends or COMMAND.match(text[min(ends) :].lstrip()):
        return text, ""
    return text[: min(ends)] + "\n", text[min(ends) :].lstrip()


def read_blocks(page: Path) -> list[Block]:
    """Read the blocks of a page; ``behind`` is the text between one and the next."""
    text = page.read_text(encoding="utf-8")
    found = [(match.span(), match["language"], match["text"]) for match in FENCED.finditer(text)]
    outside = FENCED.sub(lambda match: re.sub(r"[^\n]", "x", match[0]), text)
    indented = (match for match in INDENTED.finditer(outside) if not LIST_ITEM.match(match["text"].lstrip("\n")))
    found = sorted([*found, *((match.span("text"), "", match["text"]) for match in indented)])
    ends = [*(span[0] for span, *_ in found[1:]), len(text)][: len(found)]
    return [
        Block(language, _dedent(block), text[span[1] : end].strip())
        for (span, language, block), end in zip(found, ends, strict=True)
    ]


def read_smallest_site() -> str:
    """Read the site file that the page about them begins with."""
    return next(block.text for block in read_blocks(ROOT / "docs" / "site-file.md") if block.language == "toml")


def leave_out_what_changes(text: str) -> str:
    """Take out of an answer whatever is another one each time, and its spaces."""
    for pattern, name in VOLATILE:
        text = pattern.sub(name, text)
    return re.sub(r"\s+", "", text)


def is_printed(documented: str, printed: str) -> bool:
    """Say whether a command printed what stands on the page, where … stands for anything."""
    parts = map(re.escape, leave_out_what_changes(documented).split("…"))
    return re.fullmatch(".*".join(parts), leave_out_what_changes(printed), re.DOTALL) is not None


def _dedent(text: str) -> str:
    lines = text.strip("\n").split("\n")
    least = min(len(line) - len(line.lstrip(" ")) for line in lines if line.strip())
    return "\n".join(line[least:] for line in lines) + "\n"
