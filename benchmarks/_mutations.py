"""Slips that translators and tools make, each made on purpose in a translation that was right.

They were written without looking at how the checks find them. A mutation changes one text; where it has nothing to
change, it leaves the unit alone and answers None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from oppi18n.checks.background import language
from oppi18n.units.unit import MARKDOWN, MISSING, TEMPLATE, Unit

Change = Callable[[str, Unit, Random], str | None]
ALL: Final = ("ko", "zh-HK", "ja", "ms", "sv")
SPACED: Final = ("ko", "ms", "sv")
WIDE: Final = ("ja", "zh-HK")


@dataclass(frozen=True)
class Mutation:
    """A slip: which row of checks should see it, in which locales it can be made, and what it does to a text."""

    name: str
    family: str
    locales: tuple[str, ...]
    markups: tuple[str, ...]
    change: Change

    def of(self, unit: Unit, random: Random) -> Unit | None:
        """The unit with the slip in it; None where it cannot be made."""
        if language(unit.locale) not in self.locales or (self.markups and unit.markup not in self.markups):
            return None
        form = random.randrange(len(unit.targets))
        text = self.change(unit.targets[form], unit, random)
        if text is None or text == unit.targets[form]:
            return None
        targets = (*unit.targets[:form], text, *unit.targets[form + 1 :])
        return replace(unit, targets=targets, state=unit.state if text.strip() else MISSING)


MUTATIONS: Final[dict[str, Mutation]] = {}


def mutation(name: str, family: str, *locales: str, markups: tuple[str, ...] = ()) -> Callable[[Change], Change]:
    """Put a slip into the table."""

    def kept(change: Change) -> Change:
        MUTATIONS[name] = Mutation(name, family, locales or ALL, markups, change)
        return change

    return kept


# ---- where in a text ----

_MARKED: Final = re.compile(r"`[^`]*`|\]\([^)]*\)|<[^<>]*>|!?\[|\]|\*\*?|\{[^{}]*\}|https?://\S+")


def plain(text: str) -> str:
    """The text with the same length, without what is markup, code or placeholder."""
    return _MARKED.sub(lambda match: "\x00" * len(match[0]), text)


def place(pattern: str, text: str, random: Random) -> re.Match[str] | None:
    """One of the places where a pattern matches outside markup."""
    found = list(re.finditer(pattern, plain(text)))
    return random.choice(found) if found else None


def put(text: str, match: re.Match[str] | None, instead: str) -> str | None:
    """The text with something else where the pattern matched."""
    return None if match is None else text[: match.start()] + instead + text[match.end() :]


def swapped(text: str, pairs: Mapping[str, str]) -> str | None:
    """The first of the texts that is there, replaced once."""
    for old, new in pairs.items():
        if old in text:
            return text.replace(old, new, 1)
    return None


# ---- presence ----


@mutation("blank", "presence")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return " "


@mutation("left in English", "presence")
def _(text: str, unit: Unit, random: Random) -> str | None:
    source = unit.source or ""
    return source if len(re.findall(r"[A-Za-z]{3,}", plain(source))) >= 5 else None


@mutation("conflict markers", "presence")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return f"<<<<<<< ours\n{text}\n=======\n{text}\n>>>>>>> theirs"


# ---- placeholders ----

TEMPLATES: Final = (TEMPLATE,)


def _placeholder(text: str, random: Random) -> re.Match[str] | None:
    found = list(re.finditer(r"\{(\w+)\}", text))
    return random.choice(found) if found else None


@mutation("placeholder misspelt", "placeholders", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = _placeholder(text, random)
    return put(text, found, "{" + found[1][1:] + "x}") if found else None


@mutation("placeholder translated", "placeholders", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, _placeholder(text, random), {"ko": "{견적}", "ja": "{件数}"}.get(unit.locale, "{antal}"))


@mutation("placeholder lost", "placeholders", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    # A form for one may say the number in words, so only texts with one form count.
    return put(text, _placeholder(text, random), "") if unit.plural is None else None


@mutation("placeholder invented", "placeholders", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return f"{text[:-1]} {{owner}}{text[-1:]}"


@mutation("brace lost", "placeholders", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = _placeholder(text, random)
    return put(text, found, found[0][random.choice((slice(1, None), slice(0, -1)))]) if found else None


@mutation("placeholder with an attribute", "placeholders", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = _placeholder(text, random)
    return put(text, found, f"{{{found[1]}.__class__}}") if found else None


@mutation("placeholder with a format", "placeholders", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = _placeholder(text, random)
    return put(text, found, "{" + found[1] + random.choice((":d", "!r", ":>10")) + "}") if found else None


@mutation("placeholder by position", "placeholders", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, _placeholder(text, random), random.choice(("{0}", "{}")))


@mutation("percent sign placeholder", "placeholders", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = _placeholder(text, random)
    return put(text, found, random.choice(("%s", f"%({found[1]})s"))) if found else None


# ---- plurals ----


@mutation("the same form twice", "plurals", "sv", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    other = [each for each in unit.targets if each != text]
    return other[0] if len(unit.targets) == 2 and other else None


@mutation("optional plural in brackets", "plurals", "sv", "ms", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    words = {"sv": r"\b(offert|rad|fil|sida|regel)\b", "ms": r"\b(fail|halaman|peraturan|rekod)\b"}
    found = place(words[unit.locale], text, random)
    return put(text, found, f"{found[0]}({'er' if unit.locale == 'sv' else 's'})") if found else None


# ---- whitespace and characters ----


@mutation("space at the start", "whitespace")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return f" {text}"


@mutation("space at the end", "whitespace")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return f"{text} "


@mutation("two spaces", "whitespace")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, place(r"(?<=\w) (?=\w)", text, random), "  ")


@mutation("line end inside", "whitespace")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return None if unit.markup == MARKDOWN else put(text, place(r"(?<=\w) (?=\w)", text, random), "\n")


@mutation("invisible character", "whitespace")
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = place(r"(?<=\w)(?=\w)", text, random)
    return put(text, found, random.choice("\u200b\u2060\ufeff\u00ad"))


@mutation("control character", "whitespace")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, place(r"(?<=\w)(?=\w)", text, random), random.choice("\x07\x0b\x1b\x7f"))


@mutation("bidirectional override", "whitespace")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, place(r"(?<=\w)(?=\w)", text, random), random.choice("\u202e\u202d\u2066"))


@mutation("decomposed letters", "whitespace", "ko", "ja", "sv")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return unicodedata.normalize("NFD", text)


@mutation("replacement character", "whitespace")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, place(r"\w", text, random), "\ufffd")


@mutation("mojibake", "whitespace", "ko", "ja", "zh-HK", "sv")
def _(text: str, unit: Unit, random: Random) -> str | None:
    broken = "".join(
        each if each.isascii() or not each.isalpha() else each.encode().decode("cp1252", "replace") for each in text
    )
    return broken if broken != text and "\ufffd" not in broken else None


_SIMPLIFIED: Final = {
    old: new
    for old, new in zip(
        "關閉報價選資實體設檔個確為這無應",
        "关闭报价选资实体设档个确为这无应",
        strict=True,
    )
    if old != new
}


@mutation("simplified characters", "whitespace", "zh-HK")
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = place(f"[{''.join(_SIMPLIFIED)}]", text, random)
    return put(text, found, _SIMPLIFIED[found[0]]) if found else None


@mutation("letters of another script", "whitespace", "ms", "sv")
def _(text: str, unit: Unit, random: Random) -> str | None:
    alike = {"a": "а", "e": "е", "o": "ο", "p": "р", "c": "с"}
    found = place(r"(?<=[a-z])[aeopc](?=[a-z])", text, random)
    return put(text, found, alike[found[0]]) if found else None


@mutation("half-width kana", "whitespace", "ja")
def _(text: str, unit: Unit, random: Random) -> str | None:
    halves = {"ア": "ｱ", "イ": "ｲ", "ク": "ｸ", "ス": "ｽ", "ト": "ﾄ", "ラ": "ﾗ", "ル": "ﾙ", "ン": "ﾝ"}
    found = place(f"[{''.join(halves)}]", text, random)
    return put(text, found, halves[found[0]]) if found else None


@mutation("full-width letters", "whitespace", "ja", "zh-HK", "ko")
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = place(r"(?<![A-Za-z])[A-Z][a-z]{2,}", text, random)
    return put(text, found, "".join(chr(ord(each) + 0xFEE0) for each in found[0])) if found else None


# ---- punctuation ----

_ENDS: Final = ".。!?"


def _is_sentence(unit: Unit, text: str) -> bool:
    return bool(unit.source) and (unit.source or "")[-1:] == "." and text[-1:] in _ENDS


@mutation("end mark lost", "punctuation")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return text[:-1] if _is_sentence(unit, text) else None


@mutation("another end mark", "punctuation")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return (
        text[:-1] + random.choice(",;" if language(unit.locale) in SPACED else "、；")
        if _is_sentence(unit, text)
        else None
    )


@mutation("question lost", "punctuation")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return text[:-1] + "." if (unit.source or "").endswith("?") and text[-1:] in "?？" else None


@mutation("doubled end mark", "punctuation")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return text + text[-1] if _is_sentence(unit, text) else None


@mutation("narrow end mark", "punctuation", *WIDE)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return f"{text[:-1]}." if text.endswith("。") else None


@mutation("wide end mark", "punctuation", *SPACED)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return f"{text[:-1]}。" if text.endswith(".") else None


@mutation("closing bracket lost", "punctuation")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, place(r"[)）」』】]", text, random), "")


@mutation("quotation mark lost", "punctuation")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, place(r"[」』”\"]", text, random), "")


@mutation("space before a colon", "punctuation")
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = place(r"(?<=\w)[:：]", text, random)
    return put(text, found, f" {found[0]}") if found else None


@mutation("space before a full stop", "punctuation")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return f"{text[:-1]} {text[-1]}" if _is_sentence(unit, text) else None


@mutation("space after a full-width mark", "punctuation", *WIDE)
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = place(r"[。、，](?=[\u3040-\u9fff])", text, random)
    return put(text, found, f"{found[0]} ") if found else None


@mutation("narrow comma", "punctuation", *WIDE)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, place(r"(?<=[\u3040-\u9fff])[、，](?=[\u3040-\u9fff])", text, random), ",")


@mutation("no space between scripts", "punctuation", *WIDE)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, place(r"(?<=[\u3040-\u9fff]) (?=[A-Za-z]{2,})", text, random), "")


# ---- words ----


@mutation("word twice", "words", *SPACED)
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = place(r"(?<![\w\x00])[^\W\d_]{3,} (?=\w)", text, random)
    return put(text, found, found[0] * 2) if found else None


@mutation("particle twice", "words", "ja")
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = place(r"(?<=[\u4e00-\u9fff])[をにがは](?=[\u4e00-\u9fff])", text, random)
    return put(text, found, found[0] * 2) if found else None


@mutation("another number", "words")
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = place(r"(?<![\w.,:/-])\d+(?![\w.,:/-]|\x00)", text, random)
    if found is None or found[0] not in (unit.source or ""):
        return None
    return put(text, found, str(int(found[0]) + random.choice((1, 10, 100))))


@mutation("number lost", "words")
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = place(r"(?<![\w.,:/-])\d{2,}(?![\w.,:/-]|\x00)", text, random)
    return put(text, found, "") if found and found[0] in (unit.source or "") else None


@mutation("capital lost", "words", "ms", "sv")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return (
        text[0].lower() + text[1:]
        if (unit.source or "")[:1].isupper() and re.match(r"[A-ZÅÄÖ][a-zåäö]+ ", text)
        else None
    )


# ---- length ----


@mutation("cut short", "length")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return text[: len(text) // 6].rstrip() + text[-1] if len(unit.source or "") >= 90 else None


@mutation("three times over", "length")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return " ".join([text] * 3) if len(unit.source or "") >= 40 else None


# ---- markup and links ----

PAGES: Final = (MARKDOWN,)


@mutation("emphasis not closed", "markup", markups=PAGES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = list(re.finditer(r"\*\*", text))
    return put(text, random.choice(found), "") if found and len(found) % 2 == 0 else None


@mutation("emphasis lost", "markup", markups=PAGES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return text.replace("**", "") if text.count("**") >= 2 else None


@mutation("emphasis with a space inside", "markup", markups=PAGES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return re.sub(r"\*\*([^*]+)\*\*", r"** \1 **", text, count=1)


@mutation("emphasis that will not render", "markup", "ko", "ja", "zh-HK", markups=PAGES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    tails = {"ko": "을", "ja": "を", "zh-HK": "的"}
    return re.sub(
        r"\*\*([^*]*\w)\*\*(?=[ \w])", lambda m: f"**{m[1]}(A)**{tails[language(unit.locale)]}", text, count=1
    )


@mutation("link lost", "markup", markups=PAGES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = re.search(r"(?<!!)\[([^\]]+)\]\([^)]+\)", text)
    return put(text, found, found[1]) if found else None


@mutation("another address", "markup", markups=PAGES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = re.search(r"\]\((?=[^)\s]{4,}\))([^)]+)\)", text)
    return (
        put(text, found, "](" + found[1].replace(".md", "-old.md").replace("//", "//www2.", 1) + ")") if found else None
    )


@mutation("link torn apart", "markup", markups=PAGES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, re.search(r"\]\((?=\S+\))", text), "] (")


@mutation("tag lost", "markup", markups=PAGES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, re.search(r"</?\w+[^<>]*>", text), "")


@mutation("code not closed", "markup", markups=PAGES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, re.search("`", text), "") if text.count("`") == 2 else None


@mutation("script slipped in", "markup", markups=PAGES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return text + random.choice(
        (
            "<script>alert(1)</script>",
            '<img src="x" onerror="alert(1)">',
            "[x](javascript:alert(1))",
            "<iframe></iframe>",
        )
    )


# ---- terms ----

_FORBIDDEN: Final = {
    "ko": {"영업 기회": "기회", "종료할": "닫을", "견적": "인용"},
    "zh-HK": {"報價": "引號", "商機": "機會"},
    "ja": {"見積もり": "見積", "クローズ": "閉じる", "営業案件": "機会"},
    "ms": {"sebut harga": "penawaran", "Menang": "Berjaya", "peluang": "kesempatan"},
    "sv": {"affärsmöjlighet": "möjlighet", "offert": "citat"},
}


@mutation("another word for the term", "terms", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return swapped(text, _FORBIDDEN[unit.locale])


@mutation("name translated", "terms")
def _(text: str, unit: Unit, random: Random) -> str | None:
    names = {"Dataverse": "Datavers", "Dynamics 365": "Dinamik 365", "Project Operations": "Operasi Projek"}
    found = next((name for name in names if name in text and name in (unit.source or "")), None)
    return text.replace(found, names[found]) if found else None


# ---- meaning ----

_NOT: Final = {
    "ko": (("할 수 없습니다", "할 수 있습니다"), ("지 않습니다", "ㅂ니다"), ("없습니다", "있습니다"), ("하지 마십시오", "하십시오")),
    "zh-HK": (("無法", "可以"), ("不能", "可以"), ("不會", "會"), ("不要", "要"), ("沒有", "有"), ("不是", "是")),
    "ja": (("できません", "できます"), ("ありません", "あります"), ("しないで", "して"), ("いません", "います"), ("れません", "れます")),
    "ms": (("tidak boleh", "boleh"), ("tidak dapat", "dapat"), ("Tidak ", ""), ("tidak ", ""), ("jangan ", ""), ("bukan ", "")),
    "sv": (("kan inte", "kan"), ("ska inte", "ska"), (" inte ", " "), (" aldrig ", " alltid "), ("Inga ", "Alla ")),
}  # fmt: skip
_NEGATED: Final = re.compile(r"\b(can't|cannot|can not|don't|do not|isn't|is not|aren't|not|won't|never|doesn't)\b")


@mutation("negation lost", "meaning")
def _(text: str, unit: Unit, random: Random) -> str | None:
    if len(_NEGATED.findall(unit.source or "")) != 1:
        return None
    return swapped(text, dict(_NOT[language(unit.locale)]))


@mutation("negation gained", "meaning")
def _(text: str, unit: Unit, random: Random) -> str | None:
    if not re.search(r"\bcan\b", unit.source or "") or _NEGATED.search(unit.source or ""):
        return None
    gained = {
        "ko": {"할 수 있습니다": "할 수 없습니다"},
        "zh-HK": {"您可以": "您不可以", "可以": "不可以"},
        "ja": {"できます": "できません"},
        "ms": {" boleh ": " tidak boleh ", " dapat ": " tidak dapat "},
        "sv": {" kan ": " kan inte "},
    }
    return swapped(text, gained[language(unit.locale)])


@mutation("another register", "meaning", "ko", "ja", "sv")
def _(text: str, unit: Unit, random: Random) -> str | None:
    pairs = {
        "ko": {"합니다.": "해요.", "십시오.": "세요.", "습니다.": "어요."},
        "ja": {"してください。": "しろ。", "します。": "する。", "ます。": "る。", "です。": "だ。"},
        "sv": {" du ": " ni ", " dina ": " era ", " din ": " er "},
    }
    return swapped(text, pairs[language(unit.locale)])


# ---- coherence ----


@mutation("another word in bold", "coherence", markups=PAGES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    labels = {"ko": "관리자", "zh-HK": "管理員", "ja": "管理者", "ms": "Pentadbir", "sv": "Administratör"}
    found = re.search(r"\*\*[^*]+\*\*", text)
    return put(text, found, f"**{labels[language(unit.locale)]}**") if found else None


# ---- Korean ----


def _has_final(letter: str) -> bool:
    return (ord(letter) - 0xAC00) % 28 != 0


@mutation("wrong particle", "korean", "ko")
def _(text: str, unit: Unit, random: Random) -> str | None:
    pairs = {"을": "를", "를": "을", "은": "는", "는": "은"}
    found = [
        match
        for match in re.finditer(r"(?<=[가-힣])([을를은는])(?= )", plain(text))
        if len(re.findall(r"[가-힣]+", text[: match.start()])[-1]) >= 2
        and _has_final(text[match.start() - 1]) == (match[1] in "을은")
        and match[1] in "을를"
    ]
    match = random.choice(found) if found else None
    return put(text, match, pairs[match[1]]) if match else None


@mutation("double particle after a word", "korean", "ko")
def _(text: str, unit: Unit, random: Random) -> str | None:
    found = place(r"(?<=[가-힣]{2})[을를](?= )", text, random)
    return put(text, found, "을(를)") if found else None


@mutation("space before a particle", "korean", "ko")
def _(text: str, unit: Unit, random: Random) -> str | None:
    return put(text, place(r"(?<=[가-힣]{2})(?=[을를] )", text, random), " ")


@mutation("fixed particle after a placeholder", "korean", "ko", markups=TEMPLATES)
def _(text: str, unit: Unit, random: Random) -> str | None:
    return swapped(text, {"}을(를)": "}을", "}이(가)": "}이", "}은(는)": "}은", "}과(와)": "}과", "}(으)로": "}로"})
