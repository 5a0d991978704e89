"""What `docs stale` says: which pages are behind their English pages, and in which sentences."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from oppi18n.cli.pagework import Pages
from oppi18n.cli.session import Session, safe
from oppi18n.errors import Oppi18nError

if TYPE_CHECKING:
    from oppi18n.docs.changes import Change
    from oppi18n.docs.page import Page
    from oppi18n.docs.stale import Freshness


def stale_pages(paths: tuple[str, ...], folder: str, format_: str) -> int:
    """How pages stand to their English pages; 1 if one of them is not fresh."""
    from oppi18n.docs.originals import Originals
    from oppi18n.docs.stale import FRESH, UNKNOWN, freshness

    originals = Originals(folder)
    pages = Pages(paths, format_)
    results: list[dict[str, Any]] = []
    states: Counter[str] = Counter()
    for file, page in pages:
        try:
            found = freshness(page, file, originals)
        except Oppi18nError as error:
            pages.fail(error, file.path)
            continue
        if found.state == UNKNOWN and not page.is_bilingual:
            # A page that names no English file and holds no pairs is no translation.
            continue
        states[found.state] += 1
        if pages.is_machine:
            results.append(_result(file.path, page, found))
        else:
            _show(file.path, found, pages.session)
    if pages.is_machine:
        pages.answer("stale", pages=states.total(), results=results)
    else:
        pages.session.tell(_summary(states, pages.session))
    return pages.status(found=states.total() != states[FRESH])


def _result(path: str, page: Page, found: Freshness) -> dict[str, Any]:
    from oppi18n.docs import front

    return {
        "path": path,
        "page_locale": front.value(page, front.LOCALE),
        "state": found.state,
        "expected": found.expected or None,
        "found": found.found or None,
        "source": found.path or None,
        "changes": [
            {
                "kind": each.kind,
                "unit": each.unit or None,
                "old": each.old or None,
                "new": each.new or None,
                "line": each.line or None,
            }
            for each in found.changes
        ],
    }


def _summary(states: Counter[str], current: Session) -> str:
    from oppi18n.docs.stale import ABSENT, BUMPED, FRESH, MOVED, STALE, UNKNOWN

    return current.say(
        "Of {total} pages, {fresh} are fresh, {stale} are stale, {bumped} name an older version with the same sentences, "
        "{moved} have an English page elsewhere, {absent} have none, {unknown} name none.",
        total=states.total(),
        fresh=states[FRESH],
        stale=states[STALE],
        bumped=states[BUMPED],
        moved=states[MOVED],
        absent=states[ABSENT],
        unknown=states[UNKNOWN],
    )


def _show(path: str, found: Freshness, current: Session) -> None:
    from oppi18n.docs.stale import FRESH

    sentence = _sentence(safe(path), found, current)
    if found.state == FRESH:
        current.tell(sentence, 1)
        return
    current.out(sentence)
    for change in found.changes:
        for line in _change(change, found.path, current):
            current.out(line)


def _sentence(path: str, found: Freshness, current: Session) -> str:
    from oppi18n.docs import stale

    say, source = current.say, safe(found.path)
    if found.state == stale.STALE:
        return say.plural(
            "{path} is stale: {count} sentence of {source} is different.",
            "{path} is stale: {count} sentences of {source} are different.",
            count=len(found.changes),
            path=path,
            source=source,
        )
    return {
        stale.FRESH: say("{path} is fresh.", path=path),
        stale.BUMPED: say(
            "{path} names an older version of {source}, but no sentence has changed.", path=path, source=source
        ),
        stale.MOVED: say("{path} is fresh, but its English page is {source} now.", path=path, source=source),
        stale.ABSENT: say("{path} has no English page.", path=path),
        stale.UNKNOWN: say("{path} does not say which English page it was made from.", path=path),
    }[found.state]


def _change(change: Change, source: str, current: Session) -> list[str]:
    """A change: what it is, then the old and the new text."""
    from oppi18n.docs import changes

    say = current.say
    place = f"{safe(source)}:{change.line}" if change.line else safe(source)
    title = {
        changes.CHANGED: say("{unit} reads otherwise now ({place}):", unit=change.unit, place=place),
        changes.REMOVED: say("{unit} is gone from {place}:", unit=change.unit, place=place),
        changes.ADDED: say("A sentence is new ({place}):", place=place),
        changes.AROUND: say("Something beside the sentences changed ({place}):", place=place),
    }[change.kind]
    lines = [("-", change.old, "error"), ("+", change.new, "good")]
    shown = [current.style(f"    {sign} {safe(text)}", style) for sign, text, style in lines if text]
    return [f"  {title}", *shown]
