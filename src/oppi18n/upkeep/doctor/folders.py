"""Where a catalog lies decides who finds it: the same locale has several names, and lookups know one of them each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Final

from oppi18n.diagnostics import Diagnostic, Hint, Span
from oppi18n.i18n import locales
from oppi18n.i18n.plural_header import plural_forms

_MESSAGES: Final = "LC_MESSAGES"
_NAME: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z]{4})?([-_]([A-Za-z]{2}|[0-9]{3}))?")


def locale_of(path: str) -> str | None:
    """The locale that the place of a catalog names, in the spelling of BCP 47.

    >>> locale_of("locale/zh_Hant_HK/LC_MESSAGES/django.po"), locale_of("po/sv.po"), locale_of("po/messages.po")
    ('zh-Hant-HK', 'sv', None)
    """
    name = _name_in(path)
    return None if name is None else locales.canonical(name)


def _name_in(path: str) -> str | None:
    folder, name = os.path.split(os.path.abspath(path))
    above, last = os.path.split(folder)
    stem = os.path.basename(above) if last == _MESSAGES else os.path.splitext(name)[0]
    return stem if _NAME.fullmatch(stem) and plural_forms(re.split("[-_]", stem)[0].lower()) else None


def holes_in_names(path: str, shown: str) -> Iterator[Diagnostic]:
    """Names under which readers ask for this catalog in vain, and readers who get it although they read another script."""
    name = _name_in(path)
    folder = os.path.dirname(os.path.abspath(path))
    if name is None or os.path.basename(folder) != _MESSAGES:
        return
    span = Span(shown, 1, 1, 1, 1)
    root, file = os.path.dirname(os.path.dirname(folder)), os.path.basename(path)
    if "-" in name:
        right = _spelled(name)
        yield Diagnostic("hole-folder", span, {"names": right}, Hint("did-you-mean", {"name": right}), "warning")
        return
    script = locales.script(locales.tag(name))
    plain = locales.script(name.partition("_")[0])
    if script and script != plain:
        missed = [each for each in _synonyms(name, script) if not _is_there(root, each, file)]
        if missed:
            yield Diagnostic("hole-folder", span, {"names": ", ".join(missed)}, Hint("link-folders"), "warning")
    elif name == "zh":
        others = [each for each in ("zh_HK", "zh_TW", "zh_Hant") if not _is_there(root, each, file)]
        if others:
            yield Diagnostic("hole-script", span, {"names": ", ".join(others)}, Hint("link-folders"), "warning")


def _spelled(name: str) -> str:
    return locales.folder(locales.canonical(name) or name)


def _synonyms(name: str, script: str) -> Iterator[str]:
    """The other usual names of a locale that is not in its language's usual script."""
    language, *rest = name.split("_")
    territory = next((each for each in rest if len(each) != 4), "")
    names = (f"{language}_{territory}", f"{language}_{script}_{territory}") if territory else (f"{language}_{script}",)
    yield from (each for each in names if each.lower() != name.lower())


def _is_there(root: str, name: str, file: str) -> bool:
    return os.path.isfile(os.path.join(root, name, _MESSAGES, file))
