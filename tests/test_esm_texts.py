"""The browser says what we say: every message of every shipped rule, in every locale, through `Intl`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from babel import Locale

from oppi18n import Localizer, load_rules
from oppi18n.engine.decision import Money, ParamType, RecordValue, RuleInfo, Violation
from oppi18n.engine.rules import Rules
from oppi18n.i18n.browser import texts_module
from oppi18n.i18n.locales import OFFERED, PRODUCT
from oppi18n.i18n.particles import FORMS, attach
from oppi18n.i18n.speech import formats_of
from oppi18n.targets.esm.library import reached

HERE = Path(__file__).resolve().parent
COUNTS = (0, 1, 2, 3, 5, 11, 21, 101, 1000, 12345, 1_000_000, -1, -2, 2**53 + 1, -(2**63))
AMOUNTS = ("0", "1", "-1", "0.5", "-0.0001", "1234.5", "20.10", "999999999999999.9999", "-1000000")
CODES = ("SEK", "EUR", "USD", "JPY", "KRW", "HKD", "TWD", "CNY", "MYR", "BHD", "CLF", "CHF", "XTS", "ZZZ")
DAYS = (date(1, 1, 1), date(999, 12, 31), date(1582, 10, 10), date(2024, 2, 29), date(2026, 3, 31), date(9999, 12, 31))
NAMES = (
    "QUO-1", "견적", "Alpha", "Contoso Ltd", "東京", "שלום", "a\u202eb", "two\nlines", "", "\x1b[31m", "1,000원", "100", "7",
    "iPhone", "제주", "(서울)", "“Q”", "\ud800", "𝟛", "٣", "R&D", "USD 5", "5 kg", "007", "20000", "Ä", "😀",
)  # fmt: skip
ICU = {
    "zh-HK": {"XXX"},
    "ja": {"XXX", "XCG"},
    "sv": {"EEK", "IEP", "XCG"},
}
"""Currencies that Node 20 writes otherwise; docs/reference/browser.md lists them."""


@pytest.fixture
def node(require: Callable[[str, object], None]) -> str:
    require("node", shutil.which("node"))
    return "node"


def run(node: str, folder: Path) -> None:
    """Let node compare; what differs is told."""
    environment = {**os.environ, "OPPI18N_VECTORS": str(folder)}
    command = [node, "--test", str(HERE / "esm" / "texts.test.mjs")]
    found = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert found.returncode == 0, found.stdout[:6000]
    assert f"# pass {len(list(folder.glob('*.json')))}" in found.stdout


def save(folder: Path, name: str, module: str, vectors: list[Any]) -> None:
    """A module and what it is to answer."""
    (folder / f"{name}.mjs").write_text(module, "utf-8")
    text = json.dumps(vectors, default=plain)
    (folder / f"{name}.json").write_text(text, "utf-8")


def plain(value: Any) -> Any:
    """A value of a violation as the module of the rules has it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 2**53 else {"$": "int", "value": str(value)}
    if isinstance(value, RecordValue):
        return {name: plain(each) for name, each in value.values.items()}
    if isinstance(value, Money):
        return {"amount": plain(value.amount), "currency": value.currency}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, (Decimal, date)) else value


# ---- violations ----


class Drawn:
    """Violations with whatever values their params may have."""

    def __init__(self, rules: Rules, random: Random) -> None:
        self.rules = rules
        self.random = random

    def violation(self, info: RuleInfo) -> Violation:
        """A violation of a rule."""
        values = tuple(None if self.random.random() < 0.1 else self.value(kind) for kind in info.params)
        return Violation(info, None, values, self.random.random() < 0.3)

    def value(self, kind: ParamType) -> Any:
        pick = self.random.choice
        if kind.kind == "enumeration":
            return pick(list(self.rules.model.enumerations[kind.of].values))
        if kind.kind == "records":
            return tuple(self.record(kind) for _ in range(pick((0, 1, 2, 3, 4, 6))))
        kinds: dict[str, Callable[[], Any]] = {
            "int": lambda: pick(COUNTS),
            "decimal": lambda: Decimal(pick(AMOUNTS)),
            "money": lambda: (Decimal(pick(AMOUNTS)), pick((None, *CODES))),
            "date": lambda: pick(DAYS),
            "currency": lambda: pick(CODES),
            "bool": lambda: pick((True, False)),
        }
        return kinds.get(kind.kind, lambda: pick(NAMES))()

    def record(self, kind: ParamType) -> RecordValue:
        fields = self.rules.model.records[kind.of].fields
        values = {
            name: None
            if self.random.random() < 0.3
            else self.value(ParamType(name, fields[name].type, fields[name].of))
            for name in kind.shown
        }
        return RecordValue(kind.of, values)


def spoken(name: str, violation: Violation, localizer: Localizer) -> list[Any]:
    """What the module of a locale is asked about a violation, and what it is to say."""
    said = localizer.violation(violation)
    given = {"rule": violation.rule, "partial": violation.partial, "params": plain_params(violation)}
    return [name, [given], {"text": said.text, "locale": said.locale}]


def plain_params(violation: Violation) -> dict[str, Any]:
    return {name: plain(value) for name, value in violation.params.items()}


@pytest.mark.soak
def test_messages_are_ours(node, soak, tmp_path):
    """All rules of the shipped rulesets in all locales, with few and many, large and small, odd and missing values."""
    for name in ("close-opportunity", "close-quotes"):
        rules = load_rules(name)
        for locale in OFFERED:
            drawn, localizer = Drawn(rules, Random(f"{name} {locale}")), Localizer(locale)
            times = 400 if soak else 15
            found = [spoken("sentence", drawn.violation(info), localizer) for info in rules.infos for _ in range(times)]
            found += [["remedy", [each.id], localizer.remedy(each).text] for each in rules.remedies.values()]
            found += [
                ["label", [kind.name, value], localizer.value(rules.model, kind.name, value).text]
                for kind in rules.model.enumerations.values()
                for value in kind.values
            ]
            save(tmp_path, f"{name}.{locale}", texts_module(rules, locale), found)

    run(node, tmp_path)


EXPORTS = """
export const amount = (value, currency) => money({ amount: value, currency }, formatsOf(locale));
export const number = (value) => decimal(value, formatsOf(locale));
export const count = (value) => whole(formatsOf(locale)).format(value);
export const plural = (value) => category(locale, value);
export const day = (value) => date(value, formatsOf(locale));
export const several = (items) => list(items, formatsOf(locale));
"""


def test_intl_writes_what_cldr_says(node, tmp_path):
    """Amounts in every currency, numbers, dates, lists and plurals; the differences of ICU are those that are listed."""
    for tag in PRODUCT:
        formats, found = formats_of(tag), []
        for code in sorted({*Locale("en").currencies, *CODES} - ICU.get(tag, set())):
            found += [
                ["amount", [each, code], formats.money(Decimal(each), code)] for each in ("-1234567", "1234.5", "0.125")
            ]
        found += [["number", [each], formats.decimal(Decimal(each))] for each in (*AMOUNTS, "999", "9999", "12345.6")]
        found += [["count", [plain(each)], formats.integer(each)] for each in COUNTS]
        found += [["plural", [plain(each)], formats.plural(each)] for each in (*range(130), *COUNTS)]
        found += [["day", [str(date(year, month, 9))], formats.date(date(year, month, 9))]
                  for year in (1, 999, 1582, 2026, 9999) for month in range(1, 13)]  # fmt: skip
        found += [["several", [list("abcdef"[:size])], formats.list("abcdef"[:size])] for size in range(6)]
        save(tmp_path, tag, texts_module(load_rules(), tag) + EXPORTS, found)

    run(node, tmp_path)


def test_particles_are_chosen_as_by_us(node, tmp_path):
    """Hangul, digits, Latin words, units, signs, brackets and quotation marks, and any characters at all."""
    random = Random(1)
    marks = [chr(random.randrange(0x20, 0x10000)) for _ in range(400)] + list(
        "가각갈힣0123456789.,()[]“”‘’$₩%aelnmtkpbcgrRXÄ ㄹㅏんン𝟛٣"
    )
    words = [
        *NAMES,
        "robot",
        "web",
        "Google",
        "Chrome",
        "Outlook",
        "USD 7",
        "kr",
        "5 kr",
        "3 km",
        "SQL",
        "Inc",
        "1,000,000",
        "0.10",
    ]
    words += ["".join(random.choices(marks, k=random.randrange(1, 9))) for _ in range(3000)]
    words = [each.encode("utf-16", "replace").decode("utf-16") for each in words]
    module = reached("oppi18n.i18n", "particles.js", "particle") + "\nexport { particle };\n"

    save(
        tmp_path,
        "particles",
        module,
        [["particle", [word, form], attach(word, form)] for word in words for form in FORMS],
    )

    run(node, tmp_path)
