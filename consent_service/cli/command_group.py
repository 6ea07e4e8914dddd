"""The command group: where a refusal becomes one line and exit code 2."""

import os
import sys
from typing import Any

import click

from consent_service import __version__
from consent_service.domain.errors import ConsentError
from consent_service.settings import Settings

REFUSED = 2
INTERRUPTED = 130


class CommandGroup(click.Group):
    """A group that prints any refusal as one line, without usage text or traceback."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command and leave with its exit code."""
        extra["standalone_mode"] = False
        try:
            code = super().main(*args, **extra)
        except click.exceptions.Abort:
            sys.exit(INTERRUPTED)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help())
            sys.exit(REFUSED)
        except click.ClickException as error:
            refuse(error.format_message())
        except ConsentError as error:
            refuse(str(error))
        except OSError as error:
            refuse(f"{error.filename or 'input or output'}: {error.strerror or error}")
        sys.exit(code if isinstance(code, int) else 0)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Offer --version beside --help."""
        return [*super().get_params(ctx), VERSION]


def refuse(message: str) -> None:
    """Print one line on stderr and leave with exit code 2."""
    click.echo(f"consent-service: {' '.join(message.split())}", err=True)
    sys.exit(REFUSED)


def read_settings() -> Settings:
    """Read the settings of this command from the environment."""
    return Settings.from_environ(os.environ)


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(__version__)
        ctx.exit()


VERSION = click.Option(
    ["--version"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
