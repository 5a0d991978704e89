"""Help in the reader's language, aligned by display width."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from oppi18n.cli.session import Session, safe
from oppi18n.cli.words import Words

_COLUMN = 30
"""The widest left column; a longer entry has its text on the next line."""


class Command(click.Command):
    """A command whose help is worded in the reader's language."""

    _shows_help: click.Option | None = None

    def get_help(self, ctx: click.Context) -> str:
        return "\n".join(help_lines(self, ctx))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`. That of click would look for a translation of its own text first, in every run."""
        if self._shows_help is None:
            names = self.get_help_option_names(ctx)
            self._shows_help = click.Option(
                names, is_flag=True, is_eager=True, expose_value=False, callback=_show_help, help="Show this help."
            )
        return self._shows_help


class Group(Command, click.Group):
    """A group of commands, with help in the reader's language."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; one that does not exist is told with the nearest one."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            session = ctx.find_object(Session)
            assert session is not None
            ctx.fail(unknown_command(args[0], self, ctx, session))
        return super().resolve_command(ctx, args)

    def briefs(self, ctx: click.Context) -> dict[str, str]:
        """What each command does, in one paragraph."""
        found = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        return {name: _paragraphs(each.help)[0] for name, each in found.items() if each is not None and not each.hidden}


class Folder(Group):
    """A group whose commands are the modules of a folder, each with its `command`, imported when it is run."""

    def __init__(self, *arguments: Any, folder: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.folder = folder

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the modules of the folder."""
        from pkgutil import iter_modules

        return sorted(
            each.name.removesuffix("_") for each in iter_modules(import_module(f"oppi18n.cli.{self.folder}").__path__)
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a module; None if there is no such module."""
        if not cmd_name.isidentifier():
            return None
        # A module whose name would be a word of Python has an underscore after it.
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        try:
            module = import_module(f"oppi18n.cli.{self.folder}.{name}")
        except ModuleNotFoundError as error:
            if error.name == f"oppi18n.cli.{self.folder}.{name}":
                return None
            raise
        found: click.Command = module.command
        return found

    def briefs(self, ctx: click.Context) -> dict[str, str]:
        """What each command does. It is kept, or help would import what all the commands need to run."""
        from oppi18n.cache import source_stamp, user_cache

        stamp = source_stamp(import_module(f"oppi18n.cli.{self.folder}"))
        return user_cache().remember("help", (self.folder.encode(), stamp), lambda: super(Folder, self).briefs(ctx))


def unknown_command(name: str, group: click.Group, ctx: click.Context, session: Session) -> str:
    """The sentence about a command that does not exist, with the nearest one that does."""
    from difflib import get_close_matches

    near = get_close_matches(name, group.list_commands(ctx), n=1)
    if near:
        return session.say("There is no command {name}. Did you mean {near}?", name=safe(name), near=near[0])
    return session.say("There is no command {name}.", name=safe(name))


def help_lines(command: click.Command, ctx: click.Context) -> Iterator[str]:
    """The help of a command."""
    session = ctx.find_object(Session)
    assert session is not None
    say, width = session.say, session.width
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    yield from _paragraph(say("Usage: {usage}", usage=usage), width, 0)
    for part in _paragraphs(command.help):
        yield ""
        yield from _paragraph(say.help(part), width, 2)
    rows = [_option(param, say, ctx) for param in command.get_params(ctx) if _is_shown(param)]
    yield from _table(say("Options:"), rows, width)
    if isinstance(command, Group):
        shown = [(name, say.help(brief)) for name, brief in command.briefs(ctx).items()]
        yield from _table(say("Commands:"), shown, width)


def _show_help(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def _is_shown(param: click.Parameter) -> bool:
    return isinstance(param, click.Option) and not param.hidden


def _option(param: click.Parameter, say: Words, ctx: click.Context) -> tuple[str, str]:
    assert isinstance(param, click.Option)
    name = ", ".join(param.opts)
    if not param.is_flag and not param.count:
        name += f" {param.make_metavar(ctx)}"
    if "--help" in param.opts:
        return name, say("Show this help.")
    return name, say.help(param.help or "")


def _paragraphs(text: str | None) -> list[str]:
    """The paragraphs of a docstring, without the line ends of the source."""
    return [" ".join(part.split()) for part in (text or "").strip().split("\n\n")]


def _paragraph(text: str, width: int, indent: int) -> Iterator[str]:
    from oppi18n.widths import wrap

    for line in wrap(text, width - indent):
        yield " " * indent + line


def _table(title: str, rows: list[tuple[str, str]], width: int) -> Iterator[str]:
    from oppi18n.widths import display_width, pad, wrap

    if not rows:
        return
    yield ""
    yield title
    left = min(_COLUMN, max(display_width(name) for name, _ in rows))
    for name, text in rows:
        lines = wrap(text, width - left - 4) or [""]
        if display_width(name) > left:
            yield f"  {name}"
        else:
            yield f"  {pad(name, left)}  {lines.pop(0)}"
        yield from (" " * (left + 4) + line for line in lines)
