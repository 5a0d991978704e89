"""What checks know besides the unit: the glossary, the labels of the product, the catalogs themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from oppi18n.i18n import locales
from oppi18n.i18n.entries import Catalog
from oppi18n.i18n.glossary import Glossary

T = TypeVar("T")
Labels = Mapping[str, Mapping[str, frozenset[str]]]
"""Locale → English label → how the product says it there."""


@dataclass(frozen=True)
class Background:
    """The same for all units of a run.

    `catalogs` are those that units come from, by path; `changed` holds how the source of a unit reads today, by its
    key, where that is something else (empty: it is gone).
    """

    glossary: Glossary = field(default_factory=Glossary)
    labels: Labels = field(default_factory=dict)
    catalogs: Mapping[str, Catalog] = field(default_factory=dict)
    changed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    _worked_out: dict[str, tuple[object, Any]] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, owner: object, make: Callable[[], T]) -> T:
        """What `make` works out of one of the fields, its owner; that is done once, and again for another owner.

        >>> background = Background()
        >>> background.once("names", background.glossary, list) is background.once("names", background.glossary, list)
        True
        """
        found = self._worked_out.get(name)
        if found is None or found[0] is not owner:
            found = self._worked_out[name] = (owner, make())
        result: T = found[1]
        return result


def labels_of(catalogs: Iterable[Catalog]) -> Labels:
    """What the product calls its fields, values and buttons, by their English names.

    >>> from oppi18n.i18n.entries import Entry
    >>> entry = Entry(context="oppi18n/model/opportunity/opportunity/label", msgid="Quote", translations=("견적",))
    >>> labels_of([Catalog(locale="ko", entries=(entry,))])
    {'ko': {'Quote': frozenset({'견적'})}}
    """
    found: dict[str, dict[str, frozenset[str]]] = {}
    for catalog in catalogs:
        known = found.setdefault(catalog.locale, {})
        for entry in catalog.entries:
            context = entry.context or ""
            if context.endswith(("/label", "/dialog")) and entry.is_translated:
                known[entry.msgid] = known.get(entry.msgid, frozenset()) | {entry.translations[0]}
    return found


@cache
def language(tag: str) -> str:
    """The locale of ours whose habits a text of that locale has; a locale that we do not offer stays as it is.

    >>> language("ko-KR"), language("zh-TW"), language("sv-FI"), language("de-DE")
    ('ko', 'zh-HK', 'sv', 'de-DE')
    """
    return locales.negotiate([tag], locales.PRODUCT) or tag
