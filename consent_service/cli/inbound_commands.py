"""The command that a mail server pipes messages to unsubscribe addresses into."""

import sys

import click

from consent_service.cli.opened_home import open_home
from consent_service.cli.served_sites import find_site
from consent_service.domain.errors import ConsentError
from consent_service.services.messages.receiving_replies import MAX_MESSAGE, Action, receive_mail

TEMPORARY_FAILURE = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the message and tries again."""
BLOCK = 65_536


@click.command(name="inbound")
@click.option("--site", "site_id", required=True, help="The site whose unsubscribe address the message went to.")
@click.option("--recipient", default="", help="The recipient of the envelope, as the mail server knows it.")
@click.pass_context
def receive_inbound(ctx: click.Context, site_id: str, recipient: str) -> None:
    """Take one raw message from standard input and act on the token in its recipient.

    Exit code 0 also where nothing is to be done; 75 where it could not be done now, whatever the reason, so that no
    message bounces because of a fault of ours.
    """
    message = sys.stdin.buffer.read(MAX_MESSAGE)
    # A mail server whose pipe closes early takes that for a failure.
    while sys.stdin.buffer.read(BLOCK):
        pass
    try:
        action = _receive(site_id, message, recipient)
    except (ConsentError, OSError) as error:
        click.echo(f"consent-service: {' '.join(str(error).split())}", err=True)
        ctx.exit(TEMPORARY_FAILURE)
    click.echo(action.value)


def _receive(site_id: str, message: bytes, recipient: str) -> Action:
    site = find_site(site_id)
    return receive_mail(open_home(), site, message, recipient)
