"""Commands for API keys and signing keys."""

import click

from consent_service.cli.command_group import read_settings
from consent_service.cli.opened_home import open_home
from consent_service.cli.served_sites import find_site
from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.basics.moment import DAY, read_time, write_time
from consent_service.domain.basics.nearest_name import suggest_name
from consent_service.domain.errors import NotFound
from consent_service.keys.key_ring import create_key
from consent_service.keys.secret_ring import create_link_secret
from consent_service.services.operator.issuing_keys import issue_key, list_keys
from consent_service.services.operator.issuing_keys import revoke_key_of_site as revoke_key
from consent_service.services.operator.marking_compromises import mark_compromise
from consent_service.services.resources import read_system_clock

COLUMNS = ("id", "site", "label", "scopes", "purposes", "created", "last used", "state")


@click.group(name="key")
def keep_keys() -> None:
    """Create, list and revoke API keys; rotate the signing key."""


@keep_keys.command(name="create")
@click.option("--site", required=True, help="The site the key is for.")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="May be repeated.",
)
@click.option("--purpose", "purposes", multiple=True, help="Limit the key to this purpose; may be repeated.")
@click.option("--label", default="", help="Whose key it is, for example 'storefront'.")
@click.option("--days", type=click.IntRange(1, 3650), help="Days until the key expires.")
def create_api_key(site: str, scopes: tuple[str, ...], purposes: tuple[str, ...], label: str, days: int | None) -> None:
    """Create a key and print it on the last line; it is shown only now."""
    found = find_site(site)
    if unknown := sorted(set(purposes) - set(found.purpose_by_key)):
        raise NotFound(f"site {site!r} has no purpose {unknown[0]!r}{suggest_name(unknown[0], found.purpose_by_key)}")
    text, made = issue_key(
        open_home(),
        site=site,
        label=label or " ".join(sorted(scopes)),
        scopes=[Scope(scope) for scope in scopes],
        purposes=frozenset(purposes) or None,
        valid_for=None if days is None else days * DAY,
    )
    click.echo(f"key {made.id} for {site}; it is shown only now:", err=True)
    click.echo(text)


@keep_keys.command(name="list")
def list_api_keys() -> None:
    """List all keys under a header, separated by tabs; the last use is up to an hour older than it was."""
    keys = list_keys(open_home())
    click.echo("\t".join(COLUMNS))
    for made in keys:
        click.echo("\t".join(_write_cells(made)))


@keep_keys.command(name="revoke")
@click.argument("identifier", metavar="ID")
def revoke_api_key(identifier: str) -> None:
    """Revoke a key by its id; every worker refuses it from its next request on."""
    revoke_key(open_home(), identifier)
    click.echo(f"revoked {identifier}")


@keep_keys.command(name="rotate")
@click.option("--links", is_flag=True, help="Make a new secret for the links in messages instead.")
def rotate_keys(*, links: bool) -> None:
    """Make a new signing key: it signs from now on, and the old ones go on verifying."""
    open_home()
    if links:
        click.echo(f"new link secret {create_link_secret(read_settings().keys)}")
    else:
        click.echo(f"new signing key {create_key(read_settings().keys, read_system_clock())}")


@keep_keys.command(name="compromise")
@click.argument("kid", metavar="KID")
@click.option("--since", required=True, help="Since when it may be in other hands: RFC 3339, or a day.")
def mark_compromised(kid: str, since: str) -> None:
    """Let what a signing key signed count only where it was sealed before; a key in use is followed by a new one."""
    try:
        at = read_time(since if "T" in since else f"{since}T00:00:00Z")
    except ValueError:
        raise click.BadParameter("expected a time such as 2026-11-30T08:00:00Z", param_hint="--since") from None
    made = mark_compromise(open_home(), read_settings(), kid, at)
    click.echo(f"what {kid} signed counts where it was sealed before {write_time(at)}")
    if made:
        click.echo(f"new signing key {made}")


def _write_cells(made: ApiKey) -> list[str]:
    purposes = "all" if made.purposes is None else ",".join(sorted(made.purposes))
    used = "never" if made.last_used_at is None else write_time(made.last_used_at)
    who = [made.id, made.site, made.label, ",".join(sorted(made.scopes)), purposes]
    return [*who, write_time(made.created_at), used, _describe_state(made)]


def _describe_state(made: ApiKey) -> str:
    if made.revoked_at is not None:
        return f"revoked {write_time(made.revoked_at)}"
    if made.expires_at is None:
        return "live"
    return f"{'live until' if made.expires_at > read_system_clock() else 'expired'} {write_time(made.expires_at)}"
