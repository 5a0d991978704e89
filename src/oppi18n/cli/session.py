"""What one run of the command line has in common: language, colours, where words go."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from oppi18n.cli.words import Words
from oppi18n.i18n import locales
from oppi18n.i18n.localizer import Localizer
from oppi18n.i18n.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STYLES = {"error": "31;1", "warning": "33;1", "info": "36", "good": "32;1", "dim": "2", "strong": "1"}


def locale_of(arguments: Sequence[str], environ: Mapping[str, str]) -> tuple[str, bool]:
    """The locale asked for, and whether somebody asked for it on purpose.

    `--locale`, OPPI18N_LOCALE, the usual variables, pyproject.toml, English: the first that says something.

    >>> locale_of(["check", "--locale=ko"], {"LANG": "sv_SE.UTF-8"})
    ('ko', True)
    """
    for number, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--locale" and number + 1 < len(arguments):
            return arguments[number + 1], True
        if argument.startswith("--locale="):
            return argument.removeprefix("--locale="), True
    if environ.get("OPPI18N_LOCALE"):
        return environ["OPPI18N_LOCALE"], True
    found = locales.environment(environ)
    if found is None and not any(environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")):
        found = _from_project()
        if found:
            return found, True
    return found or locales.SOURCE, False


def _from_project() -> str | None:
    try:
        with open("pyproject.toml", "rb") as file:
            content = file.read(1_000_000)
    except OSError:
        return None
    if b"[tool.oppi18n" not in content:
        return None
    import tomllib

    try:
        table = tomllib.loads(content.decode("utf-8")).get("tool", {}).get("oppi18n", {})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    found = table.get("locale") if isinstance(table, dict) else None
    return found if isinstance(found, str) else None


class Session:
    """One run: `say` words it, `out` prints data, `tell` prints words about the run."""

    def __init__(self, locale: str) -> None:
        self.localizer = Localizer(locale)
        self.say = Words(self.localizer)
        self.color = "auto"
        self.verbosity = 0

    @property
    def locale(self) -> str:
        """The locale in which this run speaks."""
        return self.localizer.locale

    @property
    def width(self) -> int:
        """Columns to write within: the terminal's, between 40 and 100; 80 where there is none."""
        if not sys.stdout.isatty():
            return 80
        try:
            return max(40, min(os.get_terminal_size(sys.stdout.fileno()).columns, 100))
        except OSError:
            return 80

    def speak(self, localizer: Localizer) -> None:
        """Go on with another localizer: that of the packs in use."""
        self.localizer = localizer
        self.say = Words(localizer)

    def out(self, text: str) -> None:
        """Print data."""
        click.echo(text, color=True)

    def tell(self, text: str, level: int = 0) -> None:
        """Print words about the run, on the standard error; `level` 1 only with -v, -1 even with -q."""
        if level <= self.verbosity:
            click.echo(text, err=True, color=True)

    def style(self, text: str, style: str, *, err: bool = False) -> str:
        """The text in a style, where styles are wanted."""
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self._colored(err) else text

    def _colored(self, err: bool) -> bool:
        if self.color != "auto":
            return self.color == "always"
        stream = sys.stderr if err else sys.stdout
        return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def safe(text: str) -> str:
    """Text from data, as it may be printed."""
    return visible(text)


def session() -> Session:
    """The session of the command that is running."""
    found = click.get_current_context().find_object(Session)
    assert found is not None
    return found
