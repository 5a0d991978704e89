"""The terms of the field: what each is called in a language, how sure that is, and what it must never be called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from oppi18n import packs as packing
from oppi18n.diagnostics import AuthoringError, Diagnostics, Hint, Span
from oppi18n.errors import InputError
from oppi18n.i18n import locales
from oppi18n.packs import Pack
from oppi18n.shapes import Shapes
from oppi18n.source import Mapping as YamlMapping
from oppi18n.source import Node, Scalar, Source, load

PATH: Final = "locales/glossary.yaml"
"""Where a pack keeps its glossary, as `packs.read_bytes` takes it."""

NEEDS_REVIEW: Final = "needs-review"
STATUSES: Final = ("published", "inferred", NEEDS_REVIEW)
PARTS: Final = ("noun", "verb", "phrase", "label")
TERM_KEYS: Final = ("part", "forms", "besides", "status", "source", "note")
WORD_KEYS: Final = ("status", "also", "forbidden", "note")

# In these scripts a word ends where the next one begins, and nothing shows where that is.
_UNSPACED: Final = ("Hans", "Hant", "Jpan", "Kore")


@dataclass(frozen=True, slots=True)
class Word:
    """What a term is called in one locale; `also` are other right spellings, `forbidden` ones that mislead."""

    locale: str
    text: str
    status: str = STATUSES[0]
    also: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    note: str = ""

    @property
    def right(self) -> tuple[str, ...]:
        """Every spelling that is right, the first choice first."""
        return (self.text, *self.also)

    def forbidden_in(self, text: str) -> list[str]:
        """The forbidden variants that stand in a translation; where a right spelling covers one, it does not count.

        >>> Word("ja", "見積もり", forbidden=("見積",)).forbidden_in("見積もりの見積")
        ['見積']
        >>> Word("sv", "affärsmöjlighet", forbidden=("möjlighet",)).forbidden_in("En affärsmöjlighet.")
        []
        """
        covered = [match.span() for each in self.right for match in _pattern(each, self.locale).finditer(text)]
        return [each for each in self.forbidden if self._is_bare(each, text, covered)]

    def _is_bare(self, each: str, text: str, covered: Iterable[tuple[int, int]]) -> bool:
        # A variant that is longer than the right spelling, such as one in brackets, is not covered by it.
        found = (match.span() for match in _pattern(each, self.locale).finditer(text))
        return any(not any(first <= start and end <= last for first, last in covered) for start, end in found)


@dataclass(frozen=True, slots=True)
class Term:
    """A term: how it is written in English, and its words in other locales."""

    name: str
    part: str = "noun"
    forms: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    source: str = ""
    note: str = ""
    words: Mapping[str, Word] = field(default_factory=dict)
    span: Span = field(default=Span("", 1, 1, 1, 1), compare=False)

    @property
    def spellings(self) -> tuple[str, ...]:
        """The English forms by which the term is found.

        >>> Term("close date").spellings, Term("close", part="verb").spellings
        (('close date', 'close dates'), ('close', 'closes', 'closed', 'closing'))
        """
        if self.forms:
            return self.forms
        first, _, rest = self.name.partition(" ")
        if self.part == "verb":
            return tuple(f"{each} {rest}".strip() for each in _conjugated(first))
        return (self.name, _plural(self.name)) if self.part == "noun" else (self.name,)


@dataclass(frozen=True)
class Glossary:
    """Terms in the order of their files, and names that no language translates."""

    terms: tuple[Term, ...] = ()
    names: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Term:
        found = next((term for term in self.terms if term.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def terms_in(self, text: str) -> list[Term]:
        """The terms in an English text, in the order in which they stand there; the longest one wins a place.

        >>> from oppi18n.packs import shipped
        >>> [term.name for term in of_packs([shipped()]).terms_in("Closing {quotes} needs a status reason.")]
        ['close', 'status reason']
        """
        bare = re.sub(r"\{[^{}]*\}", lambda match: " " * len(match[0]), text)
        whole = next((term for term in self.terms if term.part == "label" and term.name == bare.strip()), None)
        if whole is not None:
            return [whole]
        found: dict[str, Term] = {}
        for match in self._search.finditer(bare):
            term = self._by_form[match[0].lower()]
            if not any(re.search(rf"\b{re.escape(each)}", bare, re.IGNORECASE) for each in term.besides):
                found.setdefault(term.name, term)
        return list(found.values())

    def names_in(self, text: str) -> list[str]:
        """The names in a text that stay as they are."""
        return [name for name in self.names if name in text and re.search(rf"\b{re.escape(name)}\b", text)]

    def hints(self, text: str, locale: str) -> Iterator[str]:
        """Comment lines for a translator of this text; without a locale, the English terms alone."""
        terms = self.terms_in(text)
        if not locale and terms:
            yield f"glossary: {', '.join(term.name for term in terms)}"
        for term in terms if locale else ():
            word = term.words.get(locale)
            if word is not None:
                notes = [note for note in (term.note, word.note) if note]
                notes += [NEEDS_REVIEW] if word.status == NEEDS_REVIEW else []
                notes += [f"not {', '.join(word.forbidden)}"] if word.forbidden else []
                yield f"glossary: {term.name} = {word.text}" + (f" ({'; '.join(notes)})" if notes else "")
        for name in self.names_in(text):
            yield f"not translated: {name}"

    @cached_property
    def _by_form(self) -> dict[str, Term]:
        return {form.lower(): term for term in self.terms if term.part != "label" for form in term.spellings}

    @cached_property
    def _search(self) -> re.Pattern[str]:
        forms = sorted(self._by_form, key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, forms)) or '(?!)'})(?![\w-])", re.IGNORECASE)


def of_packs(packs: Iterable[Pack]) -> Glossary:
    """The glossary of ours and of some packs; where several have a term, the pack named last decides.

    Raises AuthoringError with everything that is wrong in the files.
    """
    wrong, texts = Diagnostics(), {}
    terms: dict[str, Term] = {}
    names: dict[str, None] = {}
    for pack in dict.fromkeys((packing.shipped(), *packs)):
        try:
            content = packing.read_bytes(pack, PATH)
        except InputError:
            # A pack need not have a glossary.
            continue
        source = Source(packing.path_of(pack, PATH), content.decode("utf-8-sig", "replace"))
        texts[source.path] = source.text
        found = read(source, wrong)
        terms.update({term.name: term for term in found.terms})
        names.update(dict.fromkeys(found.names))
    if wrong.failed:
        raise AuthoringError(wrong, texts)
    return Glossary(tuple(terms.values()), tuple(names))


def read(source: Source, diagnostics: Diagnostics) -> Glossary:
    """The glossary in a file; what is wrong in it is reported and left out.

    >>> read(Source("g.yaml", "glossary: g\\nterms: [{term: quote, sv: offert}]"), Diagnostics())["quote"].words["sv"].text
    'offert'
    """
    tree = load(source, diagnostics)
    if tree is None:
        return Glossary()
    shapes = Shapes(diagnostics)
    top = shapes.mapping(tree, required=("glossary",), optional=("names", "terms"))
    if top is None:
        return Glossary()
    names = [shapes.text(item) for item in shapes.items(top.get("names"))]
    terms: dict[str, Term] = {}
    for item in shapes.items(top.get("terms")):
        term = _term(item, shapes)
        if term is not None and term.name in terms:
            hint = Hint("first-is", {"line": terms[term.name].span.line})
            diagnostics.report("duplicate-term", term.span, hint, name=term.name)
        elif term is not None:
            terms[term.name] = term
    return Glossary(tuple(terms.values()), tuple(filter(None, names)))


def _term(node: Node, shapes: Shapes) -> Term | None:
    given = [key for key in getattr(node, "keys", list)() if _is_locale(key)]
    body = shapes.mapping(node, required=("term",), optional=(*TERM_KEYS, *given))
    name = shapes.scalar(body.get("term")) if body else None
    if body is None or name is None:
        return None
    status = shapes.choice(body.get("status"), STATUSES, STATUSES[0])
    words = (_word(key, body[key], status, shapes) for key in given)
    return Term(
        name.text,
        part=shapes.choice(body.get("part"), PARTS, PARTS[0]),
        forms=_texts(body.get("forms"), shapes),
        besides=_texts(body.get("besides"), shapes),
        source=shapes.text(body.get("source")),
        note=shapes.text(body.get("note")),
        words={word.locale: word for word in words if word is not None},
        span=name.span,
    )


def _word(locale: str, node: Node, status: str, shapes: Shapes) -> Word | None:
    if isinstance(node, Scalar):
        text = shapes.scalar(node)
        return Word(locale, text.text, status) if text else None
    body = shapes.mapping(node, required=("text",), optional=WORD_KEYS)
    text = shapes.scalar(body.get("text")) if body and body.get("text") else None
    if body is None or text is None:
        return None
    word = Word(
        locale,
        text.text,
        shapes.choice(body.get("status"), STATUSES, status),
        also=_texts(body.get("also"), shapes),
        forbidden=_texts(body.get("forbidden"), shapes),
        note=shapes.text(body.get("note")),
    )
    _contradictions(word, body, shapes.diagnostics)
    return word


def _contradictions(word: Word, body: YamlMapping, diagnostics: Diagnostics) -> None:
    for item in getattr(body.get("forbidden"), "items", ()):
        if isinstance(item, Scalar) and item.text in word.right:
            diagnostics.report("forbidden-term", item.span, name=item.text)


def _is_locale(key: str) -> bool:
    # No language has a longer code today, so a longer word is a mistyped key.
    return key not in TERM_KEYS and len(key.partition("-")[0]) in (2, 3) and locales.canonical(key) == key


def _texts(node: Node | None, shapes: Shapes) -> tuple[str, ...]:
    return tuple(filter(None, (shapes.text(item) for item in shapes.items(node))))


def _pattern(text: str, locale: str) -> re.Pattern[str]:
    """Finds a spelling: anywhere in a text without word boundaries, else as whole words."""
    found = re.escape(text)
    return re.compile(found if locales.script(locale) in _UNSPACED else rf"(?<!\w){found}(?!\w)")


def _plural(noun: str) -> str:
    """The regular English plural.

    >>> _plural("opportunity"), _plural("status"), _plural("quote")
    ('opportunities', 'statuses', 'quotes')
    """
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(s|x|z|ch|sh)$", noun) else f"{noun}s"


def _conjugated(verb: str) -> tuple[str, ...]:
    """The regular forms of an English verb."""
    stem = verb.removesuffix("e")
    past = f"{stem}ed" if not re.search(r"[^aeiou]y$", verb) else f"{verb[:-1]}ied"
    return verb, _plural(verb), past, f"{stem}ing"
