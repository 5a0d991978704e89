"""Letters that do not belong to the script of the language.

Three kinds come up: Cyrillic and Greek letters that look like Latin ones (`Сlose` begins with a Cyrillic С), Simplified
characters in Traditional Chinese (国 for 國), and letters of a neighbour, such as Korean in a Japanese text. What the
source has too is left alone.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="Close", targets=("关闭商機",), locale="zh-HK")
>>> [finding.quote for finding in check(unit, Background())]
['关闭']
>>> unit = Unit(id="1", source="Close", targets=("\\u0421lose",), locale="sv")
>>> [finding.suggestion for finding in check(unit, Background())]
['C']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.masking import masked
from oppi18n.i18n import locales
from oppi18n.units.unit import CODE, Unit

FAMILY: Final = "whitespace"
SEVERITY: Final = WARNING
TEXTS: Final = {"script": "{character} doesn't belong to the script of this language."}

_CYRILLIC: Final = dict(zip("АВЕЅІЈКМНОРСТХУаеѕіјорсухԁһԛԝ", "ABESIJKMHOPCTXYaesijopcyxdhqw", strict=True))
_GREEK: Final = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι", "ABEZHIKMNOPTYXovi", strict=True))
_ALIKE: Final = {**_CYRILLIC, **_GREEK}

_EASTERN: Final = "\u0400-\u052f"
_GREEKS: Final = "\u0370-\u03ff"
_KANA: Final = "\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_HANGUL: Final = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff"
_FOREIGN: Final = {
    "Latn": f"[{_EASTERN}{_KANA}{_HANGUL}{_HAN}]+",
    "Kore": f"[{_EASTERN}{_KANA}{_HAN}]+",
    "Jpan": f"[{_EASTERN}{_HANGUL}]+",
    "Hant": f"[{_EASTERN}{_KANA}{_HANGUL}]+",
}
# A single Greek letter is a symbol (Δ, μ, Ω); next to a Latin one it is a disguise, in addresses and code as well.
_NEAR: Final = f"[{_GREEKS}{_EASTERN}]"
_DISGUISED: Final = re.compile(f"(?<=[A-Za-zÀ-ɏ]){_NEAR}+|{_NEAR}+(?=[A-Za-zÀ-ɏ])")
_ALIKE_AT_ALL: Final = re.compile(_NEAR)
_SETS: Final = {"Hant": "big5hkscs", "Jpan": "cp932"}
"""Scripts with Han characters and the character set that has all those in use."""
_ALSO: Final = {"Hant": "着裏麽", "Jpan": ""}
"""Characters that are in use although the rule says otherwise."""
_RARE: Final = frozenset("与么于价优儿划吨听圣坏岭异归忏怀怜惊愿扰据机极构柜栖气洁确离种网胜茧荐蚕蜡虫触适厂体党筑篱")
"""Simplified characters that old dictionaries have too, for words that nobody uses."""


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit with letters from elsewhere."""
    script = _script(unit.locale)
    if script not in _FOREIGN or unit.is_in(CODE):
        return
    pattern = _pattern(script)
    for form, text in enumerate(unit.targets):
        if text.isascii():
            continue
        disguised = [*_DISGUISED.finditer(text)] if _ALIKE_AT_ALL.search(text) else []
        places = {each.start() for each in disguised}
        plain = (each for each in pattern.finditer(masked(text, unit.markup)) if each.start() not in places)
        for match in (*disguised, *plain):
            if match[0] not in (unit.source or ""):
                yield _finding(unit, form, match)


def _finding(unit: Unit, form: int, match: re.Match[str]) -> Finding:
    meant = "".join(_ALIKE.get(each, " ") for each in match[0])
    return Finding(
        unit=unit,
        code="script",
        params={"character": match[0]},
        form=form,
        start=match.start(),
        end=match.end(),
        suggestion=meant if " " not in meant else None,
        is_safe=" " not in meant,
    )


@cache
def _script(locale: str) -> str:
    return locales.script(locale)


@cache
def _pattern(script: str) -> re.Pattern[str]:
    found = _FOREIGN[script]
    if script in _SETS:
        found += f"|[{''.join(_unknown(script))}]+"
    return re.compile(found)


def _unknown(script: str) -> Iterator[str]:
    """The Han characters that the writers of a script do not use."""
    for code in range(0x4E00, 0xA000):
        mark = chr(code)
        if mark not in _ALSO[script] and (not _has(_SETS[script], mark) or (script == "Hant" and _is_reduced(mark))):
            yield mark


def _is_reduced(mark: str) -> bool:
    # The character set of Hong Kong has some of them too, for the names of people, and some of Japan's.
    return mark in _RARE or (not _has("cp950", mark) and (_has("gb2312", mark) or _has("cp932", mark)))


def _has(charset: str, mark: str) -> bool:
    try:
        mark.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
