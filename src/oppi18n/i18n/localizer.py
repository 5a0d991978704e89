"""A violation, a label or an error meets a language and becomes text; there is always an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oppi18n.i18n import phrases
from oppi18n.i18n.speech import Speech, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oppi18n.engine.decision import Message, ParamType, RecordValue, RemedyInfo, SettingInfo, Violation
    from oppi18n.model.schema import Field, Model


class Localizer(Speech):
    """Texts of one locale. It may be shared between threads; nothing in it is global.

    `packs` are those whose rules are in use, in the order in which they were named. Raises `InputError` for a locale
    that is not offered.

    >>> Localizer("ko").text("OK", context="oppi18n/dialog").locale
    'ko'
    """

    def message(self, violation: Violation) -> str:
        """The sentence of a violation.

        >>> from datetime import date
        >>> from oppi18n import load_rules
        >>> facts = {"opportunity": {"id": "o1", "state": "won", "quotes": []}}
        >>> violation = load_rules().evaluate(facts, today=date(2026, 3, 31)).violations[0]
        >>> Localizer("en").message(violation)
        'This opportunity is already closed (status: Won). Only an open opportunity can be closed.'
        """
        return self.violation(violation).text

    def violation(self, violation: Violation) -> Text:
        """The sentence of a violation, and the locale it is in."""
        message = violation.info.message
        partial = bool(violation.partial and message.partial)
        forms = message.partial if partial else message.forms
        params = violation.params
        count = params.get(message.plural) if message.plural else None
        msgid, plural = forms.get("one", forms["other"]), forms["other"] if "one" in forms else ""
        context = f"{message.context}/partial" if partial else message.context
        locale = self._template(msgid, context, plural, count, message.language)[1]
        shown, kinds = self._shown(violation, params, locale, message)
        return self.text(
            msgid, context=context, plural=plural, count=count, language=message.language, kinds=kinds, values=shown
        )

    def _shown(
        self, violation: Violation, params: Mapping[str, Any], locale: str, message: Message
    ) -> tuple[dict[str, Any], dict[str, str]]:
        shown, kinds = {}, {}
        for kind in violation.info.params:
            value = params[kind.name]
            if value is None:
                shown[kind.name], kinds[kind.name] = self.not_given(locale), "ready"
            else:
                shown[kind.name], kinds[kind.name] = self._param(kind, value, violation.info.model, locale)
        return shown, kinds

    def _param(self, kind: ParamType, value: Any, model: Model | None, locale: str) -> tuple[Any, str]:
        if kind.kind == "records":
            # Each record is a rendered text already; its values are safe to show.
            return self.formats(locale).list([self.record(each, model).text for each in value]), "ready"
        if kind.kind == "list":
            of, _, name = kind.of.partition(" ")
            return [self._item(of, name, each, model) for each in value], "list"
        if kind.kind == "enumeration" and model is not None:
            return self.value(model, kind.of, value).text, "ready"
        if kind.kind == "money":
            return (value, "money") if value.currency else (value.amount, "decimal")
        if kind.kind == "bool":
            return str(value).lower(), "ready"
        return value, {"int": "integer", "decimal": "decimal", "date": "date"}.get(kind.kind, "text")

    def _item(self, kind: str, name: str, value: Any, model: Model | None) -> str:
        if kind == "enumeration" and model is not None:
            return self.value(model, name, value).text
        formatter = {"int": "integer", "decimal": "decimal", "date": "date"}.get(kind)
        return str(getattr(self.formats(), formatter)(value)) if formatter else str(value)

    # ---- words of the ruleset ----

    def remedy(self, remedy: RemedyInfo) -> Text:
        """The label of a remedy: a step of a plan, a button.

        >>> from oppi18n import load_rules
        >>> Localizer("sv").remedy(load_rules().remedies["close-quotes"]).locale
        'sv'
        """
        return self.text(remedy.label, context=remedy.context, language=remedy.language)

    def setting(self, setting: SettingInfo) -> Text:
        """What a setting means; empty if its author did not say."""
        if not setting.doc:
            return Text("", self.locale)
        return self.text(setting.doc, context=setting.context, language=setting.language)

    # ---- words of the model ----

    def record(self, record: RecordValue, model: Model | None) -> Text:
        """How a record is shown in a sentence: by the first display template whose values are all given."""
        found = model.records[record.record] if model is not None else None
        for template in found.display if found else ():
            names = phrases.names(template)
            if all(record.values.get(name) is not None for name in names):
                assert model is not None
                assert found is not None
                context = f"{found.pack}/model/{model.name}/{found.name}/display"
                values = {name: self._field(model, found.fields[name], record.values[name]) for name in names}
                return self.text(template, context=context, language=model.language(found.pack), values=values)
        return Text(record.key or self.not_given(), self.locale)

    def _field(self, model: Model, field: Field, value: Any) -> str:
        if field.type == "enumeration":
            return self.value(model, field.of, value).text
        # A revision or another number that names something is not grouped.
        return str(value)

    def value(self, model: Model, enumeration: str, value: str) -> Text:
        """The label of an enumeration's value."""
        found = model.enumerations[enumeration].values[value]
        context = f"{found.pack}/model/{model.name}/{enumeration}:{value}/label"
        return self.text(found.label, context=context, language=model.language(found.pack))

    def deployment(self, model: Model, name: str) -> Text:
        """The label of a deployment.

        >>> from oppi18n import load_rules
        >>> Localizer("en").deployment(load_rules().model, "lite").text
        'Lite deployment - deal to proforma invoicing'
        """
        label, pack = model.deployments[name]
        context = f"{pack}/model/{model.name}/deployment:{name}/label"
        return self.text(label, context=context, language=model.language(pack))

    def label(self, model: Model, record: str, field: str = "", part: str = "label") -> Text:
        """The label of a record type or of one of its fields; `part` may be description or hint."""
        found = model.records[record]
        if not field:
            context = f"{found.pack}/model/{model.name}/{record}/label"
            return self.text(found.label, context=context, language=model.language(found.pack))
        known = found.fields[field]
        msgid: str = getattr(known, part)
        context = f"{known.pack}/model/{model.name}/{record}.{field}/{part}"
        return (
            self.text(msgid, context=context, language=model.language(known.pack)) if msgid else Text("", self.locale)
        )
