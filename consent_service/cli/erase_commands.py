"""The command that erases visitors and subjects."""

from collections.abc import Callable, Iterable, Iterator
from typing import IO

import click

from consent_service.cli.opened_home import open_home
from consent_service.cli.served_sites import find_site
from consent_service.domain.basics.plain_text import count_noun
from consent_service.domain.errors import AddressFault
from consent_service.domain.identifier import VISITOR_ID
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from consent_service.services.rights.erasing import erase_subject, erase_visitor
from consent_service.services.subject.identifying_subjects import (
    Identified,
    identify_email,
    identify_key,
    identify_phone,
)

ACTOR = f"{Actor.OPERATOR}:command"
LIST_HELP = "File with {} to erase, one a line; - for standard input."


@click.command(name="erase")
@click.option("--site", "site_id", required=True, help="The site that is to forget.")
@click.option("--visitor", help="The id of a visitor.")
@click.option("--subject", help="The key of a subject.")
@click.option("--emails", type=click.File(encoding="utf-8"), help=LIST_HELP.format("e-mail addresses"))
@click.option("--phones", type=click.File(encoding="utf-8"), help=LIST_HELP.format("phone numbers"))
def erase_people(
    site_id: str, visitor: str | None, subject: str | None, emails: IO[str] | None, phones: IO[str] | None
) -> None:
    """Erase everything kept about a visitor or about subjects; harmless to repeat.

    Addresses are read from a file or standard input and never given as an argument, where every user of the machine
    could see them.
    """
    if sum(given is not None for given in (visitor, subject, emails, phones)) != 1:
        raise click.UsageError("choose exactly one of --visitor, --subject, --emails and --phones")
    site = find_site(site_id)
    resources = open_home()
    if visitor is not None:
        if not VISITOR_ID.fullmatch(visitor):
            raise click.BadParameter("a visitor id is 22 characters of base64url", param_hint="--visitor")
        erased = erase_visitor(resources, site, visitor, ACTOR)
        click.echo(f"1 visitor, {count_noun(erased, 'record')} erased")
        return
    people = _identify_people(resources, site, subject, emails, phones)
    records = sum(erase_subject(resources, site, person.principal, ACTOR, others=person.others) for person in people)
    click.echo(f"{count_noun(len(people), 'subject')}, {count_noun(records, 'record')} erased")


def _identify_people(
    resources: Resources, site: Site, subject: str | None, emails: Iterable[str] | None, phones: Iterable[str] | None
) -> list[Identified]:
    """Find everybody who is to be erased, before anybody is."""
    if subject is not None:
        return list(_read([subject], lambda text: identify_key(resources, site, text)))
    if emails is not None:
        return list(_read(emails, lambda text: identify_email(resources, site, text)))
    return list(_read(phones or (), lambda text: identify_phone(resources, site, text)))


def _read(lines: Iterable[str], identify: Callable[[str], Identified]) -> Iterator[Identified]:
    try:
        for number, line in enumerate(lines, start=1):
            if text := line.strip():
                try:
                    yield identify(text)
                except AddressFault as fault:
                    raise click.UsageError(f"line {number}: {fault}; nothing was erased") from None
    except UnicodeDecodeError:
        raise click.UsageError("the file is not in UTF-8; nothing was erased") from None
