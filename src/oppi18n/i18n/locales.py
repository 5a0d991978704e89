"""Which locales there are, how their names are written, and which of them serves a reader best."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oppi18n.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

SOURCE = "en"
"""The locale our own messages are written in."""

PRODUCT = ("en", "ko", "zh-HK", "ja", "ms", "sv")
"""The locales oppi18n speaks, the source first."""

PSEUDO = ("en-XA", "ar-XB")
"""Pseudo-locales for testing: longer and bracketed, and right to left. They are chosen by their exact name only."""

OFFERED = (*PRODUCT, *PSEUDO)
"""The locales that can be asked for; lists for people leave the pseudo-locales out."""

MAX_HEADER = 1000
"""Characters of an `Accept-Language` header that are looked at."""

_MAX_TAG = 64

# Macrolanguages and outdated codes, as in CLDR's language aliases. Indonesian (`in`) must never end up as Malay.
_ALIASES = {
    **dict.fromkeys(("cmn", "zho", "chi"), "zh"),
    **dict.fromkeys(("zsm", "msa", "may"), "ms"),
    **dict.fromkeys(("in", "ind"), "id"),
    "eng": "en",
    "jpn": "ja",
    "kor": "ko",
    "swe": "sv",
}

# CLDR's likely subtags, for the languages served here: the script a reader expects when the tag names none.
_SCRIPTS = {"en": "Latn", "ja": "Jpan", "ko": "Kore", "ms": "Latn", "sv": "Latn", "yue": "Hant", "zh": "Hans"}
# fmt: off
_TRADITIONAL = ("AU", "BN", "GB", "GF", "HK", "ID", "MO", "PA", "PF", "PH", "SR", "TH", "TW", "US", "VN")
# fmt: on
_REGION_SCRIPTS = {
    "zh": dict.fromkeys(
        ("AU", "BN", "GB", "GF", "HK", "ID", "MO", "PA", "PF", "PH", "SR", "TH", "TW", "US", "VN"),
        "Hant",
    ),
    "yue": {"CN": "Hans"},
    "ms": {"CC": "Arab"},
}

# Scripts whose readers are served by a text in a wider one.
_WIDER_SCRIPTS = {"Hanb": "Hant", "Hira": "Jpan", "Kana": "Jpan", "Hrkt": "Jpan", "Hang": "Kore"}

# Written alike: a Cantonese reader takes Chinese text in the same script.
_WRITTEN_AS = {"yue": "zh"}

# fmt: off
_RIGHT_TO_LEFT = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "pnb", "ps", "sd", "syr", "ug", "ur", "yi")
)
# fmt: on
_RIGHT_TO_LEFT_SCRIPTS = frozenset(("Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"))

_RANGE = (
    r"\s*(\*|[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*)\s*"
    r"(?:;\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?"
)
_POSIX_SCRIPTS = {"latin": "Latn", "cyrillic": "Cyrl", "arabic": "Arab", "devanagari": "Deva"}

# What people type when they mean a language and write its country or its name.
_MISTAKES = {
    **dict.fromkeys(("jp", "jap", "japanese", "日本語"), "ja"),
    **dict.fromkeys(("kr", "kp", "korean", "한국어"), "ko"),
    **dict.fromkeys(("hk", "tw", "mo", "cn", "chinese", "cantonese", "中文", "繁體中文"), "zh-HK"),
    **dict.fromkeys(("my", "bn", "malay", "melayu", "id"), "ms"),
    **dict.fromkeys(("se", "swedish", "svenska"), "sv"),
    **dict.fromkeys(("us", "uk", "gb", "english"), "en"),
}


class _Parts:
    __slots__ = ("language", "region", "script")

    def __init__(self, language: str, script: str, region: str) -> None:
        self.language = language
        self.script = script
        self.region = region


def canonical(tag: str) -> str | None:
    """A locale name in BCP 47 spelling, without variants and extensions; None if it is no locale name.

    >>> canonical("zh_hant_hk"), canonical("SV-fi-u-nu-latn"), canonical("zh-yue-HK"), canonical("???")
    ('zh-Hant-HK', 'sv-FI', 'yue-HK', None)
    """
    parts = _parse(tag)
    if parts is None:
        return None
    return "-".join(each for each in (parts.language, parts.script, parts.region) if each)


def folder(tag: str) -> str:
    """The name of the folder of a locale, as gettext spells it.

    >>> folder("zh-HK")
    'zh_HK'
    """
    return tag.replace("-", "_")


def tag(folder: str) -> str:
    """The locale of a folder.

    >>> tag("zh_HK")
    'zh-HK'
    """
    return folder.replace("_", "-")


def script(tag: str) -> str:
    """The script a reader of this locale expects, by CLDR's likely subtags; empty when this module does not know.

    >>> script("zh-TW"), script("zh"), script("yue"), script("ko")
    ('Hant', 'Hans', 'Hant', 'Kore')
    """
    parts = _parse(tag)
    return _script(parts) if parts else ""


def is_right_to_left(tag: str) -> bool:
    """Whether text of this locale runs from right to left.

    >>> is_right_to_left("ar-XB"), is_right_to_left("ko")
    (True, False)
    """
    parts = _parse(tag)
    if parts is None:
        return False
    if parts.script:
        return parts.script in _RIGHT_TO_LEFT_SCRIPTS
    return parts.language in _RIGHT_TO_LEFT or _script(parts) in _RIGHT_TO_LEFT_SCRIPTS


def is_same(one: str, other: str) -> bool:
    """Whether two tags name one locale.

    >>> is_same("zh-Hant-HK", "zh-HK"), is_same("zh-TW", "zh-HK")
    (True, False)
    """
    return _ranked(one, other) == 4


def is_variant(one: str, other: str) -> bool:
    """Whether two locales have the same language in the same script.

    >>> is_variant("zh-TW", "zh-HK"), is_variant("zh-CN", "zh-HK"), is_variant("da", "sv")
    (True, False, False)
    """
    return _ranked(one, other) > 1


def meant(typed: str) -> str | None:
    """The locale of the product that people mean who write its country or its name.

    >>> meant("jp"), meant("koreann"), meant("kok")
    ('ja', 'ko', None)
    """
    names = (typed, *(each for each in _MISTAKES if len(each) > 4 and _distance(typed[:20], each) < 3))
    return next((_MISTAKES[each] for each in names if each in _MISTAKES), None)


def negotiate(wanted: Iterable[str], offered: Collection[str]) -> str | None:
    """The offered locale that serves the reader best; None when none does.

    The first wish that can be served wins. Language and script must agree, the region need not; so nobody who asked
    for Simplified Chinese or Indonesian gets Traditional Chinese or Malay. `*` takes the first locale offered.

    >>> negotiate(["ko-KR", "sv"], ["ja", "ko"])
    'ko'
    >>> [negotiate([wish], PRODUCT) for wish in ("zh-TW", "yue-HK", "ms-BN", "zh-CN", "id")]
    ['zh-HK', 'zh-HK', 'ms', None, None]
    """
    for wish in wanted:
        found = next(iter(offered), None) if wish == "*" else _serve(wish, offered)
        if found:
            return found
    return None


def accept_language(header: str) -> list[str]:
    """The wishes in an `Accept-Language` header (RFC 9110), best first; it never raises.

    Weight 0 and everything malformed is left out; equal weights keep their order; only the first `MAX_HEADER`
    characters count, and a range cut off there does not.

    >>> accept_language("sv;q=0.5, zh-HK, *;q=0.1, ja;q=0, !!")
    ['zh-HK', 'sv', '*']
    """
    if len(header) > MAX_HEADER:
        header = header[:MAX_HEADER].rpartition(",")[0]
    weights: dict[str, float] = {}
    for match in filter(None, map(re.compile(_RANGE).fullmatch, header.split(","))):
        weights.setdefault(match[1].replace("_", "-"), float(match[2] or 1))
    return sorted((each for each, weight in weights.items() if weight), key=lambda each: -weights[each])


def environment(environ: Mapping[str, str], offered: Collection[str] = OFFERED) -> str | None:
    """The offered locale the environment asks for, as gettext reads it; None when it asks for none that is offered.

    The first of LANGUAGE (a list), LC_ALL, LC_MESSAGES and LANG that is set decides alone. C and POSIX are English;
    a plain `C` or `POSIX` locale also switches LANGUAGE off, as in GNU gettext.

    >>> environment({"LANGUAGE": "de:zh_TW", "LANG": "sv_SE.UTF-8"})
    'zh-HK'
    >>> environment({"LC_ALL": "C.UTF-8"}), environment({"LANG": "tlh"})
    ('en', None)
    """
    place = next((environ[each] for each in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(each)), "")
    wishes = [place] if place in ("C", "POSIX") else (environ.get("LANGUAGE") or place).split(":")
    return negotiate(filter(None, map(_posix, wishes)), offered)


def explicit(tag: str, offered: Sequence[str]) -> str:
    """The offered locale somebody named on purpose.

    Raises `InputError` when none serves it; where one is near, the error names it, but it is never taken silently.

    >>> explicit("zh_Hant_HK", PRODUCT)
    'zh-HK'
    >>> explicit("korean", PRODUCT)
    Traceback (most recent call last):
        ...
    oppi18n.errors.InputError: the locale korean is not available; the nearest of en, ko, zh-HK, ja, ms, and sv is ko
    """
    found = _serve(tag, offered)
    if found is None:
        shown = tuple(dict.fromkeys(each for each in offered if each not in PSEUDO))
        if nearest := _nearest(tag, offered):
            raise InputError("unknown-locale-near", tag=tag, nearest=nearest, offered=shown)
        raise InputError("unknown-locale", tag=tag, offered=shown)
    return found


def _parse(tag: str) -> _Parts | None:
    """Language, script and region of a tag; variants and extensions are passed over."""
    subtags = tag.replace("_", "-").lower().split("-") if len(tag) <= _MAX_TAG else [""]
    if not all(each.isascii() and each.isalnum() and len(each) <= 8 for each in subtags):
        return None
    language = subtags.pop(0)
    if not language.isalpha() or len(language) in (1, 4):
        return None
    while subtags and len(subtags[0]) == 3 and subtags[0].isalpha():
        # An extended language is a language of its own: zh-yue is yue.
        language = subtags.pop(0)
    script = subtags.pop(0) if subtags and len(subtags[0]) == 4 and subtags[0].isalpha() else ""
    region = subtags[0] if subtags and _is_region(subtags[0]) else ""
    return _Parts(_ALIASES.get(language, language), script.title(), region.upper())


def _is_region(subtag: str) -> bool:
    return (len(subtag) == 2 and subtag.isalpha()) or (len(subtag) == 3 and subtag.isdigit())


def _script(parts: _Parts) -> str:
    if parts.script:
        return _WIDER_SCRIPTS.get(parts.script, parts.script)
    by_region = _REGION_SCRIPTS.get(parts.language, {})
    return by_region.get(parts.region) or _SCRIPTS.get(parts.language, "")


def _serve(wish: str, offered: Collection[str]) -> str | None:
    if wish in offered:
        return wish
    wanted = _parse(wish)
    if wanted is None:
        return None
    best, found = 0, None
    for each in offered:
        rank = _rank(wanted, each)
        if rank > best:
            best, found = rank, each
    return found


def _ranked(one: str, other: str) -> int:
    parts = _parse(one)
    return 0 if parts is None else _rank(parts, other)


def _rank(wanted: _Parts, offer: str) -> int:
    """How well an offer serves: 0 not at all, then another way to write it, another region, no region, the region."""
    offered = _OWN.get(offer) or _parse(offer)
    if offered is None or _script(offered) != _script(wanted):
        return 0
    same_region = offered.region == wanted.region
    if offer in PSEUDO and not (same_region and offered.language == wanted.language):
        return 0
    if offered.language != wanted.language:
        return 1 if _WRITTEN_AS.get(wanted.language) == offered.language else 0
    return 4 if same_region else 2 if offered.region else 3


def _posix(name: str) -> str | None:
    """A POSIX locale name as a tag: `zh_HK.UTF-8@mod` is zh-HK; C and POSIX are English."""
    place, _, modifier = name.strip().partition("@")
    place = place.partition(".")[0]
    if place in ("C", "POSIX"):
        return SOURCE
    parts = _parse(place)
    if parts is None:
        return None
    chosen = parts.script or _POSIX_SCRIPTS.get(modifier.lower(), "")
    return "-".join(filter(None, (parts.language, chosen, parts.region)))


def _nearest(tag: str, offered: Sequence[str]) -> str | None:
    """The offered locale that was probably meant; two languages are not near because their codes look alike."""
    typed = tag.strip().lower().replace("_", "-")[:20]
    language = typed.partition("-")[0]
    language = _ALIASES.get(language, language)
    found = meant(typed) or meant(language)
    if found in offered:
        return found
    near = [each for each in offered if _is_alike(typed, _WRITTEN_AS.get(language, language), each)]
    return min(near, key=lambda each: _distance(typed, each.lower()), default=None)


def _is_alike(typed: str, language: str, offer: str) -> bool:
    if offer in PSEUDO:
        return _distance(typed, offer.lower()) == 1
    return offer.partition("-")[0] == language


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]


# Taken apart once; what others send is taken apart each time.
_OWN = {each: _parse(each) for each in OFFERED}
