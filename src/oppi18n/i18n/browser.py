"""The texts of a ruleset for the browser: one ES module per locale, whose numbers, dates and lists come from `Intl`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from oppi18n.engine.program import default_of
from oppi18n.i18n import locales, phrases, pseudo
from oppi18n.i18n.formats import patterns
from oppi18n.i18n.localizer import Localizer
from oppi18n.targets.esm.library import reached, read
from oppi18n.targets.esm.literals import plain, text
from oppi18n.targets.esm.modules import compile_ruleset, declarations
from oppi18n.templates import Particle, Placeholder, TemplateFault, parse

if TYPE_CHECKING:
    from oppi18n.engine.decision import Message, RuleInfo
    from oppi18n.engine.rules import Rules
    from oppi18n.model.schema import Record
    from oppi18n.packs import Pack
    from oppi18n.rules.ruleset import Ruleset

_NOTICE: Final = "Written by oppi18n rules export: change the catalogs instead."
_SAMPLES: Final = (*range(201), 1_000_000)
"""Whole numbers among which every plural category that has one is met."""


def bundle(
    rules: Rules,
    ruleset: Ruleset,
    *,
    settings: Mapping[str, object],
    tags: Iterable[str],
    packs: Iterable[str | Pack] = (),
) -> dict[str, str]:
    """All files of a ruleset for the browser, by name: the rules, the texts of each locale, the types of both.

    `ruleset` is what `rules` were compiled from, and `settings` are their values. Raises `AuthoringError` for rules
    that JavaScript cannot say exactly, `InputError` for a locale that is not offered.
    """
    used = tuple(packs)
    found = {f"{rules.id}.mjs": rules_module(rules, ruleset, settings), f"{rules.id}.d.mts": declarations(ruleset)}
    for tag in tags:
        texts = _Texts(rules, _Spoken(tag, packs=used))
        found[f"{rules.id}.{texts.locale}.mjs"] = texts.module()
        found[f"{rules.id}.{texts.locale}.d.mts"] = read(__package__, "browser.d.mts")
    return found


def rules_module(rules: Rules, ruleset: Ruleset, settings: Mapping[str, object]) -> str:
    """The module that judges facts as the engine does, under these settings."""
    model = rules.model
    fields = model.records[model.request].fields.values()
    return compile_ruleset(
        ruleset,
        model,
        settings=settings,
        digest=rules.digest,
        rules=rules.infos,
        defaults=[(field.name, default_of(field, model).tree) for field in fields if field.default],
        shown=rules.plain["shown"],
    )


def texts_module(rules: Rules, locale: str, packs: Iterable[str | Pack] = ()) -> str:
    """The module that words the violations of a ruleset in a locale, as `Localizer` does.

    `packs` are those whose rules are in use. Raises `InputError` for a locale that is not offered.

    >>> from oppi18n import load_rules
    >>> texts_module(load_rules("close-quotes"), "sv").startswith("// The texts of close-quotes in sv, digest ")
    True
    """
    return _Texts(rules, _Spoken(locale, packs=packs)).module()


class _Spoken(Localizer):
    """A localizer that shows its templates."""

    def template(
        self, msgid: str, context: str, language: str, *, plural: str = "", count: int | None = None
    ) -> tuple[str, str]:
        """A template, and the locale it is in."""
        return self._template(msgid, context, plural, count, language)


class _Texts:
    def __init__(self, rules: Rules, localizer: _Spoken) -> None:
        self.rules = rules
        self.model = rules.model
        self.localizer = localizer
        self.locale = localizer.locale
        self.spoken = {self.locale}
        self.has_particles = False

    def module(self) -> str:
        """Everything that is written."""
        tables = list(self.tables())
        found = {each for each in self.spoken if each in locales.PSEUDO}
        right = [each for each in sorted(self.spoken) if self.localizer.formats(each).rtl]
        direction = "rtl" if self.locale in right else "ltr"
        lines = [
            f"// The texts of {self.rules.id} in {self.locale}, digest {self.rules.digest}. {_NOTICE}",
            f"export const locale = {text(self.locale)};",
            f"export const direction = {text(direction)};",
            f"const PSEUDO = {plain(sorted(found))};",
            f"const RTL = {plain(right)};",
            *tables,
            reached(__package__, "browser.js", ""),
            *([reached(__package__, "particles.js", "particle")] if self.has_particles else []),
        ]
        return "\n".join(lines) + "\n"

    def tables(self) -> Iterator[str]:
        """What the texts are made from."""
        kinds = {kind.kind for info in self.rules.infos for kind in info.params}
        yield f"const NOT_GIVEN = {text(self.localizer.not_given())};"
        precision = sorted(patterns(self.locale)["precision"].items()) if "money" in kinds else ()
        yield f"const PRECISION = {plain(dict(precision))};"
        yield _table("LABELS", {name: self.labels(name) for name in sorted(self.model.enumerations)})
        yield _table("RECORDS", {name: self.record(self.model.records[name]) for name in sorted(self.told())})
        remedies = self.rules.remedies
        yield _table("REMEDIES", {name: self.localizer.remedy(each).text for name, each in remedies.items()})
        yield _table("RULES", {info.id: self.rule(info) for info in self.rules.infos})

    def told(self) -> set[str]:
        """The records that sentences tell of."""
        return {kind.of for info in self.rules.infos for kind in info.params if kind.kind == "records"}

    def labels(self, enumeration: str) -> dict[str, str]:
        """value → label."""
        values = self.model.enumerations[enumeration].values
        return {name: self.localizer.value(self.model, enumeration, name).text for name in values}

    def record(self, record: Record) -> list[Any]:
        """The displays of a record, and which of its fields are enumerations."""
        found = []
        for template in record.display:
            context = f"{record.pack}/model/{self.model.name}/{record.name}/display"
            said, spoken = self.localizer.template(template, context, self.model.language(record.pack))
            self.spoken.add(spoken)
            found.append([list(phrases.names(template)), self.pieces(said), spoken])
        kinds = {name: each.of for name, each in record.fields.items() if each.type == "enumeration"}
        return [found, kinds]

    def rule(self, info: RuleInfo) -> dict[str, Any]:
        """The sentences of a rule."""
        message = info.message
        params = {each.name: [each.kind, *(each.of.split(" ") if each.of else [])] for each in info.params}
        found = {
            "plural": message.plural,
            "params": params,
            "message": self.entry(message, message.forms, message.context, bool(params)),
        }
        if message.partial:
            context = f"{message.context}/partial"
            found["partial"] = self.entry(message, message.partial, context, bool(params))
        return found

    def entry(self, message: Message, forms: Mapping[str, str], context: str, filled: bool) -> Any:
        """A sentence: its pieces and their locale, or both by plural category."""
        language, other = message.language, forms["other"]
        self.spoken.add(language)
        if "one" not in forms:
            said, spoken = self.localizer.template(other, context, language)
            self.spoken.add(spoken)
            return [self.pieces(said, filled), spoken]
        own = {} if self.locale in locales.PSEUDO else self.own(forms, context, language)
        entry: dict[str, Any] = {"own": {name: self.pieces(each, filled) for name, each in own.items()}}
        if set(own) < set(self.localizer.formats().categories):
            source = {name: self.disguised(forms[name]) for name in ("one", "other")}
            entry["source"] = {name: self.pieces(each, filled) for name, each in source.items()}
            entry["language"] = language
            entry["locale"] = self.locale if self.locale in locales.PSEUDO else language
        return entry

    def own(self, forms: Mapping[str, str], context: str, language: str) -> dict[str, str]:
        """category → the translation, where there is one."""
        found = {}
        for count in _SAMPLES:
            category = self.localizer.formats().plural(count)
            if category not in found:
                said, spoken = self.localizer.template(
                    forms["one"], context, language, plural=forms["other"], count=count
                )
                if spoken == self.locale:
                    found[category] = said
        return found

    def disguised(self, source: str) -> str:
        """A source text, as a pseudo-locale has it."""
        return pseudo.disguised(source, self.locale) if self.locale in locales.PSEUDO else source

    def pieces(self, template: str, filled: bool = True) -> list[Any]:
        """A template as strings, placeholders `[name]` and particles `[closers, form]`."""
        if not filled:
            return [phrases.unescaped(template)]
        try:
            found = parse(template)
        except TemplateFault:
            return [template]
        written: list[Any] = []
        for piece in found:
            if isinstance(piece, Placeholder):
                written.append([piece.text])
            elif isinstance(piece, Particle):
                self.has_particles = True
                written.append([piece.closers, piece.text])
            else:
                written.append(piece.text)
        return written


def _table(name: str, rows: Mapping[str, object]) -> str:
    return f"const {name} = {{\n" + "".join(f"  {text(key)}: {plain(each)},\n" for key, each in rows.items()) + "};"
