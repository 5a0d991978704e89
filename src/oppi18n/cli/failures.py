"""What went wrong, in the reader's language: usage, files, rules, the machine."""

from __future__ import annotations

import click

from oppi18n.cli.session import Session, safe
from oppi18n.errors import Oppi18nError


def usage_error(error: click.ClickException, session: Session) -> str:
    """The sentence of an error that click found in the arguments."""
    say = session.say
    if isinstance(error, click.NoSuchOption):
        near = error.possibilities[0] if error.possibilities else ""
        if near:
            return say("There is no option {option}. Did you mean {near}?", option=error.option_name, near=near)
        return say("There is no option {option}.", option=error.option_name)
    if isinstance(error, click.MissingParameter):
        return say("{name} is missing.", name=_name(error))
    if isinstance(error, click.BadOptionUsage):
        return say("The option {option} needs a value.", option=error.option_name)
    if isinstance(error, click.BadParameter):
        return _bad_value(error, session)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return _other(error, session)
    return error.format_message()


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    return error.param.opts[-1] if isinstance(error.param, click.Option) else error.param.make_metavar(error.ctx)  # type: ignore[arg-type]


def _bad_value(error: click.BadParameter, session: Session) -> str:
    kind, name = error.param.type if error.param is not None else None, _name(error)
    if isinstance(kind, click.Choice):
        choices = ", ".join(map(str, kind.choices))
        return session.say(
            "The value of {name} can't be used. It may be one of: {choices}.", name=name, choices=choices
        )
    return session.say("The value of {name} can't be used: {reason}", name=name, reason=error.message)


def _other(error: click.UsageError, session: Session) -> str:
    assert error.ctx is not None
    if error.message.startswith("Got unexpected extra argument"):
        argument = error.message.partition("(")[2].rstrip(")")
        return session.say("The argument {argument} is not expected here.", argument=safe(argument))
    return error.message


def told(error: Oppi18nError, session: Session) -> str:
    """The text of one of our own errors: one sentence, or every diagnostic with its place."""
    diagnostics = getattr(error, "diagnostics", None)
    if diagnostics is not None:
        texts = getattr(error, "texts", {})
        return "\n".join(diagnosed(each, texts.get(each.span.path), session) for each in diagnostics)
    problems = getattr(error, "problems", None)
    if problems is not None:
        source = getattr(error, "source", "") or "-"
        return "\n".join(problem_line(each, source, session) for each in problems)
    return session.localizer.error(error).text


def problem_line(problem: object, source: str, session: Session) -> str:
    """A problem of a data file: place, then sentence."""
    line, column = getattr(problem, "line", 0), getattr(problem, "column", 0)
    place = ":".join((safe(source), *(str(each) for each in (line, column) if each)))
    pointer = safe(getattr(problem, "pointer", ""))
    sentence = session.localizer.error(problem).text  # type: ignore[arg-type]
    return f"{place}: {pointer}: {sentence}" if pointer else f"{place}: {sentence}"


def diagnosed(diagnostic: object, text: str | None, session: Session) -> str:
    """A diagnostic as a compiler prints it, worded in the reader's language."""
    from oppi18n.diagnostics import Diagnostic, excerpt
    from oppi18n.texts.diagnostics import HINTS, TEXTS

    assert isinstance(diagnostic, Diagnostic)
    localizer, say = session.localizer, session.say
    params = diagnostic.params
    message = localizer.coded("diagnostic", diagnostic.code, TEXTS[diagnostic.code], params).text
    severity = session.style(diagnostic.severity, diagnostic.severity, err=True)
    lines = [f"{safe(str(diagnostic.span))}: {severity}[{diagnostic.code}] {message}"]
    if text is not None:
        lines += ["    " + safe(line) for line in excerpt(diagnostic.span, text)]
    if diagnostic.hint:
        hint = localizer.coded("hint", diagnostic.hint.code, HINTS[diagnostic.hint.code], diagnostic.hint.params).text
        lines.append("    " + say("hint: {hint}", hint=hint))
    if diagnostic.related:
        lines.append("    " + say("see also: {place}", place=str(diagnostic.related)))
    return "\n".join(lines)
