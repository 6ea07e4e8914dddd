"""Every piece of configuration, code and data on a page can be read by whom it is for; every command is one of ours."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from consent_service.cli import main
from tests.documentation.page_blocks import PAGES, ROOT, Block, read_blocks
from tests.documentation.running_nginx import running_nginx

COMMAND = re.compile(r"^(?:.*[\s/])?consent-service (?P<words>[a-z].*)$")
PLACEHOLDERS = re.compile(r"\[options\]|\[--purpose P\]…|…|\bFILE\b")
SHELL_WORDS = ("&&", "||", "|", ">", "2>&1", "&")
NOT_HERE = re.compile(r"listen 443 ssl;")
"""Needs a certificate."""
IN_HTTP = re.compile(r"(?:map|server|limit_req_zone|limit_req_status|geo|upstream)\b")


def blocks(language: str) -> list[tuple[Path, Block]]:
    return [(page, block) for page in PAGES for block in read_blocks(page) if block.language == language]


def name(found: object) -> str | None:
    return found.relative_to(ROOT).as_posix() if isinstance(found, Path) else None


def documented_commands() -> Iterator[tuple[str, list[str]]]:
    for page in PAGES:
        text = "\n".join(block.text for block in read_blocks(page) if block.language in ("", "sh", "ini"))
        for line in text.replace("\\\n", " ").splitlines():
            if (found := COMMAND.match(line)) and "=/" not in found["words"]:
                words = shlex.split(PLACEHOLDERS.sub("x", found["words"]).partition("#")[0].rstrip(")"))
                ends = [words.index(word) for word in SHELL_WORDS if word in words]
                yield page.name, words[: min(ends, default=None)]


def find_command(words: list[str]) -> tuple[click.Command, list[str]]:
    command: click.Command = main
    while isinstance(command, click.Group):
        assert words, "the command is not whole"
        assert words[0] in command.commands, words[0]
        command, words = command.commands[words[0]], words[1:]
    return command, words


@pytest.mark.parametrize(("page", "words"), list(documented_commands()), ids=lambda found: str(found)[:60])
def test_every_command_is_one_of_ours_with_its_options(page, words):
    command, given = find_command(words)
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word.partition("=")[0] for word in given if word.startswith("--")} <= known | {"--help"}


@pytest.mark.parametrize(("page", "block"), blocks("python"), ids=name)
def test_python_compiles(page, block):
    compile(block.text, page, "exec")


@pytest.mark.parametrize(("page", "block"), blocks("toml"), ids=name)
def test_toml_can_be_read(page, block):
    assert tomllib.loads(block.text)


@pytest.mark.parametrize(("page", "block"), [found for found in blocks("json") if "…" not in found[1].text], ids=name)
def test_json_can_be_read(page, block):
    decoder, text = json.JSONDecoder(), block.text.strip()
    while text:
        _, end = decoder.raw_decode(text)
        text = text[end:].strip()


@pytest.mark.parametrize(("page", "block"), blocks("nginx"), ids=name)
def test_nginx_takes_it(page, block, tmp_path):
    statements = split_statements(NOT_HERE.sub("", block.text))
    shared = [one for one in statements if IN_HTTP.match(one)]
    inside = [one for one in statements if one not in shared]
    with running_nginx(tmp_path, shared="\n".join(shared), inside="\n".join(inside)):
        pass


def split_statements(text: str) -> list[str]:
    """Split a configuration into its outermost statements, each with its block."""
    statements, depth = [""], 0
    for piece in re.split(r"((?:#[^\n]*)|\"[^\"]*\"|[{};])", text):
        statements[-1] += "" if piece.startswith("#") else piece
        depth += {"{": 1, "}": -1}.get(piece, 0)
        if depth == 0 and piece in ("}", ";"):
            statements.append("")
    return [one.strip() for one in statements if one.strip()]
