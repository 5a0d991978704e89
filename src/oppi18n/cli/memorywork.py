"""What `docs memory` does: a memory is built of texts, and asked about one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from oppi18n.cli import machine
from oppi18n.cli.pagework import originals_in
from oppi18n.cli.session import Session, safe, session
from oppi18n.cli.textfiles import Texts, units_in
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.files import STDIN

if TYPE_CHECKING:
    from oppi18n.docs.folders import PageFile
    from oppi18n.docs.originals import Original
    from oppi18n.memory.building import Built, Origin
    from oppi18n.memory.memory import Match, Memory
    from oppi18n.units.unit import Unit
    from oppi18n.upkeep.guard import Clash

PERCENT: Final = 100
_STAMP: Final = 16


def build_memory(paths: tuple[str, ...], path: str, source: str | None) -> int:
    """Make a memory of files; 2 if one of them could not be read."""
    from oppi18n.cli.destination import refuse_input
    from oppi18n.memory.building import build

    texts = Texts(paths, "text", originals_in(source))
    refuse_input(path, [file.path for file in texts.files])
    built = build(path, _origins(texts), fail=texts.fail)
    _tell_built(path, built, texts.session)
    return texts.status(found=False)


def _origins(texts: Texts) -> Iterator[Origin]:
    """The files as the memory takes them; the stamp says whether anything in or around one has changed."""
    from hashlib import blake2b

    from oppi18n.cli.progress import progress
    from oppi18n.memory.building import STAMP_OF_READING, Origin
    from oppi18n.version import VERSION

    head = b"\0".join((STAMP_OF_READING, VERSION.encode()))
    for file in progress(texts.files, quiet=texts.session.verbosity < 0):
        try:
            content, original = texts.content(file)
        except Oppi18nError as error:
            texts.fail(error, file.path)
            continue
        beside = original.hash.encode() if original else b""
        stamp = blake2b(b"\0".join((head, beside, content)), digest_size=_STAMP).digest()
        # What comes on the standard input comes once; a file is not held until its turn comes.
        held = (content, original) if file.path == STDIN else None
        yield Origin(file.path, stamp, partial(_read, texts, file, held))


def _read(texts: Texts, file: PageFile, held: tuple[bytes, Original | None] | None) -> list[Unit]:
    content, original = held or texts.content(file)
    return units_in(file, content, original)


def _tell_built(path: str, built: Built, current: Session) -> None:
    say = current.say
    if built.left_out:
        current.tell(
            say.plural(
                "{count} text holds characters that no format can hold and was left out.",
                "{count} texts hold characters that no format can hold and were left out.",
                count=built.left_out,
            ),
            -1,
        )
    if not built.written:
        current.tell(say("{path} is up to date.", path=safe(path)))
        return
    current.tell(
        say.plural(
            "{path} holds {count} translation. Files read: {read}, unchanged: {kept}.",
            "{path} holds {count} translations. Files read: {read}, unchanged: {kept}.",
            count=built.units,
            path=safe(path),
            read=built.read,
            kept=built.kept,
        )
    )


# ---- asking ----


def query_memory(text: str, path: str, language: str | None, least: Any, format_: str) -> int:
    """What the memory has for a text; 1 if there is nothing that may be taken over."""
    current = session()
    locale = language_of(language or current.locale)
    with opened(path) as memory:
        found = memory.query(text, locale, least=float(least) / PERCENT)
    if format_ == "json":
        head = {"locale": current.locale, "language": locale}
        results = [match_json(each) for each in found]
        current.out(machine.text_of(machine.envelope("memory-query", head, results=results, fuzzy=is_fuzzy())))
    else:
        for match in found:
            current.out("\n".join(_lines(match, current)))
        if not found:
            current.tell(current.say("The memory has nothing for this text in {locale}.", locale=locale))
        tell_exact_only(current)
    return 0 if any(each.is_safe for each in found) else 1


def language_of(tag: str) -> str:
    """A locale as it is compared. Raises InputError for what is no locale, and for that of the sources."""
    from oppi18n.i18n import locales

    found = locales.canonical(tag)
    if found is None:
        raise InputError("unknown-language", tag=tag)
    if locales.is_same(found, locales.SOURCE):
        raise InputError("source-locale", tag=found)
    return found


def opened(path: str) -> Memory:
    """A memory that knows the names of the states of our records."""
    from oppi18n.engine.loading import load_rules
    from oppi18n.memory.memory import Memory

    enumerations = load_rules().model.enumerations.values()
    return Memory(path, names=(value.label for each in enumerations for value in each.values.values()))


def is_fuzzy() -> bool:
    """Whether texts that are merely alike are found."""
    from oppi18n.memory.scoring import IS_AVAILABLE

    return IS_AVAILABLE


def tell_exact_only(current: Session) -> None:
    """Say what is not installed, if that is why less is found."""
    if not is_fuzzy():
        current.tell(current.localizer.error(InputError("library-missing", library="rapidfuzz", extra="tm")).text)


def _lines(match: Match, current: Session) -> Iterator[str]:
    say, unit = current.say, match.unit
    percent = f"{int(match.score * PERCENT)}%"
    times = f" ×{match.times}" if match.times > 1 else ""
    state = f" · {say('to be reviewed')}" if unit.state == "needs-review" else ""
    yield current.style(f"{percent:>4}  {' · '.join(map(safe, unit.targets))}", "strong" if match.is_safe else "dim")
    yield f"      {marked(match, current)}"
    yield current.style(f"      {safe(str(unit.place))}{times}{state}", "dim")
    yield from dict.fromkeys(f"      {_clash(each, current)}" for each in match.clashes)


def _clash(clash: Clash, current: Session) -> str:
    """Why a translation must not be taken over."""
    if not clash.one and not clash.other:
        return current.say("Not offered: only English texts can be compared for what they say.")
    ours, theirs = (" ".join(map(safe, each)) or "–" for each in (clash.one, clash.other))
    return current.say(
        "Not offered: what differs is {old} in the remembered text and {new} in this one.", old=ours, new=theirs
    )


def marked(match: Match, current: Session) -> str:
    """The source of a match with what it takes to make the text of it that was asked about."""
    pieces = []
    for kind, text in match.changes:
        shown = safe(text)
        if kind == "removed":
            shown = current.style(f"[-{shown}-]", "error")
        elif kind == "inserted":
            shown = current.style(f"{{+{shown}+}}", "good")
        pieces.append(shown)
    return "".join(pieces)


def match_json(match: Match) -> dict[str, Any]:
    """A match for machines."""
    unit = match.unit
    return {
        "kind": match.kind,
        "score": round(match.score, 4),
        "safe": match.is_safe,
        "source": unit.source,
        "targets": list(unit.targets),
        "language": unit.locale,
        "state": unit.state,
        "times": match.times,
        "path": unit.place.path,
        "line": unit.place.line or None,
        "unit": unit.id,
        "context": unit.context,
        "changes": [{"kind": each.kind, "text": each.text} for each in match.changes],
        "clashes": [{"kind": each.kind, "there": list(each.one), "here": list(each.other)} for each in match.clashes],
    }
