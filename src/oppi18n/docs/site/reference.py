"""What is generated in topics: rules with their messages and records, checks, status reasons, the dialog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from oppi18n import checks
from oppi18n.analysis.analyse import TODAY
from oppi18n.checks.finding import SEVERITIES
from oppi18n.dialog.form import close_form
from oppi18n.engine.loading import load_rules
from oppi18n.errors import InputError
from oppi18n.gallery.parts import Page
from oppi18n.i18n.localizer import Localizer
from oppi18n.i18n.speech import Text

RULESET: Final = "close-opportunity"


class Reference:
    """The generated parts of one language; `page` is the gallery's page of the same language."""

    def __init__(self, page: Page, localizer: Localizer, words: Mapping[str, Text], templates: Environment) -> None:
        self.page = page
        self.localizer = localizer
        self.words = words
        self.templates = templates

    def __call__(self, kind: str, name: str) -> Markup:
        """What stands in the place of `::: kind name`. Raises InputError `site-unknown-part`."""
        found = {
            "rules": self._rules,
            "checks": self._checks,
            "reasons": self._reasons,
            "dialog": self._dialog,
        }.get(kind)
        values = found(name) if found else None
        if values is None:
            raise InputError("site-unknown-part", name=f"{kind} {name}".strip())
        template = self.templates.get_template(f"{kind}.html.jinja")
        shared = {"words": self.words, "page_locale": self.page.locale}
        return Markup(template.render(**shared, **values))

    def _rules(self, name: str) -> dict[str, Any] | None:
        card = next((each for each in self.page.rulesets if each.id == name), None)
        return {"ruleset": card} if card else None

    def _checks(self, name: str) -> dict[str, Any] | None:
        return {"checks": tuple(self._check_rows())} if not name else None

    def _check_rows(self) -> Iterator[dict[str, Any]]:
        for each in checks.checks():
            texts = [self.localizer.coded(f"check/{each.name}", code, text, {}) for code, text in each.texts.items()]
            found = {each.severity(locale) for locale in ("", "ko", "zh-HK", "ja", "ms", "sv")} - {None}
            yield {
                "name": each.name,
                "family": each.family,
                "texts": texts,
                "severities": [self.words[name] for name in SEVERITIES if name in found],
            }

    def _reasons(self, name: str) -> dict[str, Any] | None:
        model = load_rules(RULESET).model
        if model is None or name not in model.records:
            return None
        field = model.records[name].fields["status_reason"]
        found = model.enumerations[field.of]
        rows = [
            {
                "status": self.localizer.value(model, found.of, value.state),
                "reason": self.localizer.value(model, field.of, key),
                "code": value.dataverse,
            }
            for key, value in found.values.items()
        ]
        heads = [self.localizer.label(model, name, each) for each in ("state", "status_reason")]
        return {"heads": heads, "rows": rows}

    def _dialog(self, name: str) -> dict[str, Any] | None:
        rules = load_rules(RULESET)
        if name not in ("won", "lost"):
            return None
        quotes = {"id": "o1", "state": "open", "currency": "SEK", "estimated_revenue": "240000", "quotes": []}
        form = close_form(rules, self.localizer, today=TODAY, facts={"opportunity": quotes}, outcome=name)
        return {"form": form, "outcome": name}
