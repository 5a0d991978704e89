"""The command line: one module per command, words in the reader's language, exit statuses that scripts can trust.

0 yes or clean, 1 no or findings, 2 usage or unreadable input, 3 rules or catalogs invalid, 4 cases failed,
70 internal error, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from oppi18n.cli.help import Folder
from oppi18n.cli.session import Session, locale_of
from oppi18n.errors import Oppi18nError

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from oppi18n.cli.version import version_text

    click.echo(version_text(ctx.find_object(Session)))
    ctx.exit()


@click.command(cls=Folder, folder="commands", context_settings=SETTINGS, no_args_is_help=True)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.option("--locale", metavar="TAG", expose_value=False, help="The language to speak, such as ko or zh-HK.")
def oppi18n() -> None:
    """Say when an opportunity may be closed, why not, and what to do about it."""


def run(arguments: Sequence[str]) -> int:
    """Run the command line; the status is what the process would exit with."""
    try:
        session = _session(arguments)
        return 2 if session is None else _run(arguments, session)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever was reading has had enough; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _session(arguments: Sequence[str]) -> Session | None:
    locale, on_purpose = locale_of(arguments, os.environ)
    try:
        return Session(locale)
    except Oppi18nError as error:
        if not on_purpose:
            return Session("en")
        session = Session("en")
        session.tell(_prefixed(session.localizer.error(error).text, session), -1)
        return None


def _run(arguments: Sequence[str], session: Session) -> int:
    try:
        result: Any = oppi18n.main(
            list(arguments), prog_name="oppi18n", standalone_mode=False, obj=session, windows_expand_args=False
        )
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return 2
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        return 130
    except Exception as error:  # the last line of defence: no reader of any language is shown a traceback
        foreseen = isinstance(error, (click.ClickException, Oppi18nError))
        if isinstance(error, BrokenPipeError) or (os.environ.get("OPPI18N_DEBUG") and not foreseen):
            raise
        return _failed(error, session)


def _failed(error: Exception, session: Session) -> int:
    """Say what went wrong; the status."""
    from oppi18n.cli import failures

    if isinstance(error, click.ClickException):
        session.tell(_prefixed(failures.usage_error(error, session), session), -1)
        context = getattr(error, "ctx", None)
        if context is not None:
            session.tell(session.say("Try {command} for help.", command=f"{context.command_path} --help"), -1)
        return error.exit_code
    if isinstance(error, Oppi18nError):
        text = failures.told(error, session)
        whole = hasattr(error, "diagnostics") or hasattr(error, "problems")
        session.tell(text if whole else _prefixed(text, session), -1)
        return error.exit_status
    session.tell(_prefixed(failures.told(Oppi18nError("internal", what=repr(error)), session), session), -1)
    return 70


def _prefixed(text: str, session: Session) -> str:
    return f"{session.style('oppi18n', 'error', err=True)}: {text}"
