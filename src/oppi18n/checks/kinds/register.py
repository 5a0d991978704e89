"""A sentence in another tone than the rest: *du* and *ni*, 您 and 你, 〜ます and 〜だ.

| locale | the tone | told |
|---|---|---|
| ko | -니다, -십시오 | -어요 and the like; in catalogs also -세요 |
| zh-HK | 您 | 你 |
| ja | です・ます | a sentence that ends plainly, in lists and tables where the others don't; in catalogs also することができ |
| ms | anda, Malaysian words | awak, kamu, kau; words that are Indonesian alone |
| sv | du | ni, er |

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="You can close it.", targets=("你可以關閉。",), locale="zh-HK")
>>> [(finding.quote, finding.suggestion) for finding in check_document([unit], Background())]
[('你', '您')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.wording import targets_of
from oppi18n.units.unit import ALERT, CATALOG, DESCRIPTION, LIST, PARAGRAPH, QUOTE, TABLE, Unit

FAMILY: Final = "meaning"
SEVERITY: Final = dict.fromkeys(("ko", "zh-HK", "ja", "ms", "sv"), WARNING)
TEXTS: Final = {"register": "“{found}” isn't the way these texts speak."}

_SENTENCES: Final = ("", PARAGRAPH, ALERT)
_NOTES: Final = (LIST, TABLE, QUOTE, DESCRIPTION)
_POLITE: Final = re.compile("(?:です|ます|ません|した|でしょう|ください)。")
_USUAL: Final = 4
# fmt: off
_INDONESIAN: Final = {
    "akun": "akaun", "berkas": "fail", "bisa": "boleh", "informasi": "maklumat", "kantor": "pejabat", "karena": "kerana",
    "nomor": "nombor", "pengaturan": "tetapan", "situs": "tapak", "tanggal": "tarikh", "tautan": "pautan",
    "uang": "wang", "unduh": "muat turun", "mengunduh": "memuat turun", "unggah": "muat naik",
    "mengunggah": "memuat naik",
}
# fmt: on
_MALAY: Final = ("awak", "kamu", "engkau", "kau", *_INDONESIAN)
_REACH: Final = 7
"""Characters of a Japanese sentence that the pattern takes in."""
_OTHERS: Final[Mapping[str, re.Pattern[str]]] = {
    "ko": re.compile(
        r"[가-힣]{0,12}(?:[아어해여예워와돼네려줘봐]요|지요|죠|까요|[하이]자|했어|이야|(?<![니시])다)(?=[.?!…])"
    ),
    "zh-HK": re.compile("你們?|妳"),
    "ja": re.compile(
        r"[一-鿿ぁ-ヿ]{0,4}(?:(?<!で)(?<!ま)す|[るくぐむぶつぬ]|(?<!しょ)う|(?<!まし)(?<!でし)た|だ|である|(?<!くださ)(?<!なさ)(?<!は)い)(?=。)"
    ),
    "ms": re.compile(rf"\b(?:{'|'.join(_MALAY)})\b", re.IGNORECASE),
    "sv": re.compile(r"(?<![\w:./-])(?:Ni|ni|Er|er|Ert|ert|Era|era)(?![\w:./-])"),
}
_IN_CATALOGS: Final[Mapping[str, re.Pattern[str]]] = {
    "ko": re.compile(r"[가-힣]{0,12}세요(?=[.?!…])"),
    "ja": re.compile("することができ"),
}
# fmt: off
_BETTER: Final = {
    "你": "您", "妳": "您", "することができ": "でき", "awak": "anda", "kamu": "anda", "engkau": "anda", "kau": "anda",
    "ni": "du", "Ni": "Du", "er": "dig", "Er": "Dig", "ert": "ditt", "Ert": "Ditt", "era": "dina", "Era": "Dina",
    **_INDONESIAN,
}
# fmt: on


def check_document(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """Every word or ending of another tone."""
    notes = [unit for unit in units if not _speaks(unit) and unit.blocks[-1].kind in _NOTES]
    for unit in units:
        if _speaks(unit):
            yield from _of(unit)
    # An item of a list or a cell may be noted down plainly, but not a few of them among many others.
    plain = [finding for unit in notes for finding in _of(unit)]
    if plain and sum(_POLITE.search(unit.target) is not None for unit in notes) >= _USUAL * len(plain):
        yield from plain


def _speaks(unit: Unit) -> bool:
    """Whether a text consists of sentences wherever it stands."""
    return language(unit.locale) != "ja" or not unit.blocks or unit.blocks[-1].kind in _SENTENCES


def _of(unit: Unit) -> Iterator[Finding]:
    locale = language(unit.locale)
    for form, text in targets_of(unit):
        yield from _findings(unit, form, _matches(_OTHERS[locale], text, locale))
        if unit.origin == CATALOG and locale in _IN_CATALOGS:
            yield from _findings(unit, form, _IN_CATALOGS[locale].finditer(text))


def _matches(pattern: re.Pattern[str], text: str, locale: str) -> Iterator[re.Match[str]]:
    """What a pattern finds, without looking where nothing can be."""
    if locale == "ja":
        at = text.find("。")
        while at >= 0:
            yield from pattern.finditer(text, max(0, at - _REACH), at + 1)
            at = text.find("。", at + 1)
    elif locale != "ms" or any(word in text.lower() for word in _MALAY):
        yield from pattern.finditer(text)


def _findings(unit: Unit, form: int, matches: Iterable[re.Match[str]]) -> Iterator[Finding]:
    for match in matches:
        yield Finding(
            unit=unit,
            code="register",
            params={"found": match[0]},
            form=form,
            start=match.start(),
            end=match.end(),
            suggestion=_BETTER.get(match[0]),
        )
